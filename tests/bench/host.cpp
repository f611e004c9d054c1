#include "tests/bench/host.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace rf::bench {

namespace {

constexpr std::size_t import_steps = 500;

class Silent final : public actors::Outbox, public actors::TimeSource, public actors::Observer {
 public:
  void order(AccountId, actors::Fence, const link::Order&) override {}
  void sync(AccountId, actors::Fence, const EdgeName&, const link::Sync&) override {}
  Ms mono_ms() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
  core::EdgeClocks edge_clocks() const override { return {}; }
  void turn(std::size_t, std::size_t) override {}
  void rank_fallback() override {}
  void rank_mismatch() override {}
  void gate_depth(std::size_t) override {}
};

[[noreturn]] void end_program(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::_Exit(1);
}

}  // namespace

Host::Host(const std::string& folder) {
  constexpr std::array<std::uint8_t, 32> key{};
  storage::RocksOptions rocks;
  rocks.directory = folder;
  rocks.node = "bench";
  journal_ = std::make_shared<storage::RocksJournal>(rocks, storage::SealKey(key));
  const auto silent = std::make_shared<Silent>();
  actors::Options wiring;
  wiring.journal = journal_;
  wiring.outbox = silent;
  wiring.time = silent;
  wiring.observer = silent;
  auto started = actors::start_actors(wiring);
  if (!started) end_program(started.error().what);
  actors_ = std::move(started).value();
  const auto opened = journal_->start([](const auto&, const auto&) {},
                                      [this](std::uint32_t shard, std::uint64_t term, storage::RoleChange change,
                                             Ms ts) { actors_->on_role(shard, term, change, ts); });
  if (!opened) end_program(opened.error().what);
}

Host::~Host() {
  actors_->stop(5000);
  journal_->stop();
}

void Host::send(AccountId account, core::Command command, actors::OnReply reply) {
  actors_->command(account, CommandId(), std::move(command), {}, std::move(reply));
}

void Host::ask(AccountId account, const core::Command& command) {
  std::optional<core::Reply> got;
  // The actors are told a moment after the start that they lead.
  do {
    std::unique_lock lock(mutex_);
    got.reset();
    send(account, command, [&](const core::Reply& reply) {
      const std::lock_guard inner(mutex_);
      got = reply;
      changed_.notify_all();
    });
    changed_.wait(lock, [&] { return got.has_value(); });
  } while (got->code == Code::not_owner);
  if (!got->ok()) end_program(got->what);
}

void Host::make_account(AccountId account, unsigned agents, unsigned queues) {
  core::Settings settings;
  settings.key = account.text();
  settings.auto_ready_on_login = true;
  settings.auto_queue_login = true;
  std::vector<core::command::ConfigStep> steps{core::command::SetSettings{settings}};
  for (unsigned i = 0; i < queues; ++i) {
    core::QueueConfig config;
    config.key = "queue-" + std::to_string(i);
    config.wrapup_ms = 0;
    steps.emplace_back(core::command::SetQueue{queue(i), config});
  }
  for (unsigned i = 0; i < agents; ++i) {
    core::AgentConfig config;
    config.key = "agent-" + std::to_string(i);
    config.external_endpoint = true;
    core::Membership membership;
    membership.queue = queue(i % queues);
    steps.emplace_back(core::command::SetAgent{AgentId(Ulid{account.value.low, i + 1}), config, {membership}});
  }
  for (std::size_t from = 0; from < steps.size(); from += import_steps) {
    const auto end = steps.begin() + static_cast<std::ptrdiff_t>(std::min(steps.size(), from + import_steps));
    ask(account, core::command::Import{{steps.begin() + static_cast<std::ptrdiff_t>(from), end}});
  }
  for (unsigned i = 0; i < agents; ++i) ask(account, core::command::Login{AgentId(Ulid{account.value.low, i + 1}), {}});
}

}  // namespace rf::bench
