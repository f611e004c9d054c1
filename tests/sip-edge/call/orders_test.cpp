#include "tests/sip-edge/call/edge_fixture.hpp"

namespace rf::edge {

using link::CloseCause;
using link::EndCause;

class OrdersTest : public EdgeTest {
 protected:
  OrdersTest() { invite(call); }
};

TEST_F(OrdersTest, R12_AnotherEpochIsRefusedWithoutAWord) {
  EXPECT_TRUE(
      step(input::OrderCame{account, fence, {"edge-1", epoch - 1, link::RingOrder{call, {target(r1, 1)}}}}).empty());
  EXPECT_TRUE(step(input::SyncCame{account, fence, {epoch + 1, {link::HangupOrder{call}}}}).empty());
  EXPECT_EQ(edge.counters().orders_other_epoch, 2u);
}

TEST_F(OrdersTest, AnOrderForAnotherEdgeIsRefusedWithoutAWord) {
  EXPECT_TRUE(step(input::OrderCame{account, fence, {"edge-2", epoch, link::HoldOrder{call}}}).empty());
  EXPECT_EQ(edge.counters().orders_other_edge, 1u);
}

TEST_F(OrdersTest, R12_ARingPastRingUntilIsNotRung) {
  auto late = target(r1, 1);
  late.ring_until_edge_ms = now;
  ring(late);
  EXPECT_TRUE(all<output::Ring>().empty());
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::not_rung}, link::LegGone{r1}}));
}

TEST_F(OrdersTest, R12_LessThanThreeSecondsLeftIsNotRung) {
  auto late = target(r1, 1);
  late.ring_until_edge_ms = now + 2'999;
  ring(late);
  EXPECT_TRUE(all<output::Ring>().empty());
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::not_rung}, link::LegGone{r1}}));
  auto enough = target(r2, 1);
  enough.ring_until_edge_ms = now + 3'000;
  ring(enough);
  ASSERT_EQ(all<output::Ring>().size(), 1u);
  EXPECT_EQ(all<output::Ring>()[0].expires_s, 3u);
}

TEST_F(OrdersTest, R12_ExpiresIsTheWholeSecondsLeft) {
  auto t = target(r1, 1);
  t.ring_until_edge_ms = now + 20'999;
  ring(t);
  ASSERT_EQ(all<output::Ring>().size(), 1u);
  EXPECT_EQ(all<output::Ring>()[0], (output::Ring{call, r1, nth<BindingId>(1), all<output::Ring>()[0].leg, 20}));
}

TEST_F(OrdersTest, R12_RingTimeDoesNotCountFromReceipt) {
  const auto t = target(r1, 1);
  now += 15'000;
  ring(t);
  ASSERT_EQ(all<output::Ring>().size(), 1u);
  EXPECT_EQ(all<output::Ring>()[0].expires_s, 5u);
  EXPECT_EQ(edge.next_wake(), t.ring_until_edge_ms);
}

TEST_F(OrdersTest, AKnownRingIsNotRungAgain) {
  const auto t = target(r1, 1);
  ring(t);
  EXPECT_TRUE(ring(t).empty());
  EXPECT_TRUE(sync({link::RingOrder{call, {t}}}).empty());
}

TEST_F(OrdersTest, R13_AnEndedReservationIsIgnoredUntilRingUntil) {
  const auto t = target(r1, 1);
  ring(t);
  const LegId leg = all<output::Ring>()[0].leg;
  step(input::LegFailed{leg, 486});
  ack_all();
  now = t.ring_until_edge_ms - 5'000;
  EXPECT_TRUE(ring(t).empty());
  EXPECT_TRUE(sync({link::RingOrder{call, {t}}}).empty());
  EXPECT_TRUE(order(link::CloseOrder{call, r1}).empty());
}

