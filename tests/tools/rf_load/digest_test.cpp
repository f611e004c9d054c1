#include "tools/rf-load/digest.hpp"

#include <gmock/gmock.h>

namespace rf::load {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Digest, Md5OfRfc1321) {
  EXPECT_EQ(md5_hex(""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(md5_hex("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
}

// RFC 2617 3.5.
TEST(Digest, ExampleOfRfc2617) {
  Challenge challenge;
  ASSERT_TRUE(
      parse_challenge("Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", "
                      "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
                      challenge));
  EXPECT_TRUE(challenge.qop_auth);
  const Proof proof{"Mufasa", "Circle Of Life", "GET", "/dir/index.html", "0a4f113b", 1};
  EXPECT_EQ(digest_response(challenge, proof), "6629fae49393a05397450978507c4ef1");
  const std::string value = authorization_of(challenge, proof);
  EXPECT_THAT(value, StartsWith("Digest username=\"Mufasa\", "));
  EXPECT_THAT(value, HasSubstr("opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""));
  EXPECT_THAT(value, HasSubstr("qop=auth, nc=00000001"));
  EXPECT_THAT(value, HasSubstr("response=\"6629fae49393a05397450978507c4ef1\""));
}

// RFC 7616 3.9.1, its MD5 half.
TEST(Digest, ExampleOfRfc7616) {
  Challenge challenge;
  ASSERT_TRUE(parse_challenge("Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=MD5, "
                              "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
                              "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
                              challenge));
  EXPECT_EQ(digest_response(challenge, {"Mufasa", "Circle of Life", "GET", "/dir/index.html",
                                        "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", 1}),
            "8ca523f5e9506fed4657c9700eebdbec");
}

TEST(Digest, WithoutQop) {
  Challenge challenge;
  ASSERT_TRUE(parse_challenge("Digest realm=\"r\", nonce=\"n\"", challenge));
  const Proof proof{"u", "p", "REGISTER", "sip:r", "c", 1};
  EXPECT_EQ(digest_response(challenge, proof), md5_hex(md5_hex("u:r:p") + ":n:" + md5_hex("REGISTER:sip:r")));
  EXPECT_THAT(authorization_of(challenge, proof), Not(HasSubstr("qop")));
}

TEST(Digest, RefusesWhatItCannotAnswer) {
  Challenge challenge;
  EXPECT_FALSE(parse_challenge("Basic realm=\"r\"", challenge));
  EXPECT_FALSE(parse_challenge("Digest realm=\"r\"", challenge));
  EXPECT_FALSE(parse_challenge("Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256", challenge));
  EXPECT_FALSE(parse_challenge("Digest realm=\"r, nonce=", challenge));
  EXPECT_FALSE(parse_challenge("", challenge));
}

}  // namespace
}  // namespace rf::load
