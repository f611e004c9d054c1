#include "storage/memory_journal.hpp"

#include <gtest/gtest.h>

#include "tests/storage/support/account_script.hpp"
#include "tests/storage/support/waiting.hpp"

namespace rf::storage {
namespace {

using test::AccountScript;
using test::Answers;

constexpr std::uint32_t shard = 3;

class MemoryJournalTest : public ::testing::Test {
 protected:
  void SetUp() override { start(); }
  void start() {
    ASSERT_TRUE(journal_
                    .start([this](const LogIndex&, const Batch&) { ++applied_; },
                           [this](std::uint32_t in, std::uint64_t term, RoleChange change, Ms) {
                             if (in != shard) return;
                             term_ = term;
                             leader_ = change == RoleChange::leader;
                           })
                    .ok());
  }
  void propose(int tag) { journal_.propose(shard, term_, script_.next(3, CommandId()), answers_.done(tag)); }

  std::uint64_t term_ = 0;
  bool leader_ = false;
  int applied_ = 0;
  Answers answers_;
  AccountScript script_{test::account_in_shard(shard, 1), 1};
  MemoryJournal journal_{[] { return Ms{1700000000000}; }};
};

TEST_F(MemoryJournalTest, NothingCompletesUntilItIsCommitted) {
  propose(1);
  propose(2);
  journal_.barrier(shard, answers_.done(3));
  EXPECT_EQ(journal_.pending(), 3u);
  EXPECT_EQ(answers_.count(), 0u);
  EXPECT_EQ(applied_, 0);
  EXPECT_EQ(journal_.load(script_.id())->seq, 0u);
  ASSERT_TRUE(journal_.commit_next());
  EXPECT_EQ(answers_.count(), 1u);
  EXPECT_EQ(applied_, 1);
  journal_.commit_all();
  EXPECT_EQ(answers_.count(), 3u);
  EXPECT_FALSE(journal_.commit_next());
}

TEST_F(MemoryJournalTest, ACrashKeepsWhatIsDurableAndAnswersNobody) {
  propose(1);
  journal_.commit_all();
  propose(2);
  const std::uint64_t durable = script_.account().seq;
  propose(3);
  propose(4);
  const std::uint64_t before = term_;
  journal_.crash(1);
  EXPECT_EQ(answers_.count(), 1u);
  EXPECT_EQ(applied_, 1);
  start();
  EXPECT_EQ(term_, before + 1);
  EXPECT_EQ(journal_.pending(), 0u);
  const core::Account loaded = *journal_.load(script_.id());
  EXPECT_EQ(loaded.seq, durable);
  script_.resume(loaded);
  propose(5);
  journal_.commit_all();
  EXPECT_EQ(answers_.wait(2)[1].tag, 5);
  EXPECT_TRUE(answers_.wait(2)[1].result.ok());
}

TEST_F(MemoryJournalTest, ADeposedLeaderAnswersUnknownOutcomeThenNotOwner) {
  propose(1);
  journal_.depose(shard);
  EXPECT_FALSE(leader_);
  EXPECT_EQ(answers_.wait(1)[0].result.error().code, Code::unknown_outcome);
  script_.resume(*journal_.load(script_.id()));
  propose(2);
  journal_.commit_all();
  EXPECT_EQ(answers_.wait(2)[1].result.error().code, Code::not_owner);
  const std::uint64_t before = term_;
  journal_.elect(shard);
  EXPECT_TRUE(leader_);
  EXPECT_GT(term_, before);
  script_.resume(*journal_.load(script_.id()));
  propose(3);
  journal_.commit_all();
  EXPECT_TRUE(answers_.wait(3)[2].result.ok());
}

TEST_F(MemoryJournalTest, AFailedDiskTakesNothingMore) {
  propose(1);
  journal_.fail_disk();
  EXPECT_FALSE(journal_.health().ok());
  propose(2);
  journal_.commit_all();
  for (const auto& answer : answers_.wait(2)) EXPECT_EQ(answer.result.error().code, Code::unavailable);
  EXPECT_EQ(journal_.load(script_.id())->seq, 0u);
  journal_.crash(0);
  start();
  EXPECT_TRUE(journal_.health().ok());
}

}  // namespace
}  // namespace rf::storage
