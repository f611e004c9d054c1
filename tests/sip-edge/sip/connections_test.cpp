#include "sip-edge/sip/connections.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <iterator>
#include <thread>

#include "tests/sip-edge/support/call_peers.hpp"

namespace rf::edge::test {
namespace {

class ConnectionsTest : public testing::Test {
 protected:
  void open(std::function<void(sip::AgentConfig&)> change) {
    stack = std::make_unique<Stack>(std::move(change));
    stack->requester = [this](sip::ServerRequest request) {
      const std::string user = request.request().to.uri.user;
      if (request.request().method == sip::Method::register_)
        watches[user] = request.watch_flow([this, user] { stack->journal.add("closed " + user); });
      request.reply(sip::reply(200));
    };
  }
  ~ConnectionsTest() override {
    if (stack) stack->run([&] { watches.clear(); });
  }
  std::unique_ptr<Peer> connect(Stack::Address which) const {
    return std::make_unique<Peer>(Transport::tcp, stack->address(which));
  }
  /// The connection serves: nothing but its end keeps the answer away.
  static bool served(Peer& peer, const char* method = "OPTIONS") {
    const Dialog dialog{new_token(), "<sip:me@test>;tag=1", "<sip:me@test>", "sip:edge@test", 1};
    peer.send(request_text(peer, method, dialog, ""));
    return peer.await_status(200).has_value();
  }
  sip::Agent::Counts counts() const {
    return stack->run([&] { return stack->agent().counts(); });
  }
  bool await_connections(std::size_t wanted) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
    while (counts().connections != wanted) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
  }
  /// A stranger that is silent from now on was closed: whoever came before it was looked at, at least once.
  void let_a_timeout_pass() const { EXPECT_TRUE(connect(Stack::tcp6)->await_close()); }

