#include "node/grpc/report_methods.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "node/api/convert.hpp"
#include "node/report/fact_pages.hpp"
#include "node/report/summary.hpp"
#include "node/validate.hpp"

namespace rf::node {

namespace {

constexpr std::uint32_t facts_default = 1000;
constexpr std::uint32_t facts_max = 10000;

/// The keys of rows that may be gone by now.
struct Keys {
  std::map<AgentId, core::AgentConfig> agents;
  std::map<QueueId, std::string> queues;
};

api::CallSummary to_api(const CallStory& story, const Keys& keys, Ms to_ts) {
  api::CallSummary out;
  out.set_call_id(story.call.text());
  if (story.queue.set()) out.set_queue_id(story.queue.text());
  if (const auto queue = keys.queues.find(story.queue); queue != keys.queues.end()) out.set_queue_key(queue->second);
  out.set_number(utf8_of(story.number));
  out.set_caller(utf8_of(story.caller));
  out.set_arrived_ts(story.arrived_at);
  const Ms end_ms = story.ended_at.value_or(std::max(to_ts, story.arrived_at));
  out.set_waited_ms(std::max<Ms>(0, story.answered_at.value_or(end_ms) - story.arrived_at));
  if (story.answered_at) out.set_talked_ms(std::max<Ms>(0, end_ms - *story.answered_at));
  if (story.agent.set()) out.set_agent_id(story.agent.text());
  if (const auto agent = keys.agents.find(story.agent); agent != keys.agents.end())
    out.set_agent_key(agent->second.key);
  if (story.outcome != core::Outcome::none) out.set_outcome(rf::node::to_api(story.outcome));
  out.set_offers(story.offers);
  return out;
}

api::AgentSummary to_api(const AgentStory& story, const Keys& keys) {
  api::AgentSummary out;
  out.set_agent_id(story.agent.text());
  if (const auto agent = keys.agents.find(story.agent); agent != keys.agents.end()) {
    out.set_agent_key(agent->second.key);
    out.set_name(agent->second.name);
  }
  out.set_offers(story.offers);
  out.set_answered(story.answered);
  out.set_talked_ms(story.talked_ms);
  out.set_offers_at_once_max(story.held_max);
  for (std::size_t bucket = 0; bucket < core::bucket_count; ++bucket) {
    if (story.bucket_ms[bucket] == 0) continue;
    api::BucketTime& added = *out.add_buckets();
    added.set_bucket(rf::node::to_api(static_cast<core::Bucket>(bucket)));
    added.set_ms(story.bucket_ms[bucket]);
  }
  return out;
}

}  // namespace

void ReportMethods::add_to(MethodTable& table) {
  table.add<api::ListFactsRequest, api::ListFactsReply>(
      "ReportService/ListFacts", Effect::reads,
      [this](const Call&, const auto& q, const auto& answer) { reader_.post([this, q, answer] { answer(list(q)); }); });
  table.add<api::SummarizeRequest, api::SummarizeReply>("ReportService/Summarize", Effect::reads,
                                                        [this](const Call&, const auto& q, const auto& answer) {
                                                          reader_.post([this, q, answer] { answer(summarize(q)); });
                                                        });
}

Result<api::ListFactsReply> ReportMethods::list(const api::ListFactsRequest& request) const {
  api::ListFactsReply reply;
  std::uint64_t head = 0;
  const auto account = backend_.read(request.account(), [&](const core::Account& a) -> Result<void> {
    *reply.mutable_mark() = backend_.mark(a);
    head = a.seq;
    return {};
  });
  if (!account) return account.error();
  const std::uint32_t limit = std::min(request.limit() == 0 ? facts_default : request.limit(), facts_max);
  const auto page = read_facts(backend_.journal(), *account, request.after_seq() + 1, limit);
  if (!page) return page.error();
  for (const ReadFact& read : *page) {
    if (request.bucket_changes() && read.fact.from == read.fact.to) continue;
    *reply.add_facts() = rf::node::to_api(read.fact, read.concern);
  }
  reply.set_next_after_seq(page->empty() ? request.after_seq() : page->back().fact.seq);
  reply.set_end(reply.next_after_seq() >= head);
  return reply;
}

Result<api::SummarizeReply> ReportMethods::summarize(const api::SummarizeRequest& request) const {
  api::SummarizeReply reply;
  Keys keys;
  Ms last_ts = 0;
  const auto account = backend_.read(request.account(), [&](const core::Account& a) -> Result<void> {
    *reply.mutable_mark() = backend_.mark(a);
    last_ts = a.last_ts;
    for (const auto& [id, agent] : a.agents) keys.agents[id] = agent.config;
    for (const auto& [id, queue] : a.queues) keys.queues[id] = queue.config.key;
    return {};
  });
  if (!account) return account.error();
  const Ms to_ts = request.to_ts() > 0 ? request.to_ts() : std::max(clock_.wall_ms(), last_ts + 1);
  Summary summary(request.from_ts(), to_ts);
  const auto read = backend_.journal().history(*account, 1, [&](const core::Fact& fact) {
    summary.take(fact);
    return fact.ts < to_ts;
  });
  if (!read) return read.error();
  for (const CallStory& story : summary.calls()) *reply.add_calls() = to_api(story, keys, to_ts);
  std::map<std::string, api::AgentSummary> by_key;
  for (const AgentStory& story : summary.agents()) {
    api::AgentSummary agent = to_api(story, keys);
    by_key[agent.agent_key() + " " + agent.agent_id()] = std::move(agent);
  }
  for (auto& [key, agent] : by_key) *reply.add_agents() = std::move(agent);
  reply.set_from_ts(request.from_ts());
  reply.set_to_ts(to_ts);
  return reply;
}

}  // namespace rf::node
