#include "sip-edge/sip/agent.hpp"

#include <gmock/gmock.h>

#include "tests/sip-edge/support/stack.hpp"

namespace rf::edge::test {
namespace {

using testing::HasSubstr;

Dialog to_edge(const std::string& uri) { return {new_token(), "<sip:me@test>;tag=1", "<" + uri + ">", uri, 1}; }

Error open_error(std::vector<sip::Listen> listen) {
  try {
    Stack stack([&](sip::AgentConfig& config) { config.listen = std::move(listen); });
  } catch (const std::runtime_error& error) {
    return {Code::unavailable, error.what()};
  }
  return {};
}

TEST(AgentOpen, TakesFreePortsAndTellsThem) {
  Stack stack;
  for (const auto which : {Stack::udp4, Stack::tcp4, Stack::udp6, Stack::tcp6}) EXPECT_NE(stack.address(which).port, 0);
  EXPECT_EQ(stack.address(Stack::udp6).ip, "::1");
  EXPECT_EQ(stack.address(Stack::tcp4).transport, Transport::tcp);
}

TEST(AgentOpen, AnAddressInUseIsAnErrorThatNamesItsKey) {
  Stack first;
  const auto udp = open_error({{Transport::udp, "127.0.0.1", first.address(Stack::udp4).port, "", "sip.listen[7]"}});
  EXPECT_THAT(udp.what, HasSubstr("sip.listen[7]"));
  EXPECT_THAT(udp.what, HasSubstr("in use"));
  const auto tcp = open_error({{Transport::udp, "127.0.0.1", 0, "", "sip.listen[0]"},
                               {Transport::tcp, "::1", first.address(Stack::tcp6).port, "", "sip.listen[1]"}});
  EXPECT_THAT(tcp.what, HasSubstr("sip.listen[1]: tcp:[::1]:"));
  EXPECT_THAT(tcp.what, HasSubstr("in use"));
  EXPECT_TRUE(first.alive());
}

TEST(AgentOpen, OnlyAddressesAndOnlyOwnOnes) {
  EXPECT_THAT(open_error({{Transport::udp, "localhost", 0, "", "sip.listen[0]"}}).what, HasSubstr("not an IP address"));
  EXPECT_THAT(open_error({{Transport::udp, "192.0.2.1", 0, "", "sip.listen[0]"}}).what, HasSubstr("cannot be opened"));
  EXPECT_THAT(open_error({{Transport::udp, "0.0.0.0", 0, "", "sip.listen[0]"}}).what, HasSubstr("public_host"));
}

class AgentPublicHost : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(All, AgentPublicHost, testing::Values("0.0.0.0", "127.0.0.1"));

TEST_P(AgentPublicHost, StandsInContactAndViaInsteadOfTheAddress) {
  Stack stack([](sip::AgentConfig& config) {
    config.listen = {{Transport::udp, GetParam(), 0, "sip.example.com", "sip.listen[0]"}};
  });
  const std::string port = std::to_string(stack.address(Stack::udp4).port);
  Peer phone(Transport::udp, {Transport::udp, "127.0.0.1", stack.address(Stack::udp4).port});
  stack.run([&] {
    const auto sent = stack.agent().send({.next_hop = phone.local(),
                                          .request_uri = *parse_uri("sip:phone@x.example"),
                                          .from = {"", *parse_uri("sip:edge@test"), ""},
                                          .to = {"", *parse_uri("sip:phone@x.example"), ""}},
                                         [](const sip::Response&) {});
    EXPECT_TRUE(sent.ok());
  });
  const auto options = phone.await_method("OPTIONS");
  ASSERT_TRUE(options);
  EXPECT_THAT(options->header("via"), HasSubstr("SIP/2.0/UDP sip.example.com:" + port + ";"));
  EXPECT_THAT(options->header("via"), HasSubstr("rport")) << "the answer comes back to where this came from";
  EXPECT_EQ(options->header("via").find("maddr"), std::string::npos) << "nobody outside reaches the address behind it";
  Dialog dialog = to_edge("sip:queue@test");
  phone.send(request_text(phone, "INVITE", dialog, "Contact: <sip:me@" + phone.host_port() + ">\r\n"));
  EXPECT_EQ(stack.journal.next(), "invite queue");
  EXPECT_EQ(stack.invites[0].local.ip, "127.0.0.1");
  stack.run([&] { stack.legs[0].leg->progress(sip::reply(180)); });
  const auto ringing = phone.await_status(180);
  ASSERT_TRUE(ringing);
  EXPECT_EQ(ringing->header("contact"), "<sip:sip.example.com:" + port + ">");
}

class AgentTransports : public testing::TestWithParam<Stack::Address> {};

TEST_P(AgentTransports, ARequestArrivesAsPlainValuesAndIsAnsweredByTheSameWay) {
  Stack stack;
  const Flow address = stack.address(GetParam());
  Peer peer(address.transport, address);
  std::optional<sip::Request> seen;
  stack.requester = [&](sip::ServerRequest request) {
    seen = request.request();
    request.reply({200, {{"X-Custom", "a\r\nInjected: b"}}, {}});
  };
  const Dialog dialog{"call-1", "\"Bob \\\"B\\\"\" <sip:bob@test>;tag=f1", "<sip:bob@test>", "sip:test:5070;user=phone",
                      17};
  peer.send(request_text(peer, "REGISTER", dialog,
                         "Contact: <sip:bob@192.168.0.7:5062;ob>;expires=300;reg-id=2;"
                         "+sip.instance=\"<urn:uuid:0-1-2>\"\r\nExpires: 600\r\nUser-Agent: Phone/1\r\n"
                         "Authorization: Digest username=\"bob\", realm=\"te,st\", qop=auth\r\n"
                         "Supported: path, timer\r\nAllow: INVITE, UPDATE\r\nP-Thing: one\r\n"));
  const auto answer = peer.await_status(200);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->header("x-custom"), "a  Injected: b") << "a value cannot start a header of its own";
  EXPECT_EQ(answer->header("server"), "ringfence");
  EXPECT_FALSE(answer->param("to", "tag").empty());
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->method, sip::Method::register_);
  EXPECT_EQ(seen->uri, (Uri{"sip", "", "test", 5070, "user=phone"}));
  EXPECT_EQ(seen->source, peer.local());
  EXPECT_EQ(seen->local, address);
  EXPECT_EQ(seen->from.display, "Bob \"B\"");
  EXPECT_EQ(seen->from.tag, "f1");
  EXPECT_EQ(seen->to.uri.user, "bob");
  EXPECT_EQ(seen->call_id, "call-1");
  EXPECT_EQ(seen->cseq, 17u);
  EXPECT_EQ(seen->expires_s, 600u);
  ASSERT_EQ(seen->contacts.size(), 1u);
  EXPECT_EQ(seen->contacts[0].uri.text(), "sip:bob@192.168.0.7:5062;ob");
  EXPECT_EQ(seen->contacts[0].expires_s, 300u);
  EXPECT_EQ(seen->contacts[0].instance_id, "urn:uuid:0-1-2");
  EXPECT_EQ(seen->contacts[0].reg_id, 2u);
  EXPECT_EQ(seen->user_agent, "Phone/1");
  EXPECT_THAT(seen->authorizations, testing::ElementsAre("Digest username=\"bob\", realm=\"te,st\", qop=auth"));
  EXPECT_TRUE(seen->session_terms().supports_timer);
  EXPECT_TRUE(seen->session_terms().allows_update);
  ASSERT_NE(seen->other("p-thing"), nullptr);
  EXPECT_EQ(*seen->other("p-thing"), "one");
  EXPECT_TRUE(stack.await_idle());
}

