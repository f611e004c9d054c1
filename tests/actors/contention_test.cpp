#include "tests/support/contention.hpp"

#include <gtest/gtest.h>

namespace rf::testing {

TEST(ContentionTest, P1_NoAgentHasTwoOffersAtOnceInAnyOfTenQueues) {
  Contended all;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Contention contention(seed);
    const Contended run = contention.run(10'000);
    EXPECT_EQ(run.overlapping, 0u) << "seed " << seed;
    all.offers += run.offers;
    all.answered += run.answered;
    all.unanswered += run.unanswered;
    all.crashes += run.crashes;
  }
  // The run is what it claims to be.
  EXPECT_GE(all.offers, 50'000u);
  EXPECT_GT(all.answered, all.offers / 2);
  EXPECT_GT(all.unanswered, all.offers / 20);
  EXPECT_EQ(all.crashes, 5u);
}

}  // namespace rf::testing
