// Calls through the wrapper: how they begin and end.
#include "sip-edge/sip/leg.hpp"

#include <gmock/gmock.h>

#include "tests/sip-edge/support/call_peers.hpp"

namespace rf::edge::test {
namespace {

using testing::HasSubstr;

class LegTransports : public testing::TestWithParam<Stack::Address> {};
INSTANTIATE_TEST_SUITE_P(All, LegTransports, testing::Values(Stack::udp4, Stack::tcp4, Stack::udp6, Stack::tcp6));

TEST_P(LegTransports, ACallerWaitsIsAnsweredAndHangsUp) {
  Stack stack;
  Caller caller(stack, GetParam());
  caller.invite("Supported: timer\r\nSession-Expires: 1800\r\nMin-SE: 120\r\nP-Asserted-Identity: <sip:x@y>\r\n",
                "offer");
  RecordedLeg& leg = caller.leg();
  const sip::Request& request = stack.invites[0];
  EXPECT_EQ(request.uri.user, "4711");
  EXPECT_EQ(request.from.display, "Caller");
  EXPECT_EQ(request.source, caller.peer.local());
  EXPECT_EQ(request.body, sip::sdp_body("offer"));
  EXPECT_EQ(request.session_expires, (SessionExpires{1800, RefresherRole::unsaid}));
  EXPECT_EQ(request.min_se_s, 120u);
  EXPECT_EQ(leg.leg->role(), sip::LegRole::peer_called);
  EXPECT_EQ(leg.leg->call_id(), caller.dialog.call_id);

  stack.run([&] { leg.leg->progress(sip::reply(182)); });
  const auto queued = caller.peer.await_status(182);
  ASSERT_TRUE(queued);
  EXPECT_EQ(queued->first_line, "SIP/2.0 182 Queued");
  const std::string tag = queued->param("to", "tag");
  EXPECT_FALSE(tag.empty());
  EXPECT_THAT(queued->header("contact"), HasSubstr(stack.address(GetParam()).host_port()));
  stack.run([&] { leg.leg->progress(sip::reply(180)); });
  ASSERT_TRUE(caller.peer.await_status(180));
  stack.run([&] { leg.leg->answer({200, {{"Session-Expires", "1800;refresher=uac"}}, sip::sdp_body("answer")}); });
  const auto ok = caller.peer.await_status(200);
  ASSERT_TRUE(ok);
  EXPECT_EQ(ok->param("to", "tag"), tag) << "one dialog";
  EXPECT_EQ(ok->body, "answer");
  EXPECT_EQ(ok->header("content-type"), "application/sdp");
  EXPECT_EQ(ok->header("session-expires"), "1800;refresher=uac");
  EXPECT_THAT(ok->header("allow"), HasSubstr("UPDATE"));
  EXPECT_EQ(ok->header("supported"), "timer");
  caller.learn(*ok);
  caller.ack("");
  EXPECT_EQ(leg.journal.next(), "acked ");
  ++caller.dialog.cseq;
  caller.peer.send(request_text(caller.peer, "BYE", caller.dialog, "Reason: Q.850;cause=16\r\n"));
  EXPECT_TRUE(caller.peer.await_status(200));
  EXPECT_EQ(leg.journal.next(), "ended peer_hung_up 200");
  EXPECT_TRUE(stack.await_idle());
}

TEST_P(LegTransports, APhoneRingsAnswersAndIsHungUp) {
  Stack stack;
  Phone phone(stack, GetParam());
  phone.ring("offer");
  EXPECT_EQ(phone.invite.request_uri(), "sip:phone@10.0.0.1:5999;ob");
  EXPECT_EQ(phone.invite.body, "offer");
  EXPECT_EQ(phone.invite.header("expires"), "20");
  EXPECT_EQ(phone.invite.header("x-call"), "cl_1");
  EXPECT_THAT(phone.invite.header("from"), HasSubstr("\"Caller, \\\"A\\\"\" <sip:+4930@edge>;tag="));
  EXPECT_EQ(phone.invite.header("to"), "<sip:phone@edge>");
  EXPECT_EQ(phone.invite.header("supported"), "timer");
  EXPECT_THAT(phone.invite.header("contact"), HasSubstr(stack.address(GetParam()).host_port()));
  phone.answer(180, "");
  EXPECT_EQ(phone.leg.journal.next(), "progress 180");
  phone.answer(200, "answer");
  EXPECT_EQ(phone.leg.journal.next(), "answered 200 answer");
  EXPECT_EQ(phone.leg.answer->source, phone.peer.local());
  stack.run([&] { phone.leg.leg->ack(*phone.leg.answer, {}); });
  const auto ack = phone.peer.await_method("ACK");
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->header("cseq"), phone.invite.header("cseq").substr(0, phone.invite.header("cseq").find(' ')) + " ACK");
  EXPECT_EQ(ack->request_uri(), "sip:phone@10.0.0.1:5999") << "the Contact of the 200, by the phone's flow";
  EXPECT_EQ(ack->param("to", "tag"), "p1");
  // A repeated 200 is acknowledged again without us.
  phone.answer(200, "answer");
  EXPECT_TRUE(phone.peer.await_method("ACK"));
  stack.run([&] { phone.leg.leg->hang_up("SIP;cause=200;text=\"Call completed elsewhere\""); });
  const auto bye = phone.peer.await_method("BYE");
  ASSERT_TRUE(bye);
  EXPECT_EQ(bye->header("reason"), "SIP;cause=200;text=\"Call completed elsewhere\"");
  phone.peer.send(response_text(*bye, 200, "", "", ""));
  EXPECT_EQ(phone.leg.journal.next(), "ended ours 200");
  EXPECT_TRUE(phone.leg.journal.empty());
  EXPECT_TRUE(stack.await_idle());
}

TEST_P(LegTransports, ARingingPhoneIsCancelled) {
  Stack stack;
  Phone phone(stack, GetParam());
  phone.ring("offer");
  phone.answer(180, "");
  EXPECT_EQ(phone.leg.journal.next(), "progress 180");
  stack.run([&] {
    phone.leg.leg->hang_up("SIP;cause=200");
    phone.leg.leg->hang_up("");
  });
  const auto cancel = phone.peer.await_method("CANCEL");
  ASSERT_TRUE(cancel);
  EXPECT_EQ(cancel->header("via"), phone.invite.header("via")) << "the same branch";
  EXPECT_EQ(cancel->header("reason"), "SIP;cause=200");
  phone.peer.send(response_text(*cancel, 200, "p1", "", ""));
  phone.answer(487, "");
  EXPECT_TRUE(phone.peer.await_method("ACK"));
  EXPECT_EQ(phone.leg.journal.next(), "ended ours 487");
  EXPECT_TRUE(phone.leg.journal.empty());
  EXPECT_TRUE(stack.await_idle());
}

TEST(Leg, ACancelWaitsForTheFirstProvisionalResponse) {
  Stack stack;
  Phone phone(stack, Stack::udp4);
  phone.ring("offer");
  stack.run([&] { phone.leg.leg->hang_up(""); });
  // Only repeated INVITEs until the phone has said something (RFC 3261 9.1).
  const auto again = phone.peer.receive();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->method(), "INVITE");
  phone.answer(180, "");
  const auto cancel = phone.peer.await_method("CANCEL");
  ASSERT_TRUE(cancel);
  phone.peer.send(response_text(*cancel, 200, "p1", "", ""));
  phone.answer(487, "");
  EXPECT_EQ(phone.leg.journal.next(), "ended ours 487") << "no progress after hang_up()";
  EXPECT_TRUE(stack.await_idle());
}