INSTANTIATE_TEST_SUITE_P(All, AgentTransports, testing::Values(Stack::udp4, Stack::tcp4, Stack::udp6, Stack::tcp6));

struct Refused {
  const char* method;
  const char* uri;
  const char* to_tag;
  const char* extra;
  int status;
};

class AgentRefuses : public testing::TestWithParam<Refused> {};

TEST_P(AgentRefuses, WithoutAskingAnybody) {
  Stack stack;
  stack.screener = [&](const sip::Request& request) {
    stack.journal.add("asked about " + request.method_name);
    return sip::Take{};
  };
  Peer peer(Transport::udp, stack.address(Stack::udp4));
  Dialog dialog = to_edge(GetParam().uri);
  dialog.remote = std::string("<sip:edge@test>") + GetParam().to_tag;
  peer.send(request_text(peer, GetParam().method, dialog, GetParam().extra));
  const auto answer = peer.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status(), GetParam().status);
  if (GetParam().status == 405) {
    EXPECT_THAT(answer->header("allow"), HasSubstr("INVITE"));
  }
  if (GetParam().status == 420) {
    EXPECT_EQ(answer->header("unsupported"), "100rel, fancy");
  }
  EXPECT_TRUE(stack.journal.empty());
  EXPECT_EQ(stack.run([&] { return stack.agent().counts().server_requests; }), 0u);
}

