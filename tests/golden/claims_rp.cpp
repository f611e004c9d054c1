#include "node/api/state_word.hpp"
#include "tests/golden/claims.hpp"
#include "tests/golden/scene.hpp"

/// RP: managing agents.
namespace rf::testing {

using namespace rf::core;

namespace {

void rp_1(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const QueueId sales = c.queue("sales");
  const AgentId alice = c.agent("alice", {Center::in(sales)});
  const auto word = [&] { s.answers("alice's state", {std::string(node::state_word(c.at(alice)))}); };
  s.given("alice, an agent of sales, logged out");
  CallId first;
  s.does("a call comes to sales", [&] { first = c.enqueue(sales); });
  word();
  s.does("alice logs in for sales", command::Login{alice, {sales}});
  s.does("she is away", command::SetStatus{alice, Status::on_break, "away"});
  word();
  s.does("she wants not to be disturbed", command::SetStatus{alice, Status::on_break, "dnd"});
  word();
  s.does("she is in a meeting", command::SetStatus{alice, Status::on_break, "meeting"});
  word();
  s.does("she is available", command::SetStatus{alice, Status::available});
  word();
  s.does("she answers", [&] { c.accept(first); });
  word();
  s.does("a second call comes", [&] { c.enqueue(sales); });
  s.does("the first is over", [&] { c.complete(first); });
  word();
  s.does("the second caller gives up", [&] { c.complete(c.account().calls.begin()->first); });
  s.does("alice ends her wrap-up", command::EndWrapup{alice});
  word();
}

void rp_2(std::ostream& out) {
  PhoneDesk d;
  Scene s(out, d.c);
  s.name(d.q, "sales");
  Settings settings = d.c.account().settings;
  settings.availability = AvailabilityMode::follow_reachability;
  d.c.settings(settings);
  const AgentId alice = d.c.agent("alice", {Center::in(d.q)}, with_extension("alice", "21"));
  s.given("alice, an agent of sales without a phone");
  s.does("she says that she is available while offline", command::SetStatus{alice, Status::available});
  s.does("her phone registers", [&] { d.phone_up(alice); });
  const CallId call = d.call();
  const ReservationId missed = d.c.offer_of(call);
  s.given("her phone rings for call-1");
  s.does("she does not answer", [&] {
    d.c.event("e1", link::OfferClosed{missed, CloseCause::no_answer});
    d.c.event("e1", link::LegGone{missed});
  });
  s.does("it rings once more, she answers", [&] { d.answers(call); });
  s.does("she ends a wrap-up that has not begun", command::EndWrapup{alice});
  s.does("the caller hangs up", [&] { d.hangs_up(call); });
  s.passes(60 * second_ms);
  s.does("she is away", command::SetStatus{alice, Status::on_break, "away"});
  s.does("her phone is gone", [&] { d.phone_down(alice); });
  s.does("she logs out once more", command::Logout{alice, "home"});
}

void rp_4(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const QueueId sales = c.queue("sales");
  const AgentId alice = c.ready_agent("alice", {Center::in(sales)});
  s.given("alice is ready in sales; nobody configured a wrap-up");
  s.does("she has a call", [&] { c.talk(c.enqueue(sales)); });
  s.passes(59'999);
  s.passes(1);
  AgentConfig config = c.at(alice).config;
  config.wrapup_ms = 10 * second_ms;
  s.does("she is configured to have 10 s", command::SetAgent{alice, config, {Center::in(sales)}});
  s.does("she has another call", [&] { c.talk(c.enqueue(sales)); });
  s.passes(10 * second_ms);
}

void rp_13(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const QueueId sales = c.queue("sales");
  const AgentId alice = c.ready_agent("alice", {Center::in(sales)});
  s.given("alice is ready in sales");
  s.does("while no kinds are configured every reason is taken", command::SetStatus{alice, Status::on_break, "nap"});
  Settings settings = c.account().settings;
  settings.break_reasons = {BreakReason{"lunch", {{"en", "Lunch"}, {"zh", "午休"}}, true, 1800 * second_ms},
                            BreakReason{"training", {{"en", "Training"}, {"zh", "培训"}}, false, 0}};
  s.does("the account names its kinds of break", command::SetSettings{settings});
  s.does("the nap is over", command::SetStatus{alice, Status::available});
  s.does("alice takes another", command::SetStatus{alice, Status::on_break, "nap"});
  s.does("alice goes to lunch, which has half an hour", command::SetStatus{alice, Status::on_break, "lunch"});
  s.passes(1800 * second_ms);
  s.does("then to a training, which has no limit", command::SetStatus{alice, Status::on_break, "training"});
}

}  // namespace

std::vector<Claim> rp_claims() { return {{"RP-1", rp_1}, {"RP-2", rp_2}, {"RP-4", rp_4}, {"RP-13", rp_13}}; }

}  // namespace rf::testing
