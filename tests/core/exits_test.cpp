#include <gtest/gtest.h>

#include "core/account/orders.hpp"
#include "tests/support/center.hpp"

/// Callers who leave by a key, or are called back.
namespace rf::core {
namespace {

using rf::testing::Center;
using rf::testing::on_key;
using rf::testing::SipDesk;

QueueConfig callback_on_key() {
  QueueConfig config;
  config.overflow = {on_key("1", OverflowTo::callback)};
  return config;
}

TEST(ExitKey, LeavesAsTheKeySays) {
  Center c;
  const QueueId other = c.queue("other");
  QueueConfig config;
  Overflow one = on_key("1", OverflowTo::queue);
  one.queue = other;
  config.overflow = {one, on_key("0", OverflowTo::hang_up)};
  const QueueId q = c.queue("q", config);
  const CallId call = c.enqueue(q), ends = c.enqueue(q);
  EXPECT_EQ(c.code(command::PressKey{call, "5"}), Code::failed_precondition);
  EXPECT_TRUE(c.last.facts.empty());
  ASSERT_EQ(c.code(command::PressKey{call, "1"}), Code::ok);
  EXPECT_EQ(c.call(call)->queue, other);
  ASSERT_EQ(c.code(command::PressKey{ends, "0"}), Code::ok);
  EXPECT_EQ(c.call(ends), nullptr);
}

TEST(ExitKey, WhileAPhoneRingsIsAWithdrawalThatAnAnswerMayBeat) {  // R14
  for (const bool answered : {false, true}) {
    QueueConfig config;
    config.overflow = {on_key("0", OverflowTo::hang_up)};
    SipDesk d(config);
    AgentConfig agent;
    agent.extension = "1001";
    const AgentId a = d.c.agent("ann", {Center::in(d.q)}, agent);
    const BindingId phone = d.c.bind("e1", a);
    d.c.make_ready(a);
    const CallId call = d.c.sip_call("e1", "100");
    const ReservationId r = d.c.offer_of(call);
    d.c.event("e1", link::CallerKey{call, "0"});
    EXPECT_TRUE(d.ordered<link::CloseOrder>());
    EXPECT_FALSE(d.ordered<link::HangupOrder>());
    if (answered) {
      d.c.event("e1", link::Answered{r, phone});
      EXPECT_EQ(d.c.call(call)->state, CallState::answered);
      continue;
    }
    d.c.event("e1", link::OfferClosed{r, CloseCause::withdrawn});
    d.c.settle();
    EXPECT_EQ(d.c.call(call)->state, CallState::closing);
    d.c.event("e1", link::LegGone{r});
  }
}

TEST(ExitKey, PressedAgainWhileThePhoneFallsSilentWritesNothing) {
  QueueConfig config;
  config.overflow = {on_key("0", OverflowTo::hang_up), on_key("1", OverflowTo::callback)};
  SipDesk d(config);
  d.agent("ann");
  const CallId call = d.call();
  ASSERT_EQ(d.c.code(command::PressKey{call, "0"}), Code::ok);
  EXPECT_EQ(d.c.code(command::PressKey{call, "0"}), Code::ok);
  EXPECT_TRUE(d.c.last.facts.empty());
  ASSERT_EQ(d.c.code(command::PressKey{call, "1"}), Code::ok);
  EXPECT_EQ(d.c.call(call)->exit.to, OverflowTo::callback) << "another key is another wish";
}

TEST(ExitKey, AKeyWithoutMeaningIsSeenAndChangesNothing) {
  SipDesk d{QueueConfig{}};
  const CallId call = d.c.sip_call("e1", "100");
  d.c.event("e1", link::CallerKey{call, "7"});
  EXPECT_EQ(d.c.last_facts(), std::vector<std::string>{"edge_seen"});
}

TEST(Callback, KeepsItsPlaceAndJumpsNoLine) {  // P13, E22
  Center c;
  QueueConfig config;
  config.wrapup_ms = 0;
  config.overflow = {on_key("1", OverflowTo::callback)};
  const QueueId q = c.queue("q", config);
  const command::Enqueue first = c.call_from(q, "100"), second_caller = c.call_from(q, "200");
  ASSERT_EQ(c.code(first), Code::ok);
  c.advance(1000);
  command::Enqueue second = second_caller;
  second.call = CallId(Ulid{9, 999});
  ASSERT_EQ(c.code(second), Code::ok);
  c.advance(1000);
  ASSERT_EQ(c.code(command::PressKey{second.call, "1"}), Code::ok);
  EXPECT_TRUE(c.call(second.call)->callback);
  EXPECT_EQ(c.code(command::RequestCallback{second.call, ""}), Code::failed_precondition) << "it is one already";
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  EXPECT_EQ(c.offered_to(first.call), a);
  c.accept(first.call);
  c.complete(first.call);
  EXPECT_EQ(c.offered_to(second.call), a);
  EXPECT_EQ(c.call(second.call)->place_uri, "200");
}

TEST(Callback, NeverMoreAreOpenThanAgentsAreFree) {  // P13
  Center c;
  const QueueId q = c.queue("q");
  std::vector<CallId> calls;
  for (int i = 0; i < 5; ++i) {
    const command::Enqueue e = c.call_from(q, std::to_string(100 + i));
    ASSERT_EQ(c.code(e), Code::ok);
    ASSERT_EQ(c.code(command::RequestCallback{e.call, ""}), Code::ok) << c.last.reply.what;
    calls.push_back(e.call);
  }
  c.ready_agent("ann", {Center::in(q)});
  c.ready_agent("bob", {Center::in(q)});
  std::size_t open = 0;
  for (const CallId id : calls) open += c.call(id)->offers.size();
  EXPECT_EQ(open, 2u);
  EXPECT_TRUE(c.offered_to(calls[0]).set() && c.offered_to(calls[1]).set());
}

TEST(Callback, IsOfferedOnceTheCallersLegIsGone) {
  QueueConfig config;
  config.overflow = {on_key("1", OverflowTo::callback)};
  for (const bool lost : {false, true}) {
    SipDesk d(config);
    d.c.attach("e2", 1, "boot");
    AgentConfig agent;
    agent.extension = "1001";
    const AgentId a = d.c.agent("ann", {Center::in(d.q)}, agent);
    d.c.bind("e1", a);
    const CallId call = d.c.sip_call("e1", "100");
    d.c.event("e1", link::CallerKey{call, "1"});
    d.c.make_ready(a);
    EXPECT_FALSE(d.c.offered_to(call).set()) << "the edge would ring for the caller who hangs up";
    const link::Sync sync = orders(d.c.account(), "e1");
    ASSERT_EQ(sync.orders.size(), 1u);
    EXPECT_TRUE(std::holds_alternative<link::HangupOrder>(sync.orders[0])) << "said until it is done";
    if (lost)
      d.c.attach("e1", 2, "boot");
    else
      d.c.event("e1", link::CallEnded{call, EndCause::ordered});
    ASSERT_EQ(d.c.facts<fact::CallerGone>().size(), 1u);
    if (lost) d.c.bind("e1", a);
    EXPECT_EQ(d.c.offered_to(call), a);
  }
}

TEST(Callback, IsNotLostToAFurtherKey) {
  QueueConfig config;
  config.overflow = {on_key("0", OverflowTo::hang_up), on_key("1", OverflowTo::callback)};
  for (const char* second : {"0", "1"}) {
    SipDesk d(config);
    const CallId call = d.call();
    d.c.event("e1", link::CallerKey{call, "1"});
    d.c.event("e1", link::CallerKey{call, second});
    EXPECT_EQ(d.c.last_facts(), std::vector<std::string>{"edge_seen"});
    d.c.event("e1", link::CallEnded{call, EndCause::ordered});
    ASSERT_NE(d.c.call(call), nullptr);
    EXPECT_EQ(d.c.code(command::PressKey{call, second}), Code::failed_precondition);
    EXPECT_EQ(d.c.call(call)->state, CallState::waiting);
  }
}

TEST(Callback, CalledOffTwiceIsCalledOffOnce) {
  SipDesk d{QueueConfig{}};
  const CallId call = d.call();
  ASSERT_EQ(d.c.code(command::RequestCallback{call, ""}), Code::ok);
  d.c.event("e1", link::CallEnded{call, EndCause::ordered});
  d.agent("ann");
  ASSERT_TRUE(d.c.offered_to(call).set());
  ASSERT_EQ(d.c.code(command::CompleteCall{call}), Code::ok);
  EXPECT_TRUE(d.c.call(call)->exits);
  EXPECT_EQ(d.c.code(command::CompleteCall{call}), Code::ok);
  EXPECT_TRUE(d.c.last.facts.empty());
}

TEST(Callback, OfASipCallLetsTheCallerGoAndRingsWithTheAddress) {
  SipDesk d(callback_on_key());
  const CallId call = d.c.sip_call("e1", "100");
  d.c.event("e1", link::CallerKey{call, "1"});
  EXPECT_TRUE(d.ordered<link::HangupOrder>());
  d.c.event("e1", link::CallEnded{call, EndCause::ordered});
  ASSERT_NE(d.c.call(call), nullptr) << "the call goes on without its caller";
  EXPECT_EQ(d.c.call(call)->state, CallState::waiting);
  AgentConfig agent;
  agent.extension = "1001";
  const AgentId a = d.c.agent("ann", {Center::in(d.q)}, agent);
  const BindingId phone = d.c.bind("e1", a);
  d.c.make_ready(a);
  ASSERT_EQ(d.c.offered_to(call), a);
  ASSERT_TRUE(d.ordered<link::RingOrder>());
  const auto& ring = std::get<link::RingOrder>(d.c.last.orders.back().body);
  EXPECT_EQ(ring.place_uri, "sip:caller@192.0.2.1");
  EXPECT_EQ(ring.place_caller, "100");
  d.c.event("e1", link::Answered{d.c.offer_of(call), phone});
  EXPECT_EQ(d.c.bucket(a), Bucket::incall);
}

TEST(Callback, OutlivesItsEdge) {
  SipDesk d(callback_on_key());
  const CallId call = d.c.sip_call("e1", "100");
  d.c.event("e1", link::CallerKey{call, "1"});
  d.c.event("e1", link::CallEnded{call, EndCause::ordered});
  d.c.attach("e1", 2, "other boot");
  ASSERT_NE(d.c.call(call), nullptr);
  EXPECT_EQ(d.c.call(call)->state, CallState::waiting);
}

}  // namespace
}  // namespace rf::core
