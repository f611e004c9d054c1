#include "tests/actors/desk.hpp"

namespace rf::testing {
namespace {

/// Commands asked more than once with the same id (R24).
class RepeatTest : public ::testing::Test {
 protected:
  RepeatTest() : sales(desk.queue("sales")) {}
  std::size_t calls() { return desk.committed().calls.size(); }

  Desk desk{1};
  QueueId sales;
};

TEST_F(RepeatTest, TwiceInFlightHappensOnce) {
  const CommandId id = desk.next_id();
  const core::Command enqueue = desk.enqueue(sales);
  const AskedPtr first = desk.ask(id, enqueue);
  const AskedPtr second = desk.ask(id, enqueue);
  desk.h.run();
  EXPECT_EQ(desk.h.journal().pending(), 1u);
  EXPECT_FALSE(second->done());
  desk.h.settle();
  EXPECT_EQ(first->code(), Code::ok);
  EXPECT_EQ(*second->reply, *first->reply);
  EXPECT_EQ(calls(), 1u);
}

TEST_F(RepeatTest, AfterTheCommitTheStoredReplyIsGiven) {
  const CommandId id = desk.next_id();
  const core::Command enqueue = desk.enqueue(sales);
  const AskedPtr first = desk.ask(id, enqueue);
  desk.h.settle();
  const AskedPtr second = desk.ask(id, enqueue);
  desk.h.settle();
  EXPECT_EQ(*second->reply, *first->reply);
  EXPECT_EQ(calls(), 1u);
}

TEST_F(RepeatTest, AStoredReplyStandsBehindTheFactsInFlight) {
  const CommandId id = desk.next_id();
  const core::Command enqueue = desk.enqueue(sales);
  desk.ask(id, enqueue);
  desk.h.settle();
  desk.ask(desk.enqueue(sales));
  const AskedPtr again = desk.ask(id, enqueue);
  desk.h.run();
  EXPECT_FALSE(again->done());
  desk.h.settle();
  EXPECT_EQ(again->code(), Code::ok);
}

TEST_F(RepeatTest, AfterARebuildTheStoredReplyIsGiven) {
  desk.h.advance(2 * second_ms, Commits::at_once);
  const CommandId id = desk.next_id();
  const core::Command enqueue = desk.enqueue(sales);
  const AskedPtr first = desk.ask(id, enqueue);
  desk.h.run();
  desk.ask(core::command::SetDomain{"a.example.org"});
  ASSERT_TRUE(desk.h.kill("presence_actor"));
  desk.h.run();
  EXPECT_EQ(first->code(), Code::unknown_outcome);
  const AskedPtr again = desk.ask(id, enqueue);
  desk.h.settle();
  EXPECT_EQ(again->code(), Code::ok);
  EXPECT_EQ(calls(), 1u);
}

TEST_F(RepeatTest, AfterTheProcessDiedTheLogDecides) {
  const CommandId kept_id = desk.next_id();
  const CommandId lost_id = desk.next_id();
  const core::Command kept = desk.enqueue(sales);
  const core::Command lost = desk.enqueue(sales);
  const AskedPtr first = desk.ask(kept_id, kept);
  const AskedPtr second = desk.ask(lost_id, lost);
  desk.h.run();
  desk.h.crash(1);
  EXPECT_FALSE(first->done());
  EXPECT_FALSE(second->done());
  desk.h.restart();
  EXPECT_EQ(calls(), 1u);
  const AskedPtr kept_again = desk.ask(kept_id, kept);
  const AskedPtr lost_again = desk.ask(lost_id, lost);
  desk.h.settle();
  EXPECT_EQ(kept_again->code(), Code::ok);
  EXPECT_EQ(lost_again->code(), Code::ok);
  EXPECT_EQ(calls(), 2u);
  EXPECT_EQ(desk.broken(), "");
}

TEST_F(RepeatTest, ARefusalIsDecidedAnew) {
  const CommandId id = desk.next_id();
  const AgentId ann = desk.ready_agent("ann", {sales});
  desk.ok(core::command::Logout{ann, ""});
  const core::Command available = core::command::SetStatus{ann, core::Status::available, ""};
  const AskedPtr refused = desk.ask(id, available);
  desk.h.settle();
  EXPECT_EQ(refused->code(), Code::failed_precondition);
  desk.ok(core::command::Login{ann, {}});
  const AskedPtr taken = desk.ask(id, available);
  desk.h.settle();
  EXPECT_EQ(taken->code(), Code::ok);
}

TEST_F(RepeatTest, AnEdgesRepeatedEventIsAckedAgain) {
  desk.number("100", sales);
  desk.attach("edge-a");
  const link::CallArrived arrived = desk.arrival("100");
  const AskedPtr first = desk.event("edge-a", arrived);
  const AskedPtr again = desk.event_again("edge-a", 2, arrived);
  const AskedPtr gap = desk.event_again("edge-a", 9, arrived);
  desk.h.run();
  EXPECT_FALSE(again->done());
  desk.h.settle();
  EXPECT_EQ(first->outcome->reply.acked, 2u);
  EXPECT_EQ(again->outcome->reply.acked, 2u);
  EXPECT_TRUE(gap->outcome->reply.expected);
  EXPECT_EQ(calls(), 1u);
}

}  // namespace
}  // namespace rf::testing