constexpr char contact[] = "Contact: <sip:me@127.0.0.1>\r\n";
INSTANTIATE_TEST_SUITE_P(
    All, AgentRefuses,
    testing::Values(
        Refused{"DANCE", "sip:edge@test", "", "", 501}, Refused{"MESSAGE", "sip:edge@test", "", "", 405},
        Refused{"SUBSCRIBE", "sip:edge@test", "", "Event: presence\r\n", 405},
        Refused{"REFER", "sip:edge@test", "", "Refer-To: <sip:a@b>\r\n", 405},
        Refused{"PUBLISH", "sip:edge@test", "", "Event: presence\r\n", 405},
        Refused{"REFER", "sip:edge@test", ";tag=9", "Refer-To: <sip:a@b>\r\n", 481},
        Refused{"BYE", "sip:edge@test", ";tag=9", "", 481}, Refused{"BYE", "sip:edge@test", "", "", 481},
        Refused{"CANCEL", "sip:edge@test", "", "", 481}, Refused{"UPDATE", "sip:edge@test", "", contact, 481},
        Refused{"INVITE", "sip:edge@test", ";tag=9", contact, 481},
        Refused{"OPTIONS", "sip:edge@test", ";tag=9", "", 481}, Refused{"OPTIONS", "mailto:edge@test", "", "", 416},
        Refused{"INVITE", "http://edge.test/", "", contact, 416},
        Refused{"INVITE", "sip:edge@test", "", "Contact: <sip:me@127.0.0.1>\r\nRequire: 100rel, fancy, timer\r\n", 420},
        Refused{"INVITE", "sip:edge@test", "", "Contact: <sip:me@127.0.0.1>\r\nContent-Encoding: gzip\r\n", 415},
        Refused{"INVITE", "sip:edge@test", "", "", 400}));

TEST(Agent, AnInviteThatWentTooManyHopsIsRefused) {
  Stack stack;
  Peer peer(Transport::udp, stack.address(Stack::udp4));
  std::string text = request_text(peer, "INVITE", to_edge("sip:edge@test"), contact);
  text.replace(text.find("Max-Forwards: 70"), 16, "Max-Forwards: 0");
  peer.send(text);
  const auto answer = peer.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status(), 483);
}

TEST(Agent, OptionsTellWhatWeCan) {
  Stack stack;
  Peer peer(Transport::udp, stack.address(Stack::udp4));
  peer.send(request_text(peer, "OPTIONS", to_edge("sip:edge@test"), ""));
  const auto answer = peer.await_status(200);
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->header("allow"), HasSubstr("UPDATE"));
  EXPECT_EQ(answer->header("supported"), "timer");
  EXPECT_EQ(answer->header("accept"), "application/sdp");
}

TEST(Agent, ScreeningAnswersOrDropsWithoutKeepingState) {
  Stack stack;
  int asked = 0;
  stack.screener = [&](const sip::Request& request) -> sip::Screening {
    ++asked;
    if (request.uri.user == "drop") return sip::Drop{};
    return sip::Reply{503, {{"Retry-After", "9"}}, {}};
  };
  Peer peer(Transport::udp, stack.address(Stack::udp4));
  peer.send(request_text(peer, "INVITE", to_edge("sip:drop@test"), contact));
  const std::string busy = request_text(peer, "INVITE", to_edge("sip:busy@test"), contact);
  for (int i = 0; i < 2; ++i) {
    peer.send(busy);
    const auto answer = peer.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status(), 503) << "nothing came for the dropped one";
    EXPECT_EQ(answer->header("retry-after"), "9");
  }
  // The ACK belongs to nothing any more and is ignored.
  std::string ack = busy;
  ack.replace(0, 6, "ACK");
  ack.replace(ack.find("1 INVITE"), 8, "1 ACK");
  peer.send(ack);
  EXPECT_EQ(stack.run([&] { return asked; }), 3);
  EXPECT_EQ(stack.run([&] { return stack.agent().counts().server_requests; }), 0u);
}

