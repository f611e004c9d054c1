#include "sip-edge/call/machine.hpp"

#include "tests/sip-edge/call/edge_fixture.hpp"

namespace rf::edge {

class MachineTest : public EdgeTest {
 protected:
  const AccountId other = nth<AccountId>(2);

  std::vector<std::uint64_t> sent_numbers() const {
    std::vector<std::uint64_t> all_n;
    for (const auto& sent : all<output::SendEvent>()) all_n.push_back(sent.event.n);
    return all_n;
  }
  void fill_the_buffer() {
    step(input::LeaderLost{account});
    for (std::uint64_t n = 1000; edge.memory().events < limits::edge_events_buffered_max; ++n) {
      invite(nth<CallId>(n));
      EXPECT_TRUE(out.empty());
    }
  }
};
using Numbers = std::vector<std::uint64_t>;

TEST_F(MachineTest, R17_EventOneOfAnEpochIsTheEmptySnapshot) {
  EdgeMachine fresh("edge-1", 8, "boot-2");
  const auto outputs = fresh.step(now, input::LeaderConnected{account, fence});
  EXPECT_EQ(outputs, (Outputs{output::SendEvent{account, {8, 1, 0, link::Snapshot{"boot-2", {}, {}}}}}));
}

TEST_F(MachineTest, R17_EventOneIsASnapshotForEachAccountNewToTheEdge) {
  step(input::CallerInvited{other, arrival(call)});
  step(input::LeaderConnected{other, fence});
  EXPECT_EQ(said(), (Said{link::Snapshot{"boot-1", {}, {}}, arrival(call)}));
  EXPECT_EQ(sent_numbers(), (Numbers{1, 2}));
}

TEST_F(MachineTest, R17_ASnapshotAskedForAnUnknownAccountIsItsEventOne) {
  step(input::SnapshotAsked{other});
  step(input::SnapshotAsked{other});
  step(input::LeaderConnected{other, fence});
  EXPECT_EQ(said(), (Said{link::Snapshot{"boot-1", {}, {}}}));
}

TEST_F(MachineTest, AKeyIsSaidWhileTheCallerWaits) {
  const Said pressed{link::CallerKey{call, "#"}};
  invite(call);
  step(input::CallerPressed{call, "#"});
  EXPECT_EQ(said(), pressed);
  const LegId leg = ring_agent(r1, 1);
  step(input::CallerPressed{call, "#"});
  EXPECT_EQ(said(), pressed) << "nobody has answered yet";
  step(input::LegAnswered{leg});
  EXPECT_TRUE(step(input::CallerPressed{call, "#"}).empty());
  step(input::CallerGone{call});
  EXPECT_TRUE(step(input::CallerPressed{call, "#"}).empty());
}

TEST_F(MachineTest, AKeyOfAForwardedCallerIsForNobody) {
  invite(call);
  order(link::ForwardOrder{call, "sip:voicemail@192.0.2.9"});
  EXPECT_TRUE(step(input::CallerPressed{call, "#"}).empty());
}

TEST_F(MachineTest, KeysAreDroppedBeforeTheBufferIsFull) {
  invite(call);
  step(input::LeaderLost{account});
  for (std::size_t n = 0; n < limits::edge_events_buffered_max; ++n) step(input::CallerPressed{call, "1"});
  EXPECT_EQ(edge.memory().events, limits::edge_events_buffered_max / 2);
  invite(nth<CallId>(2));
  EXPECT_TRUE(all<output::RefuseCaller>().empty());
}

TEST_F(MachineTest, KeysAreDroppedWhileTheLeaderIsBehind) {
  invite(call);
  while (!edge.is_behind(account, now)) {
    now += 2;
    step(input::CallerPressed{call, "1"});
  }
  EXPECT_TRUE(step(input::CallerPressed{call, "1"}).empty());
  ack_all();
  EXPECT_EQ(step(input::CallerPressed{call, "1"}).size(), 1u);
}

TEST_F(MachineTest, R17_ASnapshotNamesCallsAndBindings) {
  const CallId second = nth<CallId>(2);
  const CallId third = nth<CallId>(3);
  for (const CallId& c : {call, second, third}) invite(c);
  const LegId leg = ring_agent(r1, 1);
  step(input::LegAnswered{leg});
  step(input::CallerGone{third});
  for (std::uint64_t b = 2; b <= 5; ++b) step(input::BindingDown{nth<BindingId>(b), "unregister"});
  step(input::SnapshotAsked{account});
  link::Snapshot expected{"boot-1", {}, {}};
  expected.calls = {{arrival(call), r1, nth<AgentId>(1)}, {arrival(second), {}, {}}};
  expected.bindings = {{nth<AgentId>(1), nth<BindingId>(1), "sip:phone@192.0.2.1"}};
  EXPECT_EQ(said(), (Said{expected}));
}

TEST_F(MachineTest, R17_ASnapshotOnItsWayIsNotRepeated) {
  invite(call);
  step(input::SnapshotAsked{account});
  EXPECT_EQ(said().size(), 1u);
  EXPECT_TRUE(step(input::SnapshotAsked{account}).empty());
  ack_all();
  EXPECT_EQ(step(input::SnapshotAsked{account}).size(), 1u);
}

TEST_F(MachineTest, R17_TheDigestIsOfCallsAndBindingsAfterItsEvent) {
  const link::Digest before = edge.digest(account);
  invite(call);
  const link::Digest with_call = edge.digest(account);
  EXPECT_EQ(with_call.n, before.n + 1);
  EXPECT_NE(with_call.hash, before.hash);
  std::uint64_t hash = before.hash;
  link::add_to_digest(hash, call);
  EXPECT_EQ(with_call.hash, hash);
  step(input::CallerGone{call});
  EXPECT_EQ(edge.digest(account).hash, before.hash);
  EXPECT_EQ(edge.digests().size(), 1u);
  EXPECT_EQ(edge.digest(other).n, 0u);
}

TEST_F(MachineTest, R16_EachAccountIsNumberedForItself) {
  step(input::LeaderConnected{other, fence});
  EXPECT_EQ(sent_numbers(), (Numbers{1}));
  invite(call);
  EXPECT_EQ(sent_numbers(), (Numbers{7}));
  step(input::CallerInvited{other, arrival(nth<CallId>(2))});
  EXPECT_EQ(sent_numbers(), (Numbers{2}));
}

TEST_F(MachineTest, R16_AnAckOfOneAccountIsNoneOfAnother) {
  step(input::CallerInvited{other, arrival(nth<CallId>(2))});
  step(input::Acked{account, epoch, 2});
  step(input::LeaderConnected{other, fence});
  EXPECT_EQ(sent_numbers(), (Numbers{1, 2}));
}

TEST_F(MachineTest, R16_AnAckOfAnotherEpochIsRefused) {
  step(input::Acked{account, epoch - 1, 3});
  step(input::LeaderConnected{account, fence});
  EXPECT_EQ(sent_numbers(), (Numbers{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(edge.counters().acks_refused, 1u);
}

TEST_F(MachineTest, R16_ANewTermSendsAllUnackedAgain) {
  step(input::Acked{account, epoch, 4});
  invite(call);
  fence.term = 4;
  sync({});
  EXPECT_EQ(sent_numbers(), (Numbers{5, 6, 7}));
  EXPECT_TRUE(sync({}).empty()) << "the same term";
}

TEST_F(MachineTest, R16_NotOwnerStopsTheSendingUntilTheNewLeader) {
  step(input::LeaderLost{account});
  EXPECT_TRUE(invite(call).empty());
  fence.term = 4;
  step(input::LeaderConnected{account, fence});
  EXPECT_EQ(sent_numbers(), (Numbers{1, 2, 3, 4, 5, 6, 7}));
}

TEST_F(MachineTest, R16_ExpectedSendsAgainFromThere) {
  step(input::Expected{account, epoch, 4});
  EXPECT_EQ(sent_numbers(), (Numbers{4, 5, 6}));
  EXPECT_TRUE(step(input::Expected{account, epoch, 4}).empty());
  EXPECT_EQ(edge.next_wake(), now + 200);
  tick_at(now + 200);
  EXPECT_EQ(sent_numbers(), (Numbers{4, 5, 6}));
  EXPECT_EQ(edge.next_wake(), never_ms);
}

TEST_F(MachineTest, R16_AgeIsComputedAtTheSending) {
  step(input::LeaderLost{account});
  invite(call);
  now += 12'345;
  step(input::LeaderConnected{account, fence});
  EXPECT_EQ(all<output::SendEvent>().back().event.age_ms, 12'345);
}

TEST_F(MachineTest, R16_AFullBufferRefusesNewCallsAndKeepsTheEndsOfOldOnes) {
  invite(call);
  const LegId leg = ring_agent(r1, 1);
  fill_the_buffer();
  invite(nth<CallId>(99'999));
  EXPECT_EQ(out, (Outputs{output::RefuseCaller{nth<CallId>(99'999), 503, 5}}));
  step(input::CallerInvited{other, arrival(nth<CallId>(99'998))});
  EXPECT_TRUE(out.empty()) << "another account has its own buffer";
  step(input::LegFailed{leg, 486});
  step(input::CallerGone{call});
  EXPECT_EQ(edge.memory().events, limits::edge_events_buffered_max + 3 + 2);
}

TEST_F(MachineTest, R16_BindingsThatAFullBufferDidNotTakeFollowAsASnapshot) {
  fill_the_buffer();
  const std::uint64_t full = last_n();
  bind(1, 77);
  step(input::BindingDown{nth<BindingId>(2), "expired"});
  EXPECT_EQ(last_n(), full);
  EXPECT_EQ(edge.counters().bindings_folded, 2u);
  step(input::LeaderConnected{account, fence});
  step(input::Acked{account, epoch, full / 2 - 1});
  EXPECT_EQ(last_n(), full) << "still more than half full";
  ack_all();
  ASSERT_EQ(said().size(), 1u);
  const auto snapshot = std::get<link::Snapshot>(said()[0]);
  EXPECT_EQ(snapshot.bindings.size(), 5u);
  EXPECT_EQ(snapshot.calls.size(), edge.memory().calls);
  EXPECT_EQ(invite(nth<CallId>(99'999)).size(), 1u);
  EXPECT_EQ(bind(1, 78).size(), 1u) << "told as ever";
}

TEST_F(MachineTest, R18_ARefreshIsNoEvent) {
  EXPECT_TRUE(bind(1, 1).empty());
  step(input::BindingUp{account, {nth<AgentId>(1), nth<BindingId>(1), "sip:elsewhere@192.0.2.9"}});
  EXPECT_EQ(said().size(), 1u);
  EXPECT_TRUE(step(input::BindingDown{nth<BindingId>(55), "expired"}).empty());
}

TEST_F(MachineTest, ACopyIsASecondEqualEdge) {
  invite(call);
  ring_agent(r1, 1);
  EdgeMachine copy = edge;
  now += 20'000;
  EXPECT_EQ(copy.step(now, input::Tick{}), edge.step(now, input::Tick{}));
  EXPECT_EQ(copy.step(now, input::CallerGone{call}), edge.step(now, input::CallerGone{call}));
}

TEST_F(MachineTest, TheClockNeverRunsBack) {
  invite(call);
  ring_agent(r1, 1);
  EXPECT_FALSE(tick_at(now + 20'000).empty());
  EXPECT_TRUE(tick_at(now - 15'000).empty());
  EXPECT_TRUE(tick_at(now + 15'000).empty());
}

TEST_F(MachineTest, NothingIsRememberedOnceAllIsOver) {
  for (std::uint64_t n = 1; n <= 50; ++n) {
    invite(nth<CallId>(n));
    order(link::RingOrder{nth<CallId>(n), {target(nth<ReservationId>(n), 1)}});
    const LegId leg = all<output::Ring>().at(0).leg;
    if (n % 2 == 0) step(input::LegAnswered{leg});
    step(input::CallerGone{nth<CallId>(n)});
    step(input::LegGone{leg});
  }
  for (std::uint64_t b = 1; b <= 5; ++b) step(input::BindingDown{nth<BindingId>(b), "unregister"});
  ack_all();
  tick_at(now + 120'000);
  const Memory memory = edge.memory();
  EXPECT_EQ(memory.calls + memory.offers + memory.tombstones + memory.ended_calls + memory.bindings + memory.events,
            0u);
}

class BehindTest : public MachineTest {
 protected:
  void invite_many(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) invite(nth<CallId>(next_++));
  }
  bool is_behind() const { return edge.is_behind(account, now); }

 private:
  std::uint64_t next_ = 1000;
};

TEST_F(BehindTest, ALeaderThatAcknowledgesNothingIsBehindOnceManyEventsWait) {
  ack_all();
  invite_many(128);
  now += 10'000;
  EXPECT_FALSE(is_behind());
  invite_many(1);
  EXPECT_TRUE(is_behind());
  EXPECT_FALSE(edge.is_behind(other, now));
  ack_all();
  EXPECT_FALSE(is_behind());
}

TEST_F(BehindTest, ABurstIsNot) {
  ack_all();
  invite_many(1000);
  now += 200;
  EXPECT_FALSE(is_behind());
  now += 1;
  EXPECT_TRUE(is_behind());
}

TEST_F(BehindTest, TheAgeOfTheOldestEventCounts) {
  ack_all();
  invite_many(150);
  now += 300;
  invite_many(150);
  EXPECT_TRUE(is_behind());
  step(input::Acked{account, epoch, last_n() - 150});
  EXPECT_FALSE(is_behind());
}

TEST_F(BehindTest, AnAbsentLeaderIsNotAndOneThatReturnsHasTime) {
  ack_all();
  invite_many(200);
  step(input::LeaderLost{account});
  now += 5000;
  EXPECT_FALSE(is_behind());
  step(input::LeaderConnected{account, fence});
  EXPECT_FALSE(is_behind());
  now += 201;
  EXPECT_TRUE(is_behind());
}

}  // namespace rf::edge
