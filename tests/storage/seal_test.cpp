#include "storage/seal.hpp"

#include <gtest/gtest.h>

namespace rf::storage {
namespace {

const AccountId account(Ulid{1, 2});

SealKey key(std::uint8_t first) { return SealKey(std::array<std::uint8_t, 32>{first}); }

TEST(Seal, OpensOnlyForTheSameKeyAccountAndName) {
  const SealedSecret sealed = key(1).seal(account, {"ha1/1", "value"});
  EXPECT_EQ(sealed.sealed.find("value"), std::string::npos);
  EXPECT_EQ(*key(1).open(account, sealed), "value");
  EXPECT_EQ(key(2).open(account, sealed).error().code, Code::corrupt);
  EXPECT_EQ(key(1).open(AccountId(Ulid{1, 3}), sealed).error().code, Code::corrupt);
  SealedSecret other = sealed;
  other.name = "ha1/2";
  EXPECT_FALSE(key(1).open(account, other).ok());
}

TEST(Seal, EveryChangedByteIsFound) {
  const SealedSecret sealed = key(1).seal(account, {"ha1/1", "value"});
  for (std::size_t i = 0; i < sealed.sealed.size(); ++i) {
    SealedSecret wrong = sealed;
    wrong.sealed[i] = static_cast<char>(wrong.sealed[i] ^ 1);
    EXPECT_FALSE(key(1).open(account, wrong).ok());
  }
  SealedSecret cut = sealed;
  cut.sealed.resize(15);
  EXPECT_FALSE(key(1).open(account, cut).ok());
  cut = sealed;
  cut.nonce.pop_back();
  EXPECT_FALSE(key(1).open(account, cut).ok());
}

TEST(Seal, NoncesDifferAndAnEmptyValueErases) {
  EXPECT_NE(key(1).seal(account, {"a", "value"}).nonce, key(1).seal(account, {"a", "value"}).nonce);
  EXPECT_TRUE(key(1).seal(account, {"a", ""}).sealed.empty());
}

TEST(Seal, TheCheckValueTellsKeysApart) {
  EXPECT_EQ(key(1).check_value(), key(1).check_value());
  EXPECT_NE(key(1).check_value(), key(2).check_value());
  EXPECT_EQ(key(1).check_value().size(), 16u);
}

}  // namespace
}  // namespace rf::storage
