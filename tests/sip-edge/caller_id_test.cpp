#include "sip-edge/caller_id.hpp"

#include <gtest/gtest.h>

namespace rf::edge {
namespace {

sip::Request invite(const std::string& asserted) {
  sip::Request out;
  out.from.display = "Trunk";
  out.from.uri.user = "trunkuser";
  out.from.tag = "1";
  if (!asserted.empty()) out.others.push_back({"P-Asserted-Identity", asserted});
  return out;
}
std::string shown(const std::string& asserted) {
  const sip::NameAddr caller = caller_of(invite(asserted));
  return caller.display + "|" + caller.uri.user;
}

TEST(CallerIdTest, AnAssertedIdentityComesBeforeFrom) {
  EXPECT_EQ(shown(""), "Trunk|trunkuser");
  EXPECT_EQ(shown("<sip:+49301@carrier.test;user=phone>"), "|+49301");
  EXPECT_EQ(shown("\"Ada \\\"L\\\" Lovelace\" <sip:+49301;npdi@carrier.test>, <tel:+49302>"),
            "Ada \"L\" Lovelace|+49301");
  EXPECT_EQ(shown("Ada <tel:+49301>"), "Ada|+49301");
  EXPECT_EQ(shown("tel:+49301;phone-context=test, sip:x@y"), "|+49301");
  for (const char* const nonsense : {"\"open", "<sip:+49301@carrier.test", "nobody", "<sip:carrier.test>", ""})
    EXPECT_EQ(shown(nonsense), "Trunk|trunkuser") << nonsense;
}

TEST(CallerIdTest, APrivateIdentityIsNotShown) {
  sip::Request request = invite("<sip:+49301@carrier.test>");
  request.identity_is_private = true;
  EXPECT_EQ(caller_of(request).uri.user, "trunkuser");
}

TEST(CallerIdTest, NoPasswordAndNoParametersAreShown) {
  sip::Request request = invite("");
  request.from.uri.user = "bob:pw";
  EXPECT_EQ(caller_of(request).uri.user, "bob");
  request.from.uri.user = "+49301;cpc=ordinary";
  EXPECT_EQ(caller_of(request).uri.user, "+49301");
  EXPECT_EQ(number_of("7001;npdi;rn=+4930"), "7001");
  EXPECT_EQ(number_of("7001"), "7001");
}

}  // namespace
}  // namespace rf::edge
