#include <gtest/gtest.h>

#include "core/presence/explain.hpp"
#include "tests/support/center.hpp"

/// Who can be reached: phones, Follow-Me, bots, login, participants.
namespace rf::core {
namespace {

using rf::testing::Center;
using rf::testing::SipDesk;

Settings following() {
  Settings settings;
  settings.availability = AvailabilityMode::follow_reachability;
  return settings;
}

/// A SIP queue of an account whose agents are available as soon as they can be reached.
struct FollowDesk : SipDesk {
  FollowDesk() : SipDesk(QueueConfig{}) { c.settings(following()); }
};

TEST(FollowReachability, ARegisteredPhoneIsAvailableAndNoneIsLoggedOut) {  // LS-3, LS-4, RP-2
  FollowDesk d;
  AgentConfig config;
  config.extension = "1001";
  const AgentId a = d.c.agent("ann", {Center::in(d.q)}, config);
  EXPECT_EQ(d.c.bucket(a), Bucket::offline);
  const BindingId phone = d.c.bind("e1", a);
  EXPECT_EQ(d.c.bucket(a), Bucket::ready);
  const BindingId second = d.c.bind("e1", a);
  d.c.event("e1", link::BindingDown{phone, "expired"});
  EXPECT_EQ(d.c.bucket(a), Bucket::ready) << "one of two phones is gone (E10)";
  d.c.event("e1", link::BindingDown{second, "unregistered"});
  EXPECT_EQ(d.c.bucket(a), Bucket::offline);
  EXPECT_EQ(d.c.at(a).status, Status::offline);
}

TEST(FollowReachability, FollowMeAloneIsAvailable) {  // LS-25
  FollowDesk d;
  AgentConfig config;
  config.follow_me = "+4915112345678";
  const AgentId a = d.c.agent("ann", {Center::in(d.q)}, config);
  EXPECT_EQ(d.c.bucket(a), Bucket::ready);
  const CallId call = d.c.sip_call("e1", "100");
  ASSERT_EQ(d.c.offered_to(call), a);
  const auto& offer = find_reservation(d.c.account(), d.c.offer_of(call))->offer;
  ASSERT_EQ(offer.endpoints.size(), 1u);
  EXPECT_EQ(offer.endpoints[0].uri, "sip:+4915112345678@192.0.2.1");
  EXPECT_TRUE(offer.bindings.empty());
  config.key = "ann";
  config.follow_me.clear();
  ASSERT_TRUE(d.c.run(command::SetAgent{a, config, {Center::in(d.q)}}).reply.ok());
  EXPECT_EQ(d.c.at(a).status, Status::offline) << "taken off by clearing Follow-Me (LS-26)";
}

TEST(FollowReachability, DualRingIsOneReservation) {  // LS-5
  FollowDesk d;
  AgentConfig config;
  config.extension = "1001";
  config.follow_me = "+4915112345678";
  const AgentId a = d.c.agent("ann", {Center::in(d.q)}, config);
  const BindingId phone = d.c.bind("e1", a);
  const CallId call = d.c.sip_call("e1", "100");
  ASSERT_EQ(d.c.call(call)->offers.size(), 1u);
  const auto& offer = find_reservation(d.c.account(), d.c.offer_of(call))->offer;
  EXPECT_EQ(offer.bindings, std::vector<BindingId>{phone});
  EXPECT_EQ(offer.endpoints.size(), 1u);
}

TEST(FollowReachability, APhoneLostInACallLogsOutAtItsEndAndBackClearsThat) {
  FollowDesk d;
  AgentConfig config;
  config.extension = "1001";
  const AgentId a = d.c.agent("ann", {Center::in(d.q)}, config);
  const BindingId phone = d.c.bind("e1", a);
  const CallId call = d.c.sip_call("e1", "100");
  d.c.event("e1", link::Answered{d.c.offer_of(call), phone});
  d.c.event("e1", link::BindingDown{phone, "expired"});
  EXPECT_TRUE(d.c.at(a).next.set);
  EXPECT_EQ(d.c.bucket(a), Bucket::incall);
  d.c.bind("e1", a);
  EXPECT_FALSE(d.c.at(a).next.set);
}

TEST(FollowReachability, SwitchingTheModeLogsInWhoIsReachable) {
  Center c;
  const QueueId q = c.queue("q");
  const AgentId a = c.agent("ann", {Center::in(q)});
  EXPECT_EQ(c.bucket(a), Bucket::offline);
  c.settings(following());
  c.settle();
  EXPECT_EQ(c.bucket(a), Bucket::ready);
  EXPECT_EQ(c.account().logoff_ts, 0);
}

/// Agents with an endpoint, all logged out, in an account that follows reachability from now on.
struct BeginsToFollow {
  BeginsToFollow() {
    for (int i = 0; i < 300; ++i) agents.push_back(c.agent("a" + std::to_string(i), {Center::in(q)}));
    AgentConfig config;
    config.extension = "1001";
    without = c.agent("without", {Center::in(q)}, config);
    c.settings(following());
  }
  std::size_t logged_in() const { return c.account().index.logged_in.size(); }
  Center c;
  QueueId q = c.queue("q");
  std::vector<AgentId> agents;
  AgentId without;
};

TEST(FollowReachability, SwitchingTheModeLogsManyInByBoundedTurns) {  // R6
  BeginsToFollow d;
  EXPECT_LE(d.c.last.facts.size(), limits::batch_facts_max);
  std::size_t turns = 0;
  for (; d.logged_in() < d.agents.size() && turns < 100; ++turns)
    EXPECT_LE(d.c.run(command::Tick{}).facts.size(), limits::batch_facts_max);
  EXPECT_GT(turns, 1u);
  d.c.settle();
  for (AgentId id : d.agents) EXPECT_EQ(d.c.bucket(id), Bucket::ready);
  EXPECT_EQ(d.c.bucket(d.without), Bucket::offline);
  EXPECT_EQ(d.c.account().logoff_ts, 0);
}

TEST(FollowReachability, TheSwitchIsCarriedThroughByTheNextLeader) {
  BeginsToFollow d;
  d.c.run(command::Tick{});
  ASSERT_LT(d.logged_in(), d.agents.size());
  d.c.restart();
  EXPECT_EQ(d.logged_in(), d.agents.size());
}

TEST(FollowReachability, TheSwitchIsCarriedThroughWhenTheDayMoves) {
  BeginsToFollow d;
  Settings settings = d.c.account().settings;
  settings.auto_logoff = true;
  settings.day_end_min = 60;
  d.c.settings(settings);
  ASSERT_NE(d.c.account().day_end_ts, 0);
  d.c.settle();
  EXPECT_EQ(d.logged_in(), d.agents.size());
}

TEST(FollowReachability, TheSwitchAndTheFirstDayComeTogether) {
  Center c;
  const AgentId a = c.agent("ann", {Center::in(c.queue("q"))});
  Settings settings = following();
  settings.auto_logoff = true;
  c.settings(settings);
  ASSERT_NE(c.account().day_end_ts, 0);
  c.settle();
  EXPECT_EQ(c.bucket(a), Bucket::ready);
}

TEST(FollowReachability, WhoLogsOutWhileTheSwitchIsCarriedThroughStaysOut) {
  Center c;
  const AgentId a = c.ready_agent("ann", {Center::in(c.queue("q"))});
  c.settings(following());
  ++c.ts;
  ASSERT_EQ(c.code(command::Logout{a, "home"}), Code::ok);
  c.settle();
  EXPECT_EQ(c.at(a).status, Status::offline);
}

TEST(FollowReachability, SwitchingBackEndsTheSwitch) {
  BeginsToFollow d;
  d.c.settings(Settings{});
  d.c.settle();
  EXPECT_EQ(d.logged_in(), 0u);
  EXPECT_EQ(d.c.account().logoff_ts, 0);
}

TEST(FollowReachability, ANewMembershipIsOnAsAtALogin) {  // PD-9
  FollowDesk d;
  const QueueId more = d.c.queue("more"), chosen = d.c.queue("chosen");
  AgentConfig config;
  config.key = "ann";
  config.extension = "1001";
  const AgentId a = d.c.agent("ann", {Center::in(d.q)}, config);
  d.c.bind("e1", a);
  d.c.number("200", more);
  const CallId call = d.c.sip_call("e1", "200");
  Membership dynamic = Center::in(chosen);
  dynamic.mode = MembershipMode::dynamic;
  ASSERT_EQ(d.c.code(command::SetAgent{a, config, {Center::in(d.q), Center::in(more), dynamic}}), Code::ok);
  EXPECT_TRUE(find_membership(d.c.at(a), d.q)->active);
  EXPECT_TRUE(find_membership(d.c.at(a), more)->active);
  EXPECT_FALSE(find_membership(d.c.at(a), chosen)->active) << "that takes a choice";
  EXPECT_EQ(d.c.offered_to(call), a) << "who waited already";
}

TEST(FollowReachability, ANewMembershipOfWhoSelectsQueuesIsOff) {  // PD-4
  Center c;
  const QueueId q = c.queue("q"), more = c.queue("more");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  ASSERT_EQ(c.code(command::SetAgent{a, c.at(a).config, {Center::in(q), Center::in(more)}}), Code::ok);
  EXPECT_FALSE(find_membership(c.at(a), more)->active);
}

TEST(FollowReachability, APhoneLostInACallDoesNotTakeTheBreakThatWasAskedFor) {
  FollowDesk d;
  AgentConfig config;
  config.extension = "1001";
  const AgentId a = d.c.agent("ann", {Center::in(d.q)}, config);
  const BindingId phone = d.c.bind("e1", a);
  d.c.number("200", d.q);
  const CallId call = d.c.sip_call("e1", "200");
  const ReservationId r = d.c.offer_of(call);
  d.c.event("e1", link::Answered{r, phone});
  d.c.status(a, Status::on_break);
  ASSERT_TRUE(d.c.at(a).next.set);
  d.c.event("e1", link::BindingDown{phone, "expired"});
  d.c.bind("e1", a);
  EXPECT_EQ(d.c.at(a).next.status, Status::on_break);
}

TEST(FollowReachability, WithoutAPhoneTheFirstThingToDoIsAPhone) {  // CX-14
  FollowDesk d;
  AgentConfig config;
  config.extension = "1001";
  const AgentId a = d.c.agent("ann", {Center::in(d.q)}, config);
  EXPECT_EQ(explain_readiness(d.c.account(), d.c.at(a)).front(),
            "no phone is registered for extension 1001: register it");
}

TEST(FollowReachability, ANewNameDoesNotLogIn) {
  Center c;
  c.settings(following());
  AgentConfig config;
  config.external_endpoint = true;
  config.key = "ann";
  const QueueId q = c.queue("q");
  const AgentId a = c.agent("ann", {Center::in(q)}, config);
  ASSERT_EQ(c.bucket(a), Bucket::ready);
  ASSERT_EQ(c.code(command::Logout{a, "home"}), Code::ok);
  config.name = "Anna";
  ASSERT_EQ(c.code(command::SetAgent{a, config, {Center::in(q)}}), Code::ok);
  EXPECT_EQ(c.at(a).status, Status::offline) << "who logged out by hand stays logged out";
}

TEST(FollowMe, LoopsAreRefused) {  // LS-7, LS-23
  Center c;
  const QueueId q = c.queue("q");
  AgentConfig config;
  config.key = "ann";
  config.follow_me = "+4930100";
  const AgentId id(Ulid{5, 1});
  EXPECT_EQ(c.code(command::SetAgent{id, config, {}}), Code::failed_precondition) << "no trunk";
  ASSERT_EQ(c.code(command::SetTrunk{Trunk{"out", "192.0.2.1"}}), Code::ok);
  c.number("+4930100", q);
  EXPECT_EQ(c.code(command::SetAgent{id, config, {}}), Code::failed_precondition);
  EXPECT_NE(c.last.reply.what.find("round in circles"), std::string::npos);
  config.follow_me = "+4930200";
  ASSERT_EQ(c.code(command::SetAgent{id, config, {}}), Code::ok);
  EXPECT_EQ(c.code(command::SetNumber{"+4930200", Route{q, {}, {}, {}}}), Code::failed_precondition);
  EXPECT_EQ(c.code(command::RemoveTrunk{"out"}), Code::failed_precondition);
  config.follow_me = "0151 234";
  EXPECT_EQ(c.code(command::SetAgent{id, config, {}}), Code::invalid_argument);
}

TEST(Bot, TakesManyCallsAtOnceByItsAddress) {  // LS-33
  Center c;
  const QueueId q = c.queue("q");
  c.number("100", q);
  c.attach("e1", 1, "boot");
  AgentConfig config;
  config.kind = AgentKind::bot;
  config.max_concurrent = 3;
  config.key = "bot";
  const AgentId id(Ulid{5, 1});
  EXPECT_EQ(c.code(command::SetAgent{id, config, {Center::in(q)}}), Code::invalid_argument) << "no address";
  config.uri = "sip:bot@192.0.2.9:5080";
  ASSERT_EQ(c.code(command::SetAgent{id, config, {Center::in(q)}}), Code::ok);
  EXPECT_EQ(c.bucket(id), Bucket::ready) << "a bot needs no login";
  std::vector<CallId> calls;
  for (int i = 0; i < 4; ++i) calls.push_back(c.sip_call("e1", "100"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(c.offered_to(calls[static_cast<std::size_t>(i)]), id);
  EXPECT_FALSE(c.offered_to(calls[3]).set());
}

TEST(Login, LeavesTheRightStatusWithoutAnybodyFlippingIt) {  // LS-29
  Center c;
  Settings settings = c.account().settings;
  settings.auto_ready_on_login = true;
  settings.auto_queue_login = true;
  c.settings(settings);
  const QueueId q = c.queue("q");
  c.number("100", q);
  c.attach("e1", 1, "boot");
  AgentConfig config;
  config.extension = "1001";
  const AgentId a = c.agent("ann", {Center::in(q)}, config);
  ASSERT_EQ(c.code(command::Login{a, {}}), Code::ok);
  EXPECT_EQ(c.bucket(a), Bucket::unreachable) << "no phone yet";
  c.bind("e1", a);
  EXPECT_EQ(c.bucket(a), Bucket::ready);
  EXPECT_EQ(c.offered_to(c.sip_call("e1", "100")), a);
}

TEST(Participant, IsAvailableByItsPhoneAndPausesByQueue) {  // TM-2
  Center c;
  const QueueId q1 = c.queue("q1"), q2 = c.queue("q2");
  AgentConfig config;
  config.participant = true;
  config.external_endpoint = true;
  const AgentId a = c.agent("door", {Center::in(q1), Center::in(q2)}, config);
  EXPECT_EQ(c.bucket(a), Bucket::ready);
  ASSERT_EQ(c.code(command::SetMembershipPaused{a, q1, true, "lunch"}), Code::ok);
  EXPECT_FALSE(c.offered_to(c.enqueue(q1)).set());
  EXPECT_EQ(c.offered_to(c.enqueue(q2)), a);
}

TEST(Participant, NeitherLogsInNorOut) {  // TM-2
  Center c;
  AgentConfig config;
  config.participant = true;
  config.external_endpoint = true;
  const AgentId a = c.agent("door", {Center::in(c.queue("q"))}, config);
  command::SetStatus later{a, Status::offline, "home"};
  later.at_end_of_call = true;
  EXPECT_EQ(c.code(command::Logout{a, "home"}), Code::failed_precondition);
  EXPECT_EQ(c.code(command::SetStatus{a, Status::offline, "home"}), Code::failed_precondition);
  EXPECT_EQ(c.code(later), Code::failed_precondition);
  EXPECT_EQ(c.code(command::Login{a, {}}), Code::failed_precondition);
  EXPECT_NE(c.last.reply.what.find("while its phone is registered"), std::string::npos);
  EXPECT_EQ(c.bucket(a), Bucket::ready);
}

TEST(Participant, IsAskedForNoOutcomeAndNotLoggedOffAtTheDaysEnd) {  // TM-2
  Center c;
  Settings settings = c.account().settings;
  settings.auto_logoff = true;
  c.settings(settings);
  QueueConfig asks;
  asks.dispositions = true;
  asks.wrapup_ms = 1000;
  const QueueId q = c.queue("q", asks);
  AgentConfig config;
  config.participant = true;
  config.external_endpoint = true;
  const AgentId a = c.agent("door", {Center::in(q)}, config);
  const CallId call = c.enqueue(q);
  c.accept(call);
  c.complete(call);
  c.advance(1000);
  EXPECT_TRUE(c.facts<fact::DispositionSet>().empty());
  c.advance(c.account().day_end_ts - c.ts);
  EXPECT_EQ(c.bucket(a), Bucket::ready) << "it has no login times";
}

}  // namespace
}  // namespace rf::core
