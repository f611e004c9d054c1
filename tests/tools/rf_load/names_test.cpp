#include "tools/rf-load/names.hpp"

#include <gtest/gtest.h>

namespace rf::load {
namespace {

TEST(Names, ComeBack) {
  Names names(417, "a");
  EXPECT_EQ(names.caller(123), "c1417000123");
  EXPECT_EQ(names.caller_named("c1417000123"), CallIndex{123});
  EXPECT_EQ(names.agent(7), "a7");
  EXPECT_EQ(names.agent_named("a7"), AgentIndex{7});
  EXPECT_NE(names.tag(), names.tag());
}

TEST(Names, KnowStrangers) {
  const Names names(417, "a");
  for (const char* user :
       {"", "c", "a7", "c7", "c1416000123", "c1418000000", "c99999999999", "c1417000123x", "anonymous"})
    EXPECT_FALSE(names.caller_named(user)) << user;
  for (const char* user : {"", "a", "b7", "7", "a-1", "a99999999999"}) EXPECT_FALSE(names.agent_named(user)) << user;
}

TEST(Names, AnAgentsPrefixMayEndInADigit) {
  const Names names(0, "10");
  EXPECT_EQ(names.agent(42), "1042");
  EXPECT_EQ(names.agent_named("1042"), AgentIndex{42});
}

}  // namespace
}  // namespace rf::load
