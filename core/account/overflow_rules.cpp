#include <algorithm>
#include <set>

#include "core/account/checks.hpp"
#include "core/account/draft.hpp"
#include "core/base/limits.hpp"
#include "core/queue/admission.hpp"

namespace rf::core {

namespace {

const Overflow* rule_for(const QueueConfig& config, OverflowWhen when, const std::string& key) {
  for (const Overflow& rule : config.overflow)
    if (rule.when == when && (when != OverflowWhen::key || rule.key == key)) return &rule;
  return nullptr;
}

std::string place_key(QueueId queue, const std::string& caller) { return queue.text() + " " + caller; }

/// Whether the queue's own rule for want of agents would send the call away as soon as it is there.
bool leaves_at_once(const Draft& draft, const Call& call, const Queue& queue) {
  const QueueConfig& config = queue.config;
  return queue.empty_since_ts != 0 && leaves_when(config) != 0 && !call.callback &&
         draft.now.ts >= queue.empty_since_ts + config.no_agent_ms &&
         draft.now.ts >= call.arrived_ts + config.no_agent_grace_ms;
}

/// Whether a call that moves there stays, or leaves the queues: queues that nobody serves may send their calls to each other.
bool ends_somewhere(const Draft& draft, const Call& call, QueueId id) {
  std::set<QueueId> seen{call.queue};
  while (seen.insert(id).second) {
    const Queue* queue = find_queue(draft.account, id);
    if (queue == nullptr || !leaves_at_once(draft, call, *queue)) return true;
    const Overflow* rule = rule_for(queue->config, OverflowWhen::no_agent, {});
    if (rule == nullptr || rule->to != OverflowTo::queue) return true;
    id = rule->queue;
  }
  return false;
}

/// Whether the target exists and takes the call now.
bool takes(const Draft& draft, const Call& call, QueueId id) {
  const Queue* queue = find_queue(draft.account, id);
  return queue != nullptr && !queue->removed && id != call.queue &&
         !barred(draft.account, *queue, draft.now, Counted::no) && ends_somewhere(draft, call, id);
}

bool to_queue(Draft& draft, const Call& call, QueueId id) {
  if (!takes(draft, call, id)) return false;
  const Ms max_wait_ms = config_of(draft.account, id).max_wait_ms;
  move_call(draft, call, id, max_wait_ms > 0 ? draft.now.ts + max_wait_ms : never_ms);
  return true;
}

bool to_agent(Draft& draft, const Call& call, AgentId id) {
  const Agent* agent = find_agent(draft.account, id);
  if (agent == nullptr || agent->removed || agent->config.role == Role::admin) return false;
  fact::CallMoved f{call.id, {}, {}, id, 0};
  f.max_wait_until_ts = direct_max_wait_until_ts(draft.account.settings, draft.now.ts);
  draft.add(std::move(f));
  return true;
}

bool to_address(Draft& draft, const Call& call, const std::string& text, OverflowWhen when) {
  const bool api = call.arrival.edge == api_edge;
  const std::string address = api ? text : address_of(draft.account, text);
  if (address.empty()) return false;
  draft.add(fact::CallForwarded{call.id, address, when});
  // A foreign switch forwards its call itself.
  if (api) end_call(draft, call, EndCause::ordered, Outcome::overflow, Legs::gone);
  return true;
}

bool to_callback(Draft& draft, const Call& call, const std::string& number, OverflowWhen when) {
  if (call.callback || number.empty()) return false;
  const std::string uri = call.arrival.edge == api_edge ? number : address_of(draft.account, number);
  if (uri.empty()) return false;
  draft.add(fact::CallbackSet{call.id, number, uri, when});
  return true;
}

bool carry_out(Draft& draft, const Call& call, const Overflow& rule) {
  switch (rule.to) {
    case OverflowTo::hang_up: return false;
    case OverflowTo::queue: return to_queue(draft, call, rule.queue);
    case OverflowTo::agent: return to_agent(draft, call, rule.agent);
    case OverflowTo::address: return to_address(draft, call, rule.address, rule.when);
    case OverflowTo::callback: return to_callback(draft, call, call.arrival.caller, rule.when);
  }
  return false;
}

/// The call, which waits; null after a refusal.
const Call* waiting_call(Draft& draft, CallId id, std::string_view to) {
  const Call* call = find_call(draft.account, id);
  if (call == nullptr || call->state == CallState::ended) {
    draft.refuse(Code::not_found, "there is no live call " + id.text() + ": it may have ended already");
    return nullptr;
  }
  if (call->state == CallState::waiting) return call;
  draft.refuse(Code::failed_precondition,
               "call " + id.text() + " -> " + std::string(to) + " is not possible: it does not wait any more");
  return nullptr;
}

}  // namespace

Ms direct_max_wait_until_ts(const Settings& settings, Ms ts) {
  return settings.direct_max_wait_ms == 0 ? never_ms : ts + settings.direct_max_wait_ms;
}

bool withdraw_for(Draft& draft, const Call& call) {
  bool rings = false;
  for (ReservationId id : call.offers) {
    const Reservation& r = *find_reservation(draft.account, id);
    rings = rings || is_open(r.phase);
    if (r.phase == Phase::offered) withdraw(draft, r);
  }
  return rings;
}

void leave(Draft& draft, const Call& call, const Overflow& rule) {
  if (carry_out(draft, call, rule)) return;
  hang_up(draft, call, rule.when == OverflowWhen::max_wait ? Outcome::timeout : Outcome::overflow, rule.when);
}

void leave(Draft& draft, const Call& call, OverflowWhen when) {
  const Queue* queue = find_queue(draft.account, call.queue);
  const Overflow* rule = queue == nullptr ? nullptr : rule_for(queue->config, when, {});
  Overflow plain;
  plain.when = when;
  leave(draft, call, rule == nullptr ? plain : *rule);
}

bool has_overflow(const Queue& queue, OverflowWhen when) { return rule_for(queue.config, when, {}) != nullptr; }

void decide_rule(Draft& draft, const command::Admit& c) {
  const Call* call = find_call(draft.account, c.call);
  if (call == nullptr || call->state != CallState::waiting) return;
  const auto number = draft.account.numbers.find(call->arrival.number);
  const Zone* zone = draft.now.zone(draft.account.settings.time_zone);
  if (call->arrival.edge != api_edge && number != draft.account.numbers.end() && zone != nullptr &&
      !is_open(number->second.hours, *zone, draft.now.ts)) {
    Overflow closed = number->second.closed;
    closed.when = OverflowWhen::closed;
    return leave(draft, *call, closed);
  }
  const Queue* queue = find_queue(draft.account, call->queue);
  if (queue == nullptr || call->arrival.agent.set()) return;
  if (const auto when = barred(draft.account, *queue, draft.now, Counted::yes)) leave(draft, *call, *when);
}

void decide_rule(Draft& draft, const command::PressKey& c) {
  const Call* call = waiting_call(draft, c.call, "exit by key");
  if (call == nullptr) return;
  draft.decision.reply.id = c.call.value;
  // Whoever presses twice would lose the callback to the second key.
  if (call->callback)
    return draft.refuse(Code::failed_precondition,
                        "call " + c.call.text() +
                            " is called back: its caller leaves by no key; complete it to call it off");
  const Queue* queue = find_queue(draft.account, call->queue);
  const Overflow* rule = queue == nullptr ? nullptr : rule_for(queue->config, OverflowWhen::key, c.key);
  if (rule == nullptr)
    return draft.refuse(Code::failed_precondition, "the key \"" + c.key + "\" does nothing in this queue");
  if (withdraw_for(draft, *call)) {
    if (!call->exits || call->exit != *rule) draft.add(fact::ExitWanted{c.call, *rule});
    return;
  }
  leave(draft, *call, *rule);
}

void decide_rule(Draft& draft, const command::RequestCallback& c) {
  const Call* call = waiting_call(draft, c.call, "callback");
  if (call == nullptr || !fits(draft, "number", c.number, false)) return;
  draft.decision.reply.id = c.call.value;
  const std::string number = c.number.empty() ? call->arrival.caller : c.number;
  if (number.empty())
    return draft.refuse(Code::invalid_argument, "the caller's number is not known: name the number to call back");
  if (call->callback)
    return draft.refuse(Code::failed_precondition, "call " + c.call.text() + " is called back already: nothing to do");
  if (open_offers(draft.account, *call) > 0)
    return draft.refuse(Code::failed_precondition,
                        "call " + c.call.text() + " is being offered to an agent: wait for the outcome");
  if (!to_callback(draft, *call, number, OverflowWhen::key))
    draft.refuse(Code::failed_precondition, "the account has no trunk for calls to " + number + ": add one");
}

void exit_due(Draft& draft, CallId id) {
  const Call* call = find_call(draft.account, id);
  if (call == nullptr || call->state != CallState::waiting || !call->exits || open_offers(draft.account, *call) > 0)
    return;
  if (call->callback) return end_call(draft, *call, EndCause::caller_hangup, Outcome::abandoned, Legs::gone);
  leave(draft, *call, call->exit);
}

void no_agent_due(Draft& draft, QueueId id) {
  const auto arrivals = draft.account.index.arrivals.find(id);
  if (arrivals == draft.account.index.arrivals.end()) return;
  leave(draft, *find_call(draft.account, arrivals->second.begin()->second), OverflowWhen::no_agent);
}

void decide_rule(Draft& draft, const command::CheckEmpty& c) {
  const Queue* queue = find_queue(draft.account, c.queue);
  if (queue == nullptr || queue->removed) return;
  const std::uint32_t when = leaves_when(queue->config);
  const bool empty = when != 0 && is_empty(draft.account, *queue, when);
  if (empty != (queue->empty_since_ts != 0)) draft.add(fact::QueueEmpty{c.queue, empty});
}

void keep_place(Draft& draft, const Call& call) {
  const Queue* queue = find_queue(draft.account, call.queue);
  if (queue == nullptr || !queue->config.abandoned_resume || call.arrival.caller.empty()) return;
  const Account& account = draft.account;
  fact::PlaceKept f{
      place_key(call.queue, call.arrival.caller), call.arrived_ts, draft.now.ts + queue->config.abandoned_keep_ms, {}};
  if (account.places.count(f.key) == 0)
    f.forgotten =
        draft.oldest_of_full<fact::PlaceKept>(account.places, account.index.places_by_age, limits::kept_places_max);
  draft.add(std::move(f));
}

void take_place(Draft& draft, fact::CallArrived& arrival) {
  if (arrival.caller.empty() || !arrival.queue.set()) return;
  const auto kept = draft.account.places.find(place_key(arrival.queue, arrival.caller));
  if (kept == draft.account.places.end()) return;
  if (kept->second.until_ts > draft.now.ts) arrival.place_ts = kept->second.place_ts;
  draft.add(fact::PlaceKept{kept->first, 0, 0, {}});
}

void look_for_capacity(Draft& draft, QueueId id) {
  const Queue* queue = find_queue(draft.account, id);
  if (queue != nullptr && queue->config.talking_max != 0) look_again(draft, id);
}

void note_pace(Draft& draft, QueueId id, Ms handle_ms) {
  const Queue* queue = find_queue(draft.account, id);
  if (queue == nullptr || (queue->config.long_wait_ms == 0 && !queue->config.announce_wait)) return;
  const Ms before_ms = queue->handle_ms;
  draft.add(fact::PaceSet{id, before_ms == 0 ? handle_ms : (3 * before_ms + handle_ms) / 4});
}

}  // namespace rf::core
