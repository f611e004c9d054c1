#include <gtest/gtest.h>

#include "core/presence/bucket.hpp"
#include "core/presence/explain.hpp"
#include "tests/support/center.hpp"

/// Status, next status, memberships, pauses, external calls, reset.
namespace rf::core {
namespace {

using rf::testing::Center;
using rf::testing::SipDesk;

command::SetStatus on_break(AgentId agent, const std::string& reason) {
  return command::SetStatus{agent, Status::on_break, reason};
}

struct Desk {
  Desk() {
    QueueConfig config;
    config.wrapup_ms = 10'000;
    config.no_answer_max = 0;
    q = c.queue("q", config);
    ann = c.ready_agent("ann", {Center::in(q)});
  }
  CallId talk() {
    const CallId call = c.enqueue(q);
    c.accept(call);
    return call;
  }
  const Agent& agent() const { return c.at(ann); }
  Center c;
  QueueId q;
  AgentId ann;
};

TEST(NextStatus, ComesWhenCallAndWrapupAreOver) {
  Desk d;
  const CallId call = d.talk();
  ASSERT_EQ(d.c.code(on_break(d.ann, "lunch")), Code::ok);
  EXPECT_EQ(d.c.last_facts(), std::vector<std::string>{"next_status_set"}) << "announced at once";
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::incall);
  d.c.complete(call);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::wrapup);
  d.c.advance(10'000);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::paused);
  EXPECT_EQ(d.agent().reason, "lunch");
  EXPECT_FALSE(d.agent().next.set);
}

TEST(NextStatus, CanBeClearedAndIsAnnouncedThen) {
  Desk d;
  const CallId call = d.talk();
  ASSERT_EQ(d.c.code(on_break(d.ann, "lunch")), Code::ok);
  ASSERT_EQ(d.c.code(command::ClearNextStatus{d.ann}), Code::ok);
  EXPECT_EQ(d.c.last_facts(), std::vector<std::string>{"next_status_set"});
  EXPECT_EQ(d.c.code(command::ClearNextStatus{d.ann}), Code::failed_precondition);
  EXPECT_TRUE(d.c.last.facts.empty());
  d.c.complete(call);
  d.c.advance(10'000);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::ready);
}

TEST(NextStatus, AskingForThePresentStatusClearsIt) {
  Desk d;
  const CallId call = d.talk();
  ASSERT_EQ(d.c.code(on_break(d.ann, "lunch")), Code::ok);
  ASSERT_EQ(d.c.code(command::SetStatus{d.ann, Status::available}), Code::ok);
  d.c.complete(call);
  d.c.advance(10'000);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::ready);
}

TEST(NextStatus, NoFurtherCallComesMeanwhile) {  // CX-9, P4
  Desk d;
  AgentConfig two = d.agent().config;
  two.max_concurrent = 2;
  ASSERT_EQ(d.c.code(command::SetAgent{d.ann, two, {Center::in(d.q)}}), Code::ok);
  const CallId call = d.talk();
  ASSERT_EQ(d.c.code(on_break(d.ann, "lunch")), Code::ok);
  const CallId second = d.c.enqueue(d.q);
  EXPECT_FALSE(d.c.offered_to(second).set());
  ASSERT_EQ(d.c.code(command::ClearNextStatus{d.ann}), Code::ok);
  EXPECT_EQ(d.c.offered_to(second), d.ann);
  d.c.complete(call);
}

TEST(NextStatus, AtEndOfCallLetsARingingOfferBe) {
  Desk d;
  const CallId call = d.c.enqueue(d.q);
  command::SetStatus c = on_break(d.ann, "lunch");
  c.at_end_of_call = true;
  ASSERT_EQ(d.c.code(c), Code::ok);
  EXPECT_EQ(d.c.offered_to(call), d.ann);
  d.c.accept(call);
  d.c.complete(call);
  d.c.advance(10'000);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::paused);
}

TEST(NextStatus, AtEndOfCallComesAfterAnUnansweredOfferToo) {
  Desk d;
  d.c.enqueue(d.q);
  command::SetStatus c = on_break(d.ann, "lunch");
  c.at_end_of_call = true;
  ASSERT_EQ(d.c.code(c), Code::ok);
  d.c.advance(20'000);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::paused);
}

TEST(NextStatus, LogoutInACallComesAtHangUpWithoutWrapup) {
  Desk d;
  const CallId call = d.talk();
  ASSERT_EQ(d.c.code(command::Logout{d.ann, "home"}), Code::ok);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::incall);
  d.c.complete(call);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::offline);
  EXPECT_EQ(d.agent().reason, "home");
}

TEST(NextStatus, LogoutOfWhoIsLoggedOutIsRefusedAsLogout) {
  Center c;
  const AgentId a = c.agent("ann", {});
  EXPECT_EQ(c.code(command::SetStatus{a, Status::offline, "", true}), Code::failed_precondition);
  EXPECT_EQ(c.last.reply.what, "offline -> offline is not possible: the agent is logged out already");
}

TEST(NextStatus, SurvivesARestart) {  // P6
  Desk d;
  const CallId call = d.talk();
  ASSERT_EQ(d.c.code(on_break(d.ann, "lunch")), Code::ok);
  d.c.restart();
  d.c.complete(call);
  d.c.advance(10'000);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::paused);
}

TEST(QueuePause, WithdrawsThatQueuesOfferOnlyAndNeedsAReason) {
  Center c;
  const QueueId q1 = c.queue("q1"), q2 = c.queue("q2");
  const AgentId a = c.ready_agent("ann", {Center::in(q1), Center::in(q2)});
  EXPECT_EQ(c.code(command::SetMembershipPaused{a, q1, true, ""}), Code::invalid_argument);
  const CallId call = c.enqueue(q2);
  ASSERT_EQ(c.code(command::SetMembershipPaused{a, q1, true, "training"}), Code::ok);
  EXPECT_EQ(c.offered_to(call), a);
  ASSERT_EQ(c.code(command::SetMembershipPaused{a, q2, true, "training"}), Code::ok);
  EXPECT_FALSE(c.offered_to(call).set());
  EXPECT_EQ(c.bucket(a), Bucket::idle) << "no active un-paused membership is left";
  EXPECT_EQ(explain_readiness(c.account(), c.at(a)).front(),
            "the agent is paused in every active queue: end the pause in one");
  ASSERT_EQ(c.code(command::SetMembershipPaused{a, q2, false, ""}), Code::ok);
  c.advance(1000);
  EXPECT_EQ(c.offered_to(call), a);
}

TEST(QueuePause, AnAgentMayBeAddedPaused) {  // E21: one atomic change
  Center c;
  const QueueId q = c.queue("q");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  ASSERT_EQ(c.code(command::SetMembershipPaused{a, q, true, "training"}), Code::ok);
  AgentConfig config = c.at(a).config;
  config.name = "Ann";
  ASSERT_EQ(c.code(command::SetAgent{a, config, {Center::in(q)}}), Code::ok);
  EXPECT_TRUE(c.at(a).memberships[0].paused) << "a change of config ends no pause";
}

TEST(Membership, SupervisorsActivateAndLock) {  // PD-9, PD-12
  Center c;
  const QueueId q = c.queue("q");
  Membership managed = Center::in(q);
  managed.mode = MembershipMode::supervisor_managed;
  const AgentId a = c.agent("ann", {managed});
  EXPECT_EQ(c.code(command::Login{a, {q}}), Code::permission_denied);
  ASSERT_EQ(c.code(command::Login{a, {}}), Code::ok);
  EXPECT_EQ(c.code(command::SetMembershipActive{a, q, true, Asker::agent}), Code::permission_denied);
  ASSERT_EQ(c.code(command::SetMembershipActive{a, q, true, Asker::supervisor, true}), Code::ok);
  EXPECT_TRUE(c.at(a).memberships[0].active);

  const QueueId free = c.queue("free");
  const AgentId b = c.ready_agent("bob", {Center::in(free)});
  ASSERT_EQ(c.code(command::SetMembershipActive{b, free, false, Asker::supervisor, true}), Code::ok);
  EXPECT_EQ(c.code(command::SetMembershipActive{b, free, true, Asker::agent}), Code::permission_denied);
  EXPECT_NE(c.last.reply.what.find("locked by a supervisor"), std::string::npos);
  EXPECT_EQ(c.code(command::SetMembershipActive{b, free, true, Asker::agent, true}), Code::permission_denied);
  ASSERT_EQ(c.code(command::Logout{b, ""}), Code::ok);
  EXPECT_EQ(c.code(command::Login{b, {free}}), Code::permission_denied) << "the lock outlives the session";
  ASSERT_EQ(c.code(command::Login{b, {}}), Code::ok);
  ASSERT_EQ(c.code(command::SetMembershipActive{b, free, true, Asker::supervisor}), Code::ok);
  EXPECT_FALSE(c.at(b).memberships[0].locked);
}

TEST(Breaks, TheReasonIsOneOfTheAccounts) {  // RP-13, TM-6
  Center c;
  Settings settings;
  settings.break_reasons = {BreakReason{"lunch", {{"en", "Lunch"}, {"zh", "午休"}}, true, 60'000},
                            BreakReason{"training", {{"en", "Training"}}, false, 0}};
  c.settings(settings);
  const QueueId q = c.queue("q");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  EXPECT_EQ(c.code(on_break(a, "nap")), Code::invalid_argument);
  EXPECT_EQ(c.last.reply.what,
            "the reason \"nap\" is none of the account's: choose one of lunch, training, dnd or away");
  EXPECT_TRUE(c.last.facts.empty());
  EXPECT_EQ(c.code(on_break(a, "missed")), Code::invalid_argument) << "the system's own";
  ASSERT_EQ(c.code(on_break(a, "dnd")), Code::ok);
  ASSERT_EQ(c.code(on_break(a, "lunch")), Code::ok);
  c.advance(59'999);
  EXPECT_FALSE(c.at(a).break_overran);
  c.advance(1);
  EXPECT_TRUE(c.at(a).break_overran) << "flagged, not ended: nobody may be at the desk";
  EXPECT_EQ(c.bucket(a), Bucket::paused);
  ASSERT_EQ(c.code(on_break(a, "training")), Code::ok);
  EXPECT_FALSE(c.at(a).break_overran);
}

/// So many misses in a row pause an agent, and calls wait on.
QueueConfig pauses_after(std::uint32_t misses) {
  QueueConfig config;
  config.no_answer_max = misses;
  config.max_wait_ms = 0;
  return config;
}

TEST(Missed, SoManyInARowPauseTheAgent) {  // E19
  Center c;
  const QueueId q = c.queue("q", pauses_after(2));
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const CallId call = c.enqueue(q);
  c.advance(20'000);
  EXPECT_EQ(c.at(a).misses, 1u);
  EXPECT_EQ(c.offered_to(call), a);
  c.advance(20'000);
  EXPECT_EQ(c.bucket(a), Bucket::paused);
  EXPECT_EQ(c.at(a).reason, "missed");
  EXPECT_EQ(explain_readiness(c.account(), c.at(a)).front(),
            "the agent missed calls and was paused: set the status to available");
  c.status(a, Status::available);
  EXPECT_EQ(c.at(a).misses, 0u);
  EXPECT_EQ(c.offered_to(call), a);
}

TEST(Missed, TakesNobodysOwnNextStatus) {
  SipDesk d(pauses_after(1));
  const AgentId a = d.agent("ann");
  const ReservationId r = d.c.offer_of(d.call());
  command::SetStatus lunch{a, Status::on_break, "lunch"};
  lunch.at_end_of_call = true;
  ASSERT_EQ(d.c.code(lunch), Code::ok);
  d.c.event("e1", link::OfferClosed{r, CloseCause::no_answer});
  d.c.event("e1", link::LegGone{r});
  EXPECT_EQ(d.c.at(a).status, Status::on_break);
  EXPECT_EQ(d.c.at(a).reason, "lunch");
}

TEST(Missed, APhoneThatDoesNotRespondIsLeftAloneUntilItRegisters) {
  SipDesk d(pauses_after(3));
  const AgentId a = d.agent("ann");
  const CallId call = d.call();
  for (int i = 0; i < 3; ++i) {
    const ReservationId r = d.c.offer_of(call);
    ASSERT_EQ(d.c.offered_to(call), a);
    d.c.event("e1", link::OfferClosed{r, CloseCause::unreachable});
    d.c.event("e1", link::LegGone{r});
    EXPECT_FALSE(d.c.offered_to(call).set());
    d.c.advance(limits::unreachable_wait_ms - 1);
    EXPECT_FALSE(d.c.offered_to(call).set()) << "not again at once";
    d.c.advance(1);
  }
  EXPECT_EQ(d.c.bucket(a), Bucket::paused);
  EXPECT_EQ(d.c.at(a).reason, "not_responding");
  EXPECT_NE(explain_readiness(d.c.account(), d.c.at(a)).front().find("register it again"), std::string::npos);
  d.c.bind("e1", a);
  EXPECT_EQ(d.c.offered_to(call), a) << "the phone is back";
}

TEST(Missed, AnAnswerBreaksTheRowAndARejectionIsNone) {
  Center c;
  QueueConfig config;
  config.no_answer_max = 2;
  config.wrapup_ms = 0;
  config.reject_delay_ms = 0;
  const QueueId q = c.queue("q", config);
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  for (int i = 0; i < 3; ++i) {
    const CallId call = c.enqueue(q);
    c.advance(20'000);
    EXPECT_EQ(c.at(a).misses, 1u);
    ASSERT_TRUE(c.run(command::RejectOffer{c.offer_of(call), CloseCause::rejected}).reply.ok());
    EXPECT_EQ(c.at(a).misses, 1u);
    c.accept(call);
    c.complete(call);
    EXPECT_EQ(c.at(a).misses, 0u);
  }
  EXPECT_EQ(c.bucket(a), Bucket::ready);
}

TEST(ExternalCalls, OutboundNeedsAnOutboundQueueAndOnesOwnCallerId) {  // TM-3, LS-12
  Desk d;
  command::BeginExternalCall begin{d.ann, "+4930999", "", true};
  EXPECT_EQ(d.c.code(begin), Code::failed_precondition);
  EXPECT_NE(d.c.last.reply.what.find("outbound queue"), std::string::npos);
  AgentConfig config = d.agent().config;
  config.outbound_queue = d.q;
  config.caller_ids = {"+4930100"};
  config.default_caller_id = "+4930100";
  ASSERT_EQ(d.c.code(command::SetAgent{d.ann, config, {Center::in(d.q)}}), Code::ok);
  begin.caller_id = "+4930101";
  EXPECT_EQ(d.c.code(begin), Code::permission_denied);
  begin.caller_id = "+4930100";
  ASSERT_EQ(d.c.code(begin), Code::ok);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::extcall);
  EXPECT_EQ(d.c.facts<fact::ExternalCallsSet>().back().queue, d.q);
  EXPECT_FALSE(d.c.offered_to(d.c.enqueue(d.q)).set()) << "a private call is no availability (LS-32)";
  ASSERT_EQ(d.c.code(command::EndExternalCall{d.ann}), Code::ok);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::ring);
}

TEST(ExternalCalls, NotWhilePausedOrLoggedOutButForParticipants) {  // TM-2, TM-6
  Desk d;
  ASSERT_EQ(d.c.code(on_break(d.ann, "lunch")), Code::ok);
  EXPECT_EQ(d.c.code(command::BeginExternalCall{d.ann, "1"}), Code::failed_precondition);
  ASSERT_EQ(d.c.code(command::Logout{d.ann, ""}), Code::ok);
  EXPECT_EQ(d.c.code(command::BeginExternalCall{d.ann, "1"}), Code::failed_precondition);
  AgentConfig config;
  config.participant = true;
  config.external_endpoint = true;
  const AgentId door = d.c.agent("door", {Center::in(d.q)}, config);
  ASSERT_EQ(d.c.code(on_break(door, "lunch")), Code::ok);
  EXPECT_EQ(d.c.code(command::BeginExternalCall{door, "1", "", true}), Code::ok);
}

TEST(ExternalCalls, OutboundCountsForIdleTimeIfTheQueueSaysSo) {
  Center c;
  QueueConfig config;
  config.outbound_resets_idle = true;
  config.wrapup_ms = 0;
  const QueueId q = c.queue("q", config);
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const AgentId b = c.ready_agent("bob", {Center::in(q)});
  AgentConfig dialler = c.at(a).config;
  dialler.outbound_queue = q;
  ASSERT_EQ(c.code(command::SetAgent{a, dialler, {Center::in(q)}}), Code::ok);
  ASSERT_EQ(c.code(command::BeginExternalCall{a, "1", "", true}), Code::ok);
  c.advance(1000);
  ASSERT_EQ(c.code(command::EndExternalCall{a}), Code::ok);
  EXPECT_EQ(c.offered_to(c.enqueue(q)), b);
  EXPECT_EQ(c.code(command::EndExternalCall{a}), Code::failed_precondition);
}

TEST(ExternalCalls, InboundNeverCountsForIdleTime) {
  Center c;
  QueueConfig config;
  config.outbound_resets_idle = true;
  config.wrapup_ms = 0;
  const QueueId q = c.queue("q", config);
  AgentConfig dialler;
  dialler.external_endpoint = true;
  dialler.outbound_queue = q;
  const AgentId a = c.agent("ann", {Center::in(q)}, dialler);
  c.make_ready(a);
  c.talk(c.enqueue(q));
  const Ms idle_since_ts = c.at(a).last_call_end_ts;
  c.advance(1000);
  const auto on_the_phone = [&](bool outbound) {
    EXPECT_EQ(c.code(command::BeginExternalCall{a, "1", "", outbound}), Code::ok);
    c.advance(1000);
    EXPECT_EQ(c.code(command::EndExternalCall{a}), Code::ok);
  };
  on_the_phone(false);
  EXPECT_EQ(c.at(a).last_call_end_ts, idle_since_ts);
  c.advance(1000);
  on_the_phone(true);
  const Ms outbound_end_ts = c.ts;
  EXPECT_EQ(c.at(a).last_call_end_ts, outbound_end_ts) << "not when it began";
  c.advance(1000);
  on_the_phone(false);
  EXPECT_EQ(c.at(a).last_call_end_ts, outbound_end_ts) << "the outbound call was before this one";
}

TEST(ExternalCalls, AQueuesCallThatEndsInBetweenDoesNotMakeInboundCount) {
  Center c;
  QueueConfig config;
  config.outbound_resets_idle = true;
  const QueueId q = c.queue("q", config);
  AgentConfig dialler;
  dialler.external_endpoint = true;
  dialler.outbound_queue = q;
  const AgentId a = c.agent("ann", {Center::in(q)}, dialler);
  c.make_ready(a);
  const CallId call = c.enqueue(q);
  c.accept(call);
  ASSERT_EQ(c.code(command::BeginExternalCall{a, "1"}), Code::ok);
  c.advance(1000);
  c.complete(call);
  const Ms call_end_ts = c.ts;
  c.advance(1000);
  ASSERT_EQ(c.code(command::EndExternalCall{a}), Code::ok);
  EXPECT_EQ(c.at(a).last_call_end_ts, call_end_ts);
}

TEST(Reset, FreesWhatIsStuckAndIsAnEvent) {  // LS-28
  Desk d;
  ASSERT_EQ(d.c.code(command::SetExternalCalls{d.ann, 3}), Code::ok);
  ASSERT_EQ(d.c.code(command::ResetAgent{d.ann, "stuck"}), Code::ok);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::ready);
  EXPECT_EQ(d.c.facts<fact::AgentReset>().back().reason, "stuck");
  d.talk();
  ASSERT_EQ(d.c.code(command::ResetAgent{d.ann, "stuck"}), Code::ok);
  EXPECT_TRUE(d.agent().live.empty());
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::wrapup);
  ASSERT_EQ(d.c.code(command::ResetAgent{d.ann, "stuck"}), Code::ok);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::ready);
}

TEST(Reset, OfASipCallIsAHangupAndTheAgentIsFreeWhenTheLegsAreGone) {
  Center c;
  const QueueId q = c.queue("q");
  c.number("100", q);
  c.attach("e1", 1, "boot");
  AgentConfig config;
  config.extension = "1001";
  const AgentId a = c.agent("ann", {Center::in(q)}, config);
  const BindingId phone = c.bind("e1", a);
  c.make_ready(a);
  const CallId call = c.sip_call("e1", "100");
  const ReservationId r = c.offer_of(call);
  c.event("e1", link::Answered{r, phone});
  ASSERT_EQ(c.code(command::ResetAgent{a, "stuck"}), Code::ok);
  ASSERT_EQ(c.last.orders.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<link::HangupOrder>(c.last.orders[0].body));
  EXPECT_EQ(c.bucket(a), Bucket::incall) << "the fence holds until the edge has spoken";
  c.event("e1", link::CallEnded{call, EndCause::ordered});
  c.event("e1", link::LegGone{r});
  EXPECT_TRUE(c.at(a).live.empty());
  EXPECT_EQ(c.facts<fact::CallEnded>().back().outcome, Outcome::answered);
}

TEST(Stale, IsFlaggedAfterFiveMinutesWithoutAPhone) {  // LS-16
  Center c;
  const QueueId q = c.queue("q");
  c.attach("e1", 1, "boot");
  AgentConfig config;
  config.extension = "1001";
  const AgentId a = c.agent("ann", {Center::in(q)}, config);
  c.make_ready(a);
  EXPECT_EQ(c.bucket(a), Bucket::unreachable);
  c.advance(299'999);
  EXPECT_FALSE(c.at(a).stale);
  c.advance(1);
  EXPECT_TRUE(c.at(a).stale);
  c.bind("e1", a);
  EXPECT_FALSE(c.at(a).stale);
  EXPECT_EQ(c.bucket(a), Bucket::ready);
}

TEST(Explain, TheSixDiagnosesNameTheFirstThingToDo) {  // CX-14
  Center c;
  const QueueId q = c.queue("q"), other = c.queue("other");
  const auto first = [&](AgentId id) {
    const auto reasons = explain_readiness(c.account(), c.at(id));
    return reasons.empty() ? std::string() : reasons.front();
  };
  AgentConfig config;
  config.extension = "1001";
  config.role = Role::admin;
  const AgentId admin = c.agent("admin", {Center::in(q)}, config);
  EXPECT_EQ(first(admin), "the role is admin: give the user the role agent or supervisor to take calls");
  const AgentId bare = c.agent("bare", {Center::in(q)}, AgentConfig{});
  EXPECT_EQ(first(bare), "no extension is set: give the agent one and register its phone");
  config.role = Role::agent;
  config.extension = "1002";
  const AgentId off = c.agent("off", {Center::in(q)}, config);
  EXPECT_EQ(first(off), "the agent is logged out: log in");
  c.number("100", other);
  EXPECT_EQ(first(off),
            "no number leads to the agent or to one of its queues: point a number at them, or the calls go elsewhere");
  config.key = "twin";
  EXPECT_EQ(c.code(command::SetAgent{AgentId(Ulid{5, 9}), config, {}}), Code::already_exists)
      << "two people never share an extension";
  config.extension = "1003";
  config.role = Role::supervisor;
  const AgentId lead = c.agent("lead", {Center::in(other)}, config);
  EXPECT_EQ(first(lead), "the agent is logged out: log in") << "a supervisor takes calls like an agent";
}

}  // namespace
}  // namespace rf::core
