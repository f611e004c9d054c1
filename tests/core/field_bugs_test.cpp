#include <gtest/gtest.h>

#include <algorithm>

#include "core/account/apply.hpp"
#include "core/queue/eligible.hpp"
#include "tests/support/center.hpp"

/// What users of other systems reported, as scenarios: each fails where the reported behaviour comes back. The numbers E and F
/// are those of docs/field_bugs.md.
namespace rf::core {
namespace {

using rf::testing::Center;
using rf::testing::SipDesk;

QueueConfig config_of(StrategyKind strategy) {
  QueueConfig config;
  config.strategy = strategy;
  config.wrapup_ms = 0;
  config.reject_delay_ms = 0;
  config.no_answer_max = 0;
  return config;
}

TEST(FieldBugs, E1_two_agents_answer_one_ring_all_call) {
  Center c;
  const QueueId q = c.queue("q", config_of(StrategyKind::ring_all));
  for (const char* key : {"ann", "bob", "cid"}) c.ready_agent(key, {Center::in(q)});
  const CallId call = c.enqueue(q);
  const std::vector<ReservationId> offers = c.call(call)->offers;
  ASSERT_EQ(offers.size(), 3u);
  EXPECT_EQ(c.code(command::AcceptOffer{offers[1]}), Code::ok);
  EXPECT_NE(c.code(command::AcceptOffer{offers[0]}), Code::ok);
  EXPECT_NE(c.code(command::AcceptOffer{offers[2]}), Code::ok);
  EXPECT_EQ(c.facts<fact::Answered>().size(), 1u);
}

TEST(FieldBugs, E2_losers_of_a_ring_all_stay_reserved) {
  SipDesk d(config_of(StrategyKind::ring_all));
  std::vector<AgentId> agents;
  for (int i = 0; i < 15; ++i) agents.push_back(d.agent("a" + std::to_string(i)));
  const CallId call = d.call();
  const std::vector<ReservationId> offers = d.c.call(call)->offers;
  ASSERT_EQ(offers.size(), 15u);
  const AgentId winner = find_reservation(d.c.account(), offers[7])->offer.agent;
  d.c.event("e1", link::Answered{offers[7], d.phones[winner]});
  for (std::size_t i = 0; i < offers.size(); ++i)
    if (i != 7 && i != 9) d.c.event("e1", link::LegGone{offers[i]});
  // One word of the edge is lost: the lease ends that reservation.
  d.c.advance(120'000);
  for (const AgentId agent : agents) EXPECT_EQ(d.c.at(agent).live.size(), agent == winner ? 1u : 0u);
}

TEST(FieldBugs, E3_a_phone_rings_on_after_somebody_answered) {
  QueueConfig config = config_of(StrategyKind::ring_progressively);
  config.ring_step_ms = 2000;
  SipDesk d(config);
  const AgentId a = d.agent("ann");
  d.agent("bob");
  d.agent("cid");
  const CallId call = d.call();
  d.c.advance(2000);
  const std::vector<ReservationId> offers = d.c.call(call)->offers;
  ASSERT_EQ(offers.size(), 2u);
  d.c.event("e1", link::Answered{offers[0], d.phones[a]});
  EXPECT_EQ(std::count_if(d.c.last.orders.begin(), d.c.last.orders.end(),
                          [](const link::Order& o) { return std::holds_alternative<link::CloseOrder>(o.body); }),
            1);
  const std::size_t offered = d.c.facts<fact::Offered>().size();
  d.c.advance(30'000);
  EXPECT_EQ(d.c.facts<fact::Offered>().size(), offered) << "no later leg begins";
}

TEST(FieldBugs, E4_a_missed_hang_up_leaves_the_agent_in_a_call) {
  SipDesk d(config_of(StrategyKind::longest_idle_agent));
  const AgentId a = d.agent("ann");
  const CallId call = d.call();
  d.c.event("e1", link::Answered{d.c.offer_of(call), d.phones[a]});
  // The edge dies with the call and comes back knowing nothing of it.
  d.c.attach("e1", 2, "other boot");
  EXPECT_TRUE(d.c.at(a).live.empty());
  EXPECT_EQ(d.c.call(call), nullptr);
}

TEST(FieldBugs, E4_a_hang_up_that_never_comes_is_found_by_the_digest) {  // F9, R17
  SipDesk d(config_of(StrategyKind::longest_idle_agent));
  const AgentId a = d.agent("ann");
  const CallId call = d.call();
  d.c.event("e1", link::Answered{d.c.offer_of(call), d.phones[a]});
  // The same process goes on without the call; that it ended was never told.
  link::Digest digest{d.c.last_n("e1"), 0};
  link::add_to_digest(digest.hash, d.phones[a]);
  ASSERT_TRUE(d.c.run(command::DigestCheck{"e1", 1, digest}).edge.snapshot_wanted);
  EXPECT_EQ(d.c.bucket(a), Bucket::incall) << "a digest alone ends nothing";
  d.c.event("e1", link::Snapshot{"boot", {}, {{a, d.phones[a], "sip:phone"}}});
  d.c.settle();
  EXPECT_EQ(d.c.call(call), nullptr);
  EXPECT_TRUE(d.c.at(a).live.empty());
  EXPECT_EQ(d.c.bucket(a), Bucket::ready);
  EXPECT_EQ(d.c.offered_to(d.call()), a);
}

TEST(FieldBugs, E6_one_call_that_nobody_can_take_stops_the_others) {
  Center c;
  const QueueId q = c.queue("q", config_of(StrategyKind::longest_idle_agent));
  command::Enqueue stuck;
  stuck.call = CallId(Ulid{9, 1});
  stuck.queue = q;
  stuck.priority = 99;
  stuck.required = {{"klingon", 10}};
  ASSERT_EQ(c.code(stuck), Code::ok);
  const CallId call = c.enqueue(q);
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  EXPECT_EQ(c.offered_to(call), a);
}

TEST(FieldBugs, E7_forty_thousand_queues_and_their_agents) {
  Account account;
  account.id = AccountId(Ulid{1, 1});
  constexpr std::uint64_t queues = 40'000, agents = 75'000;
  const auto put = [&](fact::Body body) {
    Fact fact;
    fact.ts = fact.at = 1000;
    fact.body = std::move(body);
    stamp_and_apply(account, fact);
  };
  for (std::uint64_t i = 1; i <= queues; ++i) {
    QueueConfig config;
    config.key = "q" + std::to_string(i);
    put(fact::QueueSet{QueueId(Ulid{2, i}), config});
  }
  for (std::uint64_t i = 1; i <= agents; ++i) {
    AgentConfig config;
    config.key = "a" + std::to_string(i);
    config.external_endpoint = true;
    Membership m = Center::in(QueueId(Ulid{2, 1 + i % queues}));
    m.active = true;
    put(fact::AgentSet{AgentId(Ulid{3, i}), config, {m}});
    put(fact::LoggedIn{AgentId(Ulid{3, i}), Status::available, {m.queue}});
  }
  Sequencer sequencer(std::move(account));
  std::unordered_map<QueueId, QueueIndex> indexes;
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    command::Enqueue e;
    e.call = CallId(Ulid{4, i});
    e.queue = QueueId(Ulid{2, i * 37 % queues + 1});
    auto request = sequencer.begin(e, Now{2000, 0, nullptr});
    while (request) {
      EXPECT_LE(request->changes.size(), 4u) << "a call looks at its queue's members, at no others";
      request = sequencer.ranked(rank(indexes[request->queue], *request));
    }
    const TurnResult turn = sequencer.finish();
    EXPECT_TRUE(std::any_of(turn.facts.begin(), turn.facts.end(),
                            [](const Fact& fact) { return std::holds_alternative<fact::Offered>(fact.body); }));
  }
}

TEST(FieldBugs, E8_queues_that_share_agents_block_each_other) {
  Center c;
  std::vector<QueueId> queues;
  std::vector<Membership> all;
  for (std::size_t i = 0; i < strategy_count; ++i) {
    queues.push_back(c.queue("q" + std::to_string(i), config_of(static_cast<StrategyKind>(i))));
    all.push_back(Center::in(queues.back()));
  }
  for (const char* key : {"ann", "bob", "cid"}) c.ready_agent(key, all);
  std::vector<CallId> calls;
  for (std::size_t i = 0; i < 5 * strategy_count; ++i) calls.push_back(c.enqueue(queues[i % strategy_count]));
  std::size_t served = 0;
  for (int round = 0; round < 100 && served < calls.size(); ++round)
    for (const CallId id : calls)
      if (c.call(id) != nullptr && c.call(id)->state == CallState::waiting && c.offered_to(id).set()) {
        c.accept(id);
        c.complete(id);
        ++served;
      }
  EXPECT_EQ(served, calls.size());
}

TEST(FieldBugs, E9_an_agent_without_a_phone_is_offered_calls) {
  SipDesk d(config_of(StrategyKind::longest_idle_agent));
  const AgentId a = d.agent("ann");
  d.c.event("e1", link::BindingDown{d.phones[a], "expired"});
  const CallId call = d.call();
  d.c.advance(60'000);
  EXPECT_TRUE(d.c.facts<fact::Offered>().empty());
  d.c.bind("e1", a);
  EXPECT_EQ(d.c.offered_to(call), a);
}

TEST(FieldBugs, E10_one_phone_of_two_gone_marks_the_agent_offline) {
  SipDesk d(config_of(StrategyKind::longest_idle_agent));
  const AgentId a = d.agent("ann");
  d.c.bind("e1", a);
  d.c.event("e1", link::BindingDown{d.phones[a], "unregistered"});
  EXPECT_EQ(d.c.bucket(a), Bucket::ready);
}

TEST(FieldBugs, E11_wrapup_is_cut_short_by_another_queue) {
  Center c;
  std::vector<Membership> all;
  std::vector<QueueId> queues;
  for (int i = 0; i < 6; ++i) {
    QueueConfig config = config_of(StrategyKind::longest_idle_agent);
    config.wrapup_ms = i == 0 ? 15'000 : 0;
    queues.push_back(c.queue("q" + std::to_string(i), config));
    all.push_back(Center::in(queues.back()));
  }
  const AgentId a = c.ready_agent("ann", all);
  const CallId call = c.enqueue(queues[0]);
  c.accept(call);
  c.complete(call);
  for (const QueueId q : queues) c.enqueue(q);
  c.advance(14'999);
  EXPECT_EQ(c.bucket(a), Bucket::wrapup);
  c.advance(1);
  EXPECT_EQ(c.bucket(a), Bucket::ring);
}

TEST(FieldBugs, E12_wrapup_is_invisible_on_boards) {
  Center c;
  QueueConfig config;
  config.wrapup_ms = 5000;
  const QueueId q = c.queue("q", config);
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const CallId call = c.enqueue(q);
  c.accept(call);
  c.complete(call);
  c.advance(5000);
  std::vector<Bucket> row;
  for (const Fact& fact : c.log)
    if (fact.from != fact.to) row.push_back(fact.to);
  EXPECT_EQ(row, (std::vector<Bucket>{Bucket::idle, Bucket::ready, Bucket::ring, Bucket::incall, Bucket::wrapup,
                                      Bucket::ready}));
  EXPECT_EQ(c.bucket(a), Bucket::ready);
}

TEST(FieldBugs, E13_wrapup_cannot_be_ended_or_set_by_queue) {
  Center c;
  QueueConfig config;
  config.wrapup_ms = 600'000;
  const QueueId q = c.queue("q", config);
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const CallId call = c.enqueue(q);
  c.accept(call);
  c.complete(call);
  EXPECT_EQ(c.at(a).wrapup_until_ts - c.ts, 600'000);
  ASSERT_EQ(c.code(command::EndWrapup{a}), Code::ok);
  EXPECT_EQ(c.bucket(a), Bucket::ready);
}

TEST(FieldBugs, E14_a_completed_call_counts_twice) {  // F3, P10
  for (const bool agent_first : {true, false}) {
    SipDesk d(config_of(StrategyKind::agent_with_fewest_calls));
    const AgentId a = d.agent("ann");
    const CallId call = d.call();
    const ReservationId r = d.c.offer_of(call);
    d.c.event("e1", link::Answered{r, d.phones[a]});
    d.c.event("e1", link::Answered{r, d.phones[a]});
    d.c.advance(10'000);
    if (agent_first) d.c.event("e1", link::LegGone{r});
    d.c.event("e1", link::CallEnded{call, EndCause::caller_hangup});
    d.c.event("e1", link::LegGone{r});
    d.c.event("e1", link::CallEnded{call, EndCause::agent_hangup});
    EXPECT_EQ(d.c.at(a).calls_answered, 1u);
    EXPECT_EQ(d.c.at(a).calls_today, 1u);
    EXPECT_EQ(d.c.at(a).talk_today_ms, 10'000);
    EXPECT_EQ(d.c.facts<fact::CallEnded>().size(), 1u);
  }
}

TEST(FieldBugs, E15_a_younger_call_of_another_queue_is_served_first) {
  Center c;
  const QueueId q1 = c.queue("q1", config_of(StrategyKind::longest_idle_agent));
  const QueueId q2 = c.queue("q2", config_of(StrategyKind::top_down));
  std::vector<CallId> calls;
  for (int i = 0; i < 6; ++i) {
    calls.push_back(c.enqueue(i % 3 == 0 ? q1 : q2));
    c.advance(100);
  }
  const AgentId a = c.ready_agent("ann", {Center::in(q2), Center::in(q1)});
  for (const CallId id : calls) {
    ASSERT_EQ(c.offered_to(id), a);
    c.accept(id);
    c.complete(id);
  }
}

TEST(FieldBugs, E16_a_call_circles_on_the_agent_who_rejects) {
  for (std::size_t i = 0; i < strategy_count; ++i) {
    const auto strategy = static_cast<StrategyKind>(i);
    if (strategy == StrategyKind::ring_all || strategy == StrategyKind::ring_progressively) continue;
    Center c;
    const QueueId q = c.queue("q", config_of(strategy));
    for (const char* key : {"ann", "bob", "cid"}) c.ready_agent(key, {Center::in(q)});
    const CallId call = c.enqueue(q);
    std::set<AgentId> offered;
    for (int n = 0; n < 3; ++n) {
      offered.insert(c.offered_to(call));
      ASSERT_EQ(c.code(command::RejectOffer{c.offer_of(call), CloseCause::rejected}), Code::ok);
    }
    EXPECT_EQ(offered.size(), 3u) << name_of(strategy) << ": everybody is tried before anybody is tried again";
  }
}

TEST(FieldBugs, E17_top_down_stops_when_the_last_agent_is_on_a_break) {
  Center c;
  const QueueId q = c.queue("q", config_of(StrategyKind::top_down));
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const AgentId last = c.ready_agent("zoe", {Center::in(q)});
  const CallId call = c.enqueue(q);
  ASSERT_EQ(c.code(command::RejectOffer{c.offer_of(call), CloseCause::rejected}), Code::ok);
  EXPECT_EQ(c.offered_to(call), last);
  c.status(last, Status::on_break);
  EXPECT_EQ(c.offered_to(call), a);
}

TEST(FieldBugs, E18_a_status_change_while_ringing_loops) {  // F8
  Center c;
  const QueueId q = c.queue("q", config_of(StrategyKind::longest_idle_agent));
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const CallId call = c.enqueue(q);
  for (int i = 0; i < 20; ++i) {
    c.status(a, Status::not_ready);
    c.status(a, Status::available);
    c.advance(50);
  }
  EXPECT_LE(c.facts<fact::Offered>().size(), 3u) << "a second between two offers at least";
  c.advance(1000);
  EXPECT_EQ(c.offered_to(call), a);
}

TEST(FieldBugs, E19_one_missed_call_takes_the_agent_out) {
  Center c;
  QueueConfig config;
  config.max_wait_ms = 0;
  const QueueId q = c.queue("q", config);
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  c.enqueue(q);
  c.advance(20'000);
  EXPECT_EQ(c.at(a).status, Status::available);
  c.advance(40'000);
  EXPECT_EQ(c.at(a).reason, "missed") << "three in a row by default";
  c.status(a, Status::available);
  EXPECT_EQ(c.bucket(a), Bucket::ring) << "and back for good with one request";
}

TEST(FieldBugs, E20_a_restart_loses_the_pause_and_its_reason) {
  Center c;
  const QueueId q = c.queue("q");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  ASSERT_EQ(c.code(command::SetStatus{a, Status::on_break, "lunch"}), Code::ok);
  const Ms since_ts = c.at(a).status_since_ts;
  c.advance(60'000);
  c.restart();
  EXPECT_EQ(c.at(a).reason, "lunch");
  EXPECT_EQ(c.at(a).status_since_ts, since_ts);
  // A change of reason is a fact of its own, with both ends: the first reason's last instant is the second one's first.
  ASSERT_EQ(c.code(command::SetStatus{a, Status::on_break, "training"}), Code::ok);
  EXPECT_EQ(c.last_facts(), std::vector<std::string>{"status_set"});
  std::vector<std::pair<std::string, Ms>> breaks;
  for (const Fact& fact : c.log)
    if (const auto* set = std::get_if<fact::StatusSet>(&fact.body); set != nullptr && set->status == Status::on_break)
      breaks.emplace_back(set->reason, fact.ts);
  EXPECT_EQ(breaks, (std::vector<std::pair<std::string, Ms>>{{"lunch", since_ts}, {"training", since_ts + 60'000}}));
  EXPECT_EQ(c.at(a).status_since_ts, since_ts + 60'000);
}

TEST(FieldBugs, E21_an_agent_cannot_be_added_paused_in_one_step) {
  Center c;
  const QueueId q = c.queue("q", config_of(StrategyKind::longest_idle_agent));
  // One whose new membership is on at once: the waiting call would be offered in the same turn.
  AgentConfig config;
  config.participant = true;
  config.external_endpoint = true;
  const AgentId a = c.agent("ann", {}, config);
  const CallId call = c.enqueue(q);
  Membership paused = Center::in(q);
  paused.paused = true;
  EXPECT_EQ(c.code(command::SetAgent{a, c.at(a).config, {paused}}), Code::invalid_argument) << "without a reason";
  paused.pause_reason = "training";
  ASSERT_EQ(c.code(command::SetAgent{a, c.at(a).config, {paused}}), Code::ok) << c.last.reply.what;
  EXPECT_TRUE(find_membership(c.at(a), q)->active);
  EXPECT_FALSE(c.offered_to(call).set());
  ASSERT_EQ(c.code(command::SetMembershipPaused{a, q, false, {}}), Code::ok);
  EXPECT_EQ(c.offered_to(call), a);
}

TEST(FieldBugs, E22_a_callback_jumps_the_line) {
  Center c;
  const QueueId q = c.queue("q", config_of(StrategyKind::longest_idle_agent));
  const CallId first = c.enqueue(q);
  c.advance(1000);
  const CallId second = c.enqueue(q);
  ASSERT_EQ(c.code(command::RequestCallback{second, "300"}), Code::ok);
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  EXPECT_EQ(c.offered_to(first), a);
  EXPECT_FALSE(c.offered_to(second).set());
}

TEST(FieldBugs, E23_an_agent_is_charged_with_the_time_after_its_leg) {
  SipDesk d(config_of(StrategyKind::longest_idle_agent));
  const AgentId a = d.agent("ann");
  const CallId call = d.call();
  const ReservationId r = d.c.offer_of(call);
  d.c.event("e1", link::Answered{r, d.phones[a]});
  d.c.advance(5000);
  d.c.event("e1", link::LegGone{r});
  d.c.advance(3'600'000);
  d.c.event("e1", link::CallEnded{call, EndCause::caller_hangup});
  EXPECT_EQ(d.c.at(a).talk_today_ms, 5000);
}

TEST(FieldBugs, E24_all_members_talk_at_once_although_some_shall_stay_free) {
  Center c;
  QueueConfig config = config_of(StrategyKind::ring_all);
  config.talking_max = 1;
  const QueueId q = c.queue("q", config);
  for (const char* key : {"ann", "bob", "cid"}) c.ready_agent(key, {Center::in(q)});
  const CallId one = c.enqueue(q), two = c.enqueue(q);
  EXPECT_EQ(c.call(one)->offers.size(), 3u) << "one call, however many phones ring for it";
  c.accept(one);
  EXPECT_TRUE(c.call(two)->offers.empty());
}

TEST(FieldBugs, E25_a_renamed_queue_or_agent_loses_members) {  // P14
  Center c;
  const QueueId q = c.queue("q");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  QueueConfig renamed;
  renamed.key = "sales";
  ASSERT_EQ(c.code(command::SetQueue{q, renamed}), Code::ok);
  AgentConfig person = c.at(a).config;
  person.key = "anna";
  ASSERT_EQ(c.code(command::SetAgent{a, person, c.at(a).memberships}), Code::ok);
  EXPECT_TRUE(c.at(a).memberships[0].active);
  EXPECT_EQ(c.offered_to(c.enqueue(q)), a);
}

TEST(FieldBugs, F2_who_answers_and_hangs_up_at_once_starts_the_round_again) {
  SipDesk d(config_of(StrategyKind::ring_all));
  const AgentId a = d.agent("ann");
  d.agent("bob");
  const CallId call = d.call();
  const std::vector<ReservationId> offers = d.c.call(call)->offers;
  d.c.event("e1", link::Answered{offers[0], d.phones[a]});
  const std::size_t offered = d.c.facts<fact::Offered>().size();
  d.c.event("e1", link::LegGone{offers[0]});
  d.c.event("e1", link::LegGone{offers[1]});
  d.c.advance(10'000);
  EXPECT_EQ(d.c.facts<fact::Offered>().size(), offered);
  EXPECT_EQ(d.c.facts<fact::CallEnded>().back().outcome, Outcome::answered);
}

TEST(FieldBugs, F4_a_call_at_the_first_place_starves_the_others) {
  Center c;
  const QueueId q = c.queue("q", config_of(StrategyKind::longest_idle_agent));
  Membership late = Center::in(q);
  late.delay_ms = 30'000;
  std::vector<CallId> calls;
  for (int i = 0; i < 3; ++i) calls.push_back(c.enqueue(q));
  c.advance(31'000);
  command::Enqueue vip;
  vip.call = CallId(Ulid{9, 1});
  vip.queue = q;
  vip.priority = 9;
  ASSERT_EQ(c.code(vip), Code::ok);
  const AgentId a = c.ready_agent("ann", {late});
  EXPECT_EQ(c.offered_to(calls[0]), a) << "the first place is not served by this agent yet; the next one is";
}

TEST(FieldBugs, F6_a_caller_counts_as_answered_hours_after_the_call) {
  SipDesk d(config_of(StrategyKind::longest_idle_agent));
  const AgentId a = d.agent("ann");
  const CallId call = d.call();
  d.c.event("e1", link::Answered{d.c.offer_of(call), d.phones[a]});
  d.c.run(command::EdgeLost{"e1"});
  d.c.settle();
  EXPECT_EQ(d.c.call(call), nullptr);
  EXPECT_TRUE(d.c.account().calls.empty());
}

TEST(FieldBugs, F7_an_agent_is_rung_for_a_caller_who_is_gone) {
  SipDesk d(config_of(StrategyKind::longest_idle_agent));
  const AgentId a = d.agent("ann");
  const CallId call = d.call();
  const ReservationId r = d.c.offer_of(call);
  d.c.event("e1", link::CallEnded{call, EndCause::caller_hangup});
  EXPECT_EQ(find_reservation(d.c.account(), r)->phase, Phase::releasing);
  d.c.event("e1", link::LegGone{r});
  d.c.advance(60'000);
  EXPECT_EQ(d.c.facts<fact::Offered>().size(), 1u);
  EXPECT_EQ(d.c.bucket(a), Bucket::ready);
}

TEST(FieldBugs, F10_a_pause_in_wrapup_or_a_call_while_ringing_jams_the_agent) {
  Center c;
  QueueConfig config = config_of(StrategyKind::longest_idle_agent);
  config.wrapup_ms = 10'000;
  const QueueId q = c.queue("q", config);
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const CallId call = c.enqueue(q);
  c.accept(call);
  c.complete(call);
  c.status(a, Status::on_break);
  EXPECT_EQ(c.bucket(a), Bucket::paused);
  c.advance(10'000);
  c.status(a, Status::available);
  EXPECT_EQ(c.bucket(a), Bucket::ready);
  const CallId next = c.enqueue(q);
  ASSERT_EQ(c.code(command::BeginExternalCall{a, "1"}), Code::ok);
  EXPECT_FALSE(c.offered_to(next).set());
  ASSERT_EQ(c.code(command::EndExternalCall{a}), Code::ok);
  c.advance(1000);
  EXPECT_EQ(c.offered_to(next), a);
}

TEST(FieldBugs, F11_a_burst_of_calls_all_picks_one_agent) {
  SipDesk d(config_of(StrategyKind::longest_idle_agent));
  for (const char* key : {"ann", "bob", "cid"}) d.agent(key);
  std::set<AgentId> offered;
  for (int i = 0; i < 3; ++i) offered.insert(d.c.offered_to(d.call()));
  EXPECT_EQ(offered.size(), 3u);
}

TEST(FieldBugs, F11_a_new_registration_ends_the_ringing) {
  SipDesk d(config_of(StrategyKind::longest_idle_agent));
  const AgentId a = d.agent("ann");
  const CallId call = d.call();
  const ReservationId r = d.c.offer_of(call);
  d.c.event("e1", link::BindingUp{a, d.phones[a], "sip:moved"});
  d.c.bind("e1", a);
  EXPECT_EQ(find_reservation(d.c.account(), r)->phase, Phase::offered);
  EXPECT_EQ(d.c.bucket(a), Bucket::ring);
}

}  // namespace
}  // namespace rf::core
