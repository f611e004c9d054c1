#include "tests/sip-edge/call/edge_fixture.hpp"

namespace rf::edge {

using link::CloseCause;
using link::EndCause;

class EndingTest : public EdgeTest {
 protected:
  EndingTest() { invite(call); }

  /// Agent 1 with three phones, all ringing under r1.
  std::vector<LegId> ring_three_phones() {
    bind(1, 11);
    bind(1, 12);
    auto t = target(r1, 1);
    t.bindings = {nth<BindingId>(1), nth<BindingId>(11), nth<BindingId>(12)};
    ring(t);
    std::vector<LegId> legs;
    for (const auto& ring : all<output::Ring>()) legs.push_back(ring.leg);
    EXPECT_EQ(legs.size(), 3u);
    legs.resize(3);
    return legs;
  }
};

TEST_F(EndingTest, R12_TheRingEndsAtRingUntil) {
  const LegId leg = ring_agent(r1, 1);
  step(input::LegRinging{leg});
  const Ms ring_until = edge.next_wake();
  EXPECT_EQ(ring_until, now + 20'000);
  EXPECT_TRUE(tick_at(ring_until - 1).empty());
  tick_at(ring_until);
  EXPECT_EQ(all<output::CancelLeg>(), (std::vector<output::CancelLeg>{{leg}}));
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::no_answer}}));
}

TEST_F(EndingTest, R12_NoAnswerIsAcceptedPastRingUntilHoweverLateTheTick) {
  const LegId leg = ring_agent(r1, 1);
  step(input::LegRinging{leg});
  now += 20'000;
  step(input::LegAnswered{leg});
  EXPECT_TRUE(all<output::AnswerCaller>().empty());
  EXPECT_EQ(all<output::ByeLeg>(), (std::vector<output::ByeLeg>{{leg}}));
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::no_answer}}));
}

TEST_F(EndingTest, R12_AnUnconfirmedCallIsEndedAtConfirmUntil) {
  const LegId leg = ring_agent(r1, 1);
  const Ms confirm_until = now + 50'000;
  step(input::LegAnswered{leg});
  EXPECT_EQ(edge.next_wake(), confirm_until);
  EXPECT_TRUE(tick_at(confirm_until - 1).empty());
  tick_at(confirm_until);
  EXPECT_EQ(all<output::ByeLeg>(), (std::vector<output::ByeLeg>{{leg}}));
  EXPECT_EQ(all<output::HangupCaller>().size(), 1u);
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::unconfirmed}}));
  step(input::LegGone{leg});
  EXPECT_EQ(said(), (Said{link::LegGone{r1}}));
  EXPECT_EQ(edge.counters().calls_unconfirmed, 1u);
}

TEST_F(EndingTest, R12_TheAckOfAnsweredConfirms) {
  step(input::LegAnswered{ring_agent(r1, 1)});
  step(input::Acked{account, epoch, last_n() - 1});
  EXPECT_EQ(edge.standing(account).unconfirmed.count(r1), 1u) << "the event before it";
  ack_all();
  EXPECT_TRUE(tick_at(now + 60'000).empty());
  EXPECT_EQ(edge.standing(account).confirmed.count(r1), 1u);
}

TEST_F(EndingTest, R13_LegGoneFollowsTheFinalResponse) {
  const LegId leg = ring_agent(r1, 1);
  order(link::CloseOrder{call, r1});
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::withdrawn}}));
  now += 300;
  step(input::LegFailed{leg, 487});
  EXPECT_EQ(said(), (Said{link::LegGone{r1}}));
}

TEST_F(EndingTest, R13_LegGoneFourSecondsAfterTheCancel) {
  ring_agent(r1, 1);
  order(link::CloseOrder{call, r1});
  const Ms sent = now;
  EXPECT_EQ(edge.next_wake(), sent + limits::linger_ms);
  EXPECT_TRUE(tick_at(sent + limits::linger_ms - 1).empty());
  tick_at(sent + limits::linger_ms);
  EXPECT_EQ(said(), (Said{link::LegGone{r1}}));
}

