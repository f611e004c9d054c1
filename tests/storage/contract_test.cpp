// What every form of the journal keeps (R29), whatever stands behind it.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <thread>

#include "core/account/apply.hpp"
#include "core/base/limits.hpp"
#include "core/base/rules_version.hpp"
#include "storage/memory_journal.hpp"
#include "storage/rocks_journal.hpp"
#include "tests/storage/support/account_script.hpp"
#include "tests/storage/support/temporary_directory.hpp"
#include "tests/storage/support/waiting.hpp"

namespace rf::storage {
namespace {

using test::AccountScript;
using test::Answers;

constexpr Ms now_ms = 1700000000000;

/// One form of the journal: how it is made, started again, and brought to answer.
class Form {
 public:
  virtual ~Form() = default;
  virtual Journal& journal() = 0;
  /// The process ends in an orderly way and starts again.
  virtual void restart(Journal::OnApplied on_applied, Journal::OnRole on_role) = 0;
  /// Lets what was proposed complete.
  virtual void settle() = 0;
};

class MemoryForm : public Form {
 public:
  Journal& journal() override { return journal_; }
  void restart(Journal::OnApplied on_applied, Journal::OnRole on_role) override {
    if (started_) journal_.stop();
    started_ = true;
    ASSERT_TRUE(journal_.start(std::move(on_applied), std::move(on_role)).ok());
  }
  void settle() override { journal_.commit_all(); }

 private:
  MemoryJournal journal_{[] { return now_ms; }};
  bool started_ = false;
};

class RocksForm : public Form {
 public:
  Journal& journal() override { return *journal_; }
  void restart(Journal::OnApplied on_applied, Journal::OnRole on_role) override {
    journal_.reset();
    RocksOptions options;
    options.directory = directory_.path("log");
    options.node = "n1";
    options.wall_clock = [] { return now_ms; };
    options.log_entries_kept = 8;
    journal_ = std::make_unique<RocksJournal>(options, SealKey(std::array<std::uint8_t, 32>{1, 2, 3}));
    const Result<void> started = journal_->start(std::move(on_applied), std::move(on_role));
    ASSERT_TRUE(started.ok()) << started.error().what;
  }
  void settle() override {}

 private:
  test::TemporaryDirectory directory_;
  std::unique_ptr<RocksJournal> journal_;
};

struct Applied {
  LogIndex at;
  Batch batch;
};
struct Role {
  std::uint64_t term = 0;
  RoleChange change = RoleChange::follower;
  Ms epoch_start_ts = 0;
};

template <class FormType>
class JournalContract : public ::testing::Test {
 protected:
  void SetUp() override { restart(); }

  void restart() {
    {
      const std::lock_guard lock(mutex_);
      roles_.clear();
      applied_.clear();
    }
    form_.restart(
        [this](const LogIndex& at, const Batch& batch) {
          const std::lock_guard lock(mutex_);
          applied_.push_back({at, batch});
        },
        [this](std::uint32_t shard, std::uint64_t term, RoleChange change, Ms epoch_start_ts) {
          const std::lock_guard lock(mutex_);
          roles_[shard] = Role{term, change, epoch_start_ts};
        });
    EXPECT_TRUE(barrier(0).ok());
  }

  Journal& journal() { return form_.journal(); }

  Result<LogIndex> barrier(std::uint32_t shard) {
    Answers answers;
    journal().barrier(shard, answers.done(0));
    form_.settle();
    return answers.wait(1)[0].result;
  }
  std::uint64_t term(std::uint32_t shard) {
    const std::lock_guard lock(mutex_);
    return roles_.at(shard).term;
  }
  Result<LogIndex> propose(Batch batch, std::uint64_t in_term) {
    Answers answers;
    const auto* account = std::get_if<AccountBatch>(&batch);
    const std::uint32_t shard = account != nullptr ? shard_of(account->account) : limits::directory_shard;
    journal().propose(shard, in_term, std::move(batch), answers.done(0));
    form_.settle();
    return answers.wait(1)[0].result;
  }
  Result<LogIndex> propose(AccountBatch batch) {
    const std::uint32_t shard = shard_of(batch.account);
    return propose(Batch(std::move(batch)), term(shard));
  }

