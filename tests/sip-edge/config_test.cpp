#include "sip-edge/config.hpp"

#include <gtest/gtest.h>

namespace rf::edge {
namespace {

EdgeConfig read(const std::vector<std::string>& arguments) {
  return edge_config_of(process::launch(program_spec(), arguments).value().config).value();
}

std::string mistakes(const std::vector<std::string>& arguments) {
  const auto launched = process::launch(program_spec(), arguments);
  if (!launched) return launched.error().what;
  const auto config = edge_config_of(launched->config);
  return config ? "" : config.error().what;
}

TEST(EdgeConfig, WorksWithoutAnyArgument) {
  const EdgeConfig config = read({});
  EXPECT_EQ(config.name, "edge-1");
  EXPECT_EQ(config.token_file, "data/edge.token");
  EXPECT_TRUE(config.domains.empty());
  EXPECT_EQ(config.nodes, (std::vector<process::HostPort>{{"127.0.0.1", 7400}}));
  EXPECT_EQ(config.state_dir, "edge-data");
  ASSERT_EQ(config.listen.size(), 2u);
  EXPECT_EQ(config.listen[0].transport, Transport::udp);
  EXPECT_EQ(config.listen[0].ip, "127.0.0.1");
  EXPECT_EQ(config.listen[0].port, 5060);
  EXPECT_EQ(config.listen[0].config_key, "sip.listen[0]");
  EXPECT_EQ(config.listen[1].transport, Transport::tcp);
  EXPECT_EQ(config.tcp_connections_max, 10000u);
  EXPECT_EQ(config.tcp_connections_per_address_max, 1000u);
  EXPECT_EQ(config.tcp_stranger_timeout_ms, 30'000);
  EXPECT_EQ(config.registrar.expires_min_s, 60u);
  EXPECT_EQ(config.registrar.expires_max_s, 3600u);
  EXPECT_EQ(config.registrar.expires_default_s, 600u);
  EXPECT_EQ(config.session.session_expires_s, 1800u);
  EXPECT_EQ(config.metrics_listen, (process::HostPort{"127.0.0.1", 9465}));
  EXPECT_EQ(config.drain_timeout_ms, 20'000);
  EXPECT_EQ(config.log_level, process::LogLevel::info);
  EXPECT_TRUE(open_listeners(config).empty());
  EXPECT_TRUE(open_nodes(config).empty());
}

TEST(EdgeConfig, ReadsEveryOption) {
  const EdgeConfig config =
      read({"--edge.name=edge-2.berlin", "--edge.token_file=/etc/rf/edge.token", "--edge.domains=a.example,b.example",
            "--node.addresses=127.0.0.1:1,[::1]:2,node-3:3", "--data_dir=/var/lib/rf",
            "--sip.listen=tcp:[::1]:5070,udp:127.0.0.2:0", "--sip.public_host=sip.example",
            "--sip.tcp_connections_max=7", "--sip.tcp_connections_per_address_max=3", "--sip.tcp_stranger_timeout=5s",
            "--registrar.expires_min=1s", "--registrar.expires_max=2h", "--registrar.expires_default=90s",
            "--session.expires=90s", "--metrics.listen=", "--drain_timeout=0s", "--log.level=debug"});
  EXPECT_EQ(config.name, "edge-2.berlin");
  EXPECT_EQ(config.token_file, "/etc/rf/edge.token");
  EXPECT_EQ(config.domains, (std::vector<std::string>{"a.example", "b.example"}));
  EXPECT_EQ(config.nodes, (std::vector<process::HostPort>{{"127.0.0.1", 1}, {"::1", 2}, {"node-3", 3}}));
  EXPECT_EQ(config.state_dir, "/var/lib/rf");
  ASSERT_EQ(config.listen.size(), 2u);
  EXPECT_EQ(config.listen[0].transport, Transport::tcp);
  EXPECT_EQ(config.listen[0].ip, "::1");
  EXPECT_EQ(config.listen[0].public_host, "sip.example");
  EXPECT_EQ(config.listen[1].port, 0);
  EXPECT_EQ(config.tcp_connections_max, 7u);
  EXPECT_EQ(config.tcp_connections_per_address_max, 3u);
  EXPECT_EQ(config.tcp_stranger_timeout_ms, 5000);
  EXPECT_EQ(config.listen[1].config_key, "sip.listen[1]");
  EXPECT_EQ(config.registrar.expires_min_s, 1u);
  EXPECT_EQ(config.registrar.expires_max_s, 7200u);
  EXPECT_EQ(config.registrar.expires_default_s, 90u);
  EXPECT_EQ(config.session.session_expires_s, 90u);
  EXPECT_FALSE(config.metrics_listen.set());
  EXPECT_EQ(config.drain_timeout_ms, 0);
  EXPECT_EQ(config.log_level, process::LogLevel::debug);
  EXPECT_EQ(open_nodes(config), (std::vector<std::string>{"node-3:3"}));
}

TEST(EdgeConfig, NamesTheNearestKey) {
  EXPECT_EQ(mistakes({"--edge.nme=x", "--sip.listn", "x"}),
            "the flag \"--edge.nme\" is not known; the nearest known flag is \"--edge.name\"\n"
            "the flag \"--sip.listn\" is not known; the nearest known flag is \"--sip.listen\"");
}

TEST(EdgeConfig, SaysEveryMistakeAtOnce) {
  EXPECT_EQ(mistakes({"--edge.name=Edge_1", "--edge.token_file=", "--data_dir=", "--edge.domains=a b",
                      "--node.addresses=127.0.0.1,127.0.0.1:1,127.0.0.1:1,localhost:0", "--sip.public_host=a:5060",
                      "--sip.listen=tls:127.0.0.1:5061,udp:localhost:5060,udp:5060,udp", "--registrar.expires_min=2h"}),
            "--edge.name: must have 1-63 characters of a-z 0-9 - and the full stop, and not be \"api\"\n"
            "--edge.token_file: must not be empty\n"
            "--data_dir: must not be empty\n"
            "--edge.domains: \"a b\" must be a SIP domain\n"
            "--node.addresses: \"127.0.0.1\" must be HOST:PORT, for example 127.0.0.1:7400\n"
            "--node.addresses: \"127.0.0.1:1\" is there twice: name each node once\n"
            "--node.addresses: \"localhost:0\" must be HOST:PORT, for example 127.0.0.1:7400\n"
            "--sip.public_host: must be a host name or an address (IPv6 in brackets), without port\n"
            "--sip.listen: \"tls:127.0.0.1:5061\" must be TRANSPORT:ADDRESS:PORT with a numeric address, for example "
            "udp:127.0.0.1:5060 or tcp:[::1]:5060\n"
            "--sip.listen: \"udp:localhost:5060\" must be TRANSPORT:ADDRESS:PORT with a numeric address, for example "
            "udp:127.0.0.1:5060 or tcp:[::1]:5060\n"
            "--sip.listen: \"udp:5060\" must be TRANSPORT:ADDRESS:PORT with a numeric address, for example "
            "udp:127.0.0.1:5060 or tcp:[::1]:5060\n"
            "--sip.listen: \"udp\" must be TRANSPORT:ADDRESS:PORT with a numeric address, for example "
            "udp:127.0.0.1:5060 or tcp:[::1]:5060\n"
            "--registrar.expires_min: must not be above registrar.expires_max");
}

TEST(EdgeConfig, RefusesWhatDoesNotFitTogether) {
  EXPECT_EQ(mistakes({"--edge.name=api"}),
            "--edge.name: must have 1-63 characters of a-z 0-9 - and the full stop, and not be \"api\"");
  EXPECT_EQ(mistakes({"--registrar.expires_default=2h"}),
            "--registrar.expires_default: must lie between registrar.expires_min and registrar.expires_max");
  EXPECT_EQ(mistakes({"--node.addresses="}), "--node.addresses: must name at least one node");
  EXPECT_EQ(mistakes({"--sip.listen="}), "--sip.listen: must name at least one address");
  EXPECT_EQ(mistakes({"--session.expires=89s"}),
            "--session.expires must be a number with its unit (ms, s, m, h, d) from 90s to 1d");
}

TEST(EdgeConfig, ListensOnLoopbackUnlessToldOtherwise) {
  EXPECT_EQ(mistakes({"--sip.listen=udp:192.0.2.1:5060,tcp:[2001:db8::1]:5060", "--metrics.listen=0.0.0.0:9465"}),
            "--sip.listen: udp:192.0.2.1:5060 can be reached by other machines, and nothing is encrypted yet: use a "
            "loopback address, or add --insecure_listen if the network is trusted\n"
            "--sip.listen: tcp:[2001:db8::1]:5060 can be reached by other machines, and nothing is encrypted yet: use "
            "a loopback address, or add --insecure_listen if the network is trusted\n"
            "--metrics.listen: 0.0.0.0:9465 can be reached by other machines, and nothing is encrypted yet: use a "
            "loopback address, or add --insecure_listen if the network is trusted");
  const EdgeConfig config = read({"--sip.listen=udp:192.0.2.1:5060", "--insecure_listen"});
  EXPECT_EQ(open_listeners(config), (std::vector<std::string>{"udp:192.0.2.1:5060"}));
}

TEST(EdgeConfig, PrintsWhatItReadsBack) {
  const auto launched =
      process::launch(program_spec(), {"--sip.listen=udp:[::1]:5060", "--drain_timeout=3s", "--print-config"});
  ASSERT_TRUE(launched.ok());
  ASSERT_TRUE(launched->answer.has_value());
  EXPECT_NE(launched->answer->find("listen = [\"udp:[::1]:5060\"]"), std::string::npos);
  EXPECT_NE(launched->answer->find("drain_timeout = \"3s\""), std::string::npos);
}

}  // namespace
}  // namespace rf::edge
