#include "node/api/definitions.hpp"

#include <algorithm>

#include "node/api/door.hpp"
#include "node/api/enums.hpp"

namespace rf::node {

namespace {

Result<core::BreakReason> break_reason_of(const api::BreakReason& reason) {
  Door door;
  core::BreakReason out;
  door.text("a break reason's id", reason.id(), out.id);
  for (const api::Label& label : reason.labels()) {
    core::Label& added = out.labels.emplace_back();
    door.text("a label's language", label.language(), added.language);
    door.text("a label", label.text(), added.text);
  }
  out.unproductive = reason.unproductive();
  out.max_ms = reason.max_ms();
  return door.end(std::move(out));
}

}  // namespace

Result<core::Settings> settings_of(const api::Settings& settings, const core::Settings& before) {
  Door door;
  core::Settings out = before;
  door.also(check_key("the account's key", settings.key()));
  out.key = settings.key();
  if (settings.has_name()) door.text("name", settings.name(), out.name);
  if (settings.has_auto_ready_on_login()) out.auto_ready_on_login = settings.auto_ready_on_login();
  if (settings.has_auto_queue_login()) out.auto_queue_login = settings.auto_queue_login();
  if (settings.has_wrapup_ms()) out.wrapup_ms = settings.wrapup_ms();
  door.take(availability_of(settings.availability(), before.availability), out.availability);
  if (settings.has_time_zone()) door.text("time_zone", settings.time_zone(), out.time_zone);
  if (settings.has_day_end_min()) out.day_end_min = settings.day_end_min();
  if (settings.has_auto_logoff()) out.auto_logoff = settings.auto_logoff();
  if (settings.has_stale_after_ms()) out.stale_after_ms = settings.stale_after_ms();
  if (settings.has_break_reasons()) {
    out.break_reasons.clear();
    for (const api::BreakReason& reason : settings.break_reasons().reasons())
      door.take(break_reason_of(reason), out.break_reasons.emplace_back());
  }
  if (settings.has_paused_agents_may_call()) out.paused_agents_may_call = settings.paused_agents_may_call();
  if (settings.has_paused_participants_may_not_call())
    out.paused_participants_may_not_call = settings.paused_participants_may_not_call();
  if (settings.has_not_ready_off_shift()) out.not_ready_off_shift = settings.not_ready_off_shift();
  if (settings.has_outbound_trunk()) door.text("outbound_trunk", settings.outbound_trunk(), out.outbound_trunk);
  if (settings.has_direct_ring_ms()) out.direct_ring_ms = settings.direct_ring_ms();
  if (settings.has_direct_max_wait_ms()) out.direct_max_wait_ms = settings.direct_max_wait_ms();
  return door.end(std::move(out));
}

Result<core::AgentConfig> config_of(const api::AgentDefinition& agent, const Finders& find) {
  Door door;
  core::AgentConfig out;
  door.also(check_key("the agent's key", agent.key()));
  out.key = agent.key();
  door.text("name", agent.name(), out.name);
  door.take(role_of(agent.role()), out.role);
  if (!agent.extension().empty()) door.also(check_user_part("extension", agent.extension()));
  out.extension = agent.extension();
  if (agent.has_max_concurrent()) out.max_concurrent = agent.max_concurrent();
  if (agent.has_priority()) out.priority = agent.priority();
  if (agent.has_wrapup_ms()) out.wrapup_ms = agent.wrapup_ms();
  out.external_endpoint = agent.external_endpoint();
  door.take(skills_of("skills", agent.skills()), out.skills);
  door.take(kind_of(agent.kind()), out.kind);
  out.participant = agent.participant();
  door.text("uri", agent.uri(), out.uri);
  door.text("follow_me", agent.follow_me(), out.follow_me);
  door.take(auto_answer_of(agent.auto_answer()), out.auto_answer);
  if (!agent.outbound_queue().empty()) door.take(find.queue(agent.outbound_queue()), out.outbound_queue);
  for (const std::string& number : agent.caller_ids()) {
    door.also(check_user_part("a caller id", number));
    out.caller_ids.push_back(number);
  }
  door.text("default_caller_id", agent.default_caller_id(), out.default_caller_id);
  return door.end(std::move(out));
}

Result<core::Trunk> trunk_of(const api::Trunk& trunk) {
  Door door;
  core::Trunk out;
  door.also(check_key("the trunk's name", trunk.name()));
  out.name = trunk.name();
  door.take(trunk_address_of(trunk.address()), out.address);
  return door.end(std::move(out));
}

Result<core::Membership> membership_of(const api::Membership& membership, const QueueFinder& find_queue) {
  Door door;
  core::Membership out;
  door.take(find_queue(membership.queue()), out.queue);
  door.take(mode_of(membership.mode()), out.mode);
  if (membership.has_tier_level()) out.tier_level = membership.tier_level();
  if (membership.has_position()) out.position = membership.position();
  out.delay_ms = membership.delay_ms();
  if (membership.has_wrapup_ms()) out.wrapup_ms = membership.wrapup_ms();
  out.paused = membership.paused();
  door.text("a membership's pause_reason", membership.pause_reason(), out.pause_reason);
  return door.end(std::move(out));
}

Result<std::vector<core::Membership>> memberships_of(const api::AgentDefinition& agent, const QueueFinder& find_queue) {
  std::vector<core::Membership> out;
  for (const api::Membership& membership : agent.memberships()) {
    auto made = membership_of(membership, find_queue);
    if (!made) return made.error();
    out.push_back(std::move(made).value());
  }
  return out;
}

Result<core::Skills> skills_of(const char* field, const ApiSkills& skills) {
  Door door;
  core::Skills out;
  for (const api::Skill& skill : skills) {
    core::Skill& added = out.emplace_back();
    door.text(std::string(field) + "'s name", skill.name(), added.name);
    if (skill.level() != 0) added.level = skill.level();
  }
  std::sort(out.begin(), out.end());
  return door.end(std::move(out));
}

Result<std::vector<core::Attribute>> attributes_of(const ApiAttributes& attributes) {
  Door door;
  std::vector<core::Attribute> out;
  for (const api::Attribute& attribute : attributes) {
    core::Attribute& added = out.emplace_back();
    door.text("an attribute's name", attribute.name(), added.name);
    door.text("an attribute's value", attribute.value(), added.value);
  }
  return door.end(std::move(out));
}

Result<std::vector<core::Shift>> shifts_of(const ApiShifts& shifts) {
  Door door;
  std::vector<core::Shift> out;
  for (const api::Shift& shift : shifts) {
    core::Shift& added = out.emplace_back();
    added.from_ts = shift.from_ts();
    added.until_ts = shift.until_ts();
    for (const api::Activity& activity : shift.activities()) {
      core::Activity& part = added.activities.emplace_back();
      door.text("an activity's kind", activity.kind(), part.kind);
      part.from_ts = activity.from_ts();
      part.until_ts = activity.until_ts();
    }
  }
  return door.end(std::move(out));
}

Result<core::Disposition> disposition_of(const api::Disposition& disposition) {
  Door door;
  core::Disposition out;
  door.take(category_of(disposition.category()), out.category);
  door.text("outcome", disposition.outcome(), out.outcome);
  // Notes are what people write: they may have lines.
  out.notes = disposition.notes();
  for (const std::string& tag : disposition.tags()) door.text("a tag", tag, out.tags.emplace_back());
  return door.end(std::move(out));
}

std::string username_of(const std::string& asked, const core::AgentConfig& agent) {
  if (!asked.empty()) return asked;
  return agent.extension.empty() ? agent.key : agent.extension;
}

}  // namespace rf::node
