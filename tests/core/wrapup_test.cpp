#include <gtest/gtest.h>

#include "tests/support/berlin.hpp"
#include "tests/support/center.hpp"

/// Wrap-up, dispositions, the day's end, shifts.
namespace rf::core {
namespace {

using rf::testing::Berlin;
using rf::testing::Center;
using rf::testing::hour_ms;

struct Desk {
  explicit Desk(QueueConfig config) {
    q = c.queue("q", config);
    ann = c.ready_agent("ann", {Center::in(q)});
  }
  CallId served() {
    const CallId call = c.enqueue(q);
    c.accept(call);
    c.advance(1000);
    c.complete(call);
    return call;
  }
  const Agent& agent() const { return c.at(ann); }
  Center c;
  QueueId q;
  AgentId ann;
};

QueueConfig asking() {
  QueueConfig config;
  config.dispositions = true;
  config.wrapup_ms = 30'000;
  config.outcomes = {{Category::success, "sold"}, {Category::fail, "wrong number"}, {Category::unsure, "call again"}};
  return config;
}

Disposition sold() { return Disposition{Category::success, "sold", "two rooms", {"vip"}}; }

TEST(Wrapup, CallThenMembershipThenQueueThenAgentThenAccount) {
  Center c;
  QueueConfig with;
  with.wrapup_ms = 3000;
  const QueueId plain = c.queue("plain"), timed = c.queue("timed", with);
  AgentConfig config;
  config.external_endpoint = true;
  config.wrapup_ms = 4000;
  Membership mine = Center::in(timed);
  mine.wrapup_ms = 2000;
  const auto wrapup_of = [&](QueueId queue, const std::optional<Ms>& call_ms, Membership m, AgentConfig agent_config) {
    const AgentId id = c.agent("a" + std::to_string(c.log.size()), {std::move(m)}, std::move(agent_config));
    c.make_ready(id);
    command::Enqueue e;
    e.call = CallId(Ulid{9, c.log.size()});
    e.queue = queue;
    e.wrapup_ms = call_ms;
    EXPECT_TRUE(c.run(e).reply.ok()) << c.last.reply.what;
    EXPECT_EQ(c.offered_to(e.call), id);
    c.accept(e.call);
    c.complete(e.call);
    const Ms wrapup_ms = c.at(id).wrapup_until_ts == 0 ? 0 : c.at(id).wrapup_until_ts - c.ts;
    EXPECT_TRUE(c.run(command::RemoveAgent{id}).reply.ok());
    return wrapup_ms;
  };
  AgentConfig none = config;
  none.wrapup_ms.reset();
  EXPECT_EQ(wrapup_of(timed, 1000, mine, config), 1000);
  EXPECT_EQ(wrapup_of(timed, 0, mine, config), 0) << "0 is none, not unset";
  EXPECT_EQ(wrapup_of(timed, std::nullopt, mine, config), 2000);
  EXPECT_EQ(wrapup_of(timed, std::nullopt, Center::in(timed), config), 3000);
  EXPECT_EQ(wrapup_of(plain, std::nullopt, Center::in(plain), config), 4000);
  EXPECT_EQ(wrapup_of(plain, std::nullopt, Center::in(plain), none), 60'000);
}

TEST(Wrapup, IsOfTheQueueThatDeliveredTheCallWhereverTheNextComesFrom) {  // E11
  Center c;
  QueueConfig lengthy, brief;
  lengthy.wrapup_ms = 20'000;
  brief.wrapup_ms = 0;
  const QueueId q1 = c.queue("q1", lengthy), q2 = c.queue("q2", brief);
  const AgentId a = c.ready_agent("ann", {Center::in(q1), Center::in(q2)});
  const CallId call = c.enqueue(q1);
  c.accept(call);
  c.complete(call);
  const CallId next = c.enqueue(q2);
  c.advance(19'999);
  EXPECT_FALSE(c.offered_to(next).set());
  c.advance(1);
  EXPECT_EQ(c.offered_to(next), a);
}

TEST(Wrapup, HasACeilingAlsoWhenExtended) {
  QueueConfig config;
  config.wrapup_ms = 30'000;
  config.wrapup_ms_max = 20'000;
  Desk d(config);
  d.served();
  EXPECT_EQ(d.agent().wrapup_until_ts - d.c.ts, 20'000);
  EXPECT_EQ(d.c.code(command::ExtendWrapup{d.ann, 5000}), Code::failed_precondition);
  config.key = "q";
  config.wrapup_ms_max = 25'000;
  ASSERT_EQ(d.c.code(command::SetQueue{d.q, config}), Code::ok);
  ASSERT_EQ(d.c.code(command::ExtendWrapup{d.ann, 60'000}), Code::ok);
  EXPECT_EQ(d.agent().wrapup_until_ts - d.c.ts, 25'000);
  d.c.advance(25'000);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::ready);
  EXPECT_EQ(d.c.code(command::ExtendWrapup{d.ann, 1000}), Code::failed_precondition);
  EXPECT_EQ(d.c.code(command::ExtendWrapup{d.ann, 0}), Code::invalid_argument);
}

TEST(Disposition, EndsTheWrapup) {  // TM-12, TM-13
  Desk d(asking());
  const CallId call = d.served();
  EXPECT_TRUE(d.agent().disposition_due);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::wrapup);
  EXPECT_EQ(d.c.code(command::SetDisposition{call, d.ann, {Category::fail, "sold", "", {}}}), Code::invalid_argument)
      << "sold is a success here";
  ASSERT_EQ(d.c.code(command::SetDisposition{call, d.ann, sold()}), Code::ok);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::ready);
  const auto written = d.c.facts<fact::DispositionSet>();
  ASSERT_EQ(written.size(), 1u);
  EXPECT_EQ(written[0].version, 1u);
  EXPECT_FALSE(written[0].by_system);
  EXPECT_EQ(written[0].disposition, sold());
}

TEST(Disposition, ExpiryWritesUnsureAndALateOneIsAVersion) {  // TM-13, TM-14
  Desk d(asking());
  const CallId call = d.served();
  d.c.advance(30'000);
  auto written = d.c.facts<fact::DispositionSet>();
  ASSERT_EQ(written.size(), 1u);
  EXPECT_TRUE(written[0].by_system);
  EXPECT_EQ(written[0].disposition.category, Category::unsure);
  EXPECT_EQ(written[0].disposition.outcome, "No agent submission");
  d.c.restart();
  d.c.advance(hour_ms);
  ASSERT_EQ(d.c.code(command::SetDisposition{call, d.ann, sold()}), Code::ok) << d.c.last.reply.what;
  written = d.c.facts<fact::DispositionSet>();
  ASSERT_EQ(written.size(), 2u);
  EXPECT_EQ(written[1].version, 2u);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::ready) << "no wrap-up of another call ends";
}

TEST(Disposition, OnlyOfTheAgentWhoHadTheCallAndWhenItIsOver) {
  Desk d(asking());
  const AgentId bob = d.c.agent("bob", {});
  const CallId call = d.c.enqueue(d.q);
  d.c.accept(call);
  EXPECT_EQ(d.c.code(command::SetDisposition{call, d.ann, sold()}), Code::failed_precondition);
  EXPECT_TRUE(d.c.last.facts.empty());
  d.c.complete(call);
  EXPECT_EQ(d.c.code(command::SetDisposition{call, bob, sold()}), Code::not_found);
  EXPECT_EQ(d.c.code(command::SetDisposition{CallId(Ulid{1, 99}), d.ann, sold()}), Code::not_found);
  EXPECT_TRUE(d.c.last.facts.empty());
}

TEST(Disposition, AQueueWithoutAsksForNone) {
  Desk d{QueueConfig{}};
  const CallId call = d.served();
  EXPECT_FALSE(d.agent().disposition_due);
  EXPECT_EQ(d.c.code(command::SetDisposition{call, d.ann, sold()}), Code::not_found);
}

TEST(Disposition, LogoutInTheCallKeepsTheWrapupForIt) {  // model 7
  Desk d(asking());
  const CallId call = d.c.enqueue(d.q);
  d.c.accept(call);
  ASSERT_EQ(d.c.code(command::Logout{d.ann, "home"}), Code::ok);
  d.c.complete(call);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::wrapup);
  ASSERT_EQ(d.c.code(command::SetDisposition{call, d.ann, sold()}), Code::ok);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::offline);
  ASSERT_EQ(d.c.facts<fact::DispositionSet>().size(), 1u) << "the system does not write over the agent's own";
  EXPECT_FALSE(d.c.facts<fact::DispositionSet>()[0].by_system);
}

TEST(Disposition, AWrapupThatExpiresIntoALogoutIsRecordedOnce) {
  Desk d(asking());
  const CallId call = d.c.enqueue(d.q);
  d.c.accept(call);
  ASSERT_EQ(d.c.code(command::Logout{d.ann, "home"}), Code::ok);
  d.c.complete(call);
  d.c.advance(30'000);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::offline);
  ASSERT_EQ(d.c.facts<fact::DispositionSet>().size(), 1u);
  EXPECT_TRUE(d.c.facts<fact::DispositionSet>()[0].by_system);
}

TEST(Disposition, ARemovedAgentGaveNone) {
  Desk d(asking());
  const CallId call = d.served();
  ASSERT_EQ(d.c.code(command::RemoveAgent{d.ann}), Code::ok);
  ASSERT_EQ(d.c.facts<fact::DispositionSet>().size(), 1u);
  EXPECT_EQ(d.c.facts<fact::DispositionSet>()[0].call, call);
  EXPECT_FALSE(d.c.at(d.ann).disposition_due);
}

TEST(Disposition, ASecondCallsEndKeepsTheFirstOnesWrapupAndOutcome) {  // TM-13, max_concurrent 2
  Desk d(asking());
  QueueConfig brief;
  brief.wrapup_ms = 1000;
  const QueueId quick = d.c.queue("quick", brief);
  AgentConfig two;
  two.external_endpoint = true;
  two.max_concurrent = 2;
  const AgentId cid = d.c.agent("cid", {Center::in(d.q), Center::in(quick)}, two);
  d.c.status(d.ann, Status::not_ready);
  d.c.make_ready(cid);
  const CallId first = d.c.enqueue(d.q), second = d.c.enqueue(quick);
  d.c.accept(first);
  d.c.accept(second);
  d.c.complete(first);
  const Ms until_ts = d.c.at(cid).wrapup_until_ts;
  d.c.advance(1000);
  d.c.complete(second);
  EXPECT_EQ(d.c.at(cid).wrapup_until_ts, until_ts) << "the shorter one does not cut the longer";
  ASSERT_EQ(d.c.facts<fact::DispositionSet>().size(), 1u);
  EXPECT_EQ(d.c.facts<fact::DispositionSet>()[0].call, first);
  EXPECT_EQ(d.c.code(command::SetDisposition{first, cid, sold()}), Code::ok) << "late, as the second version";
}

TEST(Disposition, LogoutInWrapupRecordsThatNoneCame) {
  Desk d(asking());
  d.served();
  ASSERT_EQ(d.c.code(command::Logout{d.ann, "home"}), Code::ok);
  ASSERT_EQ(d.c.facts<fact::DispositionSet>().size(), 1u);
  EXPECT_TRUE(d.c.facts<fact::DispositionSet>()[0].by_system);
}

TEST(LocalTime, MidnightIsRightAcrossBothChanges) {
  const Berlin zones;
  const Zone& zone = *zones.find("Europe/Berlin");
  const Ms spring = Berlin::spring_midnight_ts;
  EXPECT_EQ(next_local(zone, spring - 1, 0), spring);
  EXPECT_EQ(next_local(zone, spring, 0), spring + 23 * hour_ms);
  EXPECT_EQ(next_local(zone, spring, 150), 1774746000000) << "02:30 does not exist: the leap itself";
  // 2026-10-24 22:00 UTC is midnight of the 25th; that day has 25 hours, and 02:30 comes twice.
  const Ms autumn = 1792879200000;
  EXPECT_EQ(next_local(zone, autumn, 0), autumn + 25 * hour_ms);
  EXPECT_EQ(next_local(zone, autumn, 150), autumn + 2 * hour_ms + hour_ms / 2);
  EXPECT_EQ(next_local(zone, autumn + 3 * hour_ms, 150), autumn + 27 * hour_ms + hour_ms / 2) << "once a day";
  EXPECT_EQ(local_time(zone, spring).weekday, 6u) << "a Sunday";
  EXPECT_EQ(local_time(zone, spring).minute, 0u);
}

Settings nightly(const std::string& zone) {
  Settings settings;
  settings.key = "test";
  settings.auto_logoff = true;
  settings.time_zone = zone;
  return settings;
}

TEST(DayEnd, LogsOffAtLocalMidnight) {  // TM-22
  Center c;
  const Berlin zones;
  c.zones = &zones;
  c.advance(Berlin::spring_midnight_ts - 2 * hour_ms - c.ts);
  ASSERT_EQ(c.code(command::SetSettings{nightly("Europe/Berlin")}), Code::ok) << c.last.reply.what;
  const QueueId q = c.queue("q");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  c.advance(2 * hour_ms - 1);
  EXPECT_EQ(c.bucket(a), Bucket::ready);
  c.advance(1);
  EXPECT_EQ(c.bucket(a), Bucket::offline);
  EXPECT_EQ(c.at(a).reason, "day_end");
  c.make_ready(a);
  c.advance(23 * hour_ms - 1);
  EXPECT_EQ(c.bucket(a), Bucket::ready);
  c.advance(1);
  EXPECT_EQ(c.bucket(a), Bucket::offline) << "the short day";
}

TEST(DayEnd, OfABusyAgentIsPutOffAndStamped) {  // model 7
  Center c;
  ASSERT_EQ(c.code(command::SetSettings{nightly("")}), Code::ok);
  QueueConfig config;
  config.wrapup_ms = 10'000;
  const QueueId q = c.queue("q", config);
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const Ms midnight_ts = c.account().day_end_ts;
  c.advance(midnight_ts - c.ts - 1000);
  const CallId call = c.enqueue(q);
  c.accept(call);
  c.advance(2000);
  EXPECT_EQ(c.bucket(a), Bucket::incall);
  EXPECT_TRUE(c.at(a).next.set);
  EXPECT_EQ(c.at(a).next.reason, "day_end");
  EXPECT_EQ(c.at(a).next.asked_ts, midnight_ts);
  c.complete(call);
  EXPECT_EQ(c.bucket(a), Bucket::wrapup) << "wrap-up is part of the call";
  c.advance(10'000);
  EXPECT_EQ(c.bucket(a), Bucket::offline);
}

TEST(DayEnd, LogsNobodyOffWhosePhoneLogsIn) {  // LS-3
  Center c;
  Settings settings = nightly("");
  settings.availability = AvailabilityMode::follow_reachability;
  ASSERT_EQ(c.code(command::SetSettings{settings}), Code::ok);
  AgentConfig config;
  config.external_endpoint = true;
  const AgentId a = c.agent("ann", {Center::in(c.queue("q"))}, config);
  ASSERT_EQ(c.bucket(a), Bucket::ready);
  c.advance(c.account().day_end_ts - c.ts + 1000);
  EXPECT_EQ(c.bucket(a), Bucket::ready) << "nothing would log in again";
}

TEST(DayEnd, ManyAgentsAreLoggedOffInBoundedTurns) {
  Center c;
  ASSERT_EQ(c.code(command::SetSettings{nightly("")}), Code::ok);
  const QueueId q = c.queue("q");
  for (int i = 0; i < 250; ++i) c.ready_agent("a" + std::to_string(i), {Center::in(q)});
  c.advance(c.account().day_end_ts - c.ts);
  for (const auto& [id, agent] : c.account().agents) EXPECT_EQ(agent.status, Status::offline);
  EXPECT_EQ(c.account().logoff_ts, 0);
}

TEST(DayEnd, AnUnknownTimeZoneIsRefused) {
  Center c;
  EXPECT_EQ(c.code(command::SetSettings{nightly("Mars/Olympus")}), Code::invalid_argument);
  EXPECT_NE(c.last.reply.what.find("IANA"), std::string::npos);
  EXPECT_TRUE(c.last.facts.empty());
}

TEST(Shifts, ActivitiesBeginAsFactsAndTheEndSetsNotReady) {  // PD-12
  Center c;
  Settings settings;
  settings.key = "test";
  settings.not_ready_off_shift = true;
  ASSERT_EQ(c.code(command::SetSettings{settings}), Code::ok);
  const QueueId q = c.queue("q");
  const AgentId a = c.ready_agent("ann", {Center::in(q)});
  const Ms from = c.ts + 10'000;
  const Shift shift{from, from + 100'000, {Activity{"lunch", from + 20'000, from + 30'000}}};
  ASSERT_EQ(c.code(command::SetShifts{a, {shift}}), Code::ok) << c.last.reply.what;
  EXPECT_EQ(c.bucket(a), Bucket::ready) << "who works before the shift works on";
  c.advance(100'000);
  std::vector<std::string> kinds;
  for (const auto& f : c.facts<fact::ActivityBegan>()) kinds.push_back(f.kind);
  EXPECT_EQ(kinds, (std::vector<std::string>{"", "on_queue", "lunch", "on_queue"}));
  EXPECT_EQ(c.bucket(a), Bucket::ready);
  c.advance(10'000);
  EXPECT_EQ(c.bucket(a), Bucket::idle);
  EXPECT_EQ(c.at(a).status, Status::not_ready);
  EXPECT_EQ(c.at(a).reason, "off_shift");
  EXPECT_EQ(c.at(a).next_activity_ts, 0);
  c.status(a, Status::available);
  EXPECT_EQ(c.bucket(a), Bucket::ready) << "overtime is a choice";
}

/// Ann is in a call, five seconds before her shift ends, which makes her not ready.
struct LateCall {
  LateCall() {
    Settings settings = c.account().settings;
    settings.not_ready_off_shift = true;
    c.settings(settings);
    QueueConfig config;
    config.wrapup_ms = 0;
    const QueueId q = c.queue("q", config);
    ann = c.ready_agent("ann", {Center::in(q)});
    c.run(command::SetShifts{ann, {Shift{c.ts, c.ts + 5000, {}}}});
    call = c.enqueue(q);
    c.accept(call);
  }
  Center c;
  AgentId ann;
  CallId call;
};

TEST(Shifts, TheEndInACallWaitsForItsEnd) {
  LateCall d;
  d.c.advance(5000);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::incall);
  d.c.complete(d.call);
  EXPECT_EQ(d.c.at(d.ann).status, Status::not_ready);
}

TEST(Shifts, TheEndTakesNobodysOwnNextStatus) {
  LateCall d;
  ASSERT_EQ(d.c.code(command::Logout{d.ann, "home"}), Code::ok);
  d.c.advance(5000);
  EXPECT_EQ(d.c.at(d.ann).next.reason, "home");
  d.c.complete(d.call);
  EXPECT_EQ(d.c.bucket(d.ann), Bucket::offline);
}

TEST(Shifts, MustBeInOrder) {
  Center c;
  const AgentId a = c.agent("ann", {});
  const Ms t = c.ts;
  for (const std::vector<Shift>& wrong :
       {std::vector<Shift>{{t + 10, t, {}}}, std::vector<Shift>{{t, t + 100, {}}, {t + 50, t + 200, {}}},
        std::vector<Shift>{{t, t + 100, {{"lunch", t + 90, t + 110}}}},
        std::vector<Shift>{{t, t + 100, {{"", t + 10, t + 20}}}}}) {
    EXPECT_EQ(c.code(command::SetShifts{a, wrong}), Code::invalid_argument);
    EXPECT_TRUE(c.last.facts.empty());
  }
}

}  // namespace
}  // namespace rf::core
