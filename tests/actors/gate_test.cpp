#include <functional>
#include <set>

#include "tests/actors/desk.hpp"

namespace rf::testing {
namespace {

/// One kind of command with a scene in which it writes facts.
struct Kind {
  const char* name;
  std::function<core::Command(Desk&)> make;
};

core::Command with_offer(Desk& desk, core::Command (*make)(ReservationId)) {
  const QueueId queue = desk.queue("sales");
  desk.ready_agent("ann", {queue});
  desk.ok(desk.enqueue(queue));
  return make(desk.offer());
}

core::Command import_of_one_queue(Desk& desk) {
  core::QueueConfig config;
  config.key = "imported";
  return core::command::Import{{core::command::SetQueue{QueueId(desk.next()), config}}};
}

core::Command end_of_wrapup(Desk& desk) {
  const QueueId queue = desk.queue("sales");
  const AgentId agent = desk.ready_agent("ann", {queue});
  const core::Reply call = desk.ok(desk.enqueue(queue));
  desk.ok(core::command::AcceptOffer{desk.offer()});
  desk.ok(core::command::CompleteCall{CallId(call.id)});
  EXPECT_EQ(desk.bucket(agent), core::Bucket::wrapup);
  return core::command::EndWrapup{agent};
}

/// An agent in conversation with the caller of a foreign switch's call.
AgentId in_a_call(Desk& desk, const core::QueueConfig& config) {
  const QueueId queue = desk.queue("sales", config);
  const AgentId agent = desk.ready_agent("ann", {queue});
  desk.ok(desk.enqueue(queue));
  desk.ok(core::command::AcceptOffer{desk.offer()});
  return agent;
}

std::vector<Kind> config_kinds() {
  using namespace core::command;
  return {
      {"import", import_of_one_queue},
      {"set_settings",
       [](Desk&) {
         core::Settings settings;
         settings.key = "other";
         return SetSettings{settings};
       }},
      {"set_queue",
       [](Desk& d) {
         core::QueueConfig config;
         config.key = "new";
         return SetQueue{QueueId(d.next()), config};
       }},
      {"remove_queue",
       [](Desk& d) {
         return RemoveQueue{d.queue("sales"), QueueId()};
       }},
      {"set_agent",
       [](Desk& d) {
         core::AgentConfig config;
         config.key = "new";
         return SetAgent{AgentId(d.next()), config, {}};
       }},
      {"remove_agent", [](Desk& d) { return RemoveAgent{d.ready_agent("ann", {})}; }},
      {"set_number",
       [](Desk& d) {
         return SetNumber{"100", core::Route{d.queue("sales"), {}, {}, {}}};
       }},
      {"remove_number",
       [](Desk& d) {
         d.number("100", d.queue("sales"));
         return RemoveNumber{"100"};
       }},
      {"set_domain", [](Desk&) { return SetDomain{"example.org"}; }},
      {"remove_domain",
       [](Desk& d) {
         d.ok(SetDomain{"example.org"});
         return RemoveDomain{"example.org"};
       }},
      {"set_trunk",
       [](Desk&) {
         return SetTrunk{{"carrier", "192.0.2.1"}};
       }},
      {"remove_trunk",
       [](Desk& d) {
         d.ok(SetTrunk{{"carrier", "192.0.2.1"}});
         return RemoveTrunk{"carrier"};
       }},
      {"set_credential",
       [](Desk& d) {
         return SetCredential{d.ready_agent("ann", {}), "ann"};
       }},
  };
}

std::vector<Kind> agent_kinds() {
  using namespace core::command;
  return {
      {"login",
       [](Desk& d) {
         const AgentId agent = d.ready_agent("ann", {});
         d.ok(Logout{agent, ""});
         return Login{agent, {}};
       }},
      {"logout",
       [](Desk& d) {
         return Logout{d.ready_agent("ann", {}), ""};
       }},
      {"set_status",
       [](Desk& d) {
         return SetStatus{d.ready_agent("ann", {}), core::Status::on_break, "lunch"};
       }},
      {"set_membership_active",
       [](Desk& d) {
         const QueueId queue = d.queue("sales");
         return SetMembershipActive{d.ready_agent("ann", {queue}), queue, false, core::Asker::agent};
       }},
      {"set_external_calls",
       [](Desk& d) {
         return SetExternalCalls{d.ready_agent("ann", {}), 1};
       }},
      {"end_wrapup", end_of_wrapup},
      {"extend_wrapup",
       [](Desk& d) {
         return ExtendWrapup{std::get<EndWrapup>(end_of_wrapup(d)).agent, 1000};
       }},
      {"clear_next_status",
       [](Desk& d) {
         const AgentId agent = in_a_call(d, {});
         d.ok(SetStatus{agent, core::Status::on_break, "lunch"});
         return ClearNextStatus{agent};
       }},
      {"set_membership_paused",
       [](Desk& d) {
         const QueueId queue = d.queue("sales");
         return SetMembershipPaused{d.ready_agent("ann", {queue}), queue, true, "lunch"};
       }},
      {"begin_external_call",
       [](Desk& d) {
         return BeginExternalCall{d.ready_agent("ann", {}), "1"};
       }},
      {"end_external_call",
       [](Desk& d) {
         const AgentId agent = d.ready_agent("ann", {});
         d.ok(BeginExternalCall{agent, "1"});
         return EndExternalCall{agent};
       }},
      {"reset_agent", [](Desk& d) { return ResetAgent{d.ready_agent("ann", {})}; }},
      {"set_shifts",
       [](Desk& d) {
         return SetShifts{d.ready_agent("ann", {}), {core::Shift{1, 2, {}}}};
       }},
      {"set_disposition",
       [](Desk& d) {
         core::QueueConfig asks;
         asks.dispositions = true;
         const AgentId agent = in_a_call(d, asks);
         const CallId call = d.committed().calls.begin()->first;
         d.ok(CompleteCall{call});
         return SetDisposition{call, agent, core::Disposition{core::Category::success, "sold", {}, {}}};
       }},
  };
}

std::vector<Kind> call_kinds() {
  using namespace core::command;
  return {
      {"enqueue", [](Desk& d) { return d.enqueue(d.queue("sales")); }},
      {"accept_offer",
       [](Desk& d) { return with_offer(d, [](ReservationId r) { return core::Command(AcceptOffer{r}); }); }},
      {"reject_offer",
       [](Desk& d) {
         return with_offer(d, [](ReservationId r) {
           return core::Command(RejectOffer{r, core::CloseCause::rejected});
         });
       }},
      {"press_key",
       [](Desk& d) {
         core::QueueConfig config;
         config.overflow = {core::Overflow{core::OverflowWhen::key, "1", core::OverflowTo::hang_up, {}, {}, {}}};
         return PressKey{CallId(d.ok(d.enqueue(d.queue("sales", config))).id), "1"};
       }},
      {"request_callback",
       [](Desk& d) {
         return RequestCallback{CallId(d.ok(d.enqueue(d.queue("sales"))).id), "1"};
       }},
      {"complete_call", [](Desk& d) { return CompleteCall{CallId(d.ok(d.enqueue(d.queue("sales"))).id)}; }},
      {"edge_event",
       [](Desk&) {
         return EdgeEvent{"edge-a", link::Event{1, 1, 0, link::Snapshot{"boot-1", {}, {}}}};
       }},
      {"edge_silent", [](Desk&) { return EdgeSilent{"edge-a"}; }},
      {"edge_back", [](Desk&) { return EdgeBack{"edge-a"}; }},
      {"edge_lost", [](Desk&) { return EdgeLost{"edge-a"}; }},
  };
}

std::vector<Kind> kinds() {
  std::vector<Kind> all;
  for (const auto& some : {config_kinds(), agent_kinds(), call_kinds()})
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

class GateHoldsEveryCommand : public ::testing::TestWithParam<Kind> {};

TEST_P(GateHoldsEveryCommand, NothingLeavesWhileTheJournalCompletesNothing) {
  Desk desk(1);
  const bool of_the_edge =
      std::string(GetParam().name).starts_with("edge_") && GetParam().name != std::string("edge_event");
  if (of_the_edge) {
    // A waiting call from the edge: silence, loss and return all concern it.
    desk.number("100", desk.queue("sales"));
    desk.attach("edge-a");
    desk.event("edge-a", desk.arrival("100"));
    desk.h.settle();
  }
  const core::Command command = GetParam().make(desk);
  ASSERT_EQ(core::command::name_of(command), GetParam().name);
  desk.h.settle();
  desk.h.outbox().sent.clear();

  const AskedPtr asked = desk.ask(command);
  // What comes after is decided on what is not durable yet: a refusal, an edge's digest, a full set of orders.
  const AskedPtr refused = desk.ask(core::command::Logout{AgentId(Ulid{9, 9}), ""});
  const AskedPtr digest = desk.h.digest(desk.account, "edge-a", 1, link::Digest{});
  desk.h.actors().sync_edge(desk.account, "edge-a");
  desk.h.advance(60 * second_ms, Commits::by_hand);

  EXPECT_GE(desk.h.journal().pending(), 1u);
  EXPECT_FALSE(asked->done());
  EXPECT_FALSE(refused->done());
  EXPECT_FALSE(digest->done());
  EXPECT_TRUE(desk.h.outbox().sent.empty());

  desk.h.settle();
  EXPECT_EQ(asked->times, 1);
  EXPECT_EQ(asked->reply->code, Code::ok) << asked->reply->what;
  EXPECT_EQ(refused->reply->code, Code::not_found);
  EXPECT_TRUE(digest->done());
  EXPECT_FALSE(desk.h.outbox().sent.empty());
}

INSTANTIATE_TEST_SUITE_P(Commands, GateHoldsEveryCommand, ::testing::ValuesIn(kinds()),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(GateTest, EveryCommandThatComesFromOutsideIsAmongThem) {
  std::set<std::string> named;
  for (const Kind& kind : kinds()) named.insert(kind.name);
  // What a digest gets is checked with each of them; the rest are steps of a turn.
  named.insert({"digest_check", "tick", "take_due", "seek_call", "look", "take_ranked", "admit", "check_empty"});
  EXPECT_EQ(named.size(), std::variant_size_v<core::Command>);
}

TEST(GateTest, EveryEdgeEventsAckWaits) {
  Desk desk(1);
  const QueueId queue = desk.queue("sales");
  const AgentId agent = desk.ready_agent("ann", {queue});
  desk.number("100", queue);
  desk.attach("edge-a");
  desk.bind("edge-a", agent);
  const link::CallArrived arrived = desk.arrival("100");
  const BindingId other(desk.next());

  const auto waits = [&desk](link::EventBody body) {
    const std::size_t sent_before = desk.h.outbox().sent.size();
    const AskedPtr asked = desk.event("edge-a", std::move(body));
    desk.h.run();
    EXPECT_FALSE(asked->done());
    EXPECT_EQ(desk.h.outbox().sent.size(), sent_before);
    desk.h.settle();
    ASSERT_EQ(asked->times, 1);
    EXPECT_EQ(asked->outcome->code, Code::ok);
    EXPECT_FALSE(asked->outcome->reply.expected);
  };
  waits(arrived);
  const ReservationId offer = desk.offer();
  ASSERT_TRUE(offer.set());
  waits(link::Answered{offer, BindingId()});
  waits(link::BindingUp{agent, other, "sip:desk"});
  waits(link::BindingDown{other, "expired"});
  waits(link::CallEnded{arrived.call, link::EndCause::caller_hangup});
  waits(link::LegGone{offer});
  waits(link::OfferClosed{offer, link::CloseCause::busy});
  waits(link::Snapshot{"boot-1", {}, {}});
  EXPECT_EQ(desk.broken(), "");
}

TEST(GateTest, CommitsReleaseInTheOrderDecided) {
  Desk desk(1);
  const QueueId queue = desk.queue("sales");
  std::vector<AskedPtr> asked;
  for (int i = 0; i < 5; ++i) asked.push_back(desk.ask(desk.enqueue(queue)));
  desk.h.run();
  ASSERT_EQ(desk.h.journal().pending(), 5u);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    EXPECT_FALSE(asked[i]->done());
    ASSERT_TRUE(desk.h.journal().commit_next());
    desk.h.run();
    EXPECT_TRUE(asked[i]->done());
  }
}

TEST(GateTest, WithNothingInFlightARefusalGoesAtOnce) {
  Desk desk(1);
  const AskedPtr refused = desk.ask(core::command::Logout{AgentId(Ulid{9, 9}), ""});
  desk.h.run();
  EXPECT_EQ(refused->times, 1);
  EXPECT_EQ(desk.h.journal().pending(), 0u);
}

TEST(GateTest, OrdersLeaveBeforeTheAckAndCarryShardAndTerm) {
  Desk desk(1);
  const QueueId queue = desk.queue("sales");
  desk.number("100", queue);
  desk.attach("edge-a");
  desk.h.outbox().sent.clear();
  const AskedPtr ack = desk.event("edge-a", desk.arrival("100"));
  desk.h.settle();
  ASSERT_TRUE(ack->done());
  ASSERT_EQ(desk.h.outbox().sent.size(), 1u);
  const Sent& hold = desk.h.outbox().sent.front();
  EXPECT_EQ(hold.edge, "edge-a");
  EXPECT_EQ(hold.fence.shard, storage::shard_of(desk.account));
  EXPECT_EQ(hold.fence.term, 1u);
  EXPECT_TRUE(std::holds_alternative<link::HoldOrder>(std::get<link::Order>(hold.what).body));
}

TEST(GateTest, ASyncPassesABarrierAndFollowsTheOrdersBeforeIt) {
  Desk desk(1);
  const QueueId queue = desk.queue("sales");
  desk.number("100", queue);
  desk.attach("edge-a");
  desk.h.outbox().sent.clear();

  desk.h.actors().sync_edge(desk.account, "edge-a");
  desk.h.run();
  EXPECT_TRUE(desk.h.outbox().sent.empty()) << "before its barrier";
  const AskedPtr ack = desk.event("edge-a", desk.arrival("100"));
  desk.h.run();
  ASSERT_TRUE(desk.h.journal().commit_next());
  desk.h.run();
  EXPECT_TRUE(desk.h.outbox().sent.empty()) << "before the facts that it names";
  desk.h.settle();
  ASSERT_EQ(desk.h.outbox().sent.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<link::Order>(desk.h.outbox().sent[0].what));
  const auto& sync = std::get<link::Sync>(desk.h.outbox().sent[1].what);
  ASSERT_EQ(sync.orders.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<link::HoldOrder>(sync.orders[0]));
}

}  // namespace
}  // namespace rf::testing
