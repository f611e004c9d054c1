#pragma once
#include <string>
#include <utility>

#include "core/account/decide.hpp"

/// What the rule files of decide() share: the decision being written. Private to core/account.
namespace rf::core {

struct Draft {
  const Account& account;
  const Now& now;
  /// When it happened, for facts whose cause lies before now (an edge event's age).
  Ms at_ts = 0;
  Decision decision = {};

  template <class Body>
  void add(Body body) {
    Fact fact;
    fact.ts = now.ts;
    fact.at = at_ts;
    fact.body = std::move(body);
    decision.facts.push_back(std::move(fact));
  }
  void refuse(Code code, std::string what) {
    decision.facts.clear();
    decision.reply.code = code;
    decision.reply.what = std::move(what);
  }
  /// The seq that the next added fact will have: ids derived from it are the same on every replay (R5).
  std::uint64_t next_seq() const { return account.seq + decision.facts.size() + 1; }
};

// config_rules.cpp
void decide_rule(Draft& draft, const command::SetSettings& c);
void decide_rule(Draft& draft, const command::SetQueue& c);
void decide_rule(Draft& draft, const command::RemoveQueue& c);
void decide_rule(Draft& draft, const command::SetAgent& c);
void decide_rule(Draft& draft, const command::RemoveAgent& c);
void decide_rule(Draft& draft, const command::SetNumber& c);
void decide_rule(Draft& draft, const command::RemoveNumber& c);
void decide_rule(Draft& draft, const command::SetDomain& c);
void decide_rule(Draft& draft, const command::RemoveDomain& c);
void decide_rule(Draft& draft, const command::SetTrunk& c);
void decide_rule(Draft& draft, const command::RemoveTrunk& c);
void decide_rule(Draft& draft, const command::SetCredential& c);

// presence_rules.cpp
void decide_rule(Draft& draft, const command::Login& c);
void decide_rule(Draft& draft, const command::Logout& c);
void decide_rule(Draft& draft, const command::SetStatus& c);
void decide_rule(Draft& draft, const command::SetMembershipActive& c);
void decide_rule(Draft& draft, const command::SetExternalCalls& c);
void decide_rule(Draft& draft, const command::EndWrapup& c);

// call_rules.cpp
void decide_rule(Draft& draft, const command::Enqueue& c);
void decide_rule(Draft& draft, const command::AcceptOffer& c);
void decide_rule(Draft& draft, const command::RejectOffer& c);
void decide_rule(Draft& draft, const command::CompleteCall& c);
void decide_rule(Draft& draft, const command::SeekCall& c);
void decide_rule(Draft& draft, const command::Look& c);
void decide_rule(Draft& draft, const command::TakeRanked& c);

// edge_rules.cpp
void decide_rule(Draft& draft, const command::EdgeEvent& c);
void decide_rule(Draft& draft, const command::DigestCheck& c);
void decide_rule(Draft& draft, const command::EdgeSilent& c);
void decide_rule(Draft& draft, const command::EdgeBack& c);
void decide_rule(Draft& draft, const command::EdgeLost& c);

// due_rules.cpp
void decide_rule(Draft& draft, const command::TakeDue& c);

// sweep_rules.cpp: writes consequences of the edge's last mass change, at most about `facts_max` facts; false: more are due.
bool sweep_edge(Draft& draft, const Edge& edge, std::size_t facts_max);

// offer_rules.cpp: the offer's life, whoever moves it on.
/// Reserves the agent for the call: the fence (PD-6). The pair must be eligible.
void offer(Draft& draft, const Call& call, const Agent& agent);
/// The offer cannot win any more (R13); for an API call its leg is gone in the same turn (R12).
void close_offer(Draft& draft, const Reservation& reservation, CloseCause cause);
/// The agent's legs are gone. `others_gone`: reservations of the same call that this decision has already ended.
void end_leg(Draft& draft, const Reservation& reservation, bool call_ends, std::size_t others_gone);
/// Takes the agent's open offers of one queue (not set: of all) back: asks the edge (R14), closes API offers at once.
void withdraw_offers(Draft& draft, const Agent& agent, QueueId queue);
/// The call was answered by this reservation; its other open offers are closed.
void answer(Draft& draft, const Reservation& reservation, BindingId binding);
/// The call is over; open offers are closed, API and `legs_gone` reservations leave in the same turn.
enum class Legs : std::uint8_t { report_later, gone };
void end_call(Draft& draft, const Call& call, EndCause cause, Outcome outcome, Legs legs);
/// Hangs a waiting call up: at once for API calls and calls of a lost edge, else by an order.
void hang_up(Draft& draft, const Call& call, Outcome outcome);

}  // namespace rf::core
