// Two bridged legs as their peers see them: what is relayed, and who refreshes the session.
#include "sip-edge/calls.hpp"

#include <gmock/gmock.h>

#include "process/clock.hpp"
#include "process/log.hpp"
#include "tests/sip-edge/support/call_peers.hpp"

namespace rf::edge::test {
namespace {

using testing::HasSubstr;

class NoLog : public process::LogSink {
 public:
  void write(std::string_view) noexcept override {}
};

/// Sessions of 90 s last 90 of these.
constexpr Ms unit_ms = 40;
const std::string refreshed_by_us = "Session-Expires: 90;refresher=uac\r\n";
const std::string sdp_type = "Content-Type: application/sdp\r\n";

class CallsTest : public testing::Test {
 protected:
  CallsTest()
      : logger(sink, clock, process::LogLevel::debug), caller(stack, Stack::udp4),
        phone(Transport::udp, stack.address(Stack::udp4)) {
    stack.inviter = [this](std::unique_ptr<sip::Leg> leg, const sip::Request& request) {
      calls->take(call, AccountId(Ulid{1, 1}), std::move(leg), request);
    };
    stack.run([&] {
      calls = std::make_unique<Calls>(stack.root(), stack.agent(), SessionTimerConfig{1800, 90, unit_ms}, logger,
                                      [this](const Input& input) { tell(input); });
    });
  }
  ~CallsTest() override {
    stack.run([&] { calls.reset(); });
  }

  /// As the rules would have it.
  void tell(const Input& input) {
    const auto* answered = std::get_if<input::LegAnswered>(&input);
    if (answered != nullptr && !place_uri.empty()) {
      if (answered->leg == leg)
        calls->carry_out(output::CallOutside{call, customer_leg, place_uri, 60, leg, "+4940"});
      else
        calls->carry_out(output::ConnectOutside{call, leg, customer_leg});
      return;
    }
    if (answered != nullptr) return calls->carry_out(output::AnswerCaller{call, leg});
    if (std::get_if<input::SessionTimedOut>(&input) != nullptr) {
      told.add("session over");
      calls->carry_out(output::HangupCaller{call, 0});
      calls->carry_out(output::ByeLeg{leg});
    }
    if (const auto* pressed = std::get_if<input::CallerPressed>(&input)) told.add("key " + pressed->key);
    if (const auto* failed = std::get_if<input::LegFailed>(&input))
      told.add("leg failed " + std::to_string(failed->sip_status));
  }

  void ring(const std::string& caller_headers, const std::string& caller_sdp) {
    caller.invite(caller_headers, caller_sdp);
    ring_phone();
  }
  void ring_phone() {
    Binding binding;
    binding.contact = *parse_uri("sip:phone@" + phone.host_port());
    binding.domain = "front.example";
    binding.user = "1001";
    binding.flow = phone.local();
    const output::Ring out{call, ReservationId(Ulid{4, 4}), BindingId(), leg, 20, "", auto_answer, place_uri};
    stack.run([&] { calls->carry_out(out, &binding); });
    await_ring();
  }
  void await_ring() {
    const auto got = phone.await_method("INVITE");
    ASSERT_TRUE(got);
    rung = *got;
    dialog = {rung.header("call-id"), rung.header("to") + ";tag=p1", rung.header("from"), "sip:edge@edge", 500};
  }
  /// The two talk; the headers are what the caller's INVITE and the phone's 2xx say.
  void connect(const std::string& caller_headers, const std::string& phone_headers) {
    ring(caller_headers, "offer");
    answer(rung, phone_headers, "answer");
    ASSERT_TRUE(phone.await_method("ACK"));
    const auto ok = caller.peer.await_status(200);
    ASSERT_TRUE(ok);
    caller.learn(*ok);
    caller.ack("");
  }

