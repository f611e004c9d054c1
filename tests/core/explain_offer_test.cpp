#include "core/queue/explain_offer.hpp"

#include <gtest/gtest.h>

#include "core/account/apply.hpp"
#include "tests/support/center.hpp"

/// Why a call is offered to the one and not to the other: one situation for each reason (R30).
namespace rf::core {
namespace {

using rf::testing::Center;

QueueConfig plain_queue() {
  QueueConfig config;
  config.max_wait_ms = 0;
  config.wrapup_ms = 0;
  return config;
}

/// What is said of the agent about the call, as things stand.
Considered said(Center& c, CallId call, AgentId agent) {
  const OfferExplanation explained = explain_offer(c.account(), *c.call(call), c.now());
  for (const Considered& considered : explained.considered)
    if (considered.agent == agent) return considered;
  ADD_FAILURE() << "nothing is said of the agent";
  return {};
}

void expect_said(Center& c, CallId call, AgentId agent, PassedOver verdict, const std::string& why) {
  const Considered is = said(c, call, agent);
  EXPECT_EQ(is.verdict, verdict) << is.why;
  EXPECT_NE(is.why.find(why), std::string::npos) << is.why;
  EXPECT_FALSE(is.why.empty());
}

TEST(ExplainOffer, WhoIsOfferedTheCallAndWhoComesLater) {
  Center c;
  QueueConfig config = plain_queue();
  config.strategy = StrategyKind::sequentially_by_agent_order;
  const QueueId q = c.queue("q", config);
  std::vector<AgentId> order;
  for (const std::string key : {"a", "b", "d"}) {
    Membership m = Center::in(q);
    m.position = static_cast<std::int32_t>(order.size()) + 1;
    order.push_back(c.ready_agent(key, {m}));
  }
  const Account before = c.account();
  const CallId call = c.enqueue(q);
  ASSERT_EQ(c.offered_to(call), order[0]);
  const OfferExplanation ringing = explain_offer(c.account(), *c.call(call), c.now());
  ASSERT_EQ(ringing.considered.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(ringing.considered[i].agent, order[i]);
  EXPECT_EQ(ringing.considered[0].verdict, PassedOver::offered);
  EXPECT_EQ(ringing.taken, 0u) << "it is offered the call already";
  EXPECT_EQ(ringing.considered[1].why, "free, but as many ring as may");
  // In front of the decision.
  Account then = before;
  for (const Fact& fact : c.log)
    if (fact.seq > then.seq && !std::holds_alternative<fact::Offered>(fact.body)) apply(then, fact);
  const OfferExplanation decided = explain_offer(then, *find_call(then, call), c.now());
  EXPECT_EQ(decided.taken, 1u);
  EXPECT_EQ(decided.considered[0].agent, order[0]);
  EXPECT_EQ(decided.considered[1].why, "free, but comes after a");
  EXPECT_TRUE(explain_decision(then, *find_call(then, call), {order[0]}, c.now()).reproduced);
  EXPECT_FALSE(explain_decision(then, *find_call(then, call), {AgentId(Ulid{9, 9})}, c.now()).reproduced);
}

TEST(ExplainOffer, AnAgentWhoComesFreeTakesTheCallThatWaitsFirst) {  // R4
  Center c;
  QueueConfig config = plain_queue();
  config.strategy = StrategyKind::sequentially_by_agent_order;
  const QueueId q = c.queue("q", config);
  Membership first = Center::in(q);
  first.position = 1;
  Membership second = Center::in(q);
  second.position = 2;
  const AgentId a = c.ready_agent("a", {first});
  const AgentId b = c.ready_agent("b", {second});
  // Both free and one call: had both come free in one turn, b may have been first.
  Account both = c.account();
  const CallId call = c.enqueue(q);
  for (const Fact& fact : c.log)
    if (fact.seq > both.seq && !std::holds_alternative<fact::Offered>(fact.body)) apply(both, fact);
  const ExplainedDecision decision = explain_decision(both, *find_call(both, call), {b}, c.now());
  EXPECT_TRUE(decision.reproduced);
  EXPECT_EQ(decision.offer.considered[0].agent, b);
  EXPECT_EQ(decision.offer.considered[0].verdict, PassedOver::offered);
  EXPECT_EQ(decision.offer.considered[1].agent, a);
  EXPECT_EQ(decision.offer.considered[1].why, "free, but the call waited first for b, who came free");
}

TEST(ExplainOffer, StateMembershipAndWaits) {
  Center c;
  QueueConfig config = plain_queue();
  config.tier_rules = TierRules{30'000, true, true};
  const QueueId q = c.queue("q", config);
  const AgentId out = c.agent("out", {Center::in(q)});
  const QueueId another = c.queue("another", plain_queue());
  const AgentId inactive = c.ready_agent("inactive", {Center::in(q), Center::in(another)});
  ASSERT_TRUE(c.run(command::SetMembershipActive{inactive, q, false}).reply.ok());
  const AgentId paused = c.ready_agent("paused", {Center::in(q), Center::in(another)});
  ASSERT_TRUE(c.run(command::SetMembershipPaused{paused, q, true, "training"}).reply.ok());
  Membership later = Center::in(q);
  later.tier_level = 5;
  const AgentId second_tier = c.ready_agent("second-tier", {later});
  Membership slow = Center::in(q);
  slow.delay_ms = 20'000;
  const AgentId delayed = c.ready_agent("delayed", {slow});
  const CallId call = c.enqueue(q);
  c.advance(5'000);
  expect_said(c, call, out, PassedOver::not_ready, "");
  expect_said(c, call, inactive, PassedOver::queue_inactive, "activate the membership");
  expect_said(c, call, paused, PassedOver::queue_paused, "(training)");
  expect_said(c, call, second_tier, PassedOver::tier_closed,
              "tier 5 opens after 30 s of waiting, the call has waited 5 s");
  expect_said(c, call, delayed, PassedOver::delayed, "after 20 s of waiting");
}

TEST(ExplainOffer, SkillsAndTierWindow) {
  Center c;
  QueueConfig config = plain_queue();
  config.required = {Skill{"german", 3}};
  config.tiers = TierWindow{1, 2};
  const QueueId q = c.queue("q", config);
  AgentConfig some;
  some.external_endpoint = true;
  some.skills = {Skill{"german", 2}};
  const AgentId a = c.agent("a", {Center::in(q)}, some);
  c.make_ready(a);
  Membership outside = Center::in(q);
  outside.tier_level = 3;
  const AgentId b = c.ready_agent("b", {outside});
  const CallId call = c.enqueue(q);
  expect_said(c, call, a, PassedOver::lacks_skills, "has german at level 2, the call asks for 3");
  expect_said(c, call, b, PassedOver::tier_closed, "outside of the call's tiers");
}

TEST(ExplainOffer, AfterAnOfferThatWasNotAnswered) {
  Center c;
  QueueConfig config = plain_queue();
  config.reject_delay_ms = 10'000;
  const QueueId q = c.queue("q", config);
  const AgentId a = c.ready_agent("a", {Center::in(q)});
  const CallId call = c.enqueue(q);
  c.reject(call);
  expect_said(c, call, a, PassedOver::left_alone, "left alone for 10 s more");
}

TEST(ExplainOffer, ACallThatWaitsForItsAgent) {  // LS-9
  Center c;
  QueueConfig config = plain_queue();
  config.sticky = Sticky{StickyMode::wait, testing::hour_ms, 30'000};
  const QueueId q = c.queue("q", config);
  const AgentId last = c.ready_agent("last", {Center::in(q)});
  c.talk(c.enqueue(q, "100"));
  const CallId busy = c.enqueue(q, "200");
  ASSERT_EQ(c.offered_to(busy), last);
  c.accept(busy);
  const AgentId other = c.ready_agent("other", {Center::in(q)});
  const CallId call = c.enqueue(q, "100");
  expect_said(c, call, other, PassedOver::kept_for_another, "the call waits for last");
}

TEST(ExplainOffer, WhatKeepsTheCallFromEverybody) {
  Center c;
  QueueConfig config = plain_queue();
  config.talking_max = 1;
  const QueueId q = c.queue("q", config);
  const AgentId a = c.ready_agent("a", {Center::in(q)});
  const AgentId b = c.ready_agent("b", {Center::in(q)});
  const CallId first = c.enqueue(q);
  const AgentId talks = c.offered_to(first);
  c.accept(first);
  const CallId call = c.enqueue(q);
  const OfferExplanation explained = explain_offer(c.account(), *c.call(call), c.now());
  EXPECT_EQ(explained.blocked, "the queue has as many calls in conversation as it may");
  EXPECT_EQ(explained.taken, 0u);
  expect_said(c, call, talks == a ? b : a, PassedOver::call_blocked, "as many calls in conversation");
  EXPECT_EQ(explain_offer(c.account(), *c.call(first), c.now()).blocked, "the call does not wait any more");
}

TEST(ExplainOffer, PhonesAndEdges) {
  testing::SipDesk desk(plain_queue());
  Center& c = desk.c;
  const AgentId here = desk.agent("here");
  const AgentId elsewhere = c.ready_agent("elsewhere", {Center::in(desk.q)});
  const CallId ringing = desk.call();
  ASSERT_EQ(c.offered_to(ringing), here);
  expect_said(c, ringing, elsewhere, PassedOver::no_phone_there, "no phone is registered at the edge e1");
  // The log alone does not tell of heartbeats: an edge counts as heard unless the account knows better.
  Now log_only;
  log_only.ts = c.now().ts;
  EXPECT_EQ(explain_offer(c.account(), *c.call(ringing), log_only).considered[0].agent, here);
}

TEST(ExplainOffer, ACallToOneAgentAsksForNoMembership) {  // LS-20
  Center c;
  const QueueId q = c.queue("q", plain_queue());
  const AgentId a = c.agent("a", {Center::in(q)});
  command::Enqueue enqueue = c.call_from(QueueId(), "+49301");
  enqueue.agent = a;
  ASSERT_TRUE(c.run(enqueue).reply.ok());
  const OfferExplanation explained = explain_offer(c.account(), *c.call(enqueue.call), c.now());
  ASSERT_EQ(explained.considered.size(), 1u);
  EXPECT_EQ(explained.considered[0].verdict, PassedOver::not_ready);
  c.make_ready(a);
  EXPECT_EQ(c.offered_to(enqueue.call), a);
}

}  // namespace
}  // namespace rf::core
