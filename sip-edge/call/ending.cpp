#include <algorithm>

#include "core/base/assert.hpp"
#include "core/base/plant.hpp"
#include "sip-edge/call/machine.hpp"

namespace rf::edge {

using link::CloseCause;
using link::EndCause;
using namespace output;

void EdgeMachine::on(const input::LegRinging& in) {
  if (const auto call = outside_of(in.leg)) return outside_rings(*call);
  Offer* offer = offers_.find_by_leg(in.leg);
  if (!offer || offer->state != OfferState::ringing) return;
  find_leg(*offer, in.leg)->rang = true;
  let_hear_ringing(offer->call);
}

void EdgeMachine::let_hear_ringing(CallId id) {
  Call& call = *find_call(id);
  if (call.heard == Heard::ringing || call.place) return;
  call.heard = Heard::ringing;
  put(RingCaller{id});
}

void EdgeMachine::on(const input::LegAnswered& in) {
  if (const auto call = outside_of(in.leg)) return outside_answered(*call);
  Offer* offer = offers_.find_by_leg(in.leg);
  if (!offer) {
    // Given up, and answered after all: the phone must not stay in a call with nobody.
    ++counters_.late_answers;
    put(ByeLeg{in.leg});
    return;
  }
  Leg& leg = *find_leg(*offer, in.leg);
  if (leg.state == LegState::ringing) return win(*offer, leg);
  if (leg.state != LegState::cancelled) return;
  ++counters_.late_answers;
  put(ByeLeg{in.leg});
  end_leg(leg, LegState::hung_up, now_);
  offers_.rearm(*offer);
}

void EdgeMachine::on(const input::LegFailed& in) { leg_final(in.leg, in.sip_status, EndCause::failed); }
void EdgeMachine::on(const input::LegHungUp& in) { leg_final(in.leg, 480, EndCause::agent_hangup); }
void EdgeMachine::on(const input::LegGone& in) { leg_final(in.leg, 0, EndCause::failed); }

void EdgeMachine::win(Offer& offer, Leg& leg) {
  Call& call = *find_call(offer.call);
  RF_ASSERT(!call.answered_by.set());
  call.answered_by = offer.reservation;
  call.agent = offer.agent;
  leg.state = LegState::answered;
  offer.state = OfferState::answered;
  if (call.place)
    place(offer.call, leg.id);
  else
    put(AnswerCaller{offer.call, leg.id});
  say(offer.account, link::Answered{offer.reservation, leg.binding});
  for (Leg& other : offer.legs) {
    if (other.state != LegState::ringing) continue;
    put(CancelLeg{other.id});
    end_leg(other, LegState::cancelled, now_);
  }
  offers_.rearm(offer);
  release_others(offer.call, offer.reservation);
}

void EdgeMachine::leg_final(LegId id, int sip_status, EndCause if_answered) {
  if (const auto call = outside_of(id)) return outside_final(*call, sip_status, if_answered);
  Offer* offer = offers_.find_by_leg(id);
  if (!offer) return;
  const Leg leg = *find_leg(*offer, id);
  offers_.drop_leg(*offer, id);
  switch (leg.state) {
    case LegState::ringing: {
      const CloseCause cause = cause_of(leg, sip_status);
      offer->cause = offer->cause ? telling(*offer->cause, cause) : cause;
      // The other bindings of the agent ring on.
      if (offer->legs.empty()) close(*offer, *offer->cause);
      return;
    }
    case LegState::answered: return end_call(offer->call, if_answered, CallerLeg::up, 480);
    case LegState::cancelled:
    case LegState::hung_up: return settle(*offer);
  }
}

void EdgeMachine::expire_offer(Offer& offer) {
  if (offer.state == OfferState::ringing) {
    const bool rang = std::any_of(offer.legs.begin(), offer.legs.end(), [](const Leg& leg) { return leg.rang; });
    if (rang) return close(offer, CloseCause::no_answer);
    // A phone of which nothing was heard in all that time is not there.
    return close(offer, offer.cause ? telling(*offer.cause, CloseCause::unreachable) : CloseCause::unreachable);
  }
  const std::vector<Leg> legs = offer.legs;
  for (const Leg& leg : legs)
    if (leg.gone_by_edge_ms <= now_) offers_.drop_leg(offer, leg.id);
  const bool unconfirmed = offer.state == OfferState::answered && !offer.confirmed;
  if (unconfirmed && offer.confirm_until_edge_ms <= now_ && !RF_PLANT(confirm_rule_off)) {
    ++counters_.calls_unconfirmed;
    return end_call(offer.call, EndCause::unconfirmed, CallerLeg::up, 480);
  }
  settle(offer);
}

void EdgeMachine::close(Offer& offer, CloseCause cause) {
  say(offer.account, link::OfferClosed{offer.reservation, cause});
  release(offer);
}

/// The offer cannot win any more or is over: its legs are cancelled or hung up, and LegGone follows the last of them.
/// The offer may be gone on return.
void EdgeMachine::release(Offer& offer) {
  offer.state = OfferState::ending;
  for (Leg& leg : offer.legs) {
    if (leg.state == LegState::ringing) {
      put(CancelLeg{leg.id});
      end_leg(leg, LegState::cancelled, now_);
    } else if (leg.state == LegState::answered) {
      put(ByeLeg{leg.id});
      end_leg(leg, LegState::hung_up, now_);
    }
  }
  if (RF_PLANT(no_linger))
    while (!offer.legs.empty()) offers_.drop_leg(offer, offer.legs.front().id);
  settle(offer);
}

void EdgeMachine::release_others(CallId call, ReservationId keep) {
  const std::vector<ReservationId> all = find_call(call)->offers;
  for (const ReservationId& id : all) {
    Offer* offer = offers_.find(id);
    if (offer && id != keep && offer->state == OfferState::ringing) release(*offer);
  }
}

void EdgeMachine::settle(Offer& offer) {
  if (offer.state != OfferState::ending || !offer.legs.empty()) return offers_.rearm(offer);
  const ReservationId id = offer.reservation;
  say(offer.account, link::LegGone{id});
  tombstones_.add(id, offer.ring_until_edge_ms);
  account_of(offer.account).offers.erase(id);
  const CallId call_id = offer.call;
  if (Call* call = find_call(call_id)) std::erase(call->offers, id);
  offers_.remove(id);
  forget_unrung(call_id);
}

void EdgeMachine::end_call(CallId id, EndCause cause, CallerLeg caller, int sip_status) {
  auto it = calls_.find(id);
  if (it == calls_.end()) return;
  const Call call = std::move(it->second);
  calls_.erase(it);
  Account& account = account_of(call.account);
  if (account.calls.erase(id) != 0) {
    account.ended[id] = call.place.has_value();
    say(call.account, link::CallEnded{id, cause});
  }
  if (caller == CallerLeg::up && !call.place) put(HangupCaller{id, sip_status});
  if (call.outside) {
    forget_outside(id, *call.outside);
    if (call.outside->until_edge_ms == never_ms)
      put(ByeLeg{call.outside->leg});
    else
      put(CancelLeg{call.outside->leg});
  }
  for (const ReservationId& reservation : call.offers) {
    Offer* offer = offers_.find(reservation);
    if (offer && offer->state != OfferState::ending) release(*offer);
  }
}

}  // namespace rf::edge