  std::string phone_contact() const { return "Contact: <sip:phone@" + phone.host_port() + ">\r\n"; }
  static std::string type_of(const std::string& sdp) { return sdp.empty() ? "" : sdp_type; }
  /// The phone's 2xx.
  void answer(const SipText& request, const std::string& headers, const std::string& sdp) {
    phone.send(response_text(request, 200, "p1", phone_contact() + headers + type_of(sdp), sdp));
  }
  void refuse(Peer& peer, const SipText& request, int status, const std::string& headers) {
    peer.send(response_text(request, status, "p1", headers, ""));
  }
  void caller_answers(const SipText& request, const std::string& headers, const std::string& sdp) {
    caller.peer.send(response_text(request, 200, "", caller.contact() + headers + type_of(sdp), sdp));
  }
  void phone_sends(const std::string& method, const std::string& headers, const std::string& sdp) {
    ++dialog.cseq;
    phone.send(request_text(phone, method, dialog, new_token(), phone_contact() + headers + type_of(sdp), sdp));
  }
  void phone_acks(const std::string& sdp) {
    phone.send(request_text(phone, "ACK", dialog, new_token(), type_of(sdp), sdp));
  }
  /// The caller's last INVITE.
  void cancel() { caller.peer.send(request_text(caller.peer, "CANCEL", caller.dialog, caller.branch, "", "")); }
  void caller_sends(const std::string& method, const std::string& headers, const std::string& sdp) {
    ++caller.dialog.cseq;
    caller.branch = new_token();
    caller.peer.send(request_text(caller.peer, method, caller.dialog, caller.branch,
                                  caller.contact() + headers + type_of(sdp), sdp));
  }

  const CallId call{Ulid{2, 2}};
  const LegId leg{3};
  const LegId customer_leg{4};
  bool auto_answer = false;
  /// Set: a call without a caller.
  std::string place_uri;
  NoLog sink;
  process::SystemClock clock;
  process::Logger logger;
  Stack stack{[](sip::AgentConfig& config) { config.t1x64_ms = 3000; }};
  Caller caller;
  Peer phone;
  SipText rung;
  /// The phone's.
  Dialog dialog;
  Journal told;
  std::unique_ptr<Calls> calls;
};

TEST_F(CallsTest, ARelayedReinviteCarriesTheSessionAndItsAnswerIsAgreedOn) {
  connect("Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n", "");
  phone_sends("INVITE", "", "hold");
  const auto hold = caller.peer.await_method("INVITE");
  ASSERT_TRUE(hold);
  EXPECT_EQ(hold->body, "hold");
  EXPECT_EQ(hold->header("session-expires"), "90;refresher=uas") << "the caller goes on refreshing (RFC 4028 7.4)";
  EXPECT_EQ(hold->header("min-se"), "90");
  EXPECT_EQ(hold->all("supported"), std::vector<std::string>{"timer"});
  caller_answers(*hold, refreshed_by_us, "held");
  const auto ok = phone.await_status(200);
  ASSERT_TRUE(ok);
  EXPECT_EQ(ok->body, "held");
  phone_acks("");
  const auto refresh = caller.peer.await_method("INVITE");
  ASSERT_TRUE(refresh) << "the caller's answer made us the refresher";
  EXPECT_EQ(refresh->header("session-expires"), "90;refresher=uac");
  EXPECT_EQ(refresh->body, "hold") << "what it heard last";
}

TEST_F(CallsTest, ARelayedReinviteAsksOnceForALongerSession) {
  connect("Supported: timer\r\nSession-Expires: 1800;refresher=uac\r\n", "");
  phone_sends("INVITE", "", "hold");
  const auto first = caller.peer.await_method("INVITE");
  ASSERT_TRUE(first);
  refuse(caller.peer, *first, 422, "Min-SE: 3600\r\n");
  const auto second = caller.peer.await_method("INVITE");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->body, "hold");
  EXPECT_EQ(second->header("session-expires"), "3600;refresher=uas");
  EXPECT_EQ(second->header("min-se"), "3600");
  refuse(caller.peer, *second, 422, "Min-SE: 7200\r\n");
  EXPECT_TRUE(phone.await_status(500)) << "the phone cannot mend our terms";
}

TEST_F(CallsTest, ARefusedReinviteLeavesSdpAndSessionAsTheyWere) {
  connect("Supported: timer\r\n", refreshed_by_us);
  caller_sends("INVITE", "Supported: timer\r\n" + refreshed_by_us, "hold");
  const auto hold = phone.await_method("INVITE");
  ASSERT_TRUE(hold);
  EXPECT_EQ(hold->body, "hold");
  EXPECT_EQ(hold->header("session-expires"), "90;refresher=uac");
  refuse(phone, *hold, 488, "Retry-After: 7\r\n");
  const auto refused = caller.peer.await_status(488);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->header("retry-after"), "7");
  const auto refresh = phone.await_method("INVITE");
  ASSERT_TRUE(refresh);
  EXPECT_EQ(refresh->body, "offer") << "RFC 3261 14.1";
  answer(*refresh, "Session-Expires: 1800;refresher=uac\r\n", "answer");
  ASSERT_TRUE(phone.await_method("ACK"));
  EXPECT_EQ(told.next(70 * unit_ms), "(nothing)") << "the refused terms of the caller do not hold";
}

