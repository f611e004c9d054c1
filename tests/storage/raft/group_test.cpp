#include "storage/raft/group.hpp"

#include <gtest/gtest.h>

#include "tests/storage/raft/disk.hpp"

/// One server with made-up peers: what it makes of each message and write. Whole groups: raft_sim_test.cpp.
namespace rf::storage::raft {
namespace {

EntryPtr entry(std::uint64_t term, std::string bytes) {
  return std::make_shared<const Entry>(Entry{term, EntryKind::command, std::move(bytes), {}});
}
EntryPtr change(std::uint64_t term, Members members) {
  return std::make_shared<const Entry>(Entry{term, EntryKind::change, "members", std::move(members)});
}

Members voters(std::initializer_list<NodeNumber> nodes) {
  Members members;
  for (NodeNumber node : nodes) members.push_back({node, MemberRole::voter});
  return members;
}

class GroupTest : public ::testing::Test {
 protected:
  GroupTest() { options_.node = 1; }

  /// Starts on a log that holds the founders and so many entries of term 1.
  void start(const Members& members, std::size_t entries = 0) {
    log_ = {change(1, members)};
    for (std::size_t i = 0; i < entries; ++i) log_.push_back(entry(1, "old"));
    StoredLog stored;
    stored.term = 1;
    for (const EntryPtr& each : log_) stored.entries.push_back(*each);
    start(stored);
  }
  void start(const StoredLog& stored) {
    group_ = std::make_unique<Group>(options_, [this](std::uint64_t first, std::size_t n) {
      std::vector<EntryPtr> out;
      for (std::uint64_t i = first; i <= log_.size() && out.size() < n; ++i) out.push_back(log_[i - 1]);
      return Result<std::vector<EntryPtr>>(std::move(out));
    });
    auto started = group_->start(now_, stored);
    ASSERT_TRUE(started.ok()) << started.error().what;
    last_ = std::move(*started);
  }
  /// Everything that was asked for is synced.
  Effects sync() { return last_.writes.empty() ? Effects() : group_->stored(now_, last_.writes.back().id); }

  Message append(std::uint64_t term, std::uint64_t index, std::uint64_t index_term, std::vector<EntryPtr> entries) {
    Message message;
    message.kind = MessageKind::append;
    message.peer = 2;
    message.term = term;
    message.index = index;
    message.index_term = index_term;
    message.entries = std::move(entries);
    return message;
  }
  const Effects& receive(const Message& message) { return last_ = group_->receive(now_, message); }

