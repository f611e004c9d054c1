#include "sip-edge/call/fence.hpp"

#include "tests/sip-edge/call/edge_fixture.hpp"

namespace rf::edge {

TEST(FenceTest, ALowerTermOfTheShardIsRefused) {
  FenceTable fences;
  EXPECT_TRUE(fences.admit({1, 4}));
  EXPECT_TRUE(fences.admit({1, 4}));
  EXPECT_FALSE(fences.admit({1, 3}));
  EXPECT_TRUE(fences.admit({1, 5}));
  EXPECT_FALSE(fences.admit({1, 4}));
}

TEST(FenceTest, ShardsAreFencedEachForItself) {
  FenceTable fences;
  EXPECT_TRUE(fences.admit({1, 9}));
  EXPECT_TRUE(fences.admit({2, 1}));
}

class EdgeFenceTest : public EdgeTest {};

TEST_F(EdgeFenceTest, ADeposedLeadersOrderIsRefusedWithoutAWord) {
  invite(call);
  fence.term = 4;
  order(link::HoldOrder{call});
  fence.term = 3;
  EXPECT_TRUE(ring(target(r1, 1)).empty());
  EXPECT_EQ(edge.counters().orders_stale_term, 1u);
}

TEST_F(EdgeFenceTest, ADeposedLeadersSyncClosesNothing) {
  invite(call);
  ring_agent(r1, 1);
  fence.term = 4;
  order(link::HoldOrder{call});
  fence.term = 3;
  EXPECT_TRUE(sync({}).empty());
  EXPECT_EQ(edge.standing(account).ringing.size(), 1u);
}

TEST_F(EdgeFenceTest, ADeposedLeadersConnectionIsNotUsed) {
  const AccountId other = nth<AccountId>(2);
  step(input::LeaderConnected{other, {5, 9}});
  step(input::LeaderLost{account});
  EXPECT_TRUE(step(input::LeaderConnected{account, {5, 8}}).empty());
  EXPECT_FALSE(step(input::LeaderConnected{account, {5, 9}}).empty());
}

TEST_F(EdgeFenceTest, TheTermOfOneAccountFencesTheOtherAccountsOfItsShard) {
  invite(call);
  const AccountId other = nth<AccountId>(2);
  step(input::LeaderConnected{other, {5, 9}});
  EXPECT_TRUE(ring(target(r1, 1)).empty());
  fence = {6, 1};
  EXPECT_EQ(ring(target(r1, 1)).size(), 1u);
}

}  // namespace rf::edge
