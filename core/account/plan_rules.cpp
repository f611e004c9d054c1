#include <algorithm>

#include "core/account/checks.hpp"
#include "core/account/draft.hpp"
#include "core/base/limits.hpp"
#include "core/presence/bucket.hpp"

namespace rf::core {

namespace {

/// A log-off step writes at most about this many facts.
constexpr std::size_t logoff_facts_max = 96;
constexpr const char* on_queue = "on_queue";

/// What the plan says at `ts`, and when it says something else; 0: never.
struct Planned {
  std::string kind;
  Ms next_ts = 0;
};

Planned planned_at(const std::vector<Shift>& shifts, Ms ts) {
  Planned out;
  const auto ends_at = [&](Ms at) { out.next_ts = out.next_ts == 0 ? at : std::min(out.next_ts, at); };
  for (const Shift& shift : shifts) {
    if (ts < shift.from_ts) ends_at(shift.from_ts);
    if (ts < shift.from_ts || ts >= shift.until_ts) continue;
    out.kind = on_queue;
    ends_at(shift.until_ts);
    for (const Activity& activity : shift.activities) {
      if (ts < activity.from_ts) ends_at(activity.from_ts);
      if (ts < activity.from_ts || ts >= activity.until_ts) continue;
      out.kind = activity.kind;
      ends_at(activity.until_ts);
    }
  }
  return out;
}

bool follow_each_other(Draft& draft, const char* what, Ms before_ts, Ms from_ts, Ms until_ts, Ms end_ts) {
  if (from_ts >= before_ts && from_ts < until_ts && until_ts <= end_ts) return true;
  draft.refuse(Code::invalid_argument, std::string(what) +
                                           " must follow each other in order of time, each ending after it begins, "
                                           "activities within their shift");
  return false;
}

bool valid_shifts(Draft& draft, const std::vector<Shift>& shifts) {
  if (!not_too_many(draft, "shifts", shifts.size(), limits::shifts_max)) return false;
  Ms end_ts = 0;
  for (const Shift& shift : shifts) {
    if (!follow_each_other(draft, "shifts", end_ts, shift.from_ts, shift.until_ts, never_ms) ||
        !not_too_many(draft, "activities", shift.activities.size(), limits::activities_max))
      return false;
    end_ts = shift.until_ts;
    Ms activity_end_ts = shift.from_ts;
    for (const Activity& activity : shift.activities) {
      if (!fits(draft, "an activity's kind", activity.kind, true) ||
          !follow_each_other(draft, "activities", activity_end_ts, activity.from_ts, activity.until_ts, shift.until_ts))
        return false;
      activity_end_ts = activity.until_ts;
    }
  }
  return true;
}

/// Logs in whoever was logged out when the settings began to follow reachability, and can be reached.
void log_in_reachable(Draft& draft, Ms since_ts) {
  const Account& account = draft.account;
  const auto& logged_out = account.index.logged_out;
  const bool still = account.settings.availability == AvailabilityMode::follow_reachability;
  for (auto id = logged_out.upper_bound(account.logoff_after); still && id != logged_out.end(); ++id) {
    const Agent& agent = *find_agent(account, *id);
    if (agent.status_since_ts > since_ts || !reachable(agent)) continue;
    if (draft.decision.facts.size() >= logoff_facts_max) {
      draft.add(fact::LogoffSwept{*std::prev(id)});
      return;
    }
    follow_up(draft, agent);
  }
  draft.add(fact::LogoffSwept{AgentId()});
}

std::uint64_t day_at(const Zone& zone, std::uint32_t day_end_min, Ms ts) {
  constexpr Ms minute_ms = 60 * second_ms;
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, local_time(zone, ts - static_cast<Ms>(day_end_min) * minute_ms).day));
}

}  // namespace

void decide_rule(Draft& draft, const command::SetShifts& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr || !valid_shifts(draft, c.shifts)) return;
  draft.decision.reply.id = c.agent.value;
  if (agent->shifts != c.shifts) draft.add(fact::ShiftsSet{c.agent, c.shifts});
  const Planned now = planned_at(c.shifts, draft.now.ts);
  if (now.kind != agent->activity || now.next_ts != agent->next_activity_ts)
    draft.add(fact::ActivityBegan{c.agent, now.kind, now.next_ts});
}

