#pragma once
#include <gmock/gmock.h>

#include "tests/sip-edge/support/stack.hpp"

/// The two ends of a call as peers that write their own messages.
namespace rf::edge::test {

inline void fast(sip::AgentConfig& config) {
  config.t1_ms = 25;
  config.t1x64_ms = 400;
}

/// A caller: its dialog towards the stack.
struct Caller {
  explicit Caller(Stack& s, Stack::Address which) : stack(s), peer(s.address(which).transport, s.address(which)) {
    dialog = {new_token(), "\"Caller\" <sip:caller@trunk>;tag=c1", "<sip:4711@edge>", "sip:4711@edge", 100};
  }
  std::string contact() const {
    return "Contact: <sip:caller@" + peer.host_port() + (peer.transport_name() == "TCP" ? ";transport=tcp" : "") +
           ">\r\n";
  }
  void invite(const std::string& extra, const std::string& sdp) {
    branch = new_token();
    const std::string type = sdp.empty() ? "" : "Content-Type: application/sdp\r\n";
    peer.send(request_text(peer, "INVITE", dialog, branch, contact() + extra + type, sdp));
    ASSERT_TRUE(peer.await_status(100));
  }
  /// The leg of the INVITE just sent.
  RecordedLeg& leg() {
    EXPECT_EQ(stack.journal.next(), "invite 4711");
    return stack.run([&]() -> RecordedLeg& { return stack.legs.back(); });
  }
  void learn(const SipText& response) { dialog.remote = response.header("to"); }
  void ack(const std::string& sdp) {
    const std::string type = sdp.empty() ? "" : "Content-Type: application/sdp\r\n";
    peer.send(request_text(peer, "ACK", dialog, new_token(), type, sdp));
  }
  /// Answers the call up to the ACK.
  RecordedLeg& connect() {
    invite("", "offer");
    RecordedLeg& one = leg();
    stack.run([&] { one.leg->answer({200, {}, sip::sdp_body("answer")}); });
    const auto ok = peer.await_status(200);
    EXPECT_TRUE(ok);
    learn(*ok);
    ack("");
    EXPECT_EQ(one.journal.next(), "acked ");
    return one;
  }

  Stack& stack;
  Peer peer;
  Dialog dialog;
  std::string branch;
};

/// Our call to a phone.
struct Phone {
  explicit Phone(Stack& s, Stack::Address which) : stack(s), peer(s.address(which).transport, s.address(which)) {
    if (peer.local().transport == Transport::tcp) {
      // The flow exists once the phone has sent something.
      const Dialog options{new_token(), "<sip:phone@edge>;tag=1", "<sip:edge@edge>", "sip:edge@edge", 1};
      peer.send(request_text(peer, "OPTIONS", options, ""));
      EXPECT_TRUE(peer.await_status(200));
    }
  }
  ~Phone() {
    stack.run([&] {
      leg.leg.reset();
      leg.requests.clear();
    });
  }
  sip::Invite invite_of(const std::string& sdp) const {
    return {.next_hop = peer.local(),
            .request_uri = *parse_uri("sip:phone@10.0.0.1:5999;ob"),
            .from = {"Caller, \"A\"", *parse_uri("sip:+4930@edge"), ""},
            .to = {"", *parse_uri("sip:phone@edge"), ""},
            .headers = {{"Expires", "20"}, {"X-Call", "cl_1"}},
            .body = sdp.empty() ? sip::Body{} : sip::sdp_body(sdp)};
  }
  /// Sends the INVITE and waits for it at the phone.
  void ring(const std::string& sdp) {
    stack.run([&] {
      auto made = stack.agent().invite(invite_of(sdp), leg);
      EXPECT_TRUE(made.ok());
      leg.leg = std::move(made).value();
    });
    const auto got = peer.await_method("INVITE");
    ASSERT_TRUE(got);
    invite = *got;
  }
  std::string contact() const { return "Contact: <sip:phone@10.0.0.1:5999>\r\n"; }
  void answer(int status, const std::string& sdp) { answer(status, sdp, "p1"); }
  void answer(int status, const std::string& sdp, const std::string& tag) {
    const std::string type = sdp.empty() ? "" : "Content-Type: application/sdp\r\n";
    peer.send(response_text(invite, status, tag, contact() + type, sdp));
  }
  /// Answers and lets the stack acknowledge.
  void connect() {
    ring("offer");
    answer(200, "answer");
    EXPECT_EQ(leg.journal.next(), "answered 200 answer");
    stack.run([&] { leg.leg->ack(*leg.answer, {}); });
    EXPECT_TRUE(peer.await_method("ACK"));
    dialog = {invite.header("call-id"), invite.header("to") + ";tag=p1", invite.header("from"), "sip:edge@edge", 500};
  }
  /// Whatever the INVITE's contact says.
  std::string request(const std::string& method, const std::string& extra, const std::string& body) {
    ++dialog.cseq;
    return request_text(peer, method, dialog, new_token(), extra, body);
  }

  Stack& stack;
  Peer peer;
  RecordedLeg leg;
  SipText invite;
  Dialog dialog;
};

}  // namespace rf::edge::test
