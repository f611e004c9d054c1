#include "process/clock.hpp"
#include "ringfence/v1/account.grpc.pb.h"
#include "ringfence/v1/agent.grpc.pb.h"
#include "ringfence/v1/call.grpc.pb.h"
#include "ringfence/v1/queue.grpc.pb.h"
#include "tools/ringfencectl/commands.hpp"
#include "tools/ringfencectl/printing.hpp"
#include "tools/ringfencectl/table.hpp"
#include "tools/ringfencectl/words.hpp"

#include <limits>
#include <map>

namespace rf::ctl {

namespace {

using Calls = api::CallService;

/// Keys by id, so that people read names.
using Keys = std::map<std::string, std::string>;

std::string key_of(const Keys& keys, const std::string& id) {
  const auto found = keys.find(id);
  return found == keys.end() ? id : found->second;
}

Result<Keys> keys_of(Session& session, const std::string& account) {
  Keys keys;
  api::ListAgentsRequest agents;
  agents.set_account(account);
  const auto agent_rows = session.call<api::AgentService>(&api::AgentService::Stub::ListAgents, agents);
  if (!agent_rows) return agent_rows.error();
  for (const api::Agent& agent : agent_rows->agents()) keys[agent.definition().id()] = agent.definition().key();
  api::ListQueuesRequest queues;
  queues.set_account(account);
  const auto queue_rows = session.call<api::QueueService>(&api::QueueService::Stub::ListQueues, queues);
  if (!queue_rows) return queue_rows.error();
  for (const api::Queue& queue : queue_rows->queues()) keys[queue.definition().id()] = queue.definition().key();
  return keys;
}

Table call_table() {
  return Table({{"CALL"}, {"QUEUE"}, {"STATE"}, {"FOR", Align::right}, {"CALLER"}, {"AGENT"}, {"OFFERS"}});
}

void add_row(Table& table, const api::Call& call, const Keys& keys) {
  const Ms since_ts = call.answered_ts() == 0 ? call.arrived_ts() : call.answered_ts();
  std::string offers;
  for (const api::Offer& offer : call.offers())
    offers += (offers.empty() ? "" : ", ") + offer.reservation_id() + " " + key_of(keys, offer.agent_id()) + " " +
              word(offer.phase());
  table.row({call.id(), key_of(keys, call.queue_id()), word(call.state()),
             span_text(process::SystemClock().wall_ms() - since_ts), call.caller(), key_of(keys, call.agent_id()),
             offers});
}

Result<int> print_call(const Invocation& asked, Session& session, const std::string& account,
                       const Result<api::CallReply>& reply) {
  if (!reply) return reply.error();
  if (printed_as_json(asked, *reply)) return 0;
  if (!reply->has_call()) {
    print("done; the call has ended meanwhile\n");
    return 0;
  }
  const auto keys = keys_of(session, account);
  if (!keys) return keys.error();
  Table table = call_table();
  add_row(table, reply->call(), *keys);
  print(table.text());
  return 0;
}

Result<int> list_calls(const Invocation& asked, Session& session) {
  const auto account = session.account();
  if (!account) return account.error();
  api::ListCallsRequest request;
  request.set_account(*account);
  const auto reply = session.call<Calls>(&Calls::Stub::ListCalls, request);
  if (!reply) return reply.error();
  if (printed_as_json(asked, *reply)) return 0;
  const auto keys = keys_of(session, *account);
  if (!keys) return keys.error();
  Table table = call_table();
  for (const api::Call& call : reply->calls()) add_row(table, call, *keys);
  print(table.text());
  return 0;
}

Result<int> enqueue(const Invocation& asked, Session& session) {
  const auto priority = number_flag(asked, "priority", 0);
  if (!priority) return priority.error();
  if (*priority < std::numeric_limits<std::int32_t>::min() || *priority > std::numeric_limits<std::int32_t>::max())
    return Error{Code::invalid_argument, "--priority must fit 32 bits"};
  const auto account = session.account();
  if (!account) return account.error();
  api::EnqueueRequest request;
  request.set_command_id(asked.flag("command-id", ""));
  request.set_account(*account);
  request.set_call(asked.flag("call", ""));
  request.set_queue(asked.operand(0));
  request.set_number(asked.flag("number", ""));
  request.set_caller(asked.flag("caller", ""));
  request.set_caller_name(asked.flag("caller-name", ""));
  request.set_priority(static_cast<std::int32_t>(*priority));
  request.set_customer(asked.flag("customer", ""));
  return print_call(asked, session, *account, session.call<Calls>(&Calls::Stub::Enqueue, request));
}

Result<int> complete(const Invocation& asked, Session& session) {
  const auto account = session.account();
  if (!account) return account.error();
  api::CompleteCallRequest request;
  request.set_command_id(asked.flag("command-id", ""));
  request.set_account(*account);
  request.set_call(asked.operand(0));
  const auto reply = session.call<Calls>(&Calls::Stub::CompleteCall, request);
  if (!reply) return reply.error();
  if (!printed_as_json(asked, *reply)) print("done\n");
  return 0;
}

Result<int> press_key(const Invocation& asked, Session& session) {
  const auto account = session.account();
  if (!account) return account.error();
  api::PressKeyRequest request;
  request.set_command_id(asked.flag("command-id", ""));
  request.set_account(*account);
  request.set_call(asked.operand(0));
  request.set_key(asked.operand(1));
  return print_call(asked, session, *account, session.call<Calls>(&Calls::Stub::PressKey, request));
}

Result<int> request_callback(const Invocation& asked, Session& session) {
  const auto account = session.account();
  if (!account) return account.error();
  api::RequestCallbackRequest request;
  request.set_command_id(asked.flag("command-id", ""));
  request.set_account(*account);
  request.set_call(asked.operand(0));
  request.set_number(asked.flag("number", ""));
  return print_call(asked, session, *account, session.call<Calls>(&Calls::Stub::RequestCallback, request));
}

Result<int> accept(const Invocation& asked, Session& session) {
  const auto account = session.account();
  if (!account) return account.error();
  api::AcceptOfferRequest request;
  request.set_command_id(asked.flag("command-id", ""));
  request.set_account(*account);
  request.set_reservation(asked.operand(0));
  return print_call(asked, session, *account, session.call<Calls>(&Calls::Stub::AcceptOffer, request));
}

Result<int> reject(const Invocation& asked, Session& session) {
  const std::string text = asked.flag("cause", "rejected");
  const auto cause = close_cause_of(text);
  if (!cause)
    return Error{Code::invalid_argument,
                 "--cause must be rejected, busy, no_answer or unreachable, not \"" + text + "\""};
  const auto account = session.account();
  if (!account) return account.error();
  api::RejectOfferRequest request;
  request.set_command_id(asked.flag("command-id", ""));
  request.set_account(*account);
  request.set_reservation(asked.operand(0));
  request.set_cause(*cause);
  return print_call(asked, session, *account, session.call<Calls>(&Calls::Stub::RejectOffer, request));
}

}  // namespace

std::vector<Command> call_commands() {
  const Flag id = command_id_flag();
  return {
      {{"calls", "", "every live call with its offers", {}}, list_calls},
      {{"call list", "", "every live call with its offers", {}}, list_calls},
      {{"call enqueue",
        "QUEUE",
        "a call of a foreign switch joins the queue",
        {{"call", "ID", "cl_ and a ULID; made by the node when absent"},
         {"caller", "TEXT", "who calls"},
         {"caller-name", "TEXT", "the caller's name"},
         {"customer", "TEXT", "the caller's name in your books"},
         {"number", "TEXT", "what was dialled"},
         {"priority", "NUMBER", "higher ones are served first; 0 when absent"},
         id}},
       enqueue},
      {{"call key", "CALL KEY", "the waiting caller pressed a key", {id}}, press_key},
      {{"call callback",
        "CALL",
        "the waiting caller is called back at the call's turn",
        {{"number", "NUMBER", "where; the caller's own when absent"}, id}},
       request_callback},
      {{"call complete", "CALL", "ends a call of a foreign switch", {id}}, complete},
      {{"offer accept", "RESERVATION", "the agent took the call at the foreign switch", {id}}, accept},
      {{"offer reject",
        "RESERVATION",
        "the agent did not take the call",
        {{"cause", "CAUSE", "rejected (when absent), busy, no_answer or unreachable"}, id}},
       reject},
  };
}

}  // namespace rf::ctl
