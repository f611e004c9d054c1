#include "storage/rocks_journal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <utility>

#include "storage/inspection.hpp"
#include "storage/rocks/log_directory.hpp"
#include "storage/rocks/store.hpp"
#include "tests/storage/support/account_script.hpp"
#include "tests/storage/support/node_log.hpp"
#include "tests/storage/support/temporary_directory.hpp"

namespace rf::storage {
namespace {

namespace fs = std::filesystem;
using test::AccountScript;
using test::Answers;
using test::NodeLog;

constexpr std::uint32_t shard = 7;
const AccountId account = test::account_in_shard(shard, 1);

class RocksJournalTest : public ::testing::Test {
 protected:
  std::string log_path() const { return directory_.path("log"); }

  void write(const std::string& name, const std::string& content) {
    fs::create_directories(log_path());
    std::ofstream(log_path() + "/" + name, std::ios::binary) << content;
  }
  /// Changes one stored record behind the journal's back, with the checksum right.
  void change(Family family, const std::string& key, const std::optional<std::string>& body) {
    auto directory = rocks::LogDirectory::look_at(log_path(), *rocksdb::Env::Default());
    ASSERT_TRUE(directory.ok());
    auto store = rocks::Store::open(**directory, rocks::Access::read_write, false, [] { return Ms{0}; });
    ASSERT_TRUE(store.ok()) << store.error().what;
    rocks::WriteSet set(**store);
    if (body) {
      set.put(family, key, *body);
    } else {
      set.erase(family, key);
    }
    ASSERT_TRUE((*store)->write(set, rocks::Durable::now).ok());
  }

  test::TemporaryDirectory directory_;
};

TEST_F(RocksJournalTest, RefusesAForeignDirectory) {
  write("precious.txt", "mine");
  NodeLog node(log_path());
  const Result<void> started = node.start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, Code::failed_precondition);
  EXPECT_NE(started.error().what.find("precious.txt"), std::string::npos) << started.error().what;
  EXPECT_EQ(std::distance(fs::directory_iterator(log_path()), fs::directory_iterator()), 1) << "nothing was added";
}

TEST_F(RocksJournalTest, RefusesAnotherLayoutAndAForeignFormat) {
  write("FORMAT", "ringfence log\nlayout 9\n");
  NodeLog newer(log_path());
  const Result<void> started = newer.start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, Code::failed_precondition);
  EXPECT_NE(started.error().what.find("layout 9"), std::string::npos) << started.error().what;

  write("FORMAT", "something else\n");
  NodeLog foreign(log_path());
  EXPECT_EQ(foreign.start().error().code, Code::failed_precondition);
}

TEST_F(RocksJournalTest, RefusesAnotherSecretKey) {
  {
    NodeLog node(log_path());
    ASSERT_TRUE(node.start().ok());
  }
  RocksOptions options;
  options.directory = log_path();
  RocksJournal journal(options, SealKey(std::array<std::uint8_t, 32>{9}));
  const Result<void> started =
      journal.start([](const LogIndex&, const Batch&) {}, [](std::uint32_t, std::uint64_t, RoleChange, Ms) {});
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, Code::failed_precondition);
  EXPECT_NE(started.error().what.find("key"), std::string::npos) << started.error().what;
}

TEST_F(RocksJournalTest, RefusesADirectoryInUseAndNamesTheLock) {
  NodeLog first(log_path());
  ASSERT_TRUE(first.start().ok());
  NodeLog second(log_path());
  const Result<void> started = second.start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, Code::failed_precondition);
  EXPECT_NE(started.error().what.find(log_path() + "/LOCK"), std::string::npos) << started.error().what;
  first.stop();
  EXPECT_TRUE(second.start().ok());
}

TEST_F(RocksJournalTest, FinishesACreationThatWasCutOff) {
  write("LOCK", "");
  write("mark.new", "half");
  NodeLog node(log_path());
  EXPECT_TRUE(node.start().ok());
}

