#include <gtest/gtest.h>

#include "tests/support/center.hpp"

/// Tier rules, widening, skills, scores, caps: who may be offered a call, and when.
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
  c.reject(call);
  EXPECT_FALSE(c.offered_to(call) == fourth);
  c.advance(30'000);
  EXPECT_EQ(c.offered_to(call), fourth);
}

TEST(Tiers, AnotherWaitHoldsForCallsThatWaitAlready) {  // R9
  Center c;
  const QueueId q = c.queue("q", tiered(8'000, true, true));
  const AgentId first = c.ready_agent("first", {tier(q, 1)});
  c.status(first, Status::on_break);
  const AgentId second = c.ready_agent("second", {tier(q, 2)});
  c.status(second, Status::on_break);
  const AgentId third = c.ready_agent("third", {tier(q, 2)});
  c.status(third, Status::on_break);
  const CallId call = c.enqueue(q);
  const CallId next = c.enqueue(q);
  c.advance(10'000);
  QueueConfig longer = tiered(20'000, true, true);
  longer.key = "q";
  ASSERT_TRUE(c.run(command::SetQueue{q, longer}).reply.ok());
  c.status(second, Status::available);
  c.status(third, Status::available);
  EXPECT_FALSE(c.offered_to(call).set());
  c.advance(10'000);
  EXPECT_TRUE(c.offered_to(call).set());
  EXPECT_TRUE(c.offered_to(next).set());
}

TEST(Tiers, AShorterDelayHoldsForCallsThatWaitAlready) {  // R9
  Center c;
  const QueueId q = c.queue("q", tiered(0, true, true));
  Membership slow = Center::in(q);
  slow.delay_ms = 60'000;
  const AgentId a = c.ready_agent("a", {slow});
  const CallId call = c.enqueue(q);
  c.advance(1'000);
  slow.delay_ms = 5'000;
  AgentConfig config = c.at(a).config;
  ASSERT_TRUE(c.run(command::SetAgent{a, config, {slow}}).reply.ok());
  EXPECT_FALSE(c.offered_to(call).set());
  c.advance(4'000);
  EXPECT_EQ(c.offered_to(call), a);
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
        c.talk(id);
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
  c.reject(one);
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
    c.talk(id);
  }
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

TEST(Look, OneThatIsDueIsNotLostToAnAgentWhoComesFree) {  // R4
  Center c;
  QueueConfig config;
  config.strategy = StrategyKind::ring_all;
  const QueueId q = c.queue("q", config);
  Membership late = Center::in(q);
  late.delay_ms = 10'000;
  const AgentId bob = c.ready_agent("bob", {late});
  const AgentId ann = c.ready_agent("ann", {Center::in(q)});
  c.status(ann, Status::not_ready);
  const CallId call = c.enqueue(q);
  // The process stood still: a command comes before the Tick that was due.
  c.ts += 12'000;
  c.status(ann, Status::available);
  c.settle();
  EXPECT_EQ(c.at(ann).live.size(), 1u);
  EXPECT_EQ(c.at(bob).live.size(), 1u) << "it rings at both";
  EXPECT_EQ(c.call(call)->offers.size(), 2u);
}

}  // namespace
}  // namespace rf::core
