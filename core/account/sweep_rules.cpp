#include <algorithm>
#include <set>
#include <unordered_map>

#include "core/account/draft.hpp"
#include "core/base/limits.hpp"
#include "core/base/plant.hpp"

namespace rf::core {

namespace {

/// Writes what an edge's snapshot, loss or return means for each row of that edge, oldest rows first (R17). Rows that came
/// after the fact that started the sweep are not its business.
class Sweeper {
 public:
  Sweeper(Draft& draft, const Edge& edge, std::size_t facts_max) : draft_(draft), edge_(edge), facts_max_(facts_max) {
    for (const link::CarriedCall& carried : edge.snapshot.calls) carried_.emplace(carried.arrival.call, &carried);
    for (const link::BindingUp& up : edge.snapshot.bindings) bound_.emplace(up.binding, &up);
  }

  bool run() {
    if (edge_.sweep == Edge::Sweep::back) return true;
    if (!sweep_calls() || !sweep_reservations()) return false;
    // An agent who loses the last phone may be logged off, which withdraws offers: those just closed must be closed by then.
    if (!draft_.decision.facts.empty()) return false;
    if (!sweep_bindings()) return false;
    if (!draft_.decision.facts.empty()) return false;
    return adopt_calls() && take_bindings();
  }

 private:
  bool full() const { return draft_.decision.facts.size() >= facts_max_; }
  bool restarted() const { return edge_.sweep == Edge::Sweep::snapshot && edge_.sweep_new_epoch; }

  bool sweep_calls() {
    const auto calls = draft_.account.index.edge_calls.find(edge_.name);
    if (calls == draft_.account.index.edge_calls.end()) return true;
    for (CallId id : calls->second) {
      const Call& call = *find_call(draft_.account, id);
      if (call.seq > edge_.sweep_seq || carried_.count(id) > 0) continue;
      if (full()) return false;
      if (call.caller_there && call.state == CallState::waiting) {
        draft_.add(fact::CallerGone{id});
        continue;
      }
      Outcome outcome = Outcome::failed;
      if (call.state == CallState::answered) outcome = Outcome::answered;
      if (call.state == CallState::closing || call.state == CallState::forwarded) outcome = call.outcome;
      end_call(draft_, call, EndCause::failed, outcome, Legs::gone);
      ended_.insert(id);
    }
    return true;
  }

  /// Legs that died with their edge: in a call they are gone, ringing ones hold the agent (R17).
  bool sweep_reservations() {
    if (edge_.sweep == Edge::Sweep::snapshot && !restarted()) return true;
    const auto held = draft_.account.index.edge_reservations.find(edge_.name);
    if (held == draft_.account.index.edge_reservations.end()) return true;
    for (ReservationId id : held->second) {
      const Reservation& r = *find_reservation(draft_.account, id);
      const bool old = restarted() ? r.offer.edge_epoch != edge_.epoch : r.offered_seq < edge_.sweep_seq;
      const bool in_call = is_call_leg(r.phase);
      // A call that ended in this very decision has released these legs already.
      if (!old || (in_call && (carried_.count(r.offer.call) > 0 || ended_.count(r.offer.call) > 0))) continue;
      if (full()) return false;
      if (in_call) {
        end_leg(draft_, r, false, 0);
      } else if (restarted() && r.hold == Hold::none) {
        if (is_open(r.phase) && ended_.count(r.offer.call) == 0) close_offer(draft_, r, CloseCause::failed);
        const bool same_boot = r.offer.boot_id == edge_.snapshot.boot_id || RF_PLANT(bound_a_across_boots);
        draft_.add(fact::LeaseSet{id, same_boot ? Hold::to_ring_until : Hold::to_bound, hold_check_ts(r, same_boot)});
      }
    }
    return true;
  }

  Ms hold_check_ts(const Reservation& r, bool same_boot) const {
    const EdgeClock* clock = draft_.now.edge(edge_.name);
    if (!same_boot || clock == nullptr) return r.check_ts;
    const Ms left_ms = std::max<Ms>(0, r.offer.ring_until - clock->estimate_edge_ms());
    return std::min(r.check_ts, draft_.now.ts + left_ms + second_ms);
  }

