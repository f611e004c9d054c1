#include "node/grpc/agent_methods.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/presence/bucket.hpp"
#include "node/api/convert.hpp"
#include "node/lookup.hpp"
#include "node/validate.hpp"

namespace rf::node {

namespace {

namespace command = core::command;

constexpr std::size_t reason_bytes_max = 128;
constexpr std::uint32_t external_calls_max = 1000;

/// What limits an agent although every precondition of Ready may hold.
std::vector<std::string> notes_for(const core::Agent& agent) {
  std::vector<std::string> notes;
  std::set<EdgeName> edges;
  for (const core::Binding& binding : agent.bindings) edges.insert(binding.edge);
  if (edges.empty() && agent.config.external_endpoint)
    notes.emplace_back("the agent's only endpoint is external: it is offered calls of the API, no SIP calls");
  if (!edges.empty()) {
    std::string names;
    for (const EdgeName& edge : edges) names += (names.empty() ? "" : ", ") + edge;
    notes.push_back("the agent's phones are registered at edge " + names +
                    ": it is offered SIP calls that arrive there, none of other edges");
  }
  return notes;
}

}  // namespace

void AgentMethods::add_to(MethodTable& table) {
  table.add<api::GetAgentRequest, api::AgentReply>(
      "AgentService/GetAgent", Effect::reads,
      [this](const Call&, const auto& q, const auto& answer) { get(q, answer); });
  table.add<api::ListAgentsRequest, api::ListAgentsReply>(
      "AgentService/ListAgents", Effect::reads,
      [this](const Call&, const auto& q, const auto& answer) { list(q, answer); });
  table.add<api::ExplainReadinessRequest, api::ExplainReadinessReply>(
      "AgentService/ExplainReadiness", Effect::reads,
      [this](const Call&, const auto& q, const auto& answer) { explain(q, answer); });
  add_changes(table);
}

void AgentMethods::add_changes(MethodTable& table) {
  table.add<api::LoginRequest, api::AgentReply>(
      "AgentService/Login", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change(call, q, answer, [&](const core::Account& account, AgentId agent) -> Result<core::Command> {
          command::Login login{agent, {}};
          for (const std::string& text : q.queues()) {
            const auto queue = find_queue(account, text);
            if (!queue) return queue.error();
            login.queues.push_back(*queue);
          }
          return core::Command(login);
        });
      });
  table.add<api::LogoutRequest, api::AgentReply>(
      "AgentService/Logout", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change(call, q, answer, [&](const core::Account&, AgentId agent) -> Result<core::Command> {
          if (const auto checked = check_text("reason", q.reason(), reason_bytes_max); !checked) return checked.error();
          return core::Command(command::Logout{agent, q.reason()});
        });
      });
  table.add<api::SetStatusRequest, api::AgentReply>(
      "AgentService/SetStatus", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change(call, q, answer, [&](const core::Account&, AgentId agent) -> Result<core::Command> {
          if (const auto checked = check_text("reason", q.reason(), reason_bytes_max); !checked) return checked.error();
          const auto status = status_of(q.status());
          if (!status) return status.error();
          return core::Command(command::SetStatus{agent, *status, q.reason()});
        });
      });
  table.add<api::SetMembershipActiveRequest, api::AgentReply>(
      "AgentService/SetMembershipActive", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change(call, q, answer, [&](const core::Account& account, AgentId agent) -> Result<core::Command> {
          const auto queue = find_queue(account, q.queue());
          if (!queue) return queue.error();
          const core::Asker asker = q.asker() == api::ASKER_SUPERVISOR ? core::Asker::supervisor : core::Asker::agent;
          return core::Command(command::SetMembershipActive{agent, *queue, q.active(), asker});
        });
      });
  table.add<api::SetExternalCallsRequest, api::AgentReply>(
      "AgentService/SetExternalCalls", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change(call, q, answer, [&](const core::Account&, AgentId agent) -> Result<core::Command> {
          if (q.count() > external_calls_max)
            return Error{Code::invalid_argument, "count must be at most " + std::to_string(external_calls_max)};
          return core::Command(command::SetExternalCalls{agent, q.count()});
        });
      });
  table.add<api::EndWrapupRequest, api::AgentReply>(
      "AgentService/EndWrapup", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change(call, q, answer, [&](const core::Account&, AgentId agent) -> Result<core::Command> {
          return core::Command(command::EndWrapup{agent});
        });
      });
}

template <class Request>
void AgentMethods::change(const Call& call, const Request& request, const Answer<api::AgentReply>& answer,
                          const Make& make) const {
  const auto plan = [&](const core::Account& account, CommandId) -> Result<Planned> {
    const auto agent = find_agent(account, request.agent());
    if (!agent) return agent.error();
    auto made = make(account, *agent);
    if (!made) return made.error();
    return Planned{std::move(made).value(), {}, {}, false};
  };
  backend_.change(call, request.account(), request.command_id(), plan, [this, answer](const Result<Done>& done) {
    if (!done) return answer(done.error());
    answer(backend_.reply_with<api::AgentReply>(done->account, [&](const core::Account& a, api::AgentReply& reply) {
      if (const core::Agent* agent = core::find_agent(a, AgentId(done->reply.id)))
        *reply.mutable_agent() = to_api(a, *agent);
    }));
  });
}

void AgentMethods::get(const api::GetAgentRequest& request, const Answer<api::AgentReply>& answer) const {
  api::AgentReply reply;
  const auto read = backend_.read(request.account(), [&](const core::Account& a) -> Result<void> {
    const auto agent = find_agent(a, request.agent());
    if (!agent) return agent.error();
    *reply.mutable_agent() = to_api(a, *core::find_agent(a, *agent));
    *reply.mutable_mark() = backend_.mark(a);
    return {};
  });
  if (!read) return answer(read.error());
  answer(std::move(reply));
}

void AgentMethods::list(const api::ListAgentsRequest& request, const Answer<api::ListAgentsReply>& answer) const {
  api::ListAgentsReply reply;
  const auto read = backend_.read(request.account(), [&](const core::Account& a) -> Result<void> {
    const std::map<std::string, AgentId> by_key(a.index.agent_by_key.begin(), a.index.agent_by_key.end());
    for (const auto& [key, id] : by_key) *reply.add_agents() = to_api(a, *core::find_agent(a, id));
    *reply.mutable_mark() = backend_.mark(a);
    return {};
  });
  if (!read) return answer(read.error());
  answer(std::move(reply));
}

void AgentMethods::explain(const api::ExplainReadinessRequest& request,
                           const Answer<api::ExplainReadinessReply>& answer) const {
  api::ExplainReadinessReply reply;
  const auto read = backend_.read(request.account(), [&](const core::Account& a) -> Result<void> {
    const auto id = find_agent(a, request.agent());
    if (!id) return id.error();
    const core::Agent& agent = *core::find_agent(a, *id);
    reply.set_ready(core::ready(agent));
    reply.set_bucket(to_api(agent.bucket));
    for (const std::string& reason : core::explain_readiness(a, agent)) reply.add_reasons(reason);
    for (const std::string& note : notes_for(agent)) reply.add_notes(note);
    *reply.mutable_mark() = backend_.mark(a);
    return {};
  });
  if (!read) return answer(read.error());
  answer(std::move(reply));
}

}  // namespace rf::node
