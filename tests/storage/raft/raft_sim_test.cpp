#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "tests/storage/raft/world.hpp"

namespace rf::storage::raft {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// Seeds until so many steps are done; RF_RAFT_STEPS and RF_RAFT_FIRST make a campaign of it.
TEST(RaftSim, KeepsItsPromisesUnderEveryFault) {
  const std::uint64_t steps = from_environment("RF_RAFT_STEPS", 2'000'000);
  WorldOutcome sum;
  std::uint64_t seed = from_environment("RF_RAFT_FIRST", 1);
  for (; sum.steps < steps; ++seed) {
    const WorldOutcome outcome = World(WorldOptions{seed}).run();
    ASSERT_EQ(outcome.violation, "") << "seed " << seed << " after " << outcome.steps << " steps";
    sum.steps += outcome.steps;
    sum.committed += outcome.committed;
    sum.elections += outcome.elections;
    sum.crashes += outcome.crashes;
    sum.installs += outcome.installs;
    sum.changes += outcome.changes;
    sum.transfers += outcome.transfers;
    sum.acknowledged += outcome.acknowledged;
    sum.barriers += outcome.barriers;
  }
  std::cout << "up to seed " << seed - 1 << ": " << sum.steps << " steps, " << sum.committed << " entries committed, "
            << sum.elections << " elections, " << sum.crashes << " crashes, " << sum.installs << " installs, "
            << sum.changes << " changes of members, " << sum.transfers << " transfers, " << sum.acknowledged
            << " acknowledged, " << sum.barriers << " barriers" << std::endl;
  for (const std::uint64_t seen : {sum.elections, sum.crashes, sum.installs, sum.changes, sum.transfers, sum.barriers})
    EXPECT_GE(seen, 100u) << "a fault that hardly ever happens shows nothing";
}

TEST(RaftSim, ASeedRunsTheSameAgain) {
  const WorldOutcome one = World(WorldOptions{7}).run();
  const WorldOutcome two = World(WorldOptions{7}).run();
  EXPECT_EQ(one.steps, two.steps);
  EXPECT_EQ(one.committed, two.committed);
}

}  // namespace
}  // namespace rf::storage::raft
