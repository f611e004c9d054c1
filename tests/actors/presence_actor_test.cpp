#include "tests/actors/desk.hpp"

namespace rf::testing {
namespace {

TEST(PresenceActorTest, ATooLargeImportIsRefusedAndTheAccountGoesOn) {
  Desk desk(1);
  desk.h.advance(2 * second_ms, Commits::at_once);
  core::command::Import import;
  for (int i = 0; i < 16'000; ++i) {
    core::QueueConfig config;
    config.key = "q" + std::to_string(i) + std::string(200, 'x');
    config.name = std::string(200, 'y');
    import.steps.push_back(core::command::SetQueue{QueueId(desk.next()), config});
  }
  const AskedPtr large = desk.ask(import);
  const AskedPtr behind = desk.ask(core::command::SetDomain{"behind.example.org"});
  desk.h.settle();
  EXPECT_EQ(large->code(), Code::invalid_argument);
  EXPECT_NE(large->reply->what.find("send it in parts"), std::string::npos) << large->reply->what;
  EXPECT_EQ(behind->code(), Code::not_owner);
  desk.ok(core::command::SetDomain{"behind.example.org"});
  EXPECT_EQ(desk.committed().queues.size(), 0u);
  EXPECT_EQ(desk.broken(), "");
}

TEST(PresenceActorTest, AFailedDiskIsSaidAndNothingElseLeaves) {
  Desk desk(1);
  const QueueId queue = desk.queue("sales");
  desk.number("100", queue);
  desk.attach("edge-a");
  desk.h.outbox().sent.clear();
  const AskedPtr call = desk.ask(desk.enqueue(queue));
  const AskedPtr ack = desk.event("edge-a", desk.arrival("100"));
  desk.h.run();
  desk.h.journal().fail_disk();
  const AskedPtr later = desk.ask(desk.enqueue(queue));
  desk.h.advance(5 * second_ms, Commits::at_once);
  EXPECT_EQ(call->code(), Code::unavailable);
  EXPECT_EQ(ack->code(), Code::unavailable);
  EXPECT_EQ(later->times, 1);
  EXPECT_EQ(later->code(), Code::unavailable);
  EXPECT_TRUE(desk.h.outbox().sent.empty());
  const AskedPtr much_later = desk.ask(desk.enqueue(queue));
  desk.h.advance(5 * second_ms, Commits::at_once);
  EXPECT_EQ(much_later->code(), Code::unavailable);
}

TEST(PresenceActorTest, AKilledActorIsRebuiltBehindABarrier) {
  Desk desk(1);
  const QueueId queue = desk.queue("sales");
  desk.number("100", queue);
  desk.attach("edge-a");
  desk.h.advance(2 * second_ms, Commits::at_once);
  const AskedPtr in_flight = desk.ask(desk.enqueue(queue));
  const AskedPtr ack = desk.event("edge-a", desk.arrival("100"));
  desk.h.run();
  desk.h.outbox().sent.clear();
  const AskedPtr waiting = desk.ask(desk.enqueue(queue));
  ASSERT_TRUE(desk.h.kill("presence_actor"));
  desk.h.run();
  EXPECT_EQ(in_flight->code(), Code::unknown_outcome);
  EXPECT_EQ(ack->code(), Code::unknown_outcome);
  EXPECT_EQ(waiting->code(), Code::not_owner);

  // Asked while its facts are still in flight: the new actor answers only behind its barrier, from the log.
  const AskedPtr after = desk.ask(core::command::CompleteCall{CallId(Ulid{9, 9})});
  desk.h.run();
  EXPECT_FALSE(after->done());
  desk.h.settle();
  EXPECT_EQ(after->code(), Code::not_found);
  EXPECT_EQ(desk.committed().calls.size(), 2u);
  EXPECT_EQ(desk.broken(), "");
  // The orders of the dead actor never left: the edge gets the full set.
  ASSERT_EQ(desk.h.outbox().sent.size(), 1u);
  EXPECT_EQ(std::get<link::Sync>(desk.h.outbox().sent[0].what).orders.size(), 1u);
}

TEST(PresenceActorTest, OneThatDiesAtOnceWaitsASecond) {
  Desk desk(1);
  AskedPtr first = desk.ask(core::command::SetDomain{"a.example.org"});
  ASSERT_TRUE(desk.h.kill("presence_actor"));
  desk.h.settle();
  EXPECT_EQ(first->code(), Code::not_owner);
  first = desk.ask(core::command::SetDomain{"a.example.org"});
  desk.h.settle();
  EXPECT_FALSE(first->done());
  desk.h.advance(999, Commits::at_once);
  EXPECT_FALSE(first->done());
  desk.h.advance(1, Commits::at_once);
  EXPECT_EQ(first->code(), Code::ok);
}

TEST(PresenceActorTest, AnEdgeChangeOutlivesTheActorThatWasToTakeIt) {
  Desk desk(1);
  const QueueId queue = desk.queue("sales");
  desk.number("100", queue);
  desk.attach("edge-a");
  desk.event("edge-a", desk.arrival("100"));
  desk.h.settle();
  desk.h.advance(2 * second_ms, Commits::at_once);
  desk.h.actors().edge_change("edge-a", actors::Actors::EdgeChange::silent);
  ASSERT_TRUE(desk.h.kill("presence_actor"));
  desk.h.settle();
  EXPECT_EQ(desk.facts<core::fact::EdgeSilent>().size(), 1u);
}

TEST(PresenceActorTest, WrapUpEndsAtItsInstant) {
  Desk desk(1);
  const QueueId queue = desk.queue("sales");
  const AgentId agent = desk.ready_agent("ann", {queue});
  const core::Reply call = desk.ok(desk.enqueue(queue));
  desk.ok(core::command::AcceptOffer{desk.offer()});
  desk.ok(core::command::CompleteCall{CallId(call.id)});
  EXPECT_EQ(desk.bucket(agent), core::Bucket::wrapup);
  const Ms until_ts = desk.agent(agent).wrapup_until_ts;
  desk.h.advance(10 * second_ms - 1, Commits::at_once);
  EXPECT_EQ(desk.bucket(agent), core::Bucket::wrapup);
  desk.h.advance(1, Commits::at_once);
  EXPECT_EQ(desk.bucket(agent), core::Bucket::ready);
  EXPECT_EQ(desk.h.log(desk.account).back().ts, until_ts);
}

TEST(PresenceActorTest, RingEndsOfApiCallsFallOneAfterTheOther) {
  Desk desk(1);
  const QueueId queue = desk.queue("sales");
  desk.ready_agent("ann", {queue});
  desk.ready_agent("bob", {queue});
  desk.ok(desk.enqueue(queue));
  desk.h.advance(7 * second_ms, Commits::at_once);
  desk.ok(desk.enqueue(queue));
  const std::size_t offers = desk.facts<core::fact::Offered>().size();
  desk.h.advance(13 * second_ms - 1, Commits::at_once);
  EXPECT_EQ(desk.facts<core::fact::OfferClosed>().size(), 0u);
  desk.h.advance(1, Commits::at_once);
  EXPECT_EQ(desk.facts<core::fact::OfferClosed>().size(), 1u);
  desk.h.advance(7 * second_ms, Commits::at_once);
  EXPECT_GE(desk.facts<core::fact::OfferClosed>().size(), 2u);
  EXPECT_GT(desk.facts<core::fact::Offered>().size(), offers);
  EXPECT_EQ(desk.broken(), "");
}

TEST(PresenceActorTest, TimersGoOnInARebuiltActor) {
  Desk desk(1);
  const QueueId queue = desk.queue("sales");
  const AgentId agent = desk.ready_agent("ann", {queue});
  const core::Reply call = desk.ok(desk.enqueue(queue));
  desk.ok(core::command::AcceptOffer{desk.offer()});
  desk.ok(core::command::CompleteCall{CallId(call.id)});
  desk.h.advance(4 * second_ms, Commits::at_once);
  desk.ask(core::command::SetDomain{"a.example.org"});
  ASSERT_TRUE(desk.h.kill("presence_actor"));
  desk.h.advance(6 * second_ms - 1, Commits::at_once);
  EXPECT_EQ(desk.bucket(agent), core::Bucket::wrapup);
  desk.h.advance(1, Commits::at_once);
  EXPECT_EQ(desk.bucket(agent), core::Bucket::ready);
}

TEST(PresenceActorTest, AtMost1024UncommittedCommands) {
  Desk desk(1);
  const QueueId queue = desk.queue("sales");
  std::vector<AskedPtr> asked;
  for (std::size_t i = 0; i < limits::uncommitted_commands_max; ++i) asked.push_back(desk.ask(desk.enqueue(queue)));
  desk.h.run();
  for (const AskedPtr& a : asked) EXPECT_FALSE(a->done());
  const AskedPtr one_more = desk.ask(desk.enqueue(queue));
  desk.h.run();
  EXPECT_EQ(one_more->times, 1);
  EXPECT_EQ(one_more->code(), Code::overloaded);
  EXPECT_EQ(desk.event("edge-a", link::Snapshot{"boot-1", {}, {}})->done(), false);
  desk.h.journal().commit_next();
  desk.h.run();
  const AskedPtr now = desk.ask(desk.enqueue(queue));
  desk.h.settle();
  EXPECT_EQ(now->code(), Code::ok);
  for (const AskedPtr& a : asked) EXPECT_EQ(a->code(), Code::ok);
}

TEST(PresenceActorTest, TheLineBeforeAnAccountIsBuiltIsBoundedToo) {
  ActorHarness h(1);
  const AccountId account(Ulid{8, 8});
  std::vector<AskedPtr> asked;
  core::Settings settings;
  settings.key = "desk";
  for (std::size_t i = 0; i <= limits::uncommitted_commands_max; ++i) {
    settings.stale_after_ms = static_cast<Ms>(i + 1) * second_ms;
    asked.push_back(h.command(account, CommandId(), core::command::SetSettings{settings}));
  }
  h.settle();
  for (std::size_t i = 0; i < limits::uncommitted_commands_max; ++i) EXPECT_EQ(asked[i]->code(), Code::ok);
  EXPECT_EQ(asked.back()->code(), Code::overloaded);
}

TEST(PresenceActorTest, AWokenAccountMeetsItsDeadlineWithoutBeingAsked) {
  Desk desk(1);
  const QueueId queue = desk.queue("sales");
  const AgentId agent = desk.ready_agent("ann", {queue});
  const core::Reply call = desk.ok(desk.enqueue(queue));
  desk.ok(core::command::AcceptOffer{desk.offer()});
  desk.ok(core::command::CompleteCall{CallId(call.id)});
  desk.h.crash(0);
  desk.h.restart();
  desk.h.advance(20 * second_ms, Commits::at_once);
  EXPECT_EQ(desk.bucket(agent), core::Bucket::wrapup) << "nobody is there to end it";
  desk.h.actors().wake({desk.account});
  desk.h.settle();
  EXPECT_EQ(desk.bucket(agent), core::Bucket::ready);
}

TEST(PresenceActorTest, StopRefusesWhatComesAndEndsTheActors) {
  Desk desk(1);
  desk.h.actors().stop(0);
  const AskedPtr late = desk.ask(core::command::SetDomain{"a.example.org"});
  EXPECT_FALSE(late->done()) << "never inside the call itself";
  desk.h.run();
  EXPECT_EQ(late->code(), Code::not_owner);
}

}  // namespace
}  // namespace rf::testing
