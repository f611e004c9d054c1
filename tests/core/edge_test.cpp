#include <gtest/gtest.h>

#include "core/account/orders.hpp"
#include "tests/support/center.hpp"

namespace rf::core {
namespace {

using rf::testing::Center;
using rf::testing::SipDesk;
using Names = std::vector<std::string>;

/// One queue reached by number 100, agents with a phone at edge "x".
struct SipCenter : Center {
  QueueId q;
  SipCenter() : SipCenter(QueueConfig{}) {}
  explicit SipCenter(QueueConfig config) {
    q = queue("sales", config);
    number("100", q);
    attach("x", 1, "boot-1");
  }
  AgentId phone_agent(const std::string& key) {
    AgentConfig config;
    config.extension = key;
    const AgentId id = agent(key, {in(q)}, config);
    bind("x", id);
    make_ready(id);
    return id;
  }
  std::size_t orders_at(const EdgeName& edge) const { return orders(account(), edge).orders.size(); }
};

TEST(EdgeRules, AnsweredCallEndsInWrapup) {
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  const CallId call = c.sip_call("x", "100");
  EXPECT_EQ(c.last_facts(), (Names{"edge_seen", "call_arrived", "offered"})) << "one batch";
  ASSERT_EQ(c.last.orders.size(), 2u);
  const auto& ring = std::get<link::RingOrder>(c.last.orders[1].body);
  EXPECT_EQ(ring.targets[0].confirm_until_edge_ms - ring.targets[0].ring_until_edge_ms, 30'000);
  const ReservationId r = c.offer_of(call);
  EXPECT_EQ(c.bucket(a), Bucket::ring);
  c.event("x", link::Answered{r, BindingId()});
  EXPECT_EQ(c.bucket(a), Bucket::incall);
  c.event("x", link::CallEnded{call, EndCause::caller_hangup});
  EXPECT_EQ(c.bucket(a), Bucket::incall) << "until the agent's leg is gone";
  c.event("x", link::LegGone{r});
  EXPECT_EQ(c.bucket(a), Bucket::wrapup);
  EXPECT_EQ(c.call(call), nullptr);
  EXPECT_EQ(c.orders_at("x"), 0u);
}

TEST(EdgeRules, AutoAnswerIsToldWithTheRing) {  // TM-10
  SipDesk d(QueueConfig{});
  const AgentId a = d.agent("ann");
  const auto asked = [&] {
    const CallId call = d.call();
    for (const link::Order& order : d.c.last.orders) {
      const auto* ring = std::get_if<link::RingOrder>(&order.body);
      if (ring == nullptr) continue;
      const bool told = ring->targets.front().auto_answer;
      d.c.event("e1", link::CallEnded{call, link::EndCause::caller_hangup});
      d.c.event("e1", link::LegGone{d.c.at(a).live.front()});
      return told;
    }
    ADD_FAILURE() << "nobody rings";
    return false;
  };
  EXPECT_FALSE(asked());
  AgentConfig config = d.c.at(a).config;
  config.auto_answer = AutoAnswer::on;
  ASSERT_EQ(d.c.code(command::SetAgent{a, config, d.c.at(a).memberships}), Code::ok);
  EXPECT_TRUE(asked());
}

TEST(EdgeRules, CursorIsPerAccountAndEpoch) {  // R16
  SipCenter c;
  const std::uint64_t n = c.last_n("x");
  command::EdgeEvent again{"x", link::Event{1, n, 0, link::LegGone{}}};
  EXPECT_EQ(c.run(again).edge.acked, n);
  EXPECT_TRUE(c.last.facts.empty());
  command::EdgeEvent gap{"x", link::Event{1, n + 2, 0, link::LegGone{}}};
  EXPECT_TRUE(c.run(gap).edge.expected);
  EXPECT_EQ(c.last.edge.acked, n);
  command::EdgeEvent next_epoch{"x", link::Event{2, 1, 0, link::LegGone{}}};
  EXPECT_TRUE(c.run(next_epoch).edge.expected) << "a new epoch begins with a snapshot";
  c.event("x", link::LegGone{});
  EXPECT_EQ(c.last_facts(), Names{"edge_seen"}) << "also when nothing else follows";
  command::EdgeEvent old_epoch{"x", link::Event{0, 7, 0, link::LegGone{}}};
  EXPECT_EQ(c.run(old_epoch).edge.acked, 7u) << "acked and dropped";
}

TEST(EdgeRules, AnEdgeThatWasNeverSeenBeginsWithASnapshotInEveryEpoch) {  // R17
  for (const std::uint64_t epoch : {0u, 1u}) {
    Center c;
    EXPECT_TRUE(c.run(command::EdgeEvent{"x", link::Event{epoch, 1, 0, link::LegGone{}}}).edge.expected);
    EXPECT_TRUE(c.last.facts.empty());
    EXPECT_EQ(c.run(command::EdgeEvent{"x", link::Event{epoch, 1, 0, link::Snapshot{}}}).edge.acked, 1u);
  }
}

// Walk-through A: two queues, one agent.
TEST(WalkThrough, A_two_queues_one_agent) {
  SipCenter c;
  const QueueId q2 = c.queue("support");
  c.number("101", q2);
  AgentConfig config;
  config.extension = "1";
  const AgentId a = c.agent("ann", {Center::in(c.q), Center::in(q2)}, config);
  c.bind("x", a);
  c.make_ready(a);
  const CallId c1 = c.sip_call("x", "100");
  EXPECT_EQ(c.last_facts(), (Names{"edge_seen", "call_arrived", "offered"}));
  const CallId c2 = c.sip_call("x", "101");
  EXPECT_EQ(c.last_facts(), (Names{"edge_seen", "call_arrived"}));
  const ReservationId r1 = c.offer_of(c1);
  c.event("x", link::Answered{r1, BindingId()});
  c.event("x", link::CallEnded{c1, EndCause::agent_hangup});
  c.event("x", link::LegGone{r1});
  EXPECT_EQ(c.bucket(a), Bucket::wrapup);
  c.advance(60'000);
  EXPECT_EQ(c.last_facts(), (Names{"wrapup_ended", "offered"})) << "no hop, one entry";
  EXPECT_EQ(c.offered_to(c2), a);
}

// Walk-through B, the leader's side: the edge judges answer against ring time; unconfirmed is freed only by the bound.
TEST(WalkThrough, B_answer_at_ring_timeout) {
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  const CallId call = c.sip_call("x", "100");
  const ReservationId r = c.offer_of(call);
  c.event("x", link::OfferClosed{r, CloseCause::no_answer});
  EXPECT_EQ(c.bucket(a), Bucket::ring) << "releasing: the bucket is unchanged until LegGone (R13)";
  EXPECT_EQ(c.account().reservations.size(), 1u) << "nobody else: the call waits at its place, the agent is not free";
  c.event("x", link::Answered{r, BindingId()});
  EXPECT_EQ(c.last_facts(), Names{"edge_seen"}) << "closed cannot win any more";
  c.event("x", link::LegGone{r});
  EXPECT_EQ(c.last_facts(), (Names{"edge_seen", "leg_gone", "offered"}));
  EXPECT_EQ(c.offered_to(call), a);
}

TEST(EdgeRules, LeaseHoldsUntilConfirmBoundByHeartbeat) {  // R12 (a)
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  const CallId call = c.sip_call("x", "100");
  const ReservationId r = c.offer_of(call);
  c.advance(55'000);
  EXPECT_EQ(c.offer_of(call), r) << "no ring timer at the leader";
  c.advance(3'000);
  EXPECT_NE(c.offer_of(call), r) << "heartbeats past confirm_until + 4 s";
  EXPECT_EQ(c.facts<fact::OfferClosed>().back().cause, CloseCause::failed);
  EXPECT_TRUE(c.at(a).live.empty() || c.at(a).live[0] != r);
}

TEST(EdgeRules, LeaseOfASilentEdgeHoldsUntilTheOwnBound) {  // R12 (b)
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  c.sip_call("x", "100");
  c.stop_heartbeats("x");
  c.advance(56'000);
  EXPECT_EQ(c.at(a).live.size(), 1u);
  c.advance(1'000);
  EXPECT_EQ(c.at(a).live.size(), 0u) << "ring time + 36 s + 1 %";
}

TEST(EdgeRules, NewLeaderCountsTheBoundFromItsStart) {  // R12 (b)
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  c.sip_call("x", "100");
  c.advance(30'000);
  c.restart();
  c.advance(56'000);
  EXPECT_EQ(c.at(a).live.size(), 1u);
  c.advance(2'000);
  EXPECT_EQ(c.at(a).live.size(), 0u);
}

TEST(EdgeRules, AnsweredIsNeverFreedByALease) {
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  const CallId call = c.sip_call("x", "100");
  c.event("x", link::Answered{c.offer_of(call), BindingId()});
  c.stop_heartbeats("x");
  c.advance(600'000);
  EXPECT_EQ(c.bucket(a), Bucket::incall);
}

// Walk-through C: the leader dies after the commit, before the Ring left.
TEST(WalkThrough, C_leader_dies_after_commit_before_ring_leaves) {
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  const CallId call = c.sip_call("x", "100");
  const auto sent = std::get<link::RingOrder>(c.last.orders.at(1).body);
  const auto clocks = c.edges;
  c.advance(18'500);
  c.restart();
  const link::Sync sync = orders(c.account(), "x");
  ASSERT_EQ(sync.orders.size(), 2u) << "hold and ring";
  EXPECT_EQ(std::get<link::RingOrder>(sync.orders[1]), sent) << "same reservation, same targets, same ring_until";
  // Less than 3 s are left: the edge does not ring, and the call is offered again.
  c.edges = clocks;
  c.run(command::EdgeBack{"x"});
  c.settle();
  c.event("x", link::OfferClosed{sent.targets[0].reservation, CloseCause::not_rung});
  c.event("x", link::LegGone{sent.targets[0].reservation});
  c.advance(1'000);
  EXPECT_EQ(c.offered_to(call), a);
  EXPECT_NE(c.offer_of(call), sent.targets[0].reservation);
}

// Walk-through D, without a relay edge: the home edge dies while ringing.
TEST(WalkThrough, D_home_edge_dies_while_ringing) {
  for (const bool same_boot : {true, false}) {
    SipCenter c;
    const AgentId a = c.phone_agent("ann");
    const CallId call = c.sip_call("x", "100");
    const ReservationId r = c.offer_of(call);
    c.advance(5'000);
    if (same_boot) c.attach_clock_ms += 5'000;  // the same clock ran on
    c.attach("x", 2, same_boot ? "boot-1" : "boot-2");
    EXPECT_EQ(c.facts<fact::CallEnded>().back().outcome, Outcome::failed);
    EXPECT_EQ(c.at(a).live, std::vector<ReservationId>{r}) << "the phone may ring on";
    EXPECT_EQ(c.bucket(a), Bucket::unreachable) << "its binding is not in the snapshot";
    c.bind("x", a);
    const CallId next = c.sip_call("x", "100");
    EXPECT_FALSE(c.offered_to(next).set());
    c.advance(same_boot ? 18'000 : 50'000);
    if (same_boot)
      EXPECT_EQ(c.offered_to(next), a) << "held to ring_until of the same boot";
    else
      EXPECT_FALSE(c.offered_to(next).set());
    c.advance(8'000);
    EXPECT_EQ(c.offered_to(next), a) << "held to the bound (b)";
  }
}

TEST(EdgeRules, LostEdgeEndsItsCallsAndBindings) {  // R17
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  const CallId call = c.sip_call("x", "100");
  c.event("x", link::Answered{c.offer_of(call), BindingId()});
  const CallId waiting = c.sip_call("x", "100");
  c.stop_heartbeats("x");
  c.run(command::EdgeSilent{"x"});
  EXPECT_EQ(c.last_facts(), Names{"edge_silent"});
  c.run(command::EdgeLost{"x"});
  c.settle();
  EXPECT_EQ(c.call(call), nullptr);
  EXPECT_EQ(c.call(waiting), nullptr);
  EXPECT_EQ(c.bucket(a), Bucket::unreachable);
  EXPECT_TRUE(c.account().reservations.empty());
}

TEST(EdgeRules, ACallThatReturnsAliveIsAdopted) {  // R17
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  const CallId call = c.sip_call("x", "100");
  const ReservationId r = c.offer_of(call);
  c.event("x", link::Answered{r, BindingId()});
  c.run(command::EdgeLost{"x"});
  c.settle();
  EXPECT_EQ(c.call(call), nullptr);
  link::Digest digest{c.last_n("x"), 0};
  link::add_to_digest(digest.hash, call);
  EXPECT_TRUE(c.run(command::DigestCheck{"x", 1, digest}).edge.snapshot_wanted);
  link::CarriedCall carried{{call, "100", "caller", ""}, r, a, 1000};
  c.event("x", link::Snapshot{"boot-1", {carried}, {{a, BindingId(Ulid{8, 8}), "sip:p"}}});
  c.settle();
  EXPECT_EQ(c.bucket(a), Bucket::incall);
  EXPECT_EQ(c.call(call)->agent, a);
  c.event("x", link::CallEnded{call, EndCause::caller_hangup});
  c.event("x", link::LegGone{r});
  EXPECT_TRUE(c.at(a).live.empty());
}

TEST(EdgeRules, CallsOfAnEdgeHeardAgainComeBeforeNewOnes) {  // P11
  SipCenter c;
  AgentConfig config;
  config.extension = "1";
  const AgentId a = c.agent("ann", {Center::in(c.q)}, config);
  const BindingId phone = c.bind("x", a);
  const CallId older = c.sip_call("x", "100");
  c.edges["x"].age_ms = limits::edge_silent_ms;
  c.make_ready(a);
  EXPECT_FALSE(c.offered_to(older).set()) << "nothing was heard of the edge for ten seconds";
  EXPECT_EQ(c.account().edges.at("x").health, EdgeHealth::live) << "and nobody has called it silent yet";
  c.edges["x"].age_ms = 0;
  const CallId newer = c.sip_call("x", "100");
  EXPECT_EQ(c.offered_to(older), a);
  EXPECT_FALSE(c.offered_to(newer).set());
  EXPECT_TRUE(phone.set());
}

TEST(EdgeRules, AnAgentWithoutAPhoneThereIsFoundWhenTheEdgeIsHeardAgain) {  // R4
  SipCenter c;
  ASSERT_TRUE(c.run(command::SetTrunk{Trunk{"out", "192.0.2.1"}}).reply.ok());
  AgentConfig config;
  config.follow_me = "+4915112345678";
  const AgentId a = c.agent("ann", {Center::in(c.q)}, config);
  const CallId call = c.sip_call("x", "100");
  c.edges["x"].age_ms = limits::edge_silent_ms;
  c.make_ready(a);
  EXPECT_FALSE(c.offered_to(call).set());
  c.edges["x"].age_ms = 0;
  c.run(command::Tick{});
  EXPECT_EQ(c.offered_to(call), a) << "rung from there, with no phone registered";
}

TEST(EdgeRules, ALostEdgeIsBackByItsSnapshotAlone) {  // R17
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  const BindingId phone = c.at(a).bindings[0].id;
  c.run(command::EdgeLost{"x"});
  c.settle();
  c.run(command::EdgeBack{"x"});
  EXPECT_TRUE(c.last_facts().empty()) << "what it carries is not known";
  c.event("x", link::CallArrived{CallId(Ulid{4, 4}), "100", "caller", ""});
  EXPECT_TRUE(c.run(command::DigestCheck{"x", 1, link::Digest{c.last_n("x") + 5, 1}}).edge.snapshot_wanted)
      << "although events are on their way";
  c.event("x", link::Snapshot{"boot-1", {}, {{a, phone, "sip:p"}}});
  c.settle();
  EXPECT_EQ(c.bucket(a), Bucket::ready) << "its phone is registered";
}

TEST(EdgeRules, WhatEndedAfterTheSnapshotIsNotAdopted) {  // R17
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  const CallId call = c.sip_call("x", "100");
  const ReservationId r = c.offer_of(call);
  c.event("x", link::Answered{r, BindingId()});
  const BindingId phone = c.at(a).bindings[0].id;
  link::Snapshot snapshot{"boot-1", {}, {{a, phone, "sip:p"}}};
  for (std::uint64_t n = 1; n <= 900; ++n)
    snapshot.calls.push_back({{CallId(Ulid{70, n}), "100", "caller", ""}, {}, {}, 1000});
  snapshot.calls.push_back({{call, "100", "caller", ""}, r, a, 1000});
  c.event("x", snapshot);
  const std::uint64_t n = c.last_n("x");
  const command::EdgeEvent ended{"x", link::Event{1, n + 1, 0, link::CallEnded{call, EndCause::caller_hangup}}};
  EXPECT_TRUE(c.run(ended).edge.expected) << "what the snapshot said is not carried through yet";
  EXPECT_EQ(c.call(call)->state, CallState::answered);
  c.settle();
  EXPECT_FALSE(c.run(ended).edge.expected);
  c.run(command::EdgeEvent{"x", link::Event{1, n + 2, 0, link::LegGone{r}}});
  EXPECT_EQ(c.call(call), nullptr);
  EXPECT_TRUE(c.at(a).live.empty());
}

TEST(EdgeRules, ACallersLegThatReturnsIsSentAwayBeforeTheCallback) {  // P13, R10, R17
  SipDesk d(QueueConfig{});
  const CallId call = d.call();
  ASSERT_EQ(d.c.code(command::RequestCallback{call, ""}), Code::ok) << d.c.last.reply.what;
  d.c.run(command::EdgeLost{"e1"});
  d.c.settle();
  EXPECT_FALSE(d.c.call(call)->caller_there);
  // The edge never heard that the caller is to be hung up.
  d.c.event("e1", link::Snapshot{"boot", {{{call, "100", "caller", ""}, {}, {}, 1000}}, {}});
  EXPECT_TRUE(d.ordered<link::HangupOrder>());
  EXPECT_FALSE(d.ordered<link::HoldOrder>());
  const AgentId a = d.agent("ann");
  EXPECT_FALSE(d.c.offered_to(call).set()) << "nobody rings for a caller who is still there";
  d.c.event("e1", link::CallEnded{call, EndCause::ordered});
  EXPECT_EQ(d.c.offered_to(call), a);
}

TEST(EdgeRules, DigestOfWhatBothCarryAsksNothing) {
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  const CallId call = c.sip_call("x", "100");
  link::Digest digest{c.last_n("x"), 0};
  link::add_to_digest(digest.hash, call);
  link::add_to_digest(digest.hash, c.at(a).bindings[0].id);
  EXPECT_FALSE(c.run(command::DigestCheck{"x", 1, digest}).edge.snapshot_wanted);
  EXPECT_TRUE(c.run(command::DigestCheck{"x", 2, link::Digest{}}).edge.snapshot_wanted)
      << "a restarted edge that lists nothing";
}

// Walk-through E: offline while ringing.
TEST(WalkThrough, E_offline_while_ringing) {
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  const CallId call = c.sip_call("x", "100");
  const ReservationId r = c.offer_of(call);
  const AgentId b = c.phone_agent("bob");
  c.run(command::Logout{a, "gone"});
  EXPECT_EQ(c.last_facts(), (Names{"logged_out", "offer_closing"}));
  EXPECT_TRUE(std::holds_alternative<link::CloseOrder>(c.last.orders.at(0).body));
  EXPECT_EQ(c.bucket(a), Bucket::offline);
  c.event("x", link::OfferClosed{r, CloseCause::withdrawn});
  EXPECT_EQ(c.last_facts(), (Names{"edge_seen", "offer_closed", "offered"}));
  EXPECT_EQ(c.offered_to(call), b) << "from its old place";
  c.event("x", link::LegGone{r});
  EXPECT_TRUE(c.at(a).live.empty());
}

TEST(WalkThrough, E_answered_before_the_close_reached_it) {  // R14
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  const CallId call = c.sip_call("x", "100");
  const ReservationId r = c.offer_of(call);
  c.run(command::Logout{a, "gone"});
  c.event("x", link::Answered{r, BindingId()});
  EXPECT_EQ(c.bucket(a), Bucket::incall);
  c.event("x", link::CallEnded{call, EndCause::caller_hangup});
  c.event("x", link::LegGone{r});
  EXPECT_EQ(c.bucket(a), Bucket::offline);
}

// Walk-through F: the caller abandons with the Ring in flight.
TEST(WalkThrough, F_caller_abandons_ring_in_flight) {
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  const CallId call = c.sip_call("x", "100");
  const ReservationId r = c.offer_of(call);
  const CallId next = c.sip_call("x", "100");
  c.event("x", link::CallEnded{call, EndCause::caller_hangup});
  EXPECT_EQ(c.last_facts(), (Names{"edge_seen", "call_ended", "offer_closed"}));
  EXPECT_EQ(c.facts<fact::CallEnded>().back().outcome, Outcome::abandoned);
  EXPECT_FALSE(c.offered_to(next).set()) << "the agent is releasing";
  c.event("x", link::LegGone{r});
  EXPECT_EQ(c.offered_to(next), a);
  EXPECT_EQ(c.call(call), nullptr);
}

// Walk-through G: ring-all, 5 agents.
TEST(WalkThrough, G_ring_all_five_agents) {
  QueueConfig config;
  config.strategy = StrategyKind::ring_all;
  config.wrapup_ms = 0;
  SipCenter c(config);
  std::vector<AgentId> agents;
  for (const char* key : {"1", "2", "3", "4", "5"}) agents.push_back(c.phone_agent(key));
  const CallId call = c.sip_call("x", "100");
  ASSERT_EQ(c.last.orders.size(), 2u) << "hold, and one ring order";
  EXPECT_EQ(std::get<link::RingOrder>(c.last.orders[1].body).targets.size(), 5u);
  const auto offers = c.call(call)->offers;
  c.event("x", link::Answered{offers[2], BindingId()});
  EXPECT_EQ(c.last_facts(),
            (Names{"edge_seen", "answered", "offer_closed", "offer_closed", "offer_closed", "offer_closed"}));
  for (std::size_t i : {0u, 1u, 3u, 4u}) c.event("x", link::LegGone{offers[i]});
  EXPECT_EQ(c.call(call)->offers, std::vector<ReservationId>{offers[2]});
  EXPECT_EQ(c.account().reservations.size(), 1u);
}

TEST(EdgeRules, NotRungWaitsASecondForThePair) {  // R12
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  const CallId call = c.sip_call("x", "100");
  const ReservationId r = c.offer_of(call);
  c.event("x", link::OfferClosed{r, CloseCause::not_rung});
  c.event("x", link::LegGone{r});
  EXPECT_FALSE(c.offered_to(call).set());
  c.advance(999);
  EXPECT_FALSE(c.offered_to(call).set());
  c.advance(1);
  EXPECT_EQ(c.offered_to(call), a);
}

TEST(EdgeRules, ABindingAtAnotherEdgeIsNotEligible) {
  SipCenter c;
  c.attach("y", 1, "boot-y");
  AgentConfig config;
  config.extension = "1";
  const AgentId a = c.agent("ann", {Center::in(c.q)}, config);
  c.bind("y", a);
  c.make_ready(a);
  EXPECT_EQ(c.bucket(a), Bucket::ready);
  const CallId call = c.sip_call("x", "100");
  EXPECT_FALSE(c.offered_to(call).set());
  c.bind("x", a);
  EXPECT_EQ(c.offered_to(call), a);
}

TEST(EdgeRules, ADownFromAnotherEdgeMeansNothing) {  // R18
  SipCenter c;
  c.attach("y", 1, "boot-y");
  const AgentId a = c.phone_agent("ann");
  const BindingId b = c.at(a).bindings[0].id;
  c.event("y", link::BindingUp{a, b, "sip:moved"});
  c.event("x", link::BindingDown{b, "expiry"});
  EXPECT_EQ(c.last_facts(), Names{"edge_seen"});
  EXPECT_EQ(c.at(a).bindings.at(0).edge, "y");
}

TEST(EdgeRules, OneOfTwoBindingsGoneChangesNothing) {  // P5
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  const BindingId second = c.bind("x", a);
  c.event("x", link::BindingDown{second, "unregister"});
  EXPECT_EQ(c.bucket(a), Bucket::ready);
}

TEST(EdgeRules, CallsOfAnEdgeThatIsBackAreServedByAge) {  // P11
  SipCenter c;
  std::vector<QueueId> queues{c.q};
  for (int i = 1; i < 8; ++i) {
    queues.push_back(c.queue("queue-" + std::to_string(i)));
    c.number("10" + std::to_string(i), queues.back());
  }
  std::vector<Membership> memberships;
  for (QueueId queue : queues) memberships.push_back(Center::in(queue));
  AgentConfig config;
  config.extension = "1";
  const AgentId a = c.agent("ann", memberships, config);
  c.bind("x", a);
  c.make_ready(a);
  c.run(command::EdgeSilent{"x"});
  std::vector<CallId> calls;
  for (int i : {5, 2, 7, 0, 3, 6, 1, 4}) {
    calls.push_back(c.sip_call("x", "10" + std::to_string(i)));
    c.advance(1000);
  }
  c.run(command::EdgeBack{"x"});
  c.settle();
  EXPECT_EQ(c.offered_to(calls.front()), a);
}

TEST(EdgeRules, SilentEdgeGetsNoNewOffersUntilItIsBack) {  // R17
  SipCenter c;
  const AgentId a = c.phone_agent("ann");
  c.run(command::EdgeSilent{"x"});
  const CallId call = c.sip_call("x", "100");
  EXPECT_FALSE(c.offered_to(call).set());
  c.run(command::EdgeBack{"x"});
  c.settle();
  EXPECT_EQ(c.offered_to(call), a);
}

TEST(EdgeRules, MaxWaitOrdersTheHangup) {
  QueueConfig config;
  config.max_wait_ms = 5'000;
  SipCenter c(config);
  const CallId call = c.sip_call("x", "100");
  c.advance(5'000);
  EXPECT_EQ(c.call(call)->state, CallState::closing);
  const auto sync = orders(c.account(), "x");
  ASSERT_EQ(sync.orders.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<link::HangupOrder>(sync.orders[0]));
  c.event("x", link::CallEnded{call, EndCause::ordered});
  EXPECT_EQ(c.facts<fact::CallEnded>().back().outcome, Outcome::timeout);
}

TEST(EdgeRules, AnUnknownNumberIsHungUpInOrder) {
  SipCenter c;
  const CallId call = c.sip_call("x", "999");
  EXPECT_EQ(c.last_facts(), (Names{"edge_seen", "call_arrived", "call_closing"}));
  c.event("x", link::CallEnded{call, EndCause::ordered});
  EXPECT_EQ(c.call(call), nullptr);
}

TEST(EdgeRules, SnapshotOfManyCallsIsSweptInBoundedTurns) {  // R6
  SipCenter c;
  for (int i = 0; i < 500; ++i) c.sip_call("x", "100");
  c.attach("x", 2, "boot-2");
  for (const fact::EdgeSwept& swept : c.facts<fact::EdgeSwept>()) EXPECT_EQ(swept.edge, "x");
  EXPECT_TRUE(c.account().calls.empty());
}

}  // namespace
}  // namespace rf::core
