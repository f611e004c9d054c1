#include <algorithm>
#include <set>

#include "core/account/checks.hpp"
#include "core/base/limits.hpp"

namespace rf::core {

namespace {

constexpr Ms wait_ms_max = 24 * 3600 * second_ms;
constexpr Ms announce_every_ms_min = 15 * second_ms;
constexpr std::uint32_t day_min = 24 * 60;

bool wrong(Draft& draft, std::string what) {
  draft.refuse(Code::invalid_argument, std::move(what));
  return false;
}

/// It would be right in another account, or later.
bool not_now(Draft& draft, std::string what) {
  draft.refuse(Code::failed_precondition, std::move(what));
  return false;
}

bool is_number(const std::string& text) {
  const std::size_t from = text.rfind('+', 0) == 0 ? 1 : 0;
  return text.size() >= from + 3 && text.size() <= from + 18 &&
         text.find_first_not_of("0123456789", from) == std::string::npos;
}

/// A number, or a `sip:` URI; the edge looks closer at the latter.
bool valid_address(Draft& draft, const char* field, const std::string& text) {
  if (!fits(draft, field, text, true)) return false;
  if (is_number(text) || (text.rfind("sip:", 0) == 0 && text.find_first_of(" <>\r\n") == std::string::npos))
    return true;
  return wrong(draft, std::string(field) + " must be a number such as +4930123456 or a sip: URI, not \"" + text + "\"");
}

bool valid_window(Draft& draft, const TierWindow& tiers) {
  if (!in_range(draft, "tiers.min", tiers.min, 0, limits::tier_level_max) ||
      !in_range(draft, "tiers.max", tiers.max, 0, limits::tier_level_max))
    return false;
  if (tiers.max == 0 || tiers.min <= tiers.max) return true;
  draft.refuse(Code::invalid_argument, "tiers.min must not be above tiers.max");
  return false;
}

/// What decides whom the queue's calls may reach.
bool valid_matching(Draft& draft, const QueueConfig& q) {
  if (!in_range(draft, "ring_step_ms", q.ring_step_ms, 0, wait_ms_max) || !valid_window(draft, q.tiers) ||
      !in_range(draft, "tier_rules.wait_ms", q.tier_rules.wait_ms, 0, wait_ms_max) ||
      !in_range(draft, "sticky.window_ms", q.sticky.window_ms, 0, 366LL * wait_ms_max) ||
      !in_range(draft, "sticky.wait_ms", q.sticky.wait_ms, 0, wait_ms_max) ||
      !valid_skills(draft, "required", q.required) || !valid_skills(draft, "preferred", q.preferred) ||
      !not_too_many(draft, "widening steps", q.widening.size(), limits::widening_steps_max))
    return false;
  Ms after_ms = 0;
  for (const WideningStep& step : q.widening) {
    if (!in_range(draft, "widening.after_ms", step.after_ms, after_ms + 1, wait_ms_max) ||
        !valid_window(draft, step.tiers) ||
        !in_range(draft, "levels_off", step.levels_off, 0, limits::skill_level_max) ||
        !not_too_many(draft, "skills_off", step.skills_off.size(), limits::skills_max))
      return false;
    for (const std::string& skill : step.skills_off)
      if (!fits(draft, "a skill's name", skill, true)) return false;
    after_ms = step.after_ms;
  }
  return true;
}

bool valid_hours(Draft& draft, const std::vector<OpenHours>& hours) {
  if (!not_too_many(draft, "opening hours", hours.size(), limits::open_hours_max)) return false;
  return std::all_of(hours.begin(), hours.end(), [&](const OpenHours& open) {
    return in_range(draft, "weekdays", open.weekdays, 1, 127) &&
           in_range(draft, "from_min", open.from_min, 0, day_min - 1) &&
           in_range(draft, "until_min", open.until_min, 0, day_min);
  });
}

bool valid_overflow(Draft& draft, QueueId self, const Overflow& rule) {
  const bool keyed = rule.when == OverflowWhen::key;
  if (keyed && (rule.key.size() != 1 || std::string("0123456789*#ABCD").find(rule.key) == std::string::npos))
    return wrong(draft, "an exit key must be one of 0-9, *, # or A-D, not \"" + rule.key + "\"");
  switch (rule.to) {
    case OverflowTo::hang_up:
    case OverflowTo::callback: return true;
    case OverflowTo::queue:
      if (rule.queue == self) return wrong(draft, "an overflow names the queue itself: name another");
      return live_queue(draft, rule.queue) != nullptr;
    case OverflowTo::agent: return live_agent(draft, rule.agent) != nullptr;
    case OverflowTo::address: return valid_address(draft, "an overflow's address", rule.address);
  }
  return true;
}

bool valid_overflows(Draft& draft, QueueId self, const std::vector<Overflow>& rules) {
  if (!not_too_many(draft, "overflow rules", rules.size(), limits::overflow_rules_max)) return false;
  std::set<std::pair<OverflowWhen, std::string>> seen;
  for (const Overflow& rule : rules) {
    if (!valid_overflow(draft, self, rule)) return false;
    if (!seen.emplace(rule.when, rule.when == OverflowWhen::key ? rule.key : std::string()).second)
      return wrong(draft,
                   "two overflow rules say where calls go when " + std::string(name_of(rule.when)) + ": keep one");
  }
  return true;
}

/// What decides who enters, who leaves, and what is asked when a call is over.
bool valid_stay(Draft& draft, QueueId self, const QueueConfig& q) {
  if (!in_range(draft, "base_score_ms", q.base_score_ms, 0, limits::score_ms_max) ||
      !in_range(draft, "len_max", q.len_max, 0, limits::calls_max) ||
      !in_range(draft, "long_wait_ms", q.long_wait_ms, 0, wait_ms_max) ||
      !in_range(draft, "join_empty", q.join_empty, 0, empty_when::all) ||
      !in_range(draft, "leave_empty", q.leave_empty, 0, empty_when::all) ||
      !in_range(draft, "no_agent_ms", q.no_agent_ms, 0, wait_ms_max) ||
      !in_range(draft, "no_agent_grace_ms", q.no_agent_grace_ms, 0, wait_ms_max) ||
      !in_range(draft, "talking_max", q.talking_max, 0, limits::calls_max) ||
      !in_range(draft, "abandoned_keep_ms", q.abandoned_keep_ms, 0, wait_ms_max) ||
      (q.announce_every_ms != 0 &&
       !in_range(draft, "announce_every_ms", q.announce_every_ms, announce_every_ms_min, wait_ms_max)) ||
      !in_range(draft, "no_answer_max", q.no_answer_max, 0, 1000) ||
      !in_range(draft, "wrapup_ms_max", q.wrapup_ms_max, 0, wait_ms_max) ||
      !in_range(draft, "sla_ms", q.sla_ms, 0, wait_ms_max) || !in_range(draft, "sla_percent", q.sla_percent, 0, 100) ||
      !valid_hours(draft, q.hours) || !valid_overflows(draft, self, q.overflow) ||
      !not_too_many(draft, "outcomes", q.outcomes.size(), limits::outcomes_max))
    return false;
  return std::all_of(q.outcomes.begin(), q.outcomes.end(),
                     [&](const DispositionChoice& choice) { return fits(draft, "an outcome", choice.outcome, true); });
}

bool valid_endpoints(Draft& draft, const AgentConfig& a) {
  const bool bot = a.kind == AgentKind::bot;
  if (bot != !a.uri.empty())
    return wrong(draft, bot ? "a bot needs a uri, the sip: address at which it answers"
                            : "only a bot has a uri: phones register, or set follow_me");
  if (bot && (a.uri.rfind("sip:", 0) != 0 || !valid_address(draft, "uri", a.uri)))
    return draft.decision.reply.ok() ? wrong(draft, "uri must be a sip: URI, not \"" + a.uri + "\"") : false;
  if (a.follow_me.empty()) return true;
  if (!is_number(a.follow_me) || a.follow_me.front() != '+')
    return wrong(draft,
                 "follow_me must be a number in international form such as +4930123456, not \"" + a.follow_me + "\"");
  if (draft.account.numbers.count(a.follow_me) > 0)
    return not_now(draft, "follow_me " + a.follow_me + " is a number of this account: calls would go round in circles");
  if (draft.account.trunks.empty()) return not_now(draft, "follow_me needs a trunk to ring it by: add one first");
  return true;
}

}  // namespace

const Queue* live_queue(Draft& draft, QueueId id) {
  const Queue* queue = find_queue(draft.account, id);
  if (queue != nullptr && !queue->removed) return queue;
  draft.refuse(Code::not_found, "there is no queue " + id.text() + " in this account: create it or name another");
  return nullptr;
}

bool valid_wrapup(Draft& draft, const std::optional<Ms>& wrapup_ms) {
  return !wrapup_ms || in_range(draft, "wrapup_ms", *wrapup_ms, 0, wait_ms_max);
}

bool valid(Draft& draft, QueueId self, const QueueConfig& q) {
  return fits(draft, "key", q.key, true) && fits(draft, "name", q.name, false) &&
         in_range(draft, "ring_timeout_ms", q.ring_timeout_ms, 4 * second_ms, 600 * second_ms) &&
         in_range(draft, "max_wait_ms", q.max_wait_ms, 0, wait_ms_max) &&
         in_range(draft, "ring_all_width", q.ring_all_width, 1, limits::ring_all_width_max) &&
         in_range(draft, "reject_delay_ms", q.reject_delay_ms, 0, wait_ms_max) &&
         in_range(draft, "busy_delay_ms", q.busy_delay_ms, 0, wait_ms_max) &&
         in_range(draft, "no_answer_delay_ms", q.no_answer_delay_ms, 0, wait_ms_max) &&
         valid_wrapup(draft, q.wrapup_ms) && valid_matching(draft, q) && valid_stay(draft, self, q);
}

bool valid(Draft& draft, const AgentConfig& a) {
  if (!fits(draft, "key", a.key, true) || !fits(draft, "name", a.name, false) ||
      !fits(draft, "extension", a.extension, false) || !in_range(draft, "max_concurrent", a.max_concurrent, 1, 100) ||
      !in_range(draft, "priority", a.priority, 0, 100) || !valid_wrapup(draft, a.wrapup_ms) ||
      !valid_skills(draft, "skills", a.skills) || !valid_endpoints(draft, a) ||
      (a.outbound_queue.set() && live_queue(draft, a.outbound_queue) == nullptr) ||
      !not_too_many(draft, "caller ids", a.caller_ids.size(), limits::caller_ids_max))
    return false;
  for (const std::string& number : a.caller_ids)
    if (!fits(draft, "a caller id", number, true)) return false;
  const auto& ids = a.caller_ids;
  if (!a.default_caller_id.empty() && std::find(ids.begin(), ids.end(), a.default_caller_id) == ids.end())
    return wrong(draft, "default_caller_id " + a.default_caller_id + " is none of caller_ids: add it there");
  return true;
}

bool valid(Draft& draft, const Settings& s) {
  if (!fits(draft, "key", s.key, true) || !fits(draft, "name", s.name, false) ||
      !in_range(draft, "wrapup_ms", s.wrapup_ms, 0, wait_ms_max) ||
      !in_range(draft, "day_end_min", s.day_end_min, 0, day_min - 1) ||
      !in_range(draft, "stale_after_ms", s.stale_after_ms, 0, wait_ms_max) ||
      (s.direct_ring_ms != 0 && !in_range(draft, "direct_ring_ms", s.direct_ring_ms, 4 * second_ms, 600 * second_ms)) ||
      !in_range(draft, "direct_max_wait_ms", s.direct_max_wait_ms, 0, wait_ms_max) ||
      !fits(draft, "outbound_trunk", s.outbound_trunk, false) ||
      !not_too_many(draft, "break reasons", s.break_reasons.size(), limits::break_reasons_max))
    return false;
  std::set<std::string> ids;
  for (const BreakReason& kind : s.break_reasons) {
    if (!fits(draft, "a break reason's id", kind.id, true) ||
        !in_range(draft, "a break's max_ms", kind.max_ms, 0, wait_ms_max) ||
        !not_too_many(draft, "labels", kind.labels.size(), limits::labels_max))
      return false;
    if (!ids.insert(kind.id).second) return wrong(draft, "two break reasons are called \"" + kind.id + "\": keep one");
    for (const Label& label : kind.labels)
      if (!fits(draft, "a label's language", label.language, true) || !fits(draft, "a label", label.text, true))
        return false;
  }
  return true;
}

bool valid(Draft& draft, const std::string& number, const Route& route) {
  if (!route.queue.set() && !route.agent.set()) return wrong(draft, "the number needs a queue or an agent to lead to");
  if ((route.queue.set() && live_queue(draft, route.queue) == nullptr) ||
      (route.agent.set() && live_agent(draft, route.agent) == nullptr) ||
      (route.queue.set() && route.agent.set() && !in_queue(draft, route.agent, route.queue)) ||
      !valid_hours(draft, route.hours) || !valid_overflow(draft, QueueId(), route.closed))
    return false;
  const auto& follow_me = draft.account.index.agents_by_follow_me;
  const auto agent = follow_me.lower_bound({number, AgentId()});
  if (agent == follow_me.end() || agent->first != number) return true;
  return not_now(draft, "the number is the Follow-Me of agent " + find_agent(draft.account, agent->second)->config.key +
                            ": calls would go round in circles");
}

}  // namespace rf::core
