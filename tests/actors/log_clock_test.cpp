#include "actors/log_clock.hpp"

#include <gtest/gtest.h>

namespace rf::actors {
namespace {

TEST(LogClockTest, GoesOnFromTheWallClockOfEpochStart) {
  const LogClock clock(1'000'000, 500, 900'000, 500);
  EXPECT_EQ(clock.start_ts(), 1'000'000);
  EXPECT_EQ(clock.now_ts(500), 1'000'000);
  EXPECT_EQ(clock.now_ts(700), 1'000'200);
}

TEST(LogClockTest, NeverFallsBehindTheAccountWhenTheWallClockSteppedBack) {
  const LogClock clock(1'000'000, 500, 1'050'000, 500);
  EXPECT_EQ(clock.now_ts(500), 1'050'000);
  EXPECT_EQ(clock.now_ts(700), 1'050'200);
}

TEST(LogClockTest, ARebuildInTheMiddleOfATermDoesNotCountTheTermTwice) {
  const LogClock first(1'000'000, 0, 0, 0);
  const Ms last_ts = first.now_ts(100'000);
  const LogClock rebuilt(1'000'000, 0, last_ts, 101'000);
  EXPECT_EQ(rebuilt.now_ts(101'000), first.now_ts(101'000));
  EXPECT_EQ(rebuilt.start_ts(), first.start_ts());
}

TEST(LogClockTest, ARebuildAfterAStepBackNeverRunsAhead) {
  const LogClock first(1'000'000, 0, 1'050'000, 0);
  const Ms last_ts = first.now_ts(10'000);
  const LogClock rebuilt(1'000'000, 0, last_ts, 30'000);
  EXPECT_GE(rebuilt.now_ts(30'000), last_ts);
  EXPECT_LE(rebuilt.now_ts(30'000), first.now_ts(30'000));
}

}  // namespace
}  // namespace rf::actors
