#include "node/grpc/order_gate.hpp"

#include <gtest/gtest.h>

namespace rf::node {

namespace {

using Accounts = std::vector<AccountId>;

class OrderGateTest : public ::testing::Test {
 protected:
  const AccountId ann{Ulid{1, 1}};
  const AccountId bob{Ulid{1, 2}};
  OrderGate gate;
};

TEST_F(OrderGateTest, NothingPassesBeforeItIsKnownWhoKnowsTheEdge) {
  EXPECT_FALSE(gate.admits(ann));
  gate.synced(ann);
  EXPECT_FALSE(gate.admits(ann));
  EXPECT_TRUE(gate.overdue(5000).empty());
}

TEST_F(OrderGateTest, WhoKnowsTheEdgePassesAfterItsSyncTheOthersAtOnce) {
  EXPECT_EQ(gate.owe({ann}, 1000), Accounts{ann});
  EXPECT_FALSE(gate.admits(ann));
  EXPECT_TRUE(gate.admits(bob));
  gate.synced(ann);
  EXPECT_TRUE(gate.admits(ann));
}

TEST_F(OrderGateTest, WhoseOrderWasHeldBackOwesASyncToo) {
  EXPECT_FALSE(gate.admits(bob));
  EXPECT_EQ(gate.owe({ann}, 1000), (Accounts{ann, bob}));
  EXPECT_FALSE(gate.admits(bob));
  gate.synced(bob);
  EXPECT_TRUE(gate.admits(bob));
}

TEST_F(OrderGateTest, AnOverdueSyncIsAskedForOnceASecond) {
  gate.owe({ann, bob}, 1000);
  EXPECT_TRUE(gate.overdue(1999).empty());
  gate.synced(bob);
  EXPECT_EQ(gate.overdue(2000), Accounts{ann});
  EXPECT_TRUE(gate.overdue(2999).empty());
  EXPECT_EQ(gate.overdue(3000), Accounts{ann});
}

}  // namespace

}  // namespace rf::node
