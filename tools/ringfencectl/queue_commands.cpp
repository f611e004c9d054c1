#include "process/clock.hpp"
#include "ringfence/v1/queue.grpc.pb.h"
#include "tools/ringfencectl/commands.hpp"
#include "tools/ringfencectl/printing.hpp"
#include "tools/ringfencectl/table.hpp"
#include "tools/ringfencectl/words.hpp"

namespace rf::ctl {

namespace {

Result<int> list_queues(const Invocation& asked, Session& session) {
  const auto account = session.account();
  if (!account) return account.error();
  api::ListQueuesRequest request;
  request.set_account(*account);
  const auto reply = session.call<api::QueueService>(&api::QueueService::Stub::ListQueues, request);
  if (!reply) return reply.error();
  if (printed_as_json(asked, *reply)) return 0;
  const Ms now_ts = process::SystemClock().wall_ms();
  Table table({{"QUEUE"},
               {"WAITING", Align::right},
               {"LONGEST", Align::right},
               {"READY", Align::right},
               {"LOGGED IN", Align::right},
               {"MEMBERS", Align::right},
               {"STRATEGY"}});
  for (const api::Queue& queue : reply->queues())
    table.row({queue.definition().key(), std::to_string(queue.waiting()),
               queue.oldest_arrived_ts() == 0 ? "-" : span_text(now_ts - queue.oldest_arrived_ts()),
               std::to_string(queue.members_ready()), std::to_string(queue.members_active()),
               std::to_string(queue.members()), word(queue.definition().strategy())});
  print(table.text());
  return 0;
}

Result<int> show_queue(const Invocation& asked, Session& session) {
  const auto account = session.account();
  if (!account) return account.error();
  api::GetQueueRequest request;
  request.set_account(*account);
  request.set_queue(asked.operand(0));
  const auto reply = session.call<api::QueueService>(&api::QueueService::Stub::GetQueue, request);
  if (!reply) return reply.error();
  if (printed_as_json(asked, *reply)) return 0;
  const Ms now_ts = process::SystemClock().wall_ms();
  Table table({{"PLACE", Align::right},
               {"CALL"},
               {"CALLER"},
               {"WAITED", Align::right},
               {"EXPECTED", Align::right},
               {"PRIORITY", Align::right}});
  for (const api::Call& call : reply->waiting())
    table.row({std::to_string(call.position()), call.id(), call.caller(), span_text(now_ts - call.arrived_ts()),
               call.has_expected_wait_ms() ? span_text(call.expected_wait_ms()) : "-",
               std::to_string(call.priority())});
  print(table.empty() ? "nobody waits\n" : table.text());
  return 0;
}

}  // namespace

std::vector<Command> queue_commands() {
  return {{{"queue list", "", "every queue: who waits, who is ready", {}}, list_queues},
          {{"queue show", "QUEUE", "the waiting calls of a queue with their places", {}}, show_queue}};
}

}  // namespace rf::ctl
