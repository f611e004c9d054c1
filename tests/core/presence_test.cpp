#include <gtest/gtest.h>

#include "core/presence/explain.hpp"

#include "core/presence/bucket.hpp"
#include "tests/support/center.hpp"

namespace rf::core {
namespace {

using rf::testing::Center;

TEST(Presence, LoginDoesNotMakeAvailable) {  // PD-1, PD-4
  Center c;
  const QueueId q = c.queue("sales");
  const AgentId a = c.agent("ann", {Center::in(q)});
  EXPECT_EQ(c.bucket(a), Bucket::offline);
  c.run(command::Login{a, {}});
  EXPECT_EQ(c.bucket(a), Bucket::idle);
  c.status(a, Status::available);
  EXPECT_EQ(c.bucket(a), Bucket::idle) << "available with no active queue is not ready";
  c.run(command::SetMembershipActive{a, q, true, Asker::agent});
  EXPECT_EQ(c.bucket(a), Bucket::ready);
}

TEST(Presence, AutoReadyAndAutoQueueLogin) {  // PD-2, PD-3, PD-9
  Center c;
  Settings settings;
  settings.key = "test";
  settings.auto_ready_on_login = true;
  settings.auto_queue_login = true;
  c.run(command::SetSettings{settings});
  const QueueId s = c.queue("static"), d = c.queue("dynamic"), m = c.queue("mandatory"), v = c.queue("supervised");
  std::vector<Membership> memberships = {Center::in(s), Center::in(d), Center::in(m), Center::in(v)};
  memberships[1].mode = MembershipMode::dynamic;
  memberships[2].mode = MembershipMode::mandatory;
  memberships[3].mode = MembershipMode::supervisor_managed;
  const AgentId a = c.agent("ann", memberships);
  c.run(command::Login{a, {}});
  EXPECT_EQ(c.bucket(a), Bucket::ready);
  EXPECT_TRUE(c.at(a).memberships[0].active);
  EXPECT_FALSE(c.at(a).memberships[1].active);
  EXPECT_TRUE(c.at(a).memberships[2].active);
  EXPECT_FALSE(c.at(a).memberships[3].active);

  EXPECT_EQ(c.run(command::SetMembershipActive{a, m, false, Asker::agent}).reply.code, Code::permission_denied);
  EXPECT_EQ(c.run(command::SetMembershipActive{a, v, true, Asker::agent}).reply.code, Code::permission_denied);
  EXPECT_TRUE(c.run(command::SetMembershipActive{a, v, true, Asker::supervisor}).reply.ok());
}

TEST(Presence, BucketPrecedence) {  // PD-7
  Center c;
  const QueueId q = c.queue("sales");
  AgentConfig phone;
  phone.extension = "1001";
  const AgentId a = c.agent("ann", {Center::in(q)}, phone);
  c.make_ready(a);
  EXPECT_EQ(c.bucket(a), Bucket::unreachable);
  c.attach("x", 1, "boot");
  const BindingId b = c.bind("x", a);
  EXPECT_EQ(c.bucket(a), Bucket::ready);
  c.status(a, Status::on_break);
  EXPECT_EQ(c.bucket(a), Bucket::paused);
  c.event("x", link::BindingDown{b, "unregister"});
  EXPECT_EQ(c.bucket(a), Bucket::unreachable) << "unreachable outranks paused";
  c.run(command::SetExternalCalls{a, 1});
  EXPECT_EQ(c.bucket(a), Bucket::extcall) << "extcall outranks everything";
  c.run(command::Logout{a, "end of shift"});
  EXPECT_EQ(c.bucket(a), Bucket::extcall);
  c.run(command::SetExternalCalls{a, 0});
  EXPECT_EQ(c.bucket(a), Bucket::offline);
}

TEST(Presence, IllegalTransitionsAreNamedAndLeaveNoFact) {  // P16
  Center c;
  const QueueId q = c.queue("sales");
  const AgentId a = c.agent("ann", {Center::in(q)});
  const std::uint64_t seq = c.account().seq;
  EXPECT_EQ(c.run(command::SetStatus{a, Status::available, ""}).reply.code, Code::failed_precondition);
  EXPECT_NE(c.last.reply.what.find("offline -> available"), std::string::npos) << c.last.reply.what;
  EXPECT_EQ(c.run(command::EndWrapup{a}).reply.code, Code::failed_precondition);
  EXPECT_EQ(c.run(command::Logout{a, ""}).reply.code, Code::failed_precondition);
  EXPECT_EQ(c.run(command::Login{AgentId(Ulid{9, 9}), {}}).reply.code, Code::not_found);
  EXPECT_EQ(c.account().seq, seq);
  c.run(command::Login{a, {}});
  EXPECT_EQ(c.run(command::Login{a, {}}).reply.code, Code::failed_precondition);
  EXPECT_EQ(c.run(command::SetStatus{a, Status::on_break, ""}).reply.code, Code::invalid_argument);
  EXPECT_EQ(c.run(command::SetStatus{a, Status::not_ready, ""}).facts.size(), 0u) << "no change, no fact (P9)";
}

TEST(Presence, WrapupByTimerByHandAndByPrecedence) {  // RP-4, RP-5
  Center c;
  QueueConfig config;
  config.wrapup_ms = 5000;
  const QueueId q = c.queue("sales", config);
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  CallId call = c.enqueue(q);
  c.accept(call);
  EXPECT_EQ(c.bucket(a), Bucket::incall);
  c.complete(call);
  EXPECT_EQ(c.bucket(a), Bucket::wrapup);
  c.advance(4999);
  EXPECT_EQ(c.bucket(a), Bucket::wrapup);
  c.advance(1);
  EXPECT_EQ(c.bucket(a), Bucket::ready);

  call = c.enqueue(q);
  c.accept(call);
  c.complete(call);
  EXPECT_TRUE(c.run(command::EndWrapup{a}).reply.ok());
  EXPECT_EQ(c.bucket(a), Bucket::ready);

  Membership m = Center::in(q);
  m.wrapup_ms = 0;
  c.run(command::SetAgent{a, c.at(a).config, {m}});
  call = c.enqueue(q);
  c.accept(call);
  c.complete(call);
  EXPECT_EQ(c.bucket(a), Bucket::ready) << "the membership's 0 means none";
}

TEST(Presence, DefaultWrapupIsSixtySeconds) {
  Center c;
  const QueueId q = c.queue("sales");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const CallId call = c.enqueue(q);
  c.accept(call);
  c.complete(call);
  c.advance(59'999);
  EXPECT_EQ(c.bucket(a), Bucket::wrapup);
  c.advance(1);
  EXPECT_EQ(c.bucket(a), Bucket::ready);
}

TEST(Presence, OfflineDuringACallEndsWithoutWrapup) {
  Center c;
  const QueueId q = c.queue("sales");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const CallId call = c.enqueue(q);
  c.accept(call);
  c.run(command::Logout{a, ""});
  EXPECT_EQ(c.bucket(a), Bucket::incall);
  c.complete(call);
  EXPECT_EQ(c.bucket(a), Bucket::offline);
}

TEST(Presence, ExplainReadinessNamesEveryFailedCondition) {  // CX-1, CX-2, CX-14
  Center c;
  const QueueId q = c.queue("sales");
  AgentConfig config;
  config.role = Role::admin;
  const AgentId a = c.agent("ann", {Center::in(q)}, config);
  const auto why = [&](AgentId id) { return explain_readiness(c.account(), c.at(id)); };
  EXPECT_EQ(why(a),
            (std::vector<std::string>{
                "the role is admin: give the user the role agent or supervisor to take calls",
                "no extension is set: give the agent one and register its phone", "the agent is logged out: log in",
                "no queue is active for the agent: select queues at login or activate a membership"}));
  // Everything but the right to take calls: still no offer.
  config.key = "ann";
  config.extension = "1001";
  config.external_endpoint = true;
  ASSERT_TRUE(c.run(command::SetAgent{a, config, {Center::in(q)}}).reply.ok());
  c.make_ready(a);
  EXPECT_EQ(why(a).size(), 1u);
  EXPECT_TRUE(c.call(c.enqueue(q))->offers.empty());

  const AgentId b = c.agent("bob", {});
  EXPECT_EQ(why(b).front(), "the agent belongs to no queue: add a membership");
  const AgentId d = c.ready_agent("dan", {Center::in(q)});
  EXPECT_EQ(why(d), std::vector<std::string>{"the agent is being offered a call: wait for its outcome"});
  const AgentId e = c.ready_agent("eve", {Center::in(q)});
  EXPECT_TRUE(why(e).empty());
}

TEST(Presence, RemovedAgentKeepsItsCallToTheEnd) {  // LS-24
  Center c;
  const QueueId q = c.queue("sales");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const CallId call = c.enqueue(q);
  c.accept(call);
  EXPECT_TRUE(c.run(command::RemoveAgent{a}).reply.ok());
  EXPECT_EQ(c.call(call)->state, CallState::answered);
  c.complete(call);
  EXPECT_EQ(c.bucket(a), Bucket::offline);
  EXPECT_EQ(c.run(command::Login{a, {}}).reply.code, Code::not_found);
}

TEST(Presence, RemovedAgentIsOnNoExternalCall) {
  Center c;
  const AgentId a = c.ready_agent("ann", {Center::in(c.queue("sales"))});
  ASSERT_TRUE(c.run(command::BeginExternalCall{a, "1"}).reply.ok());
  ASSERT_TRUE(c.run(command::RemoveAgent{a}).reply.ok());
  EXPECT_EQ(c.bucket(a), Bucket::offline) << "nobody could end it any more";
  c.run(command::SetAgent{a, c.at(a).config, {}});
  c.make_ready(a);
  EXPECT_EQ(c.bucket(a), Bucket::idle);
}

}  // namespace
}  // namespace rf::core
