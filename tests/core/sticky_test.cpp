#include <gtest/gtest.h>

#include "tests/support/center.hpp"

/// Calls that go back to the agent who spoke with the caller last.
namespace rf::core {
namespace {

using rf::testing::Center;

Sticky sticky(StickyMode mode) { return Sticky{mode, 3600 * second_ms, 20 * second_ms, false}; }

/// Two agents of one queue; the caller 100 spoke with bob.
struct StickyDesk {
  explicit StickyDesk(Sticky how) {
    QueueConfig config;
    config.sticky = how;
    config.wrapup_ms = 0;
    config.max_wait_ms = 120'000;
    config.reject_delay_ms = 0;
    q = c.queue("q", config);
    ann = c.ready_agent("ann", {Center::in(q)});
    c.status(ann, Status::on_break);
    bob = c.ready_agent("bob", {Center::in(q)});
    c.talk(c.enqueue(q, "100"));
    c.status(ann, Status::available);
    c.advance(1000);
  }
  Center c;
  QueueId q;
  AgentId ann, bob;
};

TEST(Sticky, PrefersWhoSpokeWithTheCallerLast) {  // LS-9
  StickyDesk d(sticky(StickyMode::prefer));
  EXPECT_EQ(d.c.offered_to(d.c.enqueue(d.q, "200")), d.ann) << "longest idle";
  EXPECT_EQ(d.c.offered_to(d.c.enqueue(d.q, "100")), d.bob);
}

TEST(Sticky, ComesBeforeTheStrategyAndIsSkippedWhenNotReady) {
  StickyDesk d(sticky(StickyMode::prefer));
  EXPECT_EQ(d.c.offered_to(d.c.enqueue(d.q, "100")), d.bob) << "although ann is idle for longer";
  EXPECT_EQ(d.c.offered_to(d.c.enqueue(d.q, "100")), d.ann) << "bob is busy: the strategy at once";
}

TEST(Sticky, WaitsForWhoIsAwayOnlyWhereTheQueueSaysSo) {
  for (const bool wait_for_absent : {false, true}) {
    Sticky how = sticky(StickyMode::wait);
    how.wait_for_absent = wait_for_absent;
    StickyDesk d(how);
    ASSERT_EQ(d.c.code(command::Logout{d.bob, ""}), Code::ok);
    const CallId call = d.c.enqueue(d.q, "100");
    EXPECT_EQ(d.c.offered_to(call), wait_for_absent ? AgentId() : d.ann);
    d.c.advance(how.wait_ms);
    EXPECT_EQ(d.c.offered_to(call), d.ann) << "the wait is over";
  }
}

TEST(Sticky, IsForgottenAfterItsWindow) {
  StickyDesk d(sticky(StickyMode::prefer));
  d.c.advance(3600 * second_ms);
  EXPECT_EQ(d.c.offered_to(d.c.enqueue(d.q, "100")), d.ann);
}

TEST(Sticky, TheCustomerComesBeforeTheNumber) {
  StickyDesk d(sticky(StickyMode::prefer));
  command::Enqueue e;
  e.call = CallId(Ulid{8, 1});
  e.queue = d.q;
  e.caller = "100";
  e.customer = "c-77";
  ASSERT_TRUE(d.c.run(e).reply.ok());
  EXPECT_EQ(d.c.offered_to(e.call), d.ann) << "another customer by the same number";
  d.c.talk(e.call);
  d.c.status(d.bob, Status::on_break);
  d.c.status(d.bob, Status::available);
  e.call = CallId(Ulid{8, 2});
  e.caller = "999";
  ASSERT_TRUE(d.c.run(e).reply.ok());
  EXPECT_EQ(d.c.offered_to(e.call), d.ann);
}

TEST(Sticky, WaitsForTheAgentThenTakesAnybody) {
  StickyDesk d(sticky(StickyMode::wait));
  const CallId busy = d.c.enqueue(d.q, "300");
  d.c.status(d.ann, Status::on_break);
  EXPECT_EQ(d.c.offered_to(busy), d.bob);
  d.c.accept(busy);
  d.c.status(d.ann, Status::available);
  const CallId call = d.c.enqueue(d.q, "100");
  d.c.advance(19'999);
  EXPECT_FALSE(d.c.offered_to(call).set()) << "ann is free, but the call waits for bob";
  d.c.advance(1);
  EXPECT_EQ(d.c.offered_to(call), d.ann);
}

TEST(Sticky, TheAgentTakesTheCallThatWaitsAsSoonAsFree) {
  StickyDesk d(sticky(StickyMode::wait));
  d.c.status(d.ann, Status::on_break);
  const CallId busy = d.c.enqueue(d.q, "300");
  d.c.accept(busy);
  d.c.status(d.ann, Status::available);
  const CallId call = d.c.enqueue(d.q, "100");
  d.c.advance(5'000);
  d.c.complete(busy);
  EXPECT_EQ(d.c.offered_to(call), d.bob);
}

TEST(Sticky, DoesNotWaitForWhoIsAway) {
  StickyDesk d(sticky(StickyMode::wait));
  d.c.status(d.bob, Status::on_break);
  EXPECT_EQ(d.c.offered_to(d.c.enqueue(d.q, "100")), d.ann);
}

TEST(Sticky, LetsGoWhenTheAgentLeaves) {
  StickyDesk d(sticky(StickyMode::wait));
  d.c.status(d.ann, Status::on_break);
  const CallId busy = d.c.enqueue(d.q, "300");
  d.c.accept(busy);
  d.c.status(d.ann, Status::available);
  const CallId call = d.c.enqueue(d.q, "100");
  EXPECT_FALSE(d.c.offered_to(call).set());
  d.c.complete(busy);
  EXPECT_EQ(d.c.offered_to(call), d.bob);
  ASSERT_TRUE(d.c.run(command::Logout{d.bob, ""}).reply.ok());
  EXPECT_EQ(d.c.offered_to(call), d.ann);
}

TEST(Sticky, WhoRejectsIsNotWaitedForAnyMore) {
  StickyDesk d(sticky(StickyMode::wait));
  const CallId call = d.c.enqueue(d.q, "100");
  EXPECT_EQ(d.c.offered_to(call), d.bob);
  d.c.reject(call);
  EXPECT_EQ(d.c.offered_to(call), d.ann);
}

TEST(Sticky, RequiredIsOfferedToNobodyElse) {
  StickyDesk d(sticky(StickyMode::required));
  d.c.status(d.bob, Status::on_break);
  const CallId call = d.c.enqueue(d.q, "100");
  EXPECT_FALSE(d.c.offered_to(call).set());
  d.c.advance(60'000);
  EXPECT_FALSE(d.c.offered_to(call).set());
  d.c.status(d.bob, Status::available);
  EXPECT_EQ(d.c.offered_to(call), d.bob);
}

/// The sticky desk's queue, with one in front of it whose calls move there at once.
CallId call_by_way_of_a_closed_queue(StickyDesk& d, const std::string& caller) {
  QueueConfig config;
  Overflow rule;
  rule.when = OverflowWhen::join_empty;
  rule.to = OverflowTo::queue;
  rule.queue = d.q;
  config.join_empty = empty_when::nobody_logged_in;
  config.overflow = {rule};
  return d.c.enqueue(d.c.queue("front", config), caller);
}

TEST(Sticky, ACallFromAnotherQueuePrefersWhoSpokeWithTheCallerToo) {
  for (StickyMode mode : {StickyMode::prefer, StickyMode::wait, StickyMode::required}) {
    StickyDesk d(sticky(mode));
    const CallId call = call_by_way_of_a_closed_queue(d, "100");
    ASSERT_EQ(d.c.call(call)->queue, d.q);
    EXPECT_EQ(d.c.offered_to(call), d.bob) << "although ann is idle for longer";
  }
}

TEST(Sticky, ACallFromAnotherQueueIsKeptForOneAgentOnlyWhereNobodyElseMay) {
  for (StickyMode mode : {StickyMode::prefer, StickyMode::wait, StickyMode::required}) {
    StickyDesk d(sticky(mode));
    d.c.status(d.ann, Status::on_break);
    d.c.accept(d.c.enqueue(d.q, "300"));
    d.c.status(d.ann, Status::available);
    const CallId call = call_by_way_of_a_closed_queue(d, "100");
    EXPECT_EQ(d.c.offered_to(call), mode == StickyMode::required ? AgentId() : d.ann);
  }
}

TEST(Sticky, ACallThatMovesOnForgetsTheOldQueuesAgent) {
  StickyDesk d(sticky(StickyMode::required));
  const QueueId other = d.c.queue("other");
  const AgentId eve = d.c.ready_agent("eve", {Center::in(other)});
  d.c.status(d.bob, Status::on_break);
  const CallId call = d.c.enqueue(d.q, "100");
  QueueConfig config = find_queue(d.c.account(), d.q)->config;
  Overflow rule;
  rule.when = OverflowWhen::max_wait;
  rule.to = OverflowTo::queue;
  rule.queue = other;
  config.overflow = {rule};
  ASSERT_EQ(d.c.code(command::SetQueue{d.q, config}), Code::ok);
  d.c.advance(120'000);
  EXPECT_EQ(d.c.offered_to(call), eve);
}

TEST(Sticky, TheTableSurvivesARestart) {
  StickyDesk d(sticky(StickyMode::prefer));
  d.c.restart();
  EXPECT_EQ(d.c.offered_to(d.c.enqueue(d.q, "100")), d.bob);
}

}  // namespace
}  // namespace rf::core
