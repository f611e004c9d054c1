#include <benchmark/benchmark.h>

#include "core/account/sequencer.hpp"
#include "core/queue/queue_index.hpp"
#include "core/strategy/strategy.hpp"

/// What the account machine costs without a disk: one reservation taken and given back, whole turns with their facts.
namespace rf::core {
namespace {

class BenchCenter {
 public:
  BenchCenter(StrategyKind strategy, std::int64_t agents) : sequencer_(empty()) {
    queue_ = QueueId(Ulid{1, 1});
    QueueConfig config;
    config.key = "bench";
    config.wrapup_ms = 0;
    config.strategy = strategy;
    run(command::SetQueue{queue_, config});
    for (std::int64_t i = 0; i < agents; ++i) {
      const AgentId id(Ulid{2, static_cast<std::uint64_t>(i) + 1});
      AgentConfig agent;
      agent.key = "agent-" + std::to_string(i);
      agent.external_endpoint = true;
      agent.skills = {Skill{"german", 1 + static_cast<std::uint32_t>(i % 10)}};
      Membership membership;
      membership.queue = queue_;
      membership.position = static_cast<std::int32_t>(i % 1000);
      run(command::SetAgent{id, agent, {membership}});
      run(command::Login{id, {queue_}});
      run(command::SetStatus{id, Status::available, ""});
    }
  }

  /// Offers a call to whom the strategy names, then takes it back from everybody.
  void cycle() {
    ++ts_;
    const CallId call(Ulid{3, ++calls_});
    run(command::Enqueue{call, queue_, "100", "200", "", 0});
    run(command::CompleteCall{call});
  }
  std::uint64_t offers() const { return offers_; }

 private:
  static Account empty() {
    Account account;
    account.id = AccountId(Ulid{9, 9});
    return account;
  }

  void run(const Command& command) {
    const Now now{ts_, 0, nullptr};
    auto request = sequencer_.begin(command, now);
    while (request) request = sequencer_.ranked(rank(index_, *request));
    const TurnResult result = sequencer_.finish();
    for (const Fact& fact : result.facts) offers_ += std::holds_alternative<fact::Offered>(fact.body) ? 1 : 0;
  }

  Sequencer sequencer_;
  QueueIndex index_;
  QueueId queue_;
  Ms ts_ = 1000;
  std::uint64_t calls_ = 0;
  std::uint64_t offers_ = 0;
};

/// By strategy and number of agents; ring-all rings twenty at once, so its time is told for each of them, too.
void reserve_cycle(benchmark::State& state) {
  const auto strategy = static_cast<StrategyKind>(state.range(0));
  BenchCenter center(strategy, state.range(1));
  for (auto _ : state) center.cycle();
  state.SetLabel(std::string(name_of(strategy)));
  state.counters["per_offer"] = benchmark::Counter(static_cast<double>(center.offers()),
                                                   benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(reserve_cycle)
    ->ArgsProduct({benchmark::CreateDenseRange(0, static_cast<std::int64_t>(strategy_count) - 1, 1),
                   {100, 1000, 100000}});

}  // namespace
}  // namespace rf::core

BENCHMARK_MAIN();
