#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "core/base/plant.hpp"
#include "tests/sim/faults.hpp"
#include "tests/sim/shrink.hpp"
#include "tests/sim/world.hpp"

namespace rf::sim {
namespace {

/// A planted bug, the seeds known to catch it, and how many others are tried when none of those does any more.
struct Mutant {
  const char* name;
  std::vector<std::uint64_t> seeds;
  std::uint64_t budget = 0;
  /// The check that must find it, as its findings begin; empty: any.
  std::string found_by = {};
};

constexpr std::uint64_t steps_a_seed = 10'000;
constexpr unsigned seconds_a_seed_max = 300;

enum class Found : std::uint8_t { nothing, violation, assertion, by_another_check };

/// What a child process tells by how it ends.
constexpr int found_exit = 1;
constexpr int by_another_exit = 2;

/// Runs the seed in a child process: a planted bug may well break an assertion.
Found run_planted(const char* mutant, std::uint64_t seed, const std::string& found_by) {
  std::cout << std::flush;
  const pid_t child = fork();
  if (child == 0) {
    alarm(seconds_a_seed_max);
    plant::arm(mutant);
    const Outcome outcome = run_seed(RunOptions{seed, steps_a_seed, 0});
    if (!outcome.violation.empty())
      std::cout << mutant << ": seed " << seed << " after " << outcome.tally.steps << " steps: " << outcome.violation
                << std::endl;
    if (outcome.violation.empty()) _exit(0);
    _exit(outcome.violation.find(found_by) == std::string::npos ? by_another_exit : found_exit);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) {
    std::cout << mutant << ": seed " << seed << ": a broken assertion" << std::endl;
    return Found::assertion;
  }
  EXPECT_TRUE(WIFEXITED(status)) << mutant << ": seed " << seed << " did not end in " << seconds_a_seed_max << " s";
  if (!WIFEXITED(status)) return Found::nothing;
  if (WEXITSTATUS(status) == by_another_exit) return Found::by_another_check;
  return WEXITSTATUS(status) == found_exit ? Found::violation : Found::nothing;
}

class MutantTest : public ::testing::TestWithParam<Mutant> {};

TEST_P(MutantTest, IsCaught) {
  const Mutant& mutant = GetParam();
  const auto caught_by = [&](std::uint64_t seed) {
    const Found found = run_planted(mutant.name, seed, mutant.found_by);
    return found == Found::violation || (found == Found::assertion && mutant.found_by.empty());
  };
  for (std::uint64_t seed : mutant.seeds)
    if (caught_by(seed)) return;
  for (std::uint64_t seed = 1; seed <= mutant.budget; ++seed)
    if (caught_by(seed)) return;
  FAIL() << mutant.name << " was not caught by its seeds nor by " << mutant.budget << " others"
         << (mutant.found_by.empty() ? "" : ", not by the check " + mutant.found_by);
}

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
  for (std::uint64_t seed = 1; seed <= 3; ++seed) EXPECT_EQ(run_planted("", seed, ""), Found::nothing);
}

}  // namespace
}  // namespace rf::sim
