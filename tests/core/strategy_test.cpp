#include "core/strategy/strategy.hpp"

#include <gtest/gtest.h>

#include "tests/support/center.hpp"

namespace rf::core {
namespace {

using rf::testing::Center;

/// A queue of one strategy with three members of positions 1 to 3, API calls, no wrap-up, no waiting after a refusal.
struct Desk {
  explicit Desk(StrategyKind strategy) : Desk(strategy, QueueConfig{}) {}
  Desk(StrategyKind strategy, QueueConfig config) {
    config.strategy = strategy;
    config.wrapup_ms = 0;
    config.reject_delay_ms = 0;
    config.no_answer_delay_ms = 0;
    config.no_answer_max = 0;
    q = c.queue("q", config);
    ann = member("ann", 1, 1);
    bob = member("bob", 1, 2);
    cid = member("cid", 1, 3);
  }

  AgentId member(const std::string& key, std::int32_t tier, std::int32_t position) {
    Membership m = Center::in(q);
    m.tier_level = tier;
    m.position = position;
    const AgentId id = c.ready_agent(key, {m});
    c.advance(1000);
    return id;
  }
  /// Who answers a call that comes now, and talks for so long.
  AgentId serve(Ms talk_ms) {
    const CallId call = c.enqueue(q);
    const AgentId agent = c.offered_to(call);
    c.accept(call);
    c.advance(talk_ms);
    c.complete(call);
    return agent;
  }
  std::vector<AgentId> rung(CallId call) {
    std::vector<AgentId> agents;
    for (ReservationId id : c.call(call)->offers) agents.push_back(find_reservation(c.account(), id)->offer.agent);
    return agents;
  }