TEST(Leg, AnAnswerThatCrossesTheCancelGetsAckAndBye) {
  Stack stack;
  Phone phone(stack, Stack::udp4);
  phone.ring("offer");
  phone.answer(180, "");
  EXPECT_EQ(phone.leg.journal.next(), "progress 180");
  stack.run([&] { phone.leg.leg->hang_up(""); });
  ASSERT_TRUE(phone.peer.await_method("CANCEL"));
  phone.answer(200, "answer");
  ASSERT_TRUE(phone.peer.await_method("ACK"));
  const auto bye = phone.peer.await_method("BYE");
  ASSERT_TRUE(bye);
  EXPECT_EQ(bye->param("to", "tag"), "p1");
  // The 200 once more, as if the ACK was lost.
  phone.answer(200, "answer");
  EXPECT_TRUE(phone.peer.await_method("ACK"));
  phone.peer.send(response_text(*bye, 200, "", "", ""));
  EXPECT_EQ(phone.leg.journal.next(), "ended ours 200");
  EXPECT_TRUE(phone.leg.journal.empty());
  EXPECT_TRUE(stack.await_idle());
}

TEST(Leg, APhoneThatRefusesOrNeverAnswersFails) {
  Stack stack(fast);
  Phone busy(stack, Stack::udp4);
  busy.ring("offer");
  busy.answer(486, "");
  EXPECT_TRUE(busy.peer.await_method("ACK"));
  EXPECT_EQ(busy.leg.journal.next(), "ended failed 486");
  Phone silent(stack, Stack::udp4);
  silent.ring("offer");
  EXPECT_EQ(silent.leg.journal.next(), "ended failed 408 internal");
  EXPECT_TRUE(stack.await_idle());
}

