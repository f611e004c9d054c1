#include "tests/sim/node.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "tests/sim/node_process.hpp"
#include "tests/sim/text.hpp"

namespace rf::sim {

namespace {

using Change = actors::Actors::EdgeChange;

constexpr Ms watch_ms = 1000;
/// How long after an answer that leads nowhere the same is asked again.
constexpr Ms again_ms = 200;
/// How often a turn of the scheduler leaves work for later.
constexpr double leave_work = 0.01;

}  // namespace

EdgeName edge_name(std::size_t place) { return "edge-" + std::to_string(place); }

Node::Node(Context& context, ClusterLog& cluster, Ledgers& ledgers, Network& network, std::size_t place)
    : context_(context), cluster_(cluster), ledgers_(ledgers), network_(network), place_(place) {}

Node::~Node() = default;

void Node::start() {
  ++life_;
  context_.judge.note([&] { return "node-" + std::to_string(place_) + " starts"; });
  process_ = std::make_unique<NodeProcess>(*this);
  paused_until_ms_ = stalled_until_ms_ = 0;
  run_armed_ms_ = never_ms;
  roles_due_ = false;
  later(watch_ms, [this] { watch_edges(); });
}

void Node::crash() {
  if (!up()) return;
  context_.judge.note([&] { return "node-" + std::to_string(place_) + " dies"; });
  if (is_leader()) cluster_.lose_leader();
  ++life_;
  for (const auto& [name, edge] : attached_) network_.node_gone(edge.stream, context_.random.chance(0.5) ? 20 : 4000);
  attached_.clear();
  not_taken_.clear();
  watched_.clear();
  backlog_.clear();
  gained_.clear();
  led_.clear();
  kill_next_.clear();
  process_.reset();
}

const std::shared_ptr<ProcessLog>& Node::log() const {
  static const std::shared_ptr<ProcessLog> none;
  return up() ? process_->log() : none;
}

void Node::hear_deposed() {
  if (up() && !is_leader()) process_->log()->hear_deposed();
}

void Node::pause(Ms until_ms) {
  if (!up() || until_ms <= paused_until_ms_) return;
  paused_until_ms_ = until_ms;
  if (is_leader()) cluster_.stall(until_ms);
  context_.schedule.at(until_ms, [this, life = life_] {
    if (life == life_ && !paused()) resume();
  });
}

void Node::resume() {
  paused_until_ms_ = stalled_until_ms_ = 0;
  while (!paused() && !backlog_.empty()) {
    const auto task = std::move(backlog_.front());
    backlog_.pop_front();
    task();
  }
}

void Node::stall_actors(Ms until_ms) {
  stalled_until_ms_ = until_ms;
  context_.schedule.at(until_ms, [this] { run(); });
}

void Node::later(Ms delay_ms, std::function<void()> task) {
  context_.schedule.after(delay_ms, [this, life = life_, task = std::move(task)] {
    if (life != life_) return;
    if (paused())
      backlog_.push_back(task);
    else
      task();
  });
}

void Node::run_later(Ms delay_ms) {
  const Ms at_ms = context_.now_ms() + delay_ms;
  if (at_ms >= run_armed_ms_) return;
  run_armed_ms_ = at_ms;
  later(delay_ms, [this] {
    run_armed_ms_ = never_ms;
    run();
  });
}

void Node::run() {
  if (!up() || paused() || context_.now_ms() < stalled_until_ms_) return;
  process_->move_clock();
  while (process_->has_work()) {
    if (!kill_next_.empty() && process_->kill(kill_next_)) {
      context_.judge.note([&] { return "node-" + std::to_string(place_) + " loses a " + kill_next_; });
      context_.tally.count("actors killed");
      kill_next_.clear();
      killed_ms_ = context_.now_ms();
    }
    process_->run_one();
    if (context_.judge.failed()) return;
    if (context_.random.chance(leave_work)) return run_later(context_.random.between(0, 3));
  }
  if (is_leader())
    for (auto& [account, ledger] : ledgers_)
      if (ledger->turned()) ledger->at_rest(clocks());
  const Ms next_ms = process_->next_timer_ms();
  if (next_ms != never_ms) run_later(std::max<Ms>(0, next_ms - context_.now_ms()));
}

// New leadership is work: nobody has heard of it yet.
bool Node::idle() const { return !up() || (!roles_due_ && !process_->has_work()); }

void Node::command(AccountId account, CommandId id, core::Command command, actors::OnReply reply) {
  if (!up()) return;
  later(0, [this, account, id, command = std::move(command), reply = std::move(reply)]() mutable {
    process_->actors().command(account, id, std::move(command), {},
                               [this, life = life_, reply = std::move(reply)](const core::Reply& got) {
                                 if (life == life_) reply(got);
                               });
  });
}

Leading Node::leading() const {
  Leading leading;
  for (const auto& [account, ledger] : ledgers_) {
    const auto led = led_.find(storage::shard_of(account));
    if (led != led_.end()) leading.shards.push_back({led->first, led->second});
  }
  return leading;
}

void Node::role_changed(std::uint32_t shard, std::uint64_t term, bool gained) {
  if (shard == limits::directory_shard) return;
  if (gained) {
    led_[shard] = term;
    gained_.insert(shard);
  } else {
    led_.erase(shard);
    gained_.erase(shard);
  }
  if (std::exchange(roles_due_, true)) return;
  later(0, [this] { take_roles(); });
}

/// The edges learn who leads; of what this node leads anew, each account is built, gives its edges their orders and hears
/// which of them are alive (in this order: an account without work in its line is not told).
void Node::take_roles() {
  roles_due_ = false;
  for (const auto& [name, edge] : attached_) network_.send(edge.stream, leading());
  const std::set<std::uint32_t> gained = std::exchange(gained_, {});
  if (gained.empty() || !leads()) return;
  leading_since_ms_ = context_.now_ms();
  for (const auto& [account, ledger] : ledgers_) {
    if (gained.count(storage::shard_of(account)) == 0) continue;
    process_->actors().wake({account});
    for (auto& [name, edge] : attached_) ask_sync(edge, account);
  }
  for (auto& [name, watched] : watched_) {
    watched.silent_told = watched.lost_told = false;
    const auto edge = attached_.find(name);
    const bool live =
        edge != attached_.end() && edge->second.beaten && context_.now_ms() - watched.heard_ms < limits::edge_silent_ms;
    if (live) process_->actors().edge_change(name, Change::back);
  }
}

void Node::watch_edges() {
  later(watch_ms, [this] { watch_edges(); });
  if (!leads()) return;
  for (std::size_t place = 0; place < context_.plan.edges; ++place) {
    const EdgeName name = edge_name(place);
    Watched& watched = watched_[name];
    const Ms silence_ms = context_.now_ms() - std::max(watched.heard_ms, leading_since_ms_);
    if (silence_ms >= limits::edge_silent_ms && !std::exchange(watched.silent_told, true))
      process_->actors().edge_change(name, Change::silent);
    if (silence_ms < limits::edge_lost_ms || std::exchange(watched.lost_told, true)) continue;
    context_.tally.count("edges given up");
    process_->actors().edge_change(name, Change::lost);
    // What it still carries must be compared when it comes back.
    const auto edge = attached_.find(name);
    if (edge == attached_.end()) continue;
    network_.cut(edge->second.stream, 50);
    attached_.erase(edge);
  }
}

core::EdgeClocks Node::clocks() const {
  core::EdgeClocks clocks;
  for (const auto& [name, watched] : watched_) {
    if (watched.heard_ms < 0) continue;
    clocks[name] = watched.clock;
    clocks[name].age_ms = context_.now_ms() - watched.heard_ms;
  }
  return clocks;
}

const core::EdgeClocks& Node::last_clocks() const { return process_->last_clocks(); }

Node::Attached* Node::attached(const StreamPtr& stream) {
  const auto edge = attached_.find(edge_name(stream->edge));
  return edge == attached_.end() || edge->second.stream != stream ? nullptr : &edge->second;
}

bool Node::serves(const StreamPtr& stream, AccountId account) const {
  const auto edge = attached_.find(edge_name(stream->edge));
  return edge != attached_.end() && edge->second.stream == stream && edge->second.synced.count(account) > 0;
}

void Node::take(const StreamPtr& stream, const ToNode& message) {
  // A stream that was not attached yet when the process died.
  if (!up()) return network_.node_gone(stream, 20);
  if (paused())
    backlog_.push_back([this, stream, message] { take(stream, message); });
  else if (stream->node_end)
    std::visit([&](const auto& m) { on(stream, m); }, message);
}

void Node::end_of(const StreamPtr& stream) {
  if (attached(stream) != nullptr) attached_.erase(edge_name(stream->edge));
}

void Node::on(const StreamPtr& stream, const Attach& message) {
  const auto before = attached_.find(message.edge);
  if (before != attached_.end()) {
    if (before->second.epoch > message.epoch) return network_.cut(stream, 50);
    network_.cut(before->second.stream, 50);
    attached_.erase(before);
  }
  Attached& edge = attached_[message.edge];
  edge.stream = stream;
  edge.epoch = message.epoch;
  edge.boot_id = message.boot_id;
  network_.send(stream, leading());
  for (const auto& [account, ledger] : ledgers_) ask_sync(edge, account);
}

void Node::on(const StreamPtr& stream, const Heartbeat& message) {
  Attached* edge = attached(stream);
  if (edge == nullptr) return;
  const EdgeName name = edge_name(stream->edge);
  Watched& watched = watched_[name];
  const bool after_gap = watched.heard_ms < 0 || context_.now_ms() - watched.heard_ms >= limits::edge_silent_ms;
  const bool first = !std::exchange(edge->beaten, true);
  watched = Watched{core::EdgeClock{edge->epoch, edge->boot_id, message.clock_ms, 0}, context_.now_ms(), false, false};
  if ((first || after_gap) && leads()) process_->actors().edge_change(name, Change::back);
}

void Node::on(const StreamPtr& stream, const EdgeEvent& message) {
  process_->actors().edge_event(message.account, edge_name(stream->edge), message.event,
                                [this, stream, message, life = life_](const actors::EdgeOutcome& outcome) {
                                  if (life == life_) answer_event(stream, message, outcome);
                                });
}

void Node::answer_event(const StreamPtr& stream, const EdgeEvent& message, const actors::EdgeOutcome& outcome) {
  const std::uint64_t epoch = message.event.epoch;
  switch (outcome.code) {
    case Code::ok:
      if (outcome.reply.expected)
        return network_.send(stream, Expected{message.account, epoch, outcome.reply.acked + 1});
      ledgers_.at(message.account)->acked(edge_name(stream->edge), epoch, outcome.reply.acked);
      return network_.send(stream, Ack{message.account, epoch, outcome.reply.acked});
    default: return again(stream, message.account, message.event);
  }
}

/// As the edge service does it: once for all that fail until then, or an edge with many in flight would send them all for each.
void Node::again(const StreamPtr& stream, AccountId account, const link::Event& event) {
  const std::pair key{stream, account};
  const auto [first_n, first] = not_taken_.try_emplace(key, event.n);
  first_n->second = std::min(first_n->second, event.n);
  if (!first) return;
  later(again_ms, [this, key, epoch = event.epoch] {
    const std::uint64_t n = not_taken_.extract(key).mapped();
    // This node may lead it all the same: the actor ended and is built again.
    if (leads(key.second))
      network_.send(key.first, Expected{key.second, epoch, n});
    else
      network_.send(key.first, NotOwner{key.second});
  });
}

void Node::on(const StreamPtr& stream, const Digests& message) {
  for (const auto& [account, ledger] : ledgers_) {
    link::Digest digest;
    for (const auto& [named, known] : message.digests)
      if (named == account) digest = known;
    check_digest(stream, account, digest);
  }
}

void Node::check_digest(const StreamPtr& stream, AccountId account, link::Digest digest) {
  const Attached* edge = attached(stream);
  if (edge == nullptr || !leads(account)) return;
  process_->actors().digest(
      account, edge_name(stream->edge), edge->epoch, digest,
      [this, stream, account, digest, life = life_](const actors::EdgeOutcome& outcome) {
        if (life != life_) return;
        if (outcome.code != Code::ok)
          return later(again_ms, [this, stream, account, digest] { check_digest(stream, account, digest); });
        if (!outcome.reply.snapshot_wanted || attached(stream) == nullptr) return;
        context_.tally.count("snapshots asked for");
        network_.send(stream, SnapshotRequest{account});
      });
}

void Node::ask_sync(Attached& edge, AccountId account) {
  if (!leads(account)) return;
  edge.sync_asked_ms[account] = context_.now_ms();
  const EdgeName name = edge_name(edge.stream->edge);
  ledgers_.at(account)->sync_asked(name);
  process_->actors().sync_edge(account, name);
}

void Node::ordered(AccountId account, actors::Fence fence, const link::Order& order) {
  ledgers_.at(account)->ordered(order.body);
  context_.tally.count("orders");
  const auto found = attached_.find(order.edge);
  if (found == attached_.end()) return;
  Attached& edge = found->second;
  if (edge.synced.count(account) > 0) return network_.send(edge.stream, OrderSent{account, fence, order});
  // Its orders begin with a sync, which may have been lost with the actor that owed it.
  if (context_.now_ms() - edge.sync_asked_ms[account] >= watch_ms) ask_sync(edge, account);
}

void Node::synced(AccountId account, actors::Fence fence, const EdgeName& name, const link::Sync& sync) {
  const auto led = led_.find(storage::shard_of(account));
  const bool past = led != led_.end() && fence.term < led->second;
  ledgers_.at(account)->synced(name, sync, past ? Ledger::Asked::in_a_past_term : Ledger::Asked::in_this_term);
  context_.tally.count("syncs");
  const auto edge = attached_.find(name);
  if (edge == attached_.end()) return;
  edge->second.synced.insert(account);
  network_.send(edge->second.stream, SyncSent{account, fence, sync});
}

}  // namespace rf::sim
