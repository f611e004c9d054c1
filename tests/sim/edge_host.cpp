#include "tests/sim/edge_host.hpp"

#include <algorithm>

#include "tests/sim/node.hpp"
#include "tests/sim/text.hpp"

namespace rf::sim {

using namespace edge;
using namespace edge::output;

namespace {
constexpr Ms contacts_ms = 5 * second_ms;
}  // namespace

EdgeHost::EdgeHost(World world, std::size_t place)
    : world_(std::move(world)), place_(place), name_(edge_name(place)), links_(world_.context.plan.nodes) {}

void EdgeHost::fail(const std::string& what) { context().judge.fail(name_ + ": " + what); }

void EdgeHost::boot() {
  Random& random = context().random;
  boot_id_ = name_ + "-boot-" + std::to_string(++boots_);
  // Up for seconds, or for weeks.
  clock_base_ms_ = random.chance(0.5) ? random.between(0, 100) * second_ms : random.between(0, 2'000'000) * second_ms;
  booted_ms_ = context().now_ms();
  ppm_ = random.between(-context().plan.drift_ppm, context().plan.drift_ppm);
}

Ms EdgeHost::clock_ms() const {
  const Ms passed_ms = world_.context.now_ms() - booted_ms_;
  return clock_base_ms_ + passed_ms + passed_ms * ppm_ / 1'000'000;
}

void EdgeHost::start() {
  ++life_;
  machine_.emplace(name_, ++epoch_, boot_id_);
  context().judge.note([&] { return name_ + " starts epoch " + std::to_string(epoch_) + " " + boot_id_; });
  paused_until_ms_ = silent_until_ms_ = 0;
  wake_armed_ms_ = never_ms;
  for (std::size_t node = 0; node < links_.size(); ++node)
    later(context().random.about(300), [this, node] { connect(node); });
  later(contacts_ms, [this] { expire_contacts(); });
}

void EdgeHost::crash() {
  if (!up()) return;
  context().judge.note([&] { return name_ + " dies"; });
  world_.callers.edge_died(place_, life_);
  world_.phones.edge_died(place_, life_);
  ++life_;
  machine_.reset();
  for (Link& link : links_)
    if (link.stream) world_.network.edge_gone(link.stream, context().random.chance(0.5) ? 50 : 5000);
  links_.assign(links_.size(), Link{});
  backlog_.clear();
  leaders_.clear();
  connected_.clear();
  contacts_.clear();
  said_.clear();
  rung_.clear();
  outside_.clear();
  ended_.clear();
  unconfirmed_.clear();
  confirmed_.clear();
  highest_term_.clear();
}

void EdgeHost::pause(Ms until_ms) {
  if (!up() || until_ms <= paused_until_ms_) return;
  paused_until_ms_ = until_ms;
  context().schedule.at(until_ms, [this, life = life_] {
    if (life == life_ && context().now_ms() >= paused_until_ms_) resume();
  });
}

void EdgeHost::resume() {
  if (paused()) resumed_ms_ = context().now_ms();
  paused_until_ms_ = silent_until_ms_ = 0;
  while (!paused() && !backlog_.empty()) {
    const auto task = std::move(backlog_.front());
    backlog_.pop_front();
    task();
  }
}

/// Runs the task in this life of the process, when it does not stand still.
void EdgeHost::later(Ms delay_ms, std::function<void()> task) {
  context().schedule.after(delay_ms, [this, life = life_, task = std::move(task)] {
    if (life != life_) return;
    if (paused())
      backlog_.push_back(task);
    else
      task();
  });
}

void EdgeHost::step(const Input& input) {
  for (const Output& output : machine_->step(clock_ms(), input)) carry_out(output);
  arm_wake();
}

void EdgeHost::step_cluster(AccountId account, std::optional<actors::Fence> fence, const Input& input) {
  step(input::Tick{});
  bool past = false;
  if (fence) {
    std::uint64_t& highest = highest_term_[fence->shard];
    past = fence->term < highest;
    highest = std::max(highest, fence->term);
  }
  cluster_speaks_ = true;
  const Outputs outputs = machine_->step(clock_ms(), input);
  for (const Output& output : outputs) carry_out(output);
  cluster_speaks_ = false;
  if (past) context().tally.count("orders of a past term");
  if (past && !outputs.empty()) fail("S7: it carried out what a deposed leader said");
  if (!unconfirmed_.empty()) {
    const Standing standing = machine_->standing(account);
    std::erase_if(unconfirmed_, [&](const auto& entry) {
      if (standing.confirmed.count(entry.second) == 0) return false;
      confirmed_.insert(entry.first);
      return true;
    });
  }
  arm_wake();
}

void EdgeHost::arm_wake() {
  const Ms wake_ms = machine_->next_wake();
  if (wake_ms == never_ms) return;
  const Ms left_ms = std::max<Ms>(0, wake_ms - clock_ms());
  const Ms at_ms = context().now_ms() + left_ms * 1'000'000 / (1'000'000 + ppm_) + 1;
  if (at_ms >= wake_armed_ms_) return;
  wake_armed_ms_ = at_ms;
  later(at_ms - context().now_ms(), [this, at_ms] {
    if (wake_armed_ms_ != at_ms) return;
    wake_armed_ms_ = never_ms;
    step(input::Tick{});
  });
}

void EdgeHost::connect(std::size_t node) {
  Link& link = links_[node];
  if (link.stream) return;
  if (!world_.node_up(node)) return later(context().random.about(500), [this, node] { connect(node); });
  link.stream = world_.network.open(place_, node);
  world_.network.send(link.stream, Attach{name_, epoch_, boot_id_});
  later(context().random.between(0, 1000), [this, stream = link.stream] { beat(stream); });
}

void EdgeHost::beat(const StreamPtr& stream) {
  if (!stream->edge_end) return;
  if (context().now_ms() >= silent_until_ms_) world_.network.send(stream, Heartbeat{clock_ms()});
  later(second_ms, [this, stream] { beat(stream); });
}

void EdgeHost::end_of(const StreamPtr& stream) {
  Link& link = links_[stream->node];
  if (link.stream != stream) return;
  later(0, [this, stream] {
    Link& ended = links_[stream->node];
    if (ended.stream != stream) return;
    ended = Link{};
    reconsider();
    later(context().random.about(500), [this, node = stream->node] { connect(node); });
  });
}

StreamPtr EdgeHost::stream_of(AccountId account) const {
  const auto leader = leaders_.find(account);
  return leader == leaders_.end() ? nullptr : links_[leader->second.node].stream;
}

/// The leader of each account is who says so under the highest term; whoever spoke under a lower one is none.
void EdgeHost::reconsider() {
  for (const auto& [account, ledger] : world_.ledgers) {
    std::optional<Leader> best;
    for (std::size_t node = 0; node < links_.size(); ++node)
      for (const actors::Fence& fence : links_[node].leading)
        if (fence.shard == storage::shard_of(account) && fence.term >= highest_term_[fence.shard] &&
            (!best || fence.term > best->fence.term))
          best = Leader{node, fence};
    const auto known = leaders_.find(account);
    if (!best) {
      if (known == leaders_.end()) continue;
      leaders_.erase(known);
      connected_.erase(account);
      step(input::LeaderLost{account});
    } else if (known == leaders_.end() || known->second.node != best->node ||
               known->second.fence.term != best->fence.term) {
      leaders_[account] = *best;
      connected_.erase(account);
      if (context().plan.eager_edges || machine_->digest(account).n > 0) ensure_leader(account);
    }
  }
}

/// The account's events may be sent, if anybody leads it.
void EdgeHost::ensure_leader(AccountId account) {
  const auto leader = leaders_.find(account);
  if (leader == leaders_.end() || !connected_.insert(account).second) return;
  const Fence fence{leader->second.fence.shard, leader->second.fence.term};
  step_cluster(account, leader->second.fence, input::LeaderConnected{account, fence});
}

void EdgeHost::take(const StreamPtr& stream, const ToEdge& message) {
  if (!up() || links_[stream->node].stream != stream) return;
  if (paused())
    backlog_.push_back([this, stream, message] { take(stream, message); });
  else
    std::visit([&](const auto& m) { on(stream, m); }, message);
}

void EdgeHost::on(const StreamPtr& stream, const Leading& message) {
  Link& link = links_[stream->node];
  bool anew = false;
  for (const actors::Fence& fence : message.shards)
    anew = anew || std::none_of(link.leading.begin(), link.leading.end(), [&](const actors::Fence& known) {
             return known.shard == fence.shard && known.term == fence.term;
           });
  link.leading = message.shards;
  reconsider();
  if (anew) world_.network.send(stream, Digests{machine_->digests()});
}

void EdgeHost::on(const StreamPtr&, const OrderSent& message) {
  const Fence fence{message.fence.shard, message.fence.term};
  step_cluster(message.account, message.fence, input::OrderCame{message.account, fence, message.order});
}

void EdgeHost::on(const StreamPtr&, const SyncSent& message) {
  const Fence fence{message.fence.shard, message.fence.term};
  step_cluster(message.account, message.fence, input::SyncCame{message.account, fence, message.sync});
}

void EdgeHost::on(const StreamPtr&, const Ack& message) {
  step_cluster(message.account, std::nullopt, input::Acked{message.account, message.epoch, message.n});
  for (const auto& [account, ledger] : world_.ledgers) {
    const core::Edge* known = core::find_edge(ledger->durable(), machine_->name());
    const std::uint64_t durable_n = known == nullptr || known->epoch != machine_->epoch() ? 0 : known->n;
    if (machine_->standing(account).acked_n > durable_n)
      fail("R16: it forgot an event of " + brief(account) + " behind " + std::to_string(durable_n));
  }
}

void EdgeHost::on(const StreamPtr&, const Expected& message) {
  step_cluster(message.account, std::nullopt, input::Expected{message.account, message.epoch, message.n});
}

void EdgeHost::on(const StreamPtr& stream, const NotOwner& message) {
  const auto leader = leaders_.find(message.account);
  if (leader == leaders_.end() || leader->second.node != stream->node) return;
  leaders_.erase(leader);
  connected_.erase(message.account);
  step_cluster(message.account, std::nullopt, input::LeaderLost{message.account});
}

void EdgeHost::on(const StreamPtr&, const SnapshotRequest& message) {
  ensure_leader(message.account);
  step_cluster(message.account, std::nullopt, input::SnapshotAsked{message.account});
}

void EdgeHost::invite(AccountId account, CallId call, const std::string& number) {
  if (!up()) return;
  later(0, [this, account, call, number] {
    world_.callers.calls(call, place_, life_);
    ensure_leader(account);
    step(input::CallerInvited{account, link::CallArrived{call, number, "caller", ""}});
  });
}

void EdgeHost::caller_gone(CallId call) {
  if (!up()) return;
  later(0, [this, call] {
    step(input::CallerGone{call});
    world_.callers.gone_heard(call);
  });
}

void EdgeHost::leg(const LegKey& key, Input input) {
  if (up() && key.life == life_) later(0, [this, input = std::move(input)] { step(input); });
}

void EdgeHost::session_timed_out(const LegKey& key, CallId call) {
  if (!up() || key.life != life_) return;
  later(0, [this, call] {
    context().tally.count("sessions timed out");
    step(input::SessionTimedOut{call});
  });
}

void EdgeHost::registered(AccountId account, AgentId agent, BindingId phone, Ms expires_ms) {
  if (!up() || paused()) return;
  const core::Agent* known = core::find_agent(world_.ledgers.at(account)->durable(), agent);
  if (known == nullptr || known->removed) return;
  Contact& contact = contacts_[phone];
  if (!contact.binding.set()) {
    contact = Contact{account, agent, phone, 0};
    if (!context().plan.lasting_bindings) contact.binding = BindingId(Ulid{6 + place_, ++last_binding_});
    phone_of_[contact.binding] = phone;
  }
  contact.expires_ms = context().now_ms() + expires_ms;
  ensure_leader(account);
  step(input::BindingUp{account, link::BindingUp{agent, contact.binding, "sip:phone"}});
}

void EdgeHost::unregistered(BindingId phone) {
  if (up() && !paused()) drop_contact(phone, "unregistered");
}

void EdgeHost::agent_removed(AgentId agent) {
  if (!up()) return;
  later(context().random.about(context().plan.message), [this, agent] {
    const std::map<BindingId, Contact> contacts = contacts_;
    for (const auto& [phone, contact] : contacts)
      if (contact.agent == agent) drop_contact(phone, "agent removed");
  });
}

void EdgeHost::expire_contacts() {
  later(contacts_ms, [this] { expire_contacts(); });
  const std::map<BindingId, Contact> contacts = contacts_;
  for (const auto& [phone, contact] : contacts) {
    if (context().now_ms() < contact.expires_ms) continue;
    context().tally.count("registrations expired");
    drop_contact(phone, "expired");
  }
}

void EdgeHost::drop_contact(BindingId phone, const char* reason) {
  const auto contact = contacts_.find(phone);
  if (contact == contacts_.end()) return;
  const BindingId binding = contact->second.binding;
  contacts_.erase(contact);
  step(input::BindingDown{binding, reason});
}

}  // namespace rf::sim
