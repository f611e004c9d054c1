#include <gtest/gtest.h>

#include "core/queue/admission.hpp"
#include "tests/support/center.hpp"

/// Who may enter a queue, and how calls leave it other than by an agent.
namespace rf::core {
namespace {

using rf::testing::Center;
using rf::testing::hour_ms;
using rf::testing::on_key;
using rf::testing::SipDesk;

Overflow to_queue(OverflowWhen when, QueueId queue) {
  Overflow rule;
  rule.when = when;
  rule.to = OverflowTo::queue;
  rule.queue = queue;
  return rule;
}
Overflow to_address(OverflowWhen when, const std::string& address) {
  Overflow rule;
  rule.when = when;
  rule.to = OverflowTo::address;
  rule.address = address;
  return rule;
}

TEST(Admission, AFullQueueRefusesByName) {
  Center c;
  QueueConfig config;
  config.len_max = 2;
  const QueueId q = c.queue("q", config);
  c.enqueue(q);
  c.enqueue(q);
  EXPECT_EQ(c.code(c.call_from(q, "1")), Code::overloaded);
  EXPECT_EQ(c.last.reply.what, "the queue \"q\" is full: 2 calls wait");
  EXPECT_TRUE(c.last.facts.empty());
}

TEST(Admission, RingingCallsCountAsWaitingAndAnsweredOnesDoNot) {
  Center c;
  QueueConfig config;
  config.len_max = 1;
  const QueueId q = c.queue("q", config);
  c.ready_agent("ann", {Center::in(q)});
  const CallId call = c.enqueue(q);
  EXPECT_EQ(c.code(c.call_from(q, "1")), Code::overloaded);
  c.accept(call);
  EXPECT_EQ(c.code(c.call_from(q, "1")), Code::ok);
}

TEST(Admission, OfASipCallIsAHangup) {
  QueueConfig config;
  config.len_max = 1;
  SipDesk d(config);
  d.c.sip_call("e1", "100");
  const CallId second = d.c.sip_call("e1", "100");
  EXPECT_TRUE(d.ordered<link::HangupOrder>());
  EXPECT_EQ(d.c.call(second)->state, CallState::closing);
  EXPECT_EQ(d.c.facts<fact::CallClosing>().back().when, OverflowWhen::full);
  EXPECT_EQ(d.c.facts<fact::CallClosing>().back().outcome, Outcome::overflow);
}

TEST(Admission, OverflowsToAnotherQueueAtItsOldPlace) {
  Center c;
  const QueueId other = c.queue("other");
  QueueConfig config;
  config.len_max = 1;
  config.overflow = {to_queue(OverflowWhen::full, other)};
  const QueueId q = c.queue("q", config);
  c.enqueue(q);
  const command::Enqueue e = c.call_from(q, "1");
  ASSERT_EQ(c.code(e), Code::ok);
  EXPECT_EQ(c.call(e.call)->queue, other);
  EXPECT_EQ(c.call(e.call)->arrived_ts, c.ts);
}

/// Two queues with these base scores; calls of the first move to the second after ten seconds.
struct TwoQueues {
  TwoQueues(Ms first_score_ms, Ms second_score_ms) {
    QueueConfig config;
    config.base_score_ms = second_score_ms;
    config.wrapup_ms = 0;
    second = c.queue("second", config);
    config.base_score_ms = first_score_ms;
    config.max_wait_ms = 10'000;
    config.overflow = {to_queue(OverflowWhen::max_wait, second)};
    first = c.queue("first", config);
  }
  Center c;
  QueueId first, second;
};

TEST(Overflow, AMovedCallLeavesTheOldQueuesScoreBehind) {
  TwoQueues d(60'000, 0);
  const CallId older = d.c.enqueue(d.second);
  d.c.advance(1000);
  const CallId moved = d.c.enqueue(d.first);
  d.c.advance(10'000);
  ASSERT_EQ(d.c.call(moved)->queue, d.second);
  d.c.ready_agent("ann", {Center::in(d.second)});
  EXPECT_TRUE(d.c.offered_to(older).set());
  EXPECT_FALSE(d.c.offered_to(moved).set());
}

TEST(Overflow, AMovedCallHasTheNewQueuesScoreBesideItsAge) {
  TwoQueues d(0, 60'000);
  const QueueId third = d.c.queue("third");
  const CallId older = d.c.enqueue(third);
  d.c.advance(1000);
  const CallId moved = d.c.enqueue(d.first);
  d.c.advance(10'000);
  ASSERT_EQ(d.c.call(moved)->queue, d.second);
  const CallId younger = d.c.enqueue(d.second);
  const AgentId ann = d.c.ready_agent("ann", {Center::in(d.second), Center::in(third)});
  EXPECT_EQ(d.c.offered_to(moved), ann);
  d.c.talk(moved);
  EXPECT_EQ(d.c.offered_to(younger), ann);
  d.c.talk(younger);
  EXPECT_EQ(d.c.offered_to(older), ann);
}

TEST(Admission, TwoFullQueuesThatOverflowIntoEachOtherEndTheCall) {
  Center c;
  QueueConfig config;
  config.len_max = 1;
  const QueueId a = c.queue("a", config);
  config.overflow = {to_queue(OverflowWhen::full, a)};
  const QueueId b = c.queue("b", config);
  config.key = "a";
  config.overflow = {to_queue(OverflowWhen::full, b)};
  ASSERT_EQ(c.code(command::SetQueue{a, config}), Code::ok);
  c.enqueue(a);
  c.enqueue(b);
  const command::Enqueue e = c.call_from(a, "1");
  ASSERT_EQ(c.code(e), Code::ok);
  EXPECT_EQ(c.call(e.call), nullptr);
  EXPECT_EQ(c.facts<fact::CallEnded>().back().outcome, Outcome::overflow);
}

TEST(Admission, JoinEmptyLooksAtTheStatesItNames) {
  const auto refused = [](std::uint32_t when, const auto& prepare) {
    Center c;
    QueueConfig config;
    config.join_empty = when;
    const QueueId q = c.queue("q", config);
    const AgentId a = c.ready_agent("ann", {Center::in(q)});
    prepare(c, a, q);
    return c.code(c.call_from(q, "1")) != Code::ok;
  };
  const auto leave = [](Center& c, AgentId a, QueueId) { c.run(command::Logout{a, ""}); };
  const auto pause = [](Center& c, AgentId a, QueueId) { c.status(a, Status::on_break); };
  const auto talk = [](Center& c, AgentId, QueueId q) { c.accept(c.enqueue(q)); };
  const auto ring = [](Center& c, AgentId, QueueId q) { c.enqueue(q); };
  const auto stay = [](Center&, AgentId, QueueId) {};
  const auto wait = [](Center& c, AgentId a, QueueId) { c.status(a, Status::not_ready); };
  const auto wrap_up = [](Center& c, AgentId, QueueId q) { c.talk(c.enqueue(q)); };
  const auto phone = [](Center& c, AgentId a, QueueId) { c.run(command::SetExternalCalls{a, 1}); };
  const auto lose = [](Center& c, AgentId a, QueueId q) {
    AgentConfig config = c.at(a).config;
    config.external_endpoint = false;
    config.extension = "1001";
    c.run(command::SetAgent{a, config, {Center::in(q)}});
  };
  EXPECT_TRUE(refused(empty_when::not_ready, wait));
  EXPECT_FALSE(refused(empty_when::paused, wait));
  EXPECT_TRUE(refused(empty_when::wrapup, wrap_up));
  EXPECT_FALSE(refused(empty_when::busy, wrap_up));
  EXPECT_TRUE(refused(empty_when::busy, phone));
  EXPECT_TRUE(refused(empty_when::unreachable, lose));
  EXPECT_FALSE(refused(empty_when::nobody_logged_in, lose));
  EXPECT_TRUE(refused(empty_when::nobody_logged_in, leave));
  EXPECT_FALSE(refused(empty_when::nobody_logged_in, pause));
  EXPECT_TRUE(refused(empty_when::paused, pause));
  EXPECT_FALSE(refused(empty_when::paused, talk));
  EXPECT_TRUE(refused(empty_when::busy, talk));
  EXPECT_TRUE(refused(empty_when::ringing, ring));
  EXPECT_FALSE(refused(empty_when::busy, ring));
  EXPECT_FALSE(refused(empty_when::all, stay));
  EXPECT_FALSE(refused(0, leave));
}

TEST(Admission, ALongExpectedWaitDissuades) {
  Center c;
  QueueConfig config;
  config.long_wait_ms = 30'000;
  config.wrapup_ms = 0;
  const QueueId q = c.queue("q", config);
  c.ready_agent("ann", {Center::in(q)});
  const CallId first = c.enqueue(q);
  c.accept(first);
  c.advance(20'000);
  c.complete(first);
  EXPECT_EQ(find_queue(c.account(), q)->handle_ms, 20'000);
  c.accept(c.enqueue(q));
  EXPECT_EQ(c.code(c.call_from(q, "1")), Code::ok) << "20 s expected";
  EXPECT_EQ(c.code(c.call_from(q, "2")), Code::overloaded) << "40 s expected";
  EXPECT_NE(c.last.reply.what.find("long_wait_ms"), std::string::npos);
}

TEST(Hours, AClosedQueueSendsItsCallsElsewhere) {
  Center c;
  QueueConfig config;
  const std::uint32_t every_day = 127;
  config.hours = {OpenHours{every_day, 8 * 60, 17 * 60}};
  const QueueId q = c.queue("q", config);
  const auto at = [&](int hour) {
    const Ms day_ms = 24 * hour_ms;
    const Ms today_ts = (c.ts / day_ms + 1) * day_ms;
    c.advance(today_ts + hour * hour_ms - c.ts);
    return c.code(c.call_from(q, "1"));
  };
  EXPECT_EQ(at(7), Code::failed_precondition);
  EXPECT_EQ(at(8), Code::ok);
  EXPECT_EQ(at(16), Code::ok);
  EXPECT_EQ(at(17), Code::failed_precondition);
  EXPECT_NE(c.last.reply.what.find("closed now"), std::string::npos);
}

TEST(Hours, PastMidnightBelongToTheDayTheyBeginOn) {
  const Zone utc;
  const std::vector<OpenHours> friday_night = {OpenHours{1u << 4, 22 * 60, 2 * 60}};
  const Ms friday_ts = 1 * 24 * hour_ms;  // 1970-01-02
  EXPECT_FALSE(is_open(friday_night, utc, friday_ts + 1 * hour_ms));
  EXPECT_TRUE(is_open(friday_night, utc, friday_ts + 23 * hour_ms));
  EXPECT_TRUE(is_open(friday_night, utc, friday_ts + 25 * hour_ms));
  EXPECT_FALSE(is_open(friday_night, utc, friday_ts + 26 * hour_ms));
}

TEST(Hours, ANumberHasItsOwn) {
  SipDesk d{QueueConfig{}};
  Route route;
  route.queue = d.q;
  route.hours = {OpenHours{1, 0, 1}};
  route.closed = to_address(OverflowWhen::closed, "+4930555");
  ASSERT_EQ(d.c.code(command::SetNumber{"100", route}), Code::ok) << d.c.last.reply.what;
  d.c.advance(24 * hour_ms);
  const CallId call = d.c.sip_call("e1", "100");
  EXPECT_EQ(d.c.call(call)->state, CallState::forwarded);
  ASSERT_TRUE(d.ordered<link::ForwardOrder>());
  EXPECT_EQ(d.c.call(call)->forwarded_to, "sip:+4930555@192.0.2.1");
  d.c.event("e1", link::CallEnded{call, EndCause::caller_hangup});
  EXPECT_EQ(d.c.facts<fact::CallEnded>().back().outcome, Outcome::overflow);
}

TEST(MaxWait, GoesWhereTheRuleSays) {
  Center c;
  const QueueId second = c.queue("second");
  QueueConfig config;
  config.max_wait_ms = 10'000;
  config.overflow = {to_queue(OverflowWhen::max_wait, second)};
  const QueueId q = c.queue("q", config);
  const CallId call = c.enqueue(q);
  const Ms arrived_ts = c.ts;
  c.advance(10'000);
  EXPECT_EQ(c.call(call)->queue, second);
  EXPECT_EQ(c.call(call)->arrived_ts, arrived_ts) << "it keeps its age";
  c.advance(299'999);
  EXPECT_NE(c.call(call), nullptr) << "the other queue's own max wait counts from there";
  c.advance(1);
  EXPECT_EQ(c.call(call), nullptr);
}

TEST(MaxWait, ToOneAgentToVoicemailAndToNothing) {
  Center c;
  const AgentId boss = c.agent("boss", {});
  QueueConfig config;
  config.max_wait_ms = 10'000;
  Overflow rule;
  rule.when = OverflowWhen::max_wait;
  rule.to = OverflowTo::agent;
  rule.agent = boss;
  config.overflow = {rule};
  const QueueId q = c.queue("q", config);
  config.overflow = {to_address(OverflowWhen::max_wait, "sip:voicemail@192.0.2.7")};
  const QueueId mail = c.queue("mail", config);
  const CallId to_boss = c.enqueue(q), to_mail = c.enqueue(mail);
  c.advance(10'000);
  EXPECT_EQ(c.call(to_boss)->sticky, boss);
  EXPECT_FALSE(c.call(to_boss)->queue.set());
  ASSERT_TRUE(c.run(command::Login{boss, {}}).reply.ok());
  EXPECT_EQ(c.offered_to(to_boss), boss);
  EXPECT_EQ(c.call(to_mail), nullptr) << "a foreign switch forwards its call itself";
  ASSERT_EQ(c.facts<fact::CallForwarded>().size(), 1u);
  EXPECT_EQ(c.facts<fact::CallForwarded>()[0].address, "sip:voicemail@192.0.2.7");
}

TEST(NoAgent, QueuesThatNobodyServesDoNotSendACallBackAndForth) {
  Center c;
  QueueConfig config;
  config.no_agent_ms = 20'000;
  config.max_wait_ms = 0;
  const QueueId third = c.queue("third", config);
  const QueueId second = c.queue("second", config);
  const QueueId first = c.queue("first", config);
  const auto on_to = [&](QueueId from, const std::string& key, QueueId to) {
    Overflow rule;
    rule.when = OverflowWhen::no_agent;
    rule.to = OverflowTo::queue;
    rule.queue = to;
    QueueConfig next = config;
    next.key = key;
    next.overflow = {rule};
    ASSERT_EQ(c.code(command::SetQueue{from, next}), Code::ok);
  };
  on_to(first, "first", second);
  on_to(second, "second", third);
  on_to(third, "third", first);
  c.agent("ann", {Center::in(first), Center::in(second), Center::in(third)});
  const CallId call = c.enqueue(first);
  c.advance(60'000);
  EXPECT_EQ(c.call(call), nullptr);
  EXPECT_EQ(c.facts<fact::CallMoved>().size(), 0u) << "every one of them would send it on at once";
  EXPECT_EQ(c.facts<fact::CallEnded>().back().outcome, Outcome::overflow);
}

TEST(NoAgent, CallsLeaveWhenNobodyServesThemButNotBeforeTheirGrace) {
  Center c;
  QueueConfig config;
  config.no_agent_ms = 20'000;
  config.no_agent_grace_ms = 5'000;
  config.max_wait_ms = 0;
  const QueueId q = c.queue("q", config);
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  c.status(a, Status::on_break);
  const CallId old = c.enqueue(q);
  c.advance(60'000);
  EXPECT_NE(c.call(old), nullptr) << "on a break is logged in";
  ASSERT_EQ(c.code(command::Logout{a, ""}), Code::ok);
  c.advance(18'000);
  const CallId young = c.enqueue(q);
  c.advance(2'000);
  EXPECT_EQ(c.call(old), nullptr);
  EXPECT_NE(c.call(young), nullptr);
  c.advance(3'000);
  EXPECT_EQ(c.call(young), nullptr);
  EXPECT_EQ(c.facts<fact::CallEnded>().back().outcome, Outcome::overflow);
}

TEST(NoAgent, SomebodyWhoComesBackInTimeKeepsThem) {
  Center c;
  QueueConfig config;
  config.no_agent_ms = 20'000;
  const QueueId q = c.queue("q", config);
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  ASSERT_EQ(c.code(command::Logout{a, ""}), Code::ok);
  const CallId call = c.enqueue(q);
  c.advance(19'000);
  c.make_ready(a);
  EXPECT_EQ(c.offered_to(call), a);
  EXPECT_EQ(find_queue(c.account(), q)->empty_since_ts, 0);
}

TEST(NoAgent, LeaveEmptyIsAtOnce) {
  Center c;
  QueueConfig config;
  config.leave_empty = empty_when::nobody_logged_in | empty_when::paused;
  config.no_agent_grace_ms = 0;
  const QueueId q = c.queue("q", config);
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const CallId talking = c.enqueue(q);
  c.accept(talking);
  const CallId call = c.enqueue(q);
  EXPECT_NE(c.call(call), nullptr) << "busy is served";
  c.complete(talking);
  c.status(a, Status::on_break);
  c.settle();
  EXPECT_EQ(c.call(call), nullptr);
  EXPECT_EQ(c.facts<fact::QueueEmpty>().size() % 2, 1u);
}

TEST(AbandonedResume, TheSameCallerHasTheOldPlace) {
  Center c;
  QueueConfig config;
  config.abandoned_resume = true;
  config.abandoned_keep_ms = 60'000;
  const QueueId q = c.queue("q", config);
  const command::Enqueue first = c.call_from(q, "100");
  ASSERT_EQ(c.code(first), Code::ok);
  const Ms place_ts = c.ts;
  c.advance(10'000);
  const command::Enqueue other = c.call_from(q, "200");
  ASSERT_EQ(c.code(other), Code::ok);
  c.complete(first.call);
  c.restart();
  c.advance(30'000);
  const command::Enqueue again = c.call_from(q, "100");
  ASSERT_EQ(c.code(again), Code::ok);
  EXPECT_EQ(c.call(again.call)->arrived_ts, place_ts);
  c.ready_agent("ann", {Center::in(q)});
  EXPECT_TRUE(c.offered_to(again.call).set());
  EXPECT_TRUE(c.account().places.empty()) << "a place is given back once";
}

TEST(AbandonedResume, WidensFromTheOldPlaceOn) {
  Center c;
  QueueConfig config;
  config.abandoned_resume = true;
  config.abandoned_keep_ms = 60'000;
  config.tiers = {1, 1};
  config.widening = {WideningStep{10'000, {1, 2}, 0, {}}};
  const QueueId q = c.queue("q", config);
  Membership second = Center::in(q);
  second.tier_level = 2;
  const AgentId a = c.ready_agent("ann", {second});
  const command::Enqueue first = c.call_from(q, "100");
  ASSERT_EQ(c.code(first), Code::ok);
  c.advance(9000);
  c.complete(first.call);
  c.advance(5000);
  const command::Enqueue again = c.call_from(q, "100");
  ASSERT_EQ(c.code(again), Code::ok);
  EXPECT_EQ(c.offered_to(again.call), a);
}

TEST(AbandonedResume, IsOverAfterItsTime) {
  Center c;
  QueueConfig config;
  config.abandoned_resume = true;
  config.abandoned_keep_ms = 60'000;
  const QueueId q = c.queue("q", config);
  const command::Enqueue first = c.call_from(q, "100");
  ASSERT_EQ(c.code(first), Code::ok);
  c.complete(first.call);
  c.advance(60'000);
  const command::Enqueue again = c.call_from(q, "100");
  ASSERT_EQ(c.code(again), Code::ok);
  EXPECT_EQ(c.call(again.call)->arrived_ts, c.ts);
}

TEST(Limits, ListsOfTheAccountAndOfAnAgent) {
  Center c;
  std::vector<Membership> many;
  for (std::size_t i = 0; i <= limits::memberships_max; ++i)
    many.push_back(Center::in(c.queue("q" + std::to_string(i))));
  AgentConfig config;
  config.key = "ann";
  EXPECT_EQ(c.code(command::SetAgent{AgentId(Ulid{5, 1}), config, many}), Code::invalid_argument);
  EXPECT_NE(c.last.reply.what.find("memberships"), std::string::npos);
  many.pop_back();
  EXPECT_EQ(c.code(command::SetAgent{AgentId(Ulid{5, 1}), config, many}), Code::ok);
  for (std::size_t i = 0; i < limits::domains_max; ++i)
    ASSERT_EQ(c.code(command::SetDomain{std::to_string(i) + ".test"}), Code::ok);
  EXPECT_EQ(c.code(command::SetDomain{"more.test"}), Code::invalid_argument);
  EXPECT_EQ(c.code(command::SetDomain{"1.test"}), Code::ok) << "it is there";
  for (std::size_t i = 0; i < limits::trunks_max; ++i)
    ASSERT_EQ(c.code(command::SetTrunk{Trunk{std::to_string(i), "192.0.2.1"}}), Code::ok);
  EXPECT_EQ(c.code(command::SetTrunk{Trunk{"more", "192.0.2.1"}}), Code::invalid_argument);
  EXPECT_EQ(c.code(command::SetTrunk{Trunk{"1", "192.0.2.2"}}), Code::ok);
}

TEST(Limits, AQueueOfVeryManyIsNotRemovedInOneTurn) {
  Center c;
  const QueueId q = c.queue("q");
  const auto crowd = [&](unsigned count, std::vector<Membership> memberships) {
    command::Import import;
    for (unsigned i = 0; i < count; ++i) {
      AgentConfig config;
      config.key = std::to_string(i);
      import.steps.emplace_back(command::SetAgent{AgentId(Ulid{5, i + 1}), config, memberships});
    }
    return c.code(import);
  };
  ASSERT_EQ(crowd(4097, {Center::in(q)}), Code::ok);
  EXPECT_EQ(c.code(command::RemoveQueue{q, {}}), Code::failed_precondition);
  EXPECT_NE(c.last.reply.what.find("UpdateAgents"), std::string::npos);
  ASSERT_EQ(crowd(1, {}), Code::ok);
  EXPECT_EQ(c.code(command::RemoveQueue{q, {}}), Code::ok);
}

TEST(Limits, PositionsAreNotToldAllTheTime) {
  Center c;
  QueueConfig config;
  config.key = "q";
  config.announce_every_ms = 14'999;
  EXPECT_EQ(c.code(command::SetQueue{QueueId(Ulid{5, 1}), config}), Code::invalid_argument);
  config.announce_every_ms = 15'000;
  EXPECT_EQ(c.code(command::SetQueue{QueueId(Ulid{5, 1}), config}), Code::ok);
}

TEST(Limits, SoManyOverflowRulesAndEachOnce) {
  Center c;
  const QueueId other = c.queue("other");
  QueueConfig config;
  config.key = "q";
  config.overflow = {to_queue(OverflowWhen::full, other), to_queue(OverflowWhen::full, other)};
  EXPECT_EQ(c.code(command::SetQueue{QueueId(Ulid{5, 1}), config}), Code::invalid_argument);
  config.overflow = {on_key("12", OverflowTo::hang_up)};
  EXPECT_EQ(c.code(command::SetQueue{QueueId(Ulid{5, 1}), config}), Code::invalid_argument);
  config.overflow = {to_address(OverflowWhen::full, "voice mail")};
  EXPECT_EQ(c.code(command::SetQueue{QueueId(Ulid{5, 1}), config}), Code::invalid_argument);
  config.overflow.assign(limits::overflow_rules_max + 1, on_key("1", OverflowTo::hang_up));
  EXPECT_EQ(c.code(command::SetQueue{QueueId(Ulid{5, 1}), config}), Code::invalid_argument);
}

}  // namespace
}  // namespace rf::core
