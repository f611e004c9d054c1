#include "node/report/offer_book.hpp"

namespace rf::node {

namespace fact = core::fact;

OfferBook::OfferBook(const core::Account& account) {
  for (const auto& [id, reservation] : account.reservations)
    holders_[id] = {reservation.offer.agent, reservation.offer.call, reservation.offer.queue};
  for (const auto& [id, call] : account.calls) {
    if (call.answered_by.set()) answered_[id] = call.answered_by;
    note_arrival(call.arrival);
  }
}

void OfferBook::note_arrival(const fact::CallArrived& arrival) {
  arrivals_[arrival.call] = std::make_shared<const fact::CallArrived>(arrival);
}

void OfferBook::forget_call(CallId id) {
  answered_.erase(id);
  arrivals_.erase(id);
}

Concern OfferBook::of(ReservationId id) const {
  Concern concern;
  concern.reservation = id;
  const auto holder = holders_.find(id);
  concern.known = holder != holders_.end();
  if (!concern.known) return concern;
  concern.agent = holder->second.agent;
  concern.call = holder->second.call;
  concern.queue = holder->second.queue;
  return concern;
}

Concern OfferBook::of_call(CallId id) const {
  const auto answered = answered_.find(id);
  Concern concern = answered == answered_.end() ? Concern() : of(answered->second);
  concern.call = id;
  return concern;
}

struct OfferBook::Reading {
  OfferBook& book;

  static Concern with(AgentId agent) {
    Concern concern;
    concern.agent = agent;
    return concern;
  }
  static Concern with(QueueId queue) {
    Concern concern;
    concern.queue = queue;
    return concern;
  }

  Concern operator()(const fact::QueueSet& f) const { return with(f.queue); }
  Concern operator()(const fact::QueueRemoved& f) const { return with(f.queue); }
  Concern operator()(const fact::QueueSwept& f) const { return with(f.queue); }
  Concern operator()(const fact::QueueEmpty& f) const { return with(f.queue); }
  Concern operator()(const fact::PaceSet& f) const { return with(f.queue); }
  Concern operator()(const fact::NumberSet& f) const { return with(f.route.queue); }
  Concern operator()(const fact::AgentSet& f) const { return with(f.agent); }
  Concern operator()(const fact::AgentRemoved& f) const { return with(f.agent); }
  Concern operator()(const fact::CredentialSet& f) const { return with(f.agent); }
  Concern operator()(const fact::LoggedIn& f) const { return with(f.agent); }
  Concern operator()(const fact::LoggedOut& f) const { return with(f.agent); }
  Concern operator()(const fact::StatusSet& f) const { return with(f.agent); }
  Concern operator()(const fact::MembershipActive& f) const {
    Concern concern = with(f.agent);
    concern.queue = f.queue;
    return concern;
  }
  Concern operator()(const fact::MembershipPaused& f) const {
    Concern concern = with(f.agent);
    concern.queue = f.queue;
    return concern;
  }
  Concern operator()(const fact::NextStatusSet& f) const { return with(f.agent); }
  Concern operator()(const fact::BreakOverran& f) const { return with(f.agent); }
  Concern operator()(const fact::AgentStale& f) const { return with(f.agent); }
  Concern operator()(const fact::AgentReset& f) const { return with(f.agent); }
  Concern operator()(const fact::ShiftsSet& f) const { return with(f.agent); }
  Concern operator()(const fact::ActivityBegan& f) const { return with(f.agent); }
  Concern operator()(const fact::WrapupExtended& f) const { return with(f.agent); }
  Concern operator()(const fact::DispositionSet& f) const {
    Concern concern = with(f.agent);
    concern.call = f.call;
    concern.queue = f.queue;
    return concern;
  }
  Concern operator()(const fact::BindingUp& f) const { return with(f.agent); }
  Concern operator()(const fact::BindingDown& f) const { return with(f.agent); }
  Concern operator()(const fact::ExternalCallsSet& f) const {
    Concern concern = with(f.agent);
    concern.queue = f.queue;
    return concern;
  }
  Concern operator()(const fact::WrapupEnded& f) const { return with(f.agent); }
  Concern operator()(const fact::OfferGateOpened& f) const { return with(f.agent); }

  Concern operator()(const fact::CallArrived& f) const {
    book.note_arrival(f);
    Concern concern = with(f.queue);
    concern.call = f.call;
    return concern;
  }
  Concern operator()(const fact::LookSet& f) const { return book.of_call(f.call); }
  Concern operator()(const fact::CallWidened& f) const { return book.of_call(f.call); }
  Concern operator()(const fact::CallReleased& f) const { return book.of_call(f.call); }
  Concern operator()(const fact::RingStep& f) const { return book.of_call(f.call); }
  Concern operator()(const fact::ExitWanted& f) const { return book.of_call(f.call); }
  Concern operator()(const fact::CallForwarded& f) const { return book.of_call(f.call); }
  Concern operator()(const fact::CallbackSet& f) const { return book.of_call(f.call); }
  Concern operator()(const fact::CallerGone& f) const { return book.of_call(f.call); }
  Concern operator()(const fact::CallClosing& f) const { return book.of_call(f.call); }
  Concern operator()(const fact::CallMoved& f) const {
    Concern concern = with(f.queue);
    concern.call = f.call;
    return concern;
  }
  Concern operator()(const fact::CallEnded& f) const {
    const Concern concern = book.of_call(f.call);
    book.forget_call(f.call);
    return concern;
  }
  Concern operator()(const fact::Offered& f) const {
    book.holders_[f.reservation] = {f.agent, f.call, f.queue};
    Concern concern = book.of(f.reservation);
    const auto arrival = book.arrivals_.find(f.call);
    concern.known = arrival != book.arrivals_.end();
    if (concern.known) concern.arrival = arrival->second;
    return concern;
  }
  Concern operator()(const fact::CallAdopted& f) const {
    book.note_arrival(f.arrival);
    if (f.offer.reservation.set()) {
      book.holders_[f.offer.reservation] = {f.offer.agent, f.arrival.call, f.offer.queue};
      book.answered_[f.arrival.call] = f.offer.reservation;
      return book.of(f.offer.reservation);
    }
    return (*this)(f.arrival);
  }
  Concern operator()(const fact::OfferClosing& f) const { return book.of(f.reservation); }
  Concern operator()(const fact::OfferClosed& f) const { return book.of(f.reservation); }
  Concern operator()(const fact::LeaseSet& f) const { return book.of(f.reservation); }
  Concern operator()(const fact::Answered& f) const {
    const Concern concern = book.of(f.reservation);
    if (concern.known) book.answered_[concern.call] = f.reservation;
    return concern;
  }
  Concern operator()(const fact::LegGone& f) const {
    const Concern concern = book.of(f.reservation);
    book.holders_.erase(f.reservation);
    return concern;
  }
  template <class Other>
  Concern operator()(const Other&) const {
    return {};
  }
};

Concern OfferBook::take(const core::Fact& fact) {
  Concern concern = std::visit(Reading{*this}, fact.body);
  if (fact.from != fact.to && !concern.agent.set()) concern.known = false;
  return concern;
}

}  // namespace rf::node