TEST_F(CallsTest, AnUpdateGoesOnAsAReinviteToAPeerThatAllowsNoUpdate) {
  connect("", "Allow: INVITE, ACK, BYE\r\n");
  caller_sends("UPDATE", "", "hold");
  const auto hold = phone.await_method("INVITE");
  ASSERT_TRUE(hold);
  EXPECT_EQ(hold->body, "hold");
  answer(*hold, "Allow: INVITE, ACK, BYE, UPDATE\r\n", "held");
  EXPECT_TRUE(phone.await_method("ACK"));
  const auto ok = caller.peer.await_status(200);
  ASSERT_TRUE(ok);
  EXPECT_THAT(ok->header("cseq"), HasSubstr("UPDATE"));
  EXPECT_EQ(ok->body, "held");
  // Now it does.
  caller_sends("UPDATE", "", "resume");
  const auto resume = phone.await_method("UPDATE");
  ASSERT_TRUE(resume);
  EXPECT_EQ(resume->body, "resume");
  answer(*resume, "", "talking");
  ASSERT_TRUE(caller.peer.await_status(200));
  // That 2xx said nothing of it.
  caller_sends("UPDATE", "", "hold");
  ASSERT_TRUE(phone.await_method("UPDATE"));
}

TEST_F(CallsTest, ARefreshOffersWhatTheAckOfALateOfferBrought) {
  connect("", refreshed_by_us);
  caller_sends("INVITE", "", "");
  const auto asked = phone.await_method("INVITE");
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->body, "");
  answer(*asked, refreshed_by_us, "late offer");
  const auto ok = caller.peer.await_status(200);
  ASSERT_TRUE(ok);
  EXPECT_EQ(ok->body, "late offer");
  caller.ack("late answer");
  const auto ack = phone.await_method("ACK");
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->body, "late answer");
  const auto refresh = phone.await_method("INVITE");
  ASSERT_TRUE(refresh);
  EXPECT_EQ(refresh->body, "late answer");
}

TEST_F(CallsTest, AnUpdateBeforeTheAnswerStartsNoSession) {
  caller.invite("Supported: timer\r\n", "offer");
  stack.run([&] { calls->carry_out(output::QueueCaller{call}); });
  const auto queued = caller.peer.await_status(182);
  ASSERT_TRUE(queued);
  caller.learn(*queued);
  caller_sends("UPDATE", "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n", "");
  const auto ok = caller.peer.await_status(200);
  ASSERT_TRUE(ok);
  EXPECT_EQ(ok->header("session-expires"), "");
  EXPECT_EQ(told.next(70 * unit_ms), "(nothing)") << "the caller may wait as long as it likes";
}

TEST_F(CallsTest, InfoBeforeTheOtherSideIsUpIsForLater) {
  ring("", "offer");
  phone.send(response_text(rung, 180, "p1", phone_contact(), ""));
  const auto later = [](Peer& peer) {
    const auto refused = peer.await_status(500);
    return refused && !refused->header("retry-after").empty();
  };
  phone_sends("INFO", "", "");
  EXPECT_TRUE(later(phone)) << "ringing";
  answer(rung, "", "answer");
  ASSERT_TRUE(phone.await_method("ACK"));
  const auto ok = caller.peer.await_status(200);
  ASSERT_TRUE(ok);
  caller.learn(*ok);
  phone_sends("INFO", "", "");
  EXPECT_TRUE(later(phone)) << "the caller's ACK has not come";
  caller.ack("");
  phone_sends("INFO", "", "digits");
  const auto digits = caller.peer.await_method("INFO");
  ASSERT_TRUE(digits);
  EXPECT_EQ(digits->body, "digits");
}