  std::unique_ptr<Stack> stack;
  std::map<std::string, std::unique_ptr<sip::FlowWatch>> watches;
};

TEST_F(ConnectionsTest, OneTooManyIsClosedAndTheOthersStay) {
  open([](sip::AgentConfig& config) { config.connections_max = 3; });
  std::vector<std::unique_ptr<Peer>> first;
  for (const auto which : {Stack::tcp4, Stack::tcp6, Stack::tcp4}) {
    first.push_back(connect(which));
    ASSERT_TRUE(served(*first.back()));
  }
  EXPECT_EQ(counts().connections, 3u);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(connect(Stack::tcp4)->await_close());
  EXPECT_EQ(counts().closed.over_total, 5u);
  for (const auto& peer : first) EXPECT_TRUE(served(*peer));
  EXPECT_TRUE(stack->alive());

  first.pop_back();
  ASSERT_TRUE(await_connections(2));
  EXPECT_TRUE(served(*connect(Stack::tcp6)));
}

TEST_F(ConnectionsTest, OneAddressCannotTakeThemAll) {
  open([](sip::AgentConfig& config) { config.connections_per_address_max = 2; });
  const auto one = connect(Stack::tcp4);
  const auto two = connect(Stack::tcp4);
  ASSERT_TRUE(served(*one) && served(*two));
  EXPECT_TRUE(connect(Stack::tcp4)->await_close());
  EXPECT_EQ(counts().closed.over_address, 1u);
  EXPECT_TRUE(served(*connect(Stack::tcp6))) << "another address";
  stack->run([&] { stack->known_addresses.insert("127.0.0.1"); });
  EXPECT_TRUE(served(*connect(Stack::tcp4))) << "a trunk's address";
}

TEST_F(ConnectionsTest, AStrangerIsClosedWhateverItSends) {
  open([](sip::AgentConfig& config) { config.stranger_timeout_ms = 300; });
  const auto silent = connect(Stack::tcp4);
  const auto half = connect(Stack::tcp4);
  half->send("REGISTER sip:front.example SIP/2.0\r\nVia: SIP/2.0/TCP h");
  const auto dripping = connect(Stack::tcp6);
  const auto talking = connect(Stack::tcp6);
  std::atomic<bool> over = false;
  std::thread drip([&] {
    while (!over) {
      dripping->send("X");
      talking->send("\r\n\r\n");
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  EXPECT_TRUE(silent->await_close());
  EXPECT_TRUE(half->await_close());
  EXPECT_TRUE(dripping->await_close());
  EXPECT_TRUE(talking->await_close());
  over = true;
  drip.join();
  EXPECT_TRUE(await_connections(0));
  EXPECT_EQ(counts().closed.strangers, 4u);
  EXPECT_TRUE(stack->alive());
}

TEST_F(ConnectionsTest, WhoIsWatchedOrKnownStays) {
  open([](sip::AgentConfig& config) { config.stranger_timeout_ms = 300; });
  const auto phone = connect(Stack::tcp6);
  const auto trunk = connect(Stack::tcp4);
  stack->run([&] { stack->known_addresses.insert("127.0.0.1"); });
  ASSERT_TRUE(served(*phone, "REGISTER"));
  for (int i = 0; i < 3; ++i) let_a_timeout_pass();
  EXPECT_TRUE(served(*phone));
  EXPECT_TRUE(served(*trunk));
  EXPECT_TRUE(stack->journal.empty());

  stack->run([&] { watches.clear(); });
  EXPECT_TRUE(phone->await_close()) << "nobody watches any more";
  EXPECT_TRUE(served(*trunk));
}

TEST_F(ConnectionsTest, ACallKeepsItsConnection) {
  open([](sip::AgentConfig& config) { config.stranger_timeout_ms = 300; });
  Caller caller(*stack, Stack::tcp6);
  RecordedLeg& leg = caller.connect();
  for (int i = 0; i < 3; ++i) let_a_timeout_pass();
  EXPECT_TRUE(served(caller.peer));
  stack->run([&] { leg.leg->hang_up(""); });
  const auto bye = caller.peer.await_method("BYE");
  ASSERT_TRUE(bye);
  caller.peer.send(response_text(*bye, 200, "", "", ""));
  EXPECT_TRUE(caller.peer.await_close()) << "the call is over";
}

std::size_t open_files() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST_F(ConnectionsTest, WhoShutsHisSideAndReadsNothingIsLetGo) {
  open([](sip::AgentConfig& config) { config.stranger_timeout_ms = 500; });
  const std::size_t before = open_files();
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int small = 4096;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(stack->address(Stack::tcp4).port);
  ASSERT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_TRUE(await_connections(1));
  const Peer form(Transport::udp, stack->address(Stack::udp4));
  std::string options = request_text(form, "OPTIONS", {"c", "<sip:a@b>;tag=1", "<sip:b@b>", "sip:b@b", 1}, "");
  options.replace(options.find("SIP/2.0/UDP"), 11, "SIP/2.0/TCP");
  // Answers fill what the system holds for one socket; the library keeps more, then reads no further.
  pollfd writable{fd, POLLOUT, 0};
  while (::poll(&writable, 1, 100) == 1 && writable.revents == POLLOUT)
    if (::send(fd, options.data(), options.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) break;
  shutdown(fd, SHUT_WR);
  EXPECT_TRUE(await_connections(0));
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
  while (open_files() > before + 2 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  EXPECT_EQ(open_files(), before + 2) << "ours of that connection, and of the form";
  ::close(fd);
}

TEST_F(ConnectionsTest, AWatchOnAClosedConnectionIsNone) {
  open({});
  std::vector<sip::ServerRequest> held;
  stack->requester = [&](sip::ServerRequest request) {
    held.push_back(std::move(request));
    stack->journal.add("held");
  };
  for (const bool by_reset : {false, true}) {
    auto phone = connect(Stack::tcp4);
    const Dialog dialog{new_token(), "<sip:me@test>;tag=1", "<sip:me@test>", "sip:edge@test", 1};
    phone->send(request_text(*phone, "REGISTER", dialog, ""));
    EXPECT_EQ(stack->journal.next(), "held");
    by_reset ? phone->reset() : phone->close();
    ASSERT_TRUE(await_connections(0));
    EXPECT_TRUE(stack->run([&] { return held.back().watch_flow([] { FAIL(); }) == nullptr; }));
  }
  stack->run([&] { held.clear(); });
}

}  // namespace
}  // namespace rf::edge::test
