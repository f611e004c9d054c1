#include <set>
#include <thread>

#include "node/grpc/method_table.hpp"
#include "tests/node/node_fixture.hpp"

namespace rf::node {

namespace {

using ServerTest = NodeTest;

TEST_F(ServerTest, EveryMethodOfTheApiIsServed) {
  for (const std::string& name : api_method_names()) {
    std::string reply;
    const grpc::Status status = raw("/ringfence.v1." + name, "", &reply);
    EXPECT_NE(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << name;
  }
}

TEST_F(ServerTest, WithoutTheTokenNothingIsServed) {
  for (const std::string& sent : {std::string(), std::string("wrong"), token("edge.token")}) {
    const auto made = context(sent);
    api::ListAccountsReply reply;
    const grpc::Status status = accounts->ListAccounts(made.get(), {}, &reply);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
    EXPECT_NE(status.error_message().find("client.token"), std::string::npos) << status.error_message();
    EXPECT_EQ(status.error_message().find(token("client.token")), std::string::npos);
  }
}

TEST_F(ServerTest, AnOversizedRequestIsRefusedAndTheNextServed) {
  api::ImportAccountReply reply;
  const grpc::Status status = import(std::string(6 << 20, '#'), &reply);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_NE(status.error_message().find("larger than max"), std::string::npos) << status.error_message();
  import_desk();
}

TEST_F(ServerTest, ACallWhoseTimeIsOverIsNotWaitedFor) {
  import_desk();
  auto made = std::make_unique<grpc::ClientContext>();
  made->set_deadline(std::chrono::system_clock::now() - std::chrono::seconds(1));
  made->AddMetadata("authorization", "Bearer " + token("client.token"));
  api::ListAccountsReply reply;
  EXPECT_EQ(accounts->ListAccounts(made.get(), {}, &reply).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(ServerTest, StandardHealthSaysServing) {
  std::string reply;
  ASSERT_TRUE(raw("/grpc.health.v1.Health/Check", "", &reply).ok());
  EXPECT_EQ(reply, std::string("\x08\x01", 2));  // status = SERVING
}

TEST_F(ServerTest, ReflectionListsTheServices) {
  std::string reply;
  const grpc::Status status =
      raw("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", std::string("\x3a\x00", 2), &reply);
  ASSERT_TRUE(status.ok()) << status.error_message();
  for (const std::string name : {"Account", "Agent", "Queue", "Call", "Watch", "Report", "Cluster", "Edge"})
    EXPECT_NE(reply.find("ringfence.v1." + name + "Service"), std::string::npos) << name;
}

TEST_F(ServerTest, DrainIsPassedOn) {
  api::DrainNodeReply reply;
  ASSERT_TRUE(call(*clusters, &api::ClusterService::Stub::DrainNode, api::DrainNodeRequest(), &reply).ok());
  std::unique_lock lock(mutex);
  EXPECT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [this] { return drained; }));
}

TEST_F(ServerTest, AStopUnderLoadLosesNothingThatWasAnswered) {
  import_desk();
  std::mutex answered_mutex;
  std::set<std::string> answered;
  std::vector<std::thread> callers;
  for (int n = 0; n < 4; ++n) {
    callers.emplace_back([&] {
      api::EnqueueRequest request;
      request.set_account("desk");
      request.set_queue("sales");
      for (;;) {
        api::CallReply reply;
        if (!call(*calls, &api::CallService::Stub::Enqueue, request, &reply).ok()) return;
        const std::lock_guard lock(answered_mutex);
        answered.insert(reply.call().id());
      }
    });
  }
  for (std::size_t count = 0; count < 50;) {
    std::this_thread::yield();
    const std::lock_guard lock(answered_mutex);
    count = answered.size();
  }
  node->stop();
  for (std::thread& caller : callers) caller.join();
  restart();
  api::ListCallsRequest list;
  list.set_account("desk");
  api::ListCallsReply listed;
  ASSERT_TRUE(call(*calls, &api::CallService::Stub::ListCalls, list, &listed).ok());
  for (const api::Call& call : listed.calls()) answered.erase(call.id());
  EXPECT_TRUE(answered.empty());
}

TEST_F(ServerTest, OpenStreamsDoNotHoldUpTheEnd) {
  import_desk();
  api::WatchRequest request;
  request.set_account("desk");
  const auto made = context(token("client.token"));
  const auto stream = watches->Watch(made.get(), request);
  api::WatchFrame frame;
  ASSERT_TRUE(stream->Read(&frame));
  node->stop();
  while (stream->Read(&frame)) {}
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace

}  // namespace rf::node
