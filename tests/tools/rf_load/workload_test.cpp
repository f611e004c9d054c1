#include "tools/rf-load/workload.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace rf::load {
namespace {

constexpr Us t = second_us;

/// Instants of the calls that start when somebody looks at those instants.
std::size_t calls_at(Arrivals& arrivals, Us now_us, std::size_t waiting) {
  std::size_t out = 0;
  while (arrivals.calls_now(now_us, waiting)) ++out;
  return out;
}

// W1.
TEST(OpenLoop, CallsAtAConstantDistance) {
  OpenLoop load(4, {.warmup_us = t, .window_us = t, .calls_max = 100}, 10 * t);
  EXPECT_EQ(load.window_from_us(), 11 * t);
  std::vector<Us> instants;
  for (Us now = load.next_us(0); now != never_us; now = load.next_us(now)) {
    ASSERT_EQ(calls_at(load, now - 1, 0), 0u);
    ASSERT_EQ(calls_at(load, now, 0), 1u);
    instants.push_back((now - 10 * t) / ms_us);
  }
  EXPECT_EQ(instants, (std::vector<Us>{0, 250, 500, 750, 1000, 1250, 1500, 1750}));
}

TEST(OpenLoop, MakesUpForWhatItSleptThrough) {
  OpenLoop load(100, {.warmup_us = t, .window_us = t, .calls_max = 1000}, 0);
  EXPECT_EQ(load.wanted_us(0), 0);
  EXPECT_EQ(calls_at(load, 95 * ms_us, 0), 10u);
  EXPECT_EQ(load.wanted_us(95 * ms_us), 100 * ms_us);
  // However many wait: the load does not follow the server.
  EXPECT_EQ(calls_at(load, 105 * ms_us, 1'000'000), 1u);
}

TEST(OpenLoop, IsBoundedInTimeAndCount) {
  OpenLoop timed(10, {.warmup_us = t, .window_us = 2 * t, .calls_max = 1000}, 0);
  EXPECT_EQ(calls_at(timed, 100 * t, 0), 30u);
  EXPECT_EQ(timed.next_us(100 * t), never_us);
  OpenLoop counted(10, {.warmup_us = t, .window_us = 2 * t, .calls_max = 7}, 0);
  EXPECT_EQ(calls_at(counted, 100 * t, 0), 7u);
  EXPECT_EQ(counted.next_us(100 * t), never_us);
}

TEST(OpenLoop, DoesNotDriftAtAnOddRate) {
  OpenLoop load(3, {.warmup_us = t, .window_us = 3000 * t, .calls_max = 1'000'000}, 0);
  EXPECT_EQ(calls_at(load, 3000 * t, 0), 9001u);
}

// W2.
TEST(Backlog, FillsAtItsRateThenReplacesWhoIsServed) {
  Backlog load({.waiting = 3, .rate_max = 100, .fill_max_us = 10 * t},
               {.warmup_us = t, .window_us = t, .calls_max = 100}, 0);
  EXPECT_EQ(load.window_from_us(), never_us);
  std::size_t waiting = 0;
  for (Us now = 0; now < 30 * ms_us; now += 10 * ms_us) {
    EXPECT_TRUE(load.calls_now(now, waiting));
    ++waiting;
    EXPECT_FALSE(load.calls_now(now, waiting));
  }
  EXPECT_FALSE(load.calls_now(30 * ms_us, 3));
  EXPECT_EQ(load.next_us(30 * ms_us), never_us);
  EXPECT_EQ(load.window_from_us(), 20 * ms_us + t);
  // One is served: one more calls, once.
  EXPECT_TRUE(load.calls_now(50 * ms_us, 2));
  EXPECT_FALSE(load.calls_now(50 * ms_us, 3));
}

TEST(Backlog, SavesNoCallsUp) {
  Backlog load({.waiting = 50, .rate_max = 100, .fill_max_us = 10 * t},
               {.warmup_us = t, .window_us = t, .calls_max = 100}, 0);
  EXPECT_FALSE(load.calls_now(0, 50));
  EXPECT_LE(calls_at(load, 500 * ms_us, 0), 2u);
}

TEST(Backlog, EndsWithTheWindowOrTheCount) {
  Backlog load({.waiting = 1, .rate_max = 100, .fill_max_us = 10 * t},
               {.warmup_us = t, .window_us = t, .calls_max = 100}, 0);
  EXPECT_FALSE(load.calls_now(0, 1));
  EXPECT_TRUE(load.calls_now(2 * t - 1, 0));
  EXPECT_FALSE(load.calls_now(2 * t, 0));
  Backlog counted({.waiting = 5, .rate_max = 1000, .fill_max_us = 10 * t},
                  {.warmup_us = t, .window_us = t, .calls_max = 2}, 0);
  EXPECT_TRUE(counted.calls_now(0, 0));
  EXPECT_TRUE(counted.calls_now(1 * t, 1));
  EXPECT_FALSE(counted.calls_now(2 * t, 2));
  EXPECT_TRUE(counted.hopeless(2 * t));
}

TEST(Backlog, KnowsWhenItCannotBeFilled) {
  Backlog load({.waiting = 5, .rate_max = 1000, .fill_max_us = 3 * t},
               {.warmup_us = t, .window_us = t, .calls_max = 99}, t);
  EXPECT_FALSE(load.hopeless(4 * t - 1));
  EXPECT_TRUE(load.hopeless(4 * t));
  load.calls_now(3 * t, 5);
  EXPECT_FALSE(load.hopeless(4 * t));
}

}  // namespace
}  // namespace rf::load
