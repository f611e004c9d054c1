// One whole edge between a node, a trunk and who it calls, each of them a socket that writes its own messages.
#include "sip-edge/edge.hpp"

#include <gmock/gmock.h>

#include "process/clock.hpp"
#include "process/log.hpp"
#include "process/metrics.hpp"
#include "tests/sip-edge/support/call_peers.hpp"
#include "tests/sip-edge/support/fake_node.hpp"

namespace rf::edge::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class NoLog : public process::LogSink {
 public:
  void write(std::string_view) noexcept override {}
};

const std::string sdp_type = "Content-Type: application/sdp\r\n";

/// Somebody who calls the edge or is called by it.
struct Party {
  explicit Party(const Flow& edge) : peer(Transport::udp, edge) {}

  std::string contact() const { return "Contact: <sip:me@" + peer.host_port() + ">\r\n"; }
  std::string uri() const { return "sip:+4930@" + peer.host_port(); }
  static std::string type_of(const std::string& sdp) { return sdp.empty() ? "" : sdp_type; }

  void call(const std::string& headers, const std::string& sdp) {
    dialog = {new_token(), "\"Ada\" <sip:+4917012@trunk>;tag=c1", "<sip:100@edge>", "sip:100@127.0.0.1", 100};
    branch = new_token();
    peer.send(request_text(peer, "INVITE", dialog, branch, contact() + headers + type_of(sdp), sdp));
  }
  void cancel() { peer.send(request_text(peer, "CANCEL", dialog, branch, "", "")); }
  void send(const std::string& method, const std::string& headers, const std::string& body) {
    ++dialog.cseq;
    peer.send(request_text(peer, method, dialog, new_token(), contact() + headers, body));
  }
  void ack(const std::string& sdp) { peer.send(request_text(peer, "ACK", dialog, new_token(), type_of(sdp), sdp)); }

  /// Waits for the edge's INVITE.
  bool rings() {
    const auto got = peer.await_method("INVITE");
    if (!got) return false;
    rung = *got;
    dialog = {rung.header("call-id"), rung.header("to") + ";tag=p1", rung.header("from"), "sip:edge@edge", 500};
    return true;
  }
  void reply(int status, const std::string& sdp) {
    peer.send(response_text(rung, status, "p1", contact() + type_of(sdp), sdp));
  }
  void reply(const SipText& request, int status) { peer.send(response_text(request, status, "", "", "")); }
  /// Whether a request of that method comes; answers it.
  bool gets(const std::string& method) {
    const auto got = peer.await_method(method);
    if (got) reply(*got, 200);
    return got.has_value();
  }

  Peer peer;
  Dialog dialog;
  std::string branch;
  SipText rung;
};

class EdgeTest : public testing::Test {
 protected:
  static constexpr std::uint64_t epoch = 7;

  EdgeTest()
      : logger(sink, clock, process::LogLevel::debug), metrics({process::MetricOwner::edge, "test", {}}), ids(clock) {
    const DirectoryCopy::Kind trunks = DirectoryCopy::Kind::trunk;
    node.greet_with(
        {accepted("node-1"),
         directory({1,
                    true,
                    false,
                    {{trunks, "127.0.0.1", {account, 7}}, {DirectoryCopy::Kind::number, "100", {account, 7}}},
                    {},
                    0}),
         leading({fence})});
    node.acknowledge();
    EdgeOptions options;
    sip::Listen listen;
    listen.ip = "127.0.0.1";
    options.sip.listen = {listen};
    options.link.edge = "edge-1";
    options.link.epoch = epoch;
    options.link.boot_id = "boot-1";
    options.link.nodes = {node.address()};
    options.link.token = "a-token";
    thread.run([&] {
      edge = std::make_unique<Edge>(thread.root(), options, ids, logger, metrics);
      EXPECT_TRUE(edge->open().ok());
    });
    address = thread.run([&] { return edge->listening()[0]; });
    while (!thread.run([&] { return edge->ready(); })) {}
    trunk = std::make_unique<Party>(address);
    outside = std::make_unique<Party>(address);
  }
  ~EdgeTest() override {
    thread.run([&] { edge.reset(); });
  }

  void order(link::OrderBody body) { node.say(test::order(account, fence, {"edge-1", epoch, std::move(body)})); }
  /// The n-th event that is not a Snapshot, once it has come.
  link::EventBody event(std::size_t n) {
    EXPECT_TRUE(node.wait([&] { return node.events(account).size() > n; }));
    return node.events(account)[n].body;
  }
  /// A caller waits.
  CallId arrive() {
    trunk->call("", "offer");
    const auto arrived = std::get<link::CallArrived>(event(1));
    order(link::HoldOrder{arrived.call});
    const auto queued = trunk->peer.await_status(182);
    EXPECT_TRUE(queued);
    trunk->dialog.remote = queued->header("to");
    return arrived.call;
  }
  link::RingTarget target(const std::string& uri) const {
    link::RingTarget target;
    target.reservation = reservation;
    target.agent = AgentId(Ulid{3, 3});
    target.endpoints = {{endpoint, uri}};
    target.ring_until_edge_ms = sip::Root::now_ms() + 20 * second_ms;
    target.confirm_until_edge_ms = target.ring_until_edge_ms + 30 * second_ms;
    return target;
  }
  std::size_t calls() {
    return thread.run([&] { return edge->calls(); });
  }

