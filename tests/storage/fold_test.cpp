#include "storage/fold.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <utility>

#include "core/account/apply.hpp"
#include "core/state/touched.hpp"
#include "storage/codec/codec.hpp"
#include "tests/storage/support/account_script.hpp"
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

using Rows = std::map<std::string, std::string>;

std::string row_name(RowKind kind, std::string_view id) { return std::string(name_of(kind)) + ":" + std::string(id); }

/// The rows that a fact may change, by name.
std::set<std::string> names_of(const core::Touched& t) {
  std::set<std::string> names = {row_name(RowKind::meta, "")};
  const auto add = [&](RowKind kind, const auto& id) {
    if (id.set()) names.insert(row_name(kind, id_bytes(id.value)));
  };
  const auto add_text = [&](RowKind kind, const std::string& id) {
    if (!id.empty()) names.insert(row_name(kind, id));
  };
  if (t.account) names.insert(row_name(RowKind::account, ""));
  add(RowKind::agent, t.agent);
  add(RowKind::call, t.call);
  add(RowKind::reservation, t.reservation);
  add(RowKind::queue, t.queue);
  add(RowKind::disposition, t.disposition);
  add(RowKind::disposition, t.disposition_forgotten);
  add_text(RowKind::edge, t.edge);
  add_text(RowKind::sticky, t.sticky);
  add_text(RowKind::sticky, t.sticky_forgotten);
  add_text(RowKind::place, t.place);
  add_text(RowKind::place, t.place_forgotten);
  return names;
}

std::set<std::string> differing(const Rows& a, const Rows& b) {
  std::set<std::string> names;
  for (const auto& [name, bytes] : a)
    if (const auto it = b.find(name); it == b.end() || it->second != bytes) names.insert(name);
  for (const auto& [name, bytes] : b)
    if (!a.contains(name)) names.insert(name);
  return names;
}

TEST(FoldRows, OnlyThoseThatAFactTouchesChange) {
  std::set<std::string_view> facts;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    test::AccountScript script(test::account_in_shard(3, seed), seed);
    core::Account account;
    account.id = script.id();
    Rows rows = test::rows_of(account);
    for (int turn = 0; turn < 500; ++turn) {
      for (const core::Fact& fact : script.next(6, CommandId()).facts) {
        const std::set<std::string> touched = names_of(core::touched(fact.body, account));
        core::apply(account, fact);
        facts.insert(core::name_of(fact.body));
        const Rows after = test::rows_of(account);
        for (const std::string& name : differing(rows, after))
          ASSERT_TRUE(touched.contains(name)) << core::name_of(fact.body) << " changes the row " << name;
        rows = after;
      }
      ASSERT_EQ(testing::broken_index(account), "") << "seed " << seed << " seq " << account.seq;
    }
  }
  EXPECT_EQ(facts.size(), std::variant_size_v<core::fact::Body>);
}

TEST(FoldRows, WhatIsStoredIsAlwaysTheAccount) {
  std::map<RowKind, int> erased;
  std::map<RowKind, int> written;
  for (std::uint64_t seed = 21; seed <= 28; ++seed) {
    test::AccountScript script(test::account_in_shard(3, seed), seed);
    core::Account account;
    account.id = script.id();
    std::map<std::pair<RowKind, std::string>, std::string> stored;
    for (int write = 0; write < 100; ++write) {
      ChangedRows changed;
      for (std::uint64_t i = 0, batches = 1 + seed % 7; i < batches; ++i)
        fold(account, script.next(6, CommandId()), changed);
      write_rows(account, Hash{}, changed, [&](RowKind kind, std::string_view id, const auto& bytes) {
        ++(bytes ? written : erased)[kind];
        if (bytes) {
          stored[{kind, std::string(id)}] = *bytes;
        } else {
          EXPECT_EQ(stored.erase({kind, std::string(id)}), 1u) << "a row is erased that was never stored";
        }
      });
      LoadedAccount loaded;
      loaded.account.id = account.id;
      for (const auto& [key, bytes] : stored) {
        const Result<void> taken = loaded.take(key.first, key.second, bytes);
        ASSERT_TRUE(taken.ok()) << name_of(key.first) << ": " << taken.error().what;
      }
      ASSERT_TRUE(loaded.finish().ok());
      ASSERT_EQ(differing(test::rows_of(loaded.account), test::rows_of(script.account())), std::set<std::string>());
      ASSERT_EQ(loaded.account.index.due, script.account().index.due);
      ASSERT_EQ(testing::broken_index(loaded.account), "");
    }
  }
  for (const RowKind kind :
       {RowKind::call, RowKind::reservation, RowKind::sticky, RowKind::place, RowKind::disposition}) {
    EXPECT_GT(written[kind], 0) << name_of(kind);
    EXPECT_GT(erased[kind], 0) << name_of(kind);
  }
}

TEST(FoldRows, ARowUnderAnothersKeyIsRefused) {
  LoadedAccount loaded;
  const std::string sticky = encode_row(core::StickyEntry{"+49301", AgentId(Ulid{2, 1}), 5});
  const std::string place = encode_row(core::KeptPlace{"sales +49301", 5, 6});
  core::DispositionEntry entry;
  entry.call = CallId(Ulid{3, 1});
  const std::string disposition = encode_row(entry);
  EXPECT_FALSE(loaded.take(RowKind::sticky, "+49302", sticky).ok());
  EXPECT_FALSE(loaded.take(RowKind::place, "+49301", place).ok());
  EXPECT_FALSE(loaded.take(RowKind::disposition, id_bytes(Ulid{3, 2}), disposition).ok());
  EXPECT_TRUE(loaded.take(RowKind::sticky, "+49301", sticky).ok());
  EXPECT_TRUE(loaded.take(RowKind::place, "sales +49301", place).ok());
  EXPECT_TRUE(loaded.take(RowKind::disposition, id_bytes(Ulid{3, 1}), disposition).ok());
  EXPECT_EQ(loaded.account.sticky.size() + loaded.account.places.size() + loaded.account.dispositions.size(), 3u);
}

}  // namespace
}  // namespace rf::storage
