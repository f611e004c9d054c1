#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/queue/now.hpp"
#include "core/state/account.hpp"

/// Why a call is offered to the one and not to the other: for people, by the same ranking and the same predicate (R30).
namespace rf::core {

/// Why a member is passed over; the first that holds, in this order.
enum class PassedOver : std::uint8_t {
  /// Is offered the call: by this decision, or since before it.
  offered,
  /// Could be offered it; others come first, and no more ring at once.
  comes_later,
  /// Not Ready: `why` is what to mend first (explain_readiness).
  not_ready,
  queue_inactive,
  queue_paused,
  /// After an offer that was not answered.
  left_alone,
  /// The call waits for another agent.
  kept_for_another,
  tier_closed,
  delayed,
  lacks_skills,
  no_phone_there,
  /// The phone did not get to ring for this call a moment ago.
  pair_waits,
  /// Nobody is offered the call: `blocked` says why.
  call_blocked,
};

struct Considered {
  AgentId agent;
  PassedOver verdict = PassedOver::offered;
  /// One sentence; empty for those that are offered the call.
  std::string why;
};

struct OfferExplanation {
  /// Everybody who may serve the call: who is offered it, then who comes later, both in the ranking's order, then the rest by id.
  std::vector<Considered> considered;
  /// How many of them are offered the call by this decision.
  std::size_t taken = 0;
  /// Why nobody is, whoever is free; empty: somebody may.
  std::string blocked;
};

/// Who is offered this call in that state of its account, and the one reason each other is passed over: evaluates eligible() and
/// ranks every member anew. `now.edges` null: every edge that the account does not know as silent or lost is heard. Costs
/// O(members).
OfferExplanation explain_offer(const Account& account, const Call& call, const Now& now);

/// Why a call was offered to those whom the log names.
struct ExplainedDecision {
  OfferExplanation offer;
  /// Whether these rules offer the call to the same agents, by what the log tells.
  bool reproduced = false;
};
/// The decision of one turn that offered the call to all of `to`, explained in the state before it. An agent who just came
/// free takes the call that waits first for it (R4), whoever else may come first for that call.
ExplainedDecision explain_decision(const Account& before, const Call& call, const std::vector<AgentId>& to,
                                   const Now& now);

/// Edges as a log can tell them: heard, unless the account knows better. For moments whose heartbeats are gone.
EdgeClocks heard_edges(const Account& account);

}  // namespace rf::core