TEST_F(OrdersTest, R13_AnEndedReservationIsForgottenAfterRingUntil) {
  const auto t = target(r1, 1);
  ring(t);
  step(input::LegFailed{all<output::Ring>()[0].leg, 486});
  EXPECT_EQ(edge.memory().tombstones, 1u);
  tick_at(t.ring_until_edge_ms);
  EXPECT_EQ(edge.memory().tombstones, 1u) << "its LegGone is not acked yet";
  ack_all();
  EXPECT_EQ(edge.memory().tombstones, 0u);
  // What comes now is late anyway.
  ring(t);
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::not_rung}, link::LegGone{r1}}));
}

TEST_F(OrdersTest, R13_ABusyAgentIsNotRungForAnotherReservation) {
  ring_agent(r1, 1);
  ring(target(r2, 1));
  EXPECT_TRUE(all<output::Ring>().empty());
  EXPECT_EQ(said(), (Said{link::OfferClosed{r2, CloseCause::not_rung}, link::LegGone{r2}}));
}

TEST_F(OrdersTest, R13_AnAgentWhoseLegIsNotGoneIsNotRung) {
  const LegId leg = ring_agent(r1, 1);
  order(link::CloseOrder{call, r1});
  ring(target(r2, 1));
  EXPECT_TRUE(all<output::Ring>().empty());
  step(input::LegGone{leg});
  ring_agent(r3, 1);
}

TEST_F(OrdersTest, R13_MaxConcurrentAllowsMoreLegs) {
  auto first = target(r1, 1);
  auto second = target(r2, 1);
  auto third = target(r3, 1);
  first.max_concurrent = second.max_concurrent = third.max_concurrent = 2;
  EXPECT_EQ(ring(first).size(), 1u);
  EXPECT_EQ(ring(second).size(), 1u);
  ring(third);
  EXPECT_TRUE(all<output::Ring>().empty());
  EXPECT_EQ(said(), (Said{link::OfferClosed{r3, CloseCause::not_rung}, link::LegGone{r3}}));
}

TEST_F(OrdersTest, R13_AnEndedCallIsNotRung) {
  step(input::CallerGone{call});
  ring(target(r1, 1));
  EXPECT_TRUE(all<output::Ring>().empty());
  EXPECT_EQ(said(), (Said{link::LegGone{r1}})) << "its CallEnded is said already";
}

TEST_F(OrdersTest, ACallThatIsNotHereIsSaidToHaveEnded) {
  const CallId lost = nth<CallId>(99);
  order(link::RingOrder{lost, {target(r1, 1), target(r2, 2)}});
  EXPECT_EQ(said(), (Said{link::CallEnded{lost, EndCause::failed}, link::LegGone{r1}, link::LegGone{r2}}));
  EXPECT_TRUE(order(link::HoldOrder{lost}).empty()) << "said and on its way";
  ack_all();
  order(link::HoldOrder{lost});
  EXPECT_EQ(said(), (Said{link::CallEnded{lost, EndCause::failed}}));
}

TEST_F(OrdersTest, ABindingThatIsGoneIsUnreachable) {
  step(input::BindingDown{nth<BindingId>(1), "expired"});
  ring(target(r1, 1));
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::unreachable}, link::LegGone{r1}}));
  auto others = target(r2, 2);
  others.bindings = {nth<BindingId>(3)};
  ring(others);
  EXPECT_EQ(said(), (Said{link::OfferClosed{r2, CloseCause::unreachable}, link::LegGone{r2}}))
      << "another agent's phone";
}

