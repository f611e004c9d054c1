#include "node/grpc/account_methods.hpp"

#include <map>

#include "node/api/agents_change.hpp"
#include "node/api/convert.hpp"
#include "node/api/definitions.hpp"
#include "node/import/export.hpp"
#include "node/import/toml_account.hpp"
#include "node/lookup.hpp"
#include "node/validate.hpp"

namespace rf::node {

namespace {

namespace command = core::command;
using core::directory::NameKind;

/// A change of configuration that touches no name of the directory.
Planned plain(core::Command command) { return {std::move(command), {}, {}, false}; }
/// One that uses or frees names.
Planned naming(core::Command command, std::vector<core::directory::Name> names) {
  return {std::move(command), {}, std::move(names), true};
}

}  // namespace

void AccountMethods::add_to(MethodTable& table) {
  table.add<api::CreateAccountRequest, api::AccountReply>(
      "AccountService/CreateAccount", Effect::changes,
      [this](const Call& call, const auto& q, const auto& answer) { create(call, q, answer); });
  table.add<api::ImportAccountRequest, api::ImportAccountReply>(
      "AccountService/ImportAccount", Effect::changes,
      [this](const Call& call, const auto& q, const auto& answer) { import(call, q, answer); });
  table.add<api::ExportAccountRequest, api::ExportAccountReply>(
      "AccountService/ExportAccount", Effect::reads,
      [this](const Call&, const auto& q, const auto& answer) { export_account(q, answer); });
  table.add<api::GetAccountRequest, api::AccountReply>(
      "AccountService/GetAccount", Effect::reads,
      [this](const Call&, const auto& q, const auto& answer) { get(q, answer); });
  table.add<api::ListAccountsRequest, api::ListAccountsReply>(
      "AccountService/ListAccounts", Effect::reads,
      [this](const Call&, const auto&, const auto& answer) { list(answer); });
  add_config(table);
  add_names(table);
  add_bulk(table);
}

void AccountMethods::add_config(MethodTable& table) {
  table.add<api::SetQueueRequest, api::SetQueueReply>(
      "AccountService/SetQueue", Effect::changes,
      [this](const Call& call, const auto& q, const auto& answer) { set_queue(call, q, answer); });
  table.add<api::SetAgentRequest, api::SetAgentReply>(
      "AccountService/SetAgent", Effect::changes,
      [this](const Call& call, const auto& q, const auto& answer) { set_agent(call, q, answer); });
  table.add<api::SetCredentialRequest, api::SetCredentialReply>(
      "AccountService/SetCredential", Effect::changes,
      [this](const Call& call, const auto& q, const auto& answer) { set_credential(call, q, answer); });
  table.add<api::SetSettingsRequest, api::AccountReply>(
      "AccountService/SetSettings", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change_account(call, q, answer, [&](const core::Account& account, CommandId) -> Result<Planned> {
          const auto settings = settings_of(q.settings(), account.settings);
          if (!settings) return settings.error();
          return naming(command::SetSettings{*settings}, {{NameKind::account, settings->key}});
        });
      });
  table.add<api::RemoveQueueRequest, api::RemoveReply>(
      "AccountService/RemoveQueue", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        remove(call, q, answer, [&](const core::Account& account, CommandId) -> Result<Planned> {
          const auto queue = find_queue(account, q.queue());
          if (!queue) return queue.error();
          QueueId drain_to;
          if (!q.drain_to().empty()) {
            const auto other = find_queue(account, q.drain_to());
            if (!other) return other.error();
            drain_to = *other;
          }
          return plain(command::RemoveQueue{*queue, drain_to});
        });
      });
  table.add<api::RemoveAgentRequest, api::RemoveReply>(
      "AccountService/RemoveAgent", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        remove(call, q, answer, [&](const core::Account& account, CommandId) -> Result<Planned> {
          const auto agent = find_agent(account, q.agent());
          if (!agent) return agent.error();
          Planned planned = plain(command::RemoveAgent{*agent});
          planned.secrets.push_back({ha1_secret_name(*agent), ""});
          return planned;
        });
      });
}

