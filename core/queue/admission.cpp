#include "core/queue/admission.hpp"

#include <algorithm>

#include "core/presence/bucket.hpp"

namespace rf::core {

namespace {

bool serves(const Account& account, const Agent& agent, const Membership& m, std::uint32_t when) {
  const auto out = [&](std::uint32_t state) { return (when & state) != 0; };
  if (!m.active || agent.removed || agent.status == Status::offline) return false;
  if (out(empty_when::paused) && (m.paused || agent.status == Status::on_break)) return false;
  if (out(empty_when::not_ready) && agent.status == Status::not_ready) return false;
  if (out(empty_when::unreachable) && !reachable(agent)) return false;
  if (out(empty_when::busy) && agent.external_calls > 0) return false;
  switch (work_state(account, agent)) {
    case WorkState::waiting: return true;
    case WorkState::offering: return !out(empty_when::ringing);
    case WorkState::in_call: return !out(empty_when::busy);
    case WorkState::wrap_up: return !out(empty_when::wrapup);
  }
  return true;
}

std::size_t logged_in(const Account& account, QueueId queue) {
  std::size_t present = 0;
  if (const auto tiers = account.index.tiers.find(queue); tiers != account.index.tiers.end())
    for (const auto& [level, tier] : tiers->second) present += tier.present;
  return present;
}

}  // namespace

bool is_open(const std::vector<OpenHours>& hours, const Zone& zone, Ms ts) {
  if (hours.empty()) return true;
  const LocalTime now = local_time(zone, ts);
  const auto on = [](const OpenHours& open, std::uint32_t weekday) { return (open.weekdays >> weekday & 1) != 0; };
  return std::any_of(hours.begin(), hours.end(), [&](const OpenHours& open) {
    const bool overnight = open.until_min <= open.from_min;
    if (on(open, now.weekday) && now.minute >= open.from_min && (overnight || now.minute < open.until_min)) return true;
    return overnight && on(open, (now.weekday + 6) % 7) && now.minute < open.until_min;
  });
}

bool is_empty(const Account& account, const Queue& queue, std::uint32_t when) {
  if (logged_in(account, queue.id) == 0) return true;
  if ((when & ~empty_when::nobody_logged_in) == 0) return false;
  const auto& members = account.index.members.at(queue.id);
  return std::none_of(members.begin(), members.end(), [&](AgentId id) {
    const Agent& agent = *find_agent(account, id);
    return serves(account, agent, *find_membership(agent, queue.id), when);
  });
}

std::size_t waiting_calls(const Account& account, QueueId queue) {
  const auto count = account.index.lengths.find(queue);
  return count == account.index.lengths.end() ? 0 : count->second;
}

Ms expected_wait_ms(const Account& account, const Queue& queue, std::size_t place) {
  const std::size_t agents = logged_in(account, queue.id);
  if (agents == 0) return never_ms;
  return queue.handle_ms * static_cast<Ms>(place + 1) / static_cast<Ms>(agents);
}

std::optional<OverflowWhen> barred(const Account& account, const Queue& queue, const Now& now, Counted counted) {
  const QueueConfig& config = queue.config;
  const Zone* zone = now.zone(account.settings.time_zone);
  if (zone != nullptr && !is_open(config.hours, *zone, now.ts)) return OverflowWhen::closed;
  const std::size_t self = counted == Counted::yes ? 1 : 0;
  const std::size_t waiting = waiting_calls(account, queue.id) - self;
  if (account.calls.size() - self >= limits::calls_max) return OverflowWhen::full;
  if (config.len_max != 0 && waiting >= config.len_max) return OverflowWhen::full;
  if (config.join_empty != 0 && is_empty(account, queue, config.join_empty)) return OverflowWhen::join_empty;
  if (config.long_wait_ms != 0 && expected_wait_ms(account, queue, waiting) > config.long_wait_ms)
    return OverflowWhen::long_wait;
  return std::nullopt;
}

bool is_capped(const Account& account, const Call& call) {
  const Queue* queue = find_queue(account, call.queue);
  if (queue == nullptr || queue->config.talking_max == 0 || open_offers(account, call) > 0) return false;
  const auto busy = account.index.busy_calls.find(call.queue);
  return busy != account.index.busy_calls.end() && busy->second >= queue->config.talking_max;
}

}  // namespace rf::core