  GroupOptions options_;
  std::uint64_t now_ = 1'000;
  std::vector<EntryPtr> log_;
  std::unique_ptr<Group> group_;
  Effects last_;
};

TEST_F(GroupTest, ALoneVoterLeadsAtOnceAndCommitsWhatIsOnItsDisk) {
  start(voters({1}), 3);
  EXPECT_TRUE(group_->leads());
  EXPECT_EQ(group_->term(), 2u);
  ASSERT_EQ(last_.writes.size(), 1u);
  EXPECT_EQ(last_.writes[0].vote->term, 2u);
  sync();
  EXPECT_EQ(group_->commit_index(), 4u);
  last_ = group_->propose(now_, {entry(2, "new")});
  EXPECT_EQ(group_->commit_index(), 4u) << "not before it is synced";
  ASSERT_EQ(last_.writes.size(), 1u);
  EXPECT_EQ(last_.writes[0].first_index, 5u);
  EXPECT_TRUE(sync().committed);
  EXPECT_EQ(group_->commit_index(), 5u);
}

TEST_F(GroupTest, NothingOfANewTermLeavesBeforeItsVoteIsOnDisk) {
  start(voters({1, 2, 3}));
  Message ask;
  ask.kind = MessageKind::vote;
  ask.peer = 2;
  ask.term = 7;
  ask.index = 1;
  ask.index_term = 1;
  ask.disrupt_leader = true;
  receive(ask);
  ASSERT_EQ(last_.writes.size(), 1u);
  EXPECT_EQ(last_.writes[0].vote->node, 2u);
  EXPECT_TRUE(last_.messages.empty());
  const Effects later = sync();
  ASSERT_EQ(later.messages.size(), 1u);
  EXPECT_TRUE(later.messages[0].granted);
  EXPECT_EQ(later.messages[0].term, 7u);
}

TEST_F(GroupTest, AFollowerAcknowledgesWhatIsSyncedAndNothingElse) {
  start(voters({1, 2, 3}));
  receive(append(2, 1, 1, {entry(2, "a"), entry(2, "b")}));
  for (const Message& message : last_.messages) EXPECT_LT(message.index, 2u);
  const Effects later = sync();
  ASSERT_FALSE(later.messages.empty());
  EXPECT_EQ(later.messages.back().kind, MessageKind::append_result);
  EXPECT_EQ(later.messages.back().index, 3u);
  EXPECT_EQ(later.messages.back().rejected, 0u);
}

TEST_F(GroupTest, AWriteThatWasOvertakenCountsForNothing) {
  start(voters({1, 2, 3}));
  receive(append(2, 1, 1, {entry(2, "a"), entry(2, "b")}));
  const std::uint64_t first = last_.writes.back().id;
  receive(append(3, 1, 1, {entry(3, "c")}));
  ASSERT_EQ(last_.writes.back().truncate_from, 2u);
  const std::uint64_t second = last_.writes.back().id;
  group_->stored(now_, first);
  EXPECT_EQ(group_->stored_index(), 1u) << "what the first write held is gone";
  group_->stored(now_, second);
  EXPECT_EQ(group_->stored_index(), 2u);
  EXPECT_EQ((*group_->entries(2, 5))[0]->bytes, "c");
}

TEST_F(GroupTest, AChangeComesFirstInItsAppendWhateverWasSent) {
  start(voters({1, 2, 3}));
  receive(append(2, 1, 1, {entry(2, "a"), change(2, voters({1, 2})), entry(2, "b")}));
  EXPECT_EQ(group_->change_underway(), 3u);
  EXPECT_EQ(group_->last_index(), 4u);
  EXPECT_EQ(group_->members(), voters({1, 2}));
}

TEST_F(GroupTest, AChangeThatIsRolledBackLeavesTheMembersOfBefore) {
  start(voters({1, 2, 3}));
  receive(append(2, 1, 1, {change(2, voters({1, 2}))}));
  receive(append(3, 1, 1, {entry(3, "instead")}));
  EXPECT_EQ(group_->change_underway(), 0u);
  EXPECT_EQ(group_->members(), voters({1, 2, 3}));
}

TEST_F(GroupTest, ALongAppendGoesInSeveralMessages) {
  options_.message_bytes_max = 1'000;
  start(voters({1, 2}));
  // The other voter's answer to the pre-vote and to the vote.
  now_ = group_->due();
  last_ = group_->tick(now_);
  for (bool pre_vote : {true, false}) {
    Message yes;
    yes.kind = MessageKind::vote_result;
    yes.peer = 2;
    yes.term = 2;
    yes.granted = true;
    yes.pre_vote = pre_vote;
    receive(yes);
    const Effects later = sync();
    (void)later;
  }
  ASSERT_TRUE(group_->leads());
  Message result;
  result.kind = MessageKind::append_result;
  result.peer = 2;
  result.term = 2;
  result.index = group_->last_index();
  receive(result);
  std::vector<EntryPtr> many;
  for (int i = 0; i < 10; ++i) many.push_back(entry(2, std::string(400, 'x')));
  const std::uint64_t before = group_->last_index();
  last_ = group_->propose(now_, many);
  std::uint64_t next = before;
  std::size_t messages = 0;
  for (const Message& message : last_.messages) {
    if (message.kind != MessageKind::append || message.entries.empty()) continue;
    EXPECT_EQ(message.index, next);
    EXPECT_LE(message.entries.size(), 2u);
    next += message.entries.size();
    ++messages;
  }
  EXPECT_EQ(next, before + 10);
  EXPECT_EQ(messages, 5u);
}

TEST_F(GroupTest, AnAppendFromBeforeTheLogBeginsIsTakenFromItsSnapshotOn) {
  start(voters({1, 2, 3}), 4);
  receive([&] {
    Message all = append(2, 5, 1, {entry(2, "six")});
    all.commit = 6;
    return all;
  }());
  sync();
  ASSERT_EQ(group_->commit_index(), 6u);
  SnapshotHead applied{6, 2, 1, voters({1, 2, 3})};
  last_ = group_->compact(now_, applied, 0);
  ASSERT_EQ(group_->first_index(), 7u);
  ASSERT_TRUE(last_.writes.back().compacted.has_value());
  EXPECT_EQ(last_.writes.back().log_begins, 7u);

  log_[0] = change(1, voters({1, 2, 3}));
  std::vector<EntryPtr> all(log_.begin(), log_.end());
  all.push_back(entry(2, "six"));
  all.push_back(entry(2, "seven"));
  receive(append(2, 0, 0, all));
  ASSERT_EQ(last_.writes.size(), 1u) << "nothing of what it has already is taken for new";
  EXPECT_EQ(last_.writes[0].first_index, 7u);
  ASSERT_EQ(last_.writes[0].entries.size(), 1u);
  EXPECT_EQ(last_.writes[0].entries[0]->bytes, "seven");
}

TEST_F(GroupTest, AStagedSnapshotTakesTheLogsPlaceOnceItIsOnDisk) {
  start(StoredLog());
  const SnapshotHead staged{50, 3, 1, voters({2, 3})};
  EXPECT_TRUE(group_->install(now_, 2, 0, staged).writes.empty()) << "nobody leads in term 0";
  last_ = group_->install(now_, 2, 4, staged);
  ASSERT_TRUE(group_->installing());
  EXPECT_LT(group_->commit_index(), 50u);
  group_->stored(now_, 100);
  EXPECT_FALSE(group_->installing());
  EXPECT_EQ(group_->commit_index(), 50u);
  EXPECT_EQ(group_->members(), voters({2, 3}));
  EXPECT_TRUE(group_->install(now_, 2, 4, staged).writes.empty()) << "it is there already";
}

TEST_F(GroupTest, MessagesThatNobodySendsAreDropped) {
  start(voters({1, 2, 3}));
  Message falling = append(3, 1, 1, {entry(3, "a"), entry(2, "b")});
  EXPECT_TRUE(receive(falling).writes.empty());
  EXPECT_TRUE(receive(append(3, 1, 1, {nullptr})).writes.empty());
  EXPECT_TRUE(receive(append(3, 1, 1, {change(3, {})})).writes.empty());
  EXPECT_TRUE(receive(append(3, 0, 1, {})).messages.empty());
  Message own = append(3, 1, 1, {});
  own.peer = 1;
  EXPECT_TRUE(receive(own).messages.empty());
  EXPECT_TRUE(group_->state().ok());
  EXPECT_EQ(group_->term(), 1u);
}

TEST_F(GroupTest, TwoLeadersInATermEndTheGroup) {
  start(voters({1}));
  receive(append(2, 1, 1, {}));
  EXPECT_EQ(group_->state().error().code, Code::corrupt);
  EXPECT_NE(group_->state().error().what.find("leads in term 2 as this one does"), std::string::npos);
}

TEST_F(GroupTest, ALogThatNoServerWroteIsRefused) {
  const auto fault = [&](const StoredLog& log) {
    Group group(options_,
                [](std::uint64_t, std::size_t) { return Result<std::vector<EntryPtr>>(std::vector<EntryPtr>()); });
    const auto started = group.start(now_, log);
    return started ? std::string() : started.error().what;
  };
  const Entry first = *change(1, voters({1, 2}));
  const SnapshotHead head{5, 1, 1, voters({1, 2})};
  EXPECT_EQ(fault({1, 0, {}, 1, {first}}), "");
  EXPECT_EQ(fault({1, 0, head, 6, {}}), "");
  EXPECT_NE(fault({0, 0, {}, 1, {first}}).find("no term"), std::string::npos);
  EXPECT_NE(fault({1, 0, {}, 1, {*entry(1, "a")}}).find("names no members"), std::string::npos);
  EXPECT_NE(fault({1, 0, {}, 2, {first}}).find("there is no snapshot"), std::string::npos);
  EXPECT_NE(fault({1, 0, {}, 1, {first, *entry(2, "a")}}).find("terms do not rise"), std::string::npos);
  EXPECT_NE(fault({1, 0, head, 7, {}}).find("are missing"), std::string::npos);
  EXPECT_NE(fault({1, 0, head, 3, {*entry(1, "a")}}).find("before its snapshot"), std::string::npos);
  EXPECT_NE(fault({1, 0, SnapshotHead{5, 1, 9, voters({1})}, 6, {}}).find("of no log"), std::string::npos);
}

}  // namespace
}  // namespace rf::storage::raft