TEST(Leg, APhoneWhoseConnectionIsGoneFailsAtOnce) {
  Stack stack;
  Phone phone(stack, Stack::tcp4);
  phone.peer.close();
  stack.run([&] {
    auto made = stack.agent().invite(phone.invite_of("offer"), phone.leg);
    ASSERT_TRUE(made.ok());
    phone.leg.leg = std::move(made).value();
    EXPECT_TRUE(phone.leg.journal.empty());
  });
  EXPECT_EQ(phone.leg.journal.next(), "ended failed 503 internal");
  EXPECT_TRUE(stack.await_idle());
}

TEST(Leg, TheSecondAnswerOfAForkedInviteGetsAckAndBye) {
  Stack stack;
  Phone phone(stack, Stack::udp4);
  phone.ring("offer");
  phone.answer(180, "", "fork-a");
  phone.answer(183, "early", "fork-b");
  EXPECT_EQ(phone.leg.journal.next(), "progress 180");
  EXPECT_EQ(phone.leg.journal.next(), "progress 183");
  phone.answer(200, "answer-b", "fork-b");
  EXPECT_EQ(phone.leg.journal.next(), "answered 200 answer-b");
  stack.run([&] { phone.leg.leg->ack(*phone.leg.answer, {}); });
  const auto first_ack = phone.peer.await_method("ACK");
  ASSERT_TRUE(first_ack);
  EXPECT_EQ(first_ack->param("to", "tag"), "fork-b");
  // The other fork answers too: the library hangs it up by its Contact, nobody hears of it.
  const std::string here = "Contact: <sip:phone@" + phone.peer.host_port() + ">\r\n";
  phone.peer.send(response_text(phone.invite, 200, "fork-a", here, ""));
  const auto second_ack = phone.peer.await_method("ACK");
  ASSERT_TRUE(second_ack);
  EXPECT_EQ(second_ack->param("to", "tag"), "fork-a");
  const auto bye = phone.peer.await_method("BYE");
  ASSERT_TRUE(bye);
  EXPECT_EQ(bye->param("to", "tag"), "fork-a");
  // With a name for a Contact it stays unanswered; it gives up by itself. Nothing is looked up, nothing breaks.
  phone.peer.send(response_text(phone.invite, 200, "fork-c", "Contact: <sip:phone@name.example.com>\r\n", ""));
  EXPECT_TRUE(stack.alive());
  EXPECT_TRUE(phone.leg.journal.empty());
  stack.run([&] { phone.leg.leg.reset(); });
  const auto last = phone.peer.await_method("BYE");
  ASSERT_TRUE(last);
  EXPECT_EQ(last->param("to", "tag"), "fork-b");
  phone.peer.send(response_text(*last, 200, "", "", ""));
  EXPECT_TRUE(stack.await_idle());
}

