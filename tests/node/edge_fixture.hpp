#pragma once
#include <gtest/gtest.h>

#include <grpcpp/create_channel.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "node/edge_duty.hpp"
#include "node/grpc/edge_service.hpp"
#include "node/grpc/server.hpp"
#include "storage/memory_journal.hpp"
#include "tests/node/edge_client.hpp"
#include "tests/process/fakes.hpp"

namespace rf::node {

/// Actors that note what they are asked, in order, and answer what the test has laid down.
class ScriptedActors final : public actors::Actors {
 public:
  using Outcomes = std::deque<actors::EdgeOutcome>;
  /// How the next events or digests end. Those after them: ok, the event is acked, the digest is equal.
  void next_events(Outcomes outcomes) {
    const std::lock_guard lock(mutex_);
    event_outcomes_ = std::move(outcomes);
  }
  void next_digests(Outcomes outcomes) {
    const std::lock_guard lock(mutex_);
    digest_outcomes_ = std::move(outcomes);
  }

  void on_role(std::uint32_t, std::uint64_t, storage::RoleChange, Ms) override {}
  void command(AccountId, CommandId, core::Command, std::vector<storage::Secret>, actors::OnReply) override {}
  void edge_event(AccountId, const EdgeName&, link::Event event, actors::OnEdgeOutcome outcome) override {
    actors::EdgeOutcome got;
    got.reply.acked = event.n;
    note("event " + std::to_string(event.n), [&] { take(event_outcomes_, got); });
    outcome(got);
  }
  void digest(AccountId, const EdgeName&, std::uint64_t, link::Digest, actors::OnEdgeOutcome outcome) override {
    actors::EdgeOutcome got;
    note("digest", [&] { take(digest_outcomes_, got); });
    outcome(got);
  }
  void sync_edge(AccountId account, const EdgeName& edge) override {
    note("sync " + account.text() + " " + edge, [] {});
  }
  void edge_change(const EdgeName& edge, EdgeChange change) override {
    static constexpr const char* names[] = {"silent", "back", "lost"};
    note(edge + " " + names[static_cast<std::size_t>(change)], [] {});
  }
  void wake(const std::vector<AccountId>& accounts) override {
    for (const AccountId account : accounts) note("wake " + account.text(), [] {});
  }
  void stop(Ms) override {}

  std::vector<std::string> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  std::size_t count(const std::string& what) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count(asked_.begin(), asked_.end(), what));
  }
  /// Waits until it was asked that so often.
  bool wait(const std::string& what, std::size_t times) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] {
      return static_cast<std::size_t>(std::count(asked_.begin(), asked_.end(), what)) >= times;
    });
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    asked_.clear();
  }

 private:
  template <class Prepare>
  void note(std::string what, Prepare&& prepare) {
    const std::lock_guard lock(mutex_);
    prepare();
    asked_.push_back(std::move(what));
    changed_.notify_all();
  }
  static void take(Outcomes& outcomes, actors::EdgeOutcome& got) {
    if (outcomes.empty()) return;
    got = outcomes.front();
    outcomes.pop_front();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Outcomes event_outcomes_;
  Outcomes digest_outcomes_;
  std::vector<std::string> asked_;
};

/// The edges' door of a node over scripted actors: real streams, a log in memory, one account that knows "edge-1".
class EdgeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto started = journal.start(
        [this](const storage::LogIndex&, const storage::Batch& batch) {
          if (const auto* names = std::get_if<storage::DirectoryBatch>(&batch)) directory.on_applied(*names);
        },
        [this](std::uint32_t shard, std::uint64_t term, storage::RoleChange change, Ms) {
          roles.set(shard, term, change);
          if (shard == limits::directory_shard) directory.on_role(term, change);
        });
    ASSERT_TRUE(started.ok());
    storage::AccountBatch seen{account, {core::Fact{}}, {}, {}};
    seen.facts.front().seq = 1;
    seen.facts.front().body = core::fact::EdgeSeen{"edge-1", 7, 1};
    journal.propose(shard, roles.term(shard), seen,
                    [](const Result<storage::LogIndex>& done) { EXPECT_TRUE(done.ok()) << done.error().what; });
    journal.commit_all();
    auto listening = GrpcServer::start({"127.0.0.1", 0}, "grpc.listen", {&service});
    ASSERT_TRUE(listening.ok()) << listening.error().what;
    server = std::move(listening).value();
    stub = api::EdgeService::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(server->port()), grpc::InsecureChannelCredentials()));
  }
  void TearDown() override {
    hub.close(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the test is over"));
    if (server) server->stop(second_ms);
    timer.stop();
    walker.stop();
  }

  std::unique_ptr<EdgeClient> client() {
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(process::rpc_deadline(20 * second_ms));
    context->AddMetadata("authorization", "Bearer edge");
    return std::make_unique<EdgeClient>(*stub, std::move(context));
  }
  /// Attached, and the account was asked for its sync.
  std::unique_ptr<EdgeClient> attached() {
    const std::size_t before = actors.count(sync_asked);
    auto edge = client();
    edge->attach(7);
    EXPECT_TRUE(actors.wait(sync_asked, before + 1));
    return edge;
  }
  /// Returns once the thread has done all that is due until `delay_ms` from now.
  static void settle(TaskThread& thread, Ms delay_ms) {
    std::promise<void> done;
    thread.post_after(delay_ms, [&] { done.set_value(); });
    done.get_future().wait();
  }
  void follow() { roles.set(shard, roles.term(shard), storage::RoleChange::follower); }
  static void snapshot(api::EdgeEvent& event) { event.mutable_snapshot()->set_boot_id("boot-1"); }

  const AccountId account{Ulid{1, 2}};
  const std::uint32_t shard = storage::shard_of(account);
  const std::string sync_asked = "sync " + account.text() + " edge-1";
  process::SkippingClock clock;
  process::CapturingSink sink;
  process::Logger log{sink, clock, process::LogLevel::debug};
  storage::MemoryJournal journal{[this] { return clock.wall_ms(); }};
  ScriptedActors actors;
  ShardRoles roles;
  Directory directory{journal, clock};
  process::Metrics metrics{{process::MetricOwner::node, "test", api_method_names()}};
  EdgeWatch watch{clock};
  EdgeHub hub{{directory, roles, metrics, log}};
  const Tokens tokens{process::Secret("client"), process::Secret("edge")};
  TaskThread timer{clock};
  TaskThread walker{clock};
  MethodTable table{{tokens, metrics, clock, timer}};
  EdgeDuty duty{{journal, actors, hub, watch, roles, clock, walker, log}};
  EdgeService service{{"node-1", table, hub, duty, directory, roles, actors, journal, clock, timer, walker, log}};
  std::unique_ptr<GrpcServer> server;
  std::unique_ptr<api::EdgeService::Stub> stub;
};

}  // namespace rf::node