TEST(Agent, ARequestMayBeAnsweredLaterAndRetransmissionsDoNotArriveTwice) {
  Stack stack;
  std::vector<sip::ServerRequest> held;
  stack.requester = [&](sip::ServerRequest request) {
    if (request.request().method == sip::Method::options) return request.reply(sip::reply(200));
    held.push_back(std::move(request));
    stack.journal.add("held");
  };
  Peer peer(Transport::udp, stack.address(Stack::udp4));
  const std::string text = request_text(peer, "REGISTER", to_edge("sip:test"), "");
  peer.send(text);
  peer.send(text);
  EXPECT_EQ(stack.journal.next(), "held");
  EXPECT_TRUE(stack.alive());
  stack.run([&] {
    EXPECT_EQ(held.size(), 1u);
    held[0].reply(sip::reply(200));
    EXPECT_TRUE(held[0].answered());
    held[0].reply(sip::reply(403));
  });
  EXPECT_TRUE(peer.await_status(200));
  peer.send(text);
  EXPECT_TRUE(peer.await_status(200));
  EXPECT_EQ(stack.run([&] {
    held.clear();
    return stack.journal.empty();
  }),
            true);
}

TEST(Agent, ARequestLetGoIsAnswered500) {
  Stack stack;
  stack.requester = [](sip::ServerRequest) {};
  Peer peer(Transport::udp, stack.address(Stack::udp4));
  peer.send(request_text(peer, "REGISTER", to_edge("sip:test"), ""));
  EXPECT_TRUE(peer.await_status(500));
  EXPECT_TRUE(stack.await_idle());
}

TEST(Agent, ARequestOutsideDialogsGetsItsAnswer) {
  Stack stack;
  for (const auto which : {Stack::udp4, Stack::tcp4, Stack::udp6, Stack::tcp6}) {
    Peer phone(stack.address(which).transport, stack.address(which));
    // A TCP flow exists once something came by it.
    phone.send(request_text(phone, "OPTIONS", to_edge("sip:edge@test"), ""));
    ASSERT_TRUE(phone.await_status(200));
    stack.run([&] {
      const auto sent = stack.agent().send(
          {
              .next_hop = phone.local(),
              .request_uri = *parse_uri("sip:phone@somewhere.invalid;ob"),
              .from = {"Edge", *parse_uri("sip:edge@test"), ""},
              .to = {"", *parse_uri("sip:phone@test"), ""},
              .headers = {{"X-Probe", "1"}},
          },
          [&](const sip::Response& response) { stack.journal.add(std::to_string(response.status)); });
      EXPECT_TRUE(sent.ok());
    });
    const auto options = phone.await_method("OPTIONS");
    ASSERT_TRUE(options);
    EXPECT_EQ(options->request_uri(), "sip:phone@somewhere.invalid;ob");
    EXPECT_EQ(options->header("x-probe"), "1");
    EXPECT_EQ(options->header("user-agent"), "ringfence");
    phone.send(response_text(*options, 486, "t", "", ""));
    EXPECT_EQ(stack.journal.next(), "486");
  }
  EXPECT_TRUE(stack.await_idle());
}

TEST(Agent, NoAnswerIsA408AndAClosedConnectionA503) {
  Stack stack([](sip::AgentConfig& config) {
    config.t1_ms = 20;
    config.t1x64_ms = 200;
  });
  const auto send = [&](const Flow& to) {
    stack.run([&] {
      const auto sent = stack.agent().send(
          {
              .next_hop = to,
              .request_uri = *parse_uri("sip:phone@test"),
              .from = {"", *parse_uri("sip:edge@test"), ""},
              .to = {"", *parse_uri("sip:phone@test"), ""},
          },
          [&](const sip::Response& response) {
            EXPECT_TRUE(response.internal);
            stack.journal.add(std::to_string(response.status));
          });
      EXPECT_TRUE(sent.ok());
      EXPECT_TRUE(stack.journal.empty()) << "never before send() returns";
    });
  };
  Peer silent(Transport::udp, stack.address(Stack::udp4));
  send(silent.local());
  EXPECT_EQ(stack.journal.next(), "408");
  std::optional<Peer> gone;
  gone.emplace(Transport::tcp, stack.address(Stack::tcp4));
  gone->send(request_text(*gone, "OPTIONS", to_edge("sip:edge@test"), ""));
  ASSERT_TRUE(gone->await_status(200));
  const Flow closed = gone->local();
  gone.reset();
  send(closed);
  EXPECT_EQ(stack.journal.next(), "503");
  EXPECT_TRUE(stack.await_idle());
}