TEST_F(RocksJournalTest, AFailedSyncStopsAcceptingAndLosesNothingAcknowledged) {
  AccountScript script(account, 1);
  std::uint64_t acknowledged = 0;
  {
    NodeLog node(log_path());
    node.options.mark_interval_ms = 3600 * second_ms;
    ASSERT_TRUE(node.start().ok());
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(node.propose(script.next(3, CommandId())).ok());
    acknowledged = script.account().seq;
    const core::Account before = script.account();
    node.files().fail_sync_after(1);
    const Result<LogIndex> failed = node.propose(script.next(3, CommandId()));
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().code, Code::unknown_outcome);
    const std::uint64_t syncs = node.files().syncs();

    const Result<LogIndex> refused = node.propose(script.next(3, CommandId()));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::unavailable);
    const Result<LogIndex> barrier = node.barrier(shard);
    ASSERT_FALSE(barrier.ok());
    EXPECT_EQ(barrier.error().code, Code::unavailable);
    const Result<void> health = node.journal().health();
    ASSERT_FALSE(health.ok());
    EXPECT_EQ(health.error().code, Code::unavailable);
    EXPECT_NE(health.error().what.find("restart"), std::string::npos) << health.error().what;
    EXPECT_EQ(node.journal().load(account)->seq, acknowledged) << "what failed was not folded";
    EXPECT_EQ(test::rows_of(*node.journal().load(account)), test::rows_of(before));
    EXPECT_EQ(node.files().syncs(), syncs) << "a failed sync is not tried again";
    node.files().power_off();
    node.stop();
    std::mt19937_64 random(1);
    node.files().lose_unsynced(random);
  }
  NodeLog node(log_path());
  ASSERT_TRUE(node.start().ok());
  EXPECT_TRUE(node.journal().health().ok());
  EXPECT_GE(node.journal().load(account)->seq, acknowledged);
}

TEST_F(RocksJournalTest, AFullDiskStopsAcceptingAndLosesNothingAcknowledged) {
  AccountScript script(account, 1);
  std::uint64_t acknowledged = 0;
  {
    NodeLog node(log_path());
    ASSERT_TRUE(node.start().ok());
    node.files().disk_full_after(20000);
    Result<LogIndex> last = LogIndex{};
    for (int i = 0; i < 1000 && last.ok(); ++i) {
      last = node.propose(script.next(3, CommandId()));
      if (last.ok()) acknowledged = script.account().seq;
    }
    ASSERT_FALSE(last.ok());
    EXPECT_GT(acknowledged, 0u);
    const Result<void> health = node.journal().health();
    ASSERT_FALSE(health.ok());
    EXPECT_EQ(health.error().code, Code::unavailable);
    EXPECT_NE(health.error().what.find("disk is full"), std::string::npos) << health.error().what;
    EXPECT_EQ(node.propose(script.next(3, CommandId())).error().code, Code::unavailable);
    EXPECT_EQ(node.journal().load(account)->seq, acknowledged);
  }
  NodeLog node(log_path());
  ASSERT_TRUE(node.start().ok());
  EXPECT_GE(node.journal().load(account)->seq, acknowledged);
  EXPECT_TRUE(node.propose([&] {
                    script.resume(*node.journal().load(account));
                    return script.next(3, CommandId());
                  }())
                  .ok());
}

/// R25: what one account may write in a turn is bounded, in order, and the others do not wait for it.
TEST_F(RocksJournalTest, AnAccountGetsItsShareOfATurn) {
  AccountScript large(account, 1);
  AccountScript small(test::account_in_shard(8, 1), 2);
  struct Sync {
    std::size_t entries = 0;
    std::size_t bytes = 0;
  };
  std::vector<Sync> syncs;
  std::promise<void> all_wait;
  NodeLog node(log_path());
  node.options.on_sync = [&, first = true](std::size_t entries, std::size_t bytes, std::chrono::microseconds) mutable {
    syncs.push_back({entries, bytes});
    if (std::exchange(first, false)) all_wait.get_future().wait();
  };
  ASSERT_TRUE(node.start().ok());
  Answers answers;
  int tag = 0;
  const auto propose = [&](AccountScript& script, std::size_t facts) {
    node.journal().propose(shard_of(script.id()), node.term(shard_of(script.id())), script.next(facts, CommandId()),
                           answers.done(tag++));
  };
  propose(large, 1);
  for (int i = 0; i < 20; ++i) propose(large, 1000);
  propose(small, 1);
  node.journal().barrier(shard, answers.done(tag++));
  all_wait.set_value();
  const auto got = answers.wait(23);
  node.stop();

  ASSERT_GT(syncs.size(), 2u);
  std::size_t entries = 0;
  for (const Sync& sync : syncs) {
    entries += sync.entries;
    // An entry is written twice, and one alone may be larger.
    if (sync.entries > 2) {
      EXPECT_LT(sync.bytes, 3 * limits::turn_bytes_max);
    }
  }
  EXPECT_EQ(entries, 22u);
  std::vector<int> order;
  for (const auto& answer : got) {
    EXPECT_TRUE(answer.result.ok()) << answer.result.error().what;
    if (answer.tag != 21) order.push_back(answer.tag);
  }
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()))
      << "an account's batches and its shard's barrier keep their order";
  EXPECT_LT(std::find_if(got.begin(), got.end(), [](const auto& answer) { return answer.tag == 21; }) - got.begin(), 12)
      << "the other account's batch goes in the first turn that it can";
}

