#include "tools/rf-load/caller.hpp"

#include <gmock/gmock.h>

#include "tests/tools/rf_load/sip_text.hpp"

namespace rf::load {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Us t = second_us;
constexpr std::string_view server = "sip:127.0.0.1:5060";

class CallerTest : public testing::Test {
 protected:
  CallerTest() : caller({"c1000000001", "127.0.0.1:7070", "tag"}, "7001", "load.test") {
    caller.start(0, out);
    invite = out.datagrams.at(0);
    out.clear();
  }

  void receive(const std::string& text, Us now_us) {
    const Parsed parsed(text);
    caller.on_message(parsed.message, now_us, out);
  }
  std::vector<std::string> sent() {
    auto all = kinds(out);
    if (!out.datagrams.empty()) last = out.datagrams.back();
    out.datagrams.clear();
    return all;
  }
  /// The only event since the last look, which must have happened.
  Event event() {
    EXPECT_EQ(out.events.size(), 1u);
    const Event one = out.events.empty() ? Event{Event::Kind::settled, -1} : out.events.front();
    out.events.clear();
    return one;
  }
  void answer() {
    receive(answered(invite, 200, server), t);
    EXPECT_EQ(event().kind, Event::Kind::answered);
    EXPECT_THAT(sent(), ElementsAre("ACK"));
  }