void AccountMethods::add_names(MethodTable& table) {
  table.add<api::SetNumberRequest, api::AccountReply>(
      "AccountService/SetNumber", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change_account(call, q, answer, [&](const core::Account& account, CommandId) -> Result<Planned> {
          const std::string& number = q.number().number();
          const auto route = route_of(q.number(), finders_in(account));
          if (!route) return route.error();
          return naming(command::SetNumber{number, *route}, {{NameKind::number, number}});
        });
      });
  table.add<api::RemoveNumberRequest, api::RemoveReply>(
      "AccountService/RemoveNumber", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        remove(call, q, answer, [&](const core::Account&, CommandId) -> Result<Planned> {
          return naming(command::RemoveNumber{q.number()}, {});
        });
      });
  table.add<api::SetDomainRequest, api::AccountReply>(
      "AccountService/SetDomain", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change_account(call, q, answer, [&](const core::Account&, CommandId) -> Result<Planned> {
          const auto domain = domain_of(q.domain());
          if (!domain) return domain.error();
          return naming(command::SetDomain{*domain}, {{NameKind::sip_domain, *domain}});
        });
      });
  table.add<api::RemoveDomainRequest, api::RemoveReply>(
      "AccountService/RemoveDomain", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        remove(call, q, answer, [&](const core::Account&, CommandId) -> Result<Planned> {
          const auto domain = domain_of(q.domain());
          if (!domain) return domain.error();
          return naming(command::RemoveDomain{*domain}, {});
        });
      });
  table.add<api::SetTrunkRequest, api::AccountReply>(
      "AccountService/SetTrunk", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change_account(call, q, answer, [&](const core::Account&, CommandId) -> Result<Planned> {
          const auto trunk = trunk_of(q.trunk());
          if (!trunk) return trunk.error();
          return naming(command::SetTrunk{*trunk}, {{NameKind::trunk, trunk->address}});
        });
      });
  table.add<api::RemoveTrunkRequest, api::RemoveReply>(
      "AccountService/RemoveTrunk", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        remove(call, q, answer, [&](const core::Account&, CommandId) -> Result<Planned> {
          return naming(command::RemoveTrunk{q.name()}, {});
        });
      });
}

void AccountMethods::add_bulk(MethodTable& table) {
  table.add<api::UpdateAgentsRequest, api::AgentsReply>(
      "AccountService/UpdateAgents", Effect::changes,
      [this](const Call& call, const auto& q, const auto& answer) { update_agents(call, q, answer); });
  table.add<api::RegenerateCredentialsRequest, api::RegenerateCredentialsReply>(
      "AccountService/RegenerateCredentials", Effect::changes,
      [this](const Call& call, const auto& q, const auto& answer) { regenerate(call, q, answer); });
  table.add<api::RemoveAgentsRequest, api::RemoveReply>(
      "AccountService/RemoveAgents", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        remove(call, q, answer, [&](const core::Account& account, CommandId) -> Result<Planned> {
          const auto agents = find_agents(account, q.agents());
          if (!agents) return agents.error();
          command::Import import;
          std::vector<storage::Secret> secrets;
          for (const AgentId agent : *agents) {
            import.steps.emplace_back(command::RemoveAgent{agent});
            secrets.push_back({ha1_secret_name(agent), ""});
          }
          return Planned{std::move(import), std::move(secrets), {}, false};
        });
      });
}

template <class Request>
void AccountMethods::change_account(const Call& call, const Request& request, const Answer<api::AccountReply>& answer,
                                    const Backend::Plan& plan) const {
  backend_.change(call, request.account(), request.command_id(), plan, [this, answer](const Result<Done>& done) {
    if (!done) return answer(done.error());
    answer(backend_.template reply_with<api::AccountReply>(
        done->account, [](const core::Account& a, api::AccountReply& reply) { *reply.mutable_account() = to_api(a); }));
  });
}

template <class Request>
void AccountMethods::remove(const Call& call, const Request& request, const Answer<api::RemoveReply>& answer,
                            const Backend::Plan& plan) const {
  backend_.change(call, request.account(), request.command_id(), plan, [this, answer](const Result<Done>& done) {
    if (!done) return answer(done.error());
    answer(
        backend_.template reply_with<api::RemoveReply>(done->account, [](const core::Account&, api::RemoveReply&) {}));
  });
}

