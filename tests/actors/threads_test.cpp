#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "actors/port.hpp"
#include "core/base/limits.hpp"
#include "storage/rocks_journal.hpp"
#include "tests/storage/support/temporary_directory.hpp"

namespace rf::testing {
namespace {

using namespace std::chrono_literals;

struct RealTime : actors::TimeSource {
  Ms mono_ms() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
  core::EdgeClocks edge_clocks() const override {
    core::EdgeClocks clocks;
    clocks["edge-a"] = core::EdgeClock{1, "boot-1", mono_ms(), 0};
    return clocks;
  }
};

struct CountingOutbox : actors::Outbox {
  void order(AccountId, actors::Fence, const link::Order&) override { ++orders; }
  void sync(AccountId, actors::Fence, const EdgeName&, const link::Sync&) override { ++syncs; }
  std::atomic<int> orders = 0;
  std::atomic<int> syncs = 0;
};

struct NoObserver : actors::Observer {
  void turn(std::size_t, std::size_t) override {}
  void rank_fallback() override {}
  void rank_mismatch() override { ++mismatches; }
  void gate_depth(std::size_t) override {}
  std::atomic<int> mismatches = 0;
};

/// The real thing: the node's own scheduler over the journal on disk.
class Node {
 public:
  explicit Node(const std::string& directory) {
    storage::RocksOptions rocks;
    rocks.directory = directory;
    rocks.node = "test";
    journal = std::make_shared<storage::RocksJournal>(rocks, storage::SealKey(std::array<std::uint8_t, 32>{1, 2, 3}));
    actors::Options options;
    options.journal = journal;
    options.outbox = outbox;
    options.time = std::make_shared<RealTime>();
    options.observer = observer;
    options.threads = 2;
    actors = std::move(actors::start_actors(options).value());
    const auto on_role = [this](std::uint32_t shard, std::uint64_t term, storage::RoleChange change,
                                Ms epoch_start_ts) {
      actors->on_role(shard, term, change, epoch_start_ts);
      if (++roles_told_ == limits::shards) leads_.set_value();
    };
    EXPECT_TRUE(journal->start([](const storage::LogIndex&, const storage::Batch&) {}, on_role).ok());
    EXPECT_EQ(leads_.get_future().wait_for(60s), std::future_status::ready);
  }
  ~Node() {
    actors->stop(10'000);
    journal->stop();
  }

  core::Reply ask(AccountId account, CommandId id, core::Command command) {
    auto answer = std::make_shared<std::promise<core::Reply>>();
    std::future<core::Reply> coming = answer->get_future();
    actors->command(account, id, std::move(command), {},
                    [answer](const core::Reply& reply) { answer->set_value(reply); });
    if (coming.wait_for(60s) != std::future_status::ready) return core::Reply{Code::timeout, "no answer", {}, 0};
    return coming.get();
  }
  actors::EdgeOutcome event(AccountId account, link::Event event) {
    auto answer = std::make_shared<std::promise<actors::EdgeOutcome>>();
    std::future<actors::EdgeOutcome> coming = answer->get_future();
    actors->edge_event(account, "edge-a", std::move(event),
                       [answer](const actors::EdgeOutcome& outcome) { answer->set_value(outcome); });
    if (coming.wait_for(60s) != std::future_status::ready) return actors::EdgeOutcome{Code::timeout, {}};
    return coming.get();
  }
  std::size_t calls(AccountId account) {
    std::size_t count = 0;
    const Result<void> read = journal->read(account, [&count](const core::Account& a) { count = a.calls.size(); });
    EXPECT_TRUE(read.ok());
    return count;
  }

  std::shared_ptr<CountingOutbox> outbox = std::make_shared<CountingOutbox>();
  std::shared_ptr<NoObserver> observer = std::make_shared<NoObserver>();
  std::shared_ptr<storage::Journal> journal;
  std::unique_ptr<actors::Actors> actors;

 private:
  std::size_t roles_told_ = 0;
  std::promise<void> leads_;
};

constexpr Ms wall_ts = 1'700'000'000'000;
constexpr std::uint64_t accounts = 3;
constexpr std::uint64_t callers = 6;
constexpr std::uint64_t calls_each = 40;

AccountId account_of(std::uint64_t n) { return AccountId(Ulid{100, n % accounts + 1}); }
QueueId queue_of(AccountId account) { return QueueId(Ulid{200, account.value.low}); }
CommandId command_of(std::uint64_t caller, std::uint64_t n) { return CommandId(Ulid{300 + caller, n + 1}); }
core::Command enqueue_of(std::uint64_t caller, std::uint64_t n) {
  return core::command::Enqueue{CallId(Ulid{400 + caller, n + 1}), queue_of(account_of(caller)), "100", "200", "", 0};
}

void configure(Node& node) {
  for (std::uint64_t n = 0; n < accounts; ++n) {
    const AccountId account = account_of(n);
    core::QueueConfig queue;
    queue.key = "sales";
    core::AgentConfig config;
    config.key = "ann";
    config.external_endpoint = true;
    core::Membership membership;
    membership.queue = queue_of(account);
    const AgentId agent(Ulid{500, account.value.low});
    core::command::Import import;
    import.steps = {core::command::SetQueue{queue_of(account), queue},
                    core::command::SetAgent{agent,
                                            config,
                                            { membership }},
                    core::command::SetNumber {
                      "100",
                      core::Route {
                        queue_of(account),
                        {},
                        {},
                        {}
                      }
                    }};
    for (core::Command command :
         {core::Command(import), core::Command(core::command::Login{agent, {queue_of(account)}}),
          core::Command(core::command::SetStatus{agent, core::Status::available, ""})}) {
      const core::Reply reply = node.ask(account, CommandId(), command);
      ASSERT_EQ(reply.code, Code::ok) << reply.what;
    }
  }
}

TEST(ThreadsTest, CallersEdgesAndTheDiskOnRealThreads) {
  const storage::test::TemporaryDirectory directory;
  {
    Node node(directory.path());
    configure(node);
    std::atomic<int> failed = 0;
    std::vector<std::thread> threads;
    for (std::uint64_t caller = 0; caller < callers; ++caller)
      threads.emplace_back([&node, &failed, caller] {
        for (std::uint64_t n = 0; n < calls_each; ++n)
          if (!node.ask(account_of(caller), command_of(caller, n), enqueue_of(caller, n)).ok()) ++failed;
      });
    threads.emplace_back([&node, &failed] {
      for (std::uint64_t n = 1; n <= calls_each; ++n) {
        link::EventBody body = link::Snapshot{"boot-1", {}, {}};
        if (n > 1) body = link::CallArrived{CallId(Ulid{600, n}), "100", "200", ""};
        const actors::EdgeOutcome outcome = node.event(account_of(0), link::Event{1, n, 0, body});
        if (outcome.code != Code::ok || outcome.reply.acked != n) ++failed;
        node.actors->sync_edge(account_of(0), "edge-a");
        node.actors->edge_change("edge-a", actors::Actors::EdgeChange::back);
      }
    });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(failed, 0);
    EXPECT_GE(node.outbox->orders, static_cast<int>(calls_each - 1));
    EXPECT_EQ(node.observer->mismatches, 0);
  }
  Node again(directory.path());
  for (std::uint64_t caller = 0; caller < callers; ++caller)
    for (std::uint64_t n = 0; n < calls_each; n += 10)
      EXPECT_EQ(again.ask(account_of(caller), command_of(caller, n), enqueue_of(caller, n)).code, Code::ok)
          << "the stored reply, not already_exists";
  EXPECT_EQ(again.calls(account_of(1)), callers / accounts * calls_each);
  EXPECT_EQ(again.calls(account_of(0)), callers / accounts * calls_each + calls_each - 1);
}

TEST(ThreadsTest, RolesThatComeAndGoLeaveNobodyWithoutAnAnswer) {
  const storage::test::TemporaryDirectory directory;
  Node node(directory.path());
  configure(node);
  constexpr int asked = 2000;
  std::atomic<int> answered = 0;
  std::promise<void> all;
  std::thread roles([&node] {
    // This node never stops being leader: what the actors are told here is a role change that comes and goes.
    for (int i = 0; i < 50; ++i) {
      for (const storage::RoleChange change : {storage::RoleChange::follower, storage::RoleChange::leader})
        node.actors->on_role(storage::shard_of(account_of(0)), 1, change, wall_ts);
      std::this_thread::yield();
    }
  });
  for (std::uint64_t n = 0; n < asked; ++n)
    node.actors->command(account_of(0), CommandId(Ulid{700, n + 1}), core::command::SetDomain{std::to_string(n)}, {},
                         [&answered, &all](const core::Reply&) {
                           if (++answered == asked) all.set_value();
                         });
  roles.join();
  EXPECT_EQ(all.get_future().wait_for(60s), std::future_status::ready) << answered << " of " << asked;
}

TEST(ThreadsTest, WithoutItsPortsItDoesNotStart) {
  const auto started = actors::start_actors(actors::Options{});
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace rf::testing