  bool sweep_bindings() {
    const auto held = draft_.account.index.edge_bindings.find(edge_.name);
    if (held == draft_.account.index.edge_bindings.end()) return true;
    for (BindingId id : held->second) {
      const AgentId agent = draft_.account.index.agent_by_binding.at(id);
      for (const Binding& b : find_agent(draft_.account, agent)->bindings) {
        if (b.id != id || b.up_seq > edge_.sweep_seq || bound_.count(id) > 0) continue;
        if (full()) return false;
        draft_.add(fact::BindingDown{agent, id,
                                     edge_.sweep == Edge::Sweep::lost ? "edge lost" : "not in the edge's snapshot"});
        const Agent& row = *find_agent(draft_.account, agent);
        if (++downs_[agent] == row.bindings.size()) follow_down(draft_, row);
      }
    }
    return true;
  }

  /// Calls that the edge carries and the account does not know (any more), or knows otherwise.
  bool adopt_calls() {
    for (const link::CarriedCall& carried : edge_.snapshot.calls) {
      const Call* call = find_call(draft_.account, carried.arrival.call);
      if (call != nullptr && !differs(*call, carried)) continue;
      if (call != nullptr && call->state == CallState::closing) continue;
      const Agent* agent = find_agent(draft_.account, carried.agent);
      if (carried.answered_by.set() && agent == nullptr) continue;
      if (full()) return false;
      adopt(call, carried, agent);
    }
    return true;
  }

  bool differs(const Call& call, const link::CarriedCall& carried) const {
    // The caller of a callback was taken for gone with the edge, and is still there.
    const bool returned = call.callback && !call.caller_there && call.state == CallState::waiting;
    if (!carried.answered_by.set()) return call.state == CallState::ended || returned;
    const Reservation* r = find_reservation(draft_.account, carried.answered_by);
    return r == nullptr || r->phase != Phase::answered || r->offer.edge_epoch != edge_.epoch;
  }

  void adopt(const Call* call, const link::CarriedCall& carried, const Agent* agent) {
    fact::CallAdopted f;
    if (call != nullptr) {
      f.arrival = call->arrival;
      f.arrived_ts = call->arrived_ts;
    } else {
      f.arrival.call = carried.arrival.call;
      f.arrival.edge = edge_.name;
      f.arrival.number = carried.arrival.number;
      f.arrival.caller = carried.arrival.caller;
      f.arrival.caller_name = carried.arrival.caller_name;
      f.arrived_ts = draft_.now.ts - carried.age_ms;
      route(draft_, f.arrival);
      enter_queue(draft_, f.arrival, f.arrived_ts);
    }
    f.arrival.edge_epoch = edge_.epoch;
    if (agent != nullptr && carried.answered_by.set()) {
      if (const Reservation* r = find_reservation(draft_.account, carried.answered_by)) f.offer = r->offer;
      f.offer.reservation = carried.answered_by;
      f.offer.call = carried.arrival.call;
      f.offer.agent = agent->id;
      f.offer.queue = f.arrival.queue;
      f.offer.edge = edge_.name;
      f.offer.edge_epoch = edge_.epoch;
      withdraw_offers(draft_, *agent, QueueId());
    }
    const bool lost_its_queue = !f.arrival.queue.set() && !f.arrival.agent.set() && !f.offer.reservation.set();
    const CallId id = f.arrival.call;
    draft_.add(std::move(f));
    if (lost_its_queue) draft_.add(fact::CallClosing{id, Outcome::failed, {}});
  }

  bool take_bindings() {
    for (const link::BindingUp& up : edge_.snapshot.bindings) {
      const Agent* agent = find_agent(draft_.account, up.agent);
      // Held already, or by an edge that the phone moved to since.
      if (agent == nullptr || agent->removed || draft_.account.index.agent_by_binding.count(up.binding) > 0) continue;
      if (full()) return false;
      draft_.add(fact::BindingUp{up.agent, up.binding, edge_.name, up.contact});
      if (followed_.insert(up.agent).second) follow_up(draft_, *agent);
    }
    return true;
  }

  Draft& draft_;
  const Edge& edge_;
  std::size_t facts_max_;
  std::unordered_map<CallId, const link::CarriedCall*> carried_;
  std::unordered_map<BindingId, const link::BindingUp*> bound_;
  std::set<CallId> ended_;
  std::set<AgentId> followed_;
  /// How many bindings each agent has lost in this step.
  std::unordered_map<AgentId, std::size_t> downs_;
};

}  // namespace

bool sweep_edge(Draft& draft, const Edge& edge, std::size_t facts_max) { return Sweeper(draft, edge, facts_max).run(); }

}  // namespace rf::core
