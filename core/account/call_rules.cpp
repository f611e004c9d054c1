#include <algorithm>

#include "core/account/draft.hpp"
#include "core/base/plant.hpp"
#include "core/queue/eligible.hpp"

namespace rf::core {

namespace {

const Membership* membership_of(const Agent& agent, QueueId queue) {
  for (const Membership& m : agent.memberships)
    if (m.queue == queue) return &m;
  return nullptr;
}

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

}  // namespace

void decide_rule(Draft& draft, const command::Enqueue& c) {
  const Queue* queue = find_queue(draft.account, c.queue);
  if (queue == nullptr || queue->removed)
    return draft.refuse(Code::not_found, "there is no queue " + c.queue.text() + ": create it or name another");
  if (!c.call.set()) return draft.refuse(Code::invalid_argument, "the call needs an id: cl_ and a ULID");
  if (find_call(draft.account, c.call) != nullptr)
    return draft.refuse(Code::already_exists, "call " + c.call.text() + " exists already: choose a new id");
  fact::CallArrived f;
  f.call = c.call;
  f.queue = c.queue;
  f.edge = api_edge;
  f.number = c.number;
  f.caller = c.caller;
  f.caller_name = c.caller_name;
  f.priority = c.priority;
  if (queue->config.max_wait_ms > 0) f.max_wait_until_ts = draft.now.ts + queue->config.max_wait_ms;
  draft.add(std::move(f));
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
  if (call->arrival.edge == api_edge)
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
  if (alone && draft.now.ts >= call->arrival.max_wait_until_ts) return hang_up(draft, *call, Outcome::timeout);
  const Queue* queue = find_queue(draft.account, call->queue);
  if (!queue->removed || !alone) return;
  if (queue->drain_to.set())
    draft.add(fact::CallMoved{call->id, queue->drain_to});
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
    const Membership* membership = agent == nullptr ? nullptr : membership_of(*agent, call->queue);
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
