#include "tests/support/actor_harness.hpp"

#include <algorithm>
#include <chrono>

namespace rf::testing {

namespace {

constexpr Ms wall_base_ts = 1'700'000'000'000;

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

caf::scheduled_actor* actor_of(caf::resumable* job) { return dynamic_cast<caf::scheduled_actor*>(job); }

struct OrderText {
  std::string operator()(const link::HoldOrder& o) const { return "hold " + o.call.text(); }
  std::string operator()(const link::RingOrder& o) const {
    std::string text = "ring " + o.call.text();
    for (const link::RingTarget& t : o.targets)
      text += " " + t.reservation.text() + "->" + t.agent.text() + " until " + std::to_string(t.ring_until_edge_ms);
    return text;
  }
  std::string operator()(const link::CloseOrder& o) const { return "close " + o.reservation.text(); }
  std::string operator()(const link::BridgeOrder& o) const { return "bridge " + o.reservation.text(); }
  std::string operator()(const link::HangupOrder& o) const { return "hang up " + o.call.text(); }
  std::string operator()(const link::ForwardOrder& o) const { return "forward " + o.call.text() + " to " + o.uri; }
};

}  // namespace

core::EdgeClocks VirtualTime::edge_clocks() const {
  core::EdgeClocks clocks;
  for (const auto& [edge, heard] : heard_)
    clocks[edge] = core::EdgeClock{heard.epoch, heard.boot_id, heard.edge_ms, mono_ms_ - heard.at_mono_ms};
  return clocks;
}

void VirtualTime::heartbeat(const EdgeName& edge, std::uint64_t epoch, const std::string& boot_id, Ms ahead_ms) {
  heard_[edge] = Heard{epoch, boot_id, mono_ms_ + ahead_ms, mono_ms_};
}

void CapturingOutbox::order(AccountId account, actors::Fence fence, const link::Order& order) {
  if (!closed) sent.push_back(Sent{account, fence, order.edge, order});
}

void CapturingOutbox::sync(AccountId account, actors::Fence fence, const EdgeName& edge, const link::Sync& sync) {
  if (!closed) sent.push_back(Sent{account, fence, edge, sync});
}

void CountingObserver::turn(std::size_t facts_of_turn, std::size_t orders_of_turn) {
  ++turns;
  facts += facts_of_turn;
  orders += orders_of_turn;
}

void CountingObserver::gate_depth(std::size_t now) {
  depth = now;
  deepest = std::max(deepest, now);
}

ActorHarness::ActorHarness(std::uint64_t seed)
    : random_(seed), time_(std::make_shared<VirtualTime>(wall_base_ts)),
      journal_(std::make_shared<storage::MemoryJournal>([time = time_] { return time->wall_ts(); })),
      observer_(std::make_shared<CountingObserver>()) {
  start();
}

ActorHarness::~ActorHarness() {
  if (!actors_) return;
  journal_->crash(0);
  tear_down();
}

void ActorHarness::start() {
  alive_ = std::make_shared<bool>(true);
  outbox_ = std::make_shared<CapturingOutbox>();
  system_ = make_system();
  scheduler().clock().current_time = caf::actor_clock::time_point(std::chrono::milliseconds(time_->mono_ms()));
  actors::Options options;
  options.journal = journal_;
  options.outbox = outbox_;
  options.time = time_;
  options.observer = observer_;
  actors_ = std::make_unique<actors::System>(system_, options);
  const auto on_applied = [this](const storage::LogIndex&, const storage::Batch& batch) {
    const auto* account = std::get_if<storage::AccountBatch>(&batch);
    if (account == nullptr) return;
    std::vector<core::Fact>& log = log_[account->account];
    log.insert(log.end(), account->facts.begin(), account->facts.end());
  };
  const auto on_role = [this](std::uint32_t shard, std::uint64_t term, storage::RoleChange change, Ms epoch_start_ts) {
    actors_->on_role(shard, term, change, epoch_start_ts);
  };
  const Result<void> started = journal_->start(on_applied, on_role);
  RF_ASSERT(started.ok());
  run();
}

void ActorHarness::tear_down() {
  *alive_ = false;
  outbox_->closed = true;
  frozen_.clear();
  actors_->stop(0);
  run();
  actors_.reset();
  system_.reset();
}

void ActorHarness::crash(std::size_t durable) {
  journal_->crash(durable);
  time_->forget_edges();
  tear_down();
}

void ActorHarness::restart() {
  // What became durable at the crash was never applied here: the log is what the disk says.
  for (auto& [account, log] : log_) {
    log.clear();
    const Result<void> read = journal_->history(account, 1, [&log = log](const core::Fact& fact) {
      log.push_back(fact);
      return true;
    });
    RF_ASSERT(read.ok());
  }
  start();
}

AskedPtr ActorHarness::command(AccountId account, CommandId id, core::Command command) {
  auto asked = std::make_shared<Asked>();
  actors_->command(account, id, std::move(command), {}, [asked, alive = alive_](const core::Reply& reply) {
    if (!*alive) return;
    asked->reply = reply;
    ++asked->times;
  });
  return asked;
}

AskedPtr ActorHarness::edge_event(AccountId account, const EdgeName& edge, link::Event event) {
  auto asked = std::make_shared<Asked>();
  actors_->edge_event(account, edge, std::move(event), [asked, alive = alive_](const actors::EdgeOutcome& outcome) {
    if (!*alive) return;
    asked->outcome = outcome;
    ++asked->times;
  });
  return asked;
}

AskedPtr ActorHarness::digest(AccountId account, const EdgeName& edge, std::uint64_t epoch, link::Digest digest) {
  auto asked = std::make_shared<Asked>();
  actors_->digest(account, edge, epoch, digest, [asked, alive = alive_](const actors::EdgeOutcome& outcome) {
    if (!*alive) return;
    asked->outcome = outcome;
    ++asked->times;
  });
  return asked;
}

caf::scheduler::test_coordinator& ActorHarness::scheduler() const {
  return dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
}

std::vector<std::size_t> ActorHarness::runnable() const {
  std::vector<std::size_t> places;
  const auto& jobs = scheduler().jobs;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const caf::scheduled_actor* actor = actor_of(jobs[i]);
    if (actor == nullptr || frozen_.count(actor->name()) == 0) places.push_back(i);
  }
  return places;
}

