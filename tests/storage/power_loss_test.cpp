// Power losses at any write or sync: what was acknowledged is there afterwards, and nothing that was never proposed.
// RF_POWER_LOSSES sets how many (default 300).
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>

#include "storage/inspection.hpp"
#include "tests/storage/support/account_script.hpp"
#include "tests/storage/support/node_log.hpp"
#include "tests/storage/support/temporary_directory.hpp"

namespace rf::storage {
namespace {

using test::AccountScript;
using test::NodeLog;

/// A number that tools/power-loss gives.
int given(const char* name, int by_default) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::atoi(text) : by_default;
}

/// One account through many power losses: what was proposed, and what of it was acknowledged.
struct Customer {
  explicit Customer(AccountId id, std::uint64_t seed) : script(id, seed) {}

  AccountScript script;
  std::uint64_t acknowledged = 0;
  /// The account, and the command that led there, at every seq from the last acknowledged one on.
  struct State {
    core::Account account;
    CommandId command;
  };
  std::map<std::uint64_t, State> states;
};

struct Totals {
  int losses = 0;
  int lost_batches = 0;
  int refused_starts = 0;
  std::uint64_t acknowledged = 0;
};

class PowerLoss {
 public:
  PowerLoss(std::uint64_t seed, bool lying) : random_(seed), lying_(lying) {
    for (std::uint64_t i = 0; i < 3; ++i)
      customers_.push_back(
          std::make_unique<Customer>(test::account_in_shard(static_cast<std::uint32_t>(random_() % 64), i), random_()));
    for (auto& customer : customers_) customer->states[0] = {customer->script.account(), CommandId()};
  }

  /// One start, some load, one power loss.
  void round(Totals& totals) {
    NodeLog node(directory_.path("log"));
    node.options.log_entries_kept = 4;
    node.options.mark_interval_ms = static_cast<Ms>(random_() % 3);
    node.options.rows_interval_ms = static_cast<Ms>(random_() % 3);
    if (lying_) node.files().lie_about_syncs();
    node.files().power_off_after(1 + random_() % 120);
    const Result<void> started = node.start();
    if (started) {
      check(node, totals);
      load_until_the_power_goes(node);
    } else if (!node.files().is_off()) {
      ++totals.refused_starts;
      refusal_ = started.error().what;
    }
    node.files().power_off();
    node.stop();
    node.files().lose_unsynced(random_);
    ++totals.losses;
  }

  /// The last start: everything is there and the log verifies.
  void finish(Totals& totals) {
    {
      NodeLog node(directory_.path("log"));
      const Result<void> started = node.start();
      ASSERT_TRUE(started.ok()) << started.error().what;
      check(node, totals);
      for (const auto& customer : customers_) {
        const CommandId last_command = customer->states.at(customer->acknowledged).command;
        if (!last_command.set()) continue;
        const auto result = node.journal().find_result(customer->script.id(), last_command);
        ASSERT_TRUE(result.ok() && result->has_value());
        EXPECT_EQ((*result)->seq, customer->acknowledged);
      }
    }
    const auto log = Inspection::open(directory_.path("log"), nullptr);
    ASSERT_TRUE(log.ok()) << log.error().what;
    const Inspection::Verified verified = (*log)->verify();
    EXPECT_FALSE(verified.broken) << *verified.broken;
    EXPECT_FALSE(verified.lost_tail) << *verified.lost_tail;
    const auto replayed = (*log)->replay();
    ASSERT_TRUE(replayed.ok()) << replayed.error().what;
    EXPECT_FALSE(replayed->different) << *replayed->different;
    for (const auto& customer : customers_) totals.acknowledged += customer->acknowledged;
  }
  const std::string& refusal() const { return refusal_; }

 private:
  void check(NodeLog& node, Totals& totals) {
    for (auto& customer : customers_) {
      const Result<core::Account> loaded = node.journal().load(customer->script.id());
      if (!loaded || loaded->seq < customer->acknowledged) {
        ++totals.lost_batches;
        continue;
      }
      const auto state = customer->states.find(loaded->seq);
      ASSERT_NE(state, customer->states.end()) << "a seq at which no batch ended: " << loaded->seq;
      EXPECT_EQ(test::rows_of(*loaded), test::rows_of(state->second.account));
      customer->script.resume(*loaded);
      customer->acknowledged = loaded->seq;
      customer->states = {{loaded->seq, {*loaded, state->second.command}}};
    }
  }

  void load_until_the_power_goes(NodeLog& node) {
    struct InFlight {
      Customer* customer;
      std::uint64_t seq;
    };
    std::vector<InFlight> proposed;
    test::Answers answers;
    for (int i = 0; i < 200 && !node.files().is_off(); ++i) {
      Customer& customer = *customers_[random_() % customers_.size()];
      const CommandId command(Ulid{random_(), random_()});
      AccountBatch batch = customer.script.next(5, command);
      const std::uint32_t shard = shard_of(batch.account);
      customer.states[customer.script.account().seq] = {customer.script.account(), command};
      proposed.push_back({&customer, customer.script.account().seq});
      node.journal().propose(shard, node.term(shard), std::move(batch), answers.done(i));
      if (random_() % 4 == 0) answers.wait(proposed.size());
    }
    for (const auto& answer : answers.wait(proposed.size())) {
      const InFlight& one = proposed[static_cast<std::size_t>(answer.tag)];
      if (!answer.result) continue;
      EXPECT_GT(one.seq, one.customer->acknowledged) << "answers of one account come in order";
      one.customer->acknowledged = one.seq;
    }
  }

  test::TemporaryDirectory directory_;
  std::mt19937_64 random_;
  const bool lying_;
  std::vector<std::unique_ptr<Customer>> customers_;
  std::string refusal_;
};

TEST(PowerLoss, LosesNothingAcknowledged) {
  constexpr int rounds_per_log = 30;
  const int wanted = given("RF_POWER_LOSSES", 300);
  Totals totals;
  for (auto seed = static_cast<std::uint64_t>(given("RF_FIRST_SEED", 1)); totals.losses < wanted; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    PowerLoss power_loss(seed, false);
    for (int i = 0; i < rounds_per_log; ++i) {
      power_loss.round(totals);
      ASSERT_EQ(totals.lost_batches, 0) << "round " << i;
      ASSERT_EQ(totals.refused_starts, 0) << "round " << i << ": " << power_loss.refusal();
    }
    power_loss.finish(totals);
    if (HasFailure()) return;
  }
  RecordProperty("power_losses", totals.losses);
  std::printf("%d power losses, %llu facts acknowledged, none lost\n", totals.losses,
              static_cast<unsigned long long>(totals.acknowledged));
  EXPECT_GT(totals.acknowledged, 0u);
}

/// The test of the test: a disk that lies about syncs is found out.
TEST(PowerLoss, FindsADiskThatLies) {
  Totals totals;
  for (std::uint64_t seed = 1; seed <= 20 && totals.lost_batches + totals.refused_starts == 0; ++seed) {
    PowerLoss power_loss(seed, true);
    for (int i = 0; i < 5 && totals.lost_batches + totals.refused_starts == 0; ++i) power_loss.round(totals);
  }
  EXPECT_GT(totals.lost_batches + totals.refused_starts, 0);
}

}  // namespace
}  // namespace rf::storage
