#include "tools/rf-load/udp.hpp"

#include <gtest/gtest.h>

namespace rf::load {
namespace {

TEST(Udp, CarriesDatagramsBothWays) {
  auto one = UdpSocket::open({0x7f000001, 0});
  auto other = UdpSocket::open({0x7f000001, 0});
  ASSERT_TRUE(one && other);
  EXPECT_NE(one->address().port, 0);
  Poller poller;
  ASSERT_TRUE(poller.add(*other));
  const std::vector<std::string> sent = {"first", "", "third"};
  for (const std::string& text : sent) one->send(text, other->address());
  std::vector<std::string> got;
  const Us end = now_us() + 10 * second_us;
  while (got.size() < sent.size() && now_us() < end) {
    poller.wait(end);
    other->receive([&](std::string_view text, const Peer& from) {
      EXPECT_EQ(from, one->address());
      got.emplace_back(text);
    });
  }
  EXPECT_EQ(got, sent);
  EXPECT_EQ(other->drops(), 0u);
}

TEST(Udp, NamesAnAddressThatIsTaken) {
  auto one = UdpSocket::open({0x7f000001, 0});
  ASSERT_TRUE(one);
  const auto again = UdpSocket::open(one->address());
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().what.find(one->address().text()), std::string::npos);
}

TEST(Udp, WaitsNoLongerThanAsked) {
  Poller poller;
  const Us start = now_us();
  poller.wait(start + 20 * ms_us);
  EXPECT_GE(now_us(), start + 20 * ms_us);
}

}  // namespace
}  // namespace rf::load
