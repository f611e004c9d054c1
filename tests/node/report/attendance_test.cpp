#include "node/report/attendance.hpp"

#include <gtest/gtest.h>

#include "node/report/summary.hpp"
#include "tests/support/center.hpp"

namespace rf::node {

namespace {

namespace command = core::command;
using testing::Center;
using testing::hour_ms;

constexpr Ms minute_ms = 60 * second_ms;

class AttendanceTest : public ::testing::Test {
 protected:
  AttendanceTest() {
    core::Settings settings;
    settings.break_reasons = {core::BreakReason{"lunch", {}, true, 0}, core::BreakReason{"training", {}, false, 0}};
    center.settings(settings);
    core::QueueConfig config;
    config.wrapup_ms = 30 * second_ms;
    sales = center.queue("sales", config);
    ann = center.ready_agent("ann", {center.in(sales)});
    start_ts = center.ts;
  }
  void take_break(const std::string& reason) {
    EXPECT_EQ(center.code(command::SetStatus{ann, core::Status::on_break, reason}), Code::ok) << center.last.reply.what;
  }
  void log_out() { EXPECT_EQ(center.code(command::Logout{ann, "home"}), Code::ok); }
  void plan(Ms from_ms, Ms until_ms, std::vector<core::Activity> activities) {
    const core::Shift shift{start_ts + from_ms, start_ts + until_ms, std::move(activities)};
    EXPECT_EQ(center.code(command::SetShifts{ann, {shift}}), Code::ok) << center.last.reply.what;
  }
  AgentStory story(Ms from_ts, Ms to_ts) const {
    Summary summary(from_ts, to_ts);
    for (const core::Fact& fact : center.log) summary.take(fact);
    for (const AgentStory& found : summary.agents())
      if (found.agent == ann) return found;
    return {};
  }
  Attendance attendance(Ms from_ts, Ms to_ts) const { return story(from_ts, to_ts).attendance; }
  /// "reason begin-end" in seconds since the test began, with what else is special.
  std::vector<std::string> pauses(Ms from_ts, Ms to_ts) const {
    std::vector<std::string> lines;
    for (const Pause& pause : attendance(from_ts, to_ts).pauses)
      lines.push_back(pause.reason + " " + std::to_string((pause.from_ts - start_ts) / second_ms) + "-" +
                      std::to_string((pause.until_ts - start_ts) / second_ms) + (pause.queue.set() ? " queue" : "") +
                      (pause.by_system ? " system" : "") + (pause.unproductive ? " unproductive" : "") +
                      (pause.goes_on ? " goes on" : ""));
    return lines;
  }
  using Lines = std::vector<std::string>;

