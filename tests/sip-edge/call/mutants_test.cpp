#include <gtest/gtest.h>

#include <iostream>

#include "core/base/plant.hpp"
#include "tests/sip-edge/call/random_world.hpp"

namespace rf::edge {

constexpr std::uint64_t seeds_max = 60;

/// What the first seed that finds something finds.
static std::optional<std::string> first_violation(const char* mutant) {
  plant::arm(mutant);
  std::optional<std::string> violation;
  for (std::uint64_t seed = 1; seed <= seeds_max && !violation; ++seed) {
    violation = RandomWorld(seed).run(1500);
    if (violation) std::cout << mutant << ": seed " << seed << " " << *violation << "\n";
  }
  plant::arm("");
  return violation;
}

class MutantsTest : public ::testing::TestWithParam<const char*> {};

TEST_P(MutantsTest, IsCaught) { EXPECT_TRUE(first_violation(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Planted, MutantsTest,
                         ::testing::Values("confirm_rule_off", "ring_time_from_receipt", "cursor_per_edge",
                                           "term_not_checked", "ended_rung_again", "no_linger"));

TEST(NoMutantTest, FindsNothing) { EXPECT_FALSE(first_violation("")); }

}  // namespace rf::edge
