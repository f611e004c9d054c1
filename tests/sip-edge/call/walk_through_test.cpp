#include "tests/sip-edge/call/edge_fixture.hpp"

/// The side of the edge in the walk-throughs B, C, E, F and G.
namespace rf::edge {

using link::CloseCause;
using link::EndCause;

class WalkThroughTest : public EdgeTest {
 protected:
  WalkThroughTest() { invite(call); }
};

TEST_F(WalkThroughTest, B_The200BeforeTheRingEndBridges) {
  const LegId leg = ring_agent(r1, 1);
  now += 19'999;
  step(input::LegAnswered{leg});
  EXPECT_EQ(all<output::AnswerCaller>(), (std::vector<output::AnswerCaller>{{call, leg}}));
  EXPECT_EQ(said(), (Said{link::Answered{r1, nth<BindingId>(1)}}));
  EXPECT_TRUE(tick_at(now + 1).empty()) << "the ring timer is off";
}

TEST_F(WalkThroughTest, B_TheRingEndBeforeThe200) {
  const LegId leg = ring_agent(r1, 1);
  step(input::LegRinging{leg});
  tick_at(now + 20'000);
  EXPECT_EQ(all<output::CancelLeg>(), (std::vector<output::CancelLeg>{{leg}}));
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::no_answer}}));
  now += 10;
  EXPECT_EQ(step(input::LegAnswered{leg}), (Outputs{output::ByeLeg{leg}}));
  now += 50;
  step(input::LegGone{leg});
  EXPECT_EQ(said(), (Said{link::LegGone{r1}}));
}

TEST_F(WalkThroughTest, B_StreamDownTheAnswerIsSentAgainAndConfirmedInTime) {
  const LegId leg = ring_agent(r1, 1);
  ack_all();
  step(input::LeaderLost{account});
  step(input::LegAnswered{leg});
  EXPECT_TRUE(said().empty());
  now += 25'000;
  step(input::LeaderConnected{account, fence});
  ASSERT_EQ(said(), (Said{link::Answered{r1, nth<BindingId>(1)}}));
  EXPECT_EQ(all<output::SendEvent>()[0].event.age_ms, 25'000);
  ack_all();
  EXPECT_TRUE(tick_at(now + 60'000).empty());
}

TEST_F(WalkThroughTest, B_StreamDownBeyondConfirmUntilTheEdgeHangsUpBeforeTheClusterFrees) {
  const LegId leg = ring_agent(r1, 1);
  const Ms confirm_until = now + 50'000;
  step(input::LeaderLost{account});
  step(input::LegAnswered{leg});
  EXPECT_EQ(edge.next_wake(), confirm_until);
  tick_at(confirm_until);
  EXPECT_EQ(all<output::ByeLeg>(), (std::vector<output::ByeLeg>{{leg}}));
  tick_at(confirm_until + limits::linger_ms);
  EXPECT_EQ(edge.memory().offers, 0u) << "the cluster frees the agent at confirm_until + 4 s, not before";
  step(input::LeaderConnected{account, fence});
  const Said last = said();
  ASSERT_GE(last.size(), 3u);
  EXPECT_EQ(Said(last.end() - 3, last.end()), (Said{link::Answered{r1, nth<BindingId>(1)},
                                                    link::CallEnded{call, EndCause::unconfirmed}, link::LegGone{r1}}));
}

TEST_F(WalkThroughTest, C_ASyncOfTheNewLeaderRingsForTheTimeLeft) {
  const auto t = target(r1, 1);
  ack_all();
  step(input::LeaderLost{account});
  now += 14'200;
  fence.term = 4;
  step(input::LeaderConnected{account, fence});
  sync({link::RingOrder{call, {t}}});
  ASSERT_EQ(all<output::Ring>().size(), 1u);
  EXPECT_EQ(all<output::Ring>()[0].expires_s, 5u);
  EXPECT_EQ(edge.next_wake(), t.ring_until_edge_ms);
}

TEST_F(WalkThroughTest, C_TooLittleTimeLeftGivesTheOfferBack) {
  const auto t = target(r1, 1);
  ack_all();
  step(input::LeaderLost{account});
  now += 17'500;
  fence.term = 4;
  step(input::LeaderConnected{account, fence});
  sync({link::RingOrder{call, {t}}});
  EXPECT_TRUE(all<output::Ring>().empty());
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::not_rung}, link::LegGone{r1}}));
  ring_agent(r2, 1);
}

TEST_F(WalkThroughTest, E_OfflineWhileRinging) {
  const LegId leg = ring_agent(r1, 1);
  order(link::CloseOrder{call, r1});
  EXPECT_EQ(all<output::CancelLeg>(), (std::vector<output::CancelLeg>{{leg}}));
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::withdrawn}}));
  ring_agent(r2, 2);
  step(input::LegFailed{leg, 487});
  EXPECT_EQ(said(), (Said{link::LegGone{r1}}));
  EXPECT_EQ(edge.standing(account).ringing, (std::set{r2}));
}

TEST_F(WalkThroughTest, E_TheAnswerBeforeTheCloseStands) {
  const LegId leg = ring_agent(r1, 1);
  step(input::LegAnswered{leg});
  EXPECT_TRUE(order(link::CloseOrder{call, r1}).empty());
  ack_all();
  EXPECT_EQ(edge.standing(account).confirmed, (std::set{r1}));
}

TEST_F(WalkThroughTest, F_TheCallerAbandonsWithTheRingInFlight) {
  const auto t = target(r1, 1);
  step(input::CallerGone{call});
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::caller_hangup}}));
  ring(t);
  EXPECT_TRUE(all<output::Ring>().empty());
  EXPECT_EQ(said(), (Said{link::LegGone{r1}}));
}

TEST_F(WalkThroughTest, F_TheCallerAbandonsWhileRinging) {
  const LegId leg = ring_agent(r1, 1);
  step(input::CallerGone{call});
  EXPECT_EQ(all<output::CancelLeg>(), (std::vector<output::CancelLeg>{{leg}}));
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::caller_hangup}}));
  step(input::LegFailed{leg, 487});
  EXPECT_EQ(said(), (Said{link::LegGone{r1}}));
}

TEST_F(WalkThroughTest, G_RingAllOfFiveAgents) {
  link::RingOrder all_five{call, {}};
  for (std::uint64_t agent = 1; agent <= 5; ++agent)
    all_five.targets.push_back(target(nth<ReservationId>(agent), agent));
  order(all_five);
  const auto rings = all<output::Ring>();
  ASSERT_EQ(rings.size(), 5u);

  step(input::LegAnswered{rings[2].leg});
  EXPECT_EQ(all<output::AnswerCaller>(), (std::vector<output::AnswerCaller>{{call, rings[2].leg}}));
  EXPECT_EQ(all<output::CancelLeg>(),
            (std::vector<output::CancelLeg>{{rings[0].leg}, {rings[1].leg}, {rings[3].leg}, {rings[4].leg}}));
  EXPECT_EQ(said(), (Said{link::Answered{r3, nth<BindingId>(3)}})) << "the cluster closes the lost races";

  EXPECT_EQ(step(input::LegAnswered{rings[4].leg}), (Outputs{output::ByeLeg{rings[4].leg}}));
  for (std::size_t i : {0u, 1u, 3u, 4u}) {
    step(input::LegGone{rings[i].leg});
    EXPECT_EQ(said(), (Said{link::LegGone{rings[i].reservation}}));
  }
  ack_all();
  EXPECT_EQ(edge.standing(account).confirmed, (std::set{r3}));
  EXPECT_EQ(edge.next_wake(), never_ms);
}

}  // namespace rf::edge
