#include "node/grpc/agent_methods.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "core/presence/bucket.hpp"
#include "core/presence/explain.hpp"
#include "node/api/convert.hpp"
#include "node/api/definitions.hpp"
#include "node/api/door.hpp"
#include "node/api/state_word.hpp"
#include "node/import/account_plan.hpp"
#include "node/lookup.hpp"
#include "node/validate.hpp"

namespace rf::node {

namespace {

namespace command = core::command;

constexpr std::size_t reason_bytes_max = 128;
constexpr std::uint32_t external_calls_max = 1000;
/// Each is a command of its own, and an account takes 1,024 at a time.
constexpr std::size_t resets_max = 1000;

/// Each agent's own command, made from the request's.
CommandId reset_id(CommandId command, const std::string& agent) { return CommandId(new_id(command, "reset", agent)); }

/// The status that the request asks for in either of its two ways.
Result<AskedStatus> asked_status(const api::SetStatusRequest& request) {
  if (!request.status_text().empty()) {
    if (request.status() != api::STATUS_UNSPECIFIED || !request.reason().empty())
      return Error{Code::invalid_argument, "status_text stands beside status or reason: give it alone"};
    const auto asked = status_of_text(request.status_text());
    if (!asked) return asked;
    if (const auto checked = check_text("status_text", asked->reason, reason_bytes_max); !checked)
      return checked.error();
    return asked;
  }
  if (const auto checked = check_text("reason", request.reason(), reason_bytes_max); !checked) return checked.error();
  const auto status = status_of(request.status());
  if (!status) return status.error();
  return AskedStatus{*status, request.reason()};
}

/// The agent that is named, or whose extension is.
Result<AgentId> asked_agent(const core::Account& account, const api::GetAgentRequest& request) {
  if (request.extension().empty()) return find_agent(account, request.agent());
  if (!request.agent().empty()) return Error{Code::invalid_argument, "extension stands beside agent: give one of them"};
  const auto found = account.index.agent_by_extension.find(request.extension());
  if (found != account.index.agent_by_extension.end()) return found->second;
  return Error{Code::not_found, "nobody has the extension \"" + request.extension().substr(0, 64) + "\": check it"};
}

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
  if (agent.config.role == core::Role::agent)
    notes.emplace_back("the role is agent: the live view of the team is for supervisors");
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
  add_session(table);
  add_memberships(table);
  add_work(table);
  add_plan(table);
}

void AgentMethods::add_session(MethodTable& table) {
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
          const auto asked = asked_status(q);
          if (!asked) return asked.error();
          return core::Command(command::SetStatus{agent, asked->status, asked->reason, q.at_end_of_call()});
        });
      });
  table.add<api::ClearNextStatusRequest, api::AgentReply>(
      "AgentService/ClearNextStatus", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change(call, q, answer, [&](const core::Account&, AgentId agent) -> Result<core::Command> {
          return core::Command(command::ClearNextStatus{agent});
        });
      });
}

void AgentMethods::add_memberships(MethodTable& table) {
  table.add<api::SetMembershipActiveRequest, api::AgentReply>(
      "AgentService/SetMembershipActive", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change(call, q, answer, [&](const core::Account& account, AgentId agent) -> Result<core::Command> {
          const auto queue = find_queue(account, q.queue());
          if (!queue) return queue.error();
          const core::Asker asker = q.asker() == api::ASKER_SUPERVISOR ? core::Asker::supervisor : core::Asker::agent;
          return core::Command(command::SetMembershipActive{agent, *queue, q.active(), asker, q.lock()});
        });
      });
  table.add<api::SetMembershipPausedRequest, api::AgentReply>(
      "AgentService/SetMembershipPaused", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change(call, q, answer, [&](const core::Account& account, AgentId agent) -> Result<core::Command> {
          const auto queue = find_queue(account, q.queue());
          if (!queue) return queue.error();
          if (const auto checked = check_text("reason", q.reason(), reason_bytes_max); !checked) return checked.error();
          return core::Command(command::SetMembershipPaused{agent, *queue, q.paused(), q.reason()});
        });
      });
}

void AgentMethods::add_work(MethodTable& table) {
  table.add<api::SetExternalCallsRequest, api::AgentReply>(
      "AgentService/SetExternalCalls", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change(call, q, answer, [&](const core::Account&, AgentId agent) -> Result<core::Command> {
          if (q.count() > external_calls_max)
            return Error{Code::invalid_argument, "count must be at most " + std::to_string(external_calls_max)};
          return core::Command(command::SetExternalCalls{agent, q.count()});
        });
      });
  table.add<api::BeginExternalCallRequest, api::AgentReply>(
      "AgentService/BeginExternalCall", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change(call, q, answer, [&](const core::Account&, AgentId agent) -> Result<core::Command> {
          Door door;
          command::BeginExternalCall begin{agent, {}, {}, q.outbound()};
          door.text("number", q.number(), begin.number);
          door.text("caller_id", q.caller_id(), begin.caller_id);
          return door.end(core::Command(std::move(begin)));
        });
      });
  table.add<api::EndExternalCallRequest, api::AgentReply>(
      "AgentService/EndExternalCall", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change(call, q, answer, [&](const core::Account&, AgentId agent) -> Result<core::Command> {
          return core::Command(command::EndExternalCall{agent});
        });
      });
  table.add<api::EndWrapupRequest, api::AgentReply>(
      "AgentService/EndWrapup", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change(call, q, answer, [&](const core::Account&, AgentId agent) -> Result<core::Command> {
          return core::Command(command::EndWrapup{agent});
        });
      });
  table.add<api::ExtendWrapupRequest, api::AgentReply>(
      "AgentService/ExtendWrapup", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change(call, q, answer, [&](const core::Account&, AgentId agent) -> Result<core::Command> {
          return core::Command(command::ExtendWrapup{agent, q.by_ms()});
        });
      });
}