void activity_due(Draft& draft, AgentId id) {
  const Agent* agent = find_agent(draft.account, id);
  if (agent == nullptr || agent->next_activity_ts == 0 || draft.now.ts < agent->next_activity_ts) return;
  const Planned now = planned_at(agent->shifts, draft.now.ts);
  draft.add(fact::ActivityBegan{id, now.kind, now.next_ts});
  const bool off = now.kind.empty() && !agent->activity.empty();
  if (off && draft.account.settings.not_ready_off_shift && stays_available(*agent))
    change_status(draft, *agent, NextStatus{true, Status::not_ready, std::string(reason::off_shift), draft.now.ts});
}

bool set_day(Draft& draft, const Settings& settings, bool needed) {
  const Zone* zone = draft.now.zone(settings.time_zone);
  if (zone == nullptr) {
    draft.refuse(Code::invalid_argument, "there is no time zone \"" + settings.time_zone +
                                             "\": name it as the IANA database does, e.g. Europe/Berlin");
    return false;
  }
  const Settings& before = draft.account.settings;
  const bool moved = before.time_zone != settings.time_zone || before.day_end_min != settings.day_end_min;
  const bool counted = draft.account.day_end_ts != 0;
  // A sweep that runs, or begins with these settings, goes on.
  const bool begins_to_follow =
      settings.availability != before.availability && settings.availability == AvailabilityMode::follow_reachability;
  if (counted ? moved : needed)
    draft.add(fact::DayBegan{day_at(*zone, settings.day_end_min, draft.now.ts),
                             next_local(*zone, draft.now.ts, settings.day_end_min),
                             begins_to_follow ? -draft.now.ts : draft.account.logoff_ts});
  return true;
}

void day_due(Draft& draft) {
  const Account& account = draft.account;
  if (account.day_end_ts == 0 || draft.now.ts < account.day_end_ts) return;
  const Settings& settings = account.settings;
  const Zone* known = draft.now.zone(settings.time_zone);
  const Zone& zone = known == nullptr ? *utc_only().find({}) : *known;
  draft.add(fact::DayBegan{day_at(zone, settings.day_end_min, draft.now.ts),
                           next_local(zone, draft.now.ts, settings.day_end_min),
                           settings.auto_logoff ? account.day_end_ts : 0});
}

void logoff_due(Draft& draft) {
  const Account& account = draft.account;
  if (account.logoff_ts == 0) return;
  if (account.logoff_ts < 0) return log_in_reachable(draft, -account.logoff_ts);
  const auto& logged_in = account.index.logged_in;
  for (auto id = logged_in.upper_bound(account.logoff_after); id != logged_in.end(); ++id) {
    const Agent& agent = *find_agent(account, *id);
    // Who is logged in by a phone has no login to end, and nothing would log in again while the phone stays.
    if (agent.logged_in_ts >= account.logoff_ts || follows(account, agent.config)) continue;
    if (draft.decision.facts.size() >= logoff_facts_max) {
      draft.add(fact::LogoffSwept{*std::prev(id)});
      return;
    }
    const NextStatus next{true, Status::offline, std::string(reason::day_end), account.logoff_ts};
    // Wrap-up is work, too: it is done first.
    if (agent.wrapup_until_ts != 0)
      draft.add(fact::NextStatusSet{agent.id, next});
    else
      change_status(draft, agent, next);
  }
  draft.add(fact::LogoffSwept{AgentId()});
}

void break_due(Draft& draft, AgentId id) {
  const Agent* agent = find_agent(draft.account, id);
  if (agent != nullptr && agent->break_until_ts != 0 && draft.now.ts >= agent->break_until_ts)
    draft.add(fact::BreakOverran{id});
}

void stale_due(Draft& draft, AgentId id) {
  const Agent* agent = find_agent(draft.account, id);
  if (agent != nullptr && agent->bucket == Bucket::unreachable && !agent->stale) draft.add(fact::AgentStale{id});
}

}  // namespace rf::core