TEST_F(EndingTest, R13_LegGoneFourSecondsAfterTheBye) {
  step(input::LegAnswered{ring_agent(r1, 1)});
  step(input::CallerGone{call});
  EXPECT_EQ(all<output::ByeLeg>().size(), 1u);
  EXPECT_TRUE(tick_at(now + limits::linger_ms - 1).empty());
  tick_at(now + 1);
  EXPECT_EQ(said(), (Said{link::LegGone{r1}}));
}

TEST_F(EndingTest, R13_LegGoneWaitsForEveryLegOfTheReservation) {
  const auto legs = ring_three_phones();
  order(link::CloseOrder{call, r1});
  EXPECT_EQ(all<output::CancelLeg>().size(), 3u);
  EXPECT_TRUE(step(input::LegGone{legs[0]}).empty());
  EXPECT_TRUE(step(input::LegGone{legs[1]}).empty());
  step(input::LegGone{legs[2]});
  EXPECT_EQ(said(), (Said{link::LegGone{r1}}));
}

TEST_F(EndingTest, R15_TheFirstOfSeveralBindingsWins) {
  const auto legs = ring_three_phones();
  step(input::LegAnswered{legs[1]});
  EXPECT_EQ(all<output::AnswerCaller>(), (std::vector<output::AnswerCaller>{{call, legs[1]}}));
  EXPECT_EQ(all<output::CancelLeg>(), (std::vector<output::CancelLeg>{{legs[0]}, {legs[2]}}));
  EXPECT_EQ(said(), (Said{link::Answered{r1, nth<BindingId>(11)}}));
  EXPECT_TRUE(step(input::LegFailed{legs[0], 487}).empty());
  EXPECT_TRUE(tick_at(now + limits::linger_ms).empty()) << "the agent's own losers end without a word";
  step(input::CallerGone{call});
  step(input::LegGone{legs[1]});
  EXPECT_EQ(said(), (Said{link::LegGone{r1}}));
}

TEST_F(EndingTest, R15_ASecond200GetsAckAndBye) {
  const auto legs = ring_three_phones();
  step(input::LegAnswered{legs[1]});
  EXPECT_EQ(step(input::LegAnswered{legs[0]}), (Outputs{output::ByeLeg{legs[0]}}));
  EXPECT_TRUE(step(input::LegAnswered{legs[0]}).empty()) << "its BYE is sent";
  EXPECT_TRUE(step(input::LegAnswered{legs[1]}).empty()) << "the winner's own 200 again";
  EXPECT_EQ(edge.counters().late_answers, 1u);
}

TEST_F(EndingTest, A200OfALegGivenUpGetsBye) {
  const LegId leg = ring_agent(r1, 1);
  order(link::CloseOrder{call, r1});
  tick_at(now + limits::linger_ms);
  EXPECT_EQ(step(input::LegAnswered{leg}), (Outputs{output::ByeLeg{leg}}));
}

TEST_F(EndingTest, ALate200HoldsTheAgentUntilItsByeIsOver) {
  const LegId leg = ring_agent(r1, 1);
  order(link::CloseOrder{call, r1});
  now += 3'000;
  step(input::LegAnswered{leg});
  EXPECT_TRUE(tick_at(now + limits::linger_ms - 1).empty());
  tick_at(now + 1);
  EXPECT_EQ(said(), (Said{link::LegGone{r1}}));
}

TEST_F(EndingTest, ABindingThatFailsIsNoEndWhileOthersRing) {
  const auto legs = ring_three_phones();
  EXPECT_TRUE(step(input::LegFailed{legs[0], 486}).empty());
  EXPECT_TRUE(step(input::LegFailed{legs[1], 404}).empty());
  step(input::LegAnswered{legs[2]});
  EXPECT_EQ(said(), (Said{link::Answered{r1, nth<BindingId>(12)}}));
}

TEST_F(EndingTest, TheMostTellingFailureClosesTheOffer) {
  const auto legs = ring_three_phones();
  step(input::LegFailed{legs[0], 404});
  step(input::LegFailed{legs[1], 486});
  step(input::LegFailed{legs[2], 503});
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::busy}, link::LegGone{r1}}));
}

