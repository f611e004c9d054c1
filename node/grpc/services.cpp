#include "node/grpc/services.hpp"

#include "ringfence/v1/account.grpc.pb.h"
#include "ringfence/v1/agent.grpc.pb.h"
#include "ringfence/v1/call.grpc.pb.h"
#include "ringfence/v1/cluster.grpc.pb.h"
#include "ringfence/v1/queue.grpc.pb.h"
#include "ringfence/v1/report.grpc.pb.h"

namespace rf::node {

namespace {

namespace api = ringfence::v1;

/// One method of a service, named in the table as "Service/Method".
#define RF_METHOD(service, method, request_type, reply_type)                                                \
  grpc::ServerUnaryReactor* method(grpc::CallbackServerContext* context, const api::request_type* request,  \
                                   api::reply_type* reply) override {                                       \
    return table_.serve<api::request_type, api::reply_type>(#service "/" #method, context, request, reply); \
  }

/// What each service begins with.
#define RF_SERVICE(service)                                     \
 public:                                                        \
  explicit service##Door(MethodTable& table) : table_(table) {} \
                                                                \
 private:                                                       \
  MethodTable& table_;

class AccountServiceDoor final : public api::AccountService::CallbackService {
  RF_SERVICE(AccountService)
  RF_METHOD(AccountService, CreateAccount, CreateAccountRequest, AccountReply)
  RF_METHOD(AccountService, ImportAccount, ImportAccountRequest, ImportAccountReply)
  RF_METHOD(AccountService, ExportAccount, ExportAccountRequest, ExportAccountReply)
  RF_METHOD(AccountService, GetAccount, GetAccountRequest, AccountReply)
  RF_METHOD(AccountService, ListAccounts, ListAccountsRequest, ListAccountsReply)
  RF_METHOD(AccountService, SetSettings, SetSettingsRequest, AccountReply)
  RF_METHOD(AccountService, SetQueue, SetQueueRequest, SetQueueReply)
  RF_METHOD(AccountService, RemoveQueue, RemoveQueueRequest, RemoveReply)
  RF_METHOD(AccountService, SetAgent, SetAgentRequest, SetAgentReply)
  RF_METHOD(AccountService, RemoveAgent, RemoveAgentRequest, RemoveReply)
  RF_METHOD(AccountService, UpdateAgents, UpdateAgentsRequest, AgentsReply)
  RF_METHOD(AccountService, RemoveAgents, RemoveAgentsRequest, RemoveReply)
  RF_METHOD(AccountService, SetNumber, SetNumberRequest, AccountReply)
  RF_METHOD(AccountService, RemoveNumber, RemoveNumberRequest, RemoveReply)
  RF_METHOD(AccountService, SetDomain, SetDomainRequest, AccountReply)
  RF_METHOD(AccountService, RemoveDomain, RemoveDomainRequest, RemoveReply)
  RF_METHOD(AccountService, SetTrunk, SetTrunkRequest, AccountReply)
  RF_METHOD(AccountService, RemoveTrunk, RemoveTrunkRequest, RemoveReply)
  RF_METHOD(AccountService, SetCredential, SetCredentialRequest, SetCredentialReply)
  RF_METHOD(AccountService, RegenerateCredentials, RegenerateCredentialsRequest, RegenerateCredentialsReply)
};

class AgentServiceDoor final : public api::AgentService::CallbackService {
  RF_SERVICE(AgentService)
  RF_METHOD(AgentService, Login, LoginRequest, AgentReply)
  RF_METHOD(AgentService, Logout, LogoutRequest, AgentReply)
  RF_METHOD(AgentService, SetStatus, SetStatusRequest, AgentReply)
  RF_METHOD(AgentService, ClearNextStatus, ClearNextStatusRequest, AgentReply)
  RF_METHOD(AgentService, SetMembershipActive, SetMembershipActiveRequest, AgentReply)
  RF_METHOD(AgentService, SetMembershipPaused, SetMembershipPausedRequest, AgentReply)
  RF_METHOD(AgentService, SetExternalCalls, SetExternalCallsRequest, AgentReply)
  RF_METHOD(AgentService, BeginExternalCall, BeginExternalCallRequest, AgentReply)
  RF_METHOD(AgentService, EndExternalCall, EndExternalCallRequest, AgentReply)
  RF_METHOD(AgentService, EndWrapup, EndWrapupRequest, AgentReply)
  RF_METHOD(AgentService, ExtendWrapup, ExtendWrapupRequest, AgentReply)
  RF_METHOD(AgentService, ResetAgent, ResetAgentRequest, AgentReply)
  RF_METHOD(AgentService, ResetAgents, ResetAgentsRequest, ResetAgentsReply)
  RF_METHOD(AgentService, SetShifts, SetShiftsRequest, AgentReply)
  RF_METHOD(AgentService, GetAgent, GetAgentRequest, AgentReply)
  RF_METHOD(AgentService, ListAgents, ListAgentsRequest, ListAgentsReply)
  RF_METHOD(AgentService, ExplainReadiness, ExplainReadinessRequest, ExplainReadinessReply)
};

class QueueServiceDoor final : public api::QueueService::CallbackService {
  RF_SERVICE(QueueService)
  RF_METHOD(QueueService, ListQueues, ListQueuesRequest, ListQueuesReply)
  RF_METHOD(QueueService, GetQueue, GetQueueRequest, GetQueueReply)
};

class CallServiceDoor final : public api::CallService::CallbackService {
  RF_SERVICE(CallService)
  RF_METHOD(CallService, ListCalls, ListCallsRequest, ListCallsReply)
  RF_METHOD(CallService, GetCall, GetCallRequest, CallReply)
  RF_METHOD(CallService, Enqueue, EnqueueRequest, CallReply)
  RF_METHOD(CallService, AcceptOffer, AcceptOfferRequest, CallReply)
  RF_METHOD(CallService, RejectOffer, RejectOfferRequest, CallReply)
  RF_METHOD(CallService, CompleteCall, CompleteCallRequest, CompleteCallReply)
  RF_METHOD(CallService, PressKey, PressKeyRequest, CallReply)
  RF_METHOD(CallService, RequestCallback, RequestCallbackRequest, CallReply)
  RF_METHOD(CallService, ExplainOffer, ExplainOfferRequest, ExplainOfferReply)
  RF_METHOD(CallService, SetDisposition, SetDispositionRequest, SetDispositionReply)
};

class ReportServiceDoor final : public api::ReportService::CallbackService {
  RF_SERVICE(ReportService)
  RF_METHOD(ReportService, ListFacts, ListFactsRequest, ListFactsReply)
  RF_METHOD(ReportService, Summarize, SummarizeRequest, SummarizeReply)
  RF_METHOD(ReportService, GetDashboard, GetDashboardRequest, GetDashboardReply)
};

class ClusterServiceDoor final : public api::ClusterService::CallbackService {
  RF_SERVICE(ClusterService)
  RF_METHOD(ClusterService, GetHealth, GetHealthRequest, GetHealthReply)
  RF_METHOD(ClusterService, DrainNode, DrainNodeRequest, DrainNodeReply)
};

#undef RF_METHOD
#undef RF_SERVICE

}  // namespace

std::vector<std::unique_ptr<grpc::Service>> unary_services(MethodTable& table) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(std::make_unique<AccountServiceDoor>(table));
  services.push_back(std::make_unique<AgentServiceDoor>(table));
  services.push_back(std::make_unique<QueueServiceDoor>(table));
  services.push_back(std::make_unique<CallServiceDoor>(table));
  services.push_back(std::make_unique<ReportServiceDoor>(table));
  services.push_back(std::make_unique<ClusterServiceDoor>(table));
  return services;
}

}  // namespace rf::node
