#include <gtest/gtest.h>

#include "core/base/hash.hpp"
#include "core/base/ids.hpp"

namespace rf {
namespace {

TEST(Ids, TextRoundTrips) {
  const AgentId id(Ulid{0x0123456789abcdefull, 0xfedcba9876543210ull});
  EXPECT_EQ(id.text().size(), 29u);
  EXPECT_EQ(AgentId::of(id.text()), id);
  EXPECT_EQ(AgentId::of("q_" + text_of(id.value)), std::nullopt) << "another prefix";
  EXPECT_EQ(AgentId::of("us_0"), std::nullopt);
  EXPECT_EQ(ulid_of("8ZZZZZZZZZZZZZZZZZZZZZZZZZ"), std::nullopt) << "more than 128 bits";
  EXPECT_EQ(text_of(*ulid_of("7zzzzzzzzzzzzzzzzzzzzzzzzz")), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
}

TEST(Ids, DerivedIdsKeepTheirInstant) {
  const Ulid a = derived_ulid(1'700'000'000'000, 1, 2);
  EXPECT_EQ(a, derived_ulid(1'700'000'000'000, 1, 2));
  EXPECT_NE(a, derived_ulid(1'700'000'000'000, 1, 3));
  EXPECT_EQ(a.high >> 16, 1'700'000'000'000u);
}

TEST(Hash, IsPinned) {
  EXPECT_EQ(fnv1a(""), 14695981039346656037ull);
  EXPECT_EQ(fnv1a("a"), 0xaf63dc4c8601ec8cull);
  EXPECT_EQ(fnv1a("foobar"), 0x85944171f73967e8ull);
}

}  // namespace
}  // namespace rf
