#include "tools/rf-load/histogram.hpp"

#include <gtest/gtest.h>

namespace rf::load {
namespace {

TEST(Histogram, EmptyIsZero) {
  const Histogram h;
  EXPECT_EQ(h.at(0.5), 0);
  EXPECT_EQ(h.max_us(), 0);
  EXPECT_EQ(h.mean_us(), 0);
}

TEST(Histogram, SmallValuesAreExact) {
  Histogram h;
  for (Us value = 0; value < 64; ++value) h.record(value);
  EXPECT_EQ(h.count(), 64u);
  EXPECT_EQ(h.at(0.5), 31);
  EXPECT_EQ(h.at(1), 63);
  EXPECT_EQ(h.at(0), 0);
}

TEST(Histogram, IsNeverBelowAndAtMostOneSixtyFourthAbove) {
  for (Us value = 1; value < 100LL * 24 * 3600 * second_us; value = value * 5 / 4 + 1) {
    Histogram h;
    h.record(value);
    h.record(value * 3);
    EXPECT_GE(h.at(0.5), value);
    EXPECT_LE(h.at(0.5), value + value / 64);
    EXPECT_EQ(h.at(1), value * 3);
  }
}

TEST(Histogram, SharesByRank) {
  Histogram h;
  for (int i = 0; i < 99; ++i) h.record(10);
  h.record(50);
  EXPECT_EQ(h.at(0.5), 10);
  EXPECT_EQ(h.at(0.99), 10);
  EXPECT_EQ(h.at(0.999), 50);
  EXPECT_EQ(h.mean_us(), 10);
}

TEST(Histogram, BucketsHoldEverything) {
  Histogram h;
  for (const Us value : {3, 3, 1000, 1'000'000}) h.record(value);
  const auto buckets = h.buckets();
  ASSERT_EQ(buckets.size(), 3u);
  EXPECT_EQ(buckets[0], (std::pair<Us, std::uint64_t>{3, 2}));
  EXPECT_GE(buckets[1].first, 1000);
  EXPECT_GE(buckets[2].first, 1'000'000);
}

TEST(Histogram, NegativeCountsAsZero) {
  Histogram h;
  h.record(-5);
  EXPECT_EQ(h.at(0.5), 0);
  EXPECT_EQ(h.mean_us(), 0);
}

}  // namespace
}  // namespace rf::load
