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

/// A request about an agent of the desk.
template <class Request>
Request of(const std::string& agent) {
  Request request;
  request.set_account("desk");
  request.set_agent(agent);
  return request;
}

TEST_F(AgentMethodsTest, StatusMayBeSaidInTheWordsOfOtherDesks) {  // RP-1, RP-3
  import_desk();
  ASSERT_TRUE(login("ann").ok());
  EXPECT_EQ(agent("ann").state_word(), "idle");
  auto request = of<api::SetStatusRequest>("ann");
  api::AgentReply reply;
  const auto say = [&](const std::string& text) {
    request.set_status_text(text);
    const grpc::Status status = call(*agents, &Agents::SetStatus, request, &reply);
    EXPECT_TRUE(status.ok()) << text << ": " << status.error_message();
  };
  say("custom:lunch");
  EXPECT_EQ(reply.agent().status(), api::STATUS_ON_BREAK);
  EXPECT_EQ(reply.agent().reason(), "lunch");
  EXPECT_EQ(reply.agent().state_word(), "custom");
  say("dnd");
  EXPECT_EQ(reply.agent().state_word(), "dnd");
  say("away");
  EXPECT_EQ(reply.agent().state_word(), "away");
  say("idle");
  EXPECT_EQ(reply.agent().status(), api::STATUS_AVAILABLE);
  say("not_ready");
  EXPECT_EQ(reply.agent().bucket(), api::BUCKET_IDLE);
  EXPECT_EQ(reply.agent().state_word(), "away");
  for (const std::string wrong : {"Idle", "custom:", "busy", "custom:\x01"}) {
    request.set_status_text(wrong);
    EXPECT_EQ(call(*agents, &Agents::SetStatus, request, &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT)
        << wrong;
  }
  request.set_status_text("idle");
  request.set_status(api::STATUS_AVAILABLE);
  EXPECT_EQ(call(*agents, &Agents::SetStatus, request, &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request.clear_status();
  say("offline");
  EXPECT_EQ(reply.agent().state_word(), "offline");
}

TEST_F(AgentMethodsTest, PresenceSpeaksFourPlainWords) {  // CX-7
  import_desk();
  EXPECT_EQ(agent("ann").presence(), "offline");
  auto request = of<api::SetStatusRequest>("ann");
  ASSERT_TRUE(login("ann").ok());
  EXPECT_EQ(agent("ann").presence(), "available");
  for (const std::string away : {"not_ready", "dnd", "custom:lunch"}) {
    request.set_status_text(away);
    api::AgentReply reply;
    ASSERT_TRUE(call(*agents, &Agents::SetStatus, request, &reply).ok()) << away;
    EXPECT_EQ(reply.agent().presence(), "offline") << away << ": no calls come";
  }
  request.set_status_text("available");
  api::AgentReply reply;
  ASSERT_TRUE(call(*agents, &Agents::SetStatus, request, &reply).ok());

  api::EnqueueRequest arrival;
  arrival.set_account("desk");
  arrival.set_queue("sales");
  arrival.set_wrapup_ms(60'000);
  api::CallReply offered;
  ASSERT_TRUE(call(*calls, &api::CallService::Stub::Enqueue, arrival, &offered).ok());
  ASSERT_EQ(offered.call().offers_size(), 1);
  EXPECT_EQ(agent("ann").presence(), "on call") << "it rings: no further call comes";
  api::AcceptOfferRequest accept;
  accept.set_account("desk");
  accept.set_reservation(offered.call().offers(0).reservation_id());
  api::CallReply answered;
  ASSERT_TRUE(call(*calls, &api::CallService::Stub::AcceptOffer, accept, &answered).ok());
  EXPECT_EQ(agent("ann").presence(), "on call");
  api::CompleteCallRequest complete;
  complete.set_account("desk");
  complete.set_call(offered.call().id());
  api::CompleteCallReply completed;
  ASSERT_TRUE(call(*calls, &api::CallService::Stub::CompleteCall, complete, &completed).ok());
  EXPECT_EQ(agent("ann").presence(), "wrap-up");
  ASSERT_TRUE(call(*agents, &Agents::EndWrapup, of<api::EndWrapupRequest>("ann"), &reply).ok());
  EXPECT_EQ(reply.agent().presence(), "available");
  ASSERT_TRUE(call(*agents, &Agents::BeginExternalCall, of<api::BeginExternalCallRequest>("ann"), &reply).ok());
  EXPECT_EQ(reply.agent().presence(), "on call") << "one of its own";
  request.set_status_text("offline");
  ASSERT_TRUE(call(*agents, &Agents::EndExternalCall, of<api::EndExternalCallRequest>("ann"), &reply).ok());
  ASSERT_TRUE(call(*agents, &Agents::SetStatus, request, &reply).ok());
  EXPECT_EQ(reply.agent().presence(), "offline");
  ASSERT_TRUE(login("bob").ok());
  EXPECT_EQ(agent("bob").presence(), "offline") << "available, but without a phone";
}

TEST_F(AgentMethodsTest, AColleagueIsLookedUpByExtension) {  // TM-16
  import_desk();
  api::GetAgentRequest request;
  request.set_account("desk");
  request.set_extension("1001");
  api::AgentReply reply;
  const auto presence = [&] {
    const grpc::Status status = call(*agents, &Agents::GetAgent, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return reply.agent().presence();
  };
  EXPECT_EQ(presence(), "offline");
  EXPECT_EQ(reply.agent().definition().key(), "ann");
  ASSERT_TRUE(login("ann").ok());
  EXPECT_EQ(presence(), "available") << "the extension is free";
  ASSERT_TRUE(call(*agents, &Agents::BeginExternalCall, of<api::BeginExternalCallRequest>("ann"), &reply).ok());
  EXPECT_EQ(presence(), "on call");
  request.set_extension("1009");
  EXPECT_EQ(call(*agents, &Agents::GetAgent, request, &reply).error_code(), grpc::StatusCode::NOT_FOUND);
  request.set_agent("ann");
  EXPECT_EQ(call(*agents, &Agents::GetAgent, request, &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  api::RemoveAgentRequest removal;
  removal.set_account("desk");
  removal.set_agent("bob");
  api::RemoveReply removed;
  ASSERT_TRUE(call(*accounts, &api::AccountService::Stub::RemoveAgent, removal, &removed).ok());
  request.clear_agent();
  request.set_extension("1002");
  EXPECT_EQ(call(*agents, &Agents::GetAgent, request, &reply).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(AgentMethodsTest, AStatusAskedForDuringACallComesAfterItUnlessCleared) {
  import_desk();
  ASSERT_TRUE(login("ann").ok());
  const api::Call offered = enqueue("");
  ASSERT_EQ(offered.offers_size(), 1);
  auto request = of<api::SetStatusRequest>("ann");
  request.set_status(api::STATUS_ON_BREAK);
  request.set_reason("lunch");
  request.set_at_end_of_call(true);
  api::AgentReply reply;
  ASSERT_TRUE(call(*agents, &Agents::SetStatus, request, &reply).ok());
  EXPECT_EQ(reply.agent().bucket(), api::BUCKET_RING) << "the offer goes on";
  EXPECT_EQ(reply.agent().state_word(), "ringing");
  EXPECT_EQ(reply.agent().next_status().status(), api::STATUS_ON_BREAK);
  EXPECT_EQ(reply.agent().next_status().reason(), "lunch");
  const auto clear = of<api::ClearNextStatusRequest>("ann");
  ASSERT_TRUE(call(*agents, &Agents::ClearNextStatus, clear, &reply).ok());
  EXPECT_FALSE(reply.agent().has_next_status());
  EXPECT_EQ(call(*agents, &Agents::ClearNextStatus, clear, &reply).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(AgentMethodsTest, ALockedMembershipIsTheSupervisors) {
  import_desk();
  ASSERT_TRUE(login("ann").ok());
  auto request = of<api::SetMembershipActiveRequest>("ann");
  request.set_queue("sales");
  request.set_lock(true);
  api::AgentReply reply;
  EXPECT_EQ(call(*agents, &Agents::SetMembershipActive, request, &reply).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  request.set_asker(api::ASKER_SUPERVISOR);
  ASSERT_TRUE(call(*agents, &Agents::SetMembershipActive, request, &reply).ok());
  EXPECT_TRUE(reply.agent().definition().memberships(0).locked());
  request.set_asker(api::ASKER_AGENT);
  request.set_lock(false);
  request.set_active(true);
  EXPECT_EQ(call(*agents, &Agents::SetMembershipActive, request, &reply).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(AgentMethodsTest, APauseInOneQueueNeedsAReason) {
  import_desk();
  ASSERT_TRUE(login("ann").ok());
  auto request = of<api::SetMembershipPausedRequest>("ann");
  request.set_queue("sales");
  request.set_paused(true);
  api::AgentReply reply;
  EXPECT_EQ(call(*agents, &Agents::SetMembershipPaused, request, &reply).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  request.set_reason("lunch");
  ASSERT_TRUE(call(*agents, &Agents::SetMembershipPaused, request, &reply).ok());
  EXPECT_TRUE(reply.agent().definition().memberships(0).paused());
  EXPECT_EQ(reply.agent().definition().memberships(0).pause_reason(), "lunch");
  EXPECT_NE(reply.agent().bucket(), api::BUCKET_READY);
  api::ExplainReadinessReply why;
  ASSERT_TRUE(call(*agents, &Agents::ExplainReadiness, of<api::ExplainReadinessRequest>("ann"), &why).ok());
  EXPECT_EQ(why.first(), "the agent is paused in every active queue: end the pause in one");
  EXPECT_EQ(why.first(), why.reasons(0));
}

TEST_F(AgentMethodsTest, ExternalCallsBeginAndEnd) {  // TM-3
  import_desk();
  auto begin = of<api::BeginExternalCallRequest>("ann");
  begin.set_number("+4930777");
  api::AgentReply reply;
  EXPECT_EQ(call(*agents, &Agents::BeginExternalCall, begin, &reply).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION)
      << "logged out";
  ASSERT_TRUE(login("ann").ok());
  const auto end = of<api::EndExternalCallRequest>("ann");
  EXPECT_EQ(call(*agents, &Agents::EndExternalCall, end, &reply).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  ASSERT_TRUE(call(*agents, &Agents::BeginExternalCall, begin, &reply).ok());
  EXPECT_EQ(reply.agent().bucket(), api::BUCKET_EXTCALL);
  EXPECT_EQ(reply.agent().state_word(), "busy");
  begin.set_outbound(true);
  const grpc::Status outbound = call(*agents, &Agents::BeginExternalCall, begin, &reply);
  EXPECT_EQ(outbound.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_NE(outbound.error_message().find("outbound queue"), std::string::npos) << outbound.error_message();
  ASSERT_TRUE(call(*agents, &Agents::EndExternalCall, end, &reply).ok());
  EXPECT_EQ(reply.agent().external_calls(), 0u);
}

TEST_F(AgentMethodsTest, ShiftsComeBackAsTheyWereSet) {  // PD-12
  import_desk();
  auto request = of<api::SetShiftsRequest>("ann");
  const Ms now_ts = clock.wall_ms();
  api::Shift& shift = *request.add_shifts();
  shift.set_from_ts(now_ts - 3'600'000);
  shift.set_until_ts(now_ts + 3'600'000);
  api::Activity& lunch = *shift.add_activities();
  lunch.set_kind("lunch");
  lunch.set_from_ts(now_ts + 600'000);
  lunch.set_until_ts(now_ts + 1'200'000);
  api::AgentReply reply;
  ASSERT_TRUE(call(*agents, &Agents::SetShifts, request, &reply).ok());
  ASSERT_EQ(reply.agent().shifts_size(), 1);
  EXPECT_EQ(reply.agent().shifts(0).activities(0).kind(), "lunch");
  EXPECT_EQ(reply.agent().activity(), "on_queue");
  EXPECT_EQ(reply.agent().next_activity_ts(), lunch.from_ts());
  shift.set_until_ts(shift.from_ts() - 1);
  EXPECT_EQ(call(*agents, &Agents::SetShifts, request, &reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(AgentMethodsTest, AResetLetsGoOfWhatIsStuck) {  // LS-17, LS-28
  import_desk();
  ASSERT_TRUE(login("ann").ok());
  auto busy = of<api::SetExternalCallsRequest>("ann");
  busy.set_count(2);
  api::AgentReply reply;
  ASSERT_TRUE(call(*agents, &Agents::SetExternalCalls, busy, &reply).ok());
  auto reset = of<api::ResetAgentRequest>("ann");
  reset.set_reason("stuck");
  ASSERT_TRUE(call(*agents, &Agents::ResetAgent, reset, &reply).ok());
  EXPECT_EQ(reply.agent().bucket(), api::BUCKET_READY);
  reset.set_agent("nobody");
  EXPECT_EQ(call(*agents, &Agents::ResetAgent, reset, &reply).error_code(), grpc::StatusCode::NOT_FOUND);

  ASSERT_TRUE(call(*agents, &Agents::SetExternalCalls, busy, &reply).ok());
  api::ResetAgentsRequest all;
  all.set_account("desk");
  api::ResetAgentsReply done;
  EXPECT_EQ(call(*agents, &Agents::ResetAgents, all, &done).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  all.add_agents("bob");
  all.add_agents("ann");
  ASSERT_TRUE(call(*agents, &Agents::ResetAgents, all, &done).ok());
  ASSERT_EQ(done.agents_size(), 2);
  EXPECT_EQ(done.agents(0).definition().key(), "bob");
  EXPECT_EQ(done.agents(1).bucket(), api::BUCKET_READY);
  all.add_agents("ann");
  EXPECT_EQ(call(*agents, &Agents::ResetAgents, all, &done).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

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
  ASSERT_EQ(reply.notes_size(), 2);
  EXPECT_NE(reply.notes(0).find("no SIP calls"), std::string::npos);
  EXPECT_NE(reply.notes(1).find("for supervisors"), std::string::npos) << "CX-14: why there is no live desk";
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
