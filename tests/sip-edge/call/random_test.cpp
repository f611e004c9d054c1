#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "tests/sip-edge/call/random_world.hpp"

namespace rf::edge {

/// RF_EDGE_SEED=n runs that seed alone.
TEST(RandomTest, EveryRingEndsOnceAndNoAgentHasTwo) {
  std::uint64_t first = 1;
  std::uint64_t last = 60;
  if (const char* seed = std::getenv("RF_EDGE_SEED")) first = last = std::strtoull(seed, nullptr, 10);
  std::map<std::string, int> seen;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    RandomWorld world(seed);
    const auto violation = world.run(1500);
    EXPECT_FALSE(violation) << *violation << "\nrun again with RF_EDGE_SEED=" << seed;
    for (const auto& [what, count] : world.seen()) seen[what] += count;
  }
  std::cout << "seeds " << first << " to " << last << ":";
  for (const auto& [what, count] : seen) std::cout << "  " << what << " " << count;
  std::cout << "\n";
  for (const char* what :
       {"call outside", "connect", "CallerKey", "182", "180", "answer", "hang up", "ring", "cancel", "bye", "Snapshot",
        "CallArrived", "CallEnded", "Answered", "OfferClosed", "LegGone", "event again", "refused order"})
    EXPECT_GT(seen[what], 0) << what;
}

TEST(RandomTest, TheSameSeedGivesTheSameRun) {
  RandomWorld one(42);
  RandomWorld two(42);
  EXPECT_EQ(one.run(500), two.run(500));
  EXPECT_EQ(one.seen(), two.seen());
}

}  // namespace rf::edge
