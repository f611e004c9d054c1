#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "tests/sim/shrink.hpp"
#include "tests/sim/world.hpp"

namespace rf::sim {
namespace {

// A sanitizer makes a step ten times as dear, and looks for something else than coverage.
#ifdef __SANITIZE_ADDRESS__
constexpr std::uint64_t steps_min = 100'000;
constexpr std::uint64_t hits_min = 0;
#else
constexpr std::uint64_t steps_min = 2'500'000;
constexpr std::uint64_t hits_min = 100;
#endif
constexpr std::uint64_t steps_a_seed = 10'000;

std::uint64_t running_seed = 0;

/// How one seed is run alone.
std::string again(std::uint64_t seed) {
  return "run it alone: build/<preset>/bin/rf-sim --seed " + std::to_string(seed) + " --steps " +
         std::to_string(steps_a_seed) + " --trace 200";
}

/// A broken assertion ends the process: say which seed it was.
extern "C" void on_abort(int) {
  std::fprintf(stderr, "seed %llu broke an assertion; %s\n", static_cast<unsigned long long>(running_seed),
               again(running_seed).c_str());
}

TEST(Simulation, TheSameSeedGivesTheSameRun) {
  for (std::uint64_t seed = 3; seed <= 5; ++seed) {
    const Outcome one = run_seed(RunOptions{seed, 2000, 0});
    const Outcome two = run_seed(RunOptions{seed, 2000, 0});
    EXPECT_EQ(one.hash, two.hash) << "seed " << seed;
    EXPECT_EQ(one.virtual_ms, two.virtual_ms) << "seed " << seed;
    EXPECT_EQ(text_of(one.tally), text_of(two.tally)) << "seed " << seed;
  }
}

TEST(Simulation, HoldsItsInvariantsUnderEveryFault) {  // P1-P14, P16, P17
  std::signal(SIGABRT, on_abort);
  Tally all;
  Ms virtual_ms = 0;
  const char* first = std::getenv("RF_SIM_FIRST");
  std::uint64_t seed = first == nullptr ? 1 : std::strtoull(first, nullptr, 10);
  std::uint64_t seeds = 0;
  for (; all.steps < steps_min; ++seed, ++seeds) {
    running_seed = seed;
    const Outcome outcome = run_seed(RunOptions{seed, steps_a_seed, 0});
    all.add(outcome.tally);
    virtual_ms += outcome.virtual_ms;
    if (!outcome.violation.empty())
      FAIL() << "seed " << seed << ": " << outcome.violation << "\n"
             << shrink(RunOptions{seed, steps_a_seed, 0}, outcome).story;
  }
  std::cout << seeds << " seeds, " << virtual_ms / 3'600'000 << " hours of virtual time\n" << text_of(all);
  EXPECT_EQ(not_covered(all, hits_min), "") << "hit fewer than " << hits_min << " times";
}

}  // namespace
}  // namespace rf::sim
