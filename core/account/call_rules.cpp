#include <algorithm>

#include "core/account/checks.hpp"
#include "core/account/draft.hpp"
#include "core/base/limits.hpp"
#include "core/base/plant.hpp"
#include "core/queue/admission.hpp"
#include "core/queue/eligible.hpp"

namespace rf::core {

namespace {

/// The open API offer that a foreign switch may act on; refuses otherwise.
const Reservation* api_offer(Draft& draft, ReservationId id, const char* to) {
  const Reservation* r = find_reservation(draft.account, id);
  if (r == nullptr) {
    draft.refuse(Code::not_found, "there is no reservation " + id.text() + ": it may have ended already");
    return nullptr;
  }
  if (r->offer.edge != api_edge) {
    draft.refuse(Code::failed_precondition, "reservation " + id.text() + " rings a phone at edge " + r->offer.edge +
                                                ": its phone answers it, not the API");
    return nullptr;
  }
  if (r->phase != Phase::offered) {
    const bool accepted = r->phase == Phase::answered;
    draft.refuse(Code::failed_precondition, "reservation " + id.text() + ": " + (accepted ? "accepted" : "closed") +
                                                " -> " + to + " is not possible: " +
                                                (accepted ? "it was accepted already; complete the call to end it"
                                                          : "the offer is over; wait for the next one"));
    return nullptr;
  }
  return r;
}

/// The queue or agent that the call is for; false after a refusal.
bool valid_target(Draft& draft, const command::Enqueue& c) {
  if (c.agent.set() && live_agent(draft, c.agent) == nullptr) return false;
  const bool asks_queue = c.queue.set() || !c.agent.set();
  const Queue* queue = asks_queue ? live_queue(draft, c.queue) : nullptr;
  if (asks_queue && queue == nullptr) return false;
  if (draft.account.calls.size() >= limits::calls_max) {
    draft.refuse(Code::overloaded, "the account has " + std::to_string(limits::calls_max) +
                                       " calls, which is its limit: let some end first");
    return false;
  }
  if (queue != nullptr && c.agent.set()) return in_queue(draft, c.agent, c.queue);
  if (queue == nullptr) return true;
  const auto when = barred(draft.account, *queue, draft.now, Counted::no);
  if (!when || has_overflow(*queue, *when)) return true;
  const std::string name = "the queue \"" + queue->config.key + "\" ";
  switch (*when) {
    case OverflowWhen::full:
      draft.refuse(Code::overloaded, name + "is full: " + std::to_string(queue->config.len_max) + " calls wait");
      break;
    case OverflowWhen::closed: draft.refuse(Code::failed_precondition, name + "is closed now: see its hours"); break;
    case OverflowWhen::join_empty:
      draft.refuse(Code::failed_precondition, name + "is served by nobody now (join_empty)");
      break;
    default: draft.refuse(Code::overloaded, name + "has too long an expected wait (long_wait_ms)"); break;
  }
  return false;
}

bool valid_attributes(Draft& draft, const std::vector<Attribute>& attributes) {
  if (!not_too_many(draft, "attributes", attributes.size(), limits::attributes_max)) return false;
  for (const Attribute& attribute : attributes)
    if (!fits(draft, "an attribute's name", attribute.name, true) ||
        !fits(draft, "an attribute's value", attribute.value, false))
      return false;
  return true;
}

}  // namespace

void decide_rule(Draft& draft, const command::Enqueue& c) {
  if (!c.call.set()) return draft.refuse(Code::invalid_argument, "the call needs an id: cl_ and a ULID");
  if (find_call(draft.account, c.call) != nullptr)
    return draft.refuse(Code::already_exists, "call " + c.call.text() + " exists already: choose a new id");
  if (!valid_skills(draft, "required", c.required) || !valid_skills(draft, "preferred", c.preferred) ||
      !in_range(draft, "score_ms", c.score_ms, 0, limits::score_ms_max) || !valid_attributes(draft, c.attributes) ||
      (c.wrapup_ms && !in_range(draft, "wrapup_ms", *c.wrapup_ms, 0, limits::score_ms_max)) || !valid_target(draft, c))
    return;
  fact::CallArrived f;
  f.call = c.call;
  f.queue = c.queue;
  f.edge = api_edge;
  f.number = c.number;
  f.caller = c.caller;
  f.caller_name = c.caller_name;
  f.priority = c.priority;
  f.customer = c.customer;
  f.score_ms = c.score_ms;
  f.required = c.required;
  f.preferred = c.preferred;
  f.agent = c.agent;
  f.attributes = c.attributes;
  f.wrapup_ms = c.wrapup_ms;
  arrive(draft, std::move(f), draft.now.ts);
  draft.decision.reply.id = c.call.value;
}

void decide_rule(Draft& draft, const command::AcceptOffer& c) {
  if (const Reservation* r = api_offer(draft, c.reservation, "accepted")) {
    answer(draft, *r, BindingId());
    draft.decision.reply.id = r->offer.call.value;
  }
}

void decide_rule(Draft& draft, const command::RejectOffer& c) {
  if (c.cause != CloseCause::rejected && c.cause != CloseCause::busy && c.cause != CloseCause::no_answer &&
      c.cause != CloseCause::unreachable)
    return draft.refuse(Code::invalid_argument, "the cause must be rejected, busy, no_answer or unreachable");
  if (const Reservation* r = api_offer(draft, c.reservation, "rejected")) {
    close_offer(draft, *r, c.cause);
    draft.decision.reply.id = r->offer.call.value;
  }
}

void decide_rule(Draft& draft, const command::CompleteCall& c) {
  const Call* call = find_call(draft.account, c.call);
  if (call == nullptr || call->state == CallState::ended)
    return draft.refuse(Code::not_found, "there is no live call " + c.call.text() + ": it may have ended already");
  draft.decision.reply.id = c.call.value;
  const bool answered = call->state == CallState::answered;
  // A callback has no caller who could give up: whoever asked for it calls it off here.
  const bool called_off = call->callback && call->state == CallState::waiting;
  if (called_off && withdraw_for(draft, *call)) {
    if (call->exits) return;
    Overflow ends;
    ends.when = OverflowWhen::key;
    draft.add(fact::ExitWanted{c.call, ends});
    return;
  }
  if (call->arrival.edge == api_edge || called_off)
    return end_call(draft, *call, answered ? EndCause::agent_hangup : EndCause::caller_hangup,
                    answered ? Outcome::answered : Outcome::abandoned, Legs::gone);
  draft.refuse(Code::failed_precondition, "call " + c.call.text() + " has its caller at edge " + call->arrival.edge +
                                              ": it ends there, not by the API");
}

void decide_rule(Draft& draft, const command::SeekCall& c) {
  const Agent* agent = find_agent(draft.account, c.agent);
  if (agent == nullptr) return;
  const CallId id = next_call(draft.account, *agent, draft.now);
  if (id.set()) offer(draft, *find_call(draft.account, id), *agent);
}

void decide_rule(Draft& draft, const command::Look& c) {
  const Call* call = find_call(draft.account, c.call);
  if (call == nullptr || !seeks(draft.account, *call)) return;
  const bool alone = open_offers(draft.account, *call) == 0;
  if (alone && draft.now.ts >= call->arrival.max_wait_until_ts) return leave(draft, *call, OverflowWhen::max_wait);
  const Queue* queue = find_queue(draft.account, call->queue);
  if (queue == nullptr) {
    const Agent* agent = find_agent(draft.account, call->sticky);
    if (agent != nullptr && eligible(draft.account, *call, *agent, draft.now)) offer(draft, *call, *agent);
    return;
  }
  if (!queue->removed || !alone) return;
  if (queue->drain_to.set())
    move_call(draft, *call, queue->drain_to, 0);
  else
    hang_up(draft, *call, Outcome::failed);
}

void decide_rule(Draft& draft, const command::TakeRanked& c) {
  const Call* call = find_call(draft.account, c.ranked.call);
  if (call == nullptr || !seeks(draft.account, *call)) return;
  std::size_t room = offer_width(draft.account, *call) - open_offers(draft.account, *call);
  for (AgentId id : c.ranked.agents) {
    if (room == 0) return;
    const Agent* agent = find_agent(draft.account, id);
    const Membership* membership = agent == nullptr ? nullptr : find_membership(*agent, call->queue);
    const bool fits = membership != nullptr && eligible(draft.account, *call, *membership, *agent, draft.now);
    if (!fits && !RF_PLANT(double_grant)) {
      ++draft.decision.mismatches;
      continue;
    }
    offer(draft, *call, *agent);
    --room;
  }
}

}  // namespace rf::core
