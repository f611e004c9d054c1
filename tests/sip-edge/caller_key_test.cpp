#include "sip-edge/caller_key.hpp"

#include <gtest/gtest.h>

namespace rf::edge {
namespace {

std::string key(const std::string& type, const std::string& content) {
  return pressed_key({type, content}).value_or("none");
}

TEST(CallerKey, IsReadFromBothKindsOfInfo) {
  EXPECT_EQ(key("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n"), "5");
  EXPECT_EQ(key("application/dtmf-relay", "Duration = 160\nsignal = # \n"), "#");
  EXPECT_EQ(key("Application/DTMF-Relay;charset=utf-8", "Signal=*"), "*");
  EXPECT_EQ(key("application/dtmf", "5"), "5");
  EXPECT_EQ(key("application/dtmf", " 0\r\n"), "0");
  EXPECT_EQ(key("application/dtmf", "d"), "D");
}

TEST(CallerKey, EventNumbersAreKeysToo) {
  EXPECT_EQ(key("application/dtmf-relay", "Signal=10"), "*");
  EXPECT_EQ(key("application/dtmf-relay", "Signal=11"), "#");
  EXPECT_EQ(key("application/dtmf", "15"), "D");
}

TEST(CallerKey, AnythingElseIsNone) {
  EXPECT_EQ(key("application/dtmf-relay", ""), "none");
  EXPECT_EQ(key("application/dtmf-relay", "5"), "none");
  EXPECT_EQ(key("application/dtmf-relay", "Signal="), "none");
  EXPECT_EQ(key("application/dtmf-relay", "Signal=16"), "none");
  EXPECT_EQ(key("application/dtmf-relay", "=\n\n\r=5"), "none");
  EXPECT_EQ(key("application/dtmf", "55"), "none");
  EXPECT_EQ(key("application/dtmf", "E"), "none");
  EXPECT_EQ(key("application/sdp", "5"), "none");
  EXPECT_EQ(key("", "5"), "none");
}

}  // namespace
}  // namespace rf::edge
