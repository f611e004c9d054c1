#include "tests/sip-edge/call/edge_fixture.hpp"

/// A waiting caller is given to an address outside; a call is placed there once an agent has answered.
namespace rf::edge {

using link::CloseCause;
using link::EndCause;

class ForwardTest : public EdgeTest {
 protected:
  ForwardTest() { invite(call); }

  const link::OrderBody to_voicemail = link::ForwardOrder{call, uri};
  /// Returns the leg.
  LegId forward() {
    order(to_voicemail);
    const auto called = all<output::CallOutside>();
    EXPECT_EQ(called.size(), 1u);
    return called.empty() ? LegId{} : called.front().leg;
  }

  static constexpr const char* uri = "sip:voicemail@192.0.2.9";
};

TEST_F(ForwardTest, TheCallerIsConnectedAndNothingIsSaidOfIt) {
  const LegId leg = forward();
  EXPECT_EQ(out, (Outputs{output::CallOutside{call, leg, uri, 60}}));
  EXPECT_EQ(step(input::LegRinging{leg}), (Outputs{output::RingCaller{call}}));
  EXPECT_TRUE(step(input::LegRinging{leg}).empty());
  now += 59'999;
  EXPECT_EQ(step(input::LegAnswered{leg}), (Outputs{output::AnswerCaller{call, leg}}));
  EXPECT_EQ(edge.next_wake(), never_ms);
  EXPECT_TRUE(tick_at(now + 100'000).empty());
}

TEST_F(ForwardTest, EitherSideEndsIt) {
  LegId leg = forward();
  step(input::LegAnswered{leg});
  step(input::LegHungUp{leg});
  EXPECT_EQ(all<output::HangupCaller>(), (std::vector<output::HangupCaller>{{call, 480}}));
  EXPECT_TRUE(all<output::ByeLeg>().empty());
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::agent_hangup}}));

  invite(nth<CallId>(2));
  order(link::ForwardOrder{nth<CallId>(2), uri});
  leg = all<output::CallOutside>()[0].leg;
  step(input::LegAnswered{leg});
  step(input::CallerGone{nth<CallId>(2)});
  EXPECT_EQ(all<output::ByeLeg>(), (std::vector<output::ByeLeg>{{leg}}));
  EXPECT_EQ(said(), (Said{link::CallEnded{nth<CallId>(2), EndCause::caller_hangup}}));
  EXPECT_TRUE(step(input::LegGone{leg}).empty());
  EXPECT_EQ(edge.memory().calls, 0u);
}

TEST_F(ForwardTest, ACallerWhoHangsUpCancelsIt) {
  const LegId leg = forward();
  step(input::CallerGone{call});
  EXPECT_EQ(all<output::CancelLeg>(), (std::vector<output::CancelLeg>{{leg}}));
  EXPECT_EQ(edge.next_wake(), never_ms);
  EXPECT_EQ(step(input::LegAnswered{leg}), (Outputs{output::ByeLeg{leg}})) << "it crossed the CANCEL";
}

TEST_F(ForwardTest, AnAddressThatDoesNotTakeTheCallEndsIt) {
  const std::pair<int, int> heard[] = {{486, 486}, {600, 486}, {404, 480}, {0, 480}, {603, 480}};
  std::uint64_t n = 100;
  for (const auto& [refused, status] : heard) {
    const CallId id = nth<CallId>(++n);
    invite(id);
    order(link::ForwardOrder{id, uri});
    step(input::LegFailed{all<output::CallOutside>()[0].leg, refused});
    EXPECT_EQ(all<output::HangupCaller>(), (std::vector<output::HangupCaller>{{id, status}}));
    EXPECT_TRUE(all<output::CancelLeg>().empty());
    EXPECT_EQ(said(), (Said{link::CallEnded{id, EndCause::failed}}));
  }
}

TEST_F(ForwardTest, SixtySecondsAreEnough) {
  const LegId leg = forward();
  step(input::LegRinging{leg});
  EXPECT_EQ(edge.next_wake(), now + 60'000);
  now += 60'000;
  step(input::LegAnswered{leg});
  EXPECT_EQ(all<output::HangupCaller>(), (std::vector<output::HangupCaller>{{call, 480}}));
  EXPECT_EQ(all<output::CancelLeg>(), (std::vector<output::CancelLeg>{{leg}}));
  EXPECT_EQ(all<output::ByeLeg>(), (std::vector<output::ByeLeg>{{leg}})) << "its answer came too late";
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::failed}}));
}

