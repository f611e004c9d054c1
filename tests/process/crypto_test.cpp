#include "process/crypto.hpp"

#include <gtest/gtest.h>

#include <set>

namespace rf::process {
namespace {

std::string hex(const Sha256& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::uint8_t byte : digest) {
    text += digits[byte >> 4];
    text += digits[byte & 15u];
  }
  return text;
}

SealKey key_of(std::uint8_t seed) {
  SealKey key;
  for (std::size_t i = 0; i < key.bytes.size(); ++i) key.bytes[i] = static_cast<std::uint8_t>(seed + i);
  return key;
}

TEST(Sha256, GivesTheStandardsExamples) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(EqualConstantTime, ComparesBytes) {
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_TRUE(equal_constant_time("token", "token"));
  EXPECT_FALSE(equal_constant_time("token", "tokeN"));
  EXPECT_FALSE(equal_constant_time("token", "token "));
  EXPECT_FALSE(equal_constant_time("token", ""));
}

TEST(Base64url, WritesAndReadsEveryLength) {
  EXPECT_EQ(base64url(""), "");
  EXPECT_EQ(base64url("f"), "Zg");
  EXPECT_EQ(base64url("fo"), "Zm8");
  EXPECT_EQ(base64url("foo"), "Zm9v");
  EXPECT_EQ(base64url("\xfb\xff"), "-_8");
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(bytes_of_base64url(base64url(bytes)).value(), bytes);
    bytes += static_cast<char>(i * 7);
  }
}

TEST(Base64url, RefusesWhatIsNotCanonical) {
  for (const char* text : {"Z", "Zg==", "Zm9v\n", "Zh", "Zm9", "a+b/", " Zg"})
    EXPECT_EQ(bytes_of_base64url(text).ok(), false) << text;
}

TEST(Seal, OpensWithTheSameKeyAndPlaceOnly) {
  const SealKey key = key_of(1);
  const std::string sealed = seal(key, "HA1 value", "account/agent/3");
  EXPECT_EQ(sealed.size(), std::string("HA1 value").size() + seal_overhead_bytes);
  EXPECT_EQ(sealed.find("HA1"), std::string::npos);
  EXPECT_EQ(open_seal(key, sealed, "account/agent/3").value(), "HA1 value");
  EXPECT_EQ(open_seal(key, sealed, "account/agent/4").error().code, Code::corrupt);
  EXPECT_EQ(open_seal(key, sealed, "").error().code, Code::corrupt);
  EXPECT_EQ(open_seal(key_of(2), sealed, "account/agent/3").error().code, Code::corrupt);
}

TEST(Seal, TakesEmptyTextAndEmptyPlace) {
  const SealKey key = key_of(1);
  EXPECT_EQ(open_seal(key, seal(key, "", ""), "").value(), "");
  EXPECT_EQ(open_seal(key, seal(key, "", "p"), "p").value(), "");
}

TEST(Seal, NeverRepeatsItself) {
  const SealKey key = key_of(1);
  std::set<std::string> seals;
  for (int i = 0; i < 1000; ++i) seals.insert(seal(key, "same", "same"));
  EXPECT_EQ(seals.size(), 1000u);
}

TEST(Seal, EveryFlippedBitAndEveryCutIsFound) {
  const SealKey key = key_of(9);
  const std::string sealed = seal(key, "secret", "row");
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string changed = sealed;
    changed[bit / 8] = static_cast<char>(static_cast<unsigned char>(changed[bit / 8]) ^ (1u << (bit % 8)));
    EXPECT_EQ(open_seal(key, changed, "row").error().code, Code::corrupt) << bit;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_EQ(open_seal(key, sealed.substr(0, size), "row").error().code, Code::corrupt) << size;
}

TEST(Seal, ReadsTheStoredFormat) {
  // Made by another program: version 1, nonce 00..0b, AES-256-GCM of "abc", key 01..20, associated bytes 01 "row".
  const std::string stored = bytes_of_base64url("AQABAgMEBQYHCAkKCxBSYjcp0rsug3yQHiCVn4HyUDE").value();
  EXPECT_EQ(open_seal(key_of(1), stored, "row").value(), "abc");
}

TEST(Seal, NamesAnUnknownVersion) {
  std::string sealed = seal(key_of(1), "x", "");
  sealed[0] = 2;
  EXPECT_NE(open_seal(key_of(1), sealed, "").error().what.find("version 2"), std::string::npos);
}

}  // namespace
}  // namespace rf::process
