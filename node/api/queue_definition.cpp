#include "node/api/definitions.hpp"
#include "node/api/door.hpp"
#include "node/api/enums.hpp"

namespace rf::node {

namespace {

constexpr std::uint32_t every_day = 127;

core::TierWindow window_of(const api::TierWindow& tiers) { return {tiers.min(), tiers.max()}; }

Result<core::Overflow> overflow_of(const api::Overflow& rule, const Finders& find) {
  Door door;
  core::Overflow out;
  door.take(overflow_when_of(rule.when()), out.when);
  door.take(overflow_to_of(rule.to()), out.to);
  door.text("an overflow's key", rule.key(), out.key);
  if (out.to == core::OverflowTo::queue) door.take(find.queue(rule.queue()), out.queue);
  if (out.to == core::OverflowTo::agent) door.take(find.agent(rule.agent()), out.agent);
  if (out.to == core::OverflowTo::address) door.text("an overflow's address", rule.address(), out.address);
  const bool extra = (!rule.key().empty() && out.when != core::OverflowWhen::key) ||
                     (!rule.queue().empty() && out.to != core::OverflowTo::queue) ||
                     (!rule.agent().empty() && out.to != core::OverflowTo::agent) ||
                     (!rule.address().empty() && out.to != core::OverflowTo::address);
  if (extra)
    door.also(Error{Code::invalid_argument,
                    "an overflow rule names more than it needs: leave out the key unless `when` is key, and the queue, "
                    "agent or address that `to` does not go to"});
  return door.end(std::move(out));
}

using ApiHours = google::protobuf::RepeatedPtrField<api::OpenHours>;
Result<std::vector<core::OpenHours>> hours_of(const ApiHours& hours) {
  Door door;
  std::vector<core::OpenHours> out;
  for (const api::OpenHours& open : hours) {
    core::OpenHours& added = out.emplace_back();
    door.take(weekdays_of(open.weekdays()), added.weekdays);
    if (open.weekdays().empty()) added.weekdays = every_day;
    added.from_min = open.from_min();
    added.until_min = open.until_min();
  }
  return door.end(std::move(out));
}

void take_matching(const api::QueueDefinition& queue, core::QueueConfig& out, Door& door) {
  out.ring_step_ms = queue.ring_step_ms();
  out.tiers = window_of(queue.tiers());
  out.tier_rules = {queue.tier_rules().wait_ms(), queue.tier_rules().multiply(), queue.tier_rules().wait_for_absent()};
  door.take(skills_of("required", queue.required()), out.required);
  door.take(skills_of("preferred", queue.preferred()), out.preferred);
  for (const api::WideningStep& step : queue.widening()) {
    core::WideningStep& added = out.widening.emplace_back();
    added.after_ms = step.after_ms();
    added.tiers = window_of(step.tiers());
    added.levels_off = step.levels_off();
    for (const std::string& skill : step.skills_off())
      door.text("a skill's name in skills_off", skill, added.skills_off.emplace_back());
  }
  door.take(sticky_mode_of(queue.sticky().mode()), out.sticky.mode);
  out.sticky.window_ms = queue.sticky().window_ms();
  out.sticky.wait_ms = queue.sticky().wait_ms();
  out.sticky.wait_for_absent = queue.sticky().wait_for_absent();
}

void take_stay(const api::QueueDefinition& queue, const Finders& find, core::QueueConfig& out, Door& door) {
  out.base_score_ms = queue.base_score_ms();
  out.len_max = queue.len_max();
  out.long_wait_ms = queue.long_wait_ms();
  door.take(empty_when_of("join_empty", queue.join_empty()), out.join_empty);
  door.take(empty_when_of("leave_empty", queue.leave_empty()), out.leave_empty);
  out.no_agent_ms = queue.no_agent_ms();
  if (queue.has_no_agent_grace_ms()) out.no_agent_grace_ms = queue.no_agent_grace_ms();
  out.talking_max = queue.talking_max();
  for (const api::Overflow& rule : queue.overflow()) door.take(overflow_of(rule, find), out.overflow.emplace_back());
  door.take(hours_of(queue.hours()), out.hours);
  out.abandoned_resume = queue.abandoned_resume();
  if (queue.has_abandoned_keep_ms()) out.abandoned_keep_ms = queue.abandoned_keep_ms();
  out.announce_position = queue.announce_position();
  out.announce_wait = queue.announce_wait();
  out.announce_every_ms = queue.announce_every_ms();
}

void take_after(const api::QueueDefinition& queue, core::QueueConfig& out, Door& door) {
  if (queue.has_no_answer_max()) out.no_answer_max = queue.no_answer_max();
  out.dispositions = queue.dispositions();
  for (const api::DispositionChoice& choice : queue.outcomes()) {
    core::DispositionChoice& added = out.outcomes.emplace_back();
    door.take(category_of(choice.category()), added.category);
    if (choice.category() == api::CATEGORY_UNSPECIFIED)
      door.also(Error{Code::invalid_argument, "an outcome of the queue has no category: give fail, unsure or success"});
    door.text("an outcome", choice.outcome(), added.outcome);
  }
  out.wrapup_ms_max = queue.wrapup_ms_max();
  out.record = queue.record();
  if (queue.has_sla_ms()) out.sla_ms = queue.sla_ms();
  if (queue.has_sla_percent()) out.sla_percent = queue.sla_percent();
  out.outbound_resets_idle = queue.outbound_resets_idle();
}

}  // namespace

Result<core::QueueConfig> config_of(const api::QueueDefinition& queue, const Finders& find) {
  Door door;
  core::QueueConfig out;
  door.also(check_key("the queue's key", queue.key()));
  out.key = queue.key();
  door.text("name", queue.name(), out.name);
  door.take(strategy_of(queue.strategy()), out.strategy);
  if (queue.has_ring_timeout_ms()) out.ring_timeout_ms = queue.ring_timeout_ms();
  if (queue.has_max_wait_ms()) out.max_wait_ms = queue.max_wait_ms();
  if (queue.has_wrapup_ms()) out.wrapup_ms = queue.wrapup_ms();
  out.weight = queue.weight();
  if (queue.has_ring_all_width()) out.ring_all_width = queue.ring_all_width();
  if (queue.has_reject_delay_ms()) out.reject_delay_ms = queue.reject_delay_ms();
  if (queue.has_busy_delay_ms()) out.busy_delay_ms = queue.busy_delay_ms();
  if (queue.has_no_answer_delay_ms()) out.no_answer_delay_ms = queue.no_answer_delay_ms();
  take_matching(queue, out, door);
  take_stay(queue, find, out, door);
  take_after(queue, out, door);
  return door.end(std::move(out));
}

Result<core::Route> route_of(const api::Number& number, const Finders& find) {
  Door door;
  core::Route out;
  door.also(check_user_part("number", number.number()));
  if (number.queue().empty() && number.agent().empty())
    door.also(Error{Code::invalid_argument, "number " + number.number() + " leads nowhere: name a queue or an agent"});
  if (!number.queue().empty()) door.take(find.queue(number.queue()), out.queue);
  if (!number.agent().empty()) door.take(find.agent(number.agent()), out.agent);
  door.take(hours_of(number.hours()), out.hours);
  if (number.has_closed()) {
    api::Overflow closed = number.closed();
    closed.set_when(api::OVERFLOW_WHEN_CLOSED);
    door.take(overflow_of(closed, find), out.closed);
  }
  return door.end(std::move(out));
}

}  // namespace rf::node
