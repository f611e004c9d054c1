#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "core/base/limits.hpp"
#include "core/base/plant.hpp"
#include "tests/support/center.hpp"

/// Planted bugs that random centres hardly ever meet: the checks of every turn find them in a scenario.
namespace rf::core {
namespace {

using rf::testing::Center;
using rf::testing::SipDesk;

/// An agent without a phone comes free while the edge of the waiting call is not heard, and the edge is heard again.
void an_edge_is_heard_again() {
  SipDesk d(QueueConfig{});
  AgentConfig config;
  config.follow_me = "+4915112345678";
  const AgentId a = d.c.agent("ann", {Center::in(d.q)}, config);
  d.call();
  d.c.edges["e1"].age_ms = limits::edge_silent_ms;
  d.c.make_ready(a);
  d.c.edges["e1"].age_ms = 0;
  d.c.run(command::Tick{});
}

/// What the checks find in it, one text after the other.
std::string found_in(void (*scenario)()) {
  ::testing::TestPartResultArray results;
  {
    const ::testing::ScopedFakeTestPartResultReporter reporter(
        ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
    scenario();
  }
  std::string text;
  for (int i = 0; i < results.size(); ++i) text += results.GetTestPartResult(i).message();
  return text;
}

TEST(Planted, AnEdgeThatIsHeardAgainAndForgottenLeavesAPairOver) {  // R4
  EXPECT_EQ(found_in(an_edge_is_heard_again), "");
  plant::arm("unheard_edges_forgotten");
  EXPECT_NE(found_in(an_edge_is_heard_again).find("R4: "), std::string::npos);
  plant::arm("");
}

}  // namespace
}  // namespace rf::core
