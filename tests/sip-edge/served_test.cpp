#include "sip-edge/served.hpp"

#include <gtest/gtest.h>

#include "sip-edge/retry.hpp"

namespace rf::edge {
namespace {

using Change = Served::Change;
using Leader = Served::Leader;

const AccountId a(Ulid{1, 1});
const AccountId b(Ulid{2, 2});
const Leader first{1, {7, 1}};
const Leader second{2, {7, 2}};

class ServedTest : public testing::Test {
 protected:
  ServedTest() {
    served_.add(a);
    served_.add(b);
  }
  Served served_;
};

TEST_F(ServedTest, AnAccountIsAddedOnce) {
  EXPECT_FALSE(served_.add(a));
  EXPECT_TRUE(served_.has(a));
  EXPECT_EQ(served_.all(), (std::vector<AccountId>{a, b}));
  EXPECT_EQ(served_.settle(AccountId(Ulid{3, 3}), first, 0), Change::none);
}

TEST_F(ServedTest, TellsConnectedAndLostOnce) {
  EXPECT_EQ(served_.settle(a, std::nullopt, 0), Change::none);
  EXPECT_EQ(served_.stream_of(a), 0u);
  EXPECT_EQ(served_.settle(a, first, 0), Change::connected);
  EXPECT_EQ(served_.settle(a, first, 0), Change::none);
  EXPECT_EQ(served_.stream_of(a), 1u);
  EXPECT_EQ(served_.settle(a, std::nullopt, 0), Change::lost);
  EXPECT_EQ(served_.settle(a, std::nullopt, 0), Change::none);
  EXPECT_EQ(served_.stream_of(a), 0u);
}

TEST_F(ServedTest, ANewLeaderOrTermOrStreamConnectsAnew) {
  served_.settle(a, first, 0);
  EXPECT_EQ(served_.settle(a, second, 0), Change::connected);
  EXPECT_EQ(served_.settle(a, Leader{2, {7, 3}}, 0), Change::connected);
  EXPECT_EQ(served_.settle(a, Leader{3, {7, 3}}, 0), Change::connected);
  EXPECT_EQ(served_.stream_of(a), 3u);
}

TEST_F(ServedTest, ABlockedAccountWaitsForRoomOnItsStream) {
  served_.settle(a, first, 0);
  served_.settle(b, first, 0);
  served_.block(a);
  EXPECT_TRUE(served_.blocked(a));
  EXPECT_EQ(served_.blocked_on(1), (std::vector<AccountId>{a}));
  EXPECT_TRUE(served_.blocked_on(2).empty());
  EXPECT_EQ(served_.stream_of(a), 0u);
  EXPECT_EQ(served_.stream_of(b), 1u);
  EXPECT_EQ(served_.settle(a, first, 1'000'000), Change::none);
  served_.unblock(a);
  EXPECT_EQ(served_.settle(a, first, 0), Change::connected);
  EXPECT_FALSE(served_.blocked(a));
  served_.unblock(a);
  EXPECT_EQ(served_.stream_of(a), 1u);
}

TEST_F(ServedTest, ABlockedAccountGoesOnWithAnotherLeader) {
  served_.settle(a, first, 0);
  served_.block(a);
  EXPECT_EQ(served_.settle(a, second, 0), Change::connected);
  EXPECT_TRUE(served_.blocked_on(1).empty());
  served_.block(a);
  EXPECT_EQ(served_.settle(a, std::nullopt, 0), Change::lost);
}

TEST_F(ServedTest, ARefusedAccountWaitsASecond) {
  served_.settle(a, first, 0);
  EXPECT_TRUE(served_.refuse(a, 1, 100));
  EXPECT_FALSE(served_.refuse(a, 1, 100));
  EXPECT_EQ(served_.stream_of(a), 0u);
  EXPECT_EQ(served_.settle(a, first, 1099), Change::none);
  EXPECT_TRUE(served_.due(1099).empty());
  EXPECT_EQ(served_.due(1100), (std::vector<AccountId>{a}));
  EXPECT_EQ(served_.settle(a, first, 1100), Change::connected);
  EXPECT_TRUE(served_.due(5000).empty());
}

TEST_F(ServedTest, ARefusedAccountIsTriedAgainWhenANodeClaimsItsShard) {
  served_.settle(a, first, 0);
  served_.refuse(a, 1, 100);
  served_.claimed(2);
  EXPECT_EQ(served_.settle(a, first, 101), Change::none);
  served_.claimed(1);
  EXPECT_EQ(served_.settle(a, first, 101), Change::connected);
}

TEST_F(ServedTest, ALateRefusalOfAnOldStreamMeansNothing) {
  served_.settle(a, first, 0);
  served_.settle(a, second, 0);
  EXPECT_FALSE(served_.refuse(a, 1, 0));
  EXPECT_FALSE(served_.refuse(AccountId(Ulid{3, 3}), 1, 0));
  EXPECT_EQ(served_.stream_of(a), 2u);
}

TEST(Retry, DoublesFromAFifthOfASecondToFiveSeconds) {
  EXPECT_EQ(retry_wait_ms(0, 0), 200);
  EXPECT_EQ(retry_wait_ms(1, 0), 400);
  EXPECT_EQ(retry_wait_ms(4, 0), 3200);
  EXPECT_EQ(retry_wait_ms(5, 0), 5000);
  EXPECT_EQ(retry_wait_ms(4'000'000'000u, 0), 5000);
}

TEST(Retry, IsShortenedByAtMostAHalf) {
  for (std::uint64_t random = 0; random < 1000; ++random) {
    EXPECT_GE(retry_wait_ms(0, random), 100);
    EXPECT_LE(retry_wait_ms(0, random), 200);
    EXPECT_GE(retry_wait_ms(9, random), 2500);
  }
}

}  // namespace
}  // namespace rf::edge