  void expect_state_of(const AccountScript& script) {
    const Result<core::Account> loaded = journal().load(script.id());
    ASSERT_TRUE(loaded.ok()) << loaded.error().what;
    EXPECT_EQ(loaded->seq, script.account().seq);
    EXPECT_EQ(test::rows_of(*loaded), test::rows_of(script.account()));
    EXPECT_EQ(loaded->index.due, script.account().index.due);

    core::Account folded;
    folded.id = script.id();
    const Result<void> read = journal().history(script.id(), 1, [&](const core::Fact& fact) {
      core::apply(folded, fact);
      return true;
    });
    ASSERT_TRUE(read.ok()) << read.error().what;
    EXPECT_EQ(test::rows_of(folded), test::rows_of(script.account()));
  }

  std::mutex mutex_;
  std::map<std::uint32_t, Role> roles_;
  std::vector<Applied> applied_;
  // Last: its threads use what stands above.
  FormType form_;
};

using Forms = ::testing::Types<MemoryForm, RocksForm>;
TYPED_TEST_SUITE(JournalContract, Forms);

TYPED_TEST(JournalContract, LeadsEveryShardFromTheStartInARisingTerm) {
  ASSERT_EQ(this->roles_.size(), limits::shards + 1);
  for (const auto& [shard, role] : this->roles_) {
    EXPECT_EQ(role.change, RoleChange::leader);
    EXPECT_EQ(role.epoch_start_ts, now_ms);
    EXPECT_EQ(role.term, this->term(0));
  }
  const std::uint64_t first = this->term(0);
  this->restart();
  EXPECT_EQ(this->term(0), first + 1);
  EXPECT_TRUE(this->journal().health().ok());
}

TYPED_TEST(JournalContract, AnswersInOrderWithRisingIndexesAndThenApplied) {
  AccountScript a(test::account_in_shard(3, 1), 1);
  AccountScript b(test::account_in_shard(3, 2), 2);
  Answers answers;
  for (int i = 0; i < 100; ++i) {
    AccountScript& script = i % 3 == 0 ? a : b;
    this->journal().propose(3, this->term(3), script.next(3, CommandId()), answers.done(i));
  }
  this->form_.settle();
  const auto all = answers.wait(100);
  std::uint64_t last_index = 0;
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(all[static_cast<std::size_t>(i)].tag, i);
    ASSERT_TRUE(all[static_cast<std::size_t>(i)].result.ok());
    const LogIndex& at = *all[static_cast<std::size_t>(i)].result;
    EXPECT_EQ(at.shard, 3u);
    EXPECT_EQ(at.term, this->term(3));
    if (i > 0) {
      EXPECT_EQ(at.index, last_index + 1);
    }
    last_index = at.index;
  }
  EXPECT_TRUE(this->barrier(3).ok());
  const std::lock_guard lock(this->mutex_);
  ASSERT_EQ(this->applied_.size(), 100u);
  for (std::size_t i = 1; i < 100; ++i) EXPECT_EQ(this->applied_[i].at.index, this->applied_[i - 1].at.index + 1);
}

TYPED_TEST(JournalContract, LoadIsTheFoldOfHistory) {
  AccountScript script(test::account_in_shard(5, 1), 7);
  for (int i = 0; i < 300; ++i) {
    const Result<LogIndex> done = this->propose(script.next(6, CommandId()));
    ASSERT_TRUE(done.ok()) << done.error().what;
  }
  this->expect_state_of(script);
  this->restart();
  this->expect_state_of(script);
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(this->propose(script.next(6, CommandId())).ok());
  this->expect_state_of(script);
  this->restart();
  this->expect_state_of(script);
}

TYPED_TEST(JournalContract, RefusesABatchThatIsNotTheNextSeq) {
  AccountScript script(test::account_in_shard(1, 1), 3);
  const AccountBatch first = script.next(3, CommandId());
  const AccountBatch second = script.next(3, CommandId());
  const Result<LogIndex> early = this->propose(second);
  ASSERT_FALSE(early.ok());
  EXPECT_EQ(early.error().code, Code::failed_precondition);
  ASSERT_TRUE(this->propose(first).ok());
  const Result<LogIndex> again = this->propose(first);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, Code::failed_precondition);
  ASSERT_TRUE(this->propose(second).ok());
  this->expect_state_of(script);
}