void AccountMethods::create(const Call& call, const api::CreateAccountRequest& request,
                            const Answer<api::AccountReply>& answer) const {
  const auto command_id = command_id_of(request.command_id(), backend_.ids());
  if (!command_id) return answer(command_id.error());
  AccountId account(command_id->value);
  if (!request.id().empty()) {
    const auto given = id_of<AccountTag>("id", request.id());
    if (!given) return answer(given.error());
    account = *given;
  }
  const auto plan = [&](const core::Account& current, CommandId) -> Result<Planned> {
    const auto settings = settings_of(request.settings(), core::Settings{});
    if (!settings) return settings.error();
    if (current.seq > 0)
      return Error{Code::already_exists, "account " + account.text() + " exists already: change it by SetSettings"};
    return naming(command::SetSettings{*settings}, {{NameKind::account, settings->key}});
  };
  backend_.change(call, account, *command_id, plan, [this, answer](const Result<Done>& done) {
    if (!done) return answer(done.error());
    answer(backend_.reply_with<api::AccountReply>(
        done->account, [](const core::Account& a, api::AccountReply& reply) { *reply.mutable_account() = to_api(a); }));
  });
}

Result<AccountId> AccountMethods::target_of(const api::AccountDefinition& definition, CommandId command) const {
  if (!definition.id().empty()) return id_of<AccountTag>("the account's id", definition.id());
  if (!definition.has_settings())
    return Error{Code::invalid_argument, "the definition names no account: give its id or its settings.key"};
  if (const auto known = backend_.directory().owner(NameKind::account, definition.settings().key())) return *known;
  return AccountId(command.value);
}

void AccountMethods::import(const Call& call, const api::ImportAccountRequest& request,
                            const Answer<api::ImportAccountReply>& answer) const {
  if (request.source_case() == api::ImportAccountRequest::SOURCE_NOT_SET)
    return answer(
        Error{Code::invalid_argument, "the request holds nothing to import: give a TOML text or a definition"});
  const auto definition = request.has_toml() ? account_of_toml(request.toml(), "import")
                                             : Result<api::AccountDefinition>(request.definition());
  if (!definition) return answer(definition.error());
  const auto command_id = command_id_of(request.command_id(), backend_.ids());
  if (!command_id) return answer(command_id.error());
  const auto account = target_of(*definition, *command_id);
  if (!account) return answer(account.error());
  const auto current = backend_.journal().load(*account);
  if (!current) return answer(current.error());
  const PlanInput input{*current, *command_id, key_,
                        [&](const std::string& name) { return backend_.journal().find_secret(*account, name); }};
  auto planned = plan_import(*definition, input);
  const std::vector<NewPassword> passwords = planned ? planned->passwords : std::vector<NewPassword>();
  const auto plan = [&](const core::Account&, CommandId) -> Result<Planned> {
    if (!planned) return planned.error();
    return Planned{std::move(planned->import), std::move(planned->secrets), std::move(planned->names), true};
  };
  backend_.change(call, *account, *command_id, plan, [this, answer, passwords](const Result<Done>& done) {
    if (!done) return answer(done.error());
    answer(backend_.reply_with<api::ImportAccountReply>(done->account,
                                                        [&](const core::Account& a, api::ImportAccountReply& reply) {
                                                          *reply.mutable_account() = to_api(a);
                                                          for (const NewPassword& password : passwords) {
                                                            api::GeneratedPassword& added = *reply.add_passwords();
                                                            added.set_agent_id(password.agent.text());
                                                            added.set_agent_key(password.key);
                                                            added.set_username(password.username);
                                                            added.set_password(password.password);
                                                          }
                                                        }));
  });
}

void AccountMethods::export_account(const api::ExportAccountRequest& request,
                                    const Answer<api::ExportAccountReply>& answer) const {
  api::ExportAccountReply reply;
  const auto read = backend_.read(request.account(), [&](const core::Account& a) -> Result<void> {
    *reply.mutable_definition() = definition_of(a);
    *reply.mutable_mark() = backend_.mark(a);
    return {};
  });
  if (!read) return answer(read.error());
  reply.set_toml(toml_of(reply.definition()));
  answer(std::move(reply));
}

