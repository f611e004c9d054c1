#include "sip-edge/edge.hpp"

#include <algorithm>
#include <utility>

#include "process/log.hpp"
#include "process/metrics.hpp"
#include "sip-edge/caller_id.hpp"
#include "sip-edge/invites.hpp"

namespace rf::edge {

using process::Metric;

namespace {

/// How long no node may be attached before callers are sent away.
constexpr Ms node_grace_ms = 10 * second_ms;

/// Of a UDP receive buffer. What waits there waits in order: the calls that are up behind the ones that come.
constexpr double receive_backlog_max = 0.5;

}  // namespace

Edge::Edge(sip::Root& root, EdgeOptions options, process::IdMaker& ids, process::Logger& log, process::Metrics& metrics)
    : root_(root), options_(std::move(options)), ids_(ids), log_(log), metrics_(metrics),
      machine_(options_.link.edge, options_.link.epoch, options_.link.boot_id),
      wake_(root, [this] { tell(input::Tick{}); }), sampler_(root, [this] { sample(); }) {
  const auto poster = root_.poster();
  link_ = std::make_unique<NodeLink>(
      options_.link, [poster](std::function<void()> closure) { poster.post(std::move(closure)); }, *this, log_,
      metrics_);
  door_ = std::make_unique<FrontDoor>(
      root_, options_.door, link_->directory(), *link_, [this] { return ids_.make<BindingId>(); }, log_, metrics_,
      [this](const BindingEvent& event) { on_binding(event); });
}

Edge::~Edge() {
  link_->stop();
  calls_.reset();
  agent_.reset();
}

Result<void> Edge::open() {
  auto agent = sip::Agent::open(root_, options_.sip, *this);
  if (!agent) return agent.error();
  agent_ = std::move(agent).value();
  calls_ = std::make_unique<Calls>(root_, *agent_, options_.session, log_, [this](const Input& input) { tell(input); });
  for (const Flow& flow : agent_->listening()) log_.info("sip_listening", {{"flow", flow.text()}});
  link_->start();
  sample();
  return {};
}

void Edge::drain(std::function<void()> done) {
  door_->close_for_calls();
  on_drained_ = std::move(done);
  end_drain();
}

sip::Screening Edge::screen(const sip::Request& request) {
  metrics_.counter(Metric::sip_messages, {"in", sip::name_of(request.method)}).add(1);
  door_->set_directory_known(link_->has_directory());
  note_nodes();
  sip::Screening screening = door_->screen(request);
  const bool taken = request.method == sip::Method::invite && std::holds_alternative<sip::Take>(screening);
  if (taken && overloaded(request)) return shed();
  if (taken && came_round(request)) {
    metrics_.counter(Metric::edge_invites, {"loop"}).add(1);
    log_.info("invite_refused", {{"sip_call", request.call_id}, {"result", "loop"}, {"status", 482}});
    return sip::reply(482);
  }
  return screening;
}

bool Edge::came_round(const sip::Request& invite) const {
  const std::vector<CallId> passed = passed_calls(invite);
  return std::any_of(passed.begin(), passed.end(), [this](const CallId& call) { return machine_.has(call); });
}

bool Edge::overloaded(const sip::Request& invite) const {
  if (agent_->receive_backlog() > receive_backlog_max) return true;
  const auto route = door_->route(invite);
  return route && machine_.is_behind(route->account, sip::Root::now_ms());
}

/// One line a second: a refusal must cost less than a call.
sip::Reply Edge::shed() {
  metrics_.counter(Metric::edge_invites, {"overloaded"}).add(1);
  ++shed_;
  return sip::reply_later(503, options_.door.retry_after_s);
}

void Edge::on_invite(std::unique_ptr<sip::Leg> leg, const sip::Request& request) {
  const auto route = door_->route(request);
  if (!route) return leg->reject(sip::reply(404));
  const CallId call = ids_.make<CallId>();
  const AccountId account = route->account;
  const sip::NameAddr caller = caller_of(request);
  link::CallArrived arrival{call, route->number, caller.uri.user, caller.display};
  if (!calls_->take(call, account, std::move(leg), request)) return;
  metrics_.counter(Metric::edge_invites, {"queued"}).add(1);
  link_->use(account);
  tell(input::CallerInvited{account, std::move(arrival)});
}

void Edge::on_request(sip::ServerRequest request) {
  if (request.request().method == sip::Method::register_) return door_->on_register(std::move(request));
  request.reply(sip::reply(200));
}

/// A node that restarts is back within seconds, and the callers who came meanwhile are told to it. One that stays away
/// must not hold callers that other servers of their trunk could serve.
void Edge::note_nodes() {
  const Ms now = sip::Root::now_ms();
  if (link_->connected()) node_seen_ms_ = now;
  const bool without_node = now - node_seen_ms_ > node_grace_ms;
  door_->set_node_reached(!without_node);
  if (without_node && !std::exchange(without_node_, without_node)) tell(input::NodesAway{});
  without_node_ = without_node;
}

bool Edge::knows_address(const std::string& ip) { return door_->is_trunk(ip); }

void Edge::on_binding(const BindingEvent& event) {
  if (const auto* up = std::get_if<BindingUpEvent>(&event)) {
    link_->use(up->account);
    tell(input::BindingUp{up->account, link::BindingUp{up->agent, up->binding, up->contact}});
  } else {
    const auto& down = std::get<BindingDownEvent>(event);
    tell(input::BindingDown{down.binding, std::string(name_of(down.reason))});
  }
}

void Edge::on_order(AccountId account, Fence fence, link::Order order) {
  tell(input::OrderCame{account, fence, std::move(order)});
}
void Edge::on_sync(AccountId account, Fence fence, link::Sync sync) {
  tell(input::SyncCame{account, fence, std::move(sync)});
}
void Edge::on_acked(AccountId account, std::uint64_t epoch, std::uint64_t n) { tell(input::Acked{account, epoch, n}); }
void Edge::on_expected(AccountId account, std::uint64_t epoch, std::uint64_t n) {
  tell(input::Expected{account, epoch, n});
}
void Edge::on_leader(AccountId account, Fence fence) { tell(input::LeaderConnected{account, fence}); }
void Edge::on_leader_lost(AccountId account) { tell(input::LeaderLost{account}); }
void Edge::on_snapshot_asked(AccountId account) { tell(input::SnapshotAsked{account}); }
void Edge::on_agent_removed(AccountId, AgentId agent) { door_->remove_agent(agent); }
std::vector<std::pair<AccountId, link::Digest>> Edge::digests() { return machine_.digests(); }

void Edge::tell(const Input& input) {
  waiting_.push_back(input);
  if (std::exchange(stepping_, true)) return;
  while (!waiting_.empty()) {
    const std::vector<Input> inputs = std::exchange(waiting_, {});
    for (const Input& next : inputs)
      for (const Output& output : machine_.step(sip::Root::now_ms(), next)) carry_out(output);
  }
  stepping_ = false;
  arm();
  end_drain();
}

void Edge::carry_out(const Output& output) {
  if (const auto* send = std::get_if<output::SendEvent>(&output)) return link_->send(send->account, send->event);
  if (!calls_) return;
  if (const auto* ring = std::get_if<output::Ring>(&output))
    return calls_->carry_out(*ring, door_->find(ring->binding));
  std::visit(
      [this](const auto& out) {
        using Out = std::decay_t<decltype(out)>;
        if constexpr (!std::is_same_v<Out, output::SendEvent> && !std::is_same_v<Out, output::Ring>)
          calls_->carry_out(out);
      },
      output);
}

void Edge::arm() {
  const Ms next = machine_.next_wake();
  if (next == never_ms)
    wake_.cancel();
  else
    wake_.set(std::max<Ms>(1, next - sip::Root::now_ms()));
}

void Edge::end_drain() {
  if (!on_drained_ || calls() != 0) return;
  const Memory memory = machine_.memory();
  // How the last calls ended must be known, or their agents stay busy until this edge counts as lost.
  const bool told = memory.events == 0 || !link_->connected();
  if (memory.offers == 0 && told) std::exchange(on_drained_, nullptr)();
}

void Edge::sample() {
  note_nodes();
  metrics_.gauge(Metric::edge_calls, {}).set(static_cast<double>(calls()));
  metrics_.gauge(Metric::edge_events_unacked, {}).set(static_cast<double>(machine_.memory().events));
  const sip::Agent::Counts counts = agent_->counts();
  metrics_.gauge(Metric::edge_connections, {}).set(static_cast<double>(counts.connections));
  const auto add = [&](const char* reason, std::uint64_t now, std::uint64_t& before) {
    metrics_.counter(Metric::edge_connections_closed, {reason}).add(now - before);
    before = now;
  };
  add("over_total", counts.closed.over_total, sampled_.over_total);
  add("over_address", counts.closed.over_address, sampled_.over_address);
  add("stranger", counts.closed.strangers, sampled_.strangers);
  if (shed_ > 0)
    log_.warn("calls_shed", {{"count", std::exchange(shed_, 0)},
                             {"reason", "more calls come than this edge and its nodes can serve"}});
  sampler_.set(second_ms);
}

}  // namespace rf::edge
