#include "tests/node/node_fixture.hpp"

namespace rf::node {

namespace {

using Agents = api::AgentService::Stub;

class AgentMethodsTest : public NodeTest {
 protected:
  grpc::Status set_status(const std::string& key, api::Status status, const std::string& reason) const {
    api::SetStatusRequest request;
    request.set_account("desk");
    request.set_agent(key);
    request.set_status(status);
    request.set_reason(reason);
    api::AgentReply reply;
    return call(*agents, &Agents::SetStatus, request, &reply);
  }
};

TEST_F(AgentMethodsTest, LogsInTakesABreakAndLogsOut) {
  import_desk();
  ASSERT_TRUE(login("ann").ok());
  EXPECT_EQ(agent("ann").status(), api::STATUS_AVAILABLE);
  EXPECT_EQ(agent("ann").bucket(), api::BUCKET_READY);
  ASSERT_TRUE(set_status("ann", api::STATUS_ON_BREAK, "lunch").ok());
  EXPECT_EQ(agent("ann").bucket(), api::BUCKET_PAUSED);
  EXPECT_EQ(agent("ann").reason(), "lunch");
  ASSERT_TRUE(set_status("ann", api::STATUS_OFFLINE, "").ok());
  EXPECT_EQ(agent("ann").bucket(), api::BUCKET_OFFLINE);
}

TEST_F(AgentMethodsTest, IllegalTransitionsNameFromToAndWhyAndWriteNothing) {
  import_desk();
  const grpc::Status offline = set_status("ann", api::STATUS_AVAILABLE, "");
  EXPECT_EQ(offline.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(offline.error_message(), "offline -> available is not possible: the agent is logged out; log in first");
  ASSERT_TRUE(login("ann").ok());
  const grpc::Status twice = login("ann");
  EXPECT_EQ(twice.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_NE(twice.error_message().find("available -> logged in"), std::string::npos) << twice.error_message();
  EXPECT_EQ(set_status("ann", api::STATUS_ON_BREAK, "").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(set_status("ann", api::STATUS_UNSPECIFIED, "").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(set_status("ann", static_cast<api::Status>(77), "").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(agent("ann").status(), api::STATUS_AVAILABLE);
}

TEST_F(AgentMethodsTest, ARefusalCarriesItsOwnCode) {
  import_desk();
  const auto made = context(token("client.token"));
  api::SetStatusRequest request;
  request.set_account("desk");
  request.set_agent("ann");
  request.set_status(api::STATUS_AVAILABLE);
  api::AgentReply reply;
  EXPECT_FALSE(agents->SetStatus(made.get(), request, &reply).ok());
  const auto& trailing = made->GetServerTrailingMetadata();
  const auto code = trailing.find("ringfence-code");
  ASSERT_NE(code, trailing.end());
  EXPECT_EQ(std::string(code->second.data(), code->second.size()), "failed_precondition");
}

TEST_F(AgentMethodsTest, WhatDoesNotExistOrIsAnotherAccountsIsNotFound) {
  import_desk();
  api::ImportAccountReply other;
  ASSERT_TRUE(import("[account]\nkey = \"other\"\n[[agent]]\nkey = \"zoe\"\n", &other).ok());
  api::GetAgentRequest request;
  request.set_account("other");
  request.set_agent("zoe");
  api::AgentReply zoe;
  ASSERT_TRUE(call(*agents, &Agents::GetAgent, request, &zoe).ok());
  request.set_agent(zoe.agent().definition().id());
  ASSERT_TRUE(call(*agents, &Agents::GetAgent, request, &zoe).ok());
  request.set_account("desk");
  EXPECT_EQ(call(*agents, &Agents::GetAgent, request, &zoe).error_code(), grpc::StatusCode::NOT_FOUND);
  request.set_agent("nobody");
  EXPECT_EQ(call(*agents, &Agents::GetAgent, request, &zoe).error_code(), grpc::StatusCode::NOT_FOUND);
  request.set_account("ac_01ARZ3NDEKTSV4RRFFQ69G5FAV");
  EXPECT_EQ(call(*agents, &Agents::GetAgent, request, &zoe).error_code(), grpc::StatusCode::NOT_FOUND);
  request.set_account("nowhere");
  EXPECT_EQ(call(*agents, &Agents::GetAgent, request, &zoe).error_code(), grpc::StatusCode::NOT_FOUND);
  request.clear_account();
  EXPECT_EQ(call(*agents, &Agents::GetAgent, request, &zoe).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(AgentMethodsTest, ExplainsWhyAnAgentIsNotReady) {
  import_desk();
  api::ExplainReadinessRequest request;
  request.set_account("desk");
  request.set_agent("bob");
  api::ExplainReadinessReply reply;
  ASSERT_TRUE(call(*agents, &Agents::ExplainReadiness, request, &reply).ok());
  EXPECT_FALSE(reply.ready());
  ASSERT_GE(reply.reasons_size(), 2);
  EXPECT_EQ(reply.reasons(0), "the agent is logged out: log in");
  EXPECT_NE(reply.reasons(1).find("no phone is registered for extension 1002"), std::string::npos);
  ASSERT_TRUE(login("ann").ok());
  request.set_agent("ann");
  ASSERT_TRUE(call(*agents, &Agents::ExplainReadiness, request, &reply).ok());
  EXPECT_TRUE(reply.ready());
  EXPECT_EQ(reply.reasons_size(), 0);
  ASSERT_EQ(reply.notes_size(), 1);
  EXPECT_NE(reply.notes(0).find("no SIP calls"), std::string::npos);
}

TEST_F(AgentMethodsTest, MembershipsAndExternalCallsCount) {
  import_desk();
  ASSERT_TRUE(login("ann").ok());
  api::SetMembershipActiveRequest off;
  off.set_account("desk");
  off.set_agent("ann");
  off.set_queue("sales");
  api::AgentReply reply;
  ASSERT_TRUE(call(*agents, &Agents::SetMembershipActive, off, &reply).ok());
  EXPECT_EQ(reply.agent().bucket(), api::BUCKET_IDLE);
  EXPECT_FALSE(reply.agent().definition().memberships(0).active());
  api::SetExternalCallsRequest busy;
  busy.set_account("desk");
  busy.set_agent("ann");
  busy.set_count(1);
  ASSERT_TRUE(call(*agents, &Agents::SetExternalCalls, busy, &reply).ok());
  EXPECT_EQ(reply.agent().bucket(), api::BUCKET_EXTCALL);
  api::EndWrapupRequest wrapup;
  wrapup.set_account("desk");
  wrapup.set_agent("ann");
  EXPECT_EQ(call(*agents, &Agents::EndWrapup, wrapup, &reply).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(AgentMethodsTest, ListsByKey) {
  import_desk();
  api::ListAgentsRequest request;
  request.set_account("desk");
  api::ListAgentsReply reply;
  ASSERT_TRUE(call(*agents, &Agents::ListAgents, request, &reply).ok());
  ASSERT_EQ(reply.agents_size(), 2);
  EXPECT_EQ(reply.agents(0).definition().key(), "ann");
  EXPECT_EQ(reply.agents(1).definition().key(), "bob");
  EXPECT_EQ(reply.agents(1).username(), "1002");
}

}  // namespace

}  // namespace rf::node
