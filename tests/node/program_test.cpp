#include <gtest/gtest.h>

#include <grpcpp/create_channel.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "process/clock.hpp"
#include "process/secrets.hpp"
#include "ringfence/v1/account.grpc.pb.h"
#include "ringfence/v1/call.grpc.pb.h"
#include "ringfence/v1/cluster.grpc.pb.h"
#include "tests/process/temporary_directory.hpp"
#include "tests/support/child_program.hpp"

namespace rf::node {

namespace {

namespace api = ringfence::v1;

class Program : public rf::testing::ChildProgram {
 public:
  explicit Program(std::vector<std::string> arguments) : ChildProgram(RINGFENCE_NODE_PROGRAM, std::move(arguments)) {}
  std::string port() const { return std::to_string(number("grpc_port")); }
};

class ProgramTest : public ::testing::Test {
 protected:
  std::vector<std::string> arguments() const {
    return {"--data_dir", home(), "--grpc.listen", "127.0.0.1:0", "--metrics.listen", ""};
  }
  std::string home() const { return directory.file("data"); }
  std::shared_ptr<grpc::Channel> channel(const Program& program) const {
    return grpc::CreateChannel("127.0.0.1:" + program.port(), grpc::InsecureChannelCredentials());
  }
  std::unique_ptr<grpc::ClientContext> context() const {
    auto made = std::make_unique<grpc::ClientContext>();
    made->set_deadline(process::rpc_deadline(30 * second_ms));
    const auto token = process::read_secret_file(home() + "/client.token");
    EXPECT_TRUE(token.ok());
    if (token) made->AddMetadata("authorization", "Bearer " + std::string(token->reveal()));
    return made;
  }
  /// What a start that must fail ends with.
  int exit_code(const std::vector<std::string>& given) {
    Program program(given);
    const int code = program.wait();
    said = program.said();
    return code;
  }

