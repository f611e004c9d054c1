#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "process/clock.hpp"
#include "sip-edge/sip/root.hpp"
#include "tests/process/raw_http_client.hpp"
#include "tests/process/temporary_directory.hpp"
#include "tests/sip-edge/support/fake_node.hpp"
#include "tests/support/child_program.hpp"

namespace rf::edge {
namespace {

class Program : public rf::testing::ChildProgram {
 public:
  explicit Program(std::vector<std::string> arguments) : ChildProgram(RINGFENCE_EDGE_PROGRAM, std::move(arguments)) {}
  Program(std::vector<std::string> arguments, rlimit files)
      : ChildProgram(RINGFENCE_EDGE_PROGRAM, std::move(arguments), files) {}
};

class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest() {
    std::ofstream(token_file_) << "a-token\n";
    std::filesystem::permissions(token_file_, std::filesystem::perms::owner_read);
  }
  std::vector<std::string> arguments(std::vector<std::string> more) const {
    std::vector<std::string> all = {"--edge.token_file=" + token_file_, "--data_dir=" + directory_.file("edge"),
                                    "--node.addresses=" + node_.address()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::vector<std::string> arguments() const {
    return arguments({"--sip.listen=udp:127.0.0.1:0,tcp:[::1]:0", "--metrics.listen=127.0.0.1:0"});
  }
  static std::string get(const Program& program, const std::string& path) {
    process::RawHttpClient client(static_cast<std::uint16_t>(program.number("metrics_port")));
    client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    return client.receive();
  }

  process::TemporaryDirectory directory_;
  const std::string token_file_ = directory_.file("edge.token");
  test::FakeNode node_{"a-token"};
};

TEST_F(ProgramTest, StartsAttachesServesAndEnds) {
  const AccountId account(Ulid{1, 1});
  Program edge(arguments());
  ASSERT_TRUE(edge.says("\"event\":\"ready\"")) << edge.said();
  EXPECT_NE(edge.said().find("\"flow\":\"udp:127.0.0.1:"), std::string::npos);
  EXPECT_NE(edge.said().find("\"flow\":\"tcp:[::1]:"), std::string::npos);
  ASSERT_TRUE(node_.wait([&] { return node_.attaches() == 1; }));
  EXPECT_EQ(get(edge, "/healthz").substr(0, 12), "HTTP/1.1 200");
  EXPECT_EQ(get(edge, "/readyz").substr(0, 12), "HTTP/1.1 503");
  node_.say(test::accepted("node-1"));
  node_.say(test::directory({1, true, false, {{DirectoryCopy::Kind::sip_domain, "a.example", {account, 7}}}, {}, 0}));
  node_.say(test::leading({{7, 1}}));
  ASSERT_TRUE(node_.wait([&] { return node_.digests().has_value(); }));
  while (get(edge, "/readyz").substr(0, 12) != "HTTP/1.1 200") ::usleep(10'000);
  EXPECT_NE(get(edge, "/metrics").find("ringfence_edge_node_connected 1"), std::string::npos);
  edge.signal(SIGTERM);
  EXPECT_EQ(edge.wait(), 0) << edge.said();
  EXPECT_NE(edge.said().find("\"event\":\"stopped\""), std::string::npos);
}

TEST_F(ProgramTest, EveryStartIsANewEpoch) {
  std::uint64_t last = 0;
  for (int i = 0; i < 3; ++i) {
    Program edge(arguments());
    ASSERT_TRUE(edge.says("\"event\":\"ready\"")) << edge.said();
    EXPECT_GT(edge.number("epoch"), last);
    last = edge.number("epoch");
    edge.signal(i == 0 ? SIGKILL : SIGINT);
    EXPECT_EQ(edge.wait(), i == 0 ? -1 : 0);
  }
}

TEST_F(ProgramTest, ASecondProcessOnTheSameDirectoryIsRefused) {
  Program first(arguments());
  ASSERT_TRUE(first.says("\"event\":\"ready\"")) << first.said();
  Program second(arguments());
  EXPECT_EQ(second.wait(), 3);
  EXPECT_NE(second.said().find("another process uses the directory"), std::string::npos) << second.said();
}

TEST_F(ProgramTest, ConfigurationMistakesAreSentences) {
  Program edge({"--edge.nme=x"});
  EXPECT_EQ(edge.wait(), 2);
  EXPECT_EQ(edge.said(),
            "ringfence-edge: the flag \"--edge.nme\" is not known; the nearest known flag is \"--edge.name\"\n");
  Program absent({"--config", directory_.file("absent.toml")});
  EXPECT_EQ(absent.wait(), 2);
  EXPECT_NE(absent.said().find("absent.toml"), std::string::npos);
  Program open({"--sip.listen=udp:192.0.2.1:5060"});
  EXPECT_EQ(open.wait(), 2);
  EXPECT_NE(open.said().find("--insecure_listen"), std::string::npos);
}

TEST_F(ProgramTest, WithoutATokenItSaysWhereItIsMade) {
  Program edge({"--edge.token_file=" + directory_.file("none"), "--data_dir=" + directory_.file("edge")});
  EXPECT_EQ(edge.wait(), 2);
  EXPECT_NE(edge.said().find("a node's first start makes its edge.token"), std::string::npos) << edge.said();
}

TEST_F(ProgramTest, ADirectoryThatOthersMayWriteToIsRefused) {
  std::filesystem::create_directory(directory_.file("edge"));
  std::filesystem::permissions(directory_.file("edge"), std::filesystem::perms::all);
  Program refused(arguments());
  EXPECT_EQ(refused.wait(), 3);
  EXPECT_NE(refused.said().find("run chmod 700"), std::string::npos) << refused.said();
  std::filesystem::permissions(directory_.file("edge"), std::filesystem::perms(0755));
  Program warned(arguments());
  EXPECT_TRUE(warned.says("\"event\":\"ready\"")) << warned.said();
  EXPECT_NE(warned.said().find("\"event\":\"open_data_dir\""), std::string::npos) << warned.said();
}

TEST_F(ProgramTest, AsManyConnectionsAsTheSystemAllowsFiles) {
  const auto wanted = arguments({"--sip.listen=tcp:127.0.0.1:0", "--metrics.listen=", "--sip.tcp_connections_max=700"});
  {
    Program raises(wanted, {600, 1000});
    ASSERT_TRUE(raises.says("\"event\":\"ready\"")) << raises.said();
    EXPECT_EQ(raises.said().find("few_open_files"), std::string::npos) << raises.said();
  }
  Program lowers(wanted, {600, 900});
  ASSERT_TRUE(lowers.says("\"event\":\"ready\"")) << lowers.said();
  EXPECT_NE(lowers.said().find("few_open_files"), std::string::npos) << lowers.said();
  EXPECT_EQ(lowers.number("tcp_connections_max"), 900u - 256u);
}

TEST_F(ProgramTest, ATakenPortIsNamedWithItsOption) {
  const int taken = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(taken, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::getsockname(taken, reinterpret_cast<sockaddr*>(&address), &size), 0);
  Program edge(arguments({"--sip.listen=udp:127.0.0.1:" + std::to_string(ntohs(address.sin_port))}));
  EXPECT_EQ(edge.wait(), 4) << edge.said();
  EXPECT_NE(edge.said().find("sip.listen[0]"), std::string::npos) << edge.said();
  ::close(taken);
  // The fake node's port is taken too.
  Program metrics(arguments({"--sip.listen=udp:127.0.0.1:0", "--metrics.listen=" + node_.address()}));
  EXPECT_EQ(metrics.wait(), 4) << metrics.said();
  EXPECT_NE(metrics.said().find("metrics.listen"), std::string::npos) << metrics.said();
}

TEST(EdgeClock, HeartbeatsAndRulesUseTheSameClock) {
  const process::SystemClock clock;
  for (int i = 0; i < 100; ++i) {
    const Ms before = clock.mono_ms();
    const Ms rules = sip::Root::now_ms();
    EXPECT_LE(before, rules);
    EXPECT_LE(rules, clock.mono_ms());
  }
}

}  // namespace
}  // namespace rf::edge
