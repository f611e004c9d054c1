#include "node/config.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/process/temporary_directory.hpp"

namespace rf::node {

namespace {

Result<NodeConfig> read(const std::vector<std::string>& arguments) {
  const auto launched = process::launch(program_spec(), arguments);
  if (!launched) return launched.error();
  return node_config_of(launched->config);
}

TEST(NodeConfigTest, TheDefaultsAreAWorkingNodeOnLoopback) {
  const auto config = read({});
  ASSERT_TRUE(config.ok()) << config.error().what;
  EXPECT_EQ(config->data_dir, "data");
  EXPECT_EQ(config->client_token_file, "data/client.token");
  EXPECT_EQ(config->grpc_listen.text(), "127.0.0.1:7400");
  EXPECT_TRUE(open_listeners(*config).empty());
}

TEST(NodeConfigTest, AnotherAddressThanLoopbackMustBeAllowed) {
  const auto refused = read({"--grpc.listen", "0.0.0.0:7400"});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::invalid_argument);
  EXPECT_NE(refused.error().what.find("--insecure_listen"), std::string::npos) << refused.error().what;
  const auto allowed = read({"--grpc.listen", "0.0.0.0:7400", "--insecure_listen"});
  ASSERT_TRUE(allowed.ok());
  EXPECT_EQ(open_listeners(*allowed), (std::vector<std::string>{"0.0.0.0:7400"}));
}

TEST(NodeConfigTest, AMisspeltKeyNamesTheNearest) {
  const process::TemporaryDirectory directory;
  std::ofstream(directory.file("node.toml")) << "[grpc]\nlissten = \"127.0.0.1:1\"\n";
  const auto refused = read({"--config", directory.file("node.toml")});
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().what.find("node.toml:2"), std::string::npos) << refused.error().what;
  EXPECT_NE(refused.error().what.find("grpc.listen"), std::string::npos) << refused.error().what;
}

TEST(NodeConfigTest, ValuesOutOfRangeAreRefused) {
  EXPECT_FALSE(read({"--threads", "100000"}).ok());
  EXPECT_FALSE(read({"--node.name", ""}).ok());
  EXPECT_FALSE(read({"--grpc.listen", "nonsense"}).ok());
  EXPECT_FALSE(read({"--log.level", "loud"}).ok());
}

TEST(NodeConfigTest, TheOpsPageCanBeOff) {
  const auto config = read({"--metrics.listen", ""});
  ASSERT_TRUE(config.ok()) << config.error().what;
  EXPECT_FALSE(config->metrics_listen.set());
}

}  // namespace

}  // namespace rf::node