  process::TemporaryDirectory directory;
  std::string said;
};

TEST_F(ProgramTest, SigtermDrainsAndEndsWithZero) {
  Program program(arguments());
  ASSERT_TRUE(program.says("\"event\":\"ready\"")) << program.said();
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  EXPECT_NE(program.said().find("\"event\":\"stopped\""), std::string::npos) << program.said();
}

TEST_F(ProgramTest, TheApiCanEndIt) {
  Program program(arguments());
  ASSERT_TRUE(program.says("\"event\":\"ready\"")) << program.said();
  api::DrainNodeReply reply;
  ASSERT_TRUE(api::ClusterService::NewStub(channel(program))->DrainNode(context().get(), {}, &reply).ok());
  EXPECT_EQ(program.wait(), 0);
}

TEST_F(ProgramTest, WhatWasAnsweredSurvivesAKill) {
  auto program = std::make_unique<Program>(arguments());
  ASSERT_TRUE(program->says("\"event\":\"ready\"")) << program->said();
  api::ImportAccountRequest import;
  import.set_toml("[account]\nkey = \"desk\"\n[[queue]]\nkey = \"sales\"\n");
  api::ImportAccountReply imported;
  ASSERT_TRUE(api::AccountService::NewStub(channel(*program))->ImportAccount(context().get(), import, &imported).ok());
  api::EnqueueRequest enqueue;
  enqueue.set_account("desk");
  enqueue.set_queue("sales");
  enqueue.set_command_id("cm_01ARZ3NDEKTSV4RRFFQ69G5FAV");
  api::CallReply first;
  ASSERT_TRUE(api::CallService::NewStub(channel(*program))->Enqueue(context().get(), enqueue, &first).ok());
  program->signal(SIGKILL);
  EXPECT_EQ(program->wait(), -1);

  program = std::make_unique<Program>(arguments());
  ASSERT_TRUE(program->says("\"event\":\"ready\"")) << program->said();
  const auto calls = api::CallService::NewStub(channel(*program));
  api::CallReply repeated;
  ASSERT_TRUE(calls->Enqueue(context().get(), enqueue, &repeated).ok());
  EXPECT_EQ(repeated.call().id(), first.call().id());
  api::ListCallsRequest list;
  list.set_account("desk");
  api::ListCallsReply listed;
  ASSERT_TRUE(calls->ListCalls(context().get(), list, &listed).ok());
  EXPECT_EQ(listed.calls_size(), 1);
}

TEST_F(ProgramTest, AWrongOptionEndsWithTwoAndNamesTheNearest) {
  EXPECT_EQ(exit_code({"--grpc.lissten", "127.0.0.1:0"}), 2);
  EXPECT_NE(said.find("--grpc.listen"), std::string::npos) << said;
  EXPECT_EQ(exit_code({"--grpc.listen", "0.0.0.0:0", "--data_dir", home()}), 2);
  EXPECT_NE(said.find("--insecure_listen"), std::string::npos) << said;
  EXPECT_FALSE(std::filesystem::exists(home()));
}

TEST_F(ProgramTest, AConfigurationThatIsMissingEndsWithTwo) {
  EXPECT_EQ(exit_code({"--config", directory.file("absent.toml")}), 2);
  EXPECT_NE(said.find("absent.toml"), std::string::npos) << said;
  EXPECT_EQ(exit_code({"--config", directory.file("")}), 2) << said;
  EXPECT_EQ(exit_code({"--help"}), 0);
  EXPECT_NE(said.find("\n  2  wrong configuration"), std::string::npos) << said;
}

TEST_F(ProgramTest, WhatItKeepsIsForItsOwnerAlone) {
  using std::filesystem::perms;
  const perms others = perms::group_all | perms::others_all;
  {
    Program program(arguments());
    ASSERT_TRUE(program.says("\"event\":\"ready\"")) << program.said();
    EXPECT_EQ(program.said().find("open_data_dir"), std::string::npos) << program.said();
    EXPECT_EQ(std::filesystem::status(home()).permissions(), perms::owner_all);
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(home())) {
      EXPECT_EQ(entry.status().permissions() & others, perms::none) << entry.path();
      ++files;
    }
    EXPECT_GT(files, 5u) << "the secrets and the log";
  }
  std::filesystem::permissions(home(), perms(0750));
  {
    Program program(arguments());
    ASSERT_TRUE(program.says("\"event\":\"ready\"")) << program.said();
    EXPECT_NE(program.said().find("\"event\":\"open_data_dir\""), std::string::npos) << program.said();
  }
  std::filesystem::permissions(home(), perms(0770));
  EXPECT_EQ(exit_code(arguments()), 3);
  EXPECT_NE(said.find("run chmod 700"), std::string::npos) << said;
}

TEST_F(ProgramTest, ADataDirectoryThatCannotBeUsedEndsWithThree) {
  Program first(arguments());
  ASSERT_TRUE(first.says("\"event\":\"ready\"")) << first.said();
  EXPECT_EQ(exit_code(arguments()), 3);
  EXPECT_NE(said.find("ringfenced: "), std::string::npos) << said;
  EXPECT_NE(said.find("in use"), std::string::npos) << said;

  const std::string photos = directory.file("photos");
  std::filesystem::create_directory(photos);
  std::ofstream(photos + "/cat.jpg") << "x";
  EXPECT_EQ(exit_code({"--data_dir", photos, "--grpc.listen", "127.0.0.1:0", "--metrics.listen", ""}), 3);
  EXPECT_NE(said.find("cat.jpg"), std::string::npos) << said;
}

TEST_F(ProgramTest, APortInUseEndsWithFour) {
  Program first(arguments());
  ASSERT_TRUE(first.says("\"event\":\"ready\"")) << first.said();
  EXPECT_EQ(exit_code({"--data_dir", directory.file("other"), "--metrics.listen", "", "--grpc.listen",
                       "127.0.0.1:" + first.port()}),
            4);
  EXPECT_NE(said.find("grpc.listen: cannot listen on"), std::string::npos) << said;
}

TEST_F(ProgramTest, PrintConfigIsAFileThatConfigReads) {
  EXPECT_EQ(exit_code({"--print-config", "--node.name", "n7"}), 0);
  const std::string printed = said;
  EXPECT_NE(printed.find("name = \"n7\""), std::string::npos) << printed;
  std::ofstream(directory.file("node.toml")) << printed;
  EXPECT_EQ(exit_code({"--print-config", "--config", directory.file("node.toml")}), 0);
  EXPECT_EQ(said, printed);
  EXPECT_EQ(exit_code({"--version"}), 0);
  EXPECT_EQ(said.rfind("ringfenced ", 0), 0u) << said;
}

}  // namespace

}  // namespace rf::node
