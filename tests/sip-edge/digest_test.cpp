#include "sip-edge/digest.hpp"

#include <gtest/gtest.h>

namespace rf::edge {
namespace {

// RFC 7616 3.9.1: user Mufasa, password "Circle of Life".
constexpr char rfc7616_nonce[] = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
constexpr char rfc7616_cnonce[] = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

std::string rfc7616_header(const std::string& algorithm, const std::string& response) {
  return "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", algorithm=" +
         algorithm + ", nonce=\"" + rfc7616_nonce + "\", nc=00000001, cnonce=\"" + rfc7616_cnonce +
         "\", qop=auth, response=\"" + response + "\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
}

struct Vector {
  const char* algorithm;
  const char* response;
};

class Rfc7616 : public testing::TestWithParam<Vector> {};
INSTANTIATE_TEST_SUITE_P(Algorithms, Rfc7616,
                         testing::Values(Vector{"MD5", "8ca523f5e9506fed4657c9700eebdbec"},
                                         Vector{"SHA-256",
                                                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"}));

TEST_P(Rfc7616, TheExampleIsReproduced) {
  const auto credentials = parse_digest(rfc7616_header(GetParam().algorithm, GetParam().response));
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->username, "Mufasa");
  EXPECT_EQ(credentials->nc, 1u);
  const std::string ha1 = digest_ha1(credentials->algorithm, "Mufasa", "http-auth@example.org", "Circle of Life");
  EXPECT_EQ(digest_response(*credentials, ha1, "GET"), credentials->response);
  EXPECT_NE(digest_response(*credentials, ha1, "POST"), credentials->response);
}

TEST(Digest, TheExampleOfRfc2617IsReproduced) {
  const auto credentials = parse_digest(
      "Digest username=\"Mufasa\",realm=\"testrealm@host.com\",nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\","
      "uri=\"/dir/index.html\",qop=auth,nc=00000001,cnonce=\"0a4f113b\",response=\"6629fae49393a05397450978507c4ef1\","
      "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"");
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->algorithm, HashAlgorithm::md5) << "the default";
  const std::string ha1 = digest_ha1(HashAlgorithm::md5, "Mufasa", "testrealm@host.com", "Circle Of Life");
  EXPECT_EQ(ha1, "939e7578ed9e3c518a452acee763bce9");
  EXPECT_EQ(digest_response(*credentials, ha1, "GET"), credentials->response);
}

TEST(ParseDigest, ReadsQuotesAndCase) {
  const auto credentials = parse_digest(
      "digest  USERNAME = \"a\\\"b, c\" ,Realm=\"r\", NONCE=\"n\" , uri=\"u\", response=r1, QOP=\"AUTH\", nc=0000000A, "
      "cnonce=\"c\", algorithm=\"sha-256\"");
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->username, "a\"b, c");
  EXPECT_EQ(credentials->algorithm, HashAlgorithm::sha256);
  EXPECT_EQ(credentials->nc, 10u);
  EXPECT_EQ(credentials->nc_text, "0000000A");
}

TEST(ParseDigest, RefusesWhatIsMissingTwiceOrUnknown) {
  const std::string whole = rfc7616_header("MD5", "8ca523f5e9506fed4657c9700eebdbec");
  ASSERT_TRUE(parse_digest(whole));
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = whole;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  EXPECT_FALSE(parse_digest(""));
  EXPECT_FALSE(parse_digest("Digest"));
  EXPECT_FALSE(parse_digest("Basic QWxhZGRpbg=="));
  EXPECT_FALSE(parse_digest(changed("algorithm=MD5", "algorithm=MD5-sess")));
  EXPECT_FALSE(parse_digest(changed("algorithm=MD5", "algorithm=SHA-512-256")));
  EXPECT_FALSE(parse_digest(changed("qop=auth", "qop=auth-int")));
  EXPECT_FALSE(parse_digest(changed(", qop=auth", ""))) << "no protection against replay";
  EXPECT_FALSE(parse_digest(changed("nc=00000001", "nc=1")));
  EXPECT_FALSE(parse_digest(changed("nc=00000001", "nc=00000000")));
  EXPECT_FALSE(parse_digest(changed("nc=00000001", "nc=0000000g")));
  EXPECT_FALSE(parse_digest(changed("username=\"Mufasa\"", "username=\"\"")));
  EXPECT_FALSE(parse_digest(changed("opaque=", "username=")));
  EXPECT_FALSE(parse_digest(changed("opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"", "opaque=\"not closed")));
  EXPECT_FALSE(parse_digest(changed(", cnonce", "; cnonce")));
}

TEST(Digest, ComparesInConstantTimeByContent) {
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_TRUE(equal_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_constant_time("abc", "abcd"));
}

NonceMint mint_with(std::byte first) {
  NonceMint::Secret secret{};
  secret[0] = first;
  return NonceMint(secret, 60 * second_ms);
}

TEST(NonceMint, KnowsItsOwnForItsRealmAndTime) {
  const NonceMint mint = mint_with(std::byte{1});
  const Ms now_ms = 1'700'000'000'000;
  const std::string nonce = mint.make("a.example", now_ms, 7);
  EXPECT_EQ(nonce_time(nonce), now_ms);
  EXPECT_EQ(mint.judge("a.example", nonce, now_ms), NonceMint::Judgement::good);
  EXPECT_EQ(mint.judge("a.example", nonce, now_ms + 60 * second_ms), NonceMint::Judgement::good);
  EXPECT_EQ(mint.judge("a.example", nonce, now_ms + 60 * second_ms + 1), NonceMint::Judgement::expired);
  EXPECT_EQ(mint.judge("b.example", nonce, now_ms), NonceMint::Judgement::forged);
  EXPECT_EQ(mint_with(std::byte{2}).judge("a.example", nonce, now_ms), NonceMint::Judgement::forged);
  EXPECT_NE(nonce, mint.make("a.example", now_ms, 8));
  // Another edge's clock may be a little ahead, not an hour.
  EXPECT_EQ(mint.judge("a.example", nonce, now_ms - 30 * second_ms), NonceMint::Judgement::good);
  EXPECT_EQ(mint.judge("a.example", nonce, now_ms - 3600 * second_ms), NonceMint::Judgement::expired);
}

TEST(NonceMint, AnyChangedCharacterIsAForgery) {
  const NonceMint mint = mint_with(std::byte{1});
  const std::string nonce = mint.make("a.example", 1000, 7);
  for (std::size_t i = 0; i < nonce.size(); ++i) {
    std::string changed = nonce;
    changed[i] = changed[i] == '0' ? '1' : '0';
    EXPECT_EQ(mint.judge("a.example", changed, 1000), NonceMint::Judgement::forged) << i;
  }
  EXPECT_EQ(mint.judge("a.example", "", 1000), NonceMint::Judgement::forged);
  EXPECT_EQ(mint.judge("a.example", nonce + "0", 1000), NonceMint::Judgement::forged);
  EXPECT_EQ(mint.judge("a.example", std::string(64, 'z'), 1000), NonceMint::Judgement::forged);
}

TEST(NonceCounts, TakesEachCountOnceInAnyNearOrder) {
  const NonceMint mint = mint_with(std::byte{1});
  const std::string nonce = mint.make("r", 1000, 1);
  NonceCounts counts(10);
  EXPECT_TRUE(counts.use(nonce, 1, 0));
  EXPECT_FALSE(counts.use(nonce, 1, 0));
  EXPECT_TRUE(counts.use(nonce, 5, 0));
  EXPECT_TRUE(counts.use(nonce, 3, 0));
  EXPECT_FALSE(counts.use(nonce, 3, 0));
  EXPECT_TRUE(counts.use(nonce, 500, 0));
  EXPECT_FALSE(counts.use(nonce, 5, 0)) << "older than the window";
  EXPECT_TRUE(counts.use(nonce, 437, 0)) << "the last 64 stay open";
  EXPECT_FALSE(counts.use(nonce, 436, 0));
  EXPECT_FALSE(counts.use(nonce, 0, 0));
  EXPECT_TRUE(counts.use(nonce, 0xffffffffu, 0));
  EXPECT_FALSE(counts.use("not a nonce", 1, 0));
}

TEST(NonceCounts, ForgettingLetsNoReplayIn) {
  const NonceMint mint = mint_with(std::byte{1});
  NonceCounts counts(3);
  std::vector<std::string> nonces;
  for (int i = 0; i < 6; ++i) {
    nonces.push_back(mint.make("r", 1000 + i, 1));
    EXPECT_TRUE(counts.use(nonces.back(), 1, 0));
    EXPECT_LE(counts.size(), 3u);
  }
  for (const std::string& nonce : nonces) EXPECT_FALSE(counts.use(nonce, 1, 0));
  EXPECT_FALSE(counts.use(nonces[0], 2, 0)) << "forgotten: the phone is told stale and gets a new one";
  EXPECT_TRUE(counts.use(nonces[5], 2, 0));
  EXPECT_TRUE(counts.use(mint.make("r", 1010, 1), 1, 1005)) << "old ones leave by time too";
  EXPECT_EQ(counts.size(), 2u);
  EXPECT_FALSE(counts.use(nonces[3], 2, 1005));
}

}  // namespace
}  // namespace rf::edge
