#include "node/api/definitions.hpp"

#include "core/base/limits.hpp"
#include "node/api/convert.hpp"
#include "node/validate.hpp"

namespace rf::node {

namespace {

/// Sets `to` if the checked value is there; else keeps the refusal.
template <class Value, class To>
void take(const Result<Value>& value, To& to, Result<void>& checked) {
  if (value)
    to = *value;
  else if (checked)
    checked = value.error();
}

void also(Result<void>& checked, const Result<void>& next) {
  if (checked && !next) checked = next;
}

}  // namespace

Result<core::Settings> settings_of(const api::Settings& settings, const core::Settings& before) {
  Result<void> checked = check_key("the account's key", settings.key());
  also(checked, check_text("name", settings.name(), limits::text_bytes_max));
  if (!checked) return checked.error();
  core::Settings out = before;
  out.key = settings.key();
  if (settings.has_name()) out.name = settings.name();
  if (settings.has_auto_ready_on_login()) out.auto_ready_on_login = settings.auto_ready_on_login();
  if (settings.has_auto_queue_login()) out.auto_queue_login = settings.auto_queue_login();
  if (settings.has_wrapup_ms()) out.wrapup_ms = settings.wrapup_ms();
  return out;
}

Result<core::QueueConfig> config_of(const api::QueueDefinition& queue) {
  Result<void> checked = check_key("the queue's key", queue.key());
  also(checked, check_text("name", queue.name(), limits::text_bytes_max));
  core::QueueConfig out;
  out.key = queue.key();
  out.name = queue.name();
  take(strategy_of(queue.strategy()), out.strategy, checked);
  if (!checked) return checked.error();
  if (queue.has_ring_timeout_ms()) out.ring_timeout_ms = queue.ring_timeout_ms();
  if (queue.has_max_wait_ms()) out.max_wait_ms = queue.max_wait_ms();
  if (queue.has_wrapup_ms()) out.wrapup_ms = queue.wrapup_ms();
  out.weight = queue.weight();
  if (queue.has_ring_all_width()) out.ring_all_width = queue.ring_all_width();
  if (queue.has_reject_delay_ms()) out.reject_delay_ms = queue.reject_delay_ms();
  if (queue.has_busy_delay_ms()) out.busy_delay_ms = queue.busy_delay_ms();
  if (queue.has_no_answer_delay_ms()) out.no_answer_delay_ms = queue.no_answer_delay_ms();
  return out;
}

Result<core::AgentConfig> config_of(const api::AgentDefinition& agent) {
  Result<void> checked = check_key("the agent's key", agent.key());
  also(checked, check_text("name", agent.name(), limits::text_bytes_max));
  if (!agent.extension().empty()) also(checked, check_user_part("extension", agent.extension()));
  core::AgentConfig out;
  out.key = agent.key();
  out.name = agent.name();
  take(role_of(agent.role()), out.role, checked);
  if (!checked) return checked.error();
  out.extension = agent.extension();
  if (agent.has_max_concurrent()) out.max_concurrent = agent.max_concurrent();
  if (agent.has_priority()) out.priority = agent.priority();
  if (agent.has_wrapup_ms()) out.wrapup_ms = agent.wrapup_ms();
  out.external_endpoint = agent.external_endpoint();
  return out;
}

Result<core::Trunk> trunk_of(const api::Trunk& trunk) {
  Result<void> checked = check_key("the trunk's name", trunk.name());
  core::Trunk out;
  out.name = trunk.name();
  take(trunk_address_of(trunk.address()), out.address, checked);
  if (!checked) return checked.error();
  return out;
}

Result<std::vector<core::Membership>> memberships_of(const api::AgentDefinition& agent, const QueueFinder& find_queue) {
  std::vector<core::Membership> out;
  for (const api::Membership& membership : agent.memberships()) {
    Result<void> checked;
    core::Membership m;
    take(find_queue(membership.queue()), m.queue, checked);
    take(mode_of(membership.mode()), m.mode, checked);
    if (!checked) return checked.error();
    if (membership.has_tier_level()) m.tier_level = membership.tier_level();
    if (membership.has_position()) m.position = membership.position();
    m.delay_ms = membership.delay_ms();
    if (membership.has_wrapup_ms()) m.wrapup_ms = membership.wrapup_ms();
    out.push_back(m);
  }
  return out;
}

std::string username_of(const std::string& asked, const core::AgentConfig& agent) {
  if (!asked.empty()) return asked;
  return agent.extension.empty() ? agent.key : agent.extension;
}

}  // namespace rf::node
