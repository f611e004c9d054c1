#include <gtest/gtest.h>

#include "tests/support/center.hpp"

/// Calls to one agent, and when an agent is offered a call again.
namespace rf::core {
namespace {

using rf::testing::Center;

command::Enqueue call_to(AgentId agent) {
  command::Enqueue e;
  e.call = CallId(Ulid{9, 1});
  e.agent = agent;
  return e;
}

AgentConfig two_at_once() {
  AgentConfig config;
  config.external_endpoint = true;
  config.max_concurrent = 2;
  return config;
}

TEST(Direct, ACallToOneAgentWaitsForThatAgentOnly) {  // LS-20
  Center c;
  const QueueId q = c.queue("q");
  const AgentId a = c.agent("ann", {});
  ASSERT_TRUE(c.run(command::Login{a, {}}).reply.ok());
  c.ready_agent("bob", {Center::in(q)});
  command::Enqueue e = call_to(a);
  ASSERT_TRUE(c.run(e).reply.ok()) << c.last.reply.what;
  EXPECT_EQ(c.offered_to(e.call), a) << "neither a queue nor the status available is asked for";
  c.accept(e.call);
  EXPECT_EQ(c.bucket(a), Bucket::extcall) << "a call that is none of a queue's";
  c.complete(e.call);
  EXPECT_EQ(c.bucket(a), Bucket::wrapup);
}

TEST(Direct, ABusyAgentTakesItBeforeQueueCalls) {
  Center c;
  QueueConfig config;
  config.wrapup_ms = 0;
  const QueueId q = c.queue("q", config);
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const CallId first = c.enqueue(q), second = c.enqueue(q);
  c.accept(first);
  command::Enqueue e = call_to(a);
  ASSERT_TRUE(c.run(e).reply.ok());
  EXPECT_FALSE(c.offered_to(e.call).set());
  c.complete(first);
  EXPECT_EQ(c.offered_to(e.call), a);
  EXPECT_FALSE(c.offered_to(second).set());
}

TEST(Direct, APausedAgentIsNotRungUnlessAllowed) {  // TM-2, TM-6
  Center c;
  const QueueId q = c.queue("q");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  c.status(a, Status::on_break);
  command::Enqueue e = call_to(a);
  ASSERT_TRUE(c.run(e).reply.ok());
  EXPECT_FALSE(c.offered_to(e.call).set());
  Settings settings = c.account().settings;
  settings.paused_agents_may_call = true;
  ASSERT_TRUE(c.run(command::SetSettings{settings}).reply.ok());
  e.call = CallId(Ulid{9, 2});
  ASSERT_TRUE(c.run(e).reply.ok());
  EXPECT_TRUE(c.offered_to(e.call).set() || c.offered_to(CallId(Ulid{9, 1})).set());
}

TEST(Direct, WaitsOnWhileTheAgentIsAway) {  // LS-20
  Center c;
  const QueueId q = c.queue("q");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const AgentId b = c.ready_agent("bob", {Center::in(q)});
  const CallId first = c.enqueue(q);
  ASSERT_EQ(c.offered_to(first), a);
  c.accept(first);
  command::Enqueue direct = call_to(a);
  ASSERT_TRUE(c.run(direct).reply.ok());
  command::Enqueue queued = direct;
  queued.call = CallId(Ulid{9, 2});
  queued.queue = q;
  ASSERT_TRUE(c.run(queued).reply.ok());
  c.status(a, Status::on_break);
  c.complete(first);
  c.advance(120'000);
  EXPECT_FALSE(c.offered_to(queued.call).set()) << "to that agent only, though " << c.at(b).config.key << " is free";
  c.status(a, Status::available);
  EXPECT_EQ(c.offered_to(direct.call), a);
  c.accept(direct.call);
  c.complete(direct.call);
  ASSERT_TRUE(c.run(command::EndWrapup{a}).reply.ok());
  EXPECT_EQ(c.offered_to(queued.call), a);
}

TEST(Direct, IsLookedAtWhenPausedAgentsMayBeCalled) {  // TM-6
  Center c;
  const QueueId q = c.queue("q");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  c.status(a, Status::on_break);
  command::Enqueue e = call_to(a);
  ASSERT_TRUE(c.run(e).reply.ok());
  Settings settings = c.account().settings;
  settings.paused_agents_may_call = true;
  ASSERT_TRUE(c.run(command::SetSettings{settings}).reply.ok());
  EXPECT_EQ(c.offered_to(e.call), a);
}

TEST(Direct, NeverByWayOfAQueueThatTheAgentIsNotIn) {
  Center c;
  const QueueId q = c.queue("q");
  const AgentId a = c.ready_agent("ann", {});
  command::Enqueue e = call_to(a);
  e.queue = q;
  EXPECT_EQ(c.run(e).reply.code, Code::failed_precondition);
  EXPECT_NE(c.last.reply.what.find("add the membership"), std::string::npos);
  Route route;
  route.queue = q;
  route.agent = a;
  EXPECT_EQ(c.run(command::SetNumber{"100", route}).reply.code, Code::failed_precondition);
}

TEST(Direct, GivesUpAfterItsMaxWait) {
  Center c;
  const AgentId a = c.agent("ann", {});
  command::Enqueue e = call_to(a);
  ASSERT_TRUE(c.run(e).reply.ok());
  c.advance(300'000);
  EXPECT_EQ(c.call(e.call), nullptr);
  EXPECT_EQ(c.facts<fact::CallEnded>().back().outcome, Outcome::timeout);
}

TEST(Reoffer, TheDelayOutlastsAnotherOffersEnd) {  // max_concurrent 2
  Center c;
  QueueConfig config;
  config.reject_delay_ms = 10'000;
  const QueueId q = c.queue("q", config);
  const AgentId a = c.agent("ann", {Center::in(q)}, two_at_once());
  c.make_ready(a);
  const CallId first = c.enqueue(q), second = c.enqueue(q);
  ASSERT_EQ(c.offered_to(second), a);
  ASSERT_TRUE(c.run(command::RejectOffer{c.offer_of(first), CloseCause::rejected}).reply.ok());
  const Ms until_ts = c.at(a).no_offer_until_ts;
  ASSERT_NE(until_ts, 0);
  c.complete(second);
  EXPECT_EQ(c.at(a).no_offer_until_ts, until_ts);
  EXPECT_FALSE(c.offered_to(first).set());
}

TEST(Reoffer, AMissedPauseTakesEffectAfterTheOtherCall) {  // max_concurrent 2
  Center c;
  QueueConfig config;
  config.no_answer_max = 1;
  config.wrapup_ms = 0;
  const QueueId q = c.queue("q", config);
  const AgentId a = c.agent("ann", {Center::in(q)}, two_at_once());
  c.make_ready(a);
  const CallId first = c.enqueue(q);
  c.accept(first);
  c.enqueue(q);
  c.advance(60'000);
  EXPECT_EQ(c.at(a).status, Status::available) << "in a call";
  c.complete(first);
  EXPECT_EQ(c.bucket(a), Bucket::paused);
  EXPECT_EQ(c.at(a).reason, "missed");
}

}  // namespace
}  // namespace rf::core