TEST_F(RocksJournalTest, KeepsOnlyTheLastEntriesOfAShardAndAllHistory) {
  AccountScript script(account, 1);
  {
    NodeLog node(log_path());
    node.options.log_entries_kept = 16;
    node.options.mark_interval_ms = 1;
    ASSERT_TRUE(node.start().ok());
    for (int i = 0; i < 300; ++i) ASSERT_TRUE(node.propose(script.next(3, CommandId())).ok());
    EXPECT_TRUE(node.barrier(shard).ok());
  }
  const auto log = Inspection::open(log_path(), nullptr);
  ASSERT_TRUE(log.ok());
  std::uint64_t entries = 0;
  Inspection::Filter filter;
  filter.shard = shard;
  std::string last;
  ASSERT_TRUE((*log)
                  ->dump(Inspection::Part::log, filter,
                         [&](const std::string& line) {
                           const std::string place = line.substr(0, line.find(" term"));
                           if (place != last) ++entries;
                           last = place;
                         })
                  .ok());
  EXPECT_GE(entries, 16u);
  EXPECT_LE(entries, 100u);
  EXPECT_FALSE((*log)->verify().broken);
  EXPECT_EQ((*log)->replay()->facts, script.account().seq);
  NodeLog node(log_path());
  ASSERT_TRUE(node.start().ok());
  EXPECT_EQ(test::rows_of(*node.journal().load(account)), test::rows_of(script.account()));
}

TEST_F(RocksJournalTest, SecretsAreNowhereInPlain) {
  AccountScript script(account, 1);
  const std::string value = "s3cret-value-never-in-plain";
  {
    NodeLog node(log_path());
    ASSERT_TRUE(node.start().ok());
    AccountBatch batch = script.next(3, CommandId());
    batch.secrets = {{"ha1/1", value}};
    ASSERT_TRUE(node.propose(batch).ok());
    EXPECT_EQ(*node.journal().find_secret(account, "ha1/1"), value);
  }
  for (const auto& entry : fs::recursive_directory_iterator(log_path())) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    EXPECT_EQ(content.find(value), std::string::npos) << entry.path();
  }
  const auto log = Inspection::open(log_path(), nullptr);
  ASSERT_TRUE(log.ok());
  for (const Inspection::Part part : {Inspection::Part::history, Inspection::Part::log, Inspection::Part::fold}) {
    bool named = false;
    ASSERT_TRUE((*log)
                    ->dump(part, {},
                           [&](const std::string& line) {
                             EXPECT_EQ(line.find(value), std::string::npos);
                             named = named || line.find("ha1/1") != std::string::npos;
                           })
                    .ok());
    EXPECT_EQ(named, part != Inspection::Part::history) << "history does not even name it";
  }
}

TEST_F(RocksJournalTest, RepliesExpireAfterADay) {
  AccountScript script(account, 1);
  const CommandId command(Ulid{5, 6});
  NodeLog node(log_path());
  const auto now = std::make_shared<std::atomic<Ms>>(1700000000000);
  node.options.wall_clock = [now] { return now->load(); };
  ASSERT_TRUE(node.start().ok());
  ASSERT_TRUE(node.propose(script.next(1, command)).ok());
  EXPECT_TRUE(node.journal().find_result(account, command)->has_value());
  *now += 24 * 3600 * second_ms - second_ms;
  EXPECT_TRUE(node.journal().find_result(account, command)->has_value());
  *now += 10 * second_ms;
  EXPECT_FALSE(node.journal().find_result(account, command)->has_value());
}