  Center c;
  QueueId q;
  AgentId ann, bob, cid;
};

using Agents = std::vector<AgentId>;

TEST(Strategy, EveryOneHasItsStandardNameAndAliases) {
  for (std::size_t i = 0; i < strategy_count; ++i) {
    const auto kind = static_cast<StrategyKind>(i);
    EXPECT_EQ(strategy_named(name_of(kind)), kind);
    EXPECT_EQ(&strategy_of(kind), &strategy_of(*strategy_named(name_of(kind))));
  }
  EXPECT_EQ(strategy_named("ringall"), StrategyKind::ring_all);
  EXPECT_EQ(strategy_named("leastrecent"), StrategyKind::longest_idle_agent);
  EXPECT_EQ(strategy_named("rrmemory"), StrategyKind::round_robin);
  EXPECT_EQ(strategy_named("rrordered"), StrategyKind::rr_ordered);
  EXPECT_EQ(strategy_named("linear"), StrategyKind::top_down);
  EXPECT_EQ(strategy_named("wrandom"), StrategyKind::weighted_random);
  EXPECT_EQ(strategy_named("fewestcalls"), StrategyKind::agent_with_fewest_calls);
  EXPECT_FALSE(strategy_named("fastest").has_value());
}

TEST(Strategy, LongestIdleAgentTakesTurnsWhateverThePositions) {
  Desk d(StrategyKind::longest_idle_agent);
  EXPECT_EQ((Agents{d.serve(9000), d.serve(10), d.serve(10), d.serve(10)}), (Agents{d.ann, d.bob, d.cid, d.ann}));
}

TEST(Strategy, LongestIdleAgentGoesOnAfterWhoRejects) {  // E16
  Desk d(StrategyKind::longest_idle_agent);
  const CallId call = d.c.enqueue(d.q);
  EXPECT_EQ(d.c.offered_to(call), d.ann);
  d.c.reject(call);
  EXPECT_EQ(d.c.offered_to(call), d.bob);
  d.c.accept(call);
  const CallId next = d.c.enqueue(d.q);
  EXPECT_EQ(d.c.offered_to(next), d.cid) << "who rejected is not first for ever";
}

TEST(Strategy, PriorityComesBeforeEveryMetric) {
  for (const StrategyKind strategy : {StrategyKind::longest_idle_agent, StrategyKind::agent_with_fewest_calls,
                                      StrategyKind::agent_with_least_talk_time}) {
    Desk d(strategy);
    AgentConfig first;
    first.key = "vip";
    first.external_endpoint = true;
    first.priority = 90;
    const AgentId vip = d.c.agent("vip", {Center::in(d.q)}, first);
    d.c.make_ready(vip);
    EXPECT_EQ((Agents{d.serve(5000), d.serve(5000)}), (Agents{vip, vip})) << name_of(strategy);
  }
}

TEST(Strategy, RoundRobinGoesOnBehindTheLastOffered) {
  Desk d(StrategyKind::round_robin);
  EXPECT_EQ((Agents{d.serve(10), d.serve(10), d.serve(10), d.serve(10)}), (Agents{d.ann, d.bob, d.cid, d.ann}));
  // Who is away loses the turn; the order goes on.
  d.c.status(d.bob, Status::on_break);
  EXPECT_EQ(d.serve(10), d.cid);
  d.c.status(d.bob, Status::available);
  EXPECT_EQ((Agents{d.serve(10), d.serve(10)}), (Agents{d.ann, d.bob}));
}

TEST(Strategy, RoundRobinOfOneQueueIsNotMovedByAnother) {
  Desk d(StrategyKind::round_robin);
  EXPECT_EQ(d.serve(10), d.ann);
  const QueueId other = d.c.queue("other");
  Membership here = Center::in(d.q), there = Center::in(other);
  here.position = 3;
  AgentConfig config = d.c.at(d.cid).config;
  ASSERT_TRUE(d.c.run(command::SetAgent{d.cid, config, {here, there}}).reply.ok());
  ASSERT_TRUE(d.c.run(command::SetMembershipActive{d.cid, other, true}).reply.ok());
  const CallId call = d.c.enqueue(other);
  EXPECT_EQ(d.c.offered_to(call), d.cid);
  d.c.accept(call);
  d.c.complete(call);
  d.c.advance(60'000);
  EXPECT_EQ(d.serve(10), d.bob);
}

TEST(Strategy, RrOrderedFollowsTheConfiguredOrder) {
  Desk d(StrategyKind::rr_ordered);
  const AgentId dot = d.member("dot", 1, 2);
  EXPECT_EQ((Agents{d.serve(10), d.serve(10), d.serve(10), d.serve(10), d.serve(10)}),
            (Agents{d.ann, d.bob, dot, d.cid, d.ann}));
}

TEST(Strategy, RoundRobinSurvivesARestart) {
  for (const StrategyKind strategy : {StrategyKind::round_robin, StrategyKind::rr_ordered}) {
    Desk d(strategy);
    EXPECT_EQ(d.serve(10), d.ann);
    d.c.restart();
    EXPECT_EQ(d.serve(10), d.bob) << name_of(strategy);
  }
}

TEST(Strategy, TopDownBeginsEveryCallAtTheTopAndWraps) {  // E17
  Desk d(StrategyKind::top_down);
  const AgentId low = d.member("low", 2, 1);
  EXPECT_EQ((Agents{d.serve(10), d.serve(10)}), (Agents{d.ann, d.ann}));
  d.c.status(low, Status::on_break);
  const CallId call = d.c.enqueue(d.q);
  for (const AgentId agent : {d.ann, d.bob, d.cid, d.ann}) {
    EXPECT_EQ(d.c.offered_to(call), agent) << "it wraps although the last agent is on a break";
    d.c.reject(call);
  }
}

TEST(Strategy, TopDownGoesOnThroughLaterTiers) {
  Desk d(StrategyKind::top_down);
  const AgentId low = d.member("low", 2, 1);
  const CallId call = d.c.enqueue(d.q);
  for (const AgentId agent : {d.ann, d.bob, d.cid, low}) {
    EXPECT_EQ(d.c.offered_to(call), agent);
    d.c.reject(call);
  }
}

TEST(Strategy, SequentialGoesByPositionThenByLastOffer) {
  Desk d(StrategyKind::sequentially_by_agent_order);
  const AgentId dot = d.member("dot", 1, 1);
  EXPECT_EQ((Agents{d.serve(10), d.serve(10), d.serve(10)}), (Agents{d.ann, dot, d.ann}));
}

TEST(Strategy, LeastTalkTimeCountsTheDayAndNoBreakResetsIt) {
  Desk d(StrategyKind::agent_with_least_talk_time);
  EXPECT_EQ((Agents{d.serve(30'000), d.serve(10'000), d.serve(20'000)}), (Agents{d.ann, d.bob, d.cid}));
  EXPECT_EQ(d.serve(5'000), d.bob);
  d.c.status(d.ann, Status::on_break);
  d.c.advance(60'000);
  d.c.status(d.ann, Status::available);
  EXPECT_EQ(d.serve(10'000), d.bob) << "15 s against 20 s and 30 s: a break wins nobody the next call";
}

TEST(Strategy, FewestCallsCountsTheDayAndNoBreakResetsIt) {
  Desk d(StrategyKind::agent_with_fewest_calls);
  EXPECT_EQ((Agents{d.serve(10), d.serve(10), d.serve(10), d.serve(10)}), (Agents{d.ann, d.bob, d.cid, d.ann}));
  d.c.status(d.ann, Status::on_break);
  d.c.status(d.ann, Status::available);
  EXPECT_EQ((Agents{d.serve(10), d.serve(10)}), (Agents{d.bob, d.cid}));
}

TEST(Strategy, DailyCountersBeginAnewWithTheDay) {
  Desk d(StrategyKind::agent_with_fewest_calls);
  EXPECT_EQ((Agents{d.serve(10), d.serve(10)}), (Agents{d.ann, d.bob}));
  ASSERT_NE(d.c.account().day_end_ts, 0) << "days are counted as soon as a queue needs them";
  d.c.advance(24 * 3600 * second_ms);
  EXPECT_EQ((Agents{d.serve(10), d.serve(10), d.serve(10)}), (Agents{d.ann, d.bob, d.cid}));
}

TEST(Strategy, RingAllRingsAllAndALostRaceIsNoMiss) {  // R15
  Desk d(StrategyKind::ring_all);
  const CallId call = d.c.enqueue(d.q);
  EXPECT_EQ(d.rung(call), (Agents{d.ann, d.bob, d.cid}));
  d.c.accept(call);
  EXPECT_EQ(d.c.at(d.ann).misses + d.c.at(d.bob).misses + d.c.at(d.cid).misses, 0u);
  d.c.complete(call);
  EXPECT_EQ(d.rung(d.c.enqueue(d.q)).size(), 3u);
}

TEST(Strategy, RingAllCutsByItsWidthInTierOrder) {
  QueueConfig config;
  config.ring_all_width = 2;
  Desk d(StrategyKind::ring_all, config);
  d.c.status(d.ann, Status::on_break);
  d.member("low", 2, 1);
  EXPECT_EQ(d.rung(d.c.enqueue(d.q)), (Agents{d.bob, d.cid}));
}

TEST(Strategy, RingProgressivelyAddsOneAgentAStep) {
  QueueConfig config;
  config.ring_step_ms = 5000;
  config.ring_all_width = 2;
  config.ring_timeout_ms = 60'000;
  Desk d(StrategyKind::ring_progressively, config);
  const CallId call = d.c.enqueue(d.q);
  EXPECT_EQ(d.rung(call), Agents{d.ann});
  d.c.advance(4999);
  EXPECT_EQ(d.rung(call), Agents{d.ann});
  d.c.advance(1);
  EXPECT_EQ(d.rung(call), (Agents{d.ann, d.bob})) << "earlier ones ring on";
  d.c.advance(20'000);
  EXPECT_EQ(d.rung(call), (Agents{d.ann, d.bob})) << "the width is the end";
  d.c.accept(call);
  EXPECT_EQ(d.rung(call).size(), 1u) << "nobody rings on after the answer (E3)";
  d.c.advance(20'000);
  EXPECT_EQ(d.rung(call).size(), 1u);
}

TEST(Strategy, RandomDrawsEverybodyOfTheFirstTierOnly) {
  Desk d(StrategyKind::random);
  const AgentId low = d.member("low", 2, 1);
  std::map<AgentId, int> served;
  for (int i = 0; i < 600; ++i) ++served[d.serve(10)];
  EXPECT_EQ(served.count(low), 0u);
  for (const AgentId agent : {d.ann, d.bob, d.cid}) EXPECT_NEAR(served[agent], 200, 60);
}

TEST(Strategy, WeightedRandomTakesTheTierAsWeight) {
  Desk d(StrategyKind::weighted_random);
  const AgentId low = d.member("low", 3, 1);
  std::map<AgentId, int> served;
  for (int i = 0; i < 1400; ++i) ++served[d.serve(10)];
  // Weights 1/2, 1/2, 1/2 and 1/4.
  for (const AgentId agent : {d.ann, d.bob, d.cid}) EXPECT_NEAR(served[agent], 400, 80);
  EXPECT_NEAR(served[low], 200, 60);
}

TEST(Strategy, TheSameLogDrawsTheSame) {  // R5
  Desk one(StrategyKind::random), two(StrategyKind::random);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(one.serve(10), two.serve(10));
}

TEST(Strategy, SkillBasedTakesTheBestSumOfLevels) {
  Desk d(StrategyKind::skill_based);
  const auto skilled = [&](const std::string& key, Skills skills) {
    AgentConfig config;
    config.external_endpoint = true;
    config.skills = std::move(skills);
    const AgentId id = d.c.agent(key, {Center::in(d.q)}, config);
    d.c.make_ready(id);
    return id;
  };
  const AgentId good = skilled("good", {{"dutch", 6}, {"sales", 3}});
  const AgentId better = skilled("better", {{"dutch", 4}, {"sales", 9}});
  const auto call_for = [&](Skills required, Skills preferred) {
    command::Enqueue e;
    e.call = CallId(Ulid{9, d.c.log.size()});
    e.queue = d.q;
    e.required = std::move(required);
    e.preferred = std::move(preferred);
    EXPECT_TRUE(d.c.run(e).reply.ok()) << d.c.last.reply.what;
    const AgentId agent = d.c.offered_to(e.call);
    if (agent.set()) d.c.accept(e.call);
    d.c.complete(e.call);
    return agent;
  };
  EXPECT_EQ(call_for({{"dutch", 1}}, {}), good);
  EXPECT_EQ(call_for({{"dutch", 1}}, {{"sales", 1}}), better);
  EXPECT_EQ(call_for({{"dutch", 5}}, {{"sales", 1}}), good) << "a required level is a condition";
  EXPECT_FALSE(call_for({{"dutch", 7}}, {}).set());
  EXPECT_TRUE(call_for({}, {}).set());
}

TEST(Strategy, RequiredSkillsHoldUnderEveryStrategy) {
  for (std::size_t i = 0; i < strategy_count; ++i) {
    const auto strategy = static_cast<StrategyKind>(i);
    Desk d(strategy);
    AgentConfig config;
    config.external_endpoint = true;
    config.skills = {{"dutch", 2}};
    const AgentId able = d.c.agent("able", {Center::in(d.q)}, config);
    d.c.make_ready(able);
    command::Enqueue e;
    e.call = CallId(Ulid{9, 1});
    e.queue = d.q;
    e.required = {{"dutch", 2}};
    ASSERT_TRUE(d.c.run(e).reply.ok());
    EXPECT_EQ(d.rung(e.call), Agents{able}) << name_of(strategy);
  }
}

}  // namespace
}  // namespace rf::core
