#include "sip-edge/leaders.hpp"

#include <gtest/gtest.h>

namespace rf::edge {
namespace {

using Leader = Leaders::Leader;

TEST(Leaders, KnowsNobodyAtFirst) { EXPECT_FALSE(Leaders(2).of(3)); }

TEST(Leaders, TakesEachClaimAsTheWholeList) {
  Leaders leaders(1);
  EXPECT_EQ(leaders.claim(0, {{3, 1}, {4, 1}}), (std::vector<Fence>{{3, 1}, {4, 1}}));
  EXPECT_EQ(leaders.of(3), (Leader{0, 1}));
  EXPECT_EQ(leaders.claim(0, {{4, 1}, {5, 2}}), (std::vector<Fence>{{5, 2}}));
  EXPECT_FALSE(leaders.of(3));
  EXPECT_EQ(leaders.of(5), (Leader{0, 2}));
}

TEST(Leaders, OfTwoClaimsTheHigherTermIsRight) {
  Leaders leaders(2);
  leaders.claim(0, {{3, 1}});
  leaders.claim(1, {{3, 2}});
  EXPECT_EQ(leaders.of(3), (Leader{1, 2}));
  leaders.claim(0, {{3, 3}});
  EXPECT_EQ(leaders.of(3), (Leader{0, 3}));
}

TEST(Leaders, AnOldLeaderIsNoneWhenTheNewOneIsGone) {
  Leaders leaders(2);
  leaders.claim(0, {{3, 1}});
  leaders.claim(1, {{3, 2}});
  leaders.lost(1);
  EXPECT_FALSE(leaders.of(3));
  EXPECT_EQ(leaders.claim(1, {{3, 2}}), (std::vector<Fence>{{3, 2}}));
  EXPECT_EQ(leaders.of(3), (Leader{1, 2}));
}

TEST(Leaders, ANewTermOfTheSameNodeIsAGain) {
  Leaders leaders(1);
  leaders.claim(0, {{3, 1}});
  EXPECT_TRUE(leaders.claim(0, {{3, 1}}).empty());
  EXPECT_EQ(leaders.claim(0, {{3, 2}}), (std::vector<Fence>{{3, 2}}));
}

}  // namespace
}  // namespace rf::edge