void AccountMethods::get(const api::GetAccountRequest& request, const Answer<api::AccountReply>& answer) const {
  const auto account = find_account(backend_.directory(), request.account());
  if (!account) return answer(account.error());
  answer(backend_.reply_with<api::AccountReply>(
      *account, [](const core::Account& a, api::AccountReply& reply) { *reply.mutable_account() = to_api(a); }));
}

void AccountMethods::list(const Answer<api::ListAccountsReply>& answer) const {
  api::ListAccountsReply reply;
  for (const auto& [key, id] : backend_.directory().accounts()) {
    // A key that was claimed for an account that does not exist yet is none; one that cannot be read is there.
    const auto read = backend_.journal().read(id, [](const core::Account&) {});
    if (!read && read.error().code == Code::not_found) continue;
    api::AccountName& added = *reply.add_accounts();
    added.set_id(id.text());
    added.set_key(key);
  }
  answer(std::move(reply));
}

void AccountMethods::set_queue(const Call& call, const api::SetQueueRequest& request,
                               const Answer<api::SetQueueReply>& answer) const {
  const auto plan = [&](const core::Account& account, CommandId command_id) -> Result<Planned> {
    const auto config = config_of(request.queue(), finders_in(account));
    if (!config) return config.error();
    QueueId id(new_id(command_id, "queue", config->key));
    if (const auto known = account.index.queue_by_key.find(config->key); known != account.index.queue_by_key.end())
      id = known->second;
    if (!request.queue().id().empty()) {
      const auto given = id_of<QueueTag>("the queue's id", request.queue().id());
      if (!given) return given.error();
      id = *given;
    }
    return plain(command::SetQueue{id, *config});
  };
  backend_.change(call, request.account(), request.command_id(), plan, [this, answer](const Result<Done>& done) {
    if (!done) return answer(done.error());
    answer(
        backend_.reply_with<api::SetQueueReply>(done->account, [&](const core::Account& a, api::SetQueueReply& reply) {
          if (const core::Queue* queue = core::find_queue(a, QueueId(done->reply.id)))
            *reply.mutable_queue() = to_api(a, *queue);
        }));
  });
}

void AccountMethods::set_agent(const Call& call, const api::SetAgentRequest& request,
                               const Answer<api::SetAgentReply>& answer) const {
  const auto plan = [&](const core::Account& account, CommandId command_id) -> Result<Planned> {
    auto config = config_of(request.agent(), finders_in(account));
    if (!config) return config.error();
    const auto memberships = memberships_of(request.agent(), finders_in(account).queue);
    if (!memberships) return memberships.error();
    AgentId id(new_id(command_id, "agent", config->key));
    if (const auto known = account.index.agent_by_key.find(config->key); known != account.index.agent_by_key.end())
      id = known->second;
    if (!request.agent().id().empty()) {
      const auto given = id_of<AgentTag>("the agent's id", request.agent().id());
      if (!given) return given.error();
      id = *given;
    }
    const auto extension = Extensions(account).of(id, request.agent());
    if (!extension) return extension.error();
    config->extension = *extension;
    return plain(command::SetAgent{id, *config, *memberships});
  };
  backend_.change(call, request.account(), request.command_id(), plan, [this, answer](const Result<Done>& done) {
    if (!done) return answer(done.error());
    answer(
        backend_.reply_with<api::SetAgentReply>(done->account, [&](const core::Account& a, api::SetAgentReply& reply) {
          if (const core::Agent* agent = core::find_agent(a, AgentId(done->reply.id)))
            *reply.mutable_agent() = to_api(a, *agent);
        }));
  });
}

