#include "sip-edge/call/legs.hpp"

#include <gtest/gtest.h>

namespace rf::edge {

using link::CloseCause;

static Leg silent_leg() { return {}; }
static Leg rung_leg() {
  Leg leg;
  leg.rang = true;
  return leg;
}

TEST(LegsTest, CauseOfAFinalResponse) {
  EXPECT_EQ(cause_of(rung_leg(), 486), CloseCause::busy);
  EXPECT_EQ(cause_of(rung_leg(), 600), CloseCause::busy);
  EXPECT_EQ(cause_of(rung_leg(), 603), CloseCause::rejected);
  for (int status : {0, 404, 410, 430, 482, 483, 503, 504})
    EXPECT_EQ(cause_of(rung_leg(), status), CloseCause::unreachable);
  EXPECT_EQ(cause_of(rung_leg(), 488), CloseCause::failed);
}

TEST(LegsTest, A480IsADeclineOnlyFromAPhoneThatRang) {
  EXPECT_EQ(cause_of(rung_leg(), 480), CloseCause::rejected);
  EXPECT_EQ(cause_of(silent_leg(), 480), CloseCause::unreachable);
}

TEST(LegsTest, AnExpiredInviteIsNoAnswerOnlyFromAPhoneThatRang) {
  for (int status : {408, 487}) {
    EXPECT_EQ(cause_of(rung_leg(), status), CloseCause::no_answer);
    EXPECT_EQ(cause_of(silent_leg(), status), CloseCause::unreachable);
  }
}

TEST(LegsTest, TheMoreTellingCauseWins) {
  const CloseCause order[] = {CloseCause::busy, CloseCause::rejected, CloseCause::no_answer, CloseCause::failed,
                              CloseCause::unreachable};
  for (std::size_t i = 0; i < std::size(order); ++i)
    for (std::size_t j = i; j < std::size(order); ++j) {
      EXPECT_EQ(telling(order[i], order[j]), order[i]);
      EXPECT_EQ(telling(order[j], order[i]), order[i]);
    }
}

}  // namespace rf::edge
