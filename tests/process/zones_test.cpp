#include "process/zones.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/process/fakes.hpp"

namespace rf::process {
namespace {

constexpr Ms hour_ms = 3600 * second_ms;
constexpr Ms summer_2026_ts = 1'774'746'000'000;  // 2026-03-29 01:00 UTC
constexpr Ms winter_2026_ts = 1'792'890'000'000;  // 2026-10-25 01:00 UTC

class ZonesTest : public ::testing::Test {
 protected:
  const ManualClock clock{1'767'225'600'000};  // 2026-01-01
  const SystemZones zones{clock};
};

TEST_F(ZonesTest, KnowsTheChangesOfAZone) {
  const Zone* berlin = zones.find("Europe/Berlin");
  ASSERT_NE(berlin, nullptr);
  EXPECT_EQ(berlin->offset_ms(0), hour_ms);
  EXPECT_EQ(berlin->offset_ms(summer_2026_ts - 1), hour_ms);
  EXPECT_EQ(berlin->offset_ms(summer_2026_ts), 2 * hour_ms);
  EXPECT_EQ(berlin->offset_ms(winter_2026_ts - 1), 2 * hour_ms);
  EXPECT_EQ(berlin->offset_ms(winter_2026_ts), hour_ms);
  const LocalTime shown = local_time(*berlin, winter_2026_ts);
  EXPECT_EQ(shown.minute, 120u);
  EXPECT_EQ(shown.weekday, 6u);
  ASSERT_FALSE(berlin->changes.empty());
  const Ms last_ts = berlin->changes.back().at_ts;
  EXPECT_GT(last_ts, clock.wall_ms() + 29LL * 365 * 24 * hour_ms);
  EXPECT_LT(last_ts, clock.wall_ms() + 31LL * 366 * 24 * hour_ms);
}

TEST_F(ZonesTest, OffsetsThatAreNoWholeHoursAndThoseOfTheSouth) {
  const Zone* nepal = zones.find("Asia/Kathmandu");
  ASSERT_NE(nepal, nullptr);
  EXPECT_EQ(nepal->offset_ms(clock.wall_ms()), 5 * hour_ms + 45 * 60 * second_ms);
  const Zone* sydney = zones.find("Australia/Sydney");
  ASSERT_NE(sydney, nullptr);
  EXPECT_EQ(sydney->offset_ms(clock.wall_ms()), 11 * hour_ms);
  EXPECT_EQ(sydney->offset_ms(summer_2026_ts + 60 * 24 * hour_ms), 10 * hour_ms);
}

TEST_F(ZonesTest, TheEmptyNameIsUtc) {
  for (const char* name : {"", "UTC", "Etc/UTC"}) {
    const Zone* utc = zones.find(name);
    ASSERT_NE(utc, nullptr) << name;
    EXPECT_EQ(utc->offset_ms(summer_2026_ts), 0) << name;
    EXPECT_TRUE(utc->changes.empty()) << name;
  }
}

TEST_F(ZonesTest, WhatIsNoZoneIsNotLookedFor) {
  for (const std::string name :
       {"Europe/Nowhere", "../etc/passwd", "/etc/localtime", "localtime", "right/Europe/Berlin", "posixrules",
        "zone.tab", "Europe", "Europe/../Europe/Berlin", "Fixed/UTC+01:00:00", "file:Europe/Berlin", " UTC"})
    EXPECT_EQ(zones.find(name), nullptr) << name;
  EXPECT_EQ(zones.find(std::string(100, 'A')), nullptr);
  EXPECT_EQ(zones.find(std::string_view("Europe/Berlin\0", 14)), nullptr);
}

TEST_F(ZonesTest, AZoneStaysWhicheverThreadFoundIt) {
  const Zone* first = zones.find("America/New_York");
  ASSERT_NE(first, nullptr);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (const char* name : {"Europe/Paris", "America/New_York", "Asia/Tokyo"}) EXPECT_NE(zones.find(name), nullptr);
      EXPECT_EQ(zones.find("America/New_York"), first);
    });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace rf::process
