#pragma once
#include "tests/sim/judge.hpp"
#include "tests/sim/plan.hpp"
#include "tests/sim/random.hpp"
#include "tests/sim/schedule.hpp"
#include "tests/sim/tally.hpp"

namespace rf::sim {

/// What everything in one run shares: chance, time, the judge and the books.
struct Context {
  Context(std::uint64_t seed, std::size_t trace_lines_max)
      : random(seed), schedule(start_ms), judge(schedule, trace_lines_max), plan(plan_of(random)) {}

  static constexpr Ms start_ms = 1'000'000;
  /// The wall clock at the schedule's 0.
  static constexpr Ms wall_ms = 1'700'000'000'000;
  Random random;
  Schedule schedule;
  Judge judge;
  Tally tally;
  Plan plan;

  Ms now_ms() const { return schedule.now_ms(); }
};

}  // namespace rf::sim
