#include "node/validate.hpp"

#include <gtest/gtest.h>

namespace rf::node {

namespace {

TEST(ValidateTest, KeysAreWordsThatAreNoIds) {
  EXPECT_TRUE(check_key("key", "agent-001").ok());
  EXPECT_TRUE(check_key("key", "us_1").ok());
  for (const std::string bad : {"", " ", "a b", "a/b", "\xc3\xa4", "us_01ARZ3NDEKTSV4RRFFQ69G5FAV"})
    EXPECT_FALSE(check_key("key", bad).ok()) << bad;
  EXPECT_FALSE(check_key("key", std::string(65, 'a')).ok());
}

TEST(ValidateTest, UserPartsAreWhatPhonesDial) {
  EXPECT_TRUE(check_user_part("number", "+49301234").ok());
  EXPECT_TRUE(check_user_part("number", "*43#").ok());
  for (const std::string bad : {"", "12 34", "a@b", "a:b", "\"x\""})
    EXPECT_FALSE(check_user_part("number", bad).ok()) << bad;
}

TEST(ValidateTest, DomainsAreInLowerCase) {
  EXPECT_EQ(*domain_of("Front-Desk.Test"), "front-desk.test");
  EXPECT_EQ(*domain_of("192.0.2.1"), "192.0.2.1");
  for (const std::string bad : {"", ".test", "test.", "a..b", "a b", "a/b", "a:5060", "-a"})
    EXPECT_FALSE(domain_of(bad).ok()) << bad;
}

TEST(ValidateTest, TrunkAddressesHaveOneForm) {
  EXPECT_EQ(*trunk_address_of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(*trunk_address_of("2001:DB8:0::1"), "2001:db8::1");
  EXPECT_EQ(*trunk_address_of("::ffff:192.0.2.1"), "192.0.2.1");
  for (const std::string bad : {"", "localhost", "192.0.2.1:5060", "192.0.2", "[::1]"})
    EXPECT_FALSE(trunk_address_of(bad).ok()) << bad;
}

TEST(ValidateTest, IdsMustBeOfTheirKindAndSet) {
  EXPECT_TRUE(id_of<CallTag>("call", "cl_01ARZ3NDEKTSV4RRFFQ69G5FAV").ok());
  const auto wrong = id_of<CallTag>("call", "q_01ARZ3NDEKTSV4RRFFQ69G5FAV");
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().what, "call must be an id, cl_ and 26 characters, not \"q_01ARZ3NDEKTSV4RRFFQ69G5FAV\"");
  EXPECT_FALSE(id_of<CallTag>("call", "cl_00000000000000000000000000").ok());
}

TEST(ValidateTest, TextsWithoutControlCharacters) {
  EXPECT_TRUE(check_text("name", "Ada \xc3\xa4", 10).ok());
  EXPECT_FALSE(check_text("name", "a\nb", 10).ok());
  EXPECT_FALSE(check_text("name", "12345678901", 10).ok());
  EXPECT_FALSE(check_password("password", "").ok());
  EXPECT_FALSE(check_password("password", std::string("a\0b", 3)).ok());
}

TEST(ValidateTest, WhatIsNotUtf8IsReplaced) {
  EXPECT_EQ(utf8_of("plain \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80"), "plain \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80");
  const std::string replaced = "\xef\xbf\xbd";
  EXPECT_EQ(utf8_of("\xff"), replaced);
  EXPECT_EQ(utf8_of("a\xc3"), "a" + replaced);
  EXPECT_EQ(utf8_of("\xc0\xaf"), replaced + replaced);                                // overlong
  EXPECT_EQ(utf8_of("\xed\xa0\x80"), replaced + replaced + replaced);                 // surrogate
  EXPECT_EQ(utf8_of("\xf4\x90\x80\x80"), replaced + replaced + replaced + replaced);  // past U+10FFFF
}

}  // namespace

}  // namespace rf::node