void AccountMethods::set_credential(const Call& call, const api::SetCredentialRequest& request,
                                    const Answer<api::SetCredentialReply>& answer) const {
  const auto plan = [&](const core::Account& account, CommandId command_id) -> Result<Planned> {
    const auto agent = find_agent(account, request.agent());
    if (!agent) return agent.error();
    const core::Agent& row = *core::find_agent(account, *agent);
    if (account.domains.empty())
      return Error{Code::failed_precondition,
                   "the account has no SIP domain: set one first, credentials hold for domains"};
    const std::string username =
        username_of(request.username().empty() ? row.username : request.username(), row.config);
    if (const auto checked = check_user_part("username", username); !checked) return checked.error();
    const std::string password =
        request.password().empty() ? generated_password(key_, account.id, *agent, command_id) : request.password();
    if (const auto checked = check_password("password", password); !checked) return checked.error();
    Planned planned = plain(command::SetCredential{*agent, username});
    planned.secrets.push_back({ha1_secret_name(*agent), text_of(hashes_of(account.domains, username, password))});
    return planned;
  };
  const bool generated = request.password().empty();
  backend_.change(call, request.account(), request.command_id(), plan,
                  [this, answer, generated](const Result<Done>& done) {
                    if (!done) return answer(done.error());
                    const AgentId agent(done->reply.id);
                    answer(backend_.reply_with<api::SetCredentialReply>(
                        done->account, [&](const core::Account& a, api::SetCredentialReply& reply) {
                          const core::Agent* row = core::find_agent(a, agent);
                          if (row == nullptr) return;
                          reply.set_username(row->username);
                          reply.set_version(row->credential_version);
                          for (const std::string& domain : a.domains) reply.add_domains(domain);
                          if (generated)
                            reply.set_password(generated_password(key_, done->account, agent, done->command));
                        }));
                  });
}

void AccountMethods::update_agents(const Call& call, const api::UpdateAgentsRequest& request,
                                   const Answer<api::AgentsReply>& answer) const {
  const auto plan = [&](const core::Account& account, CommandId) -> Result<Planned> {
    const auto agents = find_agents(account, request.agents());
    if (!agents) return agents.error();
    const auto change = AgentsChange::of(request, finders_in(account).queue);
    if (!change) return change.error();
    command::Import import;
    for (const AgentId id : *agents) import.steps.emplace_back(change->on(*core::find_agent(account, id)));
    return plain(std::move(import));
  };
  backend_.change(call, request.account(), request.command_id(), plan,
                  [this, answer, named = request.agents()](const Result<Done>& done) {
                    if (!done) return answer(done.error());
                    answer(backend_.reply_with<api::AgentsReply>(
                        done->account, [&](const core::Account& a, api::AgentsReply& reply) {
                          for (const std::string& text : named)
                            if (const auto agent = find_agent(a, text))
                              *reply.add_agents() = to_api(a, *core::find_agent(a, *agent));
                        }));
                  });
}

void AccountMethods::regenerate(const Call& call, const api::RegenerateCredentialsRequest& request,
                                const Answer<api::RegenerateCredentialsReply>& answer) const {
  const auto plan = [&](const core::Account& account, CommandId command_id) -> Result<Planned> {
    const auto agents = find_agents(account, request.agents());
    if (!agents) return agents.error();
    if (account.domains.empty())
      return Error{Code::failed_precondition,
                   "the account has no SIP domain: set one first, credentials hold for domains"};
    command::Import import;
    std::vector<storage::Secret> secrets;
    for (const AgentId id : *agents) {
      const core::Agent& row = *core::find_agent(account, id);
      const std::string username = username_of(row.username, row.config);
      const std::string password = generated_password(key_, account.id, id, command_id);
      import.steps.emplace_back(command::SetCredential{id, username});
      secrets.push_back({ha1_secret_name(id), text_of(hashes_of(account.domains, username, password))});
    }
    return Planned{std::move(import), std::move(secrets), {}, false};
  };
  backend_.change(call, request.account(), request.command_id(), plan,
                  [this, answer, named = request.agents()](const Result<Done>& done) {
                    if (!done) return answer(done.error());
                    answer(backend_.reply_with<api::RegenerateCredentialsReply>(
                        done->account, [&](const core::Account& a, api::RegenerateCredentialsReply& reply) {
                          for (const std::string& text : named) {
                            const auto agent = find_agent(a, text);
                            if (!agent) continue;
                            const core::Agent& row = *core::find_agent(a, *agent);
                            api::GeneratedPassword& made = *reply.add_passwords();
                            made.set_agent_id(agent->text());
                            made.set_agent_key(row.config.key);
                            made.set_username(row.username);
                            made.set_password(generated_password(key_, done->account, *agent, done->command));
                          }
                        }));
                  });
}

}  // namespace rf::node
