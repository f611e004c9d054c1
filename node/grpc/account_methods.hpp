#pragma once
#include "node/grpc/backend.hpp"
#include "node/import/account_plan.hpp"
#include "process/secrets.hpp"
#include "ringfence/v1/account.pb.h"

namespace rf::node {

/// AccountService.
class AccountMethods {
 public:
  /// `backend` and `key` (for generated passwords) must outlive the methods.
  AccountMethods(const Backend& backend, const process::Secret& key) : backend_(backend), key_(key) {}
  void add_to(MethodTable& table);

 private:
  void add_config(MethodTable& table);
  void add_names(MethodTable& table);

  void create(const Call& call, const api::CreateAccountRequest& request,
              const Answer<api::AccountReply>& answer) const;
  void import(const Call& call, const api::ImportAccountRequest& request,
              const Answer<api::ImportAccountReply>& answer) const;
  void export_account(const api::ExportAccountRequest& request, const Answer<api::ExportAccountReply>& answer) const;
  void get(const api::GetAccountRequest& request, const Answer<api::AccountReply>& answer) const;
  void list(const Answer<api::ListAccountsReply>& answer) const;
  void set_queue(const Call& call, const api::SetQueueRequest& request, const Answer<api::SetQueueReply>& answer) const;
  void set_agent(const Call& call, const api::SetAgentRequest& request, const Answer<api::SetAgentReply>& answer) const;
  void set_credential(const Call& call, const api::SetCredentialRequest& request,
                      const Answer<api::SetCredentialReply>& answer) const;

  void update_agents(const Call& call, const api::UpdateAgentsRequest& request,
                     const Answer<api::AgentsReply>& answer) const;
  void regenerate(const Call& call, const api::RegenerateCredentialsRequest& request,
                  const Answer<api::RegenerateCredentialsReply>& answer) const;
  void add_bulk(MethodTable& table);

  /// Where an import goes: the account of the definition's key or id, else a new one.
  Result<AccountId> target_of(const api::AccountDefinition& definition, CommandId command) const;
  /// For methods that answer with the account, or with nothing but the mark.
  template <class Request>
  void change_account(const Call& call, const Request& request, const Answer<api::AccountReply>& answer,
                      const Backend::Plan& plan) const;
  template <class Request>
  void remove(const Call& call, const Request& request, const Answer<api::RemoveReply>& answer,
              const Backend::Plan& plan) const;

  const Backend& backend_;
  const process::Secret& key_;
};

}  // namespace rf::node
