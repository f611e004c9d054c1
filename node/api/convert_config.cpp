#include "node/api/convert.hpp"
#include "node/validate.hpp"

namespace rf::node {

namespace {

void set_window(const core::TierWindow& tiers, api::TierWindow& out) {
  out.set_min(tiers.min);
  out.set_max(tiers.max);
}

void add_hours(const std::vector<core::OpenHours>& hours, google::protobuf::RepeatedPtrField<api::OpenHours>& out) {
  for (const core::OpenHours& open : hours) {
    api::OpenHours& added = *out.Add();
    set_bits(open.weekdays, *added.mutable_weekdays());
    added.set_from_min(open.from_min);
    added.set_until_min(open.until_min);
  }
}

void set_matching(const core::QueueConfig& config, api::QueueDefinition& out) {
  out.set_ring_step_ms(config.ring_step_ms);
  if (config.tiers != core::TierWindow{}) set_window(config.tiers, *out.mutable_tiers());
  if (config.tier_rules != core::TierRules{}) {
    api::TierRules& rules = *out.mutable_tier_rules();
    rules.set_wait_ms(config.tier_rules.wait_ms);
    rules.set_multiply(config.tier_rules.multiply);
    rules.set_wait_for_absent(config.tier_rules.wait_for_absent);
  }
  add_skills(config.required, *out.mutable_required());
  add_skills(config.preferred, *out.mutable_preferred());
  for (const core::WideningStep& step : config.widening) {
    api::WideningStep& added = *out.add_widening();
    added.set_after_ms(step.after_ms);
    if (step.tiers != core::TierWindow{}) set_window(step.tiers, *added.mutable_tiers());
    added.set_levels_off(step.levels_off);
    for (const std::string& skill : step.skills_off) added.add_skills_off(skill);
  }
  if (config.sticky != core::Sticky{}) {
    api::Sticky& sticky = *out.mutable_sticky();
    sticky.set_mode(to_api(config.sticky.mode));
    sticky.set_window_ms(config.sticky.window_ms);
    sticky.set_wait_ms(config.sticky.wait_ms);
    sticky.set_wait_for_absent(config.sticky.wait_for_absent);
  }
}

void set_stay(const core::QueueConfig& config, api::QueueDefinition& out) {
  out.set_base_score_ms(config.base_score_ms);
  out.set_len_max(config.len_max);
  out.set_long_wait_ms(config.long_wait_ms);
  set_bits(config.join_empty, *out.mutable_join_empty());
  set_bits(config.leave_empty, *out.mutable_leave_empty());
  out.set_no_agent_ms(config.no_agent_ms);
  out.set_no_agent_grace_ms(config.no_agent_grace_ms);
  out.set_talking_max(config.talking_max);
  for (const core::Overflow& rule : config.overflow) *out.add_overflow() = to_api(rule);
  add_hours(config.hours, *out.mutable_hours());
  out.set_abandoned_resume(config.abandoned_resume);
  out.set_abandoned_keep_ms(config.abandoned_keep_ms);
  out.set_announce_position(config.announce_position);
  out.set_announce_wait(config.announce_wait);
  out.set_announce_every_ms(config.announce_every_ms);
}

void set_after(const core::QueueConfig& config, api::QueueDefinition& out) {
  out.set_no_answer_max(config.no_answer_max);
  out.set_dispositions(config.dispositions);
  for (const core::DispositionChoice& choice : config.outcomes) {
    api::DispositionChoice& added = *out.add_outcomes();
    added.set_category(to_api(choice.category));
    added.set_outcome(choice.outcome);
  }
  out.set_wrapup_ms_max(config.wrapup_ms_max);
  out.set_record(config.record);
  out.set_sla_ms(config.sla_ms);
  out.set_sla_percent(config.sla_percent);
  out.set_outbound_resets_idle(config.outbound_resets_idle);
}

}  // namespace

api::Settings to_api(const core::Settings& settings) {
  api::Settings out;
  out.set_key(settings.key);
  out.set_name(settings.name);
  out.set_auto_ready_on_login(settings.auto_ready_on_login);
  out.set_auto_queue_login(settings.auto_queue_login);
  out.set_wrapup_ms(settings.wrapup_ms);
  out.set_availability(to_api(settings.availability));
  out.set_time_zone(settings.time_zone);
  out.set_day_end_min(settings.day_end_min);
  out.set_auto_logoff(settings.auto_logoff);
  out.set_stale_after_ms(settings.stale_after_ms);
  api::BreakReasons& reasons = *out.mutable_break_reasons();
  for (const core::BreakReason& reason : settings.break_reasons) {
    api::BreakReason& added = *reasons.add_reasons();
    added.set_id(reason.id);
    for (const core::Label& label : reason.labels) {
      api::Label& text = *added.add_labels();
      text.set_language(label.language);
      text.set_text(label.text);
    }
    added.set_unproductive(reason.unproductive);
    added.set_max_ms(reason.max_ms);
  }
  out.set_paused_agents_may_call(settings.paused_agents_may_call);
  out.set_paused_participants_may_not_call(settings.paused_participants_may_not_call);
  out.set_not_ready_off_shift(settings.not_ready_off_shift);
  out.set_outbound_trunk(settings.outbound_trunk);
  out.set_direct_ring_ms(settings.direct_ring_ms);
  out.set_direct_max_wait_ms(settings.direct_max_wait_ms);
  return out;
}

api::Membership to_api(const core::Membership& membership) {
  api::Membership out;
  out.set_queue(membership.queue.text());
  out.set_mode(to_api(membership.mode));
  out.set_tier_level(membership.tier_level);
  out.set_position(membership.position);
  out.set_delay_ms(membership.delay_ms);
  if (membership.wrapup_ms) out.set_wrapup_ms(*membership.wrapup_ms);
  out.set_active(membership.active);
  out.set_locked(membership.locked);
  out.set_paused(membership.paused);
  out.set_pause_reason(membership.pause_reason);
  return out;
}

api::Overflow to_api(const core::Overflow& rule) {
  api::Overflow out;
  out.set_when(to_api(rule.when));
  out.set_key(rule.key);
  out.set_to(to_api(rule.to));
  out.set_queue(text_or_empty(rule.queue));
  out.set_agent(text_or_empty(rule.agent));
  out.set_address(rule.address);
  return out;
}

api::Number to_api(const std::string& number, const core::Route& route) {
  api::Number out;
  out.set_number(number);
  out.set_queue(text_or_empty(route.queue));
  out.set_agent(text_or_empty(route.agent));
  add_hours(route.hours, *out.mutable_hours());
  if (route.closed != core::Overflow{}) *out.mutable_closed() = to_api(route.closed);
  return out;
}

void add_skills(const core::Skills& skills, ApiSkills& out) {
  for (const core::Skill& skill : skills) {
    api::Skill& added = *out.Add();
    added.set_name(skill.name);
    added.set_level(skill.level);
  }
}

api::AgentDefinition definition_of(AgentId id, const core::AgentConfig& config,
                                   const std::vector<core::Membership>& memberships) {
  api::AgentDefinition out;
  out.set_id(id.text());
  out.set_key(config.key);
  out.set_name(config.name);
  out.set_role(to_api(config.role));
  out.set_extension(config.extension);
  out.set_max_concurrent(config.max_concurrent);
  out.set_priority(config.priority);
  if (config.wrapup_ms) out.set_wrapup_ms(*config.wrapup_ms);
  out.set_external_endpoint(config.external_endpoint);
  for (const core::Membership& membership : memberships) *out.add_memberships() = to_api(membership);
  add_skills(config.skills, *out.mutable_skills());
  out.set_kind(to_api(config.kind));
  out.set_participant(config.participant);
  out.set_uri(config.uri);
  out.set_follow_me(config.follow_me);
  out.set_auto_answer(to_api(config.auto_answer));
  out.set_outbound_queue(text_or_empty(config.outbound_queue));
  for (const std::string& number : config.caller_ids) out.add_caller_ids(number);
  out.set_default_caller_id(config.default_caller_id);
  return out;
}

api::QueueDefinition definition_of(QueueId id, const core::QueueConfig& config) {
  api::QueueDefinition out;
  out.set_id(id.text());
  out.set_key(config.key);
  out.set_name(config.name);
  out.set_strategy(to_api(config.strategy));
  out.set_ring_timeout_ms(config.ring_timeout_ms);
  out.set_max_wait_ms(config.max_wait_ms);
  if (config.wrapup_ms) out.set_wrapup_ms(*config.wrapup_ms);
  out.set_weight(config.weight);
  out.set_ring_all_width(config.ring_all_width);
  out.set_reject_delay_ms(config.reject_delay_ms);
  out.set_busy_delay_ms(config.busy_delay_ms);
  out.set_no_answer_delay_ms(config.no_answer_delay_ms);
  set_matching(config, out);
  set_stay(config, out);
  set_after(config, out);
  return out;
}

}  // namespace rf::node
