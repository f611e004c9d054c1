#include "tools/rf-load/retransmission.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace rf::load {
namespace {

using Due = Retransmission::Due;

/// Milliseconds after the start at which it was sent again, and at which it gave up.
std::vector<Us> instants_ms(Growth growth) {
  Retransmission one;
  one.start("x", growth, 1000);
  std::vector<Us> out;
  while (one.active()) {
    const Us at = one.next_us();
    EXPECT_EQ(one.on_time(at - 1), Due::nothing);
    EXPECT_NE(one.on_time(at), Due::nothing);
    out.push_back((at - 1000) / ms_us);
  }
  return out;
}

// RFC 3261 17.1.1.2: timer A doubles, timer B is 64 T1.
TEST(Retransmission, AnInviteDoubles) {
  EXPECT_THAT(instants_ms(Growth::doubles), testing::ElementsAre(500, 1500, 3500, 7500, 15500, 31500, 32000));
}

// RFC 3261 17.1.2.2: timer E doubles up to T2, timer F is 64 T1.
TEST(Retransmission, OthersDoubleUpToT2) {
  EXPECT_THAT(instants_ms(Growth::doubles_to_t2),
              testing::ElementsAre(500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500, 32000));
}

TEST(Retransmission, StopsWhenToldTo) {
  Retransmission one;
  one.start("x", Growth::doubles, 0);
  one.stop();
  EXPECT_FALSE(one.active());
  EXPECT_EQ(one.next_us(), never_us);
  EXPECT_EQ(one.on_time(second_us), Due::nothing);
  EXPECT_EQ(one.text(), "x");
}

}  // namespace
}  // namespace rf::load
