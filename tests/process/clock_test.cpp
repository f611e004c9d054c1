#include "process/clock.hpp"

#include <gtest/gtest.h>

namespace rf::process {
namespace {

TEST(SystemClock, MonotonicTimeNeverFalls) {
  const SystemClock clock;
  Ms last = clock.mono_ms();
  for (int i = 0; i < 1000; ++i) {
    const Ms now = clock.mono_ms();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(SystemClock, WallTimeIsUnixTimeInMilliseconds) {
  constexpr Ms year_2020 = 1'577'836'800'000;
  constexpr Ms year_2200 = 7'258'118'400'000;
  const Ms now = SystemClock().wall_ms();
  EXPECT_GT(now, year_2020);
  EXPECT_LT(now, year_2200);
}

TEST(RpcDeadline, LiesAfterNow) {
  const auto earlier = rpc_deadline(0);
  EXPECT_GE(rpc_deadline(60'000) - earlier, std::chrono::seconds(60));
}

}  // namespace
}  // namespace rf::process
