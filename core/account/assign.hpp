#pragma once
#include <algorithm>
#include <vector>

#include "core/base/assert.hpp"
#include "core/event/fact.hpp"
#include "core/state/entities.hpp"
#include "core/state/index.hpp"

namespace rf::core {

/// What each kind of fact assigns: one overload a kind, each takes its rows out of the index, changes them, puts them
/// back. Reads nothing but the rows and the fact (R7). Private to apply.
struct Assign {
  Account& account;
  const Fact& fact;

  // Configuration, the account's day, queues (assign_config.cpp)
  void operator()(const fact::SettingsSet& f) const;
  void operator()(const fact::DayBegan& f) const;
  void operator()(const fact::LogoffSwept& f) const;
  void operator()(const fact::NumberSet& f) const;
  void operator()(const fact::NumberRemoved& f) const;
  void operator()(const fact::DomainSet& f) const;
  void operator()(const fact::DomainRemoved& f) const;
  void operator()(const fact::TrunkSet& f) const;
  void operator()(const fact::TrunkRemoved& f) const;
  void operator()(const fact::QueueSet& f) const;
  void operator()(const fact::QueueRemoved& f) const;
  void operator()(const fact::QueueSwept& f) const;
  void operator()(const fact::QueueEmpty& f) const;
  void operator()(const fact::PaceSet& f) const;
  void operator()(const fact::AgentSet& f) const;
  void operator()(const fact::AgentRemoved& f) const;
  void operator()(const fact::CredentialSet& f) const;

  // Agents (assign_agent.cpp)
  void operator()(const fact::LoggedIn& f) const;
  void operator()(const fact::LoggedOut& f) const;
  void operator()(const fact::StatusSet& f) const;
  void operator()(const fact::NextStatusSet& f) const;
  void operator()(const fact::MembershipActive& f) const;
  void operator()(const fact::MembershipPaused& f) const;
  void operator()(const fact::BreakOverran& f) const;
  void operator()(const fact::AgentStale& f) const;
  void operator()(const fact::AgentReset& f) const;
  void operator()(const fact::ShiftsSet& f) const;
  void operator()(const fact::ActivityBegan& f) const;
  void operator()(const fact::BindingUp& f) const;
  void operator()(const fact::BindingDown& f) const;
  void operator()(const fact::ExternalCallsSet& f) const;
  void operator()(const fact::WrapupEnded& f) const;
  void operator()(const fact::WrapupExtended& f) const;
  void operator()(const fact::DispositionSet& f) const;
  void operator()(const fact::OfferGateOpened& f) const;

  // Calls, offers and what is remembered of them (assign_call.cpp)
  void operator()(const fact::CallArrived& f) const;
  void operator()(const fact::LookSet& f) const;
  void operator()(const fact::CallMoved& f) const;
  void operator()(const fact::CallWidened& f) const;
  void operator()(const fact::CallReleased& f) const;
  void operator()(const fact::RingStep& f) const;
  void operator()(const fact::ExitWanted& f) const;
  void operator()(const fact::CallForwarded& f) const;
  void operator()(const fact::CallbackSet& f) const;
  void operator()(const fact::CallerGone& f) const;
  void operator()(const fact::StickySet& f) const;
  void operator()(const fact::PlaceKept& f) const;
  void operator()(const fact::CallClosing& f) const;
  void operator()(const fact::CallEnded& f) const;
  void operator()(const fact::Offered& f) const;
  void operator()(const fact::OfferClosing& f) const;
  void operator()(const fact::OfferClosed& f) const;
  void operator()(const fact::Answered& f) const;
  void operator()(const fact::LegGone& f) const;
  void operator()(const fact::LeaseSet& f) const;
  void operator()(const fact::CallAdopted& f) const;

  // Edges (assign_edge.cpp)
  void operator()(const fact::EdgeSeen& f) const;
  void operator()(const fact::EdgeSnapshot& f) const;
  void operator()(const fact::EdgeSilent& f) const;
  void operator()(const fact::EdgeBack& f) const;
  void operator()(const fact::EdgeLost& f) const;
  void operator()(const fact::EdgeSwept& f) const;

 private:
  /// Nothing is left of what hung on the status before.
  static void at_ease(Agent& a);
  Call new_call(const fact::CallArrived& f) const;
  /// Counters of another day are gone.
  void today(Agent& a) const;
  void reserve(const fact::Offered& f, Phase phase) const;
  void sweep(const EdgeName& name, EdgeHealth health, Edge::Sweep kind) const;

  /// A committed batch names only rows that exist: anything else is corruption found too late.
  template <class Map, class Key>
  static typename Map::mapped_type& row(Map& map, const Key& key) {
    const auto it = map.find(key);
    RF_ASSERT(it != map.end());
    return it->second;
  }

  template <class Change>
  void agent(AgentId id, Change change) const {
    Agent& a = row(account.agents, id);
    unindex(account, a);
    change(a);
    index(account, a);
  }

  /// What decides whether the agent is present in its queues' tiers.
  template <class Change>
  void presence(AgentId id, Change change) const {
    Agent& a = row(account.agents, id);
    unindex(account, a);
    unindex_presence(account, a);
    change(a);
    index_presence(account, a);
    index(account, a);
  }

  template <class Change>
  void bindings(AgentId id, Change change) const {
    Agent& a = row(account.agents, id);
    unindex_bindings(account, a);
    change(a);
    index_bindings(account, a);
  }

  static void erase_binding(Agent& a, BindingId id) {
    a.bindings.erase(std::remove_if(a.bindings.begin(), a.bindings.end(), [&](const Binding& b) { return b.id == id; }),
                     a.bindings.end());
  }

  template <class Change>
  void call(CallId id, Change change) const {
    Call& c = row(account.calls, id);
    unindex(account, c);
    change(c);
    index(account, c);
  }

  /// The reservation with its call and agent, which are indexed by what their reservations are.
  template <class Change>
  void reservation(ReservationId id, Change change) const {
    Reservation& r = row(account.reservations, id);
    Call& c = row(account.calls, r.offer.call);
    Agent& a = row(account.agents, r.offer.agent);
    unindex(account, c);
    unindex(account, r);
    unindex(account, a);
    change(r, c, a);
    index(account, a);
    index(account, r);
    index(account, c);
  }

  template <class Change>
  void edge(const EdgeName& name, Change change) const {
    Edge& e = account.edges[name];
    unindex(account, e);
    e.name = name;
    change(e);
    index(account, e);
  }

  template <class Change>
  void queue(QueueId id, Change change) const {
    Queue& q = account.queues[id];
    unindex(account, q);
    q.id = id;
    change(q);
    index(account, q);
  }

  template <class Change>
  void own(Change change) const {
    unindex_own(account);
    change();
    index_own(account);
  }

  template <class Table, class Key>
  void forget(Table& table, const Key& key) const {
    const auto it = table.find(key);
    if (it == table.end()) return;
    unindex(account, it->second);
    table.erase(it);
  }
};

}  // namespace rf::core
