#include "tests/sim/node_process.hpp"

#include <algorithm>
#include <chrono>
#include <type_traits>

#include "core/base/assert.hpp"

namespace rf::sim {

namespace {

struct Scheduling {
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
};

std::shared_ptr<caf::actor_system> make_system() {
  auto scheduling = std::make_shared<Scheduling>();
  scheduling->config.set("scheduler.policy", caf::atom("testing"));
  scheduling->system = std::make_unique<caf::actor_system>(scheduling->config);
  return {scheduling, scheduling->system.get()};
}

/// The actors' options want to share what this process owns and outlives them with.
template <class T>
std::shared_ptr<T> lent(T* owned) {
  return {std::shared_ptr<void>(), owned};
}

using PresenceImpl = std::remove_pointer_t<actors::PresenceActor::stateful_pointer<actors::Presence>>;

}  // namespace

NodeProcess::NodeProcess(Node& node)
    : node_(node), context_(node.context_), log_(std::make_shared<ProcessLog>(node.cluster_)), system_(make_system()) {
  scheduler().clock().current_time = caf::actor_clock::time_point(std::chrono::milliseconds(context_.now_ms()));
  actors::Options options;
  options.journal = log_;
  options.outbox = lent<actors::Outbox>(this);
  options.time = lent<actors::TimeSource>(this);
  options.observer = lent<actors::Observer>(this);
  actors_ = std::make_unique<actors::System>(system_, options);
  const Result<void> started = log_->start(
      nullptr, [this](std::uint32_t shard, std::uint64_t term, storage::RoleChange change, Ms epoch_start_ts) {
        actors_->on_role(shard, term, change, epoch_start_ts);
        node_.role_changed(shard, term, change == storage::RoleChange::leader);
      });
  RF_ASSERT(started.ok());
}

NodeProcess::~NodeProcess() {
  alive_ = false;
  log_->die();
  actors_->stop(0);
  while (has_work()) scheduler().run_once();
  actors_.reset();
  system_.reset();
}

caf::scheduler::test_coordinator& NodeProcess::scheduler() const {
  return dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
}

void NodeProcess::move_clock() {
  const auto now = caf::actor_clock::time_point(std::chrono::milliseconds(context_.now_ms()));
  const auto passed = now - scheduler().clock().current_time;
  if (passed > caf::timespan::zero()) scheduler().advance_time(passed);
}

bool NodeProcess::has_work() const { return !scheduler().jobs.empty(); }

void NodeProcess::run_one() {
  auto& jobs = scheduler().jobs;
  const auto chosen = jobs.begin() + static_cast<std::ptrdiff_t>(context_.random.below(jobs.size()));
  std::rotate(jobs.begin(), chosen, chosen + 1);
  if (const auto* presence = dynamic_cast<PresenceImpl*>(jobs.front())) compare(presence->id(), presence->state);
  scheduler().run_once();
}

/// Of the shard's leader only: another's copy is behind, one whose proposals the disk refuses is ahead.
void NodeProcess::compare(caf::actor_id id, const actors::Presence& presence) {
  const core::Account* account = presence.account();
  const actors::PresenceSetup& setup = presence.setup();
  const ClusterLog& cluster = node_.cluster_;
  if (account == nullptr || !node_.is_leader() || cluster.disk_failed() || !cluster.leads(setup.shard) ||
      cluster.term(setup.shard) != setup.role.term)
    return;
  Ledger& ledger = *node_.ledgers_.at(setup.account);
  if (seen_.insert(id).second) ledger.live_rebuilt();
  ledger.compare_live(*account);
}

Ms NodeProcess::next_timer_ms() const {
  const auto& timers = scheduler().clock().schedule();
  if (timers.empty()) return never_ms;
  return std::chrono::ceil<std::chrono::milliseconds>(timers.begin()->first.time_since_epoch()).count();
}

bool NodeProcess::kill(std::string_view name) {
  for (caf::resumable* job : scheduler().jobs) {
    auto* actor = dynamic_cast<caf::scheduled_actor*>(job);
    if (actor == nullptr || actor->name() != name) continue;
    actor->enqueue(nullptr, caf::make_message_id(caf::message_priority::high),
                   caf::make_message(caf::exit_msg{actor->address(), caf::exit_reason::kill}), nullptr);
    return true;
  }
  return false;
}

void NodeProcess::order(AccountId account, actors::Fence fence, const link::Order& order) {
  if (alive_) node_.ordered(account, fence, order);
}

void NodeProcess::sync(AccountId account, actors::Fence fence, const EdgeName& edge, const link::Sync& sync) {
  if (alive_) node_.synced(account, fence, edge, sync);
}

Ms NodeProcess::mono_ms() const { return context_.now_ms(); }

core::EdgeClocks NodeProcess::edge_clocks() const { return last_clocks_ = node_.clocks(); }

void NodeProcess::turn(std::size_t facts, std::size_t) {
  if (!alive_) return;
  ++context_.tally.steps;
  context_.judge.mix(facts);
}

void NodeProcess::rank_fallback() {
  if (alive_) context_.tally.count("rankings made in place");
}

void NodeProcess::rank_mismatch() {
  if (alive_) context_.judge.fail("R3: a ranked agent was not eligible: the queue's index is not the account's");
}

void NodeProcess::gate_depth(std::size_t) {}

}  // namespace rf::sim
