#include "node/api/state_word.hpp"
#include "tests/golden/claims.hpp"
#include "tests/golden/scene.hpp"

/// CX: who can take calls.
namespace rf::testing {

using namespace rf::core;

namespace {

void cx_1(std::ostream& out) {
  PhoneDesk d;
  Scene s(out, d.c);
  s.name(d.q, "sales");
  const QueueId attic = d.c.queue("attic");
  AgentConfig config;
  config.role = Role::admin;
  const AgentId alice = d.c.agent("alice", {Center::in(attic)}, config);
  s.given("an administrator alice without extension and phone, member of a queue that no number leads to, logged out");
  s.why_not_ready("alice", alice);
  const CallId call = d.call();
  s.given("a call that waits in sales: call-1");
  s.does("alice gets the role agent, an extension and a place in sales",
         command::SetAgent{alice, with_extension("alice", "21"), {Center::in(d.q)}});
  s.does("alice logs in for sales", command::Login{alice, {d.q}});
  s.does("alice says that she is available", command::SetStatus{alice, Status::available});
  s.why_not_ready("alice", alice);
  s.does("her phone registers", [&] { d.phone_up(alice); });
  s.who_gets("call-1", call);
}

void cx_2(std::ostream& out) {
  PhoneDesk d;
  Scene s(out, d.c);
  s.name(d.q, "sales");
  AgentConfig config = with_extension("alice", "21");
  config.role = Role::admin;
  const AgentId alice = d.c.agent("alice", {Center::in(d.q)}, config);
  d.phone_up(alice);
  d.c.make_ready(alice);
  s.given("an administrator alice who has everything but the role of an agent: extension, phone, queue, available");
  CallId call;
  s.does("a caller dials 100", [&] { call = d.call(); });
  s.who_gets("call-1", call);
  config.role = Role::agent;
  s.does("alice is set up as an agent", command::SetAgent{alice, config, {Center::in(d.q)}});
}

void cx_7(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const QueueId sales = c.queue("sales");
  const AgentId alice = c.agent("alice", {Center::in(sales)});
  s.given("alice, an agent of sales, logged out");
  const auto word = [&] { s.answers("what alice is called", {std::string(node::presence_word(c.at(alice)))}); };
  word();
  s.does("alice logs in and says that she is available", [&] { c.make_ready(alice); });
  word();
  CallId call;
  s.does("a call comes to sales", [&] { call = c.enqueue(sales); });
  word();
  s.does("alice answers", [&] { c.accept(call); });
  word();
  s.does("the call is over", [&] { c.complete(call); });
  word();
  s.does("alice goes home", command::Logout{alice, "home"});
  word();
}

void cx_8(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const QueueId sales = c.queue("sales");
  const std::vector<Membership> in_sales = {Center::in(sales)};
  c.ready_agent("carol", in_sales);
  c.talk(c.enqueue(sales));
  c.ready_agent("alice", in_sales);
  const AgentId bob = c.ready_agent("bob", in_sales);
  c.status(bob, Status::on_break);
  c.agent("dave", in_sales);
  c.run(command::Login{c.agent("erin", in_sales), {sales}});
  s.given("five agents of sales: alice available, bob on a break, carol in wrap-up, dave offline, erin not ready");
  CallId call;
  s.does("a call comes to sales", [&] { call = c.enqueue(sales); });
  s.does("another comes", [&] { call = c.enqueue(sales); });
  s.who_gets("call-3", call);
  s.does("bob's break is over", command::SetStatus{bob, Status::available});
}

void cx_9(std::ostream& out) {
  PhoneDesk d;
  Scene s(out, d.c);
  s.name(d.q, "sales");
  const AgentId alice = d.agent("alice");
  const AgentId bob = d.agent("bob");
  d.c.status(bob, Status::on_break);
  const CallId first = d.call(), second = d.call();
  s.given("alice's phone rings for call-1, call-2 waits behind it, bob is on a break");
  s.who_gets("call-1", first);
  const ReservationId ringing = d.c.offer_of(first);
  s.does("alice goes offline", command::Logout{alice, "home"});
  s.does("her phone is silent", [&] {
    d.c.event("e1", link::OfferClosed{ringing, CloseCause::withdrawn});
    d.c.event("e1", link::LegGone{ringing});
  });
  s.does("a third call comes", [&] { d.call(); });
  s.does("bob comes back and gets the call that was first", command::SetStatus{bob, Status::available});
  s.who_gets("call-2", second);
}

void cx_12(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const QueueId sales = c.queue("sales"), support = c.queue("support");
  c.ready_agent("alice", {Center::in(sales)});
  c.ready_agent("bob", {Center::in(support)});
  const AgentId carol = c.ready_agent("carol", {Center::in(sales)});
  s.given("alice and carol are ready in sales, bob in support");
  command::Enqueue call = c.call_from(sales, "+4930777");
  call.caller_name = "Mr Finch";
  call.attributes = {{"booking", "B-17"}};
  s.does("Mr Finch calls sales", call);
  s.who_gets("call-1", call.call);
  command::Enqueue direct = c.call_from(QueueId(), "+4930888");
  direct.agent = carol;
  s.does("Mrs Hall is routed to carol", direct);
  s.who_gets("call-2", direct.call);
}

void cx_15(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const QueueId sales = c.queue("sales");
  AgentConfig speaks;
  speaks.external_endpoint = true;
  c.ready_agent("bob", {Center::in(sales)});
  speaks.skills = {{"french", 5}, {"spa", 2}};
  const AgentId alice = c.agent("alice", {Center::in(sales)}, speaks);
  s.given("bob, without skills, is ready in sales, and has been idle for longer than anybody");
  s.does("alice, who speaks French and knows the spa a little, logs in", [&] { c.make_ready(alice); });
  command::Enqueue french = c.call_from(sales, "+331");
  french.required = {{"french", 3}};
  s.does("a caller who needs French at level 3 calls", french);
  s.does("alice does not take it", [&] { c.reject(french.call); });
  s.who_gets("call-1", french.call);
  s.does("a caller who needs nothing calls", [&] { c.enqueue(sales); });
}

}  // namespace

std::vector<Claim> cx_claims() {
  return {{"CX-1", cx_1}, {"CX-2", cx_2},   {"CX-7", cx_7},  {"CX-8", cx_8},
          {"CX-9", cx_9}, {"CX-12", cx_12}, {"CX-15", cx_15}};
}

}  // namespace rf::testing
