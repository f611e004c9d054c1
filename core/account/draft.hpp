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
    decision.classes.clear();
    decision.reply.code = code;
    decision.reply.what = std::move(what);
  }
  /// How many facts of the kind this decision has already.
  template <class Body>
  std::size_t count() const {
    std::size_t found = 0;
    for (const Fact& fact : decision.facts) found += std::holds_alternative<Body>(fact.body) ? 1 : 0;
    return found;
  }
  /// The entry of a full table that makes room for one more, if the table is full: the oldest that this decision has not
  /// given up already.
  template <class Body, class Table, class ByAge>
  auto oldest_of_full(const Table& table, const ByAge& by_age, std::size_t max) const {
    using Key = decltype(by_age.begin()->second);
    const std::size_t before = count<Body>();
    if (table.size() + before < max || before >= by_age.size()) return Key{};
    return Key(std::next(by_age.begin(), static_cast<std::ptrdiff_t>(before))->second);
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

// session_rules.cpp
void decide_rule(Draft& draft, const command::Login& c);
void decide_rule(Draft& draft, const command::Logout& c);
void decide_rule(Draft& draft, const command::SetStatus& c);
void decide_rule(Draft& draft, const command::ClearNextStatus& c);
void decide_rule(Draft& draft, const command::ResetAgent& c);
/// The agent of that id, not removed; null after a refusal.
const Agent* live_agent(Draft& draft, AgentId id);
/// "<from> -> <to> is not possible: <why>".
void refuse_step(Draft& draft, Status from, std::string_view to, std::string_view why);
/// Sets the status at once, or as the next one while the agent is in a call; offers are withdrawn as it says.
void change_status(Draft& draft, const Agent& agent, NextStatus next);
/// Whether the agent is available and has asked for nothing else after the call: the system's own wishes come second to that.
bool stays_available(const Agent& agent);
/// The status that was to come when calls and wrap-up are over comes now.
void come_to_next(Draft& draft, const Agent& agent);
/// Where availability follows reachability: logs the agent in, or out, as a phone or another endpoint comes or goes.
void follow_up(Draft& draft, const Agent& agent);
void follow_down(Draft& draft, const Agent& agent);

// membership_rules.cpp
void decide_rule(Draft& draft, const command::SetMembershipActive& c);
void decide_rule(Draft& draft, const command::SetMembershipPaused& c);
/// Whether a break or pause may have that reason; refuses with those that may.
bool valid_reason(Draft& draft, const std::string& reason);
/// The same for a pause of one queue, which needs one.
bool pause_has_reason(Draft& draft, const std::string& reason);

// external_rules.cpp
void decide_rule(Draft& draft, const command::SetExternalCalls& c);
void decide_rule(Draft& draft, const command::BeginExternalCall& c);
void decide_rule(Draft& draft, const command::EndExternalCall& c);

// wrapup_rules.cpp
void decide_rule(Draft& draft, const command::EndWrapup& c);
void decide_rule(Draft& draft, const command::ExtendWrapup& c);
void decide_rule(Draft& draft, const command::SetDisposition& c);
/// Wrap-up is over: what it was for is recorded as missing, if it is; the next status comes.
void end_wrapup(Draft& draft, const Agent& agent, bool manual);
/// Records that nobody gave the call an outcome, as its agent's doing is over.
void miss_disposition(Draft& draft, CallId call, AgentId agent, QueueId queue);
/// By precedence: call, membership, queue, agent, account; not above the queue's ceiling.
Ms wrapup_ms_of(const Account& account, const Call& call, const Agent& agent);

// plan_rules.cpp
void decide_rule(Draft& draft, const command::SetShifts& c);
void activity_due(Draft& draft, AgentId id);
void day_due(Draft& draft);
void logoff_due(Draft& draft);
void break_due(Draft& draft, AgentId id);
void stale_due(Draft& draft, AgentId id);
/// The account's days begin to count, or end at another time; refuses an unknown time zone.
bool set_day(Draft& draft, const Settings& settings, bool needed);

// call_rules.cpp
void decide_rule(Draft& draft, const command::Enqueue& c);
void decide_rule(Draft& draft, const command::AcceptOffer& c);
void decide_rule(Draft& draft, const command::RejectOffer& c);
void decide_rule(Draft& draft, const command::CompleteCall& c);
void decide_rule(Draft& draft, const command::SeekCall& c);
void decide_rule(Draft& draft, const command::Look& c);
void decide_rule(Draft& draft, const command::TakeRanked& c);

// arrival_rules.cpp: a call enters a queue.
/// Names the queue or agent that the arrival's number leads to, if any does.
void route(const Draft& draft, fact::CallArrived& arrival);
/// Writes the arrival, completed for the queue or agent that it names: what it asks, whom it waits for, how long.
void arrive(Draft& draft, fact::CallArrived arrival, Ms arrived_ts);
void enter_queue(Draft& draft, fact::CallArrived& arrival, Ms arrived_ts);
/// The waiting call goes on in another queue, at its old age. `max_wait_until_ts` 0: as before.
void move_call(Draft& draft, const Call& call, QueueId queue, Ms max_wait_until_ts);
/// Remembers who speaks with the caller, if the queue wants that.
void remember(Draft& draft, const Call& call, AgentId agent);
/// Calls of the queue (not set: of any) that wait for this agent only wait for anybody now, as far as their queue does not
/// wait for absent agents.
void release_waiters(Draft& draft, const Agent& agent, QueueId queue);
/// Every class of the queue looks again: who may be offered its calls has changed in other ways than by an agent's row.
void look_again(Draft& draft, QueueId queue);
/// The same for a queue, or an agent's queues, whose tiers wait for one another.
void look_again_if_tiered(Draft& draft, QueueId queue);
void look_at_tiers(Draft& draft, const Agent& agent);
Ms ring_step_ms(const QueueConfig& config);

// overflow_rules.cpp: a call does not enter a queue, or leaves it other than by an agent.
void decide_rule(Draft& draft, const command::Admit& c);
void decide_rule(Draft& draft, const command::PressKey& c);
void decide_rule(Draft& draft, const command::RequestCallback& c);
void decide_rule(Draft& draft, const command::CheckEmpty& c);
/// The call goes where the queue's rule, or this one, says; without one, or where its target takes no calls, it is hung up.
void leave(Draft& draft, const Call& call, OverflowWhen when);
void leave(Draft& draft, const Call& call, const Overflow& rule);
/// The caller's wish comes before the phones that ring: they are called off, and an answer on its way still stands (R14). True:
/// there were any, and the call leaves when they are silent.
bool withdraw_for(Draft& draft, const Call& call);
bool has_overflow(const Queue& queue, OverflowWhen when);
void exit_due(Draft& draft, CallId id);
void no_agent_due(Draft& draft, QueueId id);
Ms direct_max_wait_until_ts(const Settings& settings, Ms ts);
/// Keeps the place of a caller who gave up; gives it back.
void keep_place(Draft& draft, const Call& call);
void take_place(Draft& draft, fact::CallArrived& arrival);
/// A call of the queue rings or talks no more: others may be offered to agents (E24).
void look_for_capacity(Draft& draft, QueueId queue);
/// A call of the queue took so long: what expected waits are made of.
void note_pace(Draft& draft, QueueId queue, Ms handle_ms);

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

// endpoints.cpp
/// Addresses of the agent that are rung without a registration (LS-5, LS-33).
std::vector<link::Endpoint> endpoints_of(const Account& account, const Agent& agent);
/// A number at the account's outbound trunk as a `sip:` URI, or the URI itself; empty: there is no trunk.
std::string address_of(const Account& account, const std::string& number_or_uri);
Ms direct_ring_ms(const Settings& settings);

// offer_rules.cpp: the offer's life, whoever moves it on.
/// Reserves the agent for the call: the fence (PD-6). The pair must be eligible.
void offer(Draft& draft, const Call& call, const Agent& agent);
/// The offer cannot win any more (R13); for an API call its leg is gone in the same turn (R12).
void close_offer(Draft& draft, const Reservation& reservation, CloseCause cause);
/// The agent's legs are gone. `others_gone`: reservations of the same call that this decision has already ended.
void end_leg(Draft& draft, const Reservation& reservation, bool call_ends, std::size_t others_gone);
/// Takes an offer back: asks the edge (R14), closes one of an API call at once.
void withdraw(Draft& draft, const Reservation& reservation);
/// The agent's open offers of one queue (not set: of all).
void withdraw_offers(Draft& draft, const Agent& agent, QueueId queue);
/// The call was answered by this reservation; its other open offers are closed.
void answer(Draft& draft, const Reservation& reservation, BindingId binding);
/// The call is over; open offers are closed, API and `legs_gone` reservations leave in the same turn.
enum class Legs : std::uint8_t { report_later, gone };
void end_call(Draft& draft, const Call& call, EndCause cause, Outcome outcome, Legs legs,
              OverflowWhen when = OverflowWhen::full);
/// Hangs a call up: at once for API calls, calls of a lost edge and those without a caller yet, else by an order.
void hang_up(Draft& draft, const Call& call, Outcome outcome, OverflowWhen when = OverflowWhen::full);

}  // namespace rf::core
