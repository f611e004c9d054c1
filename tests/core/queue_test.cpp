#include <gtest/gtest.h>

#include "tests/support/center.hpp"

namespace rf::core {
namespace {

using rf::testing::Center;

TEST(Queue, LongestIdleAgentCountsTheLastOfferToo) {
  Center c;
  const QueueId q = c.queue("sales");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const AgentId b = c.ready_agent("bob", {Center::in(q)});
  const CallId first = c.enqueue(q);
  const AgentId served = c.offered_to(first);
  const AgentId other = served == a ? b : a;
  c.run(command::RejectOffer{c.offer_of(first), CloseCause::rejected});
  EXPECT_EQ(c.offered_to(first), other) << "the call goes on to the agent that was not tried";
  c.accept(first);
  c.advance(11'000);
  const CallId second = c.enqueue(q);
  EXPECT_EQ(c.offered_to(second), served);
}

TEST(Queue, TierLevelThenPositionDecide) {  // PD-8
  Center c;
  const QueueId q = c.queue("sales");
  Membership low = Center::in(q), high = Center::in(q), late = Center::in(q);
  low.tier_level = 2;
  late.position = 2;
  const AgentId b = c.ready_agent("bob", {low});
  const AgentId z = c.ready_agent("zoe", {late});
  const AgentId a = c.ready_agent("ann", {high});
  EXPECT_EQ(c.offered_to(c.enqueue(q)), a);
  EXPECT_EQ(c.offered_to(c.enqueue(q)), z);
  EXPECT_EQ(c.offered_to(c.enqueue(q)), b);
}

TEST(Queue, DelayHoldsTheQueueFromTheAgent) {  // PD-8 delay_sec
  Center c;
  const QueueId q = c.queue("sales");
  Membership m = Center::in(q);
  m.delay_ms = 10'000;
  const AgentId a = c.ready_agent("ann", {m});
  const CallId call = c.enqueue(q);
  EXPECT_FALSE(c.offered_to(call).set());
  c.advance(9'999);
  EXPECT_FALSE(c.offered_to(call).set());
  c.advance(1);
  EXPECT_EQ(c.offered_to(call), a);
}

TEST(Queue, DelayOfAMemberAddedLaterIsSeenByWaitingCalls) {
  Center c;
  const QueueId q = c.queue("sales");
  const QueueId other = c.queue("support");
  const AgentId a = c.ready_agent("ann", {Center::in(other)});
  const CallId call = c.enqueue(q);
  Membership m = Center::in(q);
  m.delay_ms = 7'000;
  c.run(command::SetAgent{a, c.at(a).config, {Center::in(other), m}});
  c.run(command::SetMembershipActive{a, q, true, Asker::agent});
  EXPECT_FALSE(c.offered_to(call).set());
  c.advance(7'000);
  EXPECT_EQ(c.offered_to(call), a);
}

TEST(Queue, NoAnswerGoesToTheSecondAgentAndKeepsThePlace) {
  Center c;
  const QueueId q = c.queue("sales");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const CallId first = c.enqueue(q);
  const CallId second = c.enqueue(q);
  EXPECT_EQ(c.offered_to(first), a);
  EXPECT_FALSE(c.offered_to(second).set());
  c.advance(20'000);  // ring timeout
  EXPECT_EQ(c.offered_to(first), a) << "alone in the queue: offered again, from the old place";
  const AgentId b = c.ready_agent("bob", {Center::in(q)});
  EXPECT_EQ(c.offered_to(second), b);
  c.run(command::RejectOffer{c.offer_of(second), CloseCause::busy});
  EXPECT_FALSE(c.offered_to(second).set());
  c.advance(59'000);
  EXPECT_FALSE(c.offered_to(second) == b) << "busy: 60 s re-offer delay";
}

TEST(Queue, AnAgentThatDidNotAnswerComesAfterTheOthers) {  // P12
  Center c;
  const QueueId q = c.queue("sales");
  c.ready_agent("ann", {Center::in(q)});
  c.ready_agent("bob", {Center::in(q)});
  const CallId call = c.enqueue(q);
  const AgentId first = c.offered_to(call);
  c.advance(20'000);
  EXPECT_TRUE(c.offered_to(call).set());
  EXPECT_NE(c.offered_to(call), first);
  c.advance(20'000);
  EXPECT_EQ(c.offered_to(call), first);
}

TEST(Queue, OfTwoAgentsFreeAtOnceTheOneNotTriedComesFirst) {  // P12
  Center c;
  const QueueId q = c.queue("sales");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const CallId call = c.enqueue(q);
  c.run(command::RejectOffer{c.offer_of(call), CloseCause::rejected});
  Membership late = Center::in(q);
  late.tier_level = 2;
  late.delay_ms = 10'000;
  const AgentId b = c.ready_agent("bob", {late});
  EXPECT_FALSE(c.offered_to(call).set());
  c.advance(10'000);
  EXPECT_EQ(c.offered_to(call), b) << "ann's delay and bob's end in one Tick";
  EXPECT_NE(a, b);
}

TEST(Queue, ACallThatComesBackDoesNotTakeTheAgentOfAnOlderOne) {  // P11, P12
  Center c;
  QueueConfig config;
  config.no_answer_delay_ms = 0;
  const QueueId q1 = c.queue("sales", config), q2 = c.queue("support");
  const AgentId b = c.ready_agent("bob", {Center::in(q1), Center::in(q2)});
  const CallId first = c.enqueue(q2);
  c.accept(first);
  const CallId older = c.enqueue(q2);
  c.advance(1'000);
  const AgentId a = c.ready_agent("ann", {Center::in(q1)});
  const CallId newer = c.enqueue(q1);
  EXPECT_EQ(c.offered_to(newer), a);
  c.complete(first);
  c.ts += 120'000;
  c.settle();
  EXPECT_EQ(c.offered_to(older), b) << "ann's ring and bob's wrap-up ended while nobody looked";
  EXPECT_EQ(c.offered_to(newer), a);
}

TEST(Queue, RejectDelaysTheAgentNotTheCall) {
  Center c;
  const QueueId q = c.queue("sales");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const CallId call = c.enqueue(q);
  c.run(command::RejectOffer{c.offer_of(call), CloseCause::rejected});
  EXPECT_FALSE(c.offered_to(call).set());
  EXPECT_EQ(c.bucket(a), Bucket::ready);
  c.advance(9'999);
  EXPECT_FALSE(c.offered_to(call).set());
  c.advance(1);
  EXPECT_EQ(c.offered_to(call), a);
}

TEST(Queue, FreedAgentTakesTheOldestCallOfItsQueues) {  // P11
  Center c;
  const QueueId q1 = c.queue("sales"), q2 = c.queue("support");
  const CallId old = c.enqueue(q2);
  c.advance(100);
  const CallId young = c.enqueue(q1);
  const AgentId a = c.ready_agent("ann", {Center::in(q1), Center::in(q2)});
  EXPECT_EQ(c.offered_to(old), a);
  EXPECT_FALSE(c.offered_to(young).set());
}

TEST(Queue, WeightThenTierDecideBetweenQueues) {
  Center c;
  QueueConfig heavy;
  heavy.weight = 10;
  const QueueId q1 = c.queue("sales"), q2 = c.queue("vip", heavy);
  const CallId old = c.enqueue(q1);
  c.advance(100);
  const CallId vip = c.enqueue(q2);
  const AgentId a = c.ready_agent("ann", {Center::in(q1), Center::in(q2)});
  EXPECT_EQ(c.offered_to(vip), a);
  EXPECT_FALSE(c.offered_to(old).set());
}

TEST(Queue, PriorityGoesFirst) {
  Center c;
  const QueueId q = c.queue("sales");
  c.enqueue(q);
  const CallId urgent(Ulid{5, 5});
  c.run(command::Enqueue{urgent, q, "", "", "", 5});
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  EXPECT_EQ(c.offered_to(urgent), a);
}

TEST(Queue, AbandonWhileWaitingAndWhileRinging) {
  Center c;
  const QueueId q = c.queue("sales");
  const CallId waiting = c.enqueue(q);
  c.complete(waiting);
  EXPECT_EQ(c.call(waiting), nullptr);
  EXPECT_EQ(c.facts<fact::CallEnded>().back().outcome, Outcome::abandoned);
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const CallId ringing = c.enqueue(q);
  EXPECT_EQ(c.bucket(a), Bucket::ring);
  c.complete(ringing);
  EXPECT_EQ(c.bucket(a), Bucket::ready);
  EXPECT_TRUE(c.account().calls.empty());
  EXPECT_TRUE(c.account().reservations.empty());
}

TEST(Queue, MaxWaitEndsTheCall) {
  Center c;
  QueueConfig config;
  config.max_wait_ms = 30'000;
  const QueueId q = c.queue("sales", config);
  const CallId call = c.enqueue(q);
  c.advance(29'999);
  EXPECT_NE(c.call(call), nullptr);
  c.advance(1);
  EXPECT_EQ(c.call(call), nullptr);
  EXPECT_EQ(c.facts<fact::CallEnded>().back().outcome, Outcome::timeout);
}

TEST(Queue, MaxWaitWaitsForTheOfferToClose) {  // R14
  Center c;
  QueueConfig config;
  config.max_wait_ms = 10'000;
  const QueueId q = c.queue("sales", config);
  c.ready_agent("ann", {Center::in(q)});
  const CallId call = c.enqueue(q);
  c.advance(15'000);
  EXPECT_NE(c.call(call), nullptr) << "it still rings";
  c.advance(5'000);
  EXPECT_EQ(c.call(call), nullptr);
}

TEST(Queue, OffersThatOverlapDoNotOutlastMaxWait) {  // R14
  Center c;
  QueueConfig config;
  config.strategy = StrategyKind::ring_all;
  config.max_wait_ms = 30'000;
  const QueueId q = c.queue("sales", config);
  c.ready_agent("ann", {Center::in(q)});
  const CallId call = c.enqueue(q);
  c.advance(10'000);
  c.ready_agent("bob", {Center::in(q)});
  c.advance(29'000);
  EXPECT_NE(c.call(call), nullptr) << "ann's second offer began before max_wait and still rings";
  c.advance(2'000);
  EXPECT_EQ(c.call(call), nullptr) << "bob was not offered it again";
}

TEST(Queue, RingAllOffersEveryAgentAndTheFirstAnswerWins) {  // R15
  Center c;
  QueueConfig config;
  config.strategy = StrategyKind::ring_all;
  config.ring_all_width = 3;
  const QueueId q = c.queue("sales", config);
  std::vector<AgentId> agents;
  for (const char* key : {"ann", "bob", "cid", "dan"}) agents.push_back(c.ready_agent(key, {Center::in(q)}));
  const CallId call = c.enqueue(q);
  ASSERT_EQ(c.call(call)->offers.size(), 3u) << "the width cuts";
  const ReservationId winner = c.call(call)->offers[1];
  c.run(command::AcceptOffer{winner});
  EXPECT_EQ(c.call(call)->offers, std::vector<ReservationId>{winner});
  const auto closed = c.facts<fact::OfferClosed>();
  ASSERT_EQ(closed.size(), 2u);
  for (const auto& f : closed) {
    EXPECT_EQ(f.cause, CloseCause::lost_race);
    EXPECT_FALSE(f.tried) << "a lost race is no miss";
  }
}

TEST(Queue, RingAllTakesLateJoiners) {  // R15
  Center c;
  QueueConfig config;
  config.strategy = StrategyKind::ring_all;
  const QueueId q = c.queue("sales", config);
  c.ready_agent("ann", {Center::in(q)});
  const CallId call = c.enqueue(q);
  EXPECT_EQ(c.call(call)->offers.size(), 1u);
  c.ready_agent("bob", {Center::in(q)});
  EXPECT_EQ(c.call(call)->offers.size(), 2u);
}

TEST(Queue, TheStrategyChangesWhileCallsRing) {
  Center c;
  QueueConfig all;
  all.key = "sales";
  all.strategy = StrategyKind::ring_all;
  const QueueId q = c.queue("sales", all);
  Membership late = Center::in(q);
  late.delay_ms = 5'000;
  c.ready_agent("ann", {Center::in(q)});
  c.ready_agent("bob", {late});
  const CallId call = c.enqueue(q);
  QueueConfig one = all;
  one.strategy = StrategyKind::longest_idle_agent;
  EXPECT_TRUE(c.run(command::SetQueue{q, one}).reply.ok());
  c.advance(6'000);
  EXPECT_EQ(c.call(call)->offers.size(), 1u) << "no second agent while one rings";
  EXPECT_TRUE(c.run(command::SetQueue{q, all}).reply.ok());
  EXPECT_EQ(c.call(call)->offers.size(), 2u) << "room for bob again";
}

TEST(Queue, AnImportThatWidensTheRingIsActedUpon) {
  Center c;
  const QueueId q = c.queue("sales");
  c.ready_agent("ann", {Center::in(q)});
  const CallId call = c.enqueue(q);
  c.ready_agent("bob", {Center::in(q)});
  EXPECT_EQ(c.call(call)->offers.size(), 1u);
  QueueConfig all;
  all.key = "sales";
  all.strategy = StrategyKind::ring_all;
  EXPECT_TRUE(c.run(command::Import{{command::SetQueue{q, all}}}).reply.ok());
  EXPECT_EQ(c.call(call)->offers.size(), 2u);
}

TEST(Queue, ARefusedImportMakesNoCallLook) {
  Center c;
  const QueueId q = c.queue("sales");
  c.enqueue(q);
  QueueConfig all;
  all.key = "sales";
  all.strategy = StrategyKind::ring_all;
  const Decision decision =
      decide(c.account(), command::Import{{command::SetQueue{q, all}, command::RemoveNumber{"1"}}}, c.now());
  EXPECT_EQ(decision.reply.code, Code::not_found);
  EXPECT_TRUE(decision.classes.empty());
}

TEST(Queue, GoingOfflineWithdrawsAndTheSameAgentWaitsASecond) {  // CX-9, R4
  Center c;
  const QueueId q = c.queue("sales");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const CallId call = c.enqueue(q);
  c.status(a, Status::on_break);
  EXPECT_EQ(c.bucket(a), Bucket::paused);
  EXPECT_FALSE(c.offered_to(call).set());
  c.status(a, Status::available);
  EXPECT_FALSE(c.offered_to(call).set());
  c.advance(1000);
  EXPECT_EQ(c.offered_to(call), a);
}

TEST(Queue, TwoCallsOneAgentNeverTwoOffers) {  // P1
  Center c;
  const QueueId q1 = c.queue("sales"), q2 = c.queue("support");
  const AgentId a = c.ready_agent("ann", {Center::in(q1), Center::in(q2)});
  const CallId first = c.enqueue(q1);
  const CallId second = c.enqueue(q2);
  EXPECT_EQ(c.offered_to(first), a);
  EXPECT_FALSE(c.offered_to(second).set());
  c.accept(first);
  c.complete(first);
  EXPECT_FALSE(c.offered_to(second).set()) << "wrap-up";
  c.run(command::EndWrapup{a});
  EXPECT_EQ(c.offered_to(second), a);
}

TEST(Queue, RingAllOffersACallToAnAgentOnce) {  // R15
  Center c;
  QueueConfig config;
  config.strategy = StrategyKind::ring_all;
  const QueueId q = c.queue("sales", config);
  AgentConfig two;
  two.external_endpoint = true;
  two.max_concurrent = 2;
  const AgentId a = c.agent("ann", {Center::in(q)}, two);
  c.make_ready(a);
  const CallId call = c.enqueue(q);
  c.ready_agent("bob", {Center::in(q)});
  EXPECT_EQ(c.call(call)->offers.size(), 2u) << "ann has room for another call, not for this one again";
  const CallId second = c.enqueue(q);
  EXPECT_EQ(c.offered_to(second), a);
}

TEST(Queue, MaxConcurrentLetsAnAgentTakeTwo) {
  Center c;
  const QueueId q = c.queue("chat");
  AgentConfig config;
  config.external_endpoint = true;
  config.max_concurrent = 2;
  const AgentId a = c.agent("bot", {Center::in(q)}, config);
  c.make_ready(a);
  EXPECT_EQ(c.offered_to(c.enqueue(q)), a);
  EXPECT_EQ(c.offered_to(c.enqueue(q)), a);
  EXPECT_FALSE(c.offered_to(c.enqueue(q)).set());
}

TEST(Queue, RemovingAQueueNeedsAPlaceForItsCalls) {  // R9
  Center c;
  const QueueId q = c.queue("sales"), other = c.queue("support");
  const AgentId a = c.ready_agent("ann", {Center::in(other)});
  c.status(a, Status::on_break);
  const CallId call = c.enqueue(q);
  EXPECT_EQ(c.run(command::RemoveQueue{q, QueueId()}).reply.code, Code::failed_precondition);
  EXPECT_TRUE(c.run(command::RemoveQueue{q, other}).reply.ok());
  c.settle();
  EXPECT_EQ(c.call(call)->queue, other);
  c.status(a, Status::available);
  EXPECT_EQ(c.offered_to(call), a);
  EXPECT_EQ(c.run(command::Enqueue{CallId(Ulid{3, 3}), q, "", "", "", 0}).reply.code, Code::not_found);
}

TEST(Queue, UnknownAndDoubleIdsAreRefused) {
  Center c;
  const QueueId q = c.queue("sales");
  EXPECT_EQ(c.run(command::AcceptOffer{ReservationId(Ulid{1, 1})}).reply.code, Code::not_found);
  EXPECT_EQ(c.run(command::CompleteCall{CallId(Ulid{1, 1})}).reply.code, Code::not_found);
  const CallId call = c.enqueue(q);
  EXPECT_EQ(c.run(command::Enqueue{call, q, "", "", "", 0}).reply.code, Code::already_exists);
  const AgentId a = c.agent("ann", {Center::in(q)});
  AgentConfig same;
  same.key = "bob";
  same.extension = "1001";
  c.run(command::SetAgent{AgentId(Ulid{4, 4}), same, {}});
  AgentConfig config = c.at(a).config;
  config.extension = "1001";
  EXPECT_EQ(c.run(command::SetAgent{a, config, {}}).reply.code, Code::already_exists);
  EXPECT_NE(c.last.reply.what.find("already in use"), std::string::npos);  // LS-27
}

}  // namespace
}  // namespace rf::core
