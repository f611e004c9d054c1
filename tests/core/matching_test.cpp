#include <gtest/gtest.h>

#include "tests/support/center.hpp"

/// Tier rules, widening, skills, sticky agents, scores, caps: who may be offered a call, and when.
namespace rf::core {
namespace {

using rf::testing::Center;

Membership tier(QueueId queue, std::int32_t level) {
  Membership m = Center::in(queue);
  m.tier_level = level;
  return m;
}

AgentConfig skilled(Skills skills) {
  AgentConfig config;
  config.external_endpoint = true;
  config.skills = std::move(skills);
  return config;
}

CallId call_from(Center& c, QueueId queue, const std::string& caller) {
  command::Enqueue e;
  e.call = CallId(Ulid{9, c.log.size()});
  e.queue = queue;
  e.caller = caller;
  EXPECT_TRUE(c.run(e).reply.ok()) << c.last.reply.what;
  return e.call;
}

void talk(Center& c, CallId call) {
  c.accept(call);
  c.advance(1000);
  c.complete(call);
}

void reject(Center& c, CallId call) {
  EXPECT_TRUE(c.run(command::RejectOffer{c.offer_of(call), CloseCause::rejected}).reply.ok()) << c.last.reply.what;
}

QueueConfig tiered(Ms wait_ms, bool multiply, bool wait_for_absent) {
  QueueConfig config;
  config.tier_rules = TierRules{wait_ms, multiply, wait_for_absent};
  config.max_wait_ms = 0;
  config.wrapup_ms = 0;
  return config;
}

TEST(Tiers, TheFirstTierIsImmediateWhateverItsLevel) {
  Center c;
  const QueueId q = c.queue("q", tiered(30'000, true, true));
  const AgentId first = c.ready_agent("first", {tier(q, 5)});
  c.ready_agent("second", {tier(q, 7)});
  EXPECT_EQ(c.offered_to(c.enqueue(q)), first);
}

TEST(Tiers, ALaterTierWaitsItsTimesTheWait) {
  Center c;
  const QueueId q = c.queue("q", tiered(30'000, true, true));
  const AgentId first = c.ready_agent("first", {tier(q, 1)});
  const AgentId third = c.ready_agent("third", {tier(q, 3)});
  const AgentId fourth = c.ready_agent("fourth", {tier(q, 9)});
  c.status(first, Status::on_break);
  const CallId call = c.enqueue(q);
  c.advance(29'999);
  EXPECT_FALSE(c.offered_to(call).set()) << "on a break counts as logged in";
  c.advance(1);
  EXPECT_EQ(c.offered_to(call), third) << "the second tier that there is, not level times the wait";
  reject(c, call);
  EXPECT_FALSE(c.offered_to(call) == fourth);
  c.advance(30'000);
  EXPECT_EQ(c.offered_to(call), fourth);
}

TEST(Tiers, WithoutMultiplyAllLaterTiersOpenTogether) {
  Center c;
  const QueueId q = c.queue("q", tiered(10'000, false, true));
  const AgentId first = c.ready_agent("first", {tier(q, 1)});
  c.status(first, Status::on_break);
  const AgentId third = c.ready_agent("third", {tier(q, 3)});
  const CallId call = c.enqueue(q);
  c.advance(10'000);
  EXPECT_EQ(c.offered_to(call), third);
}

TEST(Tiers, NobodyLoggedInBeforeMeansNoWait) {
  Center c;
  const QueueId q = c.queue("q", tiered(30'000, true, false));
  const AgentId first = c.ready_agent("first", {tier(q, 1)});
  const AgentId second = c.ready_agent("second", {tier(q, 2)});
  c.status(first, Status::on_break);
  const CallId call = c.enqueue(q);
  c.advance(5'000);
  EXPECT_FALSE(c.offered_to(call).set());
  ASSERT_TRUE(c.run(command::Logout{first, ""}).reply.ok());
  EXPECT_EQ(c.offered_to(call), second) << "the last of the tier before has left";
}

TEST(Tiers, ATierThatIsGoneOpensTheNext) {
  Center c;
  const QueueId q = c.queue("q", tiered(30'000, true, true));
  const AgentId first = c.ready_agent("first", {tier(q, 1)});
  const AgentId second = c.ready_agent("second", {tier(q, 2)});
  c.status(first, Status::on_break);
  const CallId call = c.enqueue(q);
  ASSERT_TRUE(c.run(command::RemoveAgent{first}).reply.ok());
  EXPECT_EQ(c.offered_to(call), second);
}

TEST(Widening, StepsOpenTiersAndDropSkillsInTime) {
  Center c;
  QueueConfig config;
  config.max_wait_ms = 0;
  config.tiers = TierWindow{1, 1};
  config.required = {{"dutch", 5}};
  config.widening = {WideningStep{10'000, {1, 2}, 0, {}}, WideningStep{20'000, {}, 3, {}},
                     WideningStep{30'000, {}, 0, {"*"}}};
  const QueueId q = c.queue("q", config);
  const auto agent = [&](const std::string& key, std::int32_t level, Skills skills) {
    const AgentId id = c.agent(key, {tier(q, level)}, skilled(std::move(skills)));
    c.make_ready(id);
    return id;
  };
  const AgentId second = agent("second", 2, {{"dutch", 5}});
  const AgentId weaker = agent("weaker", 1, {{"dutch", 2}});
  const AgentId none = agent("none", 1, {});
  const CallId call = c.enqueue(q);
  c.advance(9'999);
  EXPECT_FALSE(c.offered_to(call).set());
  c.advance(1);
  EXPECT_EQ(c.offered_to(call), second);
  c.status(second, Status::on_break);
  c.advance(10'000);
  EXPECT_EQ(c.offered_to(call), weaker) << "dutch 5 - 3";
  c.status(weaker, Status::on_break);
  c.advance(10'000);
  EXPECT_EQ(c.offered_to(call), none);
}

TEST(Widening, AFreedAgentSeesTheStepToo) {
  Center c;
  QueueConfig config;
  config.max_wait_ms = 0;
  config.required = {{"dutch", 1}};
  config.widening = {WideningStep{10'000, {}, 0, {"dutch"}}};
  const QueueId q = c.queue("q", config);
  const CallId call = c.enqueue(q);
  c.advance(10'000);
  EXPECT_EQ(c.call(call)->ask.steps, 1u);
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  EXPECT_EQ(c.offered_to(call), a);
}

TEST(Skills, AreKeptInOrderAndChecked) {
  Center c;
  const QueueId q = c.queue("q");
  const auto refused = [&](Skills skills) {
    return c.run(command::SetAgent{AgentId(Ulid{5, 5}), skilled(std::move(skills)), {Center::in(q)}}).reply.code;
  };
  EXPECT_EQ(refused({{"b", 1}, {"a", 1}}), Code::invalid_argument);
  EXPECT_EQ(refused({{"a", 1}, {"a", 2}}), Code::invalid_argument);
  EXPECT_EQ(refused({{"a", 0}}), Code::invalid_argument);
  EXPECT_EQ(refused({{"a", 11}}), Code::invalid_argument);
  EXPECT_EQ(refused({{"", 1}}), Code::invalid_argument);
}

TEST(Skills, CallsOfDifferentNeedsDoNotBlockEachOther) {
  Center c;
  const QueueId q = c.queue("q");
  command::Enqueue picky;
  picky.call = CallId(Ulid{9, 1});
  picky.queue = q;
  picky.required = {{"dutch", 1}};
  ASSERT_TRUE(c.run(picky).reply.ok());
  const CallId plain = c.enqueue(q);
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  EXPECT_EQ(c.offered_to(plain), a);
  EXPECT_FALSE(c.offered_to(picky.call).set());
}

Sticky sticky(StickyMode mode) { return Sticky{mode, 3600 * second_ms, 20 * second_ms, false}; }

/// Two agents of one queue; the caller 100 spoke with bob.
struct StickyDesk {
  explicit StickyDesk(Sticky how) {
    QueueConfig config;
    config.sticky = how;
    config.wrapup_ms = 0;
    config.max_wait_ms = 120'000;
    config.reject_delay_ms = 0;
    q = c.queue("q", config);
    ann = c.ready_agent("ann", {Center::in(q)});
    c.status(ann, Status::on_break);
    bob = c.ready_agent("bob", {Center::in(q)});
    talk(c, call_from(c, q, "100"));
    c.status(ann, Status::available);
    c.advance(1000);
  }
  Center c;
  QueueId q;
  AgentId ann, bob;
};

TEST(Sticky, PrefersWhoSpokeWithTheCallerLast) {  // LS-9
  StickyDesk d(sticky(StickyMode::prefer));
  EXPECT_EQ(d.c.offered_to(call_from(d.c, d.q, "200")), d.ann) << "longest idle";
  EXPECT_EQ(d.c.offered_to(call_from(d.c, d.q, "100")), d.bob);
}

TEST(Sticky, ComesBeforeTheStrategyAndIsSkippedWhenNotReady) {
  StickyDesk d(sticky(StickyMode::prefer));
  EXPECT_EQ(d.c.offered_to(call_from(d.c, d.q, "100")), d.bob) << "although ann is idle for longer";
  EXPECT_EQ(d.c.offered_to(call_from(d.c, d.q, "100")), d.ann) << "bob is busy: the strategy at once";
}

TEST(Sticky, IsForgottenAfterItsWindow) {
  StickyDesk d(sticky(StickyMode::prefer));
  d.c.advance(3600 * second_ms);
  EXPECT_EQ(d.c.offered_to(call_from(d.c, d.q, "100")), d.ann);
}

TEST(Sticky, TheCustomerComesBeforeTheNumber) {
  StickyDesk d(sticky(StickyMode::prefer));
  command::Enqueue e;
  e.call = CallId(Ulid{8, 1});
  e.queue = d.q;
  e.caller = "100";
  e.customer = "c-77";
  ASSERT_TRUE(d.c.run(e).reply.ok());
  EXPECT_EQ(d.c.offered_to(e.call), d.ann) << "another customer by the same number";
  talk(d.c, e.call);
  d.c.status(d.bob, Status::on_break);
  d.c.status(d.bob, Status::available);
  e.call = CallId(Ulid{8, 2});
  e.caller = "999";
  ASSERT_TRUE(d.c.run(e).reply.ok());
  EXPECT_EQ(d.c.offered_to(e.call), d.ann);
}

TEST(Sticky, WaitsForTheAgentThenTakesAnybody) {
  StickyDesk d(sticky(StickyMode::wait));
  const CallId busy = call_from(d.c, d.q, "300");
  d.c.status(d.ann, Status::on_break);
  EXPECT_EQ(d.c.offered_to(busy), d.bob);
  d.c.accept(busy);
  d.c.status(d.ann, Status::available);
  const CallId call = call_from(d.c, d.q, "100");
  d.c.advance(19'999);
  EXPECT_FALSE(d.c.offered_to(call).set()) << "ann is free, but the call waits for bob";
  d.c.advance(1);
  EXPECT_EQ(d.c.offered_to(call), d.ann);
}

TEST(Sticky, TheAgentTakesTheCallThatWaitsAsSoonAsFree) {
  StickyDesk d(sticky(StickyMode::wait));
  d.c.status(d.ann, Status::on_break);
  const CallId busy = call_from(d.c, d.q, "300");
  d.c.accept(busy);
  d.c.status(d.ann, Status::available);
  const CallId call = call_from(d.c, d.q, "100");
  d.c.advance(5'000);
  d.c.complete(busy);
  EXPECT_EQ(d.c.offered_to(call), d.bob);
}

TEST(Sticky, DoesNotWaitForWhoIsAway) {
  StickyDesk d(sticky(StickyMode::wait));
  d.c.status(d.bob, Status::on_break);
  EXPECT_EQ(d.c.offered_to(call_from(d.c, d.q, "100")), d.ann);
}

TEST(Sticky, LetsGoWhenTheAgentLeaves) {
  StickyDesk d(sticky(StickyMode::wait));
  d.c.status(d.ann, Status::on_break);
  const CallId busy = call_from(d.c, d.q, "300");
  d.c.accept(busy);
  d.c.status(d.ann, Status::available);
  const CallId call = call_from(d.c, d.q, "100");
  EXPECT_FALSE(d.c.offered_to(call).set());
  d.c.complete(busy);
  EXPECT_EQ(d.c.offered_to(call), d.bob);
  ASSERT_TRUE(d.c.run(command::Logout{d.bob, ""}).reply.ok());
  EXPECT_EQ(d.c.offered_to(call), d.ann);
}

TEST(Sticky, WhoRejectsIsNotWaitedForAnyMore) {
  StickyDesk d(sticky(StickyMode::wait));
  const CallId call = call_from(d.c, d.q, "100");
  EXPECT_EQ(d.c.offered_to(call), d.bob);
  reject(d.c, call);
  EXPECT_EQ(d.c.offered_to(call), d.ann);
}

TEST(Sticky, RequiredIsOfferedToNobodyElse) {
  StickyDesk d(sticky(StickyMode::required));
  d.c.status(d.bob, Status::on_break);
  const CallId call = call_from(d.c, d.q, "100");
  EXPECT_FALSE(d.c.offered_to(call).set());
  d.c.advance(60'000);
  EXPECT_FALSE(d.c.offered_to(call).set());
  d.c.status(d.bob, Status::available);
  EXPECT_EQ(d.c.offered_to(call), d.bob);
}

TEST(Sticky, TheTableSurvivesARestart) {
  StickyDesk d(sticky(StickyMode::prefer));
  d.c.restart();
  EXPECT_EQ(d.c.offered_to(call_from(d.c, d.q, "100")), d.bob);
}

TEST(Place, PriorityThenScoreThenAge) {
  Center c;
  const QueueId q = c.queue("q");
  const auto call = [&](std::uint64_t id, std::int32_t priority, Ms score_ms) {
    command::Enqueue e;
    e.call = CallId(Ulid{9, id});
    e.queue = q;
    e.priority = priority;
    e.score_ms = score_ms;
    EXPECT_TRUE(c.run(e).reply.ok());
    c.advance(1000);
    return e.call;
  };
  const CallId old = call(1, 0, 0), scored = call(2, 0, 5000), vip = call(3, 5, 0);
  std::vector<CallId> served;
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  for (int i = 0; i < 3; ++i) {
    for (const CallId id : {old, scored, vip})
      if (c.offered_to(id) == a) {
        served.push_back(id);
        talk(c, id);
        c.run(command::EndWrapup{a});
        break;
      }
  }
  EXPECT_EQ(served, (std::vector<CallId>{vip, scored, old}));
}

TEST(Place, AYoungVipWithADelayDoesNotHideAnOlderCall) {
  Center c;
  QueueConfig config;
  config.max_wait_ms = 0;
  const QueueId q = c.queue("q", config);
  const CallId old = c.enqueue(q);
  c.advance(20'000);
  command::Enqueue vip;
  vip.call = CallId(Ulid{9, 1});
  vip.queue = q;
  vip.priority = 9;
  ASSERT_TRUE(c.run(vip).reply.ok());
  Membership late = Center::in(q);
  late.delay_ms = 10'000;
  const AgentId a = c.ready_agent("ann", {late});
  EXPECT_EQ(c.offered_to(old), a);
}

TEST(Cap, SoManyCallsTalkAtATime) {  // E24
  Center c;
  QueueConfig config;
  config.talking_max = 2;
  config.wrapup_ms = 0;
  const QueueId q = c.queue("q", config);
  for (const char* key : {"ann", "bob", "cid"}) c.ready_agent(key, {Center::in(q)});
  const CallId one = c.enqueue(q), two = c.enqueue(q), three = c.enqueue(q);
  c.accept(one);
  EXPECT_TRUE(c.offered_to(two).set()) << "one talks, one rings";
  EXPECT_FALSE(c.offered_to(three).set());
  c.accept(two);
  c.advance(5000);
  EXPECT_FALSE(c.offered_to(three).set());
  c.complete(one);
  EXPECT_TRUE(c.offered_to(three).set());
}

TEST(Cap, ARejectedOfferLeavesRoomForTheOldest) {
  Center c;
  QueueConfig config;
  config.talking_max = 1;
  const QueueId q = c.queue("q", config);
  c.ready_agent("ann", {Center::in(q)});
  const AgentId b = c.ready_agent("bob", {Center::in(q)});
  const CallId one = c.enqueue(q), two = c.enqueue(q);
  reject(c, one);
  EXPECT_EQ(c.offered_to(one), b);
  EXPECT_FALSE(c.offered_to(two).set());
}

TEST(Fairness, TwoQueuesOfOneWeightAreServedByAge) {  // P11, E15
  Center c;
  QueueConfig config;
  config.wrapup_ms = 0;
  const QueueId q1 = c.queue("q1", config), q2 = c.queue("q2", config);
  config.weight = 5;
  const QueueId q3 = c.queue("q3", config);
  const CallId old = c.enqueue(q2);
  c.advance(1000);
  const CallId young = c.enqueue(q1);
  c.advance(1000);
  const CallId heavy = c.enqueue(q3);
  const AgentId a = c.ready_agent("ann", {Center::in(q1), Center::in(q2), Center::in(q3)});
  for (const CallId id : {heavy, old, young}) {
    EXPECT_EQ(c.offered_to(id), a);
    talk(c, id);
  }
}

TEST(Direct, ACallToOneAgentWaitsForThatAgentOnly) {  // LS-20
  Center c;
  const QueueId q = c.queue("q");
  const AgentId a = c.agent("ann", {});
  ASSERT_TRUE(c.run(command::Login{a, {}}).reply.ok());
  c.ready_agent("bob", {Center::in(q)});
  command::Enqueue e;
  e.call = CallId(Ulid{9, 1});
  e.agent = a;
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
  command::Enqueue e;
  e.call = CallId(Ulid{9, 1});
  e.agent = a;
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
  command::Enqueue e;
  e.call = CallId(Ulid{9, 1});
  e.agent = a;
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
  command::Enqueue direct;
  direct.call = CallId(Ulid{9, 1});
  direct.agent = a;
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
  command::Enqueue e;
  e.call = CallId(Ulid{9, 1});
  e.agent = a;
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
  command::Enqueue e;
  e.call = CallId(Ulid{9, 1});
  e.agent = a;
  e.queue = q;
  EXPECT_EQ(c.run(e).reply.code, Code::failed_precondition);
  EXPECT_NE(c.last.reply.what.find("add the membership"), std::string::npos);
  Route route;
  route.queue = q;
  route.agent = a;
  EXPECT_EQ(c.run(command::SetNumber{"100", route}).reply.code, Code::failed_precondition);
}

TEST(Reoffer, TheDelayOutlastsAnotherOffersEnd) {  // max_concurrent 2
  Center c;
  QueueConfig config;
  config.reject_delay_ms = 10'000;
  const QueueId q = c.queue("q", config);
  AgentConfig two;
  two.external_endpoint = true;
  two.max_concurrent = 2;
  const AgentId a = c.agent("ann", {Center::in(q)}, two);
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
  AgentConfig two;
  two.external_endpoint = true;
  two.max_concurrent = 2;
  const AgentId a = c.agent("ann", {Center::in(q)}, two);
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

TEST(Overflow, AnotherQueueBeginsAtItsTop) {
  Center c;
  QueueConfig config;
  config.strategy = StrategyKind::top_down;
  config.reject_delay_ms = 0;
  config.max_wait_ms = 5000;
  const QueueId second = c.queue("second", config);
  Overflow rule;
  rule.when = OverflowWhen::max_wait;
  rule.to = OverflowTo::queue;
  rule.queue = second;
  config.overflow = {rule};
  const QueueId first = c.queue("first", config);
  const auto member = [&](const std::string& key, QueueId queue, std::int32_t position) {
    Membership m = Center::in(queue);
    m.position = position;
    return c.ready_agent(key, {m});
  };
  const AgentId low = member("low", first, 5);
  const AgentId top = member("top", second, 1);
  member("next", second, 7);
  const CallId call = c.enqueue(first);
  c.status(low, Status::not_ready);
  c.advance(5000);
  EXPECT_EQ(c.offered_to(call), top) << "not behind where the first queue's order went on";
}

TEST(Direct, GivesUpAfterItsMaxWait) {
  Center c;
  const AgentId a = c.agent("ann", {});
  command::Enqueue e;
  e.call = CallId(Ulid{9, 1});
  e.agent = a;
  ASSERT_TRUE(c.run(e).reply.ok());
  c.advance(300'000);
  EXPECT_EQ(c.call(e.call), nullptr);
  EXPECT_EQ(c.facts<fact::CallEnded>().back().outcome, Outcome::timeout);
}

}  // namespace
}  // namespace rf::core
