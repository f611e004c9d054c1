#include "sip-edge/directory_feed.hpp"

#include <gtest/gtest.h>

namespace rf::edge {
namespace {

using Kind = DirectoryCopy::Kind;

AccountId account(std::uint64_t n) { return AccountId(Ulid{n, n}); }
DirectoryEntry number(const std::string& text, std::uint64_t owner) {
  return {Kind::number, text, {account(owner), static_cast<std::uint32_t>(owner)}};
}
DirectoryPart whole(std::uint64_t version, std::vector<DirectoryEntry> names) {
  return {version, true, false, std::move(names), {}, 0};
}
DirectoryPart difference(std::uint64_t version, std::vector<DirectoryEntry> names,
                         std::vector<DirectoryEntry> released) {
  return {version, false, false, std::move(names), std::move(released), 0};
}

class DirectoryFeedTest : public testing::Test {
 protected:
  bool has(const std::string& text) const { return feed_.copy().find(Kind::number, text).has_value(); }
  DirectoryFeed feed_{2};
};

TEST_F(DirectoryFeedTest, KnowsNothingAtFirst) {
  EXPECT_FALSE(feed_.known());
  EXPECT_FALSE(feed_.take(0, difference(4, {number("1", 1)}, {})));
  EXPECT_FALSE(feed_.known());
  EXPECT_FALSE(has("1"));
}

TEST_F(DirectoryFeedTest, TakesAWholeCopyAtItsLastPart) {
  EXPECT_TRUE(feed_.take(0, whole(1, {number("old", 1)})));
  EXPECT_FALSE(feed_.take(0, {2, true, true, {number("1", 1)}, {}, 0}));
  EXPECT_FALSE(feed_.take(0, {2, false, true, {number("2", 1)}, {}, 0}));
  EXPECT_TRUE(has("old"));
  EXPECT_FALSE(has("1"));
  EXPECT_TRUE(feed_.take(0, {2, false, false, {number("3", 2)}, {}, 0}));
  EXPECT_TRUE(feed_.known());
  EXPECT_FALSE(has("old"));
  EXPECT_TRUE(has("1") && has("2") && has("3"));
  EXPECT_EQ(feed_.copy().version, 2u);
}

TEST_F(DirectoryFeedTest, AnEmptyDirectoryIsKnownToo) {
  EXPECT_TRUE(feed_.take(0, whole(0, {})));
  EXPECT_TRUE(feed_.known());
}

TEST_F(DirectoryFeedTest, FollowsDifferences) {
  feed_.take(0, whole(1, {number("1", 1), number("2", 1)}));
  EXPECT_TRUE(feed_.take(0, difference(3, {number("3", 2)}, {number("1", 1)})));
  EXPECT_FALSE(has("1"));
  EXPECT_TRUE(has("2") && has("3"));
  EXPECT_EQ(feed_.copy().version, 3u);
}

TEST_F(DirectoryFeedTest, MovesANameInOneDifference) {
  feed_.take(0, whole(1, {number("1", 1)}));
  feed_.take(0, difference(2, {number("1", 2)}, {number("1", 1)}));
  EXPECT_EQ(feed_.copy().find(Kind::number, "1")->account, account(2));
}

TEST_F(DirectoryFeedTest, TheSameDifferenceOfASecondNodeChangesNothing) {
  feed_.take(0, whole(1, {}));
  feed_.take(1, whole(1, {}));
  EXPECT_TRUE(feed_.take(0, difference(2, {number("1", 1)}, {})));
  EXPECT_TRUE(feed_.take(0, difference(3, {}, {number("1", 1)})));
  EXPECT_FALSE(feed_.take(1, difference(2, {number("1", 1)}, {})));
  EXPECT_FALSE(has("1"));
  EXPECT_FALSE(feed_.take(1, difference(3, {}, {number("1", 1)})));
  EXPECT_TRUE(feed_.take(1, difference(4, {number("4", 1)}, {})));
  EXPECT_TRUE(has("4"));
}

TEST_F(DirectoryFeedTest, ALaggingNodeDoesNotTurnTheCopyBack) {
  feed_.take(0, whole(5, {number("5", 1)}));
  EXPECT_FALSE(feed_.take(1, whole(4, {number("4", 1)})));
  EXPECT_TRUE(has("5"));
  EXPECT_FALSE(has("4"));
}

TEST_F(DirectoryFeedTest, TheOnlyNodeIsRightAlsoWhenItsLogBeganAnew) {
  feed_.take(0, whole(5, {number("5", 1)}));
  feed_.lost(0);
  EXPECT_TRUE(has("5"));
  EXPECT_FALSE(feed_.take(0, difference(6, {number("6", 1)}, {})));
  EXPECT_TRUE(feed_.take(0, whole(1, {number("1", 1)})));
  EXPECT_FALSE(has("5"));
  EXPECT_TRUE(has("1"));
}

TEST_F(DirectoryFeedTest, AHalfToldCopyIsForgottenWithItsStream) {
  feed_.take(0, {2, true, true, {number("1", 1)}, {}, 0});
  feed_.lost(0);
  EXPECT_FALSE(feed_.take(0, {2, false, false, {number("2", 1)}, {}, 0}));
  EXPECT_FALSE(feed_.known());
}

}  // namespace
}  // namespace rf::edge
