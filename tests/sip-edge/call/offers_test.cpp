#include "sip-edge/call/offers.hpp"

#include <gtest/gtest.h>

namespace rf::edge {

static Offer offer_of(std::uint64_t n, std::uint64_t agent, Ms ring_until) {
  Offer offer;
  offer.reservation = ReservationId(Ulid{1, n});
  offer.agent = AgentId(Ulid{1, agent});
  offer.ring_until_edge_ms = ring_until;
  offer.confirm_until_edge_ms = ring_until + 30'000;
  offer.legs.push_back({LegId{n}, {}, LegState::ringing, false, never_ms});
  return offer;
}

TEST(OfferBookTest, FindsByReservationAndLeg) {
  OfferBook book;
  Offer& offer = book.add(offer_of(1, 1, 100));
  EXPECT_EQ(book.find(offer.reservation), &offer);
  EXPECT_EQ(book.find_by_leg(LegId{1}), &offer);
  book.drop_leg(offer, LegId{1});
  EXPECT_EQ(book.find_by_leg(LegId{1}), nullptr);
}

TEST(OfferBookTest, CountsTheAgentUntilRemoval) {
  OfferBook book;
  const AgentId agent(Ulid{1, 9});
  book.add(offer_of(1, 9, 100));
  Offer& second = book.add(offer_of(2, 9, 100));
  EXPECT_EQ(book.live_of(agent), 2u);
  book.remove(second.reservation);
  EXPECT_EQ(book.live_of(agent), 1u);
  book.remove(ReservationId(Ulid{1, 1}));
  EXPECT_EQ(book.live_of(agent), 0u);
  EXPECT_EQ(book.size(), 0u);
  EXPECT_EQ(book.next_deadline(), never_ms);
}

TEST(OfferBookTest, DeadlineFollowsTheState) {
  OfferBook book;
  Offer& offer = book.add(offer_of(1, 1, 100));
  EXPECT_EQ(book.next_deadline(), 100);
  offer.state = OfferState::answered;
  offer.legs.front().state = LegState::answered;
  book.rearm(offer);
  EXPECT_EQ(book.next_deadline(), 30'100);
  offer.confirmed = true;
  book.rearm(offer);
  EXPECT_EQ(book.next_deadline(), never_ms);
  offer.state = OfferState::ending;
  end_leg(offer.legs.front(), LegState::hung_up, 50'000);
  book.rearm(offer);
  EXPECT_EQ(book.next_deadline(), 54'000);
  EXPECT_FALSE(book.due(53'999));
  EXPECT_EQ(book.due(54'000), offer.reservation);
}

class TombstonesTest : public ::testing::Test {
 protected:
  Tombstones stones;
  const ReservationId r = ReservationId(Ulid{1, 1});
};

TEST_F(TombstonesTest, KeptUntilItsTimeThoughAcked) {
  stones.add(r, 100);
  stones.acked(r, 50);
  stones.expire(99);
  EXPECT_TRUE(stones.has(r));
  stones.expire(100);
  EXPECT_FALSE(stones.has(r));
}

TEST_F(TombstonesTest, KeptUntilAckedThoughItsTimeIsOver) {
  stones.add(r, 100);
  stones.expire(100);
  EXPECT_TRUE(stones.has(r));
  stones.acked(r, 200);
  EXPECT_FALSE(stones.has(r));
}

TEST_F(TombstonesTest, AddedAgainCountsAnew) {
  stones.add(r, 100);
  stones.acked(r, 50);
  stones.add(r, 300);
  stones.expire(200);
  EXPECT_TRUE(stones.has(r));
  stones.acked(r, 300);
  EXPECT_EQ(stones.size(), 0u);
}

}  // namespace rf::edge