TEST_F(CallsTest, AKeyOfAWaitingCallerIsTold) {
  const std::string relay = "Content-Type: application/dtmf-relay\r\n";
  const auto press = [&](const std::string& type, const std::string& body) {
    ++caller.dialog.cseq;
    caller.peer.send(request_text(caller.peer, "INFO", caller.dialog, new_token(), type, body));
  };
  caller.invite("", "offer");
  stack.run([&] { calls->carry_out(output::QueueCaller{call}); });
  const auto queued = caller.peer.await_status(182);
  ASSERT_TRUE(queued);
  caller.learn(*queued);
  press(relay, "Signal=5\r\nDuration=160\r\n");
  EXPECT_TRUE(caller.peer.await_status(200));
  EXPECT_EQ(told.next(), "key 5");
  press("Content-Type: application/dtmf\r\n", "#");
  EXPECT_TRUE(caller.peer.await_status(200));
  EXPECT_EQ(told.next(), "key #");
  press("Content-Type: application/media_control+xml\r\n", "<x/>");
  EXPECT_TRUE(caller.peer.await_status(500)) << "for the agent, who is not there yet";
  EXPECT_TRUE(told.empty());
}

TEST_F(CallsTest, AKeyInAConversationGoesOn) {
  connect("", "");
  ++caller.dialog.cseq;
  caller.peer.send(request_text(caller.peer, "INFO", caller.dialog, new_token(),
                                "Content-Type: application/dtmf-relay\r\n", "Signal=5\r\n"));
  const auto relayed = phone.await_method("INFO");
  ASSERT_TRUE(relayed);
  EXPECT_EQ(relayed->header("content-type"), "application/dtmf-relay");
  EXPECT_EQ(relayed->body, "Signal=5\r\n");
  phone.send(response_text(*relayed, 200, "", "", ""));
  EXPECT_TRUE(caller.peer.await_status(200));
  EXPECT_TRUE(told.empty());
}

TEST_F(CallsTest, ACancelledReinviteIsCancelledAtTheOtherSide) {
  connect("", "");
  caller_sends("INVITE", "", "hold");
  const auto hold = phone.await_method("INVITE");
  ASSERT_TRUE(hold);
  phone.send(response_text(*hold, 180, "", "", ""));
  cancel();
  EXPECT_TRUE(caller.peer.await_status(487));
  const auto cancelled = phone.await_method("CANCEL");
  ASSERT_TRUE(cancelled);
  refuse(phone, *cancelled, 200, "");
  refuse(phone, *hold, 487, "");
  ASSERT_TRUE(phone.await_method("ACK"));
  // The way is free for the next, and a CANCEL that comes too late changes nothing.
  caller_sends("INVITE", "", "again");
  const auto again = phone.await_method("INVITE");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->body, "again");
  answer(*again, "", "held");
  EXPECT_TRUE(caller.peer.await_status(200));
  cancel();
  EXPECT_TRUE(phone.await_method("ACK"));
  caller.ack("");
  phone_sends("INFO", "", "x");
  const auto digits = caller.peer.await_method("INFO");
  ASSERT_TRUE(digits);
  EXPECT_EQ(digits->body, "x");
}

TEST_F(CallsTest, AnAnswerThatCrossesTheCancelIsTakenBack) {
  connect("", "Session-Expires: 9000;refresher=uas\r\nAllow: UPDATE\r\n");
  caller_sends("INVITE", "", "hold");
  const auto hold = phone.await_method("INVITE");
  ASSERT_TRUE(hold);
  phone.send(response_text(*hold, 180, "", "", ""));
  cancel();
  ASSERT_TRUE(phone.await_method("CANCEL"));
  answer(*hold, "Session-Expires: 9000;refresher=uas\r\n", "held");
  const auto back = phone.await_method("INVITE");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->body, "offer") << "what the caller still uses";
  // It is tried until it succeeds.
  refuse(phone, *back, 491, "");
  const auto once_more = phone.await_method("INVITE");
  ASSERT_TRUE(once_more);
  EXPECT_EQ(once_more->body, "offer");
  answer(*once_more, "", "answer");
  EXPECT_TRUE(phone.await_method("ACK"));
}

TEST_F(CallsTest, APeerThatKnowsNoDialogEndsTheCall) {
  for (const std::string method : {"INFO", "INVITE"}) {
    connect("", "");
    caller_sends(method, "", "x");
    const auto relayed = phone.await_method(method);
    ASSERT_TRUE(relayed);
    refuse(phone, *relayed, 481, "");
    EXPECT_TRUE(caller.peer.await_status(481)) << "first the answer";
    const auto bye = caller.peer.await_method("BYE");
    ASSERT_TRUE(bye);
    EXPECT_EQ(told.next(), "session over");
    caller.peer.send(response_text(*bye, 200, "", "", ""));
    const auto other = phone.await_method("BYE");
    ASSERT_TRUE(other);
    phone.send(response_text(*other, 200, "", "", ""));
    caller.dialog = Caller(stack, Stack::udp4).dialog;
    while (stack.run([&] { return calls->size(); }) != 0) {}
  }
}

