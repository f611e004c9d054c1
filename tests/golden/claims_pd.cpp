#include "tests/golden/claims.hpp"
#include "tests/golden/scene.hpp"

/// PD: states and readiness.
namespace rf::testing {

using namespace rf::core;

namespace {

void pd_1(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const QueueId sales = c.queue("sales");
  const AgentId alice = c.agent("alice", {Center::in(sales)});
  CallId call;
  s.given("alice, an agent of sales, logged out");
  s.does("a call comes to sales", [&] { call = c.enqueue(sales); });
  s.does("alice logs in for sales", command::Login{alice, {sales}});
  s.who_gets("call-1", call);
  s.does("alice says that she is available", command::SetStatus{alice, Status::available});
}

void pd_2(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const QueueId sales = c.queue("sales");
  const AgentId alice = c.agent("alice", {Center::in(sales)}), bob = c.agent("bob", {Center::in(sales)});
  c.enqueue(sales);
  s.given("alice and bob of sales, both logged out; call-1 waits");
  s.does("alice logs in for sales", command::Login{alice, {sales}});
  Settings settings = c.account().settings;
  settings.auto_ready_on_login = true;
  s.does("the account sets auto_ready_on_login", command::SetSettings{settings});
  s.does("bob logs in for sales", command::Login{bob, {sales}});
}

/// One membership of each mode, in queues of these names.
std::vector<Membership> one_of_each(Center& c) {
  std::vector<Membership> all;
  for (const auto& [key, mode] : {std::pair{"static-q", MembershipMode::static_},
                                  {"dynamic-q", MembershipMode::dynamic},
                                  {"mandatory-q", MembershipMode::mandatory},
                                  {"managed-q", MembershipMode::supervisor_managed}}) {
    all.push_back(Center::in(c.queue(key)));
    all.back().mode = mode;
  }
  return all;
}

void pd_3(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const std::vector<Membership> all = one_of_each(c);
  const AgentId alice = c.agent("alice", all), bob = c.agent("bob", all);
  s.given("alice and bob, each with one membership of every mode, the queues named after the mode; both logged out");
  s.does("alice logs in and selects nothing", command::Login{alice, {}});
  Settings settings = c.account().settings;
  settings.auto_queue_login = true;
  s.does("the account sets auto_queue_login", command::SetSettings{settings});
  s.does("bob logs in and selects nothing", command::Login{bob, {}});
}

void pd_4(std::ostream& out) {
  PhoneDesk d;
  Scene s(out, d.c);
  s.name(d.q, "sales");
  const AgentId alice = d.c.agent("alice", {Center::in(d.q)}, with_extension("alice", "21"));
  const CallId call = d.call();
  s.given("alice, an agent of sales, logged out, without a phone; call-1 waits; both settings are off");
  s.does("alice logs in and selects nothing", command::Login{alice, {}});
  s.does("her phone registers", [&] { d.phone_up(alice); });
  s.does("she says that she is available", command::SetStatus{alice, Status::available});
  s.who_gets("call-1", call);
  s.does("she chooses sales", command::SetMembershipActive{alice, d.q, true, Asker::agent});
}

void pd_5(std::ostream& out) {
  PhoneDesk d;
  Scene s(out, d.c);
  s.name(d.q, "sales");
  const AgentId alice = d.agent("alice");
  s.given("alice is ready in sales");
  s.signals_of("alice", alice);
  CallId call;
  s.does("a call comes and she answers: the call state changes", [&] {
    call = d.call();
    d.answers(call);
  });
  s.signals_of("alice", alice);
  s.does("her phone's registration ends: reachability changes", [&] { d.phone_down(alice); });
  s.signals_of("alice", alice);
  s.does("the caller hangs up", [&] { d.hangs_up(call); });
  s.does("she asks for a break: the chosen status changes", command::SetStatus{alice, Status::on_break, "lunch"});
  s.signals_of("alice", alice);
  s.does("her phone is back, then her wrap-up is over", [&] {
    d.phone_up(alice);
    d.c.run(command::EndWrapup{alice});
  });
  s.signals_of("alice", alice);
}

void pd_6(std::ostream& out) {
  PhoneDesk d;
  Scene s(out, d.c);
  s.name(d.q, "sales");
  const AgentId alice = d.agent("alice");
  d.phone_down(alice);
  d.c.run(command::SetExternalCalls{alice, 1});
  d.c.status(alice, Status::on_break);
  const CallId first = d.call(), second = d.call();
  s.given("alice on a break, on an outside call, her phone gone; call-1 and call-2 wait");
  s.does("her phone is back", [&] { d.phone_up(alice); });
  s.does("her outside call ends", command::SetExternalCalls{alice, 0});
  s.does("she is available: both calls want her, one gets her", command::SetStatus{alice, Status::available});
  s.who_gets("call-2", second);
  s.does("she answers", [&] { d.answers(first); });
  s.does("the caller hangs up: wrap-up", [&] { d.hangs_up(first); });
  s.does("her outside call begins, then her wrap-up ends", [&] {
    d.c.run(command::SetExternalCalls{alice, 1});
    d.c.run(command::EndWrapup{alice});
  });
  s.does("it ends: nothing is in the way any more", command::SetExternalCalls{alice, 0});
}

void pd_7(std::ostream& out) {
  PhoneDesk d;
  Scene s(out, d.c);
  s.name(d.q, "sales");
  const AgentId alice = d.c.agent("alice", {Center::in(d.q)}, with_extension("alice", "21"));
  d.phone_up(alice);
  s.given("alice, an agent of sales, logged out, with a phone: offline");
  s.does("she logs in: idle", command::Login{alice, {d.q}});
  s.does("she is available: ready", command::SetStatus{alice, Status::available});
  CallId call;
  s.does("a call comes: ring", [&] { call = d.call(); });
  s.does("she answers: incall", [&] { d.answers(call); });
  s.does("an outside call begins: extcall comes before incall", command::SetExternalCalls{alice, 1});
  s.does("the outside call ends", command::SetExternalCalls{alice, 0});
  s.does("her phone is gone: incall comes before unreachable", [&] { d.phone_down(alice); });
  s.does("the caller hangs up: unreachable comes before wrapup", [&] { d.hangs_up(call); });
  s.does("her phone is back: wrapup", [&] { d.phone_up(alice); });
  s.does("she asks for a break: paused comes before wrapup", command::SetStatus{alice, Status::on_break, "lunch"});
  s.does("her phone is gone: unreachable comes before paused", [&] { d.phone_down(alice); });
  s.does("she logs out: offline comes before unreachable", command::Logout{alice, "home"});
}

void pd_8(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const QueueId sales = c.queue("sales");
  Membership late = member(sales, 1, 1);
  late.delay_ms = 10 * second_ms;
  s.given("the queue sales");
  s.does("dora joins at tier 1, position 1, with a delay of 10 s", [&] { c.ready_agent("dora", {late}); });
  s.does("carol joins at tier 2", [&] { c.ready_agent("carol", {member(sales, 2, 1)}); });
  s.does("bob joins at tier 1, position 2", [&] { c.ready_agent("bob", {member(sales, 1, 2)}); });
  s.does("alice joins at tier 1, position 1", [&] { c.ready_agent("alice", {member(sales, 1, 1)}); });
  CallId call;
  s.does("a call comes: lowest tier, first position", [&] { c.enqueue(sales); });
  s.does("a second comes: the position breaks the tie", [&] { c.enqueue(sales); });
  s.does("a third comes: the next tier", [&] { c.enqueue(sales); });
  s.does("a fourth comes", [&] { call = c.enqueue(sales); });
  s.who_gets("call-4", call);
  s.passes(10 * second_ms);
}

void pd_9(std::ostream& out) {
  Center c;
  Scene s(out, c);
  Settings settings = c.account().settings;
  settings.auto_queue_login = true;
  c.settings(settings);
  const std::vector<Membership> all = one_of_each(c);
  const AgentId alice = c.agent("alice", all);
  const QueueId fixed = all[0].queue, chosen = all[1].queue, must = all[2].queue, managed = all[3].queue;
  s.given("alice, with one membership of every mode, the queues named after the mode; auto_queue_login is on");
  s.does("she logs in and selects the supervisor's queue", command::Login{alice, {managed}});
  s.does("she logs in and selects nothing", command::Login{alice, {}});
  const auto switches = [&](const std::string& words, QueueId queue, bool on, Asker asker) {
    s.does(words, command::SetMembershipActive{alice, queue, on, asker});
  };
  switches("she chooses the dynamic one", chosen, true, Asker::agent);
  switches("she leaves the static one", fixed, false, Asker::agent);
  switches("she leaves the mandatory one", must, false, Asker::agent);
  switches("she joins the supervisor's", managed, true, Asker::agent);
  switches("a supervisor switches it on", managed, true, Asker::supervisor);
}

void pd_12(std::ostream& out) {
  Center c;
  Scene s(out, c);
  Settings settings = c.account().settings;
  settings.not_ready_off_shift = true;
  c.settings(settings);
  const QueueId sales = c.queue("sales");
  const AgentId alice = c.ready_agent("alice", {Center::in(sales)});
  const auto at = [from_ts = c.ts](Ms minutes) { return from_ts + minutes * 60 * second_ms; };
  s.given("agents are set not ready outside their shift; alice is ready in sales");
  s.does("her shift is planned: two hours from now on, a lunch of 30 minutes after the first",
         command::SetShifts{alice, {Shift{at(0), at(120), {Activity{"lunch", at(60), at(90)}}}}});
  const auto later = [&](const std::string& words, Ms ms) { s.does(words, [&] { c.advance(ms); }); };
  later("an hour later: lunch by plan", hour_ms);
  later("half an hour later: back to the queue", hour_ms / 2);
  const auto switched = [&](bool on, Asker asker, bool lock) {
    return command::SetMembershipActive{alice, sales, on, asker, lock};
  };
  s.does("a supervisor takes her off sales and locks that", switched(false, Asker::supervisor, true));
  s.does("she wants to join sales again", switched(true, Asker::agent, false));
  s.does("the supervisor lets her join again", switched(true, Asker::supervisor, false));
  later("half an hour later: her shift is over", hour_ms / 2);
  CallId call;
  s.does("a call comes to sales", [&] { call = c.enqueue(sales); });
  s.who_gets("call-1", call);
  s.does("she works on", command::SetStatus{alice, Status::available});
}

}  // namespace

std::vector<Claim> pd_claims() {
  return {{"PD-1", pd_1}, {"PD-2", pd_2}, {"PD-3", pd_3}, {"PD-4", pd_4}, {"PD-5", pd_5},
          {"PD-6", pd_6}, {"PD-7", pd_7}, {"PD-8", pd_8}, {"PD-9", pd_9}, {"PD-12", pd_12}};
}

}  // namespace rf::testing
