#include "node/credentials.hpp"

#include <gtest/gtest.h>

#include "node/import/account_plan.hpp"

namespace rf::node {

namespace {

TEST(CredentialsTest, HashesAreThoseOfTheRfc) {
  // RFC 2617 3.5 gives this H(A1) through its example's response; SHA-256 of the same text.
  EXPECT_EQ(ha1_of("Mufasa", "testrealm@host.com", "Circle Of Life").md5, "939e7578ed9e3c518a452acee763bce9");
  EXPECT_EQ(ha1_of("Mufasa", "testrealm@host.com", "Circle Of Life").sha256.size(), 64u);
}

TEST(CredentialsTest, HashesOfSeveralDomainsSurviveStorage) {
  const Ha1ByDomain hashes = hashes_of({"a.test", "b.test"}, "1001", "secret");
  EXPECT_NE(hashes.at("a.test"), hashes.at("b.test"));
  const auto read = ha1_by_domain_of(text_of(hashes));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, hashes);
  EXPECT_TRUE(ha1_by_domain_of("")->empty());
  EXPECT_EQ(ha1_by_domain_of("a.test only-one-hash\n").error().code, Code::corrupt);
  EXPECT_EQ(ha1_by_domain_of("a.test x y").error().code, Code::corrupt);
}

TEST(CredentialsTest, GeneratedPasswordsFollowTheCommand) {
  const process::Secret key("key");
  const AccountId account(Ulid{1, 2});
  const AgentId agent(Ulid{3, 4});
  const CommandId command(Ulid{5, 6});
  const std::string password = generated_password(key, account, agent, command);
  EXPECT_EQ(password.size(), 20u);
  EXPECT_EQ(generated_password(key, account, agent, command), password);
  EXPECT_NE(generated_password(key, account, agent, CommandId(Ulid{5, 7})), password);
  EXPECT_NE(generated_password(key, account, AgentId(Ulid{3, 5}), command), password);
  EXPECT_NE(generated_password(process::Secret("other"), account, agent, command), password);
}

}  // namespace

}  // namespace rf::node