  Center center;
  QueueId sales;
  AgentId ann;
  Ms start_ts = 0;
};

TEST_F(AttendanceTest, EveryPauseIsToldWithItsLengthAndReason) {  // TM-7, TM-13
  center.advance(10 * second_ms);
  take_break("lunch");
  center.advance(20 * second_ms);
  take_break("training");
  center.advance(5 * second_ms);
  center.status(ann, core::Status::available);
  ASSERT_EQ(center.code(command::SetMembershipPaused{ann, sales, true, "training"}), Code::ok);
  center.advance(5 * second_ms);
  ASSERT_EQ(center.code(command::SetMembershipPaused{ann, sales, false, ""}), Code::ok);
  const CallId call = center.enqueue(sales);
  center.accept(call);
  center.advance(10 * second_ms);
  center.complete(call);
  center.advance(30 * second_ms);
  take_break("lunch");
  center.advance(10 * second_ms);
  EXPECT_EQ(pauses(0, center.ts), (Lines{"lunch 10-30 unproductive", "training 30-35", "training 35-40 queue",
                                         "wrapup 50-80 system", "lunch 80-90 unproductive goes on"}));
  EXPECT_EQ(
      pauses(start_ts + 20 * second_ms, start_ts + 60 * second_ms),
      (Lines{"lunch 20-30 unproductive", "training 30-35", "training 35-40 queue", "wrapup 50-60 system goes on"}))
      << "cut at the ends of the period";
}

TEST_F(AttendanceTest,
       APauseIsToldInFullAlsoWhileThePhoneIsGone) {  // TM-7: unreachable outranks paused in the bucket log
  center.attach("e1", 1, "boot");
  core::AgentConfig config = center.at(ann).config;
  config.external_endpoint = false;
  config.extension = "1001";
  ASSERT_EQ(center.code(command::SetAgent{ann, config, {center.in(sales)}}), Code::ok);
  const BindingId phone = center.bind("e1", ann);
  take_break("lunch");
  center.event("e1", link::BindingDown{phone, "expired"});
  EXPECT_EQ(center.bucket(ann), core::Bucket::unreachable);
  center.advance(20 * second_ms);
  log_out();
  EXPECT_EQ(pauses(0, center.ts + 1), Lines{"lunch 0-20 unproductive"});
}

TEST_F(AttendanceTest, AParticipantHasPausesByQueueAndNoLoginTimes) {  // TM-2
  core::AgentConfig config;
  config.participant = true;
  config.external_endpoint = true;
  core::Membership paused = center.in(sales);
  paused.paused = true;
  paused.pause_reason = "lunch";
  ann = center.agent("door", {paused}, config);
  center.advance(10 * second_ms);
  ASSERT_EQ(center.code(command::SetMembershipPaused{ann, sales, false, ""}), Code::ok);
  center.advance(10 * second_ms);
  EXPECT_EQ(pauses(0, center.ts), Lines{"lunch 0-10 queue"}) << "without the split of productive and unproductive";
  EXPECT_EQ(attendance(0, center.ts).logged_in_ms, 0);
}

TEST_F(AttendanceTest, MissedCallsAreAPauseOfTheSystem) {  // TM-7
  center.enqueue(sales);
  center.advance(60 * second_ms);
  ASSERT_EQ(center.bucket(ann), core::Bucket::paused);
  center.advance(10 * second_ms);
  EXPECT_EQ(pauses(0, center.ts), Lines{"missed 60-70 system goes on"});
}

TEST_F(AttendanceTest, ARemovedAgentOrMembershipEndsItsPauses) {  // TM-7
  ASSERT_EQ(center.code(command::SetMembershipPaused{ann, sales, true, "training"}), Code::ok);
  center.advance(5 * second_ms);
  ASSERT_EQ(center.code(command::SetAgent{ann, center.at(ann).config, {}}), Code::ok);
  center.advance(5 * second_ms);
  take_break("lunch");
  center.advance(5 * second_ms);
  ASSERT_EQ(center.code(command::RemoveAgent{ann}), Code::ok);
  center.advance(5 * second_ms);
  EXPECT_EQ(pauses(0, center.ts), (Lines{"training 0-5 queue", "lunch 10-15 unproductive"}));
  EXPECT_EQ(attendance(0, center.ts).logged_in_ms, 15 * second_ms);
}

TEST_F(AttendanceTest, LoginsOfADayAddUpAndAreCutAtItsEnds) {  // TM-8
  center.advance(2 * hour_ms);
  log_out();
  EXPECT_EQ(attendance(0, center.ts).logged_in_ms, 2 * hour_ms);
  center.advance(hour_ms);
  center.make_ready(ann);
  center.advance(3 * hour_ms);
  EXPECT_EQ(attendance(0, center.ts).logged_in_ms, 5 * hour_ms) << "still logged in";
  take_break("lunch");
  center.advance(hour_ms);
  log_out();
  center.advance(hour_ms);
  EXPECT_EQ(attendance(0, center.ts).logged_in_ms, 6 * hour_ms) << "a break is no logout";
  const Ms midnight_ts = start_ts + 4 * hour_ms;
  EXPECT_EQ(attendance(midnight_ts - 24 * hour_ms, midnight_ts).logged_in_ms, 3 * hour_ms);
  EXPECT_EQ(attendance(midnight_ts, midnight_ts + 24 * hour_ms).logged_in_ms, 3 * hour_ms);
}

TEST_F(AttendanceTest, LoggingOffInACallCountsToItsEnd) {  // TM-8
  const CallId call = center.enqueue(sales);
  center.accept(call);
  log_out();
  center.advance(minute_ms);
  center.complete(call);
  ASSERT_EQ(center.bucket(ann), core::Bucket::offline);
  center.advance(minute_ms);
  EXPECT_EQ(attendance(0, center.ts).logged_in_ms, minute_ms);
  EXPECT_TRUE(pauses(0, center.ts).empty()) << "no wrap-up either";
}

TEST_F(AttendanceTest, OccupancyAndUtilizationFollowTheBuckets) {  // PD-11
  EXPECT_FALSE(shares_of(AgentStory{}).occupancy.has_value());
  EXPECT_FALSE(shares_of(AgentStory{}).utilization.has_value());
  center.advance(90 * second_ms);  // ready
  const CallId call = center.enqueue(sales);
  center.advance(10 * second_ms);  // ring
  center.accept(call);
  center.advance(60 * second_ms);  // incall
  center.complete(call);
  center.advance(30 * second_ms);  // wrapup
  take_break("lunch");
  center.advance(50 * second_ms);
  ASSERT_EQ(center.code(command::SetStatus{ann, core::Status::not_ready}), Code::ok);
  center.advance(10 * second_ms);
  log_out();
  center.advance(hour_ms);
  const AgentStory told = story(start_ts, center.ts);
  Ms all_ms = 0;
  for (const Ms ms : told.bucket_ms) all_ms += ms;
  EXPECT_EQ(all_ms, center.ts - start_ts) << "the buckets cover the period";
  const Shares shares = shares_of(told);
  EXPECT_DOUBLE_EQ(*shares.occupancy, 90.0 / 180.0);
  EXPECT_DOUBLE_EQ(*shares.utilization, 190.0 / 250.0);
  EXPECT_FALSE(shares.adherence.has_value()) << "nothing was planned";
}

TEST_F(AttendanceTest, AdherenceLaysTheShiftOverTheLog) {  // PD-11
  plan(minute_ms, 11 * minute_ms, {core::Activity{"lunch", start_ts + 5 * minute_ms, start_ts + 7 * minute_ms}});
  center.advance(2 * minute_ms);  // a minute of it planned, and kept
  take_break("training");
  center.advance(minute_ms);  // not kept
  center.status(ann, core::Status::available);
  center.advance(3 * minute_ms);  // two kept; then lunch, which waits
  take_break("lunch");
  center.advance(minute_ms);  // kept
  center.status(ann, core::Status::available);
  const CallId call = center.enqueue(sales);
  center.accept(call);
  center.advance(3 * minute_ms);  // kept
  log_out();
  center.complete(call);
  center.advance(hour_ms);  // a minute not kept, and the plan is over
  const Attendance told = attendance(0, center.ts);
  EXPECT_EQ(told.planned_ms, 10 * minute_ms);
  EXPECT_EQ(told.kept_ms, 7 * minute_ms);
  EXPECT_DOUBLE_EQ(*shares_of(story(0, center.ts)).adherence, 0.7);
  EXPECT_EQ(attendance(start_ts, start_ts + 2 * minute_ms).planned_ms, minute_ms) << "cut at the period's end";
}

}  // namespace

}  // namespace rf::node