TYPED_TEST(JournalContract, RefusesAnOldTermAndTakesNothing) {
  AccountScript script(test::account_in_shard(1, 1), 3);
  const std::uint64_t old_term = this->term(1);
  this->restart();
  const AccountBatch batch = script.next(3, CommandId());
  const Result<LogIndex> stale = this->propose(Batch(batch), old_term);
  ASSERT_FALSE(stale.ok());
  EXPECT_EQ(stale.error().code, Code::not_owner);
  EXPECT_EQ(this->journal().load(script.id())->seq, 0u);
  EXPECT_TRUE(this->propose(batch).ok());
}

TYPED_TEST(JournalContract, RefusesABatchWithoutFactsOrBeyondTheLimit) {
  AccountScript script(test::account_in_shard(1, 1), 3);
  AccountBatch empty;
  empty.account = script.id();
  EXPECT_EQ(this->propose(empty).error().code, Code::invalid_argument);
  AccountBatch large;
  large.account = script.id();
  large.facts.resize(limits::import_facts_max + 1);
  for (std::size_t i = 0; i < large.facts.size(); ++i) large.facts[i].seq = i + 1;
  EXPECT_EQ(this->propose(large).error().code, Code::invalid_argument);
  EXPECT_TRUE(this->propose(script.next(3, CommandId())).ok());
}

TYPED_TEST(JournalContract, BarrierComesAfterEverythingBeforeIt) {
  AccountScript script(test::account_in_shard(2, 1), 4);
  Answers answers;
  for (int i = 0; i < 20; ++i) this->journal().propose(2, this->term(2), script.next(2, CommandId()), answers.done(i));
  this->journal().barrier(2, answers.done(20));
  this->form_.settle();
  const auto all = answers.wait(21);
  EXPECT_EQ(all.back().tag, 20);
  ASSERT_TRUE(all.back().result.ok());
  EXPECT_EQ(all.back().result->index, all[19].result->index);
  EXPECT_EQ(this->journal().load(script.id())->seq, script.account().seq);
}

TYPED_TEST(JournalContract, FindsTheResultOfACommandAlsoAfterARestart) {
  AccountScript script(test::account_in_shard(9, 1), 5);
  const CommandId command(Ulid{77, 1});
  EXPECT_FALSE(this->journal().find_result(script.id(), command)->has_value());
  ASSERT_TRUE(this->propose(script.next(3, command)).ok());
  for (int round = 0; round < 2; ++round) {
    const auto found = this->journal().find_result(script.id(), command);
    ASSERT_TRUE(found.ok() && found->has_value());
    EXPECT_EQ((*found)->seq, script.account().seq);
    EXPECT_EQ((*found)->what, "seq " + std::to_string(script.account().seq));
    EXPECT_FALSE(this->journal().find_result(script.id(), CommandId(Ulid{77, 2}))->has_value());
    EXPECT_FALSE(this->journal().find_result(test::account_in_shard(9, 2), command)->has_value());
    this->restart();
  }
}

TYPED_TEST(JournalContract, KeepsSecretsOutOfWhatIsApplied) {
  AccountScript script(test::account_in_shard(9, 1), 5);
  AccountBatch batch = script.next(3, CommandId());
  batch.secrets = {{"ha1/1", "very secret"}, {"ha1/2", "other"}};
  ASSERT_TRUE(this->propose(batch).ok());
  batch = script.next(3, CommandId());
  batch.secrets = {{"ha1/2", ""}};
  ASSERT_TRUE(this->propose(batch).ok());
  EXPECT_TRUE(this->barrier(9).ok());
  {
    const std::lock_guard lock(this->mutex_);
    ASSERT_EQ(this->applied_.size(), 2u);
    for (const Applied& applied : this->applied_) EXPECT_TRUE(std::get<AccountBatch>(applied.batch).secrets.empty());
  }
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(*this->journal().find_secret(script.id(), "ha1/1"), "very secret");
    EXPECT_EQ(this->journal().find_secret(script.id(), "ha1/2").error().code, Code::not_found);
    EXPECT_EQ(this->journal().find_secret(test::account_in_shard(9, 2), "ha1/1").error().code, Code::not_found);
    this->restart();
  }
}