  const AccountId account{Ulid{1, 1}};
  const ReservationId reservation{Ulid{2, 2}};
  const BindingId endpoint{Ulid{4, 4}};
  const Fence fence{7, 1};
  NoLog sink;
  process::SystemClock clock;
  process::Logger logger;
  process::Metrics metrics;
  process::IdMaker ids;
  FakeNode node{"a-token"};
  RootThread thread;
  std::unique_ptr<Edge> edge;
  Flow address;
  std::unique_ptr<Party> trunk;
  std::unique_ptr<Party> outside;
};

TEST_F(EdgeTest, AnEndpointIsRungAndAnswersTheCall) {
  const CallId call = arrive();
  order(link::RingOrder{call, {target(outside->uri())}});
  ASSERT_TRUE(outside->rings());
  EXPECT_EQ(outside->rung.header("x-ringfence-call"), call.text());
  EXPECT_EQ(outside->rung.header("max-forwards"), "69");
  EXPECT_THAT(outside->rung.header("from"), HasSubstr("\"Ada\" <sip:+4917012@127.0.0.1>"));
  EXPECT_EQ(outside->rung.body, "offer");
  outside->reply(200, "answer");
  const auto ok = trunk->peer.await_status(200);
  ASSERT_TRUE(ok);
  EXPECT_EQ(ok->body, "answer");
  EXPECT_EQ(event(2), link::EventBody(link::Answered{reservation, endpoint}));
}

TEST_F(EdgeTest, S17_AFollowMeNumberThatLeadsBackIsRefusedWithoutState) {
  const CallId call = arrive();
  order(link::RingOrder{call, {target(outside->uri())}});
  ASSERT_TRUE(outside->rings());
  Party back(address);
  back.call("X-Ringfence-Call: " + outside->rung.header("x-ringfence-call") + "\r\n", "offer");
  EXPECT_TRUE(back.peer.await_status(482));
  EXPECT_EQ(calls(), 1u);
  outside->reply(482, "");
  EXPECT_EQ(event(2), link::EventBody(link::OfferClosed{reservation, link::CloseCause::unreachable}));
  EXPECT_EQ(event(3), link::EventBody(link::LegGone{reservation}));
  // Who names a call that is over, or none, comes in.
  trunk->cancel();
  EXPECT_EQ(event(4), link::EventBody(link::CallEnded{call, link::EndCause::caller_hangup}));
  Party later(address);
  later.call("X-Ringfence-Call: " + call.text() + "\r\n", "offer");
  EXPECT_TRUE(later.peer.await_status(100));
}

TEST_F(EdgeTest, AForwardedCallerTalksToTheAddress) {
  const CallId call = arrive();
  order(link::ForwardOrder{call, outside->uri()});
  ASSERT_TRUE(outside->rings());
  EXPECT_EQ(outside->rung.header("x-ringfence-call"), call.text());
  EXPECT_EQ(outside->rung.header("expires"), "60");
  EXPECT_FALSE(outside->rung.header("session-expires").empty());
  EXPECT_EQ(outside->rung.body, "offer");
  outside->reply(180, "");
  EXPECT_TRUE(trunk->peer.await_status(180));
  outside->reply(200, "answer");
  ASSERT_TRUE(outside->peer.await_method("ACK"));
  const auto ok = trunk->peer.await_status(200);
  ASSERT_TRUE(ok);
  EXPECT_EQ(ok->body, "answer");
  trunk->ack("");
  trunk->send("INFO", sdp_type, "digits");
  const auto digits = outside->peer.await_method("INFO");
  ASSERT_TRUE(digits);
  EXPECT_EQ(digits->body, "digits");
  outside->reply(*digits, 200);
  outside->send("BYE", "", "");
  EXPECT_TRUE(trunk->gets("BYE"));
  EXPECT_EQ(event(2), link::EventBody(link::CallEnded{call, link::EndCause::agent_hangup}));
}

TEST_F(EdgeTest, ACallerWhoIsForwardedMayHangUp) {
  const CallId call = arrive();
  order(link::ForwardOrder{call, outside->uri()});
  ASSERT_TRUE(outside->rings());
  outside->reply(180, "");
  ASSERT_TRUE(trunk->peer.await_status(180));
  trunk->cancel();
  EXPECT_TRUE(outside->gets("CANCEL"));
  EXPECT_TRUE(trunk->peer.await_status(487));
  EXPECT_EQ(event(2), link::EventBody(link::CallEnded{call, link::EndCause::caller_hangup}));
}

