// What we replace in the library is what the library uses: no name is looked up, the loop does not spin, a request
// without an RFC 3261 branch is refused.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <netdb.h>

#include <atomic>

#include "tests/sip-edge/support/stack.hpp"

namespace {
std::atomic<int> names_looked_up = 0;
}

// The test's own door in front of the C library's resolver: it counts what may go out to a name server.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto next = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node != nullptr && (hints == nullptr || (hints->ai_flags & AI_NUMERICHOST) == 0)) ++names_looked_up;
  return next(node, service, hints, result);
}

extern "C" int su_getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result);

namespace rf::edge::test {
namespace {

Dialog to_edge() { return {new_token(), "<sip:probe@test>;tag=1", "<sip:edge@test>", "sip:edge@test", 1}; }

class Interpose : public testing::Test {
 protected:
  void SetUp() override { names_looked_up = 0; }
};

TEST_F(Interpose, TheLibraryFindsOurFunctionsBeforeItsOwn) {
  Dl_info own = {};
  ASSERT_NE(dladdr(reinterpret_cast<void*>(&new_token), &own), 0);
  for (const char* name : {"su_getaddrinfo", "su_duration", "sres_resolver_create", "sip_via_d", "sip_sanity_check",
                           "tport_tcp_init_secondary"}) {
    void* first = dlsym(RTLD_DEFAULT, name);
    ASSERT_NE(first, nullptr) << name;
    Dl_info where = {};
    ASSERT_NE(dladdr(first, &where), 0);
    EXPECT_STREQ(where.dli_fname, own.dli_fname) << name << " comes from the library, not from us";
  }
}

TEST_F(Interpose, TheLibrarysLookUpTakesAddressesOnly) {
  addrinfo* found = nullptr;
  EXPECT_EQ(su_getaddrinfo("stall.example.com", "5060", nullptr, &found), EAI_NONAME);
  ASSERT_EQ(su_getaddrinfo("::1", "5060", nullptr, &found), 0);
  EXPECT_EQ(found->ai_family, AF_INET6);
  freeaddrinfo(found);
  EXPECT_EQ(names_looked_up, 0);
}

TEST_F(Interpose, AHostNameInViaMaddrIsNotLookedUp) {
  Stack stack;
  Peer peer(Transport::udp, stack.address(Stack::udp4));
  const Dialog dialog = to_edge();
  std::string text = request_text(peer, "OPTIONS", dialog, "");
  text.replace(text.find(";rport"), 6, ";rport;maddr=stall.example.com");
  peer.send(text);
  // The answer comes to where the request came from, without the maddr.
  const auto answer = peer.await_status(200);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->header("via").find("maddr"), std::string::npos);
  EXPECT_TRUE(stack.alive());
  EXPECT_EQ(names_looked_up, 0);
}

TEST_F(Interpose, AnAddressInViaMaddrDoesNotSendOurAnswersToSomebodyElse) {
  Stack stack;
  Peer victim(Transport::udp, stack.address(Stack::udp4));
  Peer attacker(Transport::udp, stack.address(Stack::udp4));
  std::string text = request_text(attacker, "OPTIONS", to_edge(), "");
  text.replace(text.find(attacker.host_port()), attacker.host_port().size(),
               "127.0.0.1:" + std::to_string(victim.local().port) + ";maddr=127.0.0.1");
  attacker.send(text);
  EXPECT_TRUE(attacker.await_status(200));
  EXPECT_FALSE(victim.receive(0));
}

TEST_F(Interpose, NorInAMessageTooBrokenToBeChecked) {
  Stack stack;
  Peer victim(Transport::udp, stack.address(Stack::udp4));
  Peer peer(Transport::udp, stack.address(Stack::udp4));
  for (const std::string maddr : {"stall.example.com", "127.0.0.1"}) {
    std::string text = request_text(peer, "OPTIONS", to_edge(), "Content-Type: \r\n");
    text.replace(text.find("CSeq: 1"), 7, "CSeq: x");
    const std::string port = maddr == "127.0.0.1" ? std::to_string(victim.local().port) : "5060";
    text.replace(text.find(peer.host_port()), peer.host_port().size(), "127.0.0.1:" + port + ";maddr=" + maddr);
    peer.send(text);
    const auto answer = peer.await_status(400);
    EXPECT_TRUE(answer) << maddr;
  }
  EXPECT_TRUE(stack.alive());
  EXPECT_FALSE(victim.receive(0));
  EXPECT_EQ(names_looked_up, 0);
}

TEST_F(Interpose, NoNameInAnyHeaderIsLookedUp) {
  Stack stack;
  Peer peer(Transport::udp, stack.address(Stack::udp4));
  Dialog dialog = to_edge();
  std::string via_name = request_text(peer, "OPTIONS", dialog, "");
  via_name.replace(via_name.find(peer.host_port()), peer.host_port().size(), "sentby.example.com:5099");
  peer.send(via_name);
  EXPECT_TRUE(peer.await_status(200));

  dialog = to_edge();
  peer.send(
      request_text(peer, "REGISTER", dialog, "Contact: <sip:me@contact.example.com;maddr=other.example.com>\r\n"));
  EXPECT_TRUE(peer.await_status(200));

  // Route set and target are names: what we send inside the dialog goes back by the flow.
  dialog = to_edge();
  peer.send(request_text(peer, "INVITE", dialog,
                         "Record-Route: <sip:route.example.com;lr>\r\nContact: <sip:me@contact.example.com>\r\n"));
  EXPECT_EQ(stack.journal.next(), "invite edge");
  stack.run([&] { stack.legs[0].leg->answer({200, {}, sip::sdp_body("v=0\r\n")}); });
  const auto ok = peer.await_status(200);
  ASSERT_TRUE(ok);
  dialog.remote += ";tag=" + ok->param("to", "tag");
  peer.send(request_text(peer, "ACK", dialog, ""));
  EXPECT_EQ(stack.legs[0].journal.next(), "acked ");
  stack.run([&] { stack.legs[0].leg->hang_up(""); });
  const auto bye = peer.await_method("BYE");
  ASSERT_TRUE(bye);
  EXPECT_EQ(bye->request_uri(), "sip:me@contact.example.com");
  EXPECT_EQ(bye->header("route"), "<sip:route.example.com;lr>");
  peer.send(response_text(*bye, 200, "", "", ""));
  EXPECT_EQ(stack.legs[0].journal.next(), "ended ours 200");
  EXPECT_EQ(names_looked_up, 0);
}

TEST_F(Interpose, ARequestWithoutTheMagicCookieIsRefused) {
  Stack stack;
  Peer peer(Transport::udp, stack.address(Stack::udp4));
  for (const char* branch : {";branch=1", "", ";branch=z9hG4b"}) {
    const Dialog dialog = to_edge();
    std::string text = request_text(peer, "OPTIONS", dialog, "");
    const auto at = text.find(";branch=");
    text.replace(at, text.find("\r\n", at) - at, branch);
    peer.send(text);
    const auto answer = peer.receive();
    ASSERT_TRUE(answer) << branch;
    EXPECT_EQ(answer->status(), 400) << branch;
  }
  EXPECT_EQ(stack.run([&] { return stack.agent().counts().server_requests; }), 0u);
}

TEST_F(Interpose, TheLoopSleepsUntilItsTimersInsteadOfSpinning) {
  RootThread thread;
  const int steps = thread.run([] {
    sip::Root root;
    int fired = 0;
    std::optional<sip::Timer> timer;
    timer.emplace(root, [&] {
      if (++fired < 20) timer->set(7);
    });
    timer->set(7);
    int count = 0;
    while (fired < 20) {
      root.step(second_ms);
      ++count;
    }
    return count;
  });
  // One turn a timer is enough; the plain library takes thousands.
  EXPECT_LE(steps, 100);
}

}  // namespace
}  // namespace rf::edge::test