TEST_F(OrdersTest, EndpointsRingBesideTheBindings) {
  const auto bot = nth<BindingId>(50);
  const auto mobile = nth<BindingId>(51);
  auto t = target(r1, 1);
  t.endpoints = {{mobile, "sip:+4917@192.0.2.9"}, {bot, "sip:bot@192.0.2.8"}, {mobile, "sip:again@192.0.2.9"}};
  ring(t);
  const auto rings = all<output::Ring>();
  ASSERT_EQ(rings.size(), 3u);
  EXPECT_EQ(rings[0], (output::Ring{call, r1, nth<BindingId>(1), rings[0].leg, 20}));
  EXPECT_EQ(rings[1], (output::Ring{call, r1, mobile, rings[1].leg, 20, "sip:+4917@192.0.2.9"}));
  EXPECT_EQ(rings[2], (output::Ring{call, r1, bot, rings[2].leg, 20, "sip:bot@192.0.2.8"}));
  step(input::LegFailed{rings[2].leg, 482});
  EXPECT_TRUE(out.empty()) << "the others ring on";
  step(input::LegAnswered{rings[1].leg});
  EXPECT_EQ(all<output::CancelLeg>(), (std::vector<output::CancelLeg>{{rings[0].leg}}));
  EXPECT_EQ(said(), (Said{link::Answered{r1, mobile}}));
}

TEST_F(OrdersTest, AnAgentWithoutAPhoneIsRungAtItsEndpoint) {
  auto t = target(r1, 1);
  t.bindings.clear();
  t.endpoints = {{nth<BindingId>(50), "sip:+4917@192.0.2.9"}};
  ring(t);
  ASSERT_EQ(all<output::Ring>().size(), 1u);
  step(input::LegFailed{all<output::Ring>()[0].leg, 482});
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::unreachable}, link::LegGone{r1}})) << "it led back here";
}

TEST_F(OrdersTest, OnlyARegisteredPhoneIsAskedToAnswerByItself) {
  auto t = target(r1, 1);
  t.endpoints = {{nth<BindingId>(50), "sip:+4917@192.0.2.9"}};
  t.auto_answer = true;
  ring(t);
  ASSERT_EQ(all<output::Ring>().size(), 2u);
  EXPECT_TRUE(all<output::Ring>()[0].auto_answer);
  EXPECT_FALSE(all<output::Ring>()[1].auto_answer);
}

TEST_F(OrdersTest, ALateJoinerOfAnAnsweredCallIsNotRung) {
  step(input::LegAnswered{ring_agent(r1, 1)});
  ring(target(r2, 2));
  EXPECT_TRUE(all<output::Ring>().empty());
  EXPECT_EQ(said(), (Said{link::LegGone{r2}}));
}

TEST_F(OrdersTest, R14_CloseOfARingingOneCancelsIt) {
  const LegId leg = ring_agent(r1, 1);
  order(link::CloseOrder{call, r1});
  EXPECT_EQ(all<output::CancelLeg>(), (std::vector<output::CancelLeg>{{leg}}));
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::withdrawn}}));
  step(input::LegGone{leg});
  EXPECT_EQ(said(), (Said{link::LegGone{r1}}));
}

TEST_F(OrdersTest, R14_AnsweredStandsAgainstClose) {
  const LegId leg = ring_agent(r1, 1);
  step(input::LegAnswered{leg});
  EXPECT_TRUE(order(link::CloseOrder{call, r1}).empty());
  EXPECT_EQ(edge.standing(account).unconfirmed.count(r1), 1u);
}

TEST_F(OrdersTest, R14_CloseOfOneNeverRungSaysBothEnds) {
  order(link::CloseOrder{call, r1});
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::withdrawn}, link::LegGone{r1}}));
  EXPECT_TRUE(ring(target(r1, 1)).empty()) << "the ring that the close overtook";
}

TEST_F(OrdersTest, HoldQueuesTheCallerOnce) {
  EXPECT_EQ(order(link::HoldOrder{call}), (Outputs{output::QueueCaller{call}}));
  EXPECT_TRUE(order(link::HoldOrder{call}).empty());
}

TEST_F(OrdersTest, HoldAfterAnUnansweredOfferQueuesTheCallerAgain) {
  order(link::HoldOrder{call});
  const LegId leg = ring_agent(r1, 1);
  EXPECT_EQ(step(input::LegRinging{leg}), (Outputs{output::RingCaller{call}}));
  EXPECT_TRUE(order(link::HoldOrder{call}).empty()) << "a phone rings";
  step(input::LegFailed{leg, 486});
  EXPECT_EQ(order(link::HoldOrder{call}), (Outputs{output::QueueCaller{call}}));
}