TEST_F(EdgeTest, ACallerHearsThatTheAddressIsBusyOrUnknown) {
  const CallId call = arrive();
  order(link::ForwardOrder{call, outside->uri()});
  ASSERT_TRUE(outside->rings());
  outside->reply(486, "");
  EXPECT_TRUE(trunk->peer.await_status(486));
  EXPECT_EQ(event(2), link::EventBody(link::CallEnded{call, link::EndCause::failed}));
  trunk->call("", "offer");
  const auto second = std::get<link::CallArrived>(event(3));
  order(link::ForwardOrder{second.call, "sip:voicemail@trunk.example"});
  EXPECT_TRUE(trunk->peer.await_status(480));
  EXPECT_EQ(event(4), link::EventBody(link::CallEnded{second.call, link::EndCause::failed}));
}

TEST_F(EdgeTest, AWaitingCallerPressesAKey) {
  const CallId call = arrive();
  trunk->send("INFO", "Content-Type: application/dtmf-relay\r\n", "Signal=*\r\nDuration=250\r\n");
  EXPECT_TRUE(trunk->peer.await_status(200));
  EXPECT_EQ(event(2), link::EventBody(link::CallerKey{call, "*"}));
}

class PlacedCall : public EdgeTest {
 protected:
  PlacedCall() : agent(address) {}

  /// The agent has answered with an offer, and the customer is rung.
  void place() {
    // An account is served once somebody of it is here.
    node.say(snapshot_request(account));
    order(link::RingOrder{call, {target(agent.uri())}, outside->uri(), "+4940"});
    ASSERT_TRUE(agent.rings());
    EXPECT_THAT(agent.rung.header("from"), HasSubstr("<sip:+4930@127.0.0.1>"));
    EXPECT_EQ(agent.rung.body, "");
    agent.reply(200, "agent's offer");
    ASSERT_TRUE(outside->rings());
  }

  const CallId call{Ulid{9, 9}};
  Party agent;
};

TEST_F(PlacedCall, TheAgentsOfferGoesToTheCustomerAndTheAnswerBack) {
  place();
  EXPECT_EQ(outside->rung.body, "agent's offer");
  EXPECT_THAT(outside->rung.header("from"), HasSubstr("<sip:+4940@127.0.0.1>"));
  EXPECT_EQ(outside->rung.header("x-ringfence-call"), call.text());
  EXPECT_EQ(outside->rung.header("max-forwards"), "70");
  EXPECT_EQ(calls(), 1u);
  outside->reply(200, "customer's answer");
  const auto ack = agent.peer.await_method("ACK");
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->body, "customer's answer");
  const auto other = outside->peer.await_method("ACK");
  ASSERT_TRUE(other);
  EXPECT_EQ(other->body, "");
  EXPECT_EQ(event(1), link::EventBody(link::Answered{reservation, endpoint}));
  agent.send("INVITE", sdp_type, "hold");
  const auto hold = outside->peer.await_method("INVITE");
  ASSERT_TRUE(hold);
  EXPECT_EQ(hold->body, "hold");
  outside->rung = *hold;
  outside->reply(200, "held");
  const auto held = agent.peer.await_status(200);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->body, "held");
  agent.ack("");
  outside->dialog.cseq += 10;
  outside->send("BYE", "", "");
  EXPECT_TRUE(agent.gets("BYE"));
  EXPECT_EQ(event(2), link::EventBody(link::CallEnded{call, link::EndCause::caller_hangup}));
  EXPECT_EQ(event(3), link::EventBody(link::LegGone{reservation}));
  EXPECT_EQ(calls(), 0u);
}

TEST_F(PlacedCall, ABusyCustomerEndsItForTheAgent) {
  place();
  outside->reply(486, "");
  EXPECT_TRUE(agent.peer.await_method("ACK")) << "of its 200, before the BYE";
  EXPECT_TRUE(agent.gets("BYE"));
  EXPECT_EQ(event(2), link::EventBody(link::CallEnded{call, link::EndCause::failed}));
  EXPECT_EQ(event(3), link::EventBody(link::LegGone{reservation}));
  EXPECT_EQ(calls(), 0u);
}

TEST_F(PlacedCall, AnAgentWhoGivesUpCancelsTheCustomer) {
  place();
  outside->reply(180, "");
  // The stack takes a repeated 200 for what it is.
  agent.reply(200, "agent's offer");
  agent.send("BYE", "", "");
  EXPECT_TRUE(agent.peer.await_status(200));
  EXPECT_TRUE(outside->gets("CANCEL"));
  EXPECT_EQ(event(2), link::EventBody(link::CallEnded{call, link::EndCause::agent_hangup}));
}

TEST_F(PlacedCall, AnAnswerWithoutAnOfferIsOfNoUse) {
  node.say(snapshot_request(account));
  order(link::RingOrder{call, {target(agent.uri())}, outside->uri(), "+4940"});
  ASSERT_TRUE(agent.rings());
  agent.reply(200, "");
  EXPECT_TRUE(agent.gets("BYE"));
  EXPECT_EQ(event(2), link::EventBody(link::CallEnded{call, link::EndCause::failed}));
}

TEST_F(EdgeTest, AnEndpointWithAHostNameIsUnreachable) {
  const CallId call = arrive();
  order(link::RingOrder{call, {target("sip:+4930@trunk.example")}});
  EXPECT_EQ(event(2), link::EventBody(link::OfferClosed{reservation, link::CloseCause::unreachable}));
}

}  // namespace
}  // namespace rf::edge::test
