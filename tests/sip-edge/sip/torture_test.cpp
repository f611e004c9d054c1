// Messages that nobody should send. Whatever comes: an answer that RFC 3261 allows or silence, never a crash or a stall.
#include <gmock/gmock.h>

#include <cstdlib>
#include <random>

#include "tests/sip-edge/support/stack.hpp"

namespace rf::edge::test {
namespace {

/// One datagram with placeholders: {via} a good top Via of the peer, {id} a fresh Call-ID, {rest} the headers that make
/// a message complete after From, To, Call-ID and CSeq.
struct Odd {
  const char* name;
  const char* text;
  /// What may come back; 0: silence.
  std::vector<int> allowed;
};

std::string filled(std::string text, const Peer& peer) {
  const auto put = [&](const std::string& name, const std::string& value) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size())) {
      text.replace(at, name.size(), value);
    }
  };
  put("{via}",
      "Via: SIP/2.0/" + peer.transport_name() + " " + peer.host_port() + ";rport;branch=z9hG4bK" + new_token());
  put("{id}", new_token());
  put("{host}", peer.host_port());
  return text;
}

#define FROM_TO "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: {id}\r\n"
#define TAIL "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"

const std::vector<Odd> odd_messages = {
    // Odd but right.
    {"folded and compact headers",
     "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\nf: \"a\r\n b\" <sip:a@b>;tag=1\r\nt:\r\n <sip:c@d>\r\ni: {id}\r\nCSeq: "
     "0009\r\n OPTIONS\r\nMax-Forwards: 0070\r\nl: 0\r\n\r\n",
     {200}},
    {"unknown headers and parameters",
     "OPTIONS sip:c@d;x=y;z SIP/2.0\r\n{via};odd=\"a;b\"\r\nFrom: <sip:a@b>;tag=1;x\r\nTo: "
     "<sip:c@d>;y=\"z\"\r\nCall-ID: {id}\r\nCSeq: 1 OPTIONS\r\nNew-Fangled: \"x\" ; y , , z\r\n" TAIL,
     {200}},
    {"escaped characters in the user",
     "OPTIONS sip:%63%2a%00%20@d SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 1 OPTIONS\r\n" TAIL,
     {200}},
    {"highest CSeq", "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 2147483647 OPTIONS\r\n" TAIL, {200}},
    {"UTF-8 in display names",
     "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\nFrom: \"J\xc3\xbcrgen \xe2\x98\x8e\" <sip:a@b>;tag=1\r\nTo: "
     "<sip:c@d>\r\nCall-ID: {id}\r\nCSeq: 1 OPTIONS\r\n" TAIL,
     {200}},
    {"many Via entries",
     "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\nVia: SIP/2.0/UDP h1;branch=z9hG4bKx, SIP/2.0/TCP h2;branch=z9hG4bKy\r\nv: "
     "SIP / 2.0 / UDP h3 : 5070 ;branch=1\r\n" FROM_TO "CSeq: 1 OPTIONS\r\n" TAIL,
     {200}},
    {"no Max-Forwards",
     "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
     {200, 400}},
    {"tel URIs",
     "OPTIONS tel:+1-201-555 SIP/2.0\r\n{via}\r\nFrom: <tel:+49>;tag=1\r\nTo: <tel:911;phone-context=x>\r\nCall-ID: "
     "{id}\r\nCSeq: 1 OPTIONS\r\n" TAIL,
     {200}},
    // Wrong, and of a kind that an answer can be given to.
    {"unknown scheme", "OPTIONS nobodyknows:c@d SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 1 OPTIONS\r\n" TAIL, {400, 416}},
    {"method and CSeq differ", "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 1 INVITE\r\n" TAIL, {400}},
    {"CSeq too large",
     "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 36893488147419103232 OPTIONS\r\n" TAIL,
     {400}},
    {"CSeq missing", "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\n" FROM_TO TAIL, {0, 400}},
    {"From missing",
     "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\nTo: <sip:c@d>\r\nCall-ID: {id}\r\nCSeq: 1 OPTIONS\r\n" TAIL,
     {0, 400}},
    {"To missing",
     "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\nFrom: <sip:a@b>;tag=1\r\nCall-ID: {id}\r\nCSeq: 1 OPTIONS\r\n" TAIL,
     {0, 400}},
    {"Call-ID missing",
     "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCSeq: 1 OPTIONS\r\n" TAIL,
     {0, 400}},
    {"two From",
     "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\nFrom: <sip:x@y>;tag=2\r\n" FROM_TO "CSeq: 1 OPTIONS\r\n" TAIL,
     {400}},
    {"two CSeq", "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 1 OPTIONS\r\nCSeq: 2 OPTIONS\r\n" TAIL, {400}},
    {"negative Content-Length",
     "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 1 OPTIONS\r\nContent-Length: -999\r\n\r\n",
     {400}},
    {"Content-Length beyond the datagram",
     "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 1 OPTIONS\r\nContent-Length: 9999\r\n\r\nshort",
     {0, 400}},
    {"Content-Length beyond 32 bits",
     "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 1 OPTIONS\r\nContent-Length: 99999999999999\r\n\r\n",
     {0, 400}},
    {"quote not closed",
     "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\nFrom: \"a <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: {id}\r\nCSeq: 1 "
     "OPTIONS\r\n" TAIL,
     {0, 400}},
    {"angle bracket in the request URI",
     "OPTIONS <sip:c@d> SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 1 OPTIONS\r\n" TAIL,
     {0, 400, 416}},
    {"blanks in the request URI",
     "OPTIONS sip:c@d; lr SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 1 OPTIONS\r\n" TAIL,
     {0, 400}},
    {"two blanks after the method",
     "OPTIONS  sip:c@d  SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 1 OPTIONS\r\n" TAIL,
     {0, 200, 400}},
    {"another version", "OPTIONS sip:c@d SIP/7.0\r\n{via}\r\n" FROM_TO "CSeq: 1 OPTIONS\r\n" TAIL, {0, 400, 505}},
    {"Via of another protocol",
     "OPTIONS sip:c@d SIP/2.0\r\nVia: SIP/2.0/WS {host};branch=z9hG4bK1\r\n" FROM_TO "CSeq: 1 OPTIONS\r\n" TAIL,
     {0, 400}},
    {"Via that is none", "OPTIONS sip:c@d SIP/2.0\r\nVia: nonsense\r\n" FROM_TO "CSeq: 1 OPTIONS\r\n" TAIL, {0, 400}},
    {"no Via", "OPTIONS sip:c@d SIP/2.0\r\n" FROM_TO "CSeq: 1 OPTIONS\r\n" TAIL, {0, 400}},
    {"no To tag separator",
     "OPTIONS sip:c@d SIP/2.0\r\n{via}\r\nFrom: <sip:a@b>;tag=\r\nTo: <sip:c@d>;tag\r\nCall-ID: {id}\r\nCSeq: 1 "
     "OPTIONS\r\n" TAIL,
     {0, 200, 400, 481}},
    {"REGISTER with a broken Contact",
     "REGISTER sip:d SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 1 REGISTER\r\nContact: <sip:\r\n" TAIL,
     {200, 400}},
    {"REGISTER with odd expiry",
     "REGISTER sip:d SIP/2.0\r\n{via}\r\n" FROM_TO
     "CSeq: 1 REGISTER\r\nContact: <sip:a@b>;expires=\"-1\";q=bad\r\nExpires: soon\r\n" TAIL,
     {200, 400}},
    {"REGISTER with header parts in the Contact",
     "REGISTER sip:d SIP/2.0\r\n{via}\r\n" FROM_TO
     "CSeq: 1 REGISTER\r\nContact: <sip:a@b?Route=%3Csip:evil%3E>\r\n" TAIL,
     {200, 400}},
    {"broken Authorization",
     "REGISTER sip:d SIP/2.0\r\n{via}\r\n" FROM_TO
     "CSeq: 1 REGISTER\r\nAuthorization: Digest username=\"a, realm=,,=;\"\r\n" TAIL,
     {200, 400}},
    {"INVITE with broken Session-Expires",
     "INVITE sip:c@d SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 1 INVITE\r\nContact: <sip:a@{host}>\r\nSession-Expires: "
     "99999999999999999999;refresher=me\r\nMin-SE: x\r\n" TAIL,
     {100, 400}},
    {"ACK to nothing", "ACK sip:c@d SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 1 ACK\r\n" TAIL, {0}},
    {"broken ACK", "ACK sip:c@d SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 1 INVITE\r\n" TAIL, {0}},
    {"CANCEL of nothing", "CANCEL sip:c@d SIP/2.0\r\n{via}\r\n" FROM_TO "CSeq: 1 CANCEL\r\n" TAIL, {481}},
    // Not for us to answer.
    {"response to nothing",
     "SIP/2.0 200 OK\r\n{via}\r\n" FROM_TO "CSeq: 1 INVITE\r\nContact: <sip:a@name.example.com>\r\n" TAIL,
     {0}},
    {"response with a status out of range",
     "SIP/2.0 4294967301 OK\r\n{via}\r\n" FROM_TO "CSeq: 1 INVITE\r\n" TAIL,
     {0}},
    {"response with an empty phrase", "SIP/2.0 100 \r\n{via}\r\n" FROM_TO "CSeq: 1 INVITE\r\n" TAIL, {0}},
    {"another protocol", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", {0}},
    {"no line end", "OPTIONS sip:c@d SIP/2.0", {0}},
    {"line ends only", "\r\n\r\n\r\n\r\n", {0}},
    {"one byte", "O", {0}},
    {"a STUN binding request", "\x01\x01\x01\x01\x21\x12\xa4\x42", {0}},
};

class Torture : public testing::TestWithParam<Stack::Address> {};
INSTANTIATE_TEST_SUITE_P(All, Torture, testing::Values(Stack::udp4, Stack::tcp6));

TEST_P(Torture, OddMessagesGetAnAllowedAnswerOrNone) {
  Stack stack;
  for (const Odd& odd : odd_messages) {
    Peer peer(stack.address(GetParam()).transport, stack.address(GetParam()));
    peer.send(filled(odd.text, peer));
    // The probe's answer comes after whatever the odd message got.
    ASSERT_TRUE(stack.alive()) << odd.name;
    const bool may_be_silent = testing::Matches(testing::Contains(0))(odd.allowed);
    const bool is_stream = stack.address(GetParam()).transport == Transport::tcp;
    const auto answer = peer.receive(may_be_silent ? 50 : is_stream ? 1000 : patience_ms);
    if (!answer) {
      // On a stream a message may wait for bytes that never come, or cost the connection.
      EXPECT_TRUE(may_be_silent || is_stream) << odd.name;
    } else {
      EXPECT_THAT(odd.allowed, testing::Contains(answer->status())) << odd.name << ": " << answer->first_line;
    }
  }
  EXPECT_TRUE(stack.alive());
}

TEST(TortureSize, ADatagramAboveTheLimitIsRefusedAndTheNextOneServed) {
  Stack stack([](sip::AgentConfig& config) { config.message_bytes_max = 4096; });
  Peer peer(Transport::udp, stack.address(Stack::udp4));
  const Dialog dialog{new_token(), "<sip:a@b>;tag=1", "<sip:c@d>", "sip:c@d", 1};
  peer.send(
      request_text(peer, "OPTIONS", dialog, new_token(), "Content-Type: text/plain\r\n", std::string(30000, 'x')));
  const auto answer = peer.receive(second_ms);
  if (answer) {
    EXPECT_EQ(answer->status(), 413);
  }
  EXPECT_TRUE(stack.alive());
}

TEST(TortureSize, AStreamAboveTheLimitIsRefusedOrClosed) {
  Stack stack([](sip::AgentConfig& config) { config.message_bytes_max = 4096; });
  const Dialog dialog{new_token(), "<sip:a@b>;tag=1", "<sip:c@d>", "sip:c@d", 1};
  Peer body(Transport::tcp, stack.address(Stack::tcp4));
  body.send(
      request_text(body, "OPTIONS", dialog, new_token(), "Content-Type: text/plain\r\n", std::string(2000000, 'x')));
  const auto answer = body.receive(second_ms);
  if (answer) {
    EXPECT_EQ(answer->status(), 413);
  }
  EXPECT_TRUE(stack.alive());

  // A head that never ends.
  Peer head(Transport::tcp, stack.address(Stack::tcp4));
  head.send("OPTIONS sip:c@d SIP/2.0\r\n");
  for (int i = 0; i < 2000; ++i) head.send("X-Filler: " + std::string(500, 'y') + "\r\n");
  const auto refused = head.receive(second_ms);
  if (refused) {
    EXPECT_EQ(refused->status(), 413);
  }
  EXPECT_TRUE(stack.alive());
}

TEST(TortureSize, AnAnswerToAHundredRequestsInOneWrite) {
  Stack stack;
  Peer peer(Transport::tcp, stack.address(Stack::tcp4));
  std::string burst;
  for (int i = 0; i < 100; ++i) {
    const Dialog dialog{new_token(), "<sip:a@b>;tag=1", "<sip:c@d>", "sip:c@d", 1};
    burst += request_text(peer, "OPTIONS", dialog, "");
  }
  peer.send(burst);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(peer.await_status(200)) << i;
}

/// Bytes changed, removed, doubled, moved, or parts of other messages put in.
std::string mutated(std::string text, const std::vector<std::string>& pieces, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  const std::size_t changes = 1 + below(4);
  for (std::size_t i = 0; i < changes && !text.empty(); ++i) {
    const std::size_t at = below(text.size());
    const std::size_t size = std::min(text.size() - at, 1 + below(12));
    switch (below(6)) {
      case 0: text[at] = static_cast<char>(below(256)); break;
      case 1: text.erase(at, size); break;
      case 2: text.insert(at, text.substr(at, size)); break;
      case 3: text.insert(at, pieces[below(pieces.size())]); break;
      case 4: text.resize(at); break;
      case 5: text.insert(at, std::string(below(300), static_cast<char>(32 + below(96)))); break;
    }
  }
  return text;
}

class TortureMutations : public testing::Test {
 protected:
  static void quick(sip::AgentConfig& config) {
    config.t1_ms = 50;
    config.t1x64_ms = 500;
  }

  TortureMutations() : stack(quick), peer(Transport::udp, stack.address(Stack::udp4)) {}
  ~TortureMutations() override { let_go(); }

  /// A phone of ours rings, so that some of it meets a live dialog and transaction.
  SipText ring() {
    stack.run([&] {
      auto made = stack.agent().invite({.next_hop = peer.local(),
                                        .request_uri = *parse_uri("sip:phone@edge"),
                                        .from = {"", *parse_uri("sip:a@edge"), ""},
                                        .to = {"", *parse_uri("sip:phone@edge"), ""}},
                                       ringing);
      ringing.leg = std::move(made).value();
    });
    return peer.await_method("INVITE").value_or(SipText{});
  }
  std::vector<std::string> seeds(const SipText& invite) const {
    const Dialog caller{new_token(), "<sip:a@b>;tag=1", "<sip:c@d>", "sip:c@d", 1};
    const std::string branch = new_token();
    const std::string contact = "Contact: <sip:a@" + peer.host_port() + ">\r\n";
    const std::string session = "Session-Expires: 90;refresher=uac\r\nSupported: timer\r\n";
    const std::string credentials =
        "Authorization: Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"sip:d\", response=\"e\", qop=auth, "
        "nc=00000001, cnonce=\"f\"\r\n";
    const std::string bindings =
        "Contact: <sip:a@b>;expires=60;+sip.instance=\"<urn:uuid:1>\";reg-id=1, <sip:c@d>;q=0.5\r\nExpires: 600\r\n";
    return {
        request_text(peer, "INVITE", caller, branch, contact + session, "v=0\r\n"),
        request_text(peer, "CANCEL", caller, branch, "", ""),
        request_text(peer, "ACK", caller, branch, "", ""),
        request_text(peer, "BYE", caller, "b1", "Reason: Q.850;cause=16;text=\"x\"\r\n", ""),
        request_text(peer, "UPDATE", caller, "b2", contact, ""),
        request_text(peer, "OPTIONS", caller, "b3", "Accept: a/b;q=0.1, */*\r\n", ""),
        request_text(peer, "REGISTER", caller, "b4", bindings + credentials, ""),
        request_text(peer, "REFER", caller, "b5", "Refer-To: <sip:x@y?Replaces=z%3Bto-tag%3D1>\r\n", ""),
        response_text(invite, 180, "p1", contact, ""),
        response_text(invite, 200, "p1", contact + "Record-Route: <sip:r@1.2.3.4;lr>\r\n", "v=0\r\n"),
        response_text(invite, 486, "p1", "Retry-After: 5 (busy);duration=9\r\n", ""),
    };
  }
  void let_go() {
    stack.run([&] {
      ringing.leg.reset();
      ringing.requests.clear();
      stack.legs.clear();
    });
  }

  Stack stack;
  Peer peer;
  RecordedLeg ringing;
};

const std::vector<std::string> pieces = {"\r\n",
                                         "\r\n\r\n",
                                         ":",
                                         ";",
                                         ",",
                                         "\"",
                                         "<",
                                         ">",
                                         "%",
                                         "%00",
                                         "=",
                                         "@",
                                         "[",
                                         "]",
                                         "sip:",
                                         "tel:",
                                         "SIP/2.0",
                                         "Via: ",
                                         "Content-Length: 4294967296\r\n",
                                         "maddr=h.example.com;",
                                         "received=1.1.1.1;",
                                         "Contact: *\r\n",
                                         "Require: x\r\n",
                                         "\xff\xfe",
                                         "z9hG4bK",
                                         "Route: <sip:1.2.3.4;lr>\r\n",
                                         std::string(1, '\0')};

TEST_F(TortureMutations, ThousandsOfBrokenDatagramsNeitherCrashNorStall) {
  // RINGFENCE_TORTURE_SEED=n tries another one.
  const char* wanted = std::getenv("RINGFENCE_TORTURE_SEED");
  const auto seed = wanted == nullptr ? 20240611u : static_cast<unsigned>(std::strtoul(wanted, nullptr, 10));
  constexpr int rounds = 4000;
  const std::vector<std::string> sources = seeds(ring());
  std::mt19937 random(seed);
  for (int i = 0; i < rounds; ++i) {
    const auto& source = sources[random() % sources.size()];
    peer.send(mutated(source, pieces, random));
    if (i % 50 == 49) {
      while (peer.receive(0)) {}
      ASSERT_TRUE(stack.alive()) << "seed " << seed << " round " << i;
    }
  }
  let_go();
  EXPECT_TRUE(stack.alive());
  EXPECT_TRUE(stack.await_idle()) << "everything it made ends by itself";
}

}  // namespace
}  // namespace rf::edge::test