TEST_F(CallsTest, AnInfoWithoutAnAnswerEndsTheCallAnOrdinaryRefusalDoesNot) {
  connect("", "");
  caller_sends("INFO", "", "x");
  const auto relayed = phone.await_method("INFO");
  ASSERT_TRUE(relayed);
  refuse(phone, *relayed, 503, "Retry-After: 9\r\n");
  const auto refused = caller.peer.await_status(500);
  ASSERT_TRUE(refused) << "it is not the edge that is overloaded (RFC 3261 16.7)";
  EXPECT_EQ(refused->header("retry-after"), "9");
  caller_sends("INFO", "", "y");
  // No 408 is sent: it would come too late (RFC 4320 4.2).
  EXPECT_EQ(told.next(), "session over");
  EXPECT_TRUE(caller.peer.await_method("BYE"));
}

TEST_F(CallsTest, APhoneThatWantsALongerSessionRingsOnceMore) {
  ring("", "offer");
  EXPECT_EQ(rung.header("session-expires"), "1800");
  const SipText first = rung;
  refuse(phone, rung, 422, "Min-SE: 3600\r\n");
  await_ring();
  EXPECT_EQ(rung.header("call-id"), first.header("call-id"));
  EXPECT_EQ(rung.header("from"), first.header("from"));
  EXPECT_EQ(rung.header("to"), first.header("to"));
  EXPECT_EQ(std::stoul(rung.header("cseq")), std::stoul(first.header("cseq")) + 1) << "RFC 3261 8.1.3.5";
  EXPECT_EQ(rung.header("session-expires"), "3600");
  EXPECT_EQ(rung.header("min-se"), "3600");
  EXPECT_EQ(rung.all("supported"), std::vector<std::string>{"timer"});
  EXPECT_EQ(rung.body, "offer");
  answer(rung, "Session-Expires: 3600;refresher=uac\r\n", "answer");
  EXPECT_TRUE(caller.peer.await_status(200)) << "the same leg";
}

TEST_F(CallsTest, APhoneIsAskedToAnswerByItself) {
  auto_answer = true;
  ring("", "offer");
  EXPECT_EQ(rung.header("call-info"), "<sip:front.example>;answer-after=0");
  EXPECT_EQ(rung.header("alert-info"), "<http://127.0.0.1>;info=alert-autoanswer;delay=0");
  EXPECT_EQ(rung.header("x-ringfence-call"), "");
}

TEST_F(CallsTest, AnAgentIsPutOnHoldWhileTheCustomerRingsLong) {
  Peer customer(Transport::udp, stack.address(Stack::udp4));
  place_uri = "sip:+4917@" + customer.host_port();
  ring_phone();
  EXPECT_EQ(rung.body, "");
  answer(rung, "", "m=audio 4000 RTP/AVP 0\r\n");
  const auto called = customer.await_method("INVITE");
  ASSERT_TRUE(called);
  EXPECT_EQ(called->body, "m=audio 4000 RTP/AVP 0\r\n");
  const auto held = phone.await_method("ACK");
  ASSERT_TRUE(held);
  EXPECT_THAT(held->body, HasSubstr("m=audio 9 RTP/AVP 0\r\na=inactive\r\n"));
  customer.send(response_text(*called, 200, "u1", "Contact: <sip:me@" + customer.host_port() + ">\r\n" + sdp_type,
                              "customer's answer"));
  EXPECT_TRUE(customer.await_method("ACK"));
  const auto talk = phone.await_method("INVITE");
  ASSERT_TRUE(talk);
  EXPECT_EQ(talk->body, "customer's answer");
  answer(*talk, "", "agent's answer");
  const auto ack = phone.await_method("ACK");
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->body, "");
}

TEST_F(CallsTest, APhoneThatIsNeverContentFails) {
  ring("", "offer");
  refuse(phone, rung, 422, "Min-SE: 3600\r\n");
  await_ring();
  refuse(phone, rung, 422, "Min-SE: 7200\r\n");
  EXPECT_EQ(told.next(), "leg failed 422");
}

}  // namespace
}  // namespace rf::edge::test