bool ActorHarness::step() {
  const std::vector<std::size_t> places = runnable();
  if (places.empty()) return false;
  auto& jobs = scheduler().jobs;
  const auto chosen = jobs.begin() + static_cast<std::ptrdiff_t>(places[random_() % places.size()]);
  std::rotate(jobs.begin(), chosen, chosen + 1);
  scheduler().run_once();
  return true;
}

void ActorHarness::run() {
  while (step()) {}
}

void ActorHarness::settle() {
  while (true) {
    const bool commit_first = random_() % 4 == 0;
    if (commit_first && journal_->commit_next()) continue;
    if (step()) continue;
    if (!journal_->commit_next()) return;
  }
}

Ms ActorHarness::next_timer_mono_ms() const {
  const auto& timers = scheduler().clock().schedule();
  if (timers.empty()) return never_ms;
  const auto due = timers.begin()->first.time_since_epoch();
  return std::chrono::ceil<std::chrono::milliseconds>(due).count();
}

void ActorHarness::advance(Ms ms, Commits commits) {
  const auto let_run = [this, commits] { commits == Commits::at_once ? settle() : run(); };
  const Ms until = time_->mono_ms() + ms;
  let_run();
  while (true) {
    const Ms next = std::clamp(next_timer_mono_ms(), time_->mono_ms(), until);
    const Ms passed = next - time_->mono_ms();
    time_->set_mono(next);
    scheduler().advance_time(std::chrono::milliseconds(passed));
    let_run();
    if (next == until && next_timer_mono_ms() > until) return;
  }
}

bool ActorHarness::kill(std::string_view name) {
  for (caf::resumable* job : scheduler().jobs) {
    caf::scheduled_actor* actor = actor_of(job);
    if (actor == nullptr || actor->name() != name) continue;
    // Ahead of what waits in its mailbox.
    actor->enqueue(nullptr, caf::make_message_id(caf::message_priority::high),
                   caf::make_message(caf::exit_msg{actor->address(), caf::exit_reason::kill}), nullptr);
    return true;
  }
  return false;
}

std::size_t ActorHarness::with_work(std::string_view name) const {
  const auto& jobs = scheduler().jobs;
  return static_cast<std::size_t>(std::count_if(jobs.begin(), jobs.end(), [&](caf::resumable* job) {
    const caf::scheduled_actor* actor = actor_of(job);
    return actor != nullptr && actor->name() == name;
  }));
}

std::string text_of(const Sent& sent) {
  std::string text = sent.edge + " term " + std::to_string(sent.fence.term) + ": ";
  if (const auto* order = std::get_if<link::Order>(&sent.what)) return text + std::visit(OrderText{}, order->body);
  text += "sync";
  for (const link::OrderBody& body : std::get<link::Sync>(sent.what).orders)
    text += " [" + std::visit(OrderText{}, body) + "]";
  return text;
}

}  // namespace rf::testing
