#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "tests/sim/faults.hpp"
#include "tests/sim/shrink.hpp"
#include "tests/sim/world.hpp"
#include "tests/support/planted.hpp"

namespace rf::sim {
namespace {

using plant::Mutant;

constexpr std::uint64_t steps_a_seed = 10'000;

std::string found_by_seed(std::uint64_t seed) {
  const Outcome outcome = run_seed(RunOptions{seed, steps_a_seed, 0});
  if (outcome.violation.empty()) return {};
  return "after " + std::to_string(outcome.tally.steps) + " steps: " + outcome.violation;
}

class MutantTest : public ::testing::TestWithParam<Mutant> {};

TEST_P(MutantTest, IsCaught) { expect_caught(GetParam(), found_by_seed); }

INSTANTIATE_TEST_SUITE_P(
    Planted, MutantTest,
    ::testing::Values(Mutant{"double_grant", {1}, 200, "P4: "}, Mutant{"stale_release", {162}, 200},
                      Mutant{"next_call_by_arrival_of_asks", {1}, 200, "P11: "},
                      Mutant{"down_from_any_edge", {2}, 200, "R18: "}, Mutant{"gate_opens_early", {1}, 200, "gate: "},
                      Mutant{"confirm_rule_off", {16}, 200}, Mutant{"ring_time_from_receipt", {1}, 200, "R12: "},
                      Mutant{"cursor_per_edge", {1}, 200, "R16: "}, Mutant{"term_not_checked", {54}, 200, "S7: "},
                      Mutant{"ended_rung_again", {3}, 200, "R13: "}, Mutant{"no_linger", {1}, 200},
                      Mutant{"rebuild_without_barrier", {17}, 200}, Mutant{"sync_without_barrier", {14}, 200},
                      Mutant{"confirm_bound_off", {71}, 200}, Mutant{"bound_a_across_boots", {8}, 200},
                      Mutant{"callback_loses_place", {1}, 200, "P13: "},
                      Mutant{"callbacks_not_counted", {1}, 200, "P10: "},
                      Mutant{"phones_lost_without_rows", {4}, 200, "P8: "}),
    [](const auto& test) { return test.param.name; });

TEST(Shrink, LeavesOutEveryFaultThatIsNotNeededAndRunsAlone) {
  plant::arm("callback_loses_place");
  const RunOptions options{1, steps_a_seed, 0};
  const Outcome found = run_seed(options);
  ASSERT_NE(found.violation.find("P13: "), std::string::npos) << found.violation;
  const Shrunk shrunk = shrink(options, found);
  EXPECT_GE(shrunk.options.without.size() + 4, Faults::names().size()) << "a place is lost without any fault";
  EXPECT_NE(shrunk.story.find("rf-sim --seed 1 --steps "), std::string::npos) << shrunk.story;
  EXPECT_NE(shrunk.story.find(" decides "), std::string::npos) << "the trace of the account that is named";
  EXPECT_NE(shrunk.story.find("P13: "), std::string::npos);
  const Outcome again = run_seed(shrunk.options);
  EXPECT_EQ(again.violation, shrunk.outcome.violation);
  EXPECT_LE(again.tally.steps, shrunk.options.steps);
  plant::arm("");
}

TEST(NoMutant, FindsNothing) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed)
    EXPECT_EQ(run_planted(Mutant{}, seed, found_by_seed), plant::Found::nothing);
}

}  // namespace
}  // namespace rf::sim
