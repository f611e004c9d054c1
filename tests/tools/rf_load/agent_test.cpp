#include "tools/rf-load/agent.hpp"

#include <gmock/gmock.h>

#include "tests/tools/rf_load/sip_text.hpp"

namespace rf::load {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Us t = second_us;

class AgentLegTest : public testing::Test {
 protected:
  AgentLegTest() : invite(invite_from("c1")), leg({"a7", "127.0.0.1:7080", "mine"}, invite.message) {}

  void start(Us answer_delay_us) { leg.start(invite.message, invite.text, answer_delay_us, 0, out); }
  void receive(std::string_view method, std::string_view to_tag, std::uint32_t cseq, Us now_us) {
    const Parsed parsed(about(invite.text, method, to_tag, cseq));
    leg.on_message(parsed.message, now_us, out);
  }
  std::vector<std::string> sent() {
    auto all = kinds(out);
    out.datagrams.clear();
    return all;
  }
  Event::Kind event() {
    EXPECT_EQ(out.events.size(), 1u);
    const Event::Kind kind = out.events.empty() ? Event::Kind::settled : out.events.front().kind;
    out.events.clear();
    return kind;
  }

  Outputs out;
  Parsed invite;
  AgentLeg leg;
};

TEST_F(AgentLegTest, RingsAndAnswersAtOnce) {
  start(0);
  const Parsed accepted(out.datagrams.at(1));
  EXPECT_EQ(tag_of(accepted.message.to), "mine");
  EXPECT_EQ(uri_in(accepted.message.contact), "sip:a7@127.0.0.1:7080");
  EXPECT_THAT(accepted.text, HasSubstr("m=audio"));
  EXPECT_THAT(sent(), ElementsAre("180 INVITE", "200 INVITE"));
  EXPECT_THAT(out.events, IsEmpty());
}

TEST_F(AgentLegTest, AnswersAfterItsDelay) {
  start(200 * ms_us);
  EXPECT_THAT(sent(), ElementsAre("180 INVITE"));
  EXPECT_EQ(leg.next_us(), 200 * ms_us);
  leg.on_time(200 * ms_us, out);
  EXPECT_THAT(sent(), ElementsAre("200 INVITE"));
}

TEST_F(AgentLegTest, AnswersAgainUntilTheAck) {
  start(0);
  sent();
  leg.on_time(t1_us, out);
  EXPECT_THAT(sent(), ElementsAre("200 INVITE"));
  EXPECT_EQ(out.retransmissions_sent, 1u);
  receive("ACK", "mine", 7, t);
  EXPECT_EQ(event(), Event::Kind::confirmed);
  EXPECT_EQ(leg.next_us(), never_us);
  receive("ACK", "mine", 7, t);
  EXPECT_THAT(out.events, IsEmpty());
}

TEST_F(AgentLegTest, TellsOfAnAckThatNeverComes) {
  start(0);
  while (!leg.over()) leg.on_time(leg.next_us(), out);
  EXPECT_EQ(event(), Event::Kind::unconfirmed);
}

TEST_F(AgentLegTest, IsOverByBye) {
  start(0);
  receive("ACK", "mine", 7, t);
  event();
  sent();
  receive("BYE", "mine", 8, 2 * t);
  EXPECT_THAT(sent(), ElementsAre("200 BYE"));
  EXPECT_EQ(event(), Event::Kind::leg_over);
  EXPECT_TRUE(leg.over());
  // Its answer was lost: answered again, and not counted again.
  receive("BYE", "mine", 8, 3 * t);
  EXPECT_THAT(sent(), ElementsAre("200 BYE"));
  EXPECT_THAT(out.events, IsEmpty());
  EXPECT_EQ(out.retransmissions_seen, 1u);
  EXPECT_TRUE(leg.forgettable(leg.next_us()));
}

TEST_F(AgentLegTest, HangsUp) {
  start(0);
  receive("ACK", "mine", 7, t);
  event();
  sent();
  leg.hang_up_at(2 * t);
  leg.on_time(2 * t, out);
  const std::string bye = out.datagrams.at(0);
  const Parsed parsed(bye);
  EXPECT_EQ(parsed.message.uri, "sip:127.0.0.1:5060");
  EXPECT_EQ(tag_of(parsed.message.from), "mine");
  EXPECT_EQ(user_of(uri_in(parsed.message.from)), "a7");
  EXPECT_EQ(tag_of(parsed.message.to), "edge");
  EXPECT_FALSE(leg.over());
  leg.on_time(2 * t + t1_us, out);
  EXPECT_THAT(sent(), ElementsAre("BYE", "BYE"));
  const Parsed done(answered(bye, 200, ""));
  leg.on_message(done.message, 3 * t, out);
  EXPECT_EQ(event(), Event::Kind::leg_over);
}

TEST_F(AgentLegTest, TellsOfAByeThatIsNeverAnswered) {
  start(0);
  receive("ACK", "mine", 7, t);
  event();
  leg.hang_up_at(2 * t);
  while (!leg.over()) leg.on_time(leg.next_us(), out);
  EXPECT_EQ(event(), Event::Kind::unconfirmed);
}

TEST_F(AgentLegTest, ByesMayCross) {
  start(0);
  receive("ACK", "mine", 7, t);
  event();
  sent();
  leg.hang_up_at(2 * t);
  leg.on_time(2 * t, out);
  receive("BYE", "mine", 8, 2 * t);
  EXPECT_THAT(sent(), ElementsAre("BYE", "200 BYE"));
  EXPECT_EQ(event(), Event::Kind::leg_over);
  EXPECT_GE(leg.next_us(), 2 * t + give_up_us);
}

TEST_F(AgentLegTest, IsOverByCancel) {
  start(t);
  sent();
  receive("CANCEL", "", 7, t / 2);
  EXPECT_THAT(sent(), ElementsAre("200 CANCEL", "487 INVITE"));
  EXPECT_EQ(event(), Event::Kind::leg_over);
  // The 487 is sent again until its ACK, and nothing is answered any more.
  leg.on_time(t / 2 + t1_us, out);
  EXPECT_THAT(sent(), ElementsAre("487 INVITE"));
  receive("ACK", "mine", 7, t + t1_us);
  leg.on_time(2 * t, out);
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_THAT(out.events, IsEmpty());
}

TEST_F(AgentLegTest, ACancelAfterTheAnswerChangesNothing) {
  start(0);
  sent();
  receive("CANCEL", "", 7, t);
  EXPECT_THAT(sent(), ElementsAre("200 CANCEL"));
  EXPECT_FALSE(leg.over());
}

TEST_F(AgentLegTest, RepeatsItselfForARepeatedInvite) {
  start(t);
  sent();
  leg.on_message(invite.message, t / 2, out);
  EXPECT_THAT(sent(), ElementsAre("180 INVITE"));
  leg.on_time(t, out);
  sent();
  leg.on_message(invite.message, t, out);
  EXPECT_THAT(sent(), ElementsAre("200 INVITE"));
  EXPECT_EQ(out.retransmissions_seen, 2u);
}

TEST_F(AgentLegTest, AnswersAReInviteUntilItsAck) {
  start(0);
  receive("ACK", "mine", 7, 1);
  sent();
  receive("INVITE", "mine", 8, t);
  receive("INVITE", "mine", 8, t);
  EXPECT_THAT(sent(), ElementsAre("200 INVITE", "200 INVITE"));
  EXPECT_EQ(leg.next_us(), t + t1_us);
  receive("ACK", "mine", 8, t);
  EXPECT_EQ(leg.next_us(), never_us);
}

}  // namespace
}  // namespace rf::load