TYPED_TEST(JournalContract, HistoryBeginsAnywhereAndStopsWhenTold) {
  AccountScript script(test::account_in_shard(6, 1), 8);
  while (script.account().seq < 100) ASSERT_TRUE(this->propose(script.next(7, CommandId())).ok());
  const std::uint64_t head = script.account().seq;
  for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{50}, head}) {
    std::uint64_t expected = std::max<std::uint64_t>(first, 1);
    const Result<void> read = this->journal().history(script.id(), first, [&](const core::Fact& fact) {
      EXPECT_EQ(fact.seq, expected);
      ++expected;
      return true;
    });
    ASSERT_TRUE(read.ok()) << read.error().what;
    EXPECT_EQ(expected, head + 1);
  }
  int seen = 0;
  ASSERT_TRUE(this->journal().history(script.id(), 10, [&](const core::Fact&) { return ++seen < 5; }).ok());
  EXPECT_EQ(seen, 5);
  const auto never = [](const core::Fact&) {
    ADD_FAILURE();
    return false;
  };
  EXPECT_TRUE(this->journal().history(script.id(), head + 1, never).ok());
  EXPECT_TRUE(this->journal().history(test::account_in_shard(6, 2), 1, never).ok());
}

TYPED_TEST(JournalContract, APastStateIsTheFoldUpToItsSeq) {  // R30
  AccountScript script(test::account_in_shard(6, 2), 3);
  std::map<std::uint64_t, core::Account> were;
  std::map<std::uint64_t, Ms> times;
  for (int i = 0; i < 40; ++i) {
    AccountBatch batch = script.next(4, CommandId());
    for (const core::Fact& fact : batch.facts) times[fact.seq] = fact.ts;
    ASSERT_TRUE(this->propose(std::move(batch)).ok());
    were[script.account().seq] = script.account();
  }
  for (const auto& [seq, was] : were) {
    const Result<core::Account> folded = this->journal().account_at(script.id(), seq);
    ASSERT_TRUE(folded.ok()) << folded.error().what;
    EXPECT_EQ(folded->seq, seq);
    EXPECT_EQ(test::rows_of(*folded), test::rows_of(was));
  }
  const std::uint64_t head = script.account().seq;
  EXPECT_EQ(this->journal().account_at(script.id(), 0)->seq, 0u);
  EXPECT_EQ(this->journal().account_at(script.id(), head + 100)->seq, head);
  for (const auto& [seq, ts] : times) {
    // Several facts may have one time: the last of them.
    std::uint64_t last = seq;
    while (last < head && times[last + 1] <= ts) ++last;
    EXPECT_EQ(*this->journal().seq_at(script.id(), ts), last);
  }
  EXPECT_EQ(*this->journal().seq_at(script.id(), times[1] - 1), 0u);
  EXPECT_EQ(*this->journal().seq_at(script.id(), times[head] + 1), head);
  EXPECT_EQ(*this->journal().seq_at(test::account_in_shard(6, 9), now_ms), 0u) << "an account that nobody made";
  EXPECT_EQ(this->journal().rules_at(6, now_ms + 1), core::rules_version);
}

TYPED_TEST(JournalContract, TheDirectoryIsOneMoreMachine) {
  const std::uint32_t shard = limits::directory_shard;
  const AccountId account = test::account_in_shard(1, 1);
  const auto claim = [&](std::uint64_t seq, const std::string& text) {
    return DirectoryBatch{{core::directory::Fact{
        seq, now_ms, core::directory::Claimed{{core::directory::NameKind::sip_domain, text}, {account, CommandId()}}}}};
  };
  EXPECT_EQ(this->propose(Batch(claim(2, "b.example")), this->term(shard)).error().code, Code::failed_precondition);
  ASSERT_TRUE(this->propose(Batch(claim(1, "a.example")), this->term(shard)).ok());
  ASSERT_TRUE(this->propose(Batch(claim(2, "b.example")), this->term(shard)).ok());
  const DirectoryBatch release{{core::directory::Fact{
      3, now_ms, core::directory::Released{{core::directory::NameKind::sip_domain, "a.example"}}}}};
  ASSERT_TRUE(this->propose(Batch(release), this->term(shard)).ok());
  for (int round = 0; round < 2; ++round) {
    const auto directory = this->journal().load_directory();
    ASSERT_TRUE(directory.ok());
    EXPECT_EQ(directory->seq, 3u);
    ASSERT_EQ(directory->names.size(), 1u);
    EXPECT_EQ(directory->names.begin()->first.text, "b.example");
    EXPECT_EQ(directory->names.begin()->second.account, account);
    this->restart();
  }
}