TEST_F(RocksJournalTest, ABrokenHistoryFoundWhileReadingEndsTheService) {
  AccountScript script(account, 1);
  std::uint64_t middle = 0;
  {
    NodeLog node(log_path());
    ASSERT_TRUE(node.start().ok());
    for (int i = 0; i < 20; ++i) {
      if (i == 10) middle = script.account().seq + 1;
      ASSERT_TRUE(node.propose(script.next(3, CommandId())).ok());
    }
  }
  change(Family::events, event_key(account, middle), std::nullopt);
  NodeLog node(log_path());
  ASSERT_TRUE(node.start().ok());
  EXPECT_EQ(node.role(shard), RoleChange::leader) << "a start does not read all history";
  const auto all = [](const core::Fact&) { return true; };
  const Result<void> read = node.journal().history(account, 1, all);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, Code::corrupt);
  EXPECT_NE(read.error().what.find("shard 7"), std::string::npos) << read.error().what;
  EXPECT_NE(read.error().what.find(account.text() + " seq " + std::to_string(middle)), std::string::npos);
  EXPECT_NE(read.error().what.find("rf-log verify"), std::string::npos);

  EXPECT_EQ(node.propose(script.next(3, CommandId())).error().code, Code::corrupt);
  EXPECT_EQ(node.journal().load(account).error().code, Code::corrupt);
  EXPECT_EQ(node.journal().read(account, [](const core::Account&) {}).error().code, Code::corrupt);
  EXPECT_FALSE(node.barrier(shard).ok());
  EXPECT_EQ(node.role(shard), RoleChange::follower);
  EXPECT_EQ(node.journal().health().error().code, Code::corrupt);
  AccountScript other(test::account_in_shard(8, 1), 2);
  EXPECT_TRUE(node.propose(other.next(3, CommandId())).ok()) << "the other shards serve";

  const auto log = Inspection::open(log_path(), nullptr);
  ASSERT_TRUE(log.ok());
  const auto verified = (*log)->verify();
  ASSERT_TRUE(verified.broken);
  EXPECT_NE(verified.broken->find("seq " + std::to_string(middle)), std::string::npos) << *verified.broken;
}

TEST_F(RocksJournalTest, AShardWithADamagedRowOrEntryIsNotServed) {
  AccountScript script(account, 1);
  AccountScript other(test::account_in_shard(8, 1), 2);
  {
    NodeLog node(log_path());
    ASSERT_TRUE(node.start().ok());
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(node.propose(script.next(3, CommandId())).ok());
    ASSERT_TRUE(node.propose(other.next(3, CommandId())).ok());
  }
  const std::string whole = directory_.path("whole");
  fs::copy(log_path(), whole, fs::copy_options::recursive);
  struct Damage {
    Family family;
    std::string key;
    std::optional<std::string> body;
  };
  const Damage damages[] = {
      {Family::raftlog, log_key(shard, 5), std::nullopt},
      {Family::raftlog, log_key(shard, 5), log_body(1, Hash{}, "nonsense")},
      {Family::raftlog, log_key(shard, 21), std::nullopt},
      {Family::fold, fold_key(shard, account, RowKind::meta, ""), std::nullopt},
      {Family::fold, fold_key(shard, account, RowKind::meta, ""), "nonsense"},
      {Family::fold, fold_key(shard, account, RowKind::agent, std::string(16, 'x')), "\x0a\x01x"},
      {Family::events, event_key(account, 1000000), event_body(Hash{}, "x")},
  };
  for (const Damage& damage : damages) {
    SCOPED_TRACE(std::string(name_of(damage.family)));
    fs::remove_all(log_path());
    fs::copy(whole, log_path(), fs::copy_options::recursive);
    change(damage.family, damage.key, damage.body);
    NodeLog node(log_path());
    const Result<void> started = node.start();
    ASSERT_TRUE(started.ok()) << started.error().what;
    EXPECT_EQ(node.role(shard), RoleChange::follower);
    EXPECT_EQ(node.role(8), RoleChange::leader);
    const Result<core::Account> loaded = node.journal().load(account);
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().code, Code::corrupt);
    EXPECT_NE(loaded.error().what.find("shard 7"), std::string::npos) << loaded.error().what;
    EXPECT_TRUE(node.journal().load(other.id()).ok());
    node.stop();
    const auto log = Inspection::open(log_path(), nullptr);
    ASSERT_TRUE(log.ok());
    const auto verified = (*log)->verify();
    EXPECT_TRUE(verified.broken || verified.lost_tail);
    node.options.node = "n2";
    ASSERT_TRUE(node.start().ok()) << "and again";
    EXPECT_EQ(node.role(shard), RoleChange::follower);
  }
}

