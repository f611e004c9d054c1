#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "actors/port.hpp"
#include "storage/rocks_journal.hpp"
#include "tests/bench/pairs/store.hpp"

namespace rf::bench {

namespace {

class Silent final : public actors::Outbox, public actors::TimeSource, public actors::Observer {
 public:
  void order(AccountId, actors::Fence, const link::Order&) override {}
  void sync(AccountId, actors::Fence, const EdgeName&, const link::Sync&) override {}
  Ms mono_ms() const override { return Window::now_us() / 1000; }
  core::EdgeClocks edge_clocks() const override { return {}; }
  void turn(std::size_t, std::size_t) override {}
  void rank_fallback() override {}
  void rank_mismatch() override {}
  void gate_depth(std::size_t) override {}
};

/// One account; a requester is a chain of callbacks, as a request of the API is inside the node.
class InProcess final : public Store {
 public:
  explicit InProcess(const StoreOptions& options) {
    constexpr std::array<std::uint8_t, 32> key{};
    storage::RocksOptions rocks;
    rocks.directory = options.at;
    rocks.node = "bench";
    journal_ = std::make_shared<storage::RocksJournal>(rocks, storage::SealKey(key));
    const auto silent = std::make_shared<Silent>();
    actors::Options wiring;
    wiring.journal = journal_;
    wiring.outbox = silent;
    wiring.time = silent;
    wiring.observer = silent;
    auto started = actors::start_actors(wiring);
    if (!started) give_up(started.error().what);
    actors_ = std::move(started).value();
    const auto opened = journal_->start([](const auto&, const auto&) {},
                                        [this](std::uint32_t shard, std::uint64_t term, storage::RoleChange change,
                                               Ms ts) { actors_->on_role(shard, term, change, ts); });
    if (!opened) give_up(opened.error().what);
    make_account(options.agents);
  }
  ~InProcess() override {
    actors_->stop(5000);
    journal_->stop();
  }

  void run(unsigned clients, Window& window) override {
    running_ = clients;
    for (unsigned i = 0; i < clients; ++i) reserve(window);
    window.keep_time();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return running_ == 0; });
  }

 private:
  void make_account(unsigned agents) {
    core::QueueConfig queue;
    queue.key = "bench";
    queue.wrapup_ms = 0;
    ask(core::command::SetQueue{queue_, queue});
    for (std::uint64_t i = 1; i <= agents; ++i) {
      core::AgentConfig config;
      config.key = "agent-" + std::to_string(i);
      config.external_endpoint = true;
      core::Membership membership;
      membership.queue = queue_;
      const AgentId agent(Ulid{2, i});
      ask(core::command::SetAgent{agent, config, {membership}});
      ask(core::command::Login{agent, {queue_}});
      ask(core::command::SetStatus{agent, core::Status::available, ""});
    }
  }

  void ask(const core::Command& command) {
    std::optional<core::Reply> got;
    // The actors are told a moment after the start that they lead.
    do {
      std::unique_lock lock(mutex_);
      got.reset();
      actors_->command(account_, CommandId(), core::Command(command), {}, [&](const core::Reply& reply) {
        const std::lock_guard inner(mutex_);
        got = reply;
        changed_.notify_all();
      });
      changed_.wait(lock, [&] { return got.has_value(); });
    } while (got->code == Code::not_owner);
    if (!got->ok()) give_up(got->what);
  }

  void reserve(Window& window) {
    const CallId call(Ulid{3, ++calls_});
    const Us from = Window::now_us();
    actors_->command(account_, CommandId(), core::command::Enqueue{call, queue_, "1", "2", "", 0}, {},
                     [this, &window, call, from](const core::Reply& reply) {
                       if (!reply.ok()) give_up(reply.what);
                       release(window, call, from);
                     });
  }

  void release(Window& window, CallId call, Us from) {
    const Us reserved = Window::now_us();
    actors_->command(account_, CommandId(), core::command::CompleteCall{call}, {},
                     [this, &window, from, reserved](const core::Reply& reply) {
                       if (!reply.ok()) give_up(reply.what);
                       window.pair(from, reserved, Window::now_us());
                       if (window.open()) return reserve(window);
                       const std::lock_guard lock(mutex_);
                       if (--running_ == 0) changed_.notify_all();
                     });
  }

  const AccountId account_{Ulid{1, 1}};
  const QueueId queue_{Ulid{1, 2}};
  std::shared_ptr<storage::RocksJournal> journal_;
  std::unique_ptr<actors::Actors> actors_;
  std::atomic<std::uint64_t> calls_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned running_ = 0;
};

}  // namespace

std::unique_ptr<Store> open_in_process(const StoreOptions& options) { return std::make_unique<InProcess>(options); }

}  // namespace rf::bench
