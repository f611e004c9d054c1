#include "storage/rocks/rules.hpp"

#include <gtest/gtest.h>

#include "core/base/rules_version.hpp"

namespace rf::storage::rocks {
namespace {

TEST(Rules, TheVersionOfAMomentIsTheLastThatBegan) {  // R30: an explanation says if the rules were others
  const Rules rules = {{1000, 1}, {2000, 2}, {3000, 1}};
  EXPECT_EQ(version_at(rules, 999), 0u) << "from before it was told";
  EXPECT_EQ(version_at(rules, 1000), 1u);
  EXPECT_EQ(version_at(rules, 2999), 2u);
  EXPECT_EQ(version_at(rules, 5000), 1u) << "an older build again";
  EXPECT_NE(version_at({}, 5000), core::rules_version);
}

TEST(Rules, ComeBackFromTheirRecord) {
  const Rules rules = {{1000, 1}, {2000, 2}};
  const auto read = rules_of(rules_body(rules));
  ASSERT_TRUE(read);
  EXPECT_EQ(text_of(*read), "1 since 1000, 2 since 2000");
  EXPECT_EQ(rules_of(rules_body(rules).substr(1)).error().code, Code::corrupt);
}

}  // namespace
}  // namespace rf::storage::rocks
