#include "core/queue/ask.hpp"

#include <algorithm>

#include "core/strategy/skills.hpp"

namespace rf::core {

namespace {

void relax(Ask& ask, const WideningStep& step) {
  if (step.tiers != TierWindow{}) ask.tiers = step.tiers;
  const bool all = std::find(step.skills_off.begin(), step.skills_off.end(), "*") != step.skills_off.end();
  Skills required, dropped;
  for (Skill& skill : ask.required) {
    const bool off =
        all || std::find(step.skills_off.begin(), step.skills_off.end(), skill.name) != step.skills_off.end();
    if (!off) skill.level = std::max<std::uint32_t>(1, skill.level - std::min(skill.level, step.levels_off));
    (off ? dropped : required).push_back(std::move(skill));
  }
  ask.required = std::move(required);
  ask.preferred = merged(ask.preferred, dropped);
}

const std::map<std::int32_t, TierCount>* tiers_of(const Account& account, QueueId queue) {
  const auto it = account.index.tiers.find(queue);
  return it == account.index.tiers.end() ? nullptr : &it->second;
}

}  // namespace

Ask ask_in(const QueueConfig& queue, const Skills& required, const Skills& preferred, Ms arrived_ts, Ms now_ts) {
  Ask ask;
  ask.required = merged(queue.required, required);
  ask.preferred = merged(queue.preferred, preferred);
  ask.tiers = queue.tiers;
  for (const WideningStep& step : queue.widening) {
    if (now_ts - arrived_ts < step.after_ms) {
      ask.next_step_ts = arrived_ts + step.after_ms;
      break;
    }
    relax(ask, step);
    ++ask.steps;
  }
  return ask;
}

Ms tier_wait_ms(const Account& account, const Queue& queue, std::int32_t tier_level) {
  const TierRules& rules = queue.config.tier_rules;
  const auto* tiers = tiers_of(account, queue.id);
  if (rules.wait_ms == 0 || tiers == nullptr) return 0;
  Ms place = 0;
  bool anybody_before = false;
  for (auto tier = tiers->begin(); tier != tiers->end() && tier->first < tier_level; ++tier, ++place)
    anybody_before = anybody_before || tier->second.present > 0;
  if (place == 0 || (!anybody_before && !rules.wait_for_absent)) return 0;
  return rules.wait_ms * (rules.multiply ? place : 1);
}

TierRange open_tiers(const Account& account, const Call& call, Ms now_ts) {
  TierRange open{call.ask.tiers.min, call.ask.tiers.max == 0 ? limits::tier_level_max : call.ask.tiers.max};
  const Queue* queue = find_queue(account, call.queue);
  const auto* tiers = queue == nullptr ? nullptr : tiers_of(account, queue->id);
  if (tiers == nullptr || queue->config.tier_rules.wait_ms == 0) return open;
  const TierRules& rules = queue->config.tier_rules;
  const Ms waited_ms = now_ts - call.arrived_ts;
  Ms wait_ms = 0;
  bool anybody_before = false;
  for (auto tier = tiers->begin(); tier != tiers->end(); ++tier) {
    const bool skips = !rules.wait_for_absent && !anybody_before;
    if (waited_ms < wait_ms && !skips) {
      open.last = std::min(open.last, std::prev(tier)->first);
      return open;
    }
    anybody_before = anybody_before || tier->second.present > 0;
    wait_ms = tier == tiers->begin() || rules.multiply ? wait_ms + rules.wait_ms : rules.wait_ms;
  }
  return open;
}

Ms next_tier_ts(const Account& account, const Call& call, Ms now_ts) {
  const Queue* queue = find_queue(account, call.queue);
  const auto* tiers = queue == nullptr ? nullptr : tiers_of(account, queue->id);
  if (tiers == nullptr || queue->config.tier_rules.wait_ms == 0) return never_ms;
  const TierRules& rules = queue->config.tier_rules;
  const Ms waited_ms = now_ts - call.arrived_ts;
  const Ms last = static_cast<Ms>(tiers->size()) - 1;
  if (last == 0) return never_ms;
  if (!rules.multiply) return waited_ms < rules.wait_ms ? call.arrived_ts + rules.wait_ms : never_ms;
  const Ms next = waited_ms / rules.wait_ms + 1;
  return next <= last ? call.arrived_ts + next * rules.wait_ms : never_ms;
}

}  // namespace rf::core
