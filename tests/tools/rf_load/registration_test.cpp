#include "tools/rf-load/registration.hpp"

#include <gmock/gmock.h>

#include "tests/tools/rf_load/sip_text.hpp"

namespace rf::load {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Us t = second_us;
using State = Registration::State;

class RegistrationTest : public testing::Test {
 protected:
  RegistrationTest() : registration({"a7", "127.0.0.1:7080", "tag"}, "load-a7", "load.test") {}

  std::string last() {
    const std::string text = out.datagrams.at(out.datagrams.size() - 1);
    out.datagrams.clear();
    return text;
  }
  void challenge(const std::string& request, Us now_us) {
    std::string text = answered(request, 401, "");
    text.insert(text.find("Call-ID"), "WWW-Authenticate: Digest realm=\"load.test\", nonce=\"n\", qop=\"auth\"\r\n");
    const Parsed parsed(text);
    registration.on_message(parsed.message, now_us, out);
  }
  void answer(const std::string& request, int status, Us now_us) {
    const Parsed parsed(answered(request, status, ""));
    registration.on_message(parsed.message, now_us, out);
  }

  Outputs out;
  Registration registration;
};

TEST_F(RegistrationTest, ProvesItselfAndIsRemoved) {
  registration.start(3600, 0, out);
  const std::string first = last();
  EXPECT_THAT(first, HasSubstr("Contact: <sip:a7@127.0.0.1:7080>\r\n"));
  EXPECT_THAT(first, HasSubstr("Expires: 3600\r\n"));
  EXPECT_THAT(first, Not(HasSubstr("Authorization")));
  challenge(first, t);
  const std::string second = last();
  Challenge asked;
  ASSERT_TRUE(parse_challenge("Digest realm=\"load.test\", nonce=\"n\", qop=\"auth\"", asked));
  const Proof proof{"a7", "load-a7", "REGISTER", "sip:load.test", "tag", 1};
  EXPECT_THAT(second, HasSubstr("Authorization: " + authorization_of(asked, proof) + "\r\n"));
  EXPECT_EQ(Parsed(second).message.cseq, 2u);
  EXPECT_TRUE(out.events.empty());
  answer(second, 200, 2 * t);
  EXPECT_EQ(registration.state(), State::registered);
  EXPECT_EQ(registration.took_us(), 2 * t);
  EXPECT_EQ(out.events.size(), 1u);

  registration.start(0, 3 * t, out);
  const std::string third = last();
  EXPECT_THAT(third, HasSubstr("Expires: 0\r\n"));
  answer(third, 200, 4 * t);
  EXPECT_EQ(registration.state(), State::removed);
}

TEST_F(RegistrationTest, EndsAtAWrongPassword) {
  registration.start(3600, 0, out);
  for (int i = 0; i < 3; ++i) challenge(last(), t);
  EXPECT_EQ(registration.state(), State::refused);
  EXPECT_EQ(registration.status(), 401);
  EXPECT_TRUE(out.datagrams.empty());
}

TEST_F(RegistrationTest, EndsWhenNothingComes) {
  registration.start(3600, 0, out);
  while (registration.state() == State::asking) registration.on_time(registration.next_us(), out);
  EXPECT_EQ(registration.status(), 408);
  EXPECT_EQ(out.datagrams.size(), 11u);
  EXPECT_EQ(out.events.size(), 1u);
}

TEST_F(RegistrationTest, CountsALateAnswerAsSeenAgain) {
  registration.start(3600, 0, out);
  const std::string first = last();
  challenge(first, t);
  challenge(first, t);
  EXPECT_EQ(out.retransmissions_seen, 1u);
  EXPECT_EQ(registration.state(), State::asking);
}

}  // namespace
}  // namespace rf::load
