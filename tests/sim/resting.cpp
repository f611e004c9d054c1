#include "tests/sim/resting.hpp"

#include <set>

#include "core/account/orders.hpp"
#include "tests/sim/text.hpp"

namespace rf::sim {

namespace {

template <class Id>
std::string missing(const char* what, const std::set<Id>& ordered, const std::set<Id>& standing) {
  for (const Id& id : ordered)
    if (standing.count(id) == 0) return brief(id) + " should be " + what + " and is not";
  return {};
}

template <class Id>
std::string unequal(const char* what, const std::set<Id>& ordered, const std::set<Id>& standing) {
  if (std::string found = missing(what, ordered, standing); !found.empty()) return found;
  for (const Id& id : standing)
    if (ordered.count(id) == 0) return brief(id) + " is " + what + " and should not be";
  return {};
}

struct Wanted {
  std::set<CallId> held;
  std::set<CallId> hung_up;
  std::set<CallId> forwarded;
  std::set<ReservationId> ringing;
  std::set<ReservationId> bridged;
  std::set<ReservationId> closed;

  void operator()(const link::HoldOrder& o) { held.insert(o.call); }
  void operator()(const link::HangupOrder& o) { hung_up.insert(o.call); }
  void operator()(const link::ForwardOrder& o) { forwarded.insert(o.call); }
  void operator()(const link::BridgeOrder& o) { bridged.insert(o.reservation); }
  void operator()(const link::CloseOrder& o) { closed.insert(o.reservation); }
  void operator()(const link::RingOrder& o) {
    for (const link::RingTarget& target : o.targets) ringing.insert(target.reservation);
  }
};

std::string binding_difference(const core::Account& account, const EdgeName& edge, const std::set<BindingId>& standing,
                               const std::function<bool(BindingId)>& at_home) {
  if (const auto held = account.index.edge_bindings.find(edge); held != account.index.edge_bindings.end())
    for (BindingId id : held->second)
      if (standing.count(id) == 0) return brief(id) + " is bound in the account and not at the edge";
  for (BindingId id : standing) {
    if (account.index.agent_by_binding.count(id) == 0 && at_home(id))
      return brief(id) + " is bound at the edge and not in the account";
  }
  return {};
}

}  // namespace

std::string resting_difference(const core::Account& account, const edge::EdgeMachine& edge,
                               const std::function<bool(BindingId)>& at_home) {
  const core::Edge* known = core::find_edge(account, edge.name());
  if (known == nullptr || known->epoch != edge.epoch() || known->health != core::EdgeHealth::live ||
      known->sweep != core::Edge::Sweep::none)
    return {};
  Wanted wanted;
  for (const link::OrderBody& body : core::orders(account, edge.name()).orders) std::visit(wanted, body);
  const edge::Standing standing = edge.standing(account.id);
  for (const CallId id : wanted.hung_up)
    if (standing.waiting.count(id) > 0) return brief(id) + " should have been hung up";
  if (!standing.unconfirmed.empty()) return brief(*standing.unconfirmed.begin()) + " is answered and not confirmed";
  // An edge that stood still may be cancelling legs of which the leader has freed the agent long ago (R12).
  for (std::string found :
       {unequal("waiting", wanted.held, standing.waiting), missing("forwarded", wanted.forwarded, standing.forwarded),
        unequal("ringing", wanted.ringing, standing.ringing), unequal("in a call", wanted.bridged, standing.confirmed),
        missing("ending", wanted.closed, standing.ending),
        binding_difference(account, edge.name(), standing.bindings, at_home)})
    if (!found.empty()) return found;
  return {};
}

std::string left_over(const core::Account& account) {
  for (const auto& [id, call] : account.calls) return "call " + brief(id) + " is left over";
  for (const auto& [id, reservation] : account.reservations) return "reservation " + brief(id) + " is left over";
  for (const auto& [id, agent] : account.agents) {
    if (!agent.live.empty()) return "agent " + agent.config.key + " is not free";
    if (agent.bucket == core::Bucket::ring || agent.bucket == core::Bucket::incall || agent.wrapup_until_ts != 0)
      return "agent " + agent.config.key + " is still " + std::string(core::name_of(agent.bucket));
  }
  for (const auto& [name, edge] : account.edges)
    if (edge.sweep != core::Edge::Sweep::none) return "the sweep of " + name + " is not over";
  for (const auto& [id, queue] : account.queues)
    if (queue.draining) return "queue " + queue.config.key + " is not drained";
  return {};
}

std::string left_over(const edge::EdgeMachine& edge) {
  const edge::Memory memory = edge.memory();
  const auto left = [&](const char* what, std::size_t n) {
    return n == 0 ? std::string() : edge.name() + " still has " + std::to_string(n) + " " + what;
  };
  for (std::string found :
       {left("calls", memory.calls), left("offers", memory.offers), left("tombstones", memory.tombstones),
        left("ended calls", memory.ended_calls), left("unacknowledged events", memory.events)})
    if (!found.empty()) return found;
  return {};
}

}  // namespace rf::sim