TEST_F(ForwardTest, ARepeatedOrderChangesNothing) {
  const LegId leg = forward();
  EXPECT_TRUE(order(to_voicemail).empty());
  EXPECT_TRUE(sync({to_voicemail}).empty());
  EXPECT_TRUE(order(link::ForwardOrder{call, "sip:elsewhere@192.0.2.1"}).empty()) << "the first address stands";
  step(input::LegAnswered{leg});
  EXPECT_TRUE(sync({to_voicemail}).empty());
  step(input::CallerGone{call});
  EXPECT_TRUE(order(to_voicemail).empty()) << "its end is said and on its way";
  ack_all();
  order(to_voicemail);
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::failed}}));
}

TEST_F(ForwardTest, R10_ASyncThatDoesNotNameItLeavesItUp) {
  const LegId leg = forward();
  EXPECT_TRUE(sync({}).empty());
  step(input::LegAnswered{leg});
  EXPECT_TRUE(sync({}).empty());
  EXPECT_EQ(edge.standing(account).forwarded.count(call), 1u);
}

TEST_F(ForwardTest, R17_ItCountsInDigestAndSnapshot) {
  const std::uint64_t hash = edge.digest(account).hash;
  const LegId leg = forward();
  step(input::LegAnswered{leg});
  EXPECT_EQ(edge.digest(account).hash, hash);
  step(input::SnapshotAsked{account});
  ASSERT_EQ(said().size(), 1u);
  const auto snapshot = std::get<link::Snapshot>(said()[0]);
  ASSERT_EQ(snapshot.calls.size(), 1u);
  EXPECT_EQ(snapshot.calls[0].arrival, arrival(call));
}

TEST_F(ForwardTest, R17_WhoHoldsItIsToldItsEndAndTheTwoTalkOn) {
  const LegId leg = forward();
  step(input::LegAnswered{leg});
  const std::uint64_t hash = edge.digest(account).hash;
  order(link::HoldOrder{call});
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::failed}})) << "it was given up and taken anew";
  EXPECT_NE(edge.digest(account).hash, hash);
  EXPECT_TRUE(order(link::HoldOrder{call}).empty());
}

TEST_F(ForwardTest, R17_WhoRingsForItIsToldItsEndAndTheTwoTalkOn) {
  const LegId leg = forward();
  step(input::LegAnswered{leg});
  const std::uint64_t hash = edge.digest(account).hash;
  ring(target(r1, 1));
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::failed}, link::LegGone{r1}}));
  EXPECT_EQ(out.size(), 2u) << "nobody is hung up";
  EXPECT_NE(edge.digest(account).hash, hash);
  ack_all();
  step(input::LegHungUp{leg});
  EXPECT_EQ(all<output::HangupCaller>(), (std::vector<output::HangupCaller>{{call, 480}}));
  EXPECT_TRUE(said().empty()) << "said before";
}

TEST_F(ForwardTest, RingsAreWithdrawn) {
  const LegId ringing = ring_agent(r1, 1);
  const LegId leg = forward();
  EXPECT_EQ(out,
            (Outputs{output::CancelLeg{ringing}, output::CallOutside{call, leg, uri, 60},
                     output::SendEvent{account, {epoch, last_n(), 0, link::OfferClosed{r1, CloseCause::withdrawn}}}}));
  step(input::LegGone{ringing});
  EXPECT_EQ(said(), (Said{link::LegGone{r1}}));
}

TEST_F(ForwardTest, R14_AnAgentWhoAnsweredFirstKeepsTheCall) {
  step(input::LegAnswered{ring_agent(r1, 1)});
  EXPECT_TRUE(order(to_voicemail).empty());
  EXPECT_EQ(edge.standing(account).unconfirmed.count(r1), 1u);
}

TEST_F(ForwardTest, AHangupEndsIt) {
  const LegId leg = forward();
  order(link::HangupOrder{call});
  EXPECT_EQ(all<output::CancelLeg>(), (std::vector<output::CancelLeg>{{leg}}));
  EXPECT_EQ(all<output::HangupCaller>(), (std::vector<output::HangupCaller>{{call, 480}}));
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::ordered}}));
}

TEST_F(ForwardTest, ACallWithoutANodeGoesOn) {
  forward();
  EXPECT_TRUE(step(input::NodesAway{}).empty());
}

class PlaceTest : public EdgeTest {
 protected:
  static constexpr const char* uri = "sip:+4917012@192.0.2.9";
  static constexpr const char* shown = "+4930100";

