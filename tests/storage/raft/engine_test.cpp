#include "storage/raft/engine.hpp"

#include <gtest/gtest.h>

#include <map>

/// One node's engine: tickets, terms and turns. Many nodes under every fault: raft_sim_test.cpp.
namespace rf::storage::raft {
namespace {

using Kind = Happening::Kind;

class EngineTest : public ::testing::Test {
 protected:
  /// Starts with so many shards, of which this node is the only voter.
  void start(std::uint32_t shards) {
    EngineOptions options;
    options.shards = shards;
    options.group.node = 1;
    options.inflight_entries_max = 3;
    options.epoch_start = [](std::uint32_t shard, std::uint64_t term) {
      return "epoch " + std::to_string(shard) + "." + std::to_string(term);
    };
    engine_ = std::make_unique<Engine>(options, [](std::uint32_t, std::uint64_t, std::size_t) {
      return Result<std::vector<EntryPtr>>(std::vector<EntryPtr>());
    });
    StoredLog log;
    log.term = 1;
    log.entries.push_back(Entry{1, EntryKind::change, "members", {{1, MemberRole::voter}}});
    for (std::uint32_t shard = 0; shard < shards; ++shard) engine_->start(now_, shard, log, 1);
    turn_ = engine_->take(now_);
  }
  /// The disk takes what the last turn asked for.
  const Turn& sync() {
    if (turn_.write != 0) engine_->stored(now_, turn_.write);
    return turn_ = engine_->take(now_);
  }
  const Turn& take() { return turn_ = engine_->take(now_); }
  std::vector<Kind> kinds() const {
    std::vector<Kind> kinds;
    for (const Happening& told : turn_.happenings) kinds.push_back(told.kind);
    return kinds;
  }

  std::uint64_t now_ = 1'000;
  std::unique_ptr<Engine> engine_;
  Turn turn_;
};

TEST_F(EngineTest, LeadsOnlyOnceItsFirstEntryIsCommitted) {
  start(1);
  EXPECT_EQ(engine_->leads_in(0), 0u);
  EXPECT_TRUE(turn_.happenings.empty());
  sync();
  EXPECT_EQ(engine_->leads_in(0), 2u);
  ASSERT_EQ(kinds(), (std::vector<Kind>{Kind::committed, Kind::leads}));
  EXPECT_EQ(turn_.happenings[0].entry->bytes, "epoch 0.2");
  EXPECT_EQ(turn_.happenings[1].term, 2u);
}

TEST_F(EngineTest, AllShardsShareOneWrite) {
  start(3);
  EXPECT_NE(turn_.write, 0u);
  EXPECT_GE(turn_.writes.size(), 3u);
  sync();
  for (std::uint32_t shard = 0; shard < 3; ++shard) EXPECT_EQ(engine_->leads_in(shard), 2u);
}

TEST_F(EngineTest, ATicketComesBackWithItsEntryWhenThatIsSynced) {
  start(1);
  sync();
  engine_->propose(0, 2, "a", 7);
  engine_->propose(0, 2, "b", 8);
  take();
  EXPECT_TRUE(turn_.happenings.empty());
  sync();
  ASSERT_EQ(kinds(), (std::vector<Kind>{Kind::committed, Kind::committed}));
  EXPECT_EQ(turn_.happenings[0].ticket, 7u);
  EXPECT_EQ(turn_.happenings[0].entry->bytes, "a");
  EXPECT_EQ(turn_.happenings[1].ticket, 8u);
}

TEST_F(EngineTest, ATermThatIsOverTakesNothing) {
  start(1);
  engine_->propose(0, 2, "too early", 5);
  take();
  EXPECT_EQ(kinds(), std::vector<Kind>{Kind::refused});
  sync();
  engine_->propose(0, 1, "of the last term", 6);
  take();
  ASSERT_EQ(kinds(), std::vector<Kind>{Kind::refused});
  EXPECT_EQ(turn_.happenings[0].ticket, 6u);
  EXPECT_EQ(turn_.write, 0u);
}

TEST_F(EngineTest, MoreThanMayBeUnderWayWaitsItsTurn) {
  start(1);
  sync();
  for (Ticket ticket = 1; ticket <= 5; ++ticket) engine_->propose(0, 2, "x", ticket);
  take();
  ASSERT_EQ(turn_.writes.size(), 1u);
  EXPECT_EQ(turn_.writes[0].write.entries.size(), 3u);
  sync();
  EXPECT_EQ(turn_.happenings.size(), 3u);
  ASSERT_EQ(turn_.writes.size(), 1u);
  EXPECT_EQ(turn_.writes[0].write.entries.size(), 2u);
  sync();
  EXPECT_EQ(turn_.happenings.back().ticket, 5u);
}

TEST_F(EngineTest, ABarrierWaitsForWhatWasProposedBefore) {
  start(1);
  sync();
  engine_->barrier(0, 1);
  take();
  EXPECT_EQ(kinds(), std::vector<Kind>{Kind::barrier_passed}) << "alone, and nothing is under way";
  engine_->propose(0, 2, "a", 2);
  engine_->barrier(0, 3);
  take();
  EXPECT_TRUE(turn_.happenings.empty());
  sync();
  EXPECT_EQ(kinds(), (std::vector<Kind>{Kind::committed, Kind::barrier_passed}));
}

TEST_F(EngineTest, WhoIsDeposedLosesWhatIsUnderWayAndSaysSo) {
  start(2);
  sync();
  const Members both{{1, MemberRole::voter}, {2, MemberRole::voter}};
  engine_->change(now_, 0, both, "two");
  sync();
  engine_->propose(0, 2, "a", 4);
  engine_->barrier(0, 5);
  take();
  Message newer;
  newer.kind = MessageKind::append;
  newer.peer = 2;
  newer.term = 9;
  newer.index = 2;
  newer.index_term = 2;
  engine_->receive(now_, 0, newer);
  take();
  ASSERT_EQ(kinds(), (std::vector<Kind>{Kind::lost, Kind::lost, Kind::follows}));
  EXPECT_EQ(turn_.happenings[0].ticket, 4u);
  EXPECT_EQ(turn_.happenings[1].ticket, 5u);
  EXPECT_EQ(engine_->leads_in(0), 0u);
  EXPECT_EQ(engine_->leads_in(1), 2u) << "the other shard goes on";
}

TEST_F(EngineTest, ABrokenLogBreaksItsShardAlone) {
  EngineOptions options;
  options.shards = 2;
  options.group.node = 1;
  options.epoch_start = [](std::uint32_t, std::uint64_t) { return std::string("epoch"); };
  engine_ = std::make_unique<Engine>(options, [](std::uint32_t, std::uint64_t, std::size_t) {
    return Result<std::vector<EntryPtr>>(std::vector<EntryPtr>());
  });
  StoredLog log;
  log.term = 1;
  log.entries.push_back(Entry{1, EntryKind::change, "members", {{1, MemberRole::voter}}});
  engine_->start(now_, 0, log, 1);
  log.entries[0].term = 3;
  engine_->start(now_, 1, log, 1);
  take();
  ASSERT_EQ(kinds(), std::vector<Kind>{Kind::broken});
  EXPECT_EQ(turn_.happenings[0].shard, 1u);
  EXPECT_NE(turn_.happenings[0].why.what.find("terms do not rise"), std::string::npos);
  sync();
  EXPECT_EQ(engine_->leads_in(0), 2u);
  engine_->propose(1, 2, "a", 3);
  take();
  EXPECT_EQ(kinds(), std::vector<Kind>{Kind::refused});
}

}  // namespace
}  // namespace rf::storage::raft