TEST_F(OrdersTest, HangupEndsAWaitingCall) {
  const LegId leg = ring_agent(r1, 1);
  order(link::HangupOrder{call});
  EXPECT_EQ(all<output::HangupCaller>(), (std::vector<output::HangupCaller>{{call, 480}}));
  EXPECT_EQ(all<output::CancelLeg>(), (std::vector<output::CancelLeg>{{leg}}));
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::ordered}}));
  EXPECT_TRUE(order(link::HangupOrder{call}).empty());
}

TEST_F(OrdersTest, R12_BridgeConfirms) {
  const LegId leg = ring_agent(r1, 1);
  step(input::LegAnswered{leg});
  EXPECT_NE(edge.next_wake(), never_ms);
  EXPECT_TRUE(order(link::BridgeOrder{call, r1}).empty());
  EXPECT_EQ(edge.next_wake(), never_ms);
  EXPECT_EQ(edge.standing(account).confirmed.count(r1), 1u);
}

TEST_F(OrdersTest, ABridgeOfACallThatIsNotHereSaysItsEnd) {
  const CallId lost = nth<CallId>(99);
  order(link::BridgeOrder{lost, r1});
  EXPECT_EQ(said(), (Said{link::CallEnded{lost, EndCause::failed}, link::LegGone{r1}}));
}

TEST_F(OrdersTest, Sync_ARingThatItDoesNotNameIsClosed) {
  const LegId leg = ring_agent(r1, 1);
  sync({link::HoldOrder{call}});
  EXPECT_EQ(all<output::CancelLeg>(), (std::vector<output::CancelLeg>{{leg}}));
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::withdrawn}}));
}

TEST_F(OrdersTest, Sync_OfOneAccountLeavesTheOthersAlone) {
  const AccountId other = nth<AccountId>(2);
  ring_agent(r1, 1);
  EXPECT_EQ(step(input::SyncCame{other, fence, {epoch, {}}}).size(), 0u);
  EXPECT_EQ(edge.standing(account).ringing.count(r1), 1u);
}

TEST_F(OrdersTest, Sync_AnUnknownRingIsRungForTheTimeLeft) {
  auto t = target(r1, 1);
  now += 12'500;
  sync({link::RingOrder{call, {t}}});
  ASSERT_EQ(all<output::Ring>().size(), 1u);
  EXPECT_EQ(all<output::Ring>()[0].expires_s, 7u);
}

TEST_F(OrdersTest, Sync_NeverCutsAConfirmedCall) {
  step(input::LegAnswered{ring_agent(r1, 1)});
  ack_all();
  EXPECT_TRUE(sync({}).empty());
  EXPECT_EQ(edge.standing(account).confirmed.count(r1), 1u);
}

TEST_F(OrdersTest, Sync_AnAnswerOnItsWayStands) {
  auto t = target(r1, 1);
  ring(t);
  step(input::LegAnswered{all<output::Ring>()[0].leg});
  EXPECT_TRUE(sync({link::RingOrder{call, {t}}}).empty());
  EXPECT_TRUE(sync({link::CloseOrder{call, r1}}).empty());
  EXPECT_EQ(edge.standing(account).unconfirmed.count(r1), 1u);
}

TEST_F(OrdersTest, Sync_AnUnconfirmedAnswerThatItDoesNotNameIsEnded) {
  const LegId leg = ring_agent(r1, 1);
  step(input::LegAnswered{leg});
  sync({});
  EXPECT_EQ(all<output::ByeLeg>(), (std::vector<output::ByeLeg>{{leg}}));
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::failed}}));
}

TEST_F(OrdersTest, Sync_CarriesOutHangUps) {
  sync({link::HangupOrder{call}});
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::ordered}}));
}

}  // namespace rf::edge