  const Outputs& place(std::vector<link::RingTarget> targets) {
    return order(link::RingOrder{call, std::move(targets), uri, shown});
  }
  /// Agent 1 is rung; returns the leg.
  LegId place() {
    place({target(r1, 1)});
    const auto rings = all<output::Ring>();
    EXPECT_EQ(rings.size(), 1u);
    return rings.empty() ? LegId{} : rings.front().leg;
  }
  /// Agent 1 has answered; returns the customer's leg.
  LegId answer(LegId agent) {
    step(input::LegAnswered{agent});
    const auto called = all<output::CallOutside>();
    EXPECT_EQ(called.size(), 1u);
    return called.empty() ? LegId{} : called.front().leg;
  }
};

TEST_F(PlaceTest, WhoAnswersIsBridgedWithTheAddress) {
  const LegId agent = place();
  EXPECT_EQ(out, (Outputs{output::Ring{call, r1, nth<BindingId>(1), agent, 20, "", false, uri}}));
  EXPECT_TRUE(step(input::LegRinging{agent}).empty()) << "nobody is there to hear it";
  const LegId customer = answer(agent);
  EXPECT_EQ(all<output::CallOutside>()[0], (output::CallOutside{call, customer, uri, 60, agent, shown}));
  EXPECT_EQ(said(), (Said{link::Answered{r1, nth<BindingId>(1)}}));
  ack_all();
  EXPECT_TRUE(step(input::LegRinging{customer}).empty());
  EXPECT_EQ(step(input::LegAnswered{customer}), (Outputs{output::ConnectOutside{call, agent, customer}}));
  EXPECT_EQ(edge.next_wake(), never_ms);
}

TEST_F(PlaceTest, ACallerWhoWasSentAwayIsCalledBackBeforeTheEndIsAcknowledged) {
  invite(call);
  order(link::HangupOrder{call});
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::ordered}}));
  const LegId agent = place();
  EXPECT_EQ(all<output::Ring>().size(), 1u) << "the account has heard of the end: it would not ring else";
  step(input::LegFailed{agent, 486});
  EXPECT_TRUE(all<output::HangupCaller>().empty());
}

TEST_F(PlaceTest, ACancelThatCrossedTheHangUpIsNotMeantForTheCallback) {
  invite(call);
  order(link::HangupOrder{call});
  const LegId agent = place();
  EXPECT_TRUE(step(input::CallerGone{call}).empty());
  step(input::LegAnswered{agent});
  EXPECT_EQ(all<output::CallOutside>().size(), 1u) << "the phone rang on and was answered";
}

TEST_F(PlaceTest, ALostConnectionOfTheCallerWhoWasSentAwayIsNotMeantForTheCallback) {
  invite(call);
  order(link::HangupOrder{call});
  const LegId agent = place();
  EXPECT_TRUE(step(input::SessionTimedOut{call}).empty());
  EXPECT_TRUE(step(input::BridgeFailed{call}).empty());
  step(input::LegAnswered{agent});
  EXPECT_EQ(all<output::CallOutside>().size(), 1u) << "the phone rang on and was answered";
}

TEST_F(PlaceTest, EitherSideEndsIt) {
  LegId agent = place();
  LegId customer = answer(agent);
  step(input::LegAnswered{customer});
  step(input::LegHungUp{customer});
  EXPECT_EQ(out.front(), (Output{output::ByeLeg{agent}}));
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::caller_hangup}}));
  step(input::LegGone{agent});
  EXPECT_EQ(said(), (Said{link::LegGone{r1}}));
  ack_all();

  order(link::RingOrder{nth<CallId>(2), {target(r2, 2)}, uri, shown});
  agent = all<output::Ring>()[0].leg;
  customer = answer(agent);
  step(input::LegAnswered{customer});
  step(input::LegHungUp{agent});
  EXPECT_EQ(out.front(), (Output{output::ByeLeg{customer}}));
  EXPECT_EQ(said(), (Said{link::CallEnded{nth<CallId>(2), EndCause::agent_hangup}, link::LegGone{r2}}));
  EXPECT_TRUE(all<output::HangupCaller>().empty());
}

TEST_F(PlaceTest, AnAddressThatDoesNotTakeTheCallEndsItForTheAgent) {
  const LegId agent = place();
  const LegId customer = answer(agent);
  ack_all();
  step(input::LegFailed{customer, 486});
  EXPECT_EQ(out, (Outputs{output::ByeLeg{agent},
                          output::SendEvent{account, {epoch, last_n(), 0, link::CallEnded{call, EndCause::failed}}}}));
  step(input::LegGone{agent});
  EXPECT_EQ(said(), (Said{link::LegGone{r1}}));
}

