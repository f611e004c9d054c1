#include "tests/node/node_fixture.hpp"

#include <filesystem>

#include "process/secrets.hpp"
#include "storage/memory_journal.hpp"
#include "tests/process/raw_http_client.hpp"

namespace rf::node {

namespace {

class NodeLifeTest : public NodeTest {
 protected:
  std::string get(const std::string& path) const {
    process::RawHttpClient client(node->metrics_port());
    EXPECT_TRUE(client.send("GET " + path + " HTTP/1.1\r\nHost: here\r\n\r\n"));
    return client.receive();
  }
  Error refusal(const NodeConfig& changed) {
    auto started = Node::start(changed, parts());
    EXPECT_FALSE(started.ok());
    return started.ok() ? Error{} : started.error();
  }
};

TEST_F(NodeLifeTest, TheFirstStartMakesTheSecretsForItsOwnerOnly) {
  for (const char* name : {"client.token", "edge.token", "secret.key"}) {
    const std::filesystem::path path = directory.file("data/") + name;
    ASSERT_TRUE(std::filesystem::exists(path)) << name;
    EXPECT_EQ(std::filesystem::status(path).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  EXPECT_NE(token("client.token"), token("edge.token"));
  const std::string before = token("client.token");
  restart();
  EXPECT_EQ(token("client.token"), before);
}

TEST_F(NodeLifeTest, ASecondProcessOnTheDirectoryIsRefused) {
  const Error error = refusal(config());
  EXPECT_EQ(error.code, Code::failed_precondition);
  EXPECT_NE(error.what.find("in use"), std::string::npos) << error.what;
  import_desk();  // the first one goes on
}

TEST_F(NodeLifeTest, AnExistingDirectoryWithoutItsKeyIsRefused) {
  node.reset();
  std::filesystem::remove(directory.file("data/secret.key"));
  const Error error = refusal(config());
  EXPECT_EQ(error.code, Code::failed_precondition);
  EXPECT_NE(error.what.find("secret.key"), std::string::npos) << error.what;
  EXPECT_FALSE(std::filesystem::exists(directory.file("data/secret.key")));
}

TEST_F(NodeLifeTest, AnotherKeyIsRefused) {
  import_desk();
  node.reset();
  std::filesystem::remove(directory.file("data/secret.key"));
  ASSERT_TRUE(process::create_secret_file(directory.file("data/secret.key")).ok());
  EXPECT_EQ(refusal(config()).code, Code::failed_precondition);
}

TEST_F(NodeLifeTest, AForeignDirectoryIsRefusedAndLeftAlone) {
  std::filesystem::create_directory(directory.file("photos"));
  std::ofstream(directory.file("photos/cat.jpg")) << "x";
  NodeConfig foreign = config();
  foreign.data_dir = directory.file("photos");
  foreign.secret_key_file = directory.file("photos/secret.key");
  const Error error = refusal(foreign);
  EXPECT_EQ(error.code, Code::failed_precondition);
  EXPECT_NE(error.what.find("cat.jpg"), std::string::npos) << error.what;
  EXPECT_FALSE(std::filesystem::exists(directory.file("photos/secret.key")));
}

TEST_F(NodeLifeTest, APortInUseNamesTheOptionAndLeavesNothingRunning) {
  NodeConfig taken = config();
  taken.data_dir = directory.file("other");
  taken.client_token_file = taken.data_dir + "/client.token";
  taken.edge_token_file = taken.data_dir + "/edge.token";
  taken.secret_key_file = taken.data_dir + "/secret.key";
  taken.grpc_listen.port = node->grpc_port();
  const Error error = refusal(taken);
  EXPECT_EQ(error.code, Code::already_exists);
  EXPECT_NE(error.what.find("grpc.listen"), std::string::npos) << error.what;
  taken.grpc_listen.port = 0;
  taken.metrics_listen.port = node->metrics_port();
  EXPECT_NE(refusal(taken).what.find("metrics.listen"), std::string::npos);
  // The directory is free again.
  taken.metrics_listen.port = 0;
  EXPECT_TRUE(Node::start(taken, parts()).ok());
}

TEST_F(NodeLifeTest, TheOpsPageIsServed) {
  import_desk();
  EXPECT_NE(get("/healthz").find("200 OK"), std::string::npos);
  EXPECT_NE(get("/readyz").find("200 OK"), std::string::npos);
  const std::string metrics = get("/metrics");
  EXPECT_NE(metrics.find("ringfence_build_info{version=\""), std::string::npos);
  EXPECT_NE(metrics.find("ringfence_accounts 1"), std::string::npos) << metrics;
  EXPECT_NE(metrics.find("ringfence_api_requests_total{code=\"ok\",method=\"AccountService/ImportAccount\"} 1"),
            std::string::npos);
}

TEST_F(NodeLifeTest, AFailedDiskIsNotHealthyAndTakesNothing) {
  const auto journal = std::make_shared<storage::MemoryJournal>([this] { return clock.wall_ms(); });
  node.reset();
  Node::Parts changed_parts = parts();
  changed_parts.journal = journal;
  auto started = Node::start(config(), std::move(changed_parts));
  ASSERT_TRUE(started.ok()) << started.error().what;
  node = std::move(started).value();
  EXPECT_NE(get("/healthz").find("200 OK"), std::string::npos);
  journal->fail_disk();
  const std::string healthz = get("/healthz");
  EXPECT_NE(healthz.find("503"), std::string::npos) << healthz;
  EXPECT_NE(healthz.find("the disk failed"), std::string::npos) << healthz;
  EXPECT_NE(get("/readyz").find("503"), std::string::npos);
  channel = grpc::CreateChannel("127.0.0.1:" + std::to_string(node->grpc_port()), grpc::InsecureChannelCredentials());
  clusters = api::ClusterService::NewStub(channel);
  api::GetHealthReply health;
  ASSERT_TRUE(call(*clusters, &api::ClusterService::Stub::GetHealth, api::GetHealthRequest(), &health).ok());
  EXPECT_FALSE(health.healthy());
  std::string standard;
  do ASSERT_TRUE(raw("/grpc.health.v1.Health/Check", "", &standard).ok());
  while (standard == std::string("\x08\x01", 2));  // status = SERVING, until the node's next tick
  EXPECT_EQ(standard, std::string("\x08\x02", 2));
  EXPECT_NE(health.reason().find("the disk failed"), std::string::npos);
}

TEST_F(NodeLifeTest, WaitingCallsAreCounted) {
  import_desk();
  enqueue("");
  enqueue("");
  // The count follows the answer.
  while (get("/metrics").find("ringfence_waiting_calls 2") == std::string::npos) {}
}

}  // namespace

}  // namespace rf::node
