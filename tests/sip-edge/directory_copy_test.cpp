#include "sip-edge/directory_copy.hpp"

#include <gtest/gtest.h>

namespace rf::edge {
namespace {

using Kind = DirectoryCopy::Kind;

AccountId account(std::uint64_t n) { return AccountId(Ulid{n, n}); }

TEST(DirectoryCopy, FindsANameByItsKind) {
  DirectoryCopy copy;
  copy.put(Kind::number, "4930100", {account(1), 7});
  EXPECT_EQ(copy.find(Kind::number, "4930100"), (NameOwner{account(1), 7}));
  EXPECT_FALSE(copy.find(Kind::sip_domain, "4930100"));
  EXPECT_FALSE(copy.find(Kind::number, "493010"));
  EXPECT_EQ(copy.size(), 1u);
}

TEST(DirectoryCopy, GivesANameToItsNewOwner) {
  DirectoryCopy copy;
  copy.put(Kind::trunk, "192.0.2.1", {account(1), 7});
  copy.put(Kind::trunk, "192.0.2.1", {account(2), 8});
  EXPECT_EQ(copy.find(Kind::trunk, "192.0.2.1"), (NameOwner{account(2), 8}));
  EXPECT_EQ(copy.size(), 1u);
  EXPECT_FALSE(copy.shard_of(account(1)));
  EXPECT_EQ(copy.shard_of(account(2)), 8u);
}

TEST(DirectoryCopy, KnowsTheShardOfAnAccountUntilItsLastNameGoes) {
  DirectoryCopy copy;
  copy.put(Kind::sip_domain, "a.example", {account(1), 7});
  copy.put(Kind::number, "1", {account(1), 7});
  copy.erase(Kind::sip_domain, "a.example");
  EXPECT_EQ(copy.shard_of(account(1)), 7u);
  copy.erase(Kind::number, "1");
  copy.erase(Kind::number, "1");
  EXPECT_FALSE(copy.shard_of(account(1)));
  EXPECT_EQ(copy.size(), 0u);
}

TEST(DirectoryCopy, ClearsEverything) {
  DirectoryCopy copy;
  copy.put(Kind::sip_domain, "a.example", {account(1), 7});
  copy.version = 3;
  copy.clear();
  EXPECT_FALSE(copy.find(Kind::sip_domain, "a.example"));
  EXPECT_FALSE(copy.shard_of(account(1)));
  EXPECT_EQ(copy.version, 0u);
}

}  // namespace
}  // namespace rf::edge