TYPED_TEST(JournalContract, ReadsWhatIsCommittedAndListsAccounts) {
  AccountScript script(test::account_in_shard(6, 1), 8);
  const auto never = [](const core::Account&) { ADD_FAILURE(); };
  EXPECT_EQ(this->journal().read(script.id(), never).error().code, Code::not_found);
  EXPECT_TRUE(this->journal().accounts(6).empty());
  ASSERT_TRUE(this->propose(script.next(7, CommandId())).ok());
  std::uint64_t seq = 0;
  ASSERT_TRUE(this->journal().read(script.id(), [&](const core::Account& account) { seq = account.seq; }).ok());
  EXPECT_EQ(seq, script.account().seq);
  EXPECT_EQ(this->journal().accounts(6), std::vector<AccountId>{script.id()});
  EXPECT_TRUE(this->journal().accounts(7).empty());
}

TYPED_TEST(JournalContract, ListsAccountsWithLiveCallsFirst) {  // R26
  for (std::uint64_t which = 1; which <= 16; ++which) {
    AccountScript script(test::account_in_shard(6, which), which);
    ASSERT_TRUE(this->propose(script.next(which, CommandId())).ok());
  }
  const std::vector<AccountId> listed = this->journal().accounts(6);
  ASSERT_EQ(listed.size(), 16u);
  std::vector<std::pair<bool, Ms>> order;
  for (const AccountId id : listed)
    ASSERT_TRUE(this->journal()
                    .read(id,
                          [&](const core::Account& account) {
                            order.emplace_back(account.calls.empty(), core::next_deadline(account));
                          })
                    .ok());
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_FALSE(order.front().first);
  EXPECT_TRUE(order.back().first);
}

TYPED_TEST(JournalContract, IsReadOnAnyThreadWhileBatchesAreFolded) {
  AccountScript script(test::account_in_shard(6, 1), 1);
  ASSERT_TRUE(this->propose(script.next(3, CommandId())).ok());
  std::atomic<bool> ended = false;
  std::vector<std::thread> readers;
  for (int t = 0; t < 2; ++t)
    readers.emplace_back([this, &ended, id = script.id()] {
      Journal& journal = this->journal();
      while (!ended) {
        const Result<core::Account> loaded = journal.load(id);
        std::uint64_t seq = 0;
        EXPECT_TRUE(journal.read(id, [&seq](const core::Account& account) { seq = account.seq; }).ok());
        EXPECT_TRUE(loaded.ok() && loaded->seq <= seq);
        std::uint64_t facts = 0;
        EXPECT_TRUE(journal.history(id, seq, [&facts](const core::Fact&) { return ++facts > 0; }).ok());
        EXPECT_GE(facts, 1u);
        EXPECT_TRUE(journal.find_result(id, CommandId(Ulid{1, 1})).ok());
        EXPECT_EQ(journal.find_secret(id, "none").error().code, Code::not_found);
        EXPECT_GE(journal.accounts(6).size(), 1u);
        EXPECT_TRUE(journal.load_directory().ok() && journal.health().ok());
      }
    });
  for (std::uint64_t n = 1; n <= 50; ++n) {
    EXPECT_TRUE(this->propose(script.next(3, CommandId(Ulid{1, n}))).ok());
    AccountScript other(test::account_in_shard(6, n + 1), n);
    EXPECT_TRUE(this->propose(other.next(3, CommandId())).ok());
  }
  ended = true;
  for (std::thread& reader : readers) reader.join();
  this->expect_state_of(script);
}

}  // namespace
}  // namespace rf::storage
