#include "storage/fold.hpp"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "tests/support/center.hpp"
#include "tests/support/invariants.hpp"

namespace rf::storage {
namespace {

/// A contact centre whose facts are folded here as well, and its rows as a store would have them.
class FoldTest : public ::testing::Test {
 protected:
  FoldTest() {
    account_.id = center.account().id;
    queue = center.queue("sales");
    agent = center.ready_agent("ada", {testing::Center::in(queue)});
    fold_new();
    write();
  }

  void fold_new() {
    AccountBatch batch;
    batch.account = account_.id;
    for (; folded_ < center.log.size(); ++folded_) batch.facts.push_back(center.log[folded_]);
    if (!batch.facts.empty()) fold(account_, batch, changed_);
  }
  /// Counts what is written and erased of a kind, beside keeping it.
  void write() {
    written.clear();
    erased.clear();
    write_rows(account_, Hash{}, std::exchange(changed_, {}),
               [this](RowKind kind, std::string_view id, const std::optional<std::string>& bytes) {
                 ++(bytes ? written : erased)[kind];
                 if (bytes)
                   rows_[{kind, std::string(id)}] = *bytes;
                 else
                   EXPECT_EQ(rows_.erase({kind, std::string(id)}), 1u) << "a row is erased that was never stored";
               });
  }
  /// What a start would read is what is in memory.
  void expect_rows() {
    LoadedAccount loaded;
    loaded.account.id = account_.id;
    for (const auto& [key, bytes] : rows_) ASSERT_TRUE(loaded.take(key.first, key.second, bytes));
    ASSERT_TRUE(loaded.finish());
    EXPECT_EQ(testing::difference(loaded.account, account_), "");
  }

  testing::Center center;
  QueueId queue;
  AgentId agent;
  std::map<RowKind, int> written;
  std::map<RowKind, int> erased;

 private:
  core::Account account_;
  ChangedRows changed_;
  std::size_t folded_ = 0;
  std::map<std::pair<RowKind, std::string>, std::string> rows_;
};

TEST_F(FoldTest, WhatCameAndWentBetweenTwoWritesLeavesNoTrace) {
  center.complete(center.enqueue(queue));
  fold_new();
  write();
  EXPECT_EQ(written.count(RowKind::call) + written.count(RowKind::reservation), 0u);
  EXPECT_TRUE(erased.empty());
  EXPECT_EQ(written[RowKind::agent], 1);
  expect_rows();
}

TEST_F(FoldTest, WhatWasStoredIsErasedOnceItIsGone) {
  const CallId call = center.enqueue(queue);
  fold_new();
  write();
  EXPECT_EQ(written[RowKind::call], 1);
  EXPECT_EQ(written[RowKind::reservation], 1);
  expect_rows();
  center.complete(call);
  fold_new();
  write();
  EXPECT_EQ(erased[RowKind::call], 1);
  EXPECT_EQ(erased[RowKind::reservation], 1);
  expect_rows();
}

TEST_F(FoldTest, WhatIsMadeInOneBatchAndGoneInTheNextOfTheSameWriteLeavesNoTrace) {
  const CallId call = center.enqueue(queue);
  fold_new();
  center.complete(call);
  fold_new();
  write();
  EXPECT_TRUE(erased.empty());
  expect_rows();
}

}  // namespace
}  // namespace rf::storage
