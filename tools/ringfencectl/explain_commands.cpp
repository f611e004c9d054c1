#include "ringfence/v1/agent.grpc.pb.h"
#include "ringfence/v1/call.grpc.pb.h"
#include "tools/ringfencectl/commands.hpp"
#include "tools/ringfencectl/printing.hpp"
#include "tools/ringfencectl/table.hpp"
#include "tools/ringfencectl/words.hpp"

#include <limits>

namespace rf::ctl {

namespace {

using Agents = api::AgentService;
using Calls = api::CallService;

Result<int> explain_agent(const Invocation& asked, Session& session) {
  const auto account = session.account();
  if (!account) return account.error();
  api::ExplainReadinessRequest request;
  request.set_account(*account);
  request.set_agent(asked.operand(0));
  const auto reply = session.call<Agents>(&Agents::Stub::ExplainReadiness, request);
  if (!reply) return reply.error();
  if (printed_as_json(asked, *reply)) return 0;
  std::string out =
      plain(asked.operand(0)) + (reply->ready() ? " is ready" : " is not ready") + " (" + word(reply->bucket()) + ")\n";
  for (const std::string& reason : reply->reasons()) out += "- " + plain(reason) + "\n";
  for (const std::string& note : reply->notes()) out += "note: " + plain(note) + "\n";
  print(out);
  return 0;
}

/// What is explained: when, where, and who was rung.
std::string headline(const api::ExplainOfferReply& reply) {
  std::string out = date_text(reply.ts()) + ", after " + span_text(reply.waited_ms()) + " of waiting";
  out += reply.queue_key().empty() ? " for one agent"
                                   : " in queue " + plain(reply.queue_key()) + " (" + word(reply.strategy()) + ")";
  if (reply.offered()) {
    out += ": the call is offered to somebody\n";
  } else if (!reply.blocked().empty()) {
    out += ": nobody is rung, " + plain(reply.blocked()) + "\n";
  } else {
    out += ": nobody is rung\n";
  }
  return out;
}

Result<int> explain_call(const Invocation& asked, Session& session) {
  const auto at = instant_flag(asked, "at");
  if (!at) return at.error();
  const auto limit = number_flag(asked, "limit", 0);
  if (!limit) return limit.error();
  if (*limit < 0 || *limit > std::numeric_limits<std::int32_t>::max())
    return Error{Code::invalid_argument, "--limit must be a number of agents, such as 20"};
  const auto account = session.account();
  if (!account) return account.error();
  api::ExplainOfferRequest request;
  request.set_account(*account);
  request.set_call(asked.operand(0));
  request.set_at(*at);
  request.set_agent(asked.flag("agent", ""));
  request.set_limit(static_cast<std::uint32_t>(*limit));
  const auto reply = session.call<Calls>(&Calls::Stub::ExplainOffer, request);
  if (!reply) return reply.error();
  if (printed_as_json(asked, *reply)) return 0;
  Table table({{"AGENT"}, {"VERDICT"}, {"WHY"}});
  for (const api::ConsideredAgent& agent : reply->considered())
    table.row({agent.agent_key(), word(agent.verdict()), agent.why()});
  std::string out = headline(*reply) + table.text();
  const std::uint32_t shown = static_cast<std::uint32_t>(reply->considered_size());
  if (asked.flag("agent", "").empty() && reply->considered_total() > shown)
    out += "and " + std::to_string(reply->considered_total() - shown) + " more (--limit)\n";
  if (reply->rules_changed()) out += "note: another version of the rules decided then\n";
  if (!reply->reproduced())
    out += "note: today's rules, by what the log tells, would have offered the call to others\n";
  print(out);
  return 0;
}

}  // namespace

std::vector<Command> explain_commands() {
  return {
      {{"explain agent", "AGENT", "why the agent gets calls, or what must be done that it does", {}}, explain_agent},
      {{"explain call",
        "CALL",
        "why the call was offered to the one and not to the other",
        {{"at", "TIME", "a moment of the past; now, or the answer of an ended call, when absent"},
         {"agent", "AGENT", "this agent alone"},
         {"limit", "NUMBER", "how many agents; 100 when absent"}}},
       explain_call},
  };
}

}  // namespace rf::ctl
