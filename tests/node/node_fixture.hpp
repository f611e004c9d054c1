#pragma once
#include <gtest/gtest.h>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>

#include <condition_variable>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "node/node.hpp"
#include "ringfence/v1/account.grpc.pb.h"
#include "ringfence/v1/agent.grpc.pb.h"
#include "ringfence/v1/call.grpc.pb.h"
#include "ringfence/v1/cluster.grpc.pb.h"
#include "ringfence/v1/edge.grpc.pb.h"
#include "ringfence/v1/queue.grpc.pb.h"
#include "ringfence/v1/report.grpc.pb.h"
#include "ringfence/v1/watch.grpc.pb.h"
#include "tests/process/fakes.hpp"
#include "tests/process/temporary_directory.hpp"

namespace rf::node {

namespace api = ringfence::v1;

inline std::string content_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline grpc::ByteBuffer bytes_of(const std::string& text) {
  const grpc::Slice slice(text);
  return grpc::ByteBuffer(&slice, 1);
}

inline std::string text_of(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(buffer.Dump(&slices).ok());
  std::string text;
  for (const grpc::Slice& slice : slices) text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return text;
}

/// A whole node with its own data directory and free ports, and a client of it.
class NodeTest : public ::testing::Test {
 protected:
  void SetUp() override { start(); }

  NodeConfig config() const {
    NodeConfig config;
    config.name = "node-1";
    config.data_dir = directory.file("data");
    config.grpc_listen = {"127.0.0.1", 0};
    config.metrics_listen = {"127.0.0.1", 0};
    config.client_token_file = config.data_dir + "/client.token";
    config.edge_token_file = config.data_dir + "/edge.token";
    config.secret_key_file = config.data_dir + "/secret.key";
    config.threads = 2;
    config.drain_timeout_ms = 5 * second_ms;
    return config;
  }

  Node::Parts parts() {
    return {clock, log,
            [this] {
              const std::lock_guard lock(mutex);
              drained = true;
              changed.notify_all();
            },
            nullptr};
  }

  void start() {
    auto started = Node::start(config(), parts());
    ASSERT_TRUE(started.ok()) << started.error().what;
    node = std::move(started).value();
    channel = grpc::CreateChannel("127.0.0.1:" + std::to_string(node->grpc_port()), grpc::InsecureChannelCredentials());
    accounts = api::AccountService::NewStub(channel);
    agents = api::AgentService::NewStub(channel);
    queues = api::QueueService::NewStub(channel);
    calls = api::CallService::NewStub(channel);
    watches = api::WatchService::NewStub(channel);
    reports = api::ReportService::NewStub(channel);
    clusters = api::ClusterService::NewStub(channel);
    edges = api::EdgeService::NewStub(channel);
  }
  void restart() {
    node.reset();
    start();
  }

  std::string token(const std::string& name) const { return content_of(directory.file("data/" + name)); }
  std::unique_ptr<grpc::ClientContext> context(const std::string& token_text) const {
    auto made = std::make_unique<grpc::ClientContext>();
    made->set_deadline(process::rpc_deadline(20 * second_ms));
    if (!token_text.empty()) made->AddMetadata("authorization", "Bearer " + token_text);
    return made;
  }

  /// One call with the client's token: `call(*agents, &Stub::Login, request, reply)`.
  template <class Stub, class Request, class Reply>
  grpc::Status call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
                    const Request& request, Reply* reply) const {
    const auto made = context(token("client.token"));
    return (stub.*method)(made.get(), request, reply);
  }

  /// A call by name with raw bytes, for services that have no generated client here.
  grpc::Status raw(const std::string& method, const std::string& request, std::string* reply) const {
    grpc::GenericStub stub(channel);
    const auto made = context(token("client.token"));
    const grpc::ByteBuffer sent = bytes_of(request);
    grpc::ByteBuffer received;
    std::mutex done_mutex;
    std::condition_variable done_changed;
    std::optional<grpc::Status> status;
    stub.UnaryCall(made.get(), method, {}, &sent, &received, [&](grpc::Status got) {
      const std::lock_guard lock(done_mutex);
      status = std::move(got);
      done_changed.notify_all();
    });
    std::unique_lock lock(done_mutex);
    done_changed.wait(lock, [&] { return status.has_value(); });
    if (status->ok()) *reply = text_of(received);
    return *status;
  }

  grpc::Status import(const std::string& toml, api::ImportAccountReply* reply) const {
    api::ImportAccountRequest request;
    request.set_toml(toml);
    return call(*accounts, &api::AccountService::Stub::ImportAccount, request, reply);
  }
  /// The account "desk" with one queue "sales" (number 7001, wrap-up 0) and the agents "ann" and "bob" on a foreign switch.
  void import_desk() const {
    api::ImportAccountReply reply;
    const grpc::Status status = import(desk_toml(), &reply);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  static std::string desk_toml() {
    return "[account]\nkey = \"desk\"\nauto_ready_on_login = true\nauto_queue_login = true\nwrapup = \"0s\"\n"
           "domains = [\"desk.test\"]\n"
           "[[trunk]]\nname = \"here\"\naddress = \"127.0.0.1\"\n"
           "[[queue]]\nkey = \"sales\"\nnumbers = [\"7001\"]\nreject_delay = \"0s\"\n"
           "[[agent]]\nkey = \"ann\"\nextension = \"1001\"\nexternal_endpoint = true\n"
           "[[agent.membership]]\nqueue = \"sales\"\n"
           "[[agent]]\nkey = \"bob\"\nextension = \"1002\"\npassword = \"bobs-secret\"\n"
           "[[agent.membership]]\nqueue = \"sales\"\n";
  }
  grpc::Status login(const std::string& agent) const {
    api::LoginRequest request;
    request.set_account("desk");
    request.set_agent(agent);
    api::AgentReply reply;
    return call(*agents, &api::AgentService::Stub::Login, request, &reply);
  }
  api::Agent agent(const std::string& key) const {
    api::GetAgentRequest request;
    request.set_account("desk");
    request.set_agent(key);
    api::AgentReply reply;
    EXPECT_TRUE(call(*agents, &api::AgentService::Stub::GetAgent, request, &reply).ok());
    return reply.agent();
  }
  api::Call enqueue(const std::string& command_id) const {
    api::EnqueueRequest request;
    request.set_command_id(command_id);
    request.set_account("desk");
    request.set_queue("sales");
    request.set_caller("+4930123456");
    api::CallReply reply;
    const grpc::Status status = call(*calls, &api::CallService::Stub::Enqueue, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return reply.call();
  }

  process::TemporaryDirectory directory;
  process::SkippingClock clock;
  process::CapturingSink sink;
  process::Logger log{sink, clock, process::LogLevel::debug};
  std::mutex mutex;
  std::condition_variable changed;
  bool drained = false;
  std::unique_ptr<Node> node;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<api::AccountService::Stub> accounts;
  std::unique_ptr<api::AgentService::Stub> agents;
  std::unique_ptr<api::QueueService::Stub> queues;
  std::unique_ptr<api::CallService::Stub> calls;
  std::unique_ptr<api::WatchService::Stub> watches;
  std::unique_ptr<api::ReportService::Stub> reports;
  std::unique_ptr<api::ClusterService::Stub> clusters;
  std::unique_ptr<api::EdgeService::Stub> edges;
};

}  // namespace rf::node
