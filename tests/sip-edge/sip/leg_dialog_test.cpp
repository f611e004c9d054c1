// Requests inside a dialog, in both directions.
#include "sip-edge/sip/leg.hpp"

#include <gmock/gmock.h>

#include "tests/sip-edge/support/call_peers.hpp"

namespace rf::edge::test {
namespace {

using testing::HasSubstr;

TEST(Leg, RequestsInsideTheDialogArriveAndAreAnswered) {
  Stack stack;
  Phone phone(stack, Stack::udp4);
  phone.connect();
  for (const char* method : {"INFO", "OPTIONS", "NOTIFY"}) {
    phone.peer.send(phone.request(method, "", ""));
    EXPECT_EQ(phone.leg.journal.next(), std::string("request ") + method);
    stack.run([&] {
      phone.leg.requests.back().reply(sip::reply(200));
      phone.leg.requests.clear();
    });
    EXPECT_TRUE(phone.peer.await_status(200));
  }
  // A refresh moves the target; later requests name it.
  phone.peer.send(phone.request("UPDATE", "Contact: <sip:phone@10.9.9.9:7000>\r\nSession-Expires: 90\r\n", ""));
  EXPECT_EQ(phone.leg.journal.next(), "request UPDATE");
  stack.run([&] {
    EXPECT_EQ(phone.leg.requests[0].request().session_expires->delta_s, 90u);
    phone.leg.requests[0].reply({200, {{"Session-Expires", "90;refresher=uac"}}, {}});
    phone.leg.requests.clear();
  });
  const auto updated = phone.peer.await_status(200);
  ASSERT_TRUE(updated);
  EXPECT_FALSE(updated->header("contact").empty());
  stack.run([&] {
    EXPECT_TRUE(phone.leg.leg
                    ->request({sip::Method::info, {}, {"application/dtmf-relay", "Signal=5\r\n"}},
                              [&](const sip::Response& response) {
                                phone.leg.journal.add("info " + std::to_string(response.status));
                              })
                    .ok());
  });
  const auto received = phone.peer.await_method("INFO");
  ASSERT_TRUE(received);
  EXPECT_EQ(received->request_uri(), "sip:phone@10.9.9.9:7000");
  EXPECT_EQ(received->body, "Signal=5\r\n");
  phone.peer.send(response_text(*received, 200, "", "", ""));
  EXPECT_EQ(phone.leg.journal.next(), "info 200");
}

TEST(Leg, WhatWeDoNotDoInsideADialogIsSaidSo) {
  Stack stack;
  Phone phone(stack, Stack::udp4);
  phone.connect();
  const auto answer_to = [&](const std::string& method, const std::string& extra) {
    phone.peer.send(phone.request(method, extra, ""));
    return phone.peer.receive().value_or(SipText{});
  };
  const auto status_of = [&](const std::string& method, const std::string& extra) {
    return answer_to(method, extra).status();
  };
  const SipText refer = answer_to("REFER", "Refer-To: <sip:a@b>\r\n");
  EXPECT_EQ(refer.status(), 405);
  EXPECT_NE(refer.header("allow").find("INVITE"), std::string::npos) << "RFC 3261 8.2.1";
  EXPECT_EQ(status_of("MESSAGE", ""), 405);
  EXPECT_EQ(status_of("DANCE", ""), 501);
  EXPECT_EQ(status_of("PRACK", "RAck: 1 1 INVITE\r\n"), 481);
  const SipText unable = answer_to("INFO", "Require: timer, magic\r\n");
  EXPECT_EQ(unable.status(), 420);
  EXPECT_EQ(unable.header("unsupported"), "magic") << "only what we lack (RFC 3261 8.2.2.3)";
  phone.dialog.cseq -= 5;
  EXPECT_EQ(status_of("INFO", ""), 500) << "out of order (RFC 3261 12.2.2)";
  Dialog other = phone.dialog;
  other.remote += "x";
  phone.peer.send(request_text(phone.peer, "BYE", other, ""));
  EXPECT_TRUE(phone.peer.await_status(481));
  EXPECT_TRUE(phone.leg.journal.empty());
}

TEST(Leg, APeersReinviteIsAnsweredAndAcked) {
  Stack stack;
  Caller caller(stack, Stack::udp4);
  RecordedLeg& leg = caller.connect();
  ++caller.dialog.cseq;
  caller.peer.send(request_text(caller.peer, "INVITE", caller.dialog, new_token(),
                                caller.contact() + "Content-Type: application/sdp\r\n", "hold"));
  EXPECT_EQ(leg.journal.next(), "request INVITE");
  // A second one before the first is answered (RFC 3261 14.2).
  Dialog second = caller.dialog;
  ++second.cseq;
  caller.peer.send(request_text(caller.peer, "INVITE", second, caller.contact()));
  const auto too_early = caller.peer.await_status(500);
  ASSERT_TRUE(too_early);
  EXPECT_FALSE(too_early->header("retry-after").empty());
  // Nor may we send one meanwhile.
  stack.run([&] {
    const auto refused = leg.leg->request({sip::Method::invite, {}, {}}, [](const sip::Response&) {});
    EXPECT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::failed_precondition);
    leg.requests[0].reply({200, {}, sip::sdp_body("held")});
    leg.requests.clear();
  });
  const auto ok = caller.peer.await_status(200);
  ASSERT_TRUE(ok);
  EXPECT_EQ(ok->body, "held");
  caller.ack("");
  EXPECT_EQ(leg.journal.next(), "acked ");
  ++caller.dialog.cseq;
  ++caller.dialog.cseq;
  caller.peer.send(request_text(caller.peer, "BYE", caller.dialog, ""));
  EXPECT_EQ(leg.journal.next(), "ended peer_hung_up 200");
  EXPECT_TRUE(stack.await_idle());
}

TEST(Leg, OurReinviteIsAckedWithItsOwnCseqAndCollisionsGet491) {
  Stack stack;
  Phone phone(stack, Stack::udp4);
  phone.connect();
  stack.run([&] {
    EXPECT_TRUE(phone.leg.leg
                    ->request({sip::Method::invite, {{"X-Refresh", "1"}}, sip::sdp_body("offer2")},
                              [&](const sip::Response& response) {
                                phone.leg.answer = response;
                                phone.leg.journal.add("reinvite " + std::to_string(response.status));
                              })
                    .ok());
    EXPECT_FALSE(phone.leg.leg->request({sip::Method::invite, {}, {}}, [](const sip::Response&) {}).ok());
  });
  const auto reinvite = phone.peer.await_method("INVITE");
  ASSERT_TRUE(reinvite);
  EXPECT_EQ(reinvite->param("to", "tag"), "p1");
  phone.peer.send(phone.request("INVITE", phone.contact(), ""));
  EXPECT_TRUE(phone.peer.await_status(491));
  // An INFO moves the CSeq on; the ACK must not follow it.
  stack.run([&] { EXPECT_TRUE(phone.leg.leg->request({sip::Method::info, {}, {}}, {}).ok()); });
  const auto received = phone.peer.await_method("INFO");
  ASSERT_TRUE(received);
  phone.peer.send(response_text(*received, 200, "", "", ""));
  phone.peer.send(response_text(*reinvite, 200, "", phone.contact(), ""));
  EXPECT_EQ(phone.leg.journal.next(), "reinvite 200");
  stack.run([&] { phone.leg.leg->ack(*phone.leg.answer, {}); });
  const auto ack = phone.peer.await_method("ACK");
  ASSERT_TRUE(ack);
  const std::string cseq = reinvite->header("cseq");
  EXPECT_EQ(ack->header("cseq"), cseq.substr(0, cseq.find(' ')) + " ACK");
  // Refused, it leaves the call alone and the way free for the next.
  for (int i = 0; i < 2; ++i) {
    stack.run([&] {
      EXPECT_TRUE(phone.leg.leg
                      ->request({sip::Method::invite, {}, {}},
                                [&](const sip::Response& response) {
                                  phone.leg.journal.add("reinvite " + std::to_string(response.status));
                                })
                      .ok());
    });
    const auto next = phone.peer.await_method("INVITE");
    ASSERT_TRUE(next);
    phone.peer.send(response_text(*next, 488, "", "", ""));
    EXPECT_EQ(phone.leg.journal.next(), "reinvite 488");
  }
}

TEST(Leg, ATrunkIsFollowedToItsContactAPhoneIsNot) {
  Stack stack;
  Caller caller(stack, Stack::udp4);
  Peer elsewhere(Transport::udp, stack.address(Stack::udp4));
  caller.branch = new_token();
  caller.peer.send(request_text(caller.peer, "INVITE", caller.dialog, caller.branch,
                                "Contact: <sip:trunk@" + elsewhere.host_port() + ">\r\n", ""));
  ASSERT_TRUE(caller.peer.await_status(100));
  RecordedLeg& leg = caller.leg();
  stack.run([&] { leg.leg->answer({200, {}, {}}); });
  const auto ok = caller.peer.await_status(200);
  ASSERT_TRUE(ok);
  caller.learn(*ok);
  caller.ack("");
  EXPECT_EQ(leg.journal.next(), "acked ");
  const auto send_inside = [&] {
    stack.run([&] { EXPECT_TRUE(leg.leg->request({sip::Method::info, {}, {}}, {}).ok()); });
  };
  send_inside();
  const auto followed = elsewhere.await_method("INFO");
  ASSERT_TRUE(followed);
  elsewhere.send(response_text(*followed, 200, "", "", ""));
  stack.run([&] { leg.leg->set_hop_rule(sip::HopRule::pinned); });
  send_inside();
  EXPECT_TRUE(caller.peer.await_method("INFO"));
}

}  // namespace
}  // namespace rf::edge::test
