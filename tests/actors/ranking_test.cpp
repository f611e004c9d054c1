#include "tests/actors/desk.hpp"

namespace rf::testing {
namespace {

constexpr Ms rank_timeout_ms = 100;

class RankingTest : public ::testing::Test {
 protected:
  RankingTest()
      : sales(desk.queue("sales")), ann(desk.ready_agent("ann", {sales})), bob(desk.ready_agent("bob", {sales})) {}

  AgentId offered_to(const core::Reply& call) {
    for (const auto& offered : desk.facts<core::fact::Offered>())
      if (offered.call == CallId(call.id)) return offered.agent;
    return {};
  }

  Desk desk{1};
  QueueId sales;
  AgentId ann;
  AgentId bob;
};

TEST_F(RankingTest, CommandsThatArriveWhileARankingIsOutKeepTheirOrder) {
  desk.h.freeze("queue_actor");
  const AskedPtr call = desk.ask(desk.enqueue(sales));
  const AskedPtr pause = desk.ask(core::command::SetStatus{ann, core::Status::on_break, "lunch"});
  const AskedPtr refused = desk.ask(core::command::Logout{AgentId(Ulid{9, 9}), ""});
  desk.h.run();
  EXPECT_EQ(desk.h.with_work("queue_actor"), 1u);
  EXPECT_EQ(desk.h.journal().pending(), 0u) << "a turn ends with its ranking";
  EXPECT_FALSE(refused->done()) << "nothing overtakes a ranking";
  desk.h.release("queue_actor");
  desk.h.settle();
  EXPECT_EQ(call->code(), Code::ok);
  EXPECT_EQ(pause->code(), Code::ok);
  EXPECT_EQ(refused->code(), Code::not_found);
  // The break came after the call: it withdraws the offer, it does not prevent it.
  EXPECT_EQ(offered_to(*call->reply), ann);
  ASSERT_EQ(desk.facts<core::fact::OfferClosed>().size(), 1u);
  EXPECT_EQ(desk.facts<core::fact::OfferClosed>()[0].cause, core::CloseCause::withdrawn);
  EXPECT_EQ(desk.broken(), "");
}

TEST_F(RankingTest, WithoutAnAnswerIn100MsTheRankingIsDoneInPlace) {
  desk.h.freeze("queue_actor");
  const AskedPtr call = desk.ask(desk.enqueue(sales));
  const AskedPtr next = desk.ask(desk.enqueue(sales));
  desk.h.advance(rank_timeout_ms - 1, Commits::by_hand);
  EXPECT_EQ(desk.h.observer().fallbacks, 0u);
  EXPECT_EQ(desk.h.journal().pending(), 0u);
  desk.h.advance(1, Commits::by_hand);
  EXPECT_EQ(desk.h.observer().fallbacks, 1u);
  EXPECT_EQ(desk.h.journal().pending(), 1u);
  desk.h.advance(rank_timeout_ms, Commits::by_hand);
  EXPECT_EQ(desk.h.observer().fallbacks, 2u);
  desk.h.settle();
  EXPECT_EQ(offered_to(*call->reply), ann);
  EXPECT_EQ(offered_to(*next->reply), bob);

  // The frozen actors wake up: their answers come too late and change nothing.
  const std::size_t facts = desk.h.log(desk.account).size();
  desk.h.release("queue_actor");
  desk.h.settle();
  EXPECT_EQ(desk.h.log(desk.account).size(), facts);
  desk.ok(desk.enqueue(sales));
  EXPECT_EQ(desk.h.observer().fallbacks, 2u) << "a fresh queue actor answers";
  EXPECT_EQ(desk.h.observer().mismatches, 0u);
  EXPECT_EQ(desk.broken(), "");
}

TEST_F(RankingTest, AfterAStandingIndexTheOneInPlaceKnowsEveryMember) {
  desk.ok(core::command::CompleteCall{CallId(desk.ok(desk.enqueue(sales)).id)});
  desk.h.freeze("queue_actor");
  const AskedPtr call = desk.ask(desk.enqueue(sales));
  desk.h.advance(rank_timeout_ms, Commits::at_once);
  EXPECT_EQ(desk.h.observer().fallbacks, 1u);
  EXPECT_EQ(offered_to(*call->reply), bob) << "ann was offered a call before";
}

TEST_F(RankingTest, AQueueActorKilledMidRankCostsNothingButTheFallback) {
  desk.ok(core::command::CompleteCall{CallId(desk.ok(desk.enqueue(sales)).id)});
  desk.h.freeze("queue_actor");
  const AskedPtr call = desk.ask(desk.enqueue(sales));
  desk.h.run();
  ASSERT_TRUE(desk.h.kill("queue_actor"));
  desk.h.release("queue_actor");
  desk.h.settle();
  EXPECT_EQ(call->code(), Code::ok);
  EXPECT_EQ(desk.h.observer().fallbacks, 1u);
  EXPECT_EQ(offered_to(*call->reply), bob);
  const core::Reply next = desk.ok(desk.enqueue(sales));
  EXPECT_EQ(offered_to(next), ann);
  EXPECT_EQ(desk.h.observer().fallbacks, 1u);
  EXPECT_EQ(desk.h.observer().mismatches, 0u);
  EXPECT_EQ(desk.broken(), "");
}

TEST_F(RankingTest, AnIdleQueueActorEndsAndIsNotMissed) {
  const core::Reply first = desk.ok(desk.enqueue(sales));
  desk.ok(core::command::CompleteCall{CallId(first.id)});
  desk.h.advance(61 * second_ms, Commits::at_once);
  // A change that the next index must know although no actor followed the queue meanwhile.
  desk.ok(core::command::SetStatus{bob, core::Status::on_break, "lunch"});
  const core::Reply call = desk.ok(desk.enqueue(sales));
  EXPECT_EQ(offered_to(call), ann);
  EXPECT_EQ(desk.h.observer().fallbacks, 0u);
  EXPECT_EQ(desk.h.observer().mismatches, 0u);
}

TEST_F(RankingTest, AQueueActorInUseDoesNotEnd) {
  for (int i = 0; i < 5; ++i) {
    desk.ok(core::command::CompleteCall{CallId(desk.ok(desk.enqueue(sales)).id)});
    desk.h.advance(40 * second_ms, Commits::at_once);
  }
  EXPECT_EQ(desk.h.observer().fallbacks, 0u);
  EXPECT_EQ(desk.h.observer().mismatches, 0u);
}

TEST(WalkThroughA, TwoQueuesOneAgent) {
  Desk desk(1);
  const QueueId q1 = desk.queue("q1");
  const QueueId q2 = desk.queue("q2");
  const AgentId ann = desk.ready_agent("ann", {q1, q2});
  desk.number("1", q1);
  desk.number("2", q2);
  desk.attach("edge-a");
  const BindingId binding = desk.bind("edge-a", ann);
  desk.h.outbox().sent.clear();

  const link::CallArrived c1 = desk.arrival("1");
  const link::CallArrived c2 = desk.arrival("2");
  desk.h.freeze("queue_actor");
  const AskedPtr ack1 = desk.event("edge-a", c1);
  const AskedPtr ack2 = desk.event("edge-a", c2);
  desk.h.run();
  EXPECT_EQ(desk.h.with_work("queue_actor"), 1u) << "one ranking is out, the second call waits in the line";
  desk.h.release("queue_actor");
  desk.h.run();
  EXPECT_EQ(desk.h.journal().pending(), 2u) << "one batch each";
  EXPECT_TRUE(desk.h.outbox().sent.empty());
  EXPECT_FALSE(ack1->done() || ack2->done());
  desk.h.settle();
  EXPECT_EQ(ack1->outcome->reply.acked + 1, ack2->outcome->reply.acked);

  const auto offered = desk.facts<core::fact::Offered>();
  ASSERT_EQ(offered.size(), 1u);
  EXPECT_EQ(offered[0].call, c1.call);
  ASSERT_EQ(desk.h.outbox().sent.size(), 3u);
  const auto& order = [&desk](std::size_t i) -> const link::Order& {
    return std::get<link::Order>(desk.h.outbox().sent[i].what);
  };
  EXPECT_TRUE(std::holds_alternative<link::HoldOrder>(order(0).body));
  EXPECT_TRUE(std::holds_alternative<link::RingOrder>(order(1).body));
  EXPECT_EQ(std::get<link::HoldOrder>(order(2).body).call, c2.call);

  // The call is over, wrap-up ends by the timer, and the agent takes the other call in the same batch: no hop, one sync.
  const ReservationId r1 = offered[0].reservation;
  desk.event("edge-a", link::Answered{r1, binding});
  desk.event("edge-a", link::CallEnded{c1.call, link::EndCause::caller_hangup});
  desk.event("edge-a", link::LegGone{r1});
  desk.h.settle();
  EXPECT_EQ(desk.bucket(ann), core::Bucket::wrapup);
  desk.h.freeze("queue_actor");
  for (int i = 0; i < 10; ++i) {
    desk.beat("edge-a");
    desk.h.advance(second_ms, Commits::by_hand);
  }
  EXPECT_EQ(desk.h.journal().pending(), 1u);
  desk.h.settle();
  EXPECT_EQ(desk.h.observer().fallbacks, 0u);
  const std::vector<core::Fact>& log = desk.h.log(desk.account);
  EXPECT_TRUE(std::holds_alternative<core::fact::WrapupEnded>(log[log.size() - 2].body));
  EXPECT_EQ(std::get<core::fact::Offered>(log.back().body).call, c2.call);
  EXPECT_EQ(desk.broken(), "");
}

}  // namespace
}  // namespace rf::testing
