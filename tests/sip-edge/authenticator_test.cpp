#include "sip-edge/authenticator.hpp"

#include <gmock/gmock.h>

#include <map>

namespace rf::edge {
namespace {

constexpr Ms start_ms = 1'700'000'000'000;

class Source : public CredentialSource {
 public:
  void look_up(const std::string& realm, const std::string& user, HashAlgorithm algorithm, Done done) override {
    asked.push_back(realm + "/" + user + "/" + std::string(name_of(algorithm)));
    if (hold) return held.push_back(std::move(done));
    answer(user, algorithm, std::move(done));
  }
  void answer(const std::string& user, HashAlgorithm algorithm, Done done) {
    if (failing) return done(Error{Code::unavailable, "no leader"});
    const auto password = passwords.find(user);
    if (password == passwords.end()) return done(std::optional<SipCredential>());
    done(std::optional<SipCredential>(
        SipCredential{digest_ha1(algorithm, user, "front.example", password->second), account, agent}));
  }

  std::map<std::string, std::string> passwords = {{"alice", "secret"}};
  AccountId account{Ulid{1, 2}};
  AgentId agent{Ulid{3, 4}};
  bool failing = false;
  bool hold = false;
  std::vector<std::string> asked;
  std::vector<Done> held;
};

std::string field(const std::string& challenge, const std::string& name) {
  const auto at = challenge.find(name + "=\"");
  return challenge.substr(at + name.size() + 2, challenge.find('"', at + name.size() + 2) - at - name.size() - 2);
}

class AuthenticatorTest : public testing::Test {
 protected:
  AuthenticatorTest() : authenticator({}, source) {}

  /// What a phone answers to a challenge.
  AuthRequest proof(const std::string& challenge, const std::string& user, const std::string& password,
                    std::uint32_t nc) {
    DigestCredentials c;
    c.algorithm = challenge.find("SHA-256") != std::string::npos ? HashAlgorithm::sha256 : HashAlgorithm::md5;
    c.username = user;
    c.realm = field(challenge, "realm");
    c.nonce = field(challenge, "nonce");
    c.uri = "sip:front.example";
    c.cnonce = "abc";
    char nc_text[9];
    std::snprintf(nc_text, sizeof nc_text, "%08x", nc);
    c.nc_text = nc_text;
    const std::string response = digest_response(c, digest_ha1(c.algorithm, user, c.realm, password), "REGISTER");
    AuthRequest request{"REGISTER", "front.example", *parse_uri("sip:front.example"), {}};
    request.authorizations.push_back("Digest username=\"" + c.username + "\", realm=\"" + c.realm + "\", nonce=\"" +
                                     c.nonce + "\", uri=\"" + c.uri + "\", response=\"" + response +
                                     "\", cnonce=\"abc\", qop=auth, nc=" + c.nc_text +
                                     ", algorithm=" + std::string(name_of(c.algorithm)));
    return request;
  }
  std::string challenge(std::size_t which = 0) {
    return authenticator.challenges("front.example", Authenticator::Stale::no, start_ms)[which];
  }
  AuthResult check(const AuthRequest& request, Ms now_ms = start_ms) {
    std::optional<AuthResult> out;
    authenticator.check(request, now_ms, [&](const AuthResult& result) {
      EXPECT_FALSE(out) << "called once";
      out = result;
    });
    EXPECT_TRUE(out);
    return out.value_or(AuthResult{});
  }