TEST_F(RocksJournalTest, InspectsALogThatANodeHasOpen) {
  AccountScript script(account, 1);
  NodeLog node(log_path());
  ASSERT_TRUE(node.start().ok());
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(node.propose(script.next(3, CommandId())).ok());
    const auto log = Inspection::open(log_path(), nullptr);
    ASSERT_TRUE(log.ok()) << log.error().what;
    const auto verified = (*log)->verify();
    EXPECT_FALSE(verified.broken) << *verified.broken;
    EXPECT_FALSE(verified.lost_tail) << *verified.lost_tail;
    EXPECT_GE(verified.batches, static_cast<std::uint64_t>(50 * (round + 1)));
    const auto replayed = (*log)->replay();
    ASSERT_TRUE(replayed.ok());
    EXPECT_FALSE(replayed->different) << *replayed->different;
  }
  EXPECT_TRUE(node.journal().health().ok());
}

TEST_F(RocksJournalTest, ManyProposersShareSyncs) {
  NodeLog node(log_path());
  ASSERT_TRUE(node.start().ok());
  constexpr int accounts = 16;
  constexpr int batches = 50;
  std::vector<std::thread> threads;
  std::atomic<int> answered{0};
  for (int t = 0; t < accounts; ++t) {
    threads.emplace_back([&, t] {
      AccountScript script(test::account_in_shard(static_cast<std::uint32_t>(t * 4), static_cast<std::uint64_t>(t)),
                           static_cast<std::uint64_t>(t));
      Answers answers;
      const std::uint32_t in = shard_of(script.id());
      for (int i = 0; i < batches; ++i)
        node.journal().propose(in, node.term(in), script.next(3, CommandId()), answers.done(i));
      int expected = 0;
      for (const auto& answer : answers.wait(batches)) {
        EXPECT_TRUE(answer.result.ok());
        EXPECT_EQ(answer.tag, expected++);
        ++answered;
      }
      EXPECT_EQ(test::rows_of(*node.journal().load(script.id())), test::rows_of(script.account()));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, accounts * batches);
  EXPECT_LT(node.files().syncs(), static_cast<std::uint64_t>(accounts * batches));
}

TEST_F(RocksJournalTest, StopFinishesWhatWasProposed) {
  AccountScript script(account, 1);
  Answers answers;
  {
    NodeLog node(log_path());
    ASSERT_TRUE(node.start().ok());
    for (int i = 0; i < 200; ++i)
      node.journal().propose(shard, node.term(shard), script.next(3, CommandId()), answers.done(i));
    node.stop();
    EXPECT_EQ(answers.count(), 200u);
  }
  for (const auto& answer : answers.wait(200)) EXPECT_TRUE(answer.result.ok());
  NodeLog node(log_path());
  ASSERT_TRUE(node.start().ok());
  EXPECT_EQ(node.journal().load(account)->seq, script.account().seq);
}

TEST_F(RocksJournalTest, WhoeverCallsWhileItStopsIsAnswered) {
  AccountScript script(account, 1);
  NodeLog node(log_path());
  ASSERT_TRUE(node.start().ok());
  ASSERT_TRUE(node.propose(script.next(3, CommandId())).ok());
  std::atomic<int> calling{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&node, &calling] {
      ++calling;
      while (node.journal().health().ok()) {
        const auto loaded = node.journal().load(account);
        EXPECT_TRUE(loaded.ok() || loaded.error().code == Code::unavailable);
      }
    });
  while (calling < 3) std::this_thread::yield();
  node.journal().stop();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(node.journal().load(account).error().code, Code::unavailable);
}

}  // namespace
}  // namespace rf::storage
