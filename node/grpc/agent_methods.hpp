#pragma once
#include "node/grpc/backend.hpp"
#include "ringfence/v1/agent.pb.h"

namespace rf::node {

/// AgentService.
class AgentMethods {
 public:
  /// `backend` must outlive the methods.
  explicit AgentMethods(const Backend& backend) : backend_(backend) {}
  void add_to(MethodTable& table);

 private:
  using Make = std::function<Result<core::Command>(const core::Account& account, AgentId agent)>;
  template <class Request>
  void change(const Call& call, const Request& request, const Answer<api::AgentReply>& answer, const Make& make) const;

  void get(const api::GetAgentRequest& request, const Answer<api::AgentReply>& answer) const;
  void list(const api::ListAgentsRequest& request, const Answer<api::ListAgentsReply>& answer) const;
  void explain(const api::ExplainReadinessRequest& request, const Answer<api::ExplainReadinessReply>& answer) const;
  void reset_all(const Call& call, const api::ResetAgentsRequest& request,
                 const Answer<api::ResetAgentsReply>& answer) const;
  /// The account, if every agent is there or was reset under this command before.
  Result<AccountId> check_resets(const api::ResetAgentsRequest& request, CommandId command) const;
  void add_session(MethodTable& table);
  void add_memberships(MethodTable& table);
  void add_work(MethodTable& table);
  void add_plan(MethodTable& table);

  struct Bulk;

  const Backend& backend_;
};

}  // namespace rf::node
