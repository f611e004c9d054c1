#include "tests/golden/claims.hpp"
#include "tests/golden/scene.hpp"

/// LS: agents of a hosted account.
namespace rf::testing {

using namespace rf::core;

namespace {

Settings following_reachability() {
  Settings settings;
  settings.key = "test";
  settings.availability = AvailabilityMode::follow_reachability;
  return settings;
}

/// A phone desk whose agents are available as soon as they can be reached.
struct FollowingDesk : PhoneDesk {
  explicit FollowingDesk(std::ostream& out) : s(out, c) {
    s.name(q, "sales");
    c.settings(following_reachability());
  }
  Scene s;
};

void ls_1(std::ostream& out) {
  Center hotel, spa;
  Scene in_hotel(out, hotel), in_spa(out, spa);
  const QueueId desk = hotel.queue("front-desk"), booking = spa.queue("booking");
  in_hotel.given("one person, mia, two accounts, each with its own log: a hotel with the queue front-desk, a spa with "
                 "the queue booking");
  AgentId mia, mia_too;
  const auto join = [](Center& c, QueueId queue, const std::string& extension, AgentId& made) {
    AgentConfig config = with_extension("mia", extension);
    config.external_endpoint = true;
    made = c.agent("mia", {Center::in(queue)}, config);
    c.make_ready(made);
  };
  in_hotel.does("hotel: mia becomes an agent with extension 21", [&] { join(hotel, desk, "21", mia); });
  in_spa.does("spa: mia becomes an agent with extension 7", [&] { join(spa, booking, "7", mia_too); });
  in_hotel.does("hotel: mia goes on a break", [&] { hotel.status(mia, Status::on_break); });
  in_spa.does("spa: a call comes, the break is none of the spa's", [&] { spa.enqueue(booking); });
  in_hotel.does("hotel: a call comes", [&] { hotel.enqueue(desk); });
  in_hotel.does("hotel: tom wants extension 21",
                command::SetAgent{AgentId(Ulid{5, 1}), with_extension("tom", "21"), {}});
  in_spa.does("spa: tom wants extension 21", command::SetAgent{AgentId(Ulid{5, 1}), with_extension("tom", "21"), {}});
}

void ls_2(std::ostream& out) {
  PhoneDesk d;
  Scene s(out, d.c);
  s.name(d.q, "sales");
  const QueueId support = d.c.queue("support");
  const AgentId alice(Ulid{5, 1});
  s.name(alice, "alice");
  s.given("the queues sales and support, and a trunk to the public network");
  AgentConfig config = with_extension("alice", "21");
  config.follow_me = "0151 234";
  s.does("alice is to be an agent with a Follow-Me number that is not in international form",
         command::SetAgent{alice, config, {}});
  config.follow_me = "+4915112345678";
  s.does("with an international one, in two queues",
         command::SetAgent{alice, config, {Center::in(d.q), Center::in(support)}});
  s.does("she gets SIP credentials", command::SetCredential{alice, "alice"});
  config.follow_me.clear();
  s.does("without a Follow-Me number and in no queue she is an agent too", command::SetAgent{alice, config, {}});
  s.does("bob wants extension 21 as well", command::SetAgent{AgentId(Ulid{5, 2}), with_extension("bob", "21"), {}});
}

void ls_3(std::ostream& out) {
  PhoneDesk d;
  Scene s(out, d.c);
  s.name(d.q, "sales");
  const AgentId alice = d.c.agent("alice", {Center::in(d.q)}, with_extension("alice", "21"));
  s.given("alice, an agent of sales without a phone, in an account where availability is chosen");
  s.does("her phone registers", [&] { d.phone_up(alice); });
  s.does("it is gone again", [&] { d.phone_down(alice); });
  d.c.settings(following_reachability());
  s.given("from now on the account lets availability follow reachability");
  s.does("her phone registers", [&] { d.phone_up(alice); });
  s.does("a call comes to sales", [&] { d.call(); });
  s.does("the caller gives up", [&] { d.hangs_up(d.c.account().calls.begin()->first); });
  s.does("her phone is gone", [&] { d.phone_down(alice); });
  AgentConfig config = with_extension("alice", "21");
  config.follow_me = "+4915112345678";
  s.does("she sets a Follow-Me number", command::SetAgent{alice, config, {Center::in(d.q)}});
}

void ls_5(std::ostream& out) {
  FollowingDesk d(out);
  AgentConfig config = with_extension("alice", "21");
  config.follow_me = "+4915112345678";
  const AgentId alice = d.c.agent("alice", {Center::in(d.q)}, config);
  d.phone_up(alice);
  d.s.given("alice has a registered phone and a Follow-Me number");
  CallId call;
  d.s.does("a call comes to sales: one offer rings both", [&] { call = d.call(); });
  const ReservationId offer = d.c.offer_of(call);
  const BindingId mobile = find_reservation(d.c.account(), offer)->offer.endpoints.front().id;
  d.s.does("the mobile answers first", [&] { d.c.event("e1", link::Answered{offer, mobile}); });
  d.s.does("the phone answers too late", [&] { d.c.event("e1", link::Answered{offer, d.phones[alice]}); });
  d.s.does("another call comes", [&] { call = d.call(); });
  d.s.who_gets("call-2", call);
}

void ls_6(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const QueueId sales = c.queue("sales"), support = c.queue("support");
  const AgentId alice = c.ready_agent("alice", {Center::in(sales), Center::in(support)});
  s.given("alice is ready in sales and support");
  CallId first, second;
  s.does("a call comes to sales", [&] { first = c.enqueue(sales); });
  s.does("a call comes to support while her phone rings", [&] { second = c.enqueue(support); });
  s.does("she answers the first", [&] { c.accept(first); });
  s.who_gets("call-2", second);
  AgentConfig two = c.at(alice).config;
  two.max_concurrent = 2;
  s.does("she is configured to have two calls at a time",
         command::SetAgent{alice, two, {Center::in(sales), Center::in(support)}});
}

void ls_8(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const QueueId sales = c.queue("sales"), support = c.queue("support");
  AgentId alice, bob;
  s.given("the queues sales and support");
  s.does("bob joins sales, nothing said of tier and position",
         [&] { bob = c.ready_agent("bob", {Center::in(sales)}); });
  s.does("alice joins support at tier 1 and sales at tier 2", [&] {
    alice = c.ready_agent("alice", {member(sales, 2, 1), member(support, 1, 1)});
  });
  CallId first, second;
  s.does("a call comes to sales: tier 1 is rung", [&] { first = c.enqueue(sales); });
  s.does("a second comes: tier 2 is rung as tier 1 is busy", [&] { second = c.enqueue(sales); });
  s.does("alice talks; a call comes to sales, then one to support", [&] {
    c.accept(second);
    c.enqueue(sales);
    c.enqueue(support);
  });
  s.does("alice's call is over", [&] { c.complete(second); });
  s.does("she ends her wrap-up: support comes first for her, though sales waits for longer", command::EndWrapup{alice});
}

void ls_9(std::ostream& out) {
  Center c;
  Scene s(out, c);
  QueueConfig config;
  config.sticky = Sticky{StickyMode::prefer, hour_ms, 0, false};
  config.wrapup_ms = 0;
  const QueueId sales = c.queue("sales", config);
  const AgentId alice = c.ready_agent("alice", {Center::in(sales)});
  c.status(alice, Status::on_break);
  const AgentId bob = c.ready_agent("bob", {Center::in(sales)});
  s.given("bob is ready, alice on a break; sales remembers for an hour who spoke with whom");
  s.does("+4930777 calls and speaks with bob", [&] { c.talk(c.enqueue(sales, "+4930777")); });
  s.does("alice is back", command::SetStatus{alice, Status::available});
  c.advance(60 * second_ms);
  s.given("a minute later, alice is the one who is idle for longest");
  CallId again;
  s.does("+4930777 calls again", [&] { again = c.enqueue(sales, "+4930777"); });
  s.who_gets("call-2", again);
  s.does("the caller gives up", [&] { c.complete(again); });
  s.does("+4930888 calls, whom nobody knows", [&] { again = c.enqueue(sales, "+4930888"); });
  s.does("the caller gives up", [&] { c.complete(again); });
  s.does("bob goes on a break", command::SetStatus{bob, Status::on_break, "lunch"});
  s.does("+4930777 calls while bob is away", [&] { c.enqueue(sales, "+4930777"); });
}

void ls_10(std::ostream& out) {
  FollowingDesk d(out);
  const AgentId alice = d.c.agent("alice", {Center::in(d.q)}, with_extension("alice", "21"));
  d.s.given("alice, an agent of sales without a phone: logged out");
  CallId first;
  d.s.does("a call comes to sales", [&] { first = d.call(); });
  d.s.does("her phone registers: available", [&] { d.phone_up(alice); });
  d.s.does("she answers: on call", [&] { d.answers(first); });
  d.s.does("another call comes", [&] { d.call(); });
  d.s.does("the first hangs up: wrap-up", [&] { d.hangs_up(first); });
  d.s.does("she takes a break instead of the next call: on break",
           command::SetStatus{alice, Status::on_break, "lunch"});
  d.s.passes(60 * second_ms);
  d.s.does("she is back", command::SetStatus{alice, Status::available});
  d.s.does("her phone is gone in the midst of ringing: logged out", [&] { d.phone_down(alice); });
}

void ls_11(std::ostream& out) {
  Center c;
  Scene s(out, c);
  QueueConfig brief, lengthy;
  brief.wrapup_ms = 5 * second_ms;
  lengthy.wrapup_ms = 20 * second_ms;
  const QueueId sales = c.queue("sales", brief), support = c.queue("support", lengthy);
  c.ready_agent("alice", {Center::in(sales), Center::in(support)});
  s.given("wrap-up takes 5 s in sales and 20 s in support; alice is ready in both");
  CallId first, second;
  s.does("a call comes to sales, alice answers", [&] {
    first = c.enqueue(sales);
    c.accept(first);
  });
  s.does("another call comes to support", [&] { second = c.enqueue(support); });
  s.does("the first call is over", [&] { c.complete(first); });
  s.passes(4999);
  s.passes(1);
  s.does("alice answers the second; it is over", [&] {
    c.accept(second);
    c.complete(second);
  });
  s.passes(20 * second_ms);
}

void ls_20(std::ostream& out) {
  PhoneDesk d;
  Scene s(out, d.c);
  s.name(d.q, "sales");
  const AgentId alice = d.agent("alice");
  d.c.advance(second_ms);
  const AgentId bob = d.agent("bob");
  s.given("alice and bob are ready in sales, whose number is 100; alice is idle for longer");
  Route to_bob;
  to_bob.agent = bob;
  s.does("the number 700 is made to lead to bob", command::SetNumber{"700", to_bob});
  CallId call, second;
  s.does("a caller dials 700", [&] { call = d.c.sip_call("e1", "700"); });
  s.does("another dials 700", [&] { second = d.c.sip_call("e1", "700"); });
  s.who_gets("call-2, with alice free", second);
  command::Enqueue menu = d.c.call_from(QueueId(), "+4930777");
  menu.agent = alice;
  s.does("a menu of a foreign switch sends a caller to alice, who has no phone there", menu);
  s.does("a caller dials 100", [&] { d.call(); });
}

void ls_24(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const QueueId sales = c.queue("sales");
  const AgentId alice = c.ready_agent("alice", {Center::in(sales)});
  const CallId first = c.enqueue(sales);
  c.accept(first);
  const AgentId bob = c.ready_agent("bob", {Center::in(sales)});
  const CallId second = c.enqueue(sales);
  s.given("alice talks in call-1, bob is rung for call-2");
  s.does("alice is removed", command::RemoveAgent{alice});
  s.does("bob is removed", command::RemoveAgent{bob});
  s.who_gets("call-2", second);
  s.does("call-1 comes to its own end", [&] { c.complete(first); });
  s.does("alice logs in", command::Login{alice, {}});
}

void ls_25(std::ostream& out) {
  FollowingDesk d(out);
  AgentConfig config;
  config.key = "alice";
  config.follow_me = "+4915112345678";
  AgentId alice;
  d.s.given("the queue sales; nobody will log in");
  d.s.does("alice, who has a Follow-Me number and no phone, is made an agent of sales",
           [&] { alice = d.c.agent("alice", {Center::in(d.q)}, config); });
  CallId call;
  d.s.does("a call comes to sales", [&] { call = d.call(); });
  const ReservationId offer = d.c.offer_of(call);
  const BindingId mobile = find_reservation(d.c.account(), offer)->offer.endpoints.front().id;
  d.s.does("her mobile answers", [&] { d.c.event("e1", link::Answered{offer, mobile}); });
  d.s.does("the caller hangs up", [&] { d.hangs_up(call); });
  config.follow_me.clear();
  d.s.does("her Follow-Me number is taken away", command::SetAgent{alice, config, {Center::in(d.q)}});
  d.s.does("another call comes", [&] { d.call(); });
}

void ls_28(std::ostream& out) {
  PhoneDesk d;
  Scene s(out, d.c);
  s.name(d.q, "sales");
  const AgentId alice = d.agent("alice");
  const CallId call = d.call();
  d.answers(call);
  s.given("alice talks in call-1");
  const ReservationId talk = d.c.offer_of(call);
  s.does("the edge says what it carries, the call with it: she stays in it", [&] {
    const link::CallArrived arrival{call, "100", "caller", ""};
    d.c.event("e1", link::Snapshot{"boot", {{arrival, talk, alice, 0}}, {{alice, d.phones[alice], "sip:phone"}}});
    d.c.settle();
  });
  s.does("the hang-up is lost in a crash of the edge, which comes back and knows nothing of the call",
         [&] { d.c.attach("e1", 2, "other boot"); });
  d.c.run(command::EndWrapup{alice});
  d.phone_up(alice);
  d.c.run(command::SetExternalCalls{alice, 1});
  s.given("alice's phone is back, and a foreign switch said that she is on a call, but never that it ended");
  CallId next;
  s.does("a call comes to sales", [&] { next = d.call(); });
  s.who_gets("call-2", next);
  s.does("an administrator resets alice", command::ResetAgent{alice, "stuck"});
}

void ls_29(std::ostream& out) {
  PhoneDesk d;
  Scene s(out, d.c);
  s.name(d.q, "sales");
  Settings settings = d.c.account().settings;
  settings.auto_ready_on_login = true;
  settings.auto_queue_login = true;
  d.c.settings(settings);
  const AgentId alice = d.c.agent("alice", {Center::in(d.q)}, with_extension("alice", "21"));
  s.given("the account makes agents available and activates their queues at login");
  s.does("a call comes to sales", [&] { d.call(); });
  s.does("alice logs in before her phone is up", command::Login{alice, {}});
  s.does("her phone registers", [&] { d.phone_up(alice); });
}

void ls_32(std::ostream& out) {
  Center c;
  Scene s(out, c);
  const QueueId sales = c.queue("sales"), support = c.queue("support");
  const AgentId alice = c.ready_agent("alice", {Center::in(sales), Center::in(support)});
  const AgentId bob = c.ready_agent("bob", {Center::in(sales)});
  c.status(bob, Status::on_break);
  s.given("alice is ready in sales and support; bob, of sales only, is on a break");
  s.does("alice's mobile is on a private call", command::BeginExternalCall{alice, "+4915199"});
  CallId call;
  s.does("a call comes to sales", [&] { call = c.enqueue(sales); });
  s.who_gets("call-1", call);
  const QueueId nowhere(Ulid{9, 9});
  s.name(nowhere, "nowhere");
  const auto move = [&](AgentId agent, QueueId to) {
    return command::SetAgent{agent, c.at(agent).config, {Center::in(to)}};
  };
  s.does("alice and bob are to be moved in one change, bob to a queue that does not exist",
         command::Import{{move(alice, support), move(bob, nowhere)}});
  s.does("alice and bob are moved to support in one change: call-1 is no longer alice's",
         command::Import{{move(alice, support), move(bob, support)}});
  s.does("the private call ends", command::EndExternalCall{alice});
  s.does("a call comes to support", [&] { c.enqueue(support); });
}

}  // namespace

std::vector<Claim> ls_claims() {
  return {{"LS-1", ls_1},   {"LS-2", ls_2},   {"LS-3", ls_3},   {"LS-5", ls_5},   {"LS-6", ls_6},
          {"LS-8", ls_8},   {"LS-9", ls_9},   {"LS-10", ls_10}, {"LS-11", ls_11}, {"LS-20", ls_20},
          {"LS-24", ls_24}, {"LS-25", ls_25}, {"LS-28", ls_28}, {"LS-29", ls_29}, {"LS-32", ls_32}};
}

}  // namespace rf::testing
