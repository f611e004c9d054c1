#include "process/clock.hpp"
#include "ringfence/v1/report.grpc.pb.h"
#include "tools/ringfencectl/commands.hpp"
#include "tools/ringfencectl/printing.hpp"
#include "tools/ringfencectl/table.hpp"
#include "tools/ringfencectl/words.hpp"

#include <array>
#include <optional>

namespace rf::ctl {

namespace {

using Reports = api::ReportService;

constexpr std::array buckets = {api::BUCKET_READY,   api::BUCKET_RING,        api::BUCKET_INCALL,
                                api::BUCKET_WRAPUP,  api::BUCKET_IDLE,        api::BUCKET_PAUSED,
                                api::BUCKET_EXTCALL, api::BUCKET_UNREACHABLE, api::BUCKET_OFFLINE};

std::string seconds_text(Ms ms) { return std::to_string((ms + second_ms / 2) / second_ms); }

std::string agents_text(const api::SummarizeReply& reply) {
  std::vector<Column> columns = {{"AGENT"}};
  for (const api::Bucket bucket : buckets) columns.push_back({word(bucket), Align::right});
  for (const char* title : {"OFFERS", "ANSWERED", "TALKED", "AT ONCE"}) columns.push_back({title, Align::right});
  Table table(columns);
  for (const api::AgentSummary& agent : reply.agents()) {
    std::vector<std::string> cells = {agent.agent_key()};
    for (const api::Bucket bucket : buckets) {
      Ms ms = 0;
      for (const api::BucketTime& time : agent.buckets())
        if (time.bucket() == bucket) ms = time.ms();
      cells.push_back(seconds_text(ms));
    }
    cells.push_back(std::to_string(agent.offers()));
    cells.push_back(std::to_string(agent.answered()));
    cells.push_back(seconds_text(agent.talked_ms()));
    cells.push_back(std::to_string(agent.offers_at_once_max()));
    table.row(cells);
  }
  return table.text();
}

std::string calls_text(const api::SummarizeReply& reply) {
  Table table({{"ARRIVED"},
               {"QUEUE"},
               {"CALLER"},
               {"WAITED", Align::right},
               {"OFFERS", Align::right},
               {"AGENT"},
               {"TALKED", Align::right},
               {"OUTCOME"}});
  for (const api::CallSummary& call : reply.calls())
    table.row({date_text(call.arrived_ts()), call.queue_key(), call.caller(), span_text(call.waited_ms()),
               std::to_string(call.offers()), call.agent_key(),
               call.agent_id().empty() ? "-" : span_text(call.talked_ms()),
               call.outcome() == api::OUTCOME_UNSPECIFIED ? "goes on" : word(call.outcome())});
  return table.text();
}

Result<int> summarize(const Invocation& asked, Session& session) {
  const auto from_ts = instant_flag(asked, "from");
  if (!from_ts) return from_ts.error();
  const auto to_ts = instant_flag(asked, "to");
  if (!to_ts) return to_ts.error();
  const auto account = session.account();
  if (!account) return account.error();
  api::SummarizeRequest request;
  request.set_account(*account);
  request.set_from_ts(*from_ts);
  request.set_to_ts(*to_ts);
  const auto reply = session.call<Reports>(&Reports::Stub::Summarize, request);
  if (!reply) return reply.error();
  if (printed_as_json(asked, *reply)) return 0;
  print("Calls\n" + calls_text(*reply) + "\nAgents: seconds in each state\n" + agents_text(*reply));
  return 0;
}

/// One fact as a line: seq, time, kind, whom it concerns, what came of it.
void add_row(Table& table, const api::Fact& fact) {
  std::string rest;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty() && value != "-") rest += (rest.empty() ? "" : " ") + std::string(name) + "=" + value;
  };
  add("agent", fact.agent_id());
  add("call", fact.call_id());
  add("reservation", fact.reservation_id());
  add("queue", fact.queue_id());
  add("edge", fact.edge());
  add("status", word(fact.status()));
  add("cause", word(fact.close_cause()));
  add("end", word(fact.end_cause()));
  add("outcome", word(fact.outcome()));
  add("reason", fact.reason());
  add("name", fact.name());
  add("number", fact.number());
  add("caller", fact.caller());
  table.row({std::to_string(fact.seq()), date_text(fact.ts()), fact.kind(),
             fact.from() == fact.to() ? "" : word(fact.from()) + " > " + word(fact.to()), rest});
}

Result<int> list_facts(const Invocation& asked, Session& session) {
  const auto after = number_flag(asked, "after", 0);
  if (!after) return after.error();
  const auto limit = number_flag(asked, "limit", 0);
  if (!limit) return limit.error();
  if (*after < 0 || *limit < 0) return Error{Code::invalid_argument, "--after and --limit must not be negative"};
  const auto account = session.account();
  if (!account) return account.error();
  api::ListFactsRequest request;
  request.set_account(*account);
  request.set_after_seq(static_cast<std::uint64_t>(*after));
  request.set_bucket_changes(asked.has("bucket-changes"));
  std::int64_t left = *limit;
  for (;;) {
    request.set_limit(left == 0 || left > 1000 ? 1000 : static_cast<std::uint32_t>(left));
    const auto reply = session.call<Reports>(&Reports::Stub::ListFacts, request);
    if (!reply) return reply.error();
    Table table({{"SEQ", Align::right}, {"TIME"}, {"FACT"}, {"STATE"}, {"OF"}});
    std::string lines;
    for (const api::Fact& fact : reply->facts()) {
      if (asked.has("json")) lines += json_line(fact);
      add_row(table, fact);
    }
    if (!print(asked.has("json") ? lines : table.text())) return 0;
    if (*limit != 0 && (left -= reply->facts_size()) <= 0) return 0;
    if (reply->end()) return 0;
    request.set_after_seq(reply->next_after_seq());
  }
}

}  // namespace

std::vector<Command> history_commands() {
  return {
      {{"history",
        "",
        "every call, and each agent's seconds in each state, from the log",
        {{"from", "TIME", "calls from then on, e.g. \"2026-05-01 14:00:00\""}, {"to", "TIME", "until then"}}},
       summarize},
      {{"facts",
        "",
        "the account's log, fact by fact",
        {{"after", "SEQ", "from the fact after this one"},
         {"limit", "COUNT", "at most so many; all when absent"},
         {"bucket-changes", "", "only facts that changed an agent's state"}}},
       list_facts},
  };
}

}  // namespace rf::ctl
