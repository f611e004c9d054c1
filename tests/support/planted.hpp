#pragma once
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "core/base/plant.hpp"

/// Only in programs with planted bugs.
#ifdef RF_MUTANTS
namespace rf::plant {

/// A planted bug, the seeds known to catch it, and how many others are tried when none of those does any more.
struct Mutant {
  const char* name = "";
  std::vector<std::uint64_t> seeds = {};
  std::uint64_t budget = 0;
  /// The check that must find it, as its findings begin; empty: any, or an assertion.
  std::string found_by = {};
};

enum class Found : std::uint8_t { nothing, violation, assertion, by_another_check };

/// Tells what was found; empty: nothing.
using RunSeed = std::function<std::string(std::uint64_t seed)>;

/// Runs the seed in a child process: a planted bug may well break an assertion.
inline Found run_planted(const Mutant& mutant, std::uint64_t seed, const RunSeed& run) {
  constexpr unsigned seconds_max = 300;
  // What a child process tells by how it ends.
  constexpr int found_exit = 1;
  constexpr int by_another_exit = 2;
  std::cout << std::flush;
  const pid_t child = fork();
  if (child == 0) {
    alarm(seconds_max);
    arm(mutant.name);
    const std::string found = run(seed);
    if (found.empty()) _exit(0);
    std::cout << mutant.name << ": seed " << seed << " " << found << std::endl;
    _exit(found.find(mutant.found_by) == std::string::npos ? by_another_exit : found_exit);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) {
    std::cout << mutant.name << ": seed " << seed << ": a broken assertion" << std::endl;
    return Found::assertion;
  }
  EXPECT_TRUE(WIFEXITED(status)) << mutant.name << ": seed " << seed << " did not end in " << seconds_max << " s";
  if (!WIFEXITED(status)) return Found::nothing;
  if (WEXITSTATUS(status) == by_another_exit) return Found::by_another_check;
  return WEXITSTATUS(status) == found_exit ? Found::violation : Found::nothing;
}

/// Fails the test unless one of the mutant's seeds, or of as many others as its budget allows, catches it.
inline void expect_caught(const Mutant& mutant, const RunSeed& run) {
  const auto caught_by = [&](std::uint64_t seed) {
    const Found found = run_planted(mutant, seed, run);
    return found == Found::violation || (found == Found::assertion && mutant.found_by.empty());
  };
  for (std::uint64_t seed : mutant.seeds)
    if (caught_by(seed)) return;
  for (std::uint64_t seed = 1; seed <= mutant.budget; ++seed)
    if (caught_by(seed)) return;
  FAIL() << mutant.name << " was not caught by its seeds nor by " << mutant.budget << " others"
         << (mutant.found_by.empty() ? "" : ", not by the check " + mutant.found_by);
}

}  // namespace rf::plant
#endif
