#include <sstream>

#include "process/clock.hpp"
#include "ringfence/v1/agent.grpc.pb.h"
#include "tools/ringfencectl/commands.hpp"
#include "tools/ringfencectl/printing.hpp"
#include "tools/ringfencectl/table.hpp"
#include "tools/ringfencectl/words.hpp"

namespace rf::ctl {

namespace {

using Agents = api::AgentService;

Ms now_ts() { return process::SystemClock().wall_ms(); }

/// "available" or "on_break (lunch)", and what is to come after the call.
std::string status_text(const api::Agent& agent) {
  std::string out = word(agent.status()) + (agent.reason().empty() ? "" : " (" + agent.reason() + ")");
  if (agent.has_next_status()) out += ", next " + word(agent.next_status().status());
  return out;
}

Table agent_table() {
  return Table(
      {{"AGENT"}, {"EXTENSION"}, {"STATE"}, {"FOR", Align::right}, {"STATUS"}, {"PHONES", Align::right}, {"OFFERS"}});
}

void add_row(Table& table, const api::Agent& agent) {
  std::string offers;
  for (const api::Offer& offer : agent.offers())
    offers += (offers.empty() ? "" : ", ") + offer.reservation_id() + " " + word(offer.phase());
  table.row({agent.definition().key(), agent.definition().extension(), word(agent.bucket()),
             span_text(now_ts() - agent.bucket_since_ts()), status_text(agent),
             agent.definition().external_endpoint() ? "external" : std::to_string(agent.bindings_size()), offers});
}

Result<int> print_agent(const Invocation& asked, const Result<api::AgentReply>& reply) {
  if (!reply) return reply.error();
  if (printed_as_json(asked, *reply)) return 0;
  Table table = agent_table();
  add_row(table, reply->agent());
  print(table.text());
  return 0;
}

/// A request with the account, and the agent that the first operand names.
template <class Request>
Result<Request> request_for(const Invocation& asked, Session& session) {
  const auto account = session.account();
  if (!account) return account.error();
  Request request;
  request.set_account(*account);
  request.set_agent(asked.operand(0));
  if constexpr (requires { request.set_command_id(""); }) request.set_command_id(asked.flag("command-id", ""));
  return request;
}

Result<int> list_agents(const Invocation& asked, Session& session) {
  const auto account = session.account();
  if (!account) return account.error();
  api::ListAgentsRequest request;
  request.set_account(*account);
  const auto reply = session.call<Agents>(&Agents::Stub::ListAgents, request);
  if (!reply) return reply.error();
  if (printed_as_json(asked, *reply)) return 0;
  Table table = agent_table();
  for (const api::Agent& agent : reply->agents()) add_row(table, agent);
  print(table.text());
  return 0;
}

Result<int> agent_status(const Invocation& asked, Session& session) {
  const auto request = request_for<api::GetAgentRequest>(asked, session);
  if (!request) return request.error();
  return print_agent(asked, session.call<Agents>(&Agents::Stub::GetAgent, *request));
}

Result<int> login(const Invocation& asked, Session& session) {
  auto request = request_for<api::LoginRequest>(asked, session);
  if (!request) return request.error();
  std::istringstream queues(asked.flag("queues", ""));
  for (std::string queue; std::getline(queues, queue, ',');) request->add_queues(queue);
  return print_agent(asked, session.call<Agents>(&Agents::Stub::Login, *request));
}

Result<int> logout(const Invocation& asked, Session& session) {
  auto request = request_for<api::LogoutRequest>(asked, session);
  if (!request) return request.error();
  request->set_reason(asked.flag("reason", ""));
  return print_agent(asked, session.call<Agents>(&Agents::Stub::Logout, *request));
}

Result<int> set_status(const Invocation& asked, Session& session) {
  auto request = request_for<api::SetStatusRequest>(asked, session);
  if (!request) return request.error();
  // What is none of ours may be one of the words that the node takes from other systems' desks.
  if (const auto status = status_of(asked.operand(1)))
    request->set_status(*status);
  else
    request->set_status_text(asked.operand(1));
  request->set_reason(asked.flag("reason", ""));
  request->set_at_end_of_call(asked.has("after-call"));
  return print_agent(asked, session.call<Agents>(&Agents::Stub::SetStatus, *request));
}

Result<int> clear_next(const Invocation& asked, Session& session) {
  const auto request = request_for<api::ClearNextStatusRequest>(asked, session);
  if (!request) return request.error();
  return print_agent(asked, session.call<Agents>(&Agents::Stub::ClearNextStatus, *request));
}

Result<int> set_paused(const Invocation& asked, Session& session, bool paused) {
  auto request = request_for<api::SetMembershipPausedRequest>(asked, session);
  if (!request) return request.error();
  request->set_queue(asked.operand(1));
  request->set_paused(paused);
  request->set_reason(asked.flag("reason", ""));
  return print_agent(asked, session.call<Agents>(&Agents::Stub::SetMembershipPaused, *request));
}

Result<int> pause(const Invocation& asked, Session& session) { return set_paused(asked, session, true); }
Result<int> unpause(const Invocation& asked, Session& session) { return set_paused(asked, session, false); }

Result<int> reset(const Invocation& asked, Session& session) {
  const auto account = session.account();
  if (!account) return account.error();
  api::ResetAgentsRequest request;
  request.set_command_id(asked.flag("command-id", ""));
  request.set_account(*account);
  request.set_reason(asked.flag("reason", ""));
  std::istringstream agents(asked.operand(0));
  for (std::string agent; std::getline(agents, agent, ',');) request.add_agents(agent);
  const auto reply = session.call<Agents>(&Agents::Stub::ResetAgents, request);
  if (!reply) return reply.error();
  if (printed_as_json(asked, *reply)) return 0;
  Table table = agent_table();
  for (const api::Agent& agent : reply->agents()) add_row(table, agent);
  print(table.text());
  return 0;
}

Result<int> end_wrapup(const Invocation& asked, Session& session) {
  const auto request = request_for<api::EndWrapupRequest>(asked, session);
  if (!request) return request.error();
  return print_agent(asked, session.call<Agents>(&Agents::Stub::EndWrapup, *request));
}

}  // namespace

std::vector<Command> agent_commands() {
  const Flag id = command_id_flag();
  return {
      {{"agent list", "", "every agent with its state", {}}, list_agents},
      {{"agent status", "AGENT", "one agent with its state and offers", {}}, agent_status},
      {{"agent login", "AGENT", "logs the agent in", {{"queues", "Q1,Q2", "queues whose calls it wants"}, id}}, login},
      {{"agent logout",
        "AGENT",
        "logs the agent out; a ringing offer is withdrawn, a call goes on",
        {{"reason", "TEXT", "why"}, id}},
       logout},
      {{"agent set-status",
        "AGENT STATUS",
        "available, not_ready, on_break (with --reason) or offline; also idle, away, dnd, custom:REASON",
        {{"reason", "TEXT", "why; on_break needs one"},
         {"after-call", "", "a ringing offer or a call is left to its end first"},
         id}},
       set_status},
      {{"agent clear-next", "AGENT", "the status that was to come after the call does not come", {id}}, clear_next},
      {{"agent pause", "AGENT QUEUE", "no calls of this queue for the agent", {{"reason", "TEXT", "why; needed"}, id}},
       pause},
      {{"agent unpause", "AGENT QUEUE", "calls of this queue again", {id}}, unpause},
      {{"agent reset",
        "AGENT[,AGENT...]",
        "lets go of whatever is stuck: calls, offers, wrap-up, external calls",
        {{"reason", "TEXT", "why"}, id}},
       reset},
      {{"agent end-wrapup", "AGENT", "ends the agent's wrap-up now", {id}}, end_wrapup},
  };
}

}  // namespace rf::ctl
