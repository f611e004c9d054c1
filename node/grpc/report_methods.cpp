#include "node/grpc/report_methods.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "node/api/convert.hpp"
#include "node/lookup.hpp"
#include "node/report/fact_pages.hpp"
#include "node/validate.hpp"

namespace rf::node {

namespace {

constexpr std::uint32_t facts_default = 1000;
constexpr std::uint32_t facts_max = 10000;
constexpr Ms day_ms = 24 * 3600 * second_ms;

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

void add_attendance(const Attendance& attendance, api::AgentSummary& out) {
  out.set_logged_in_ms(attendance.logged_in_ms);
  for (const Pause& pause : attendance.pauses) {
    const Ms ms = pause.until_ts - pause.from_ts;
    const bool wrapup = pause.by_system && pause.reason == core::reason::wrapup;
    if (wrapup) out.set_wrapup_ms(out.wrapup_ms() + ms);
    if (!wrapup && !pause.queue.set()) out.set_break_ms(out.break_ms() + ms);
    api::Pause& added = *out.add_pauses();
    added.set_reason(utf8_of(pause.reason));
    if (pause.queue.set()) added.set_queue_id(pause.queue.text());
    added.set_from_ts(pause.from_ts);
    added.set_until_ts(pause.until_ts);
    added.set_goes_on(pause.goes_on);
    added.set_by_system(pause.by_system);
    added.set_unproductive(pause.unproductive);
  }
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
  if (story.answered != 0) out.set_talked_average_ms(story.talked_ms / story.answered);
  const auto of = [&](core::Category category) { return story.disposed[static_cast<std::size_t>(category)]; };
  out.set_successful(of(core::Category::success));
  out.set_unsure(of(core::Category::unsure));
  out.set_failed(of(core::Category::fail));
  add_attendance(story.attendance, out);
  const Shares shares = shares_of(story);
  if (shares.occupancy) out.set_occupancy(*shares.occupancy);
  if (shares.utilization) out.set_utilization(*shares.utilization);
  if (shares.adherence) out.set_adherence(*shares.adherence);
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
  table.add<api::GetDashboardRequest, api::GetDashboardReply>(
      "ReportService/GetDashboard", Effect::reads, [this](const Call&, const auto& q, const auto& answer) {
        reader_.post([this, q, answer] { answer(dashboard(q)); });
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

Ms ReportMethods::day_from_ts(const core::Settings& settings, Ms ts) const {
  const Zone* known = zones_.find(settings.time_zone);
  const Zone& zone = known == nullptr ? *utc_only().find({}) : *known;
  Ms from_ts = ts - 3 * day_ms;
  for (Ms next_ts = from_ts; next_ts <= ts; next_ts = next_local(zone, from_ts, settings.day_end_min))
    from_ts = next_ts;
  return from_ts;
}

Result<Summary> ReportMethods::told(AccountId account, Ms from_ts, Ms to_ts) const {
  Summary summary(from_ts, to_ts);
  const auto read = backend_.journal().history(account, 1, [&](const core::Fact& fact) {
    summary.take(fact);
    return fact.ts < to_ts;
  });
  if (!read) return read.error();
  return summary;
}

Result<api::SummarizeReply> ReportMethods::summarize(const api::SummarizeRequest& request) const {
  if (request.today() && request.from_ts() != 0)
    return Error{Code::invalid_argument, "from_ts stands beside today: give one of them"};
  api::SummarizeReply reply;
  Keys keys;
  core::Settings settings;
  Ms last_ts = 0;
  const auto account = backend_.read(request.account(), [&](const core::Account& a) -> Result<void> {
    *reply.mutable_mark() = backend_.mark(a);
    last_ts = a.last_ts;
    settings = a.settings;
    for (const auto& [id, agent] : a.agents) keys.agents[id] = agent.config;
    for (const auto& [id, queue] : a.queues) keys.queues[id] = queue.config.key;
    return {};
  });
  if (!account) return account.error();
  const Ms now_ts = std::max(clock_.wall_ms(), last_ts + 1);
  const Ms to_ts = request.to_ts() > 0 ? request.to_ts() : now_ts;
  const Ms from_ts = request.today() ? day_from_ts(settings, now_ts) : request.from_ts();
  const auto summary = told(*account, from_ts, to_ts);
  if (!summary) return summary.error();
  for (const CallStory& story : summary->calls()) *reply.add_calls() = to_api(story, keys, to_ts);
  std::map<std::string, api::AgentSummary> by_key;
  for (const AgentStory& story : summary->agents()) {
    api::AgentSummary agent = to_api(story, keys);
    by_key[agent.agent_key() + " " + agent.agent_id()] = std::move(agent);
  }
  for (auto& [key, agent] : by_key) *reply.add_agents() = std::move(agent);
  reply.set_from_ts(from_ts);
  reply.set_to_ts(to_ts);
  return reply;
}

Result<api::GetDashboardReply> ReportMethods::dashboard(const api::GetDashboardRequest& request) const {
  api::GetDashboardReply reply;
  Keys keys;
  AgentId id;
  Ms to_ts = 0;
  const auto account = backend_.read(request.account(), [&](const core::Account& a) -> Result<void> {
    const auto found = find_agent(a, request.agent());
    if (!found) return found.error();
    id = *found;
    const core::Agent& agent = *core::find_agent(a, id);
    keys.agents[id] = agent.config;
    *reply.mutable_agent() = rf::node::to_api(a, agent);
    for (const ReservationId held : agent.live)
      if (const core::Reservation* r = core::find_reservation(a, held))
        if (const core::Call* call = core::find_call(a, r->offer.call)) *reply.add_calls() = rf::node::to_api(a, *call);
    to_ts = std::max(clock_.wall_ms(), a.last_ts + 1);
    reply.set_day_from_ts(day_from_ts(a.settings, to_ts));
    *reply.mutable_mark() = backend_.mark(a);
    return {};
  });
  if (!account) return account.error();
  const auto summary = told(*account, reply.day_from_ts(), to_ts);
  if (!summary) return summary.error();
  for (const AgentStory& story : summary->agents())
    if (story.agent == id) *reply.mutable_today() = to_api(story, keys);
  return reply;
}

}  // namespace rf::node