  Source source;
  Authenticator authenticator;
};

TEST_F(AuthenticatorTest, ChallengesWithTheStrongerAlgorithmFirst) {
  const auto both = authenticator.challenges("front.example", Authenticator::Stale::no, start_ms);
  ASSERT_EQ(both.size(), 2u);
  EXPECT_THAT(both[0], testing::HasSubstr("algorithm=SHA-256"));
  EXPECT_THAT(both[1], testing::HasSubstr("algorithm=MD5"));
  for (const std::string& one : both) {
    EXPECT_THAT(one, testing::HasSubstr("realm=\"front.example\""));
    EXPECT_THAT(one, testing::HasSubstr("qop=\"auth\""));
    EXPECT_THAT(one, testing::Not(testing::HasSubstr("stale")));
  }
  EXPECT_NE(field(both[0], "nonce"), field(both[1], "nonce"));
  EXPECT_THAT(authenticator.challenges("front.example", Authenticator::Stale::yes, start_ms)[0],
              testing::HasSubstr("stale=true"));
}

TEST_F(AuthenticatorTest, TheRightPasswordIsAcceptedByBothAlgorithms) {
  for (const std::size_t which : {0u, 1u}) {
    const AuthResult result = check(proof(challenge(which), "alice", "secret", 1));
    EXPECT_EQ(result.verdict, AuthVerdict::accepted);
    EXPECT_EQ(result.user, "alice");
    EXPECT_EQ(result.account, source.account);
    EXPECT_EQ(result.agent, source.agent);
  }
  EXPECT_THAT(source.asked, testing::ElementsAre("front.example/alice/SHA-256", "front.example/alice/MD5"));
}

TEST_F(AuthenticatorTest, AnUnknownUserLooksLikeAWrongPassword) {
  const AuthResult wrong = check(proof(challenge(), "alice", "guess", 1));
  const AuthResult unknown = check(proof(challenge(), "mallory", "guess", 1));
  EXPECT_EQ(wrong.verdict, AuthVerdict::challenge);
  EXPECT_EQ(unknown.verdict, wrong.verdict);
  EXPECT_EQ(unknown.user, wrong.user);
  EXPECT_EQ(source.asked.size(), 2u) << "both were looked up";
}

TEST_F(AuthenticatorTest, ANonceCountWorksOnceAndTheNextOneWorks) {
  const std::string nonce = challenge();
  EXPECT_EQ(check(proof(nonce, "alice", "secret", 1)).verdict, AuthVerdict::accepted);
  EXPECT_EQ(check(proof(nonce, "alice", "secret", 1)).verdict, AuthVerdict::stale);
  EXPECT_EQ(check(proof(nonce, "alice", "secret", 2)).verdict, AuthVerdict::accepted);
  // A stranger with a wrong proof does not use up the phone's counts.
  EXPECT_EQ(check(proof(nonce, "alice", "guess", 3)).verdict, AuthVerdict::challenge);
  EXPECT_EQ(check(proof(nonce, "alice", "secret", 3)).verdict, AuthVerdict::accepted);
}

TEST_F(AuthenticatorTest, AnOldNonceIsStaleAndAForgedOneIsNothing) {
  const std::string nonce = challenge();
  EXPECT_EQ(check(proof(nonce, "alice", "secret", 1), start_ms + 301 * second_ms).verdict, AuthVerdict::stale);
  std::string forged = nonce;
  forged.replace(forged.find("nonce=\"") + 7, 1, "f");
  EXPECT_EQ(check(proof(forged, "alice", "secret", 1)).verdict, AuthVerdict::challenge);
  const auto other_realm = authenticator.challenges("other.example", Authenticator::Stale::no, start_ms)[0];
  EXPECT_EQ(check(proof(other_realm, "alice", "secret", 1)).verdict, AuthVerdict::challenge);
  EXPECT_TRUE(source.asked.empty());
}

TEST_F(AuthenticatorTest, AProofForAnotherMethodOrResourceIsNone) {
  AuthRequest method = proof(challenge(), "alice", "secret", 1);
  method.method = "INVITE";
  EXPECT_EQ(check(method).verdict, AuthVerdict::challenge);
  AuthRequest resource = proof(challenge(), "alice", "secret", 1);
  resource.request_uri = *parse_uri("sip:other.example");
  EXPECT_EQ(check(resource).verdict, AuthVerdict::challenge);
}

TEST_F(AuthenticatorTest, NoneOrUnusableCredentialsAreAChallenge) {
  AuthRequest none{"REGISTER", "front.example", *parse_uri("sip:front.example"), {}};
  EXPECT_FALSE(Authenticator::has_credentials(none));
  EXPECT_EQ(check(none).verdict, AuthVerdict::challenge);
  none.authorizations = {"Basic x", "Digest nonsense"};
  EXPECT_FALSE(Authenticator::has_credentials(none));
  EXPECT_EQ(check(none).verdict, AuthVerdict::challenge);
}

TEST_F(AuthenticatorTest, OfSeveralTheStrongestForTheRealmCounts) {
  AuthRequest request = proof(challenge(1), "alice", "guess", 1);
  request.authorizations.push_back(proof(challenge(0), "alice", "secret", 1).authorizations[0]);
  EXPECT_TRUE(Authenticator::has_credentials(request));
  EXPECT_EQ(check(request).verdict, AuthVerdict::accepted);
  EXPECT_THAT(source.asked, testing::ElementsAre("front.example/alice/SHA-256"));
}

TEST_F(AuthenticatorTest, AFailedLookUpIsUnavailableAndCostsNothing) {
  const std::string nonce = challenge();
  source.failing = true;
  EXPECT_EQ(check(proof(nonce, "alice", "secret", 1)).verdict, AuthVerdict::unavailable);
  source.failing = false;
  EXPECT_EQ(check(proof(nonce, "alice", "secret", 1)).verdict, AuthVerdict::accepted);
}

TEST_F(AuthenticatorTest, TheLookUpMayAnswerLaterAndAReplayInBetweenIsCaught) {
  source.hold = true;
  const AuthRequest request = proof(challenge(), "alice", "secret", 1);
  std::vector<AuthVerdict> verdicts;
  for (int i = 0; i < 2; ++i) {
    authenticator.check(request, start_ms, [&](const AuthResult& result) { verdicts.push_back(result.verdict); });
  }
  EXPECT_TRUE(verdicts.empty());
  for (auto& done : source.held) source.answer("alice", HashAlgorithm::sha256, std::move(done));
  EXPECT_THAT(verdicts, testing::ElementsAre(AuthVerdict::accepted, AuthVerdict::stale));
}

TEST(Authenticator, AnAnswerAfterItsEndGoesNowhere) {
  Source source;
  source.hold = true;
  {
    Authenticator authenticator({}, source);
    const std::string nonce =
        field(authenticator.challenges("front.example", Authenticator::Stale::no, start_ms)[0], "nonce");
    const AuthRequest request{
        "REGISTER",
        "front.example",
        *parse_uri("sip:front.example"),
        {"Digest username=\"alice\", realm=\"front.example\", nonce=\"" + nonce +
         "\", uri=\"sip:front.example\", response=\"x\", cnonce=\"c\", qop=auth, nc=00000001, algorithm=SHA-256"}};
    authenticator.check(request, start_ms, [](const AuthResult&) { FAIL(); });
  }
  ASSERT_EQ(source.held.size(), 1u);
  source.answer("alice", HashAlgorithm::sha256, std::move(source.held[0]));
}

}  // namespace
}  // namespace rf::edge