TEST(Leg, ACallerWhoCancelsGets487) {
  Stack stack;
  Caller caller(stack, Stack::udp4);
  caller.invite("", "offer");
  RecordedLeg& leg = caller.leg();
  stack.run([&] { leg.leg->progress(sip::reply(182)); });
  ASSERT_TRUE(caller.peer.await_status(182));
  caller.peer.send(request_text(caller.peer, "CANCEL", caller.dialog, caller.branch, "Reason: SIP;cause=487\r\n", ""));
  const auto ok = caller.peer.await_status(200);
  ASSERT_TRUE(ok);
  EXPECT_THAT(ok->header("cseq"), HasSubstr("CANCEL"));
  const auto terminated = caller.peer.await_status(487);
  ASSERT_TRUE(terminated);
  caller.learn(*terminated);
  caller.peer.send(request_text(caller.peer, "ACK", caller.dialog, caller.branch, "", ""));
  EXPECT_EQ(leg.journal.next(), "ended peer_cancelled 487");
  stack.run([&] { leg.leg->answer({200, {}, sip::sdp_body("late")}); });
  EXPECT_TRUE(stack.await_idle());
}

TEST(Leg, ACancelAfterTheAnswerChangesNothing) {
  Stack stack;
  Caller caller(stack, Stack::udp4);
  caller.invite("", "offer");
  RecordedLeg& leg = caller.leg();
  stack.run([&] { leg.leg->answer({200, {}, sip::sdp_body("answer")}); });
  const auto ok = caller.peer.await_status(200);
  ASSERT_TRUE(ok);
  caller.peer.send(request_text(caller.peer, "CANCEL", caller.dialog, caller.branch, "", ""));
  EXPECT_TRUE(caller.peer.await_status(481));
  caller.learn(*ok);
  caller.ack("");
  EXPECT_EQ(leg.journal.next(), "acked ");
}

TEST(Leg, ARefusedCallerHearsIt) {
  Stack stack;
  Caller caller(stack, Stack::udp4);
  caller.invite("", "offer");
  RecordedLeg& leg = caller.leg();
  stack.run([&] { leg.leg->reject(sip::reply_later(503, 5)); });
  const auto refused = caller.peer.await_status(503);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->header("retry-after"), "5");
  EXPECT_EQ(leg.journal.next(), "ended ours 503");
  EXPECT_TRUE(stack.await_idle());
}

TEST(Leg, ALateOfferIsAnsweredInTheAck) {
  Stack stack;
  Caller caller(stack, Stack::udp4);
  caller.invite("", "");
  RecordedLeg& leg = caller.leg();
  EXPECT_TRUE(stack.invites[0].body.empty());
  stack.run([&] { leg.leg->answer({200, {}, sip::sdp_body("offer")}); });
  const auto ok = caller.peer.await_status(200);
  ASSERT_TRUE(ok);
  caller.learn(*ok);
  caller.ack("answer");
  EXPECT_EQ(leg.journal.next(), "acked answer");

  Phone phone(stack, Stack::udp4);
  phone.ring("");
  phone.answer(200, "offer");
  EXPECT_EQ(phone.leg.journal.next(), "answered 200 offer");
  stack.run([&] { phone.leg.leg->ack(*phone.leg.answer, sip::sdp_body("answer")); });
  const auto ack = phone.peer.await_method("ACK");
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->body, "answer");
}

TEST(Leg, AnAnswerIsRepeatedAndWithoutAckTheCallEnds) {
  Stack stack(fast);
  Caller caller(stack, Stack::udp4);
  caller.invite("", "offer");
  RecordedLeg& leg = caller.leg();
  stack.run([&] { leg.leg->answer({200, {}, sip::sdp_body("answer")}); });
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(caller.peer.await_status(200)) << i;
  EXPECT_EQ(leg.journal.next(), "ended no_ack 0 internal");
  const auto bye = caller.peer.await_method("BYE");
  ASSERT_TRUE(bye);
  caller.peer.send(response_text(*bye, 200, "", "", ""));
  EXPECT_TRUE(stack.await_idle());
}