void AgentMethods::add_plan(MethodTable& table) {
  table.add<api::ResetAgentRequest, api::AgentReply>(
      "AgentService/ResetAgent", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change(call, q, answer, [&](const core::Account&, AgentId agent) -> Result<core::Command> {
          if (const auto checked = check_text("reason", q.reason(), reason_bytes_max); !checked) return checked.error();
          return core::Command(command::ResetAgent{agent, q.reason()});
        });
      });
  table.add<api::ResetAgentsRequest, api::ResetAgentsReply>(
      "AgentService/ResetAgents", Effect::changes,
      [this](const Call& call, const auto& q, const auto& answer) { reset_all(call, q, answer); });
  table.add<api::SetShiftsRequest, api::AgentReply>(
      "AgentService/SetShifts", Effect::changes, [this](const Call& call, const auto& q, const auto& answer) {
        change(call, q, answer, [&](const core::Account&, AgentId agent) -> Result<core::Command> {
          auto shifts = shifts_of(q.shifts());
          if (!shifts) return shifts.error();
          return core::Command(command::SetShifts{agent, std::move(shifts).value()});
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

/// What the commands of one bulk request have come to so far. Any thread.
struct AgentMethods::Bulk {
  using OnEnd = std::function<void(const Result<std::vector<AgentId>>&)>;
  Bulk(std::size_t commands, OnEnd on_end_) : agents(commands), left(commands), on_end(std::move(on_end_)) {}

  void take(std::size_t place, const Result<Done>& done) {
    std::unique_lock lock(mutex);
    if (done)
      agents[place] = AgentId(done->reply.id);
    else if (failed)
      failed = done.error();
    if (--left != 0) return;
    lock.unlock();
    on_end(failed ? Result<std::vector<AgentId>>(agents) : failed.error());
  }

  std::mutex mutex;
  std::vector<AgentId> agents;
  Result<void> failed;
  std::size_t left;
  const OnEnd on_end;
};

Result<AccountId> AgentMethods::check_resets(const api::ResetAgentsRequest& request, CommandId command) const {
  if (const auto checked = check_text("reason", request.reason(), reason_bytes_max); !checked) return checked.error();
  if (static_cast<std::size_t>(request.agents_size()) > resets_max)
    return Error{Code::invalid_argument, "the request names " + std::to_string(request.agents_size()) +
                                             " agents: ask for at most " + std::to_string(resets_max)};
  std::vector<std::pair<std::string, Error>> missing;
  const auto account = backend_.read(request.account(), [&](const core::Account& a) -> Result<void> {
    IdTexts known;
    for (const std::string& text : request.agents()) {
      const auto agent = find_agent(a, text);
      if (agent)
        *known.Add() = text;
      else
        missing.emplace_back(text, agent.error());
    }
    if (known.empty() && !missing.empty()) return {};
    const auto found = find_agents(a, known);
    return found ? Result<void>() : found.error();
  });
  if (!account) return account.error();
  // One that was reset under this id, and is gone by now, is no mistake of a repetition (R24).
  for (const auto& [text, error] : missing) {
    const auto stored = backend_.journal().find_result(*account, reset_id(command, text));
    if (!stored || !stored->has_value()) return error;
  }
  return *account;
}

void AgentMethods::reset_all(const Call& call, const api::ResetAgentsRequest& request,
                             const Answer<api::ResetAgentsReply>& answer) const {
  const auto command_id = command_id_of(request.command_id(), backend_.ids());
  if (!command_id) return answer(command_id.error());
  const auto account = check_resets(request, *command_id);
  if (!account) return answer(account.error());
  auto on_end = [this, answer, account = *account](const Result<std::vector<AgentId>>& agents) {
    if (!agents) return answer(agents.error());
    answer(
        backend_.reply_with<api::ResetAgentsReply>(account, [&](const core::Account& a, api::ResetAgentsReply& reply) {
          for (const AgentId id : *agents)
            if (const core::Agent* agent = core::find_agent(a, id)) *reply.add_agents() = to_api(a, *agent);
        }));
  };
  const auto bulk = std::make_shared<Bulk>(static_cast<std::size_t>(request.agents_size()), std::move(on_end));
  std::size_t place = 0;
  for (const std::string& text : request.agents()) {
    const auto plan = [&](const core::Account& a, CommandId) -> Result<Planned> {
      const auto agent = find_agent(a, text);
      if (!agent) return agent.error();
      return Planned{command::ResetAgent{*agent, request.reason()}, {}, {}, false};
    };
    backend_.change(call, *account, reset_id(*command_id, text), plan,
                    [bulk, place](const Result<Done>& done) { bulk->take(place, done); });
    ++place;
  }
}

void AgentMethods::get(const api::GetAgentRequest& request, const Answer<api::AgentReply>& answer) const {
  api::AgentReply reply;
  const auto read = backend_.read(request.account(), [&](const core::Account& a) -> Result<void> {
    const auto agent = asked_agent(a, request);
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
    if (reply.reasons_size() > 0) reply.set_first(reply.reasons(0));
    for (const std::string& note : notes_for(agent)) reply.add_notes(note);
    *reply.mutable_mark() = backend_.mark(a);
    return {};
  });
  if (!read) return answer(read.error());
  answer(std::move(reply));
}

}  // namespace rf::node