TEST_F(EndingTest, RingingEndsAsNoAnswerThoughOtherBindingsFailed) {
  const auto legs = ring_three_phones();
  step(input::LegFailed{legs[0], 486});
  step(input::LegRinging{legs[1]});
  tick_at(now + 20'000);
  EXPECT_EQ(all<output::CancelLeg>().size(), 2u);
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::no_answer}}));
}

TEST_F(EndingTest, APhoneThatSaysNothingIsUnreachable) {
  const LegId leg = ring_agent(r1, 1);
  tick_at(now + 20'000);
  EXPECT_EQ(all<output::CancelLeg>(), (std::vector<output::CancelLeg>{{leg}}));
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::unreachable}}));
}

TEST_F(EndingTest, WithoutANodeCallersWhoWereToldNothingAreSentAway) {
  order(link::HoldOrder{call});
  const CallId untold = nth<CallId>(2);
  invite(untold);
  step(input::LeaderLost{account});
  step(input::NodesAway{});
  EXPECT_EQ(all<output::HangupCaller>(), (std::vector<output::HangupCaller>{{untold, 503}}));
  EXPECT_TRUE(step(input::NodesAway{}).empty());
}

TEST_F(EndingTest, TheCallerHearsRingingOnce) {
  const auto legs = ring_three_phones();
  EXPECT_EQ(step(input::LegRinging{legs[0]}), (Outputs{output::RingCaller{call}}));
  EXPECT_TRUE(step(input::LegRinging{legs[1]}).empty());
}

TEST_F(EndingTest, TheAgentHangsUp) {
  const LegId leg = ring_agent(r1, 1);
  step(input::LegAnswered{leg});
  step(input::LegHungUp{leg});
  EXPECT_EQ(all<output::HangupCaller>().size(), 1u);
  EXPECT_TRUE(all<output::ByeLeg>().empty());
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::agent_hangup}, link::LegGone{r1}}));
}

TEST_F(EndingTest, TheAgentHangsUpWhileALoserLingers) {
  const auto legs = ring_three_phones();
  step(input::LegAnswered{legs[0]});
  step(input::LegHungUp{legs[0]});
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::agent_hangup}}));
  step(input::LegGone{legs[1]});
  step(input::LegGone{legs[2]});
  EXPECT_EQ(said(), (Said{link::LegGone{r1}}));
}

TEST_F(EndingTest, TheCallerAbandonsWhileTwoAgentsRing) {
  ring_agent(r1, 1);
  ring_agent(r2, 2);
  step(input::CallerGone{call});
  EXPECT_TRUE(all<output::HangupCaller>().empty()) << "the caller is gone already";
  EXPECT_EQ(all<output::CancelLeg>().size(), 2u);
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::caller_hangup}}));
  tick_at(now + limits::linger_ms);
  EXPECT_EQ(said(), (Said{link::LegGone{r1}, link::LegGone{r2}}));
}

TEST_F(EndingTest, ABridgeThatFailsEndsTheCall) {
  const LegId leg = ring_agent(r1, 1);
  step(input::LegAnswered{leg});
  step(input::BridgeFailed{call});
  EXPECT_EQ(all<output::HangupCaller>(), (std::vector<output::HangupCaller>{{call, 500}}));
  EXPECT_EQ(all<output::ByeLeg>(), (std::vector<output::ByeLeg>{{leg}}));
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::failed}}));
}

TEST_F(EndingTest, ASessionTimeoutEndsTheCall) {
  const LegId leg = ring_agent(r1, 1);
  step(input::LegAnswered{leg});
  ack_all();
  step(input::SessionTimedOut{call});
  EXPECT_EQ(all<output::ByeLeg>(), (std::vector<output::ByeLeg>{{leg}}));
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::session_timeout}}));
}

TEST_F(EndingTest, NothingFollowsTheEndOfACall) {
  const LegId leg = ring_agent(r1, 1);
  step(input::LegAnswered{leg});
  step(input::LegHungUp{leg});
  for (const Input& late : std::initializer_list<Input>{
           input::CallerGone{call}, input::BridgeFailed{call}, input::SessionTimedOut{call}, input::LegRinging{leg},
           input::LegFailed{leg, 503}, input::LegHungUp{leg}, input::LegGone{leg}})
    EXPECT_TRUE(step(late).empty());
}

}  // namespace rf::edge
