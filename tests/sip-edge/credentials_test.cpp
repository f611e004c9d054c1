#include "sip-edge/credentials.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace rf::edge {
namespace {

using Asked = Credentials::Asked;
using Verdict = Ha1Answer::Verdict;

const AccountId account(Ulid{1, 1});
const AgentId agent(Ulid{2, 2});
const SipUser alice{"a.example", "alice"};
const SipUser bob{"a.example", "bob"};

Ha1Answer found(const SipUser& user, std::uint64_t version) {
  return {user,   Verdict::found, account, agent, "md5-" + std::to_string(version), "sha-" + std::to_string(version),
          version};
}
Ha1Answer answer(const SipUser& user, Verdict verdict) { return {user, verdict, {}, {}, "", "", 0}; }

class CredentialsTest : public testing::Test {
 protected:
  Asked ask(const SipUser& user, HashAlgorithm algorithm = HashAlgorithm::md5) {
    return credentials_.look_up(user, algorithm, now_, [this](auto result) {
      ++answers_;
      last_ = std::move(result);
    });
  }
  /// The HA1 of the last answer; "unknown" or the error's code.
  std::string last() const {
    if (!last_->ok()) return std::string(name_of(last_->error().code));
    return last_->value() ? last_->value()->ha1 : "unknown";
  }

