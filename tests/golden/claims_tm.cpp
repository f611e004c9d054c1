#include "node/report/summary.hpp"
#include "tests/golden/claims.hpp"
#include "tests/golden/scene.hpp"
#include "tests/support/berlin.hpp"

/// TM: the agent's workspace.
namespace rf::testing {

using namespace rf::core;

namespace {

QueueConfig asking_for_outcomes() {
  QueueConfig config;
  config.dispositions = true;
  config.wrapup_ms = 30 * second_ms;
  return config;
}

void tm_2(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const QueueId sales = c.queue("sales", asking_for_outcomes()), support = c.queue("support");
  const std::vector<Membership> both = {Center::in(sales), Center::in(support)};
  const AgentId alice = c.agent("alice", both);
  AgentConfig config;
  config.participant = true;
  config.external_endpoint = true;
  AgentId door;
  s.given("sales, which asks for an outcome of each call, and support; the agent alice of both, logged out");
  s.does("an extension without the agent feature, door, joins both queues: it needs no login",
         [&] { door = c.agent("door", both, config); });
  CallId call;
  s.does("a call comes to sales, door answers, it is over", [&] {
    call = c.enqueue(sales);
    c.accept(call);
    c.complete(call);
  });
  s.does("an outcome is given for door", command::SetDisposition{call, door, {Category::success, "sold", "", {}}});
  s.passes(30 * second_ms);
  s.does("door is paused in sales only", command::SetMembershipPaused{door, sales, true, "delivery"});
  s.does("a call comes to sales", [&] { call = c.enqueue(sales); });
  s.who_gets("call-2", call);
  s.does("a call comes to support", [&] { call = c.enqueue(support); });
  s.does("the caller gives up", [&] { c.complete(call); });
  s.does("door is paused everywhere", command::SetStatus{door, Status::on_break, "lunch"});
  s.does("door places a call meanwhile", command::BeginExternalCall{door, "+4930777", "", true});
  s.does("the agent alice places one, logged out", command::BeginExternalCall{alice, "+4930777"});
}

void tm_3(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const QueueId sales = c.queue("sales"), outbound = c.queue("outbound");
  const AgentId alice = c.ready_agent("alice", {Center::in(sales)});
  s.given("alice is ready in sales and has no outbound queue");
  s.does("alice calls a customer", command::BeginExternalCall{alice, "+4930777", "", true});
  s.does("she is called by a colleague, which no queue counts", command::BeginExternalCall{alice, "22"});
  s.does("that call ends", command::EndExternalCall{alice});
  AgentConfig config = c.at(alice).config;
  config.outbound_queue = outbound;
  s.does("outbound is made her outbound queue", command::SetAgent{alice, config, {Center::in(sales)}});
  s.does("alice calls a customer", command::BeginExternalCall{alice, "+4930777", "", true});
}

void tm_6(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const QueueId sales = c.queue("sales");
  const AgentId alice = c.ready_agent("alice", {Center::in(sales)});
  s.given("alice is ready in sales");
  s.does("alice pauses without a reason", command::SetStatus{alice, Status::on_break, ""});
  s.does("alice pauses for lunch", command::SetStatus{alice, Status::on_break, "lunch"});
  CallId call;
  s.does("a call comes to sales", [&] { call = c.enqueue(sales); });
  command::Enqueue direct = c.call_from(QueueId(), "+4930777");
  direct.agent = alice;
  s.does("a call comes for her alone", direct);
  s.does("she wants to call somebody", command::BeginExternalCall{alice, "+4930777"});
  s.passes(120 * second_ms);
  s.who_gets("call-1", call);
  s.answers("what everybody sees of alice", {std::string(name_of(c.bucket(alice))) + " (" + c.at(alice).reason +
                                             ") for " + duration(c.ts - c.at(alice).bucket_since_ts)});
  s.does("she is back: the call that is hers alone comes first", command::SetStatus{alice, Status::available});
}

void tm_13(std::ostream& out) {
  Center c;
  Scene s(out, c);
  Settings settings;
  settings.break_reasons = {BreakReason{"lunch", {}, true, 0}};
  c.settings(settings);
  const QueueId sales = c.queue("sales", asking_for_outcomes());
  const AgentId alice = c.ready_agent("alice", {Center::in(sales)});
  s.given("sales asks for an outcome and gives 30 s for it; lunch is configured as unproductive");
  const auto served = [&] {
    const CallId call = c.enqueue(sales);
    c.talk(call);
    return call;
  };
  s.does("alice has a call", served);
  s.passes(30 * second_ms);
  CallId call;
  s.does("alice has a second call", [&] { call = served(); });
  s.passes(10 * second_ms);
  s.does("she says in time what came of it", command::SetDisposition{call, alice, {Category::success, "sold", "", {}}});
  s.does("she goes to lunch", command::SetStatus{alice, Status::on_break, "lunch"});
  s.does("ten minutes later she is back", [&] {
    c.advance(600 * second_ms);
    c.status(alice, Status::available);
  });
  node::Summary report(0, c.ts);
  for (const Fact& fact : c.log) report.take(fact);
  std::vector<std::string> lines;
  const node::Attendance attendance = report.agents().front().attendance;
  for (const node::Pause& pause : attendance.pauses)
    lines.push_back(pause.reason + " " + duration(pause.until_ts - pause.from_ts) +
                    (pause.by_system ? ", by the system" : ", by the agent") +
                    (pause.unproductive ? ", unproductive" : ", productive"));
  s.answers("the report of alice's pauses", lines);
}

void tm_22(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const Berlin zones;
  c.zones = &zones;
  c.advance(Berlin::spring_midnight_ts - 3 * hour_ms - c.ts);
  Settings settings;
  settings.auto_logoff = true;
  settings.time_zone = "Europe/Berlin";
  settings.day_end_min = 23 * 60;
  c.settings(settings);
  const QueueId sales = c.queue("sales");
  c.ready_agent("alice", {Center::in(sales)});
  const AgentId bob = c.ready_agent("bob", {Center::in(sales)});
  s.given(
      "the account's day ends at 23:00 in Berlin; there it is 21:00; alice and bob are ready and forget to log off");
  CallId call;
  s.passes(2 * hour_ms - second_ms);
  s.does("a second before 23:00 a call comes, and is answered", [&] {
    call = c.enqueue(sales);
    c.accept(call);
  });
  s.passes(second_ms);
  s.does("the call is over", [&] { c.complete(call); });
  s.does("bob logs in for the night", command::Login{bob, {sales}});
  s.passes(hour_ms);
}

}  // namespace

std::vector<Claim> tm_claims() {
  return {{"TM-2", tm_2}, {"TM-3", tm_3}, {"TM-6", tm_6}, {"TM-13", tm_13}, {"TM-22", tm_22}};
}

}  // namespace rf::testing