TEST_F(PlaceTest, AnAddressThatDoesNotAnswerIsGivenUpAfterAMinute) {
  const LegId agent = place();
  const LegId customer = answer(agent);
  ack_all();
  tick_at(now + 60'000);
  EXPECT_EQ(all<output::CancelLeg>(), (std::vector<output::CancelLeg>{{customer}}));
  EXPECT_EQ(all<output::ByeLeg>(), (std::vector<output::ByeLeg>{{agent}}));
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::failed}}));
}

TEST_F(PlaceTest, AnAgentWhoHangsUpFirstCancelsIt) {
  const LegId agent = place();
  const LegId customer = answer(agent);
  step(input::LegHungUp{agent});
  EXPECT_EQ(all<output::CancelLeg>(), (std::vector<output::CancelLeg>{{customer}}));
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::agent_hangup}, link::LegGone{r1}}));
}

TEST_F(PlaceTest, ACallThatNobodyAnsweredIsForgottenWithoutAWord) {
  const LegId leg = place();
  EXPECT_TRUE(edge.has(call));
  step(input::LegFailed{leg, 486});
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::busy}, link::LegGone{r1}}));
  EXPECT_FALSE(edge.has(call));
  EXPECT_EQ(edge.memory().calls, 0u);
  place({target(r2, 2)});
  EXPECT_EQ(all<output::Ring>().size(), 1u) << "and rings anew";
}

TEST_F(PlaceTest, ACallThatNobodyCouldBeRungForIsForgotten) {
  auto late = target(r1, 1);
  late.ring_until_edge_ms = now;
  place({late});
  EXPECT_EQ(said(), (Said{link::OfferClosed{r1, CloseCause::not_rung}, link::LegGone{r1}}));
  EXPECT_EQ(edge.memory().calls, 0u);
}

TEST_F(PlaceTest, R15_TheFirstOfSeveralAgentsHasIt) {
  place({target(r1, 1), target(r2, 2)});
  const auto rings = all<output::Ring>();
  answer(rings[1].leg);
  EXPECT_EQ(all<output::CancelLeg>(), (std::vector<output::CancelLeg>{{rings[0].leg}}));
  EXPECT_EQ(said(), (Said{link::Answered{r2, nth<BindingId>(2)}}));
  place({target(r3, 3)});
  EXPECT_TRUE(all<output::Ring>().empty());
  EXPECT_EQ(said(), (Said{link::LegGone{r3}})) << "a late joiner";
}

TEST_F(PlaceTest, R17_ItCountsOnceAnAgentHasAnswered) {
  const auto digest = edge.digest(account);
  const LegId agent = place();
  EXPECT_EQ(edge.digest(account).hash, digest.hash);
  step(input::SnapshotAsked{account});
  EXPECT_TRUE(std::get<link::Snapshot>(said()[0]).calls.empty());
  now += 5'000;
  answer(agent);
  EXPECT_NE(edge.digest(account).hash, digest.hash);
  step(input::SnapshotAsked{account});
  const auto snapshot = std::get<link::Snapshot>(said()[0]);
  EXPECT_EQ(snapshot.calls, (std::vector<link::CarriedCall>{{{call, shown, uri, ""}, r1, nth<AgentId>(1), 0}}));
}

TEST_F(PlaceTest, R13_AnEndedOneIsNotRungAgain) {
  const LegId agent = place();
  answer(agent);
  order(link::HangupOrder{call});
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::ordered}}));
  place({target(r2, 2)});
  EXPECT_TRUE(all<output::Ring>().empty());
  EXPECT_EQ(said(), (Said{link::LegGone{r2}}));
}

TEST_F(PlaceTest, AHangupWhileAgentsRingSaysItsEnd) {
  const LegId agent = place();
  order(link::HangupOrder{call});
  EXPECT_EQ(all<output::CancelLeg>(), (std::vector<output::CancelLeg>{{agent}}));
  EXPECT_EQ(said(), (Said{link::CallEnded{call, EndCause::ordered}}));
  step(input::LegGone{agent});
  EXPECT_EQ(said(), (Said{link::LegGone{r1}}));
}

TEST_F(PlaceTest, R12_AnUnconfirmedAnswerEndsBothLegs) {
  step(input::LeaderLost{account});
  const LegId agent = place();
  const LegId customer = answer(agent);
  step(input::LegAnswered{customer});
  tick_at(now + 50'000);
  EXPECT_EQ(all<output::ByeLeg>(), (std::vector<output::ByeLeg>{{customer}, {agent}}));
}

TEST_F(PlaceTest, WithoutANodeTheAgentsRingOn) {
  place();
  EXPECT_TRUE(step(input::NodesAway{}).empty());
}

}  // namespace rf::edge