TEST(Agent, WhatCannotBeWrittenOrReachedIsAnError) {
  Stack stack([](sip::AgentConfig& config) { config.listen.resize(1); });
  stack.run([&] {
    sip::OutRequest request{
        .next_hop = {Transport::tcp, "127.0.0.1", 1},
        .request_uri = *parse_uri("sip:phone@test"),
        .from = {"", *parse_uri("sip:edge@test"), ""},
        .to = {"", *parse_uri("sip:phone@test"), ""},
    };
    const auto no_tcp = stack.agent().send(request, [](const sip::Response&) { FAIL(); });
    EXPECT_FALSE(no_tcp.ok());
    EXPECT_EQ(no_tcp.error().code, Code::unavailable);
    request.next_hop.transport = Transport::udp;
    request.to.uri = Uri{"", "", "", 0, ""};
    const auto broken = stack.agent().send(request, [](const sip::Response&) { FAIL(); });
    EXPECT_FALSE(broken.ok());
    EXPECT_EQ(stack.agent().counts().client_requests, 0u);
  });
}

TEST(FlowWatch, TellsOfAClosedAndOfAResetConnectionAndNothingAfterItsEnd) {
  Stack stack;
  std::map<std::string, std::unique_ptr<sip::FlowWatch>> watches;
  stack.requester = [&](sip::ServerRequest request) {
    const std::string user = request.request().to.uri.user;
    watches[user] = request.watch_flow([&stack, user] { stack.journal.add("closed " + user); });
    request.reply(sip::reply(200));
  };
  const auto register_as = [&](Peer& peer, const std::string& user) {
    Dialog dialog = to_edge("sip:test");
    dialog.remote = "<sip:" + user + "@test>";
    peer.send(request_text(peer, "REGISTER", dialog, ""));
    ASSERT_TRUE(peer.await_status(200));
  };
  Peer closing(Transport::tcp, stack.address(Stack::tcp4));
  Peer resetting(Transport::tcp, stack.address(Stack::tcp6));
  Peer unwatched(Transport::tcp, stack.address(Stack::tcp4));
  Peer staying(Transport::tcp, stack.address(Stack::tcp4));
  Peer datagrams(Transport::udp, stack.address(Stack::udp4));
  register_as(closing, "closing");
  register_as(resetting, "resetting");
  register_as(unwatched, "unwatched");
  register_as(staying, "staying");
  register_as(datagrams, "datagrams");
  EXPECT_EQ(stack.run([&] { return watches["datagrams"].get(); }), nullptr);
  closing.close();
  EXPECT_EQ(stack.journal.next(), "closed closing");
  resetting.reset();
  EXPECT_EQ(stack.journal.next(), "closed resetting");
  stack.run([&] { watches.erase("unwatched"); });
  unwatched.close();
  register_as(staying, "staying");
  EXPECT_TRUE(stack.alive());
  EXPECT_TRUE(stack.journal.empty());
  stack.run([&] { watches.clear(); });
}

TEST(Agent, AnswersKeepAlivesOnTcp) {
  Stack stack;
  Peer peer(Transport::tcp, stack.address(Stack::tcp4));
  peer.send("\r\n\r\n");
  peer.send(request_text(peer, "OPTIONS", to_edge("sip:edge@test"), ""));
  EXPECT_TRUE(peer.await_status(200));
}

TEST(AgentBacklog, IsWhatWaitsToBeReadInAUdpSocket) {
  Stack stack([](sip::AgentConfig& config) { config.udp_receive_buffer_bytes = 100'000; });
  EXPECT_EQ(stack.run([&] { return stack.agent().receive_backlog(); }), 0);
  Peer phone(Transport::udp, stack.address(Stack::udp4));
  const double backlog = stack.run([&] {
    // Nothing is read meanwhile: this is the thread that would.
    for (int i = 0; i < 50; ++i) phone.send(std::string(1000, 'x'));
    return stack.agent().receive_backlog();
  });
  EXPECT_GT(backlog, 0.2);
  EXPECT_LE(backlog, 1.1);
  EXPECT_TRUE(stack.alive());
  EXPECT_LT(stack.run([&] { return stack.agent().receive_backlog(); }), 0.1);
}

}  // namespace
}  // namespace rf::edge::test
