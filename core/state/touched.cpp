#include "core/state/touched.hpp"

namespace rf::core {

namespace {

struct Visitor {
  const Account& account;

  Touched agent(AgentId id) const {
    Touched t;
    t.agent = id;
    return t;
  }
  Touched call(CallId id) const {
    Touched t;
    t.call = id;
    return t;
  }
  Touched edge(const EdgeName& name) const {
    Touched t;
    t.edge = name;
    return t;
  }
  Touched own() const {
    Touched t;
    t.account = true;
    return t;
  }
  Touched queue(QueueId id) const {
    Touched t;
    t.queue = id;
    return t;
  }
  Touched reservation(ReservationId id) const {
    Touched t;
    t.reservation = id;
    if (const Reservation* r = find_reservation(account, id)) {
      t.agent = r->offer.agent;
      t.call = r->offer.call;
    }
    return t;
  }

  Touched operator()(const fact::SettingsSet&) const { return own(); }
  Touched operator()(const fact::NumberSet&) const { return own(); }
  Touched operator()(const fact::NumberRemoved&) const { return own(); }
  Touched operator()(const fact::DomainSet&) const { return own(); }
  Touched operator()(const fact::DomainRemoved&) const { return own(); }
  Touched operator()(const fact::TrunkSet&) const { return own(); }
  Touched operator()(const fact::TrunkRemoved&) const { return own(); }
  Touched operator()(const fact::QueueSet& f) const { return queue(f.queue); }
  Touched operator()(const fact::QueueRemoved& f) const { return queue(f.queue); }
  Touched operator()(const fact::QueueSwept& f) const { return queue(f.queue); }
  Touched operator()(const fact::AgentSet& f) const { return agent(f.agent); }
  Touched operator()(const fact::AgentRemoved& f) const { return agent(f.agent); }
  Touched operator()(const fact::CredentialSet& f) const { return agent(f.agent); }
  Touched operator()(const fact::LoggedIn& f) const { return agent(f.agent); }
  Touched operator()(const fact::LoggedOut& f) const { return agent(f.agent); }
  Touched operator()(const fact::StatusSet& f) const { return agent(f.agent); }
  Touched operator()(const fact::MembershipActive& f) const { return agent(f.agent); }
  Touched operator()(const fact::BindingUp& f) const { return agent(f.agent); }
  Touched operator()(const fact::BindingDown& f) const { return agent(f.agent); }
  Touched operator()(const fact::ExternalCallsSet& f) const { return agent(f.agent); }
  Touched operator()(const fact::WrapupEnded& f) const { return agent(f.agent); }
  Touched operator()(const fact::OfferGateOpened& f) const { return agent(f.agent); }
  Touched operator()(const fact::CallArrived& f) const { return call(f.call); }
  Touched operator()(const fact::LookSet& f) const { return call(f.call); }
  Touched operator()(const fact::CallClosing& f) const { return call(f.call); }
  Touched operator()(const fact::CallEnded& f) const {
    Touched t;
    t.call = f.call;
    if (const Call* c = find_call(account, f.call); c != nullptr && c->answered_by.set()) {
      t.reservation = c->answered_by;
      t.agent = c->agent;
    }
    return t;
  }
  Touched operator()(const fact::CallMoved& f) const { return call(f.call); }
  Touched operator()(const fact::CallWidened& f) const { return call(f.call); }
  Touched operator()(const fact::CallReleased& f) const { return call(f.call); }
  Touched operator()(const fact::RingStep& f) const { return call(f.call); }
  Touched operator()(const fact::ExitWanted& f) const { return call(f.call); }
  Touched operator()(const fact::CallForwarded& f) const { return call(f.call); }
  Touched operator()(const fact::CallbackSet& f) const { return call(f.call); }
  Touched operator()(const fact::CallerGone& f) const { return call(f.call); }
  Touched operator()(const fact::QueueEmpty& f) const { return queue(f.queue); }
  Touched operator()(const fact::PaceSet& f) const { return queue(f.queue); }
  Touched operator()(const fact::DayBegan&) const { return own(); }
  Touched operator()(const fact::LogoffSwept&) const { return own(); }
  Touched operator()(const fact::NextStatusSet& f) const { return agent(f.agent); }
  Touched operator()(const fact::MembershipPaused& f) const { return agent(f.agent); }
  Touched operator()(const fact::BreakOverran& f) const { return agent(f.agent); }
  Touched operator()(const fact::AgentStale& f) const { return agent(f.agent); }
  Touched operator()(const fact::AgentReset& f) const { return agent(f.agent); }
  Touched operator()(const fact::ShiftsSet& f) const { return agent(f.agent); }
  Touched operator()(const fact::ActivityBegan& f) const { return agent(f.agent); }
  Touched operator()(const fact::WrapupExtended& f) const { return agent(f.agent); }
  Touched operator()(const fact::DispositionSet& f) const {
    Touched t;
    t.agent = f.agent;
    t.disposition = f.call;
    t.disposition_forgotten = f.forgotten;
    return t;
  }
  Touched operator()(const fact::PlaceKept& f) const {
    Touched t;
    t.place = f.key;
    t.place_forgotten = f.forgotten;
    return t;
  }
  Touched operator()(const fact::StickySet& f) const {
    Touched t;
    t.sticky = f.key;
    t.sticky_forgotten = f.forgotten;
    return t;
  }
  Touched operator()(const fact::Offered& f) const {
    Touched t;
    t.reservation = f.reservation;
    t.agent = f.agent;
    t.call = f.call;
    return t;
  }
  Touched operator()(const fact::CallAdopted& f) const {
    Touched t;
    t.call = f.arrival.call;
    if (f.offer.reservation.set()) {
      t.reservation = f.offer.reservation;
      t.agent = f.offer.agent;
    }
    return t;
  }
  Touched operator()(const fact::OfferClosing& f) const { return reservation(f.reservation); }
  Touched operator()(const fact::OfferClosed& f) const { return reservation(f.reservation); }
  Touched operator()(const fact::Answered& f) const { return reservation(f.reservation); }
  Touched operator()(const fact::LegGone& f) const { return reservation(f.reservation); }
  Touched operator()(const fact::LeaseSet& f) const { return reservation(f.reservation); }
  Touched operator()(const fact::EdgeSeen& f) const { return edge(f.edge); }
  Touched operator()(const fact::EdgeSnapshot& f) const { return edge(f.edge); }
  Touched operator()(const fact::EdgeSilent& f) const { return edge(f.edge); }
  Touched operator()(const fact::EdgeBack& f) const { return edge(f.edge); }
  Touched operator()(const fact::EdgeLost& f) const { return edge(f.edge); }
  Touched operator()(const fact::EdgeSwept& f) const { return edge(f.edge); }
};

}  // namespace

Touched touched(const fact::Body& body, const Account& account) { return std::visit(Visitor{account}, body); }

}  // namespace rf::core