TEST(Leg, AnAnswerNobodyCanReceiveEndsTheCallToo) {
  Stack stack(fast);
  Caller caller(stack, Stack::tcp4);
  caller.invite("", "offer");
  RecordedLeg& leg = caller.leg();
  caller.peer.reset();
  stack.run([&] { leg.leg->answer({200, {}, sip::sdp_body("answer")}); });
  EXPECT_EQ(leg.journal.next(), "ended no_ack 0 internal");
  EXPECT_TRUE(stack.await_idle());
}

TEST(Leg, AHangUpAfterTheAnswerWaitsForTheAck) {
  Stack stack;
  Caller caller(stack, Stack::udp4);
  caller.invite("", "offer");
  RecordedLeg& leg = caller.leg();
  stack.run([&] {
    leg.leg->answer({200, {}, sip::sdp_body("answer")});
    leg.leg->hang_up("SIP;cause=500");
  });
  const auto ok = caller.peer.await_status(200);
  ASSERT_TRUE(ok);
  const auto again = caller.peer.receive();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->status(), 200) << "no BYE before the ACK (RFC 3261 15)";
  caller.learn(*ok);
  caller.ack("");
  EXPECT_EQ(leg.journal.next(), "acked ");
  const auto bye = caller.peer.await_method("BYE");
  ASSERT_TRUE(bye);
  EXPECT_EQ(bye->header("reason"), "SIP;cause=500");
  caller.peer.send(response_text(*bye, 481, "", "", ""));
  EXPECT_EQ(leg.journal.next(), "ended ours 481");
}

TEST(Leg, ByesThatCrossEndItOnce) {
  Stack stack;
  Phone phone(stack, Stack::udp4);
  phone.connect();
  stack.run([&] { phone.leg.leg->hang_up(""); });
  ASSERT_TRUE(phone.peer.await_method("BYE"));
  phone.peer.send(phone.request("BYE", "", ""));
  EXPECT_TRUE(phone.peer.await_status(200));
  EXPECT_EQ(phone.leg.journal.next(), "ended ours 200");
  EXPECT_TRUE(stack.await_idle());
  EXPECT_TRUE(phone.leg.journal.empty());
}

TEST(Leg, AByeBeforeTheAnswerEndsTheInvite) {
  Stack stack;
  Caller caller(stack, Stack::udp4);
  caller.invite("", "offer");
  RecordedLeg& leg = caller.leg();
  stack.run([&] { leg.leg->progress(sip::reply(180)); });
  const auto ringing = caller.peer.await_status(180);
  ASSERT_TRUE(ringing);
  caller.learn(*ringing);
  ++caller.dialog.cseq;
  caller.peer.send(request_text(caller.peer, "BYE", caller.dialog, ""));
  EXPECT_TRUE(caller.peer.await_status(200));
  EXPECT_TRUE(caller.peer.await_status(487));
  EXPECT_EQ(leg.journal.next(), "ended peer_hung_up 200");
}

TEST(Leg, LettingItGoHangsUpInEveryState) {
  Stack stack;
  Phone ringing(stack, Stack::udp4);
  ringing.ring("offer");
  ringing.answer(180, "");
  EXPECT_EQ(ringing.leg.journal.next(), "progress 180");
  stack.run([&] { ringing.leg.leg.reset(); });
  const auto cancel = ringing.peer.await_method("CANCEL");
  ASSERT_TRUE(cancel);
  ringing.peer.send(response_text(*cancel, 200, "p1", "", ""));
  ringing.answer(487, "");

  Phone answered(stack, Stack::udp4);
  answered.ring("offer");
  answered.answer(200, "answer");
  EXPECT_EQ(answered.leg.journal.next(), "answered 200 answer");
  stack.run([&] { answered.leg.leg.reset(); });
  EXPECT_TRUE(answered.peer.await_method("ACK"));
  auto bye = answered.peer.await_method("BYE");
  ASSERT_TRUE(bye);
  answered.peer.send(response_text(*bye, 200, "", "", ""));

  Caller waiting(stack, Stack::udp4);
  waiting.invite("", "offer");
  RecordedLeg& waiting_leg = waiting.leg();
  stack.run([&] { waiting_leg.leg.reset(); });
  const auto refused = waiting.peer.await_status(480);
  ASSERT_TRUE(refused);

  Caller talking(stack, Stack::udp4);
  RecordedLeg& talking_leg = talking.connect();
  stack.run([&] { talking_leg.leg.reset(); });
  bye = talking.peer.await_method("BYE");
  ASSERT_TRUE(bye);
  talking.peer.send(response_text(*bye, 200, "", "", ""));
  EXPECT_TRUE(stack.await_idle());
  EXPECT_TRUE(ringing.leg.journal.empty());
  EXPECT_TRUE(talking_leg.journal.empty());
}

