#include "tests/actors/desk.hpp"

namespace rf::testing {
namespace {

class RoleTest : public ::testing::Test {
 protected:
  RoleTest() : sales(desk.queue("sales")), shard(storage::shard_of(desk.account)) {}

  Desk desk{1};
  QueueId sales;
  std::uint32_t shard;
};

TEST_F(RoleTest, WithoutTheShardEverythingIsRefusedAndNothingHappened) {
  desk.h.journal().depose(shard);
  desk.h.run();
  const AskedPtr command = desk.ask(desk.enqueue(sales));
  const AskedPtr event = desk.event("edge-a", link::Snapshot{"boot-1", {}, {}});
  EXPECT_FALSE(command->done()) << "never inside the call itself";
  desk.h.settle();
  EXPECT_EQ(command->code(), Code::not_owner);
  EXPECT_EQ(event->code(), Code::not_owner);
}

TEST_F(RoleTest, AnotherShardsAccountsAreLeftAlone) {
  const AskedPtr asked = desk.ask(desk.enqueue(sales));
  desk.h.run();
  desk.h.journal().depose((shard + 1) % limits::shards);
  desk.h.settle();
  EXPECT_EQ(asked->code(), Code::ok);
}

TEST_F(RoleTest, DeposedWithARankingOutNothingIsProposed) {
  desk.ready_agent("ann", {sales});
  desk.h.freeze("queue_actor");
  const AskedPtr turn = desk.ask(desk.enqueue(sales));
  const AskedPtr waiting = desk.ask(desk.enqueue(sales));
  desk.h.run();
  desk.h.journal().depose(shard);
  desk.h.run();
  desk.h.release("queue_actor");
  desk.h.settle();
  EXPECT_EQ(turn->code(), Code::not_owner);
  EXPECT_EQ(waiting->code(), Code::not_owner);
  EXPECT_EQ(desk.committed().calls.size(), 0u);
}

TEST_F(RoleTest, ANewTermBuildsTheActorAnewAndFencesItsOrders) {
  desk.number("100", sales);
  desk.attach("edge-a");
  desk.h.journal().depose(shard);
  desk.h.journal().elect(shard);
  desk.h.settle();
  desk.h.outbox().sent.clear();
  const AskedPtr ack = desk.event("edge-a", desk.arrival("100"));
  desk.h.settle();
  EXPECT_EQ(ack->code(), Code::ok);
  ASSERT_EQ(desk.h.outbox().sent.size(), 2u);
  for (const Sent& sent : desk.h.outbox().sent) EXPECT_EQ(sent.fence.term, 2u);
  EXPECT_TRUE(std::holds_alternative<link::Sync>(desk.h.outbox().sent[0].what)) << "the full set comes first";
}

/// An actor that has not heard of the new term yet proposes in the old one.
TEST_F(RoleTest, ATurnOfTheOldTermIsRefusedByTheJournal) {
  const AskedPtr in_flight = desk.ask(desk.enqueue(sales));
  desk.h.run();
  desk.h.freeze("account_index");
  desk.h.journal().depose(shard);
  desk.h.journal().elect(shard);
  const AskedPtr stale = desk.ask(desk.enqueue(sales));
  desk.h.settle();
  desk.h.release("account_index");
  desk.h.settle();
  EXPECT_EQ(in_flight->code(), Code::unknown_outcome);
  EXPECT_EQ(stale->code(), Code::not_owner);
  EXPECT_EQ(desk.committed().calls.size(), 0u);
  const AskedPtr again = desk.ask(desk.enqueue(sales));
  desk.h.settle();
  EXPECT_EQ(again->code(), Code::ok) << "in the new term, without a pause";
}

TEST_F(RoleTest, AWallClockThatSteppedBackDoesNotTurnTheAccountsTimeBack) {
  const core::Reply call = desk.ok(desk.enqueue(sales));
  const Ms ts = desk.h.log(desk.account).back().ts;
  desk.h.journal().depose(shard);
  desk.h.time().step_wall(-3600 * second_ms);
  desk.h.journal().elect(shard);
  desk.h.run();
  desk.h.advance(5 * second_ms, Commits::at_once);
  desk.ok(core::command::CompleteCall{CallId(call.id)});
  EXPECT_GE(desk.h.log(desk.account).back().ts, ts);
  EXPECT_EQ(desk.broken(), "");
}

TEST(WalkThroughI, LeadershipLostWith300BatchesInFlight) {
  Desk desk(1);
  const QueueId sales = desk.queue("sales");
  desk.number("100", sales);
  desk.attach("edge-a");
  const std::uint32_t shard = storage::shard_of(desk.account);

  struct Repeated {
    CommandId id;
    core::Command command;
    AskedPtr asked;
  };
  std::vector<Repeated> commands;
  std::vector<AskedPtr> events;
  for (int i = 0; i < 290; ++i) {
    Repeated r{desk.next_id(), desk.enqueue(sales), nullptr};
    r.asked = desk.ask(r.id, r.command);
    commands.push_back(std::move(r));
  }
  std::vector<link::CallArrived> arrivals;
  for (int i = 0; i < 10; ++i) {
    arrivals.push_back(desk.arrival("100"));
    events.push_back(desk.event("edge-a", arrivals.back()));
  }
  desk.h.run();
  ASSERT_EQ(desk.h.journal().pending(), 300u);
  for (int i = 0; i < 100; ++i) desk.h.journal().commit_next();
  desk.h.freeze("presence_actor");
  const std::size_t sent = desk.h.outbox().sent.size();
  desk.h.journal().depose(shard);
  desk.h.release("presence_actor");
  desk.h.settle();

  // 100 are durable and say so, or cannot tell; the others say that they cannot tell. No order, no ack is left.
  for (std::size_t i = 0; i < commands.size(); ++i) {
    ASSERT_EQ(commands[i].asked->times, 1);
    const Code code = commands[i].asked->code();
    EXPECT_TRUE(i < 100 ? code == Code::ok || code == Code::unknown_outcome : code == Code::unknown_outcome) << i;
  }
  for (const AskedPtr& event : events) EXPECT_EQ(event->code(), Code::unknown_outcome);
  EXPECT_EQ(desk.h.outbox().sent.size(), sent);
  EXPECT_EQ(desk.committed().calls.size(), 100u);

  // The same node leads again: the router repeats its commands, the edge its unacked events.
  desk.h.journal().elect(shard);
  desk.h.settle();
  for (Repeated& r : commands) r.asked = desk.ask(r.id, r.command);
  for (std::size_t i = 0; i < arrivals.size(); ++i) events[i] = desk.event_again("edge-a", 2 + i, arrivals[i]);
  desk.h.actors().sync_edge(desk.account, "edge-a");
  desk.h.settle();
  for (const Repeated& r : commands) EXPECT_EQ(r.asked->code(), Code::ok);
  for (std::size_t i = 0; i < events.size(); ++i) EXPECT_EQ(events[i]->outcome->reply.acked, 2 + i);
  EXPECT_EQ(desk.committed().calls.size(), 300u);
  EXPECT_EQ(desk.facts<core::fact::CallArrived>().size(), 300u) << "each exactly once";
  EXPECT_EQ(desk.broken(), "");
  const auto& last = std::get<link::Sync>(desk.h.outbox().sent.back().what);
  EXPECT_EQ(last.orders.size(), 10u) << "orders come from the full set";
}

}  // namespace
}  // namespace rf::testing
