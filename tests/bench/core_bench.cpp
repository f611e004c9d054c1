#include <benchmark/benchmark.h>

#include "core/account/sequencer.hpp"

/// What the account machine costs without a disk: one reservation taken and given back, whole turns with their facts.
namespace rf::core {
namespace {

class BenchCenter {
 public:
  explicit BenchCenter(std::int64_t agents) : sequencer_(empty()) {
    queue_ = QueueId(Ulid{1, 1});
    QueueConfig config;
    config.key = "bench";
    config.wrapup_ms = 0;
    run(command::SetQueue{queue_, config});
    for (std::int64_t i = 0; i < agents; ++i) {
      const AgentId id(Ulid{2, static_cast<std::uint64_t>(i) + 1});
      AgentConfig agent;
      agent.key = "agent-" + std::to_string(i);
      agent.external_endpoint = true;
      Membership membership;
      membership.queue = queue_;
      run(command::SetAgent{id, agent, {membership}});
      run(command::Login{id, {queue_}});
      run(command::SetStatus{id, Status::available, ""});
    }
  }

  /// Reserves the longest idle agent for a call, then gives it back.
  void cycle() {
    ++ts_;
    const CallId call(Ulid{3, ++calls_});
    run(command::Enqueue{call, queue_, "100", "200", "", 0});
    run(command::CompleteCall{call});
  }

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
    benchmark::DoNotOptimize(sequencer_.finish());
  }

  Sequencer sequencer_;
  QueueIndex index_;
  QueueId queue_;
  Ms ts_ = 1000;
  std::uint64_t calls_ = 0;
};

void reserve_cycle(benchmark::State& state) {
  BenchCenter center(state.range(0));
  for (auto _ : state) center.cycle();
}
BENCHMARK(reserve_cycle)->Arg(100)->Arg(1000)->Arg(100000);

}  // namespace
}  // namespace rf::core

BENCHMARK_MAIN();
