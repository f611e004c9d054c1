#include <gtest/gtest.h>

#include "tests/storage/raft/world.hpp"
#include "tests/support/planted.hpp"

namespace rf::storage::raft {
namespace {

using plant::Mutant;

std::string found_by_seed(std::uint64_t seed) {
  const WorldOutcome outcome = World(WorldOptions{seed}).run();
  if (outcome.violation.empty()) return {};
  return "after " + std::to_string(outcome.steps) + " steps: " + outcome.violation;
}

class RaftMutantTest : public ::testing::TestWithParam<Mutant> {};

TEST_P(RaftMutantTest, IsCaught) { expect_caught(GetParam(), found_by_seed); }

INSTANTIATE_TEST_SUITE_P(Planted, RaftMutantTest,
                         ::testing::Values(Mutant{"vote_forgotten", {75}, 500, "C1: "},
                                           Mutant{"lost_last_writes", {}, 100},
                                           Mutant{"messages_before_vote", {}, 100, "S2: "},
                                           Mutant{"no_message_split", {}, 100, "for a change"},
                                           Mutant{"append_below_log", {2195}, 4000},
                                           Mutant{"overtaken_writes_count", {379}, 4000, "S2: "},
                                           Mutant{"members_unheard", {3922, 5681}, 12000, "C9: "}),
                         [](const auto& test) { return test.param.name; });

TEST(NoRaftMutant, FindsNothing) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    EXPECT_EQ(run_planted(Mutant{}, seed, found_by_seed), plant::Found::nothing);
}

}  // namespace
}  // namespace rf::storage::raft