TEST(Leg, MayBeDestroyedInAnyOfItsCallbacks) {
  Stack stack;
  const auto destroy = [&](RecordedLeg& leg, const std::string& at) {
    stack.run([&] {
      leg.also = [&leg, at](const std::string& line) {
        if (line.rfind(at, 0) == 0) {
          leg.leg.reset();
          leg.requests.clear();
        }
      };
    });
  };
  Phone progress(stack, Stack::udp4);
  progress.ring("offer");
  destroy(progress.leg, "progress");
  progress.answer(180, "");
  const auto cancel = progress.peer.await_method("CANCEL");
  ASSERT_TRUE(cancel);
  progress.peer.send(response_text(*cancel, 200, "p1", "", ""));
  progress.answer(487, "");

  Phone answered(stack, Stack::udp4);
  answered.ring("offer");
  destroy(answered.leg, "answered");
  answered.answer(200, "answer");
  const auto bye = answered.peer.await_method("BYE");
  ASSERT_TRUE(bye);
  answered.peer.send(response_text(*bye, 200, "", "", ""));

  Phone ended(stack, Stack::udp4);
  ended.connect();
  destroy(ended.leg, "ended");
  ended.peer.send(ended.request("BYE", "", ""));
  EXPECT_TRUE(ended.peer.await_status(200));

  Phone asked(stack, Stack::udp4);
  asked.connect();
  destroy(asked.leg, "request");
  asked.peer.send(asked.request("INFO", "", ""));
  EXPECT_TRUE(asked.peer.await_status(500));
  const auto last = asked.peer.await_method("BYE");
  ASSERT_TRUE(last);
  asked.peer.send(response_text(*last, 200, "", "", ""));
  EXPECT_TRUE(stack.await_idle());
  EXPECT_TRUE(stack.alive());
}

TEST(Leg, OutlivesItsAgentAsSomethingInert) {
  RecordedLeg held;
  {
    Stack stack;
    Phone phone(stack, Stack::udp4);
    phone.connect();
    held.leg = stack.run([&] { return std::move(phone.leg.leg); });
  }
  held.leg->hang_up("");
  held.leg->progress(sip::reply(180));
  EXPECT_FALSE(held.leg->request({sip::Method::info, {}, {}}, {}).ok());
}

TEST(Leg, ManyAtOnceEndClean) {
  Stack stack;
  constexpr int calls = 100;
  std::vector<std::unique_ptr<Phone>> phones;
  for (int i = 0; i < calls; ++i) {
    phones.push_back(std::make_unique<Phone>(stack, i % 2 == 0 ? Stack::udp4 : Stack::tcp4));
    phones.back()->ring("offer");
  }
  for (int i = 0; i < calls; ++i) phones[static_cast<std::size_t>(i)]->answer(i % 3 == 0 ? 486 : 200, "answer");
  for (int i = 0; i < calls; ++i) {
    Phone& phone = *phones[static_cast<std::size_t>(i)];
    EXPECT_EQ(phone.leg.journal.next(), i % 3 == 0 ? "ended failed 486" : "answered 200 answer");
    stack.run([&] { phone.leg.leg.reset(); });
    if (i % 3 == 0) continue;
    const auto bye = phone.peer.await_method("BYE");
    ASSERT_TRUE(bye) << i;
    phone.peer.send(response_text(*bye, 200, "", "", ""));
  }
  EXPECT_TRUE(stack.await_idle());
}

}  // namespace
}  // namespace rf::edge::test