  Outputs out;
  Caller caller;
  std::string invite;
  std::string last;
};

TEST_F(CallerTest, InvitesWithItsNameAndSdp) {
  const Parsed parsed(invite);
  EXPECT_EQ(parsed.message.uri, "sip:7001@load.test");
  EXPECT_EQ(user_of(uri_in(parsed.message.from)), "c1000000001");
  EXPECT_EQ(parsed.message.call_id, caller.call_id());
  EXPECT_THAT(invite, HasSubstr("a=rtpmap:0 PCMU/8000"));
}

TEST_F(CallerTest, InvitesAgainUntilAProvisionalAnswer) {
  EXPECT_EQ(caller.next_us(), t1_us);
  caller.on_time(t1_us, out);
  EXPECT_EQ(out.datagrams, std::vector<std::string>{invite});
  EXPECT_EQ(out.retransmissions_sent, 1u);
  sent();
  receive(answered(invite, 180, ""), t);
  EXPECT_EQ(caller.next_us(), never_us);
  EXPECT_THAT(out.events, IsEmpty());
}

TEST_F(CallerTest, FailsWhenNothingComesBack) {
  while (!caller.over()) caller.on_time(caller.next_us(), out);
  EXPECT_EQ(out.datagrams.size(), 6u);
  const Event failed = event();
  EXPECT_EQ(failed.kind, Event::Kind::failed);
  EXPECT_EQ(failed.status, 408);
}

TEST_F(CallerTest, TalksAndHangsUp) {
  receive(answered(invite, 180, ""), 1);
  answer();
  const Parsed ack(last);
  EXPECT_EQ(ack.message.uri, server);
  EXPECT_EQ(ack.message.cseq, 1u);
  EXPECT_EQ(tag_of(ack.message.to), "server");
  EXPECT_NE(branch_of(ack.message.vias.at(0)), branch_of(Parsed(invite).message.vias.at(0)));
  caller.hang_up_at(2 * t);
  EXPECT_EQ(caller.next_us(), 2 * t);
  caller.on_time(2 * t, out);
  EXPECT_THAT(sent(), ElementsAre("BYE"));
  EXPECT_EQ(Parsed(last).message.cseq, 2u);
  // The BYE is sent again until its answer.
  caller.on_time(2 * t + t1_us, out);
  EXPECT_THAT(sent(), ElementsAre("BYE"));
  receive(answered(last, 200, ""), 3 * t);
  EXPECT_EQ(event().kind, Event::Kind::finished);
  EXPECT_TRUE(caller.over());
  EXPECT_FALSE(caller.forgettable(3 * t));
  EXPECT_TRUE(caller.forgettable(caller.next_us()));
}

TEST_F(CallerTest, GoesThroughTheRecordedRoutesBackwards) {
  std::string accepted = answered(invite, 200, server);
  accepted.insert(accepted.find("Call-ID"), "Record-Route: <sip:near;lr>, <sip:far;lr>\r\n");
  receive(accepted, t);
  sent();
  EXPECT_THAT(last, HasSubstr("Route: <sip:far;lr>\r\nRoute: <sip:near;lr>\r\n"));
}

TEST_F(CallerTest, AcknowledgesARepeatedAnswerAgain) {
  answer();
  const std::string ack = last;
  receive(answered(invite, 200, server), 2 * t);
  EXPECT_EQ(out.datagrams, std::vector<std::string>{ack});
  EXPECT_EQ(out.retransmissions_seen, 1u);
  EXPECT_THAT(out.events, IsEmpty());
}

TEST_F(CallerTest, TellsOfAnAnswerBySomebodyElse) {
  answer();
  const Parsed asked(invite);
  receive(response_to(asked.message, {200, "another", server, ""}), 2 * t);
  EXPECT_EQ(event().kind, Event::Kind::answered_again);
}

TEST_F(CallerTest, AcknowledgesARefusalInItsTransaction) {
  receive(answered(invite, 486, ""), t);
  const Event failed = event();
  EXPECT_EQ(failed.kind, Event::Kind::failed);
  EXPECT_EQ(failed.status, 486);
  EXPECT_THAT(sent(), ElementsAre("ACK"));
  const Parsed ack(last);
  EXPECT_EQ(branch_of(ack.message.vias.at(0)), branch_of(Parsed(invite).message.vias.at(0)));
  EXPECT_EQ(ack.message.uri, "sip:7001@load.test");
  receive(answered(invite, 486, ""), 2 * t);
  EXPECT_THAT(sent(), ElementsAre("ACK"));
  EXPECT_THAT(out.events, IsEmpty());
}

TEST_F(CallerTest, IsShedByARetryAfterOnly) {
  std::string shed = answered(invite, 503, "");
  shed.insert(shed.find("Call-ID"), "Retry-After: 3\r\n");
  receive(shed, t);
  EXPECT_EQ(event().kind, Event::Kind::shed);

  Caller plain({"c1000000002", "127.0.0.1:7070", "tag2"}, "7001", "load.test");
  out = Outputs();
  plain.start(0, out);
  const Parsed refusal(answered(out.datagrams.at(0), 503, ""));
  plain.on_message(refusal.message, t, out);
  EXPECT_EQ(event().kind, Event::Kind::failed);
}

TEST_F(CallerTest, CancelsOnceAProvisionalAnswerCame) {
  caller.give_up(1, out);
  EXPECT_THAT(sent(), IsEmpty());
  receive(answered(invite, 100, ""), t);
  EXPECT_THAT(sent(), ElementsAre("CANCEL"));
  const Parsed cancel(last);
  EXPECT_EQ(branch_of(cancel.message.vias.at(0)), branch_of(Parsed(invite).message.vias.at(0)));
  EXPECT_EQ(cancel.message.cseq, 1u);
  receive(answered(last, 200, ""), t);
  EXPECT_FALSE(caller.over());
  receive(answered(invite, 487, ""), t);
  EXPECT_THAT(sent(), ElementsAre("ACK"));
  EXPECT_EQ(event().kind, Event::Kind::cancelled);
}

TEST_F(CallerTest, AnAnswerThatCrossesTheCancelIsHungUp) {
  receive(answered(invite, 180, ""), 1);
  caller.give_up(t, out);
  EXPECT_THAT(sent(), ElementsAre("CANCEL"));
  receive(answered(invite, 200, server), t);
  EXPECT_THAT(sent(), ElementsAre("ACK", "BYE"));
  receive(answered(last, 200, ""), t);
  EXPECT_EQ(event().kind, Event::Kind::cancelled);
}

TEST_F(CallerTest, ACallThatIsUpIsGivenUpByBye) {
  answer();
  caller.give_up(2 * t, out);
  EXPECT_THAT(sent(), ElementsAre("BYE"));
}

TEST_F(CallerTest, FailsWhenTheServerHangsUp) {
  answer();
  receive(about(invite, "BYE", "x", 9), 2 * t);
  EXPECT_THAT(sent(), ElementsAre("200 BYE"));
  const Event failed = event();
  EXPECT_EQ(failed.kind, Event::Kind::failed);
  EXPECT_EQ(failed.status, 0);
}

TEST_F(CallerTest, AnswersWhatComesInTheCall) {
  answer();
  receive(about(invite, "OPTIONS", "x", 10), t);
  receive(about(invite, "UPDATE", "x", 11), t);
  receive(about(invite, "REFER", "x", 12), t);
  receive(about(invite, "INVITE", "x", 13), t);
  EXPECT_THAT(sent(), ElementsAre("200 OPTIONS", "200 UPDATE", "405 REFER", "200 INVITE"));
  EXPECT_THAT(last, HasSubstr("m=audio"));
  // The re-INVITE's 200 is sent again until its ACK.
  caller.on_time(t + t1_us, out);
  EXPECT_THAT(sent(), ElementsAre("200 INVITE"));
  receive(about(invite, "ACK", "x", 13), t);
  EXPECT_EQ(caller.next_us(), never_us);
  EXPECT_THAT(out.events, IsEmpty());
}

}  // namespace
}  // namespace rf::load
