#include "storage/keys.hpp"

#include <gtest/gtest.h>

#include <array>

#include "core/base/limits.hpp"
#include "storage/chain.hpp"
#include "storage/crc32c.hpp"
#include "storage/journal.hpp"

namespace rf::storage {
namespace {

const AccountId account(Ulid{0x0102030405060708ull, 0x090a0b0c0d0e0f10ull});

TEST(Crc32c, IsCastagnoliWithAndWithoutTheInstruction) {
  EXPECT_EQ(crc32c("123456789", 0), 0xe3069283u);
  EXPECT_EQ(crc32c_portable("123456789", 0), 0xe3069283u);
  EXPECT_EQ(crc32c("56789", crc32c("1234", 0)), 0xe3069283u);
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(crc32c(bytes, 17), crc32c_portable(bytes, 17)) << i;
    bytes.push_back(static_cast<char>(i * 7));
  }
}

TEST(Chain, IsSha256OfPreviousAndPieces) {
  EXPECT_EQ(hex_of(next_hash(Hash{}, {"abc"})), hex_of(next_hash(Hash{}, {"a", "bc"})));
  EXPECT_NE(next_hash(Hash{}, {"abc"}), next_hash(next_hash(Hash{}, {""}), {"abc"}));
  // SHA-256 of 32 zero bytes (FIPS 180-4).
  EXPECT_EQ(hex_of(next_hash(Hash{}, {})), "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925");
}

TEST(Keys, ReadBackAndOrderAsTheirNumbers) {
  EXPECT_LT(log_key(3, 255), log_key(3, 256));
  EXPECT_LT(log_key(3, UINT64_MAX), log_key(4, 0));
  const auto log = log_key_of(log_key(64, 1ull << 40));
  ASSERT_TRUE(log);
  EXPECT_EQ(log->shard, 64u);
  EXPECT_EQ(log->index, 1ull << 40);

  EXPECT_LT(event_key(account, 9), event_key(account, 10));
  const auto event = event_key_of(event_key(account, 10));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->account, account);
  EXPECT_EQ(event->first_seq, 10u);

  const std::string key = fold_key(5, account, RowKind::edge, "edge-1");
  const auto fold = fold_key_of(key);
  ASSERT_TRUE(fold);
  EXPECT_EQ(fold->shard, 5u);
  EXPECT_EQ(fold->account, account);
  EXPECT_EQ(fold->kind, RowKind::edge);
  EXPECT_EQ(fold->id, "edge-1");
  EXPECT_EQ(key.substr(0, fold_prefix(5).size()), fold_prefix(5));

  const auto result = result_key_of(result_key(5, account, CommandId(Ulid{1, 2})));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->command, CommandId(Ulid{1, 2}));
}

TEST(Keys, RefuseOtherShapes) {
  EXPECT_FALSE(log_key_of("short"));
  EXPECT_FALSE(event_key_of(""));
  EXPECT_FALSE(fold_key_of(""));
  EXPECT_FALSE(fold_key_of(fold_key(5, account, static_cast<RowKind>('?'), "")));
  EXPECT_FALSE(result_key_of(fold_key(5, account, RowKind::meta, "")));
}

TEST(Records, AreBoundToTheirFamilyAndKey) {
  const std::string value = framed(Family::events, "key", "body");
  EXPECT_EQ(*unframed(Family::events, "key", value), "body");
  EXPECT_FALSE(unframed(Family::fold, "key", value).ok());
  EXPECT_FALSE(unframed(Family::events, "kez", value).ok());
  EXPECT_FALSE(unframed(Family::events, "key", value.substr(1)).ok());
  EXPECT_FALSE(unframed(Family::events, "key", "").ok());
}

TEST(Shards, AccountsSpreadOverAllOfThem) {
  std::array<int, limits::shards> counts{};
  for (std::uint64_t i = 0; i < 6400; ++i) ++counts.at(shard_of(AccountId(Ulid{0x018bcfe568000000ull + i * 977, i})));
  for (int count : counts) {
    EXPECT_GT(count, 50);
    EXPECT_LT(count, 180);
  }
}

}  // namespace
}  // namespace rf::storage