  Ms now_ = 1'000'000;
  Credentials credentials_{{.entries_max = 3, .questions_max = 2, .waiters_max = 2}};
  int answers_ = 0;
  std::optional<Result<std::optional<SipCredential>>> last_;
};

TEST_F(CredentialsTest, AsksOnceAndRemembersForAnHour) {
  EXPECT_EQ(ask(alice), Asked::now);
  EXPECT_EQ(answers_, 0);
  credentials_.answer(found(alice, 1), now_);
  ASSERT_EQ(answers_, 1);
  EXPECT_EQ(last(), "md5-1");
  EXPECT_EQ(last_->value()->account, account);
  EXPECT_EQ(last_->value()->agent, agent);
  now_ += 3600 * second_ms - 1;
  EXPECT_EQ(ask(alice, HashAlgorithm::sha256), Asked::no);
  EXPECT_EQ(last(), "sha-1");
  now_ += 1;
  EXPECT_EQ(ask(alice), Asked::now);
  EXPECT_EQ(answers_, 2);
}

TEST_F(CredentialsTest, RemembersAnUnknownUserForFiveSeconds) {
  ask(alice);
  credentials_.answer(answer(alice, Verdict::unknown), now_);
  EXPECT_EQ(last(), "unknown");
  now_ += 4999;
  EXPECT_EQ(ask(alice), Asked::no);
  EXPECT_EQ(last(), "unknown");
  now_ += 1;
  EXPECT_EQ(ask(alice), Asked::now);
}

TEST_F(CredentialsTest, OneQuestionServesEverybodyWhoWaits) {
  EXPECT_EQ(ask(alice), Asked::now);
  EXPECT_EQ(ask(alice, HashAlgorithm::sha256), Asked::already);
  EXPECT_EQ(ask(bob), Asked::now);
  credentials_.answer(found(alice, 1), now_);
  EXPECT_EQ(answers_, 2);
  EXPECT_EQ(last(), "sha-1");
  EXPECT_EQ(credentials_.questions(), 1u);
}

TEST_F(CredentialsTest, BoundsWaitersAndQuestions) {
  ask(alice);
  ask(alice);
  EXPECT_EQ(ask(alice), Asked::no);
  EXPECT_EQ(last(), "overloaded");
  ask(bob);
  EXPECT_EQ(ask({"a.example", "carol"}), Asked::no);
  EXPECT_EQ(last(), "overloaded");
  EXPECT_EQ(answers_, 2);
}

TEST_F(CredentialsTest, AQuestionWithoutAnswerEndsAfterThreeSeconds) {
  ask(alice);
  credentials_.expire(now_ + 2999);
  EXPECT_EQ(answers_, 0);
  credentials_.expire(now_ + 3000);
  EXPECT_EQ(last(), "timeout");
  EXPECT_EQ(ask(alice), Asked::now);
  credentials_.answer(found(alice, 1), now_);
  EXPECT_EQ(last(), "md5-1");
}

TEST_F(CredentialsTest, UnavailableIsNotRemembered) {
  ask(alice);
  credentials_.answer(answer(alice, Verdict::unavailable), now_);
  EXPECT_EQ(last(), "unavailable");
  EXPECT_EQ(ask(alice), Asked::now);
  credentials_.refuse(alice);
  EXPECT_EQ(last(), "unavailable");
  EXPECT_EQ(credentials_.entries(), 0u);
  credentials_.answer(answer(alice, Verdict::unavailable), now_);
  credentials_.refuse(alice);
  EXPECT_EQ(answers_, 2);
}

TEST_F(CredentialsTest, AnAnswerThatNobodyWaitsForOnlyReplacesAnOlderVersion) {
  credentials_.answer(found(alice, 1), now_);
  EXPECT_EQ(ask(alice), Asked::now);
  credentials_.answer(found(alice, 2), now_);
  credentials_.answer(found(alice, 1), now_);
  ask(alice);
  EXPECT_EQ(last(), "md5-2");
  credentials_.answer(found(alice, 3), now_);
  ask(alice);
  EXPECT_EQ(last(), "md5-3");
  credentials_.answer(answer(alice, Verdict::unknown), now_);
  ask(alice);
  EXPECT_EQ(last(), "md5-3");
}

TEST_F(CredentialsTest, ForgetsAnAgentThatChanged) {
  ask(alice);
  credentials_.answer(found(alice, 1), now_);
  credentials_.forget(account, AgentId(Ulid{9, 9}));
  EXPECT_EQ(ask(alice), Asked::no);
  credentials_.forget(account, agent);
  EXPECT_EQ(ask(alice), Asked::now);
}

TEST_F(CredentialsTest, AnAnswerThatMayBeOlderThanAChangeIsNotKept) {
  ask(alice);
  credentials_.forget(account, agent);
  credentials_.answer(found(alice, 1), now_);
  EXPECT_EQ(last(), "md5-1");
  EXPECT_EQ(ask(alice), Asked::now);
}

TEST_F(CredentialsTest, ForgetsAccountsWhoseChangesMayHaveBeenMissed) {
  ask(alice);
  credentials_.answer(found(alice, 1), now_);
  credentials_.forget([](AccountId) { return false; });
  EXPECT_EQ(ask(alice), Asked::no);
  credentials_.forget([](AccountId id) { return id == account; });
  EXPECT_EQ(ask(alice), Asked::now);
}

TEST_F(CredentialsTest, WhenFullWhatWouldExpireFirstMakesRoom) {
  ask(alice);
  credentials_.answer(found(alice, 1), now_);
  for (int i = 0; i < 10; ++i) {
    const SipUser nobody{"a.example", "nobody" + std::to_string(i)};
    ask(nobody);
    credentials_.answer(answer(nobody, Verdict::unknown), now_ + i);
  }
  EXPECT_EQ(credentials_.entries(), 3u);
  EXPECT_EQ(ask(alice), Asked::no);
  EXPECT_EQ(ask({"a.example", "nobody0"}), Asked::now);
}

TEST_F(CredentialsTest, ExpireForgets) {
  ask(alice);
  credentials_.answer(found(alice, 1), now_);
  ask(bob);
  credentials_.answer(answer(bob, Verdict::unknown), now_);
  credentials_.expire(now_ + 5000);
  EXPECT_EQ(credentials_.entries(), 1u);
  credentials_.expire(now_ + 3600 * second_ms);
  EXPECT_EQ(credentials_.entries(), 0u);
}

TEST_F(CredentialsTest, AWaiterMayAskAgainAtOnce) {
  Asked again = Asked::now;
  credentials_.look_up(alice, HashAlgorithm::md5, now_, [&](const auto&) { again = ask(alice); });
  credentials_.answer(found(alice, 1), now_);
  EXPECT_EQ(again, Asked::no);
  EXPECT_EQ(last(), "md5-1");
  credentials_.look_up(bob, HashAlgorithm::md5, now_, [&](const auto&) { again = ask(bob); });
  credentials_.refuse(bob);
  EXPECT_EQ(again, Asked::now);
}

TEST_F(CredentialsTest, RefusesAllAtTheEnd) {
  ask(alice);
  ask(bob);
  credentials_.refuse_all();
  EXPECT_EQ(answers_, 2);
  EXPECT_EQ(last(), "unavailable");
  EXPECT_EQ(credentials_.questions(), 0u);
}

}  // namespace
}  // namespace rf::edge
