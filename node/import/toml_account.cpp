#include "node/import/toml_account.hpp"

#include <limits>
#include <utility>

#include "core/base/limits.hpp"
#include "core/strategy/strategy.hpp"
#include "node/api/enums.hpp"
#include "node/import/toml_words.hpp"
#include "process/config_reader.hpp"

namespace rf::node {

namespace {

using process::ConfigReader;

constexpr Ms long_ms = 366LL * 24 * 3600 * second_ms;
constexpr std::int64_t int32_min = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t int32_max = std::numeric_limits<std::int32_t>::max();

/// Reads one value if it is there.
template <class Set>
void number(ConfigReader& table, const char* key, std::int64_t min, std::int64_t max, Set set) {
  if (const auto value = table.integer(key, min, max)) set(*value);
}
template <class Set>
void count(ConfigReader& table, const char* key, std::int64_t min, std::int64_t max, Set set) {
  number(table, key, min, max, [&](std::int64_t n) { set(static_cast<std::uint32_t>(n)); });
}
template <class Set>
void level(ConfigReader& table, const char* key, std::int64_t min, Set set) {
  number(table, key, min, int32_max, [&](std::int64_t n) { set(static_cast<std::int32_t>(n)); });
}
template <class Set>
void duration(ConfigReader& table, const char* key, Set set) {
  if (const auto value = table.duration_ms(key, 0, long_ms)) set(*value);
}
template <class Set>
void flag(ConfigReader& table, const char* key, Set set) {
  if (const auto value = table.boolean(key)) set(*value);
}
template <class Set>
void text(ConfigReader& table, const char* key, Set set) {
  if (const auto value = table.text(key)) set(*value);
}
template <class Enum, class Set>
void word(ConfigReader& table, const char* key, Set set) {
  const auto* type = google::protobuf::GetEnumDescriptor<Enum>();
  if (const auto value = table.choice(key, words_of(type))) set(static_cast<Enum>(number_of(type, *value)));
}
template <class Enum, class Add>
void word_list(ConfigReader& table, const char* key, Add add) {
  const auto* type = google::protobuf::GetEnumDescriptor<Enum>();
  for (const std::string& one : table.text_list(key)) {
    if (const int value = number_of(type, one); value != 0) {
      add(static_cast<Enum>(value));
      continue;
    }
    std::string all;
    for (const std::string& known : words_of(type)) all += (all.empty() ? "" : ", ") + known;
    table.refuse(key, "must not hold \"" + one + "\": choose among " + all);
  }
}
template <class Set>
void minute(ConfigReader& table, const char* key, Set set) {
  const auto given = table.text(key);
  if (!given) return;
  if (const auto read = minute_of(*given))
    set(*read);
  else
    table.refuse(key, "must be a time of day such as \"08:30\"");
}

void read_skills(ConfigReader& table, const char* key, google::protobuf::RepeatedPtrField<api::Skill>& out) {
  for (ConfigReader& skill : table.tables(key)) {
    api::Skill& added = *out.Add();
    added.set_name(skill.required_text("name"));
    count(skill, "level", 1, limits::skill_level_max, [&](auto n) { added.set_level(n); });
  }
}

void read_overflow(ConfigReader& rule, api::Overflow& out) {
  text(rule, "key", [&](const auto& value) { out.set_key(value); });
  word<api::OverflowTo>(rule, "to", [&](auto value) { out.set_to(value); });
  text(rule, "queue", [&](const auto& value) { out.set_queue(value); });
  text(rule, "agent", [&](const auto& value) { out.set_agent(value); });
  text(rule, "address", [&](const auto& value) { out.set_address(value); });
}

void read_hours(ConfigReader& table, google::protobuf::RepeatedPtrField<api::OpenHours>& out) {
  for (ConfigReader& open : table.tables("hours")) {
    api::OpenHours& added = *out.Add();
    word_list<api::Weekday>(open, "weekdays", [&](auto day) { added.add_weekdays(day); });
    minute(open, "from", [&](auto min) { added.set_from_min(min); });
    minute(open, "until", [&](auto min) { added.set_until_min(min); });
  }
}

void read_account(ConfigReader table, api::AccountDefinition& out) {
  api::Settings& settings = *out.mutable_settings();
  out.set_id(table.text("id").value_or(""));
  settings.set_key(table.required_text("key"));
  text(table, "name", [&](const auto& value) { settings.set_name(value); });
  flag(table, "auto_ready_on_login", [&](bool on) { settings.set_auto_ready_on_login(on); });
  flag(table, "auto_queue_login", [&](bool on) { settings.set_auto_queue_login(on); });
  duration(table, "wrapup", [&](Ms ms) { settings.set_wrapup_ms(ms); });
  word<api::AvailabilityMode>(table, "availability", [&](auto mode) { settings.set_availability(mode); });
  text(table, "time_zone", [&](const auto& value) { settings.set_time_zone(value); });
  minute(table, "day_end", [&](auto min) { settings.set_day_end_min(min); });
  flag(table, "auto_logoff", [&](bool on) { settings.set_auto_logoff(on); });
  duration(table, "stale_after", [&](Ms ms) { settings.set_stale_after_ms(ms); });
  flag(table, "paused_agents_may_call", [&](bool on) { settings.set_paused_agents_may_call(on); });
  flag(table, "paused_participants_may_not_call", [&](bool on) { settings.set_paused_participants_may_not_call(on); });
  flag(table, "not_ready_off_shift", [&](bool on) { settings.set_not_ready_off_shift(on); });
  text(table, "outbound_trunk", [&](const auto& value) { settings.set_outbound_trunk(value); });
  duration(table, "direct_ring", [&](Ms ms) { settings.set_direct_ring_ms(ms); });
  duration(table, "direct_max_wait", [&](Ms ms) { settings.set_direct_max_wait_ms(ms); });
  for (const std::string& domain : table.text_list("domains")) out.add_domains(domain);
}

void read_break_reason(ConfigReader& table, api::Settings& settings) {
  api::BreakReason& reason = *settings.mutable_break_reasons()->add_reasons();
  reason.set_id(table.required_text("id"));
  reason.set_unproductive(table.boolean("unproductive").value_or(false));
  duration(table, "max", [&](Ms ms) { reason.set_max_ms(ms); });
  for (ConfigReader& label : table.tables("labels")) {
    api::Label& added = *reason.add_labels();
    added.set_language(label.required_text("language"));
    added.set_text(label.required_text("text"));
  }
}

void read_strategy(ConfigReader& table, api::QueueDefinition& queue) {
  const auto name = table.text("strategy");
  if (!name) return queue.set_strategy(api::STRATEGY_LONGEST_IDLE_AGENT);
  if (const auto strategy = core::strategy_named(*name)) return queue.set_strategy(to_api(*strategy));
  std::vector<std::string> known;
  std::string all;
  for (const std::string_view one : core::strategy_names()) {
    known.emplace_back(one);
    all += (all.empty() ? "" : ", ") + known.back();
  }
  table.refuse("strategy", "must be one of " + all + "; the nearest to \"" + *name + "\" is \"" +
                               process::nearest_key(*name, known) + "\"");
}

void read_tiers(ConfigReader tiers, api::TierWindow& out) {
  level(tiers, "min", 0, [&](auto n) { out.set_min(n); });
  level(tiers, "max", 0, [&](auto n) { out.set_max(n); });
}

void read_matching(ConfigReader& table, api::QueueDefinition& queue) {
  duration(table, "ring_step", [&](Ms ms) { queue.set_ring_step_ms(ms); });
  if (table.has("tiers")) read_tiers(table.table("tiers"), *queue.mutable_tiers());
  if (table.has("tier_rules")) {
    ConfigReader rules = table.table("tier_rules");
    api::TierRules& out = *queue.mutable_tier_rules();
    duration(rules, "wait", [&](Ms ms) { out.set_wait_ms(ms); });
    flag(rules, "multiply", [&](bool on) { out.set_multiply(on); });
    flag(rules, "wait_for_absent", [&](bool on) { out.set_wait_for_absent(on); });
  }
  read_skills(table, "required", *queue.mutable_required());
  read_skills(table, "preferred", *queue.mutable_preferred());
  for (ConfigReader& step : table.tables("widening")) {
    api::WideningStep& added = *queue.add_widening();
    duration(step, "after", [&](Ms ms) { added.set_after_ms(ms); });
    if (step.has("tiers")) read_tiers(step.table("tiers"), *added.mutable_tiers());
    count(step, "levels_off", 0, limits::skill_level_max, [&](auto n) { added.set_levels_off(n); });
    for (const std::string& skill : step.text_list("skills_off")) added.add_skills_off(skill);
  }
  if (table.has("sticky")) {
    ConfigReader sticky = table.table("sticky");
    api::Sticky& out = *queue.mutable_sticky();
    word<api::StickyMode>(sticky, "mode", [&](auto mode) { out.set_mode(mode); });
    duration(sticky, "window", [&](Ms ms) { out.set_window_ms(ms); });
    duration(sticky, "wait", [&](Ms ms) { out.set_wait_ms(ms); });
    flag(sticky, "wait_for_absent", [&](bool on) { out.set_wait_for_absent(on); });
  }
}

void read_stay(ConfigReader& table, api::QueueDefinition& queue) {
  duration(table, "base_score", [&](Ms ms) { queue.set_base_score_ms(ms); });
  count(table, "len_max", 0, limits::calls_max, [&](auto n) { queue.set_len_max(n); });
  duration(table, "long_wait", [&](Ms ms) { queue.set_long_wait_ms(ms); });
  word_list<api::EmptyWhen>(table, "join_empty", [&](auto state) { queue.add_join_empty(state); });
  word_list<api::EmptyWhen>(table, "leave_empty", [&](auto state) { queue.add_leave_empty(state); });
  duration(table, "no_agent", [&](Ms ms) { queue.set_no_agent_ms(ms); });
  duration(table, "no_agent_grace", [&](Ms ms) { queue.set_no_agent_grace_ms(ms); });
  count(table, "talking_max", 0, limits::calls_max, [&](auto n) { queue.set_talking_max(n); });
  for (ConfigReader& rule : table.tables("overflow")) {
    api::Overflow& added = *queue.add_overflow();
    word<api::OverflowWhen>(rule, "when", [&](auto when) { added.set_when(when); });
    read_overflow(rule, added);
  }
  read_hours(table, *queue.mutable_hours());
  flag(table, "abandoned_resume", [&](bool on) { queue.set_abandoned_resume(on); });
  duration(table, "abandoned_keep", [&](Ms ms) { queue.set_abandoned_keep_ms(ms); });
  flag(table, "announce_position", [&](bool on) { queue.set_announce_position(on); });
  flag(table, "announce_wait", [&](bool on) { queue.set_announce_wait(on); });
  duration(table, "announce_every", [&](Ms ms) { queue.set_announce_every_ms(ms); });
}

void read_after(ConfigReader& table, api::QueueDefinition& queue) {
  count(table, "no_answer_max", 0, int32_max, [&](auto n) { queue.set_no_answer_max(n); });
  flag(table, "dispositions", [&](bool on) { queue.set_dispositions(on); });
  for (ConfigReader& choice : table.tables("outcomes")) {
    api::DispositionChoice& added = *queue.add_outcomes();
    word<api::Category>(choice, "category", [&](auto category) { added.set_category(category); });
    added.set_outcome(choice.required_text("outcome"));
  }
  duration(table, "wrapup_max", [&](Ms ms) { queue.set_wrapup_ms_max(ms); });
  flag(table, "record", [&](bool on) { queue.set_record(on); });
  duration(table, "sla", [&](Ms ms) { queue.set_sla_ms(ms); });
  count(table, "sla_percent", 0, 100, [&](auto n) { queue.set_sla_percent(n); });
  flag(table, "outbound_resets_idle", [&](bool on) { queue.set_outbound_resets_idle(on); });
}

void read_queue(ConfigReader& table, api::AccountDefinition& out) {
  api::QueueDefinition& queue = *out.add_queues();
  queue.set_id(table.text("id").value_or(""));
  queue.set_key(table.required_text("key"));
  queue.set_name(table.text("name").value_or(""));
  read_strategy(table, queue);
  duration(table, "ring_timeout", [&](Ms ms) { queue.set_ring_timeout_ms(ms); });
  duration(table, "max_wait", [&](Ms ms) { queue.set_max_wait_ms(ms); });
  duration(table, "wrapup", [&](Ms ms) { queue.set_wrapup_ms(ms); });
  duration(table, "reject_delay", [&](Ms ms) { queue.set_reject_delay_ms(ms); });
  duration(table, "busy_delay", [&](Ms ms) { queue.set_busy_delay_ms(ms); });
  duration(table, "no_answer_delay", [&](Ms ms) { queue.set_no_answer_delay_ms(ms); });
  level(table, "weight", int32_min, [&](auto n) { queue.set_weight(n); });
  count(table, "ring_all_width", 1, 100, [&](auto n) { queue.set_ring_all_width(n); });
  read_matching(table, queue);
  read_stay(table, queue);
  read_after(table, queue);
  for (const std::string& one : table.text_list("numbers")) {
    api::Number& added = *out.add_numbers();
    added.set_number(one);
    added.set_queue(queue.key());
  }
}

void read_number(ConfigReader& table, api::Number& out) {
  out.set_number(table.required_text("number"));
  text(table, "queue", [&](const auto& value) { out.set_queue(value); });
  text(table, "agent", [&](const auto& value) { out.set_agent(value); });
  read_hours(table, *out.mutable_hours());
  if (!table.has("closed")) return;
  ConfigReader closed = table.table("closed");
  read_overflow(closed, *out.mutable_closed());
}

void read_membership(ConfigReader& table, api::AgentDefinition& agent) {
  api::Membership& membership = *agent.add_memberships();
  membership.set_queue(table.required_text("queue"));
  membership.set_mode(api::MEMBERSHIP_MODE_STATIC);
  word<api::MembershipMode>(table, "mode", [&](auto mode) { membership.set_mode(mode); });
  level(table, "tier_level", 0, [&](auto n) { membership.set_tier_level(n); });
  level(table, "position", 0, [&](auto n) { membership.set_position(n); });
  duration(table, "delay", [&](Ms ms) { membership.set_delay_ms(ms); });
  duration(table, "wrapup", [&](Ms ms) { membership.set_wrapup_ms(ms); });
}

void read_credential(ConfigReader& table, const std::string& agent_key, api::AccountDefinition& out) {
  const auto username = table.text("username");
  const auto password = table.text("password");
  const bool generate = table.boolean("generate_password").value_or(false);
  if (password && generate) table.refuse("password", "stands beside generate_password: keep one of them");
  if (username && !password && !generate) table.refuse("username", "needs a password, or generate_password = true");
  if (!password && !generate) return;
  api::CredentialDefinition& credential = *out.add_credentials();
  credential.set_agent(agent_key);
  credential.set_username(username.value_or(""));
  credential.set_password(password.value_or(""));
  if (password && password->empty()) table.refuse("password", "is empty: give one, or generate_password = true");
}

void read_agent(ConfigReader& table, api::AccountDefinition& out) {
  api::AgentDefinition& agent = *out.add_agents();
  agent.set_id(table.text("id").value_or(""));
  agent.set_key(table.required_text("key"));
  agent.set_name(table.text("name").value_or(""));
  agent.set_role(api::ROLE_AGENT);
  word<api::Role>(table, "role", [&](auto role) { agent.set_role(role); });
  agent.set_extension(table.text("extension").value_or(""));
  agent.set_generate_extension(table.boolean("generate_extension").value_or(false));
  count(table, "max_concurrent", 1, 100, [&](auto n) { agent.set_max_concurrent(n); });
  number(table, "priority", 0, 100, [&](std::int64_t n) { agent.set_priority(static_cast<std::int32_t>(n)); });
  duration(table, "wrapup", [&](Ms ms) { agent.set_wrapup_ms(ms); });
  agent.set_external_endpoint(table.boolean("external_endpoint").value_or(false));
  read_skills(table, "skills", *agent.mutable_skills());
  word<api::AgentKind>(table, "kind", [&](auto kind) { agent.set_kind(kind); });
  agent.set_participant(table.boolean("participant").value_or(false));
  text(table, "uri", [&](const auto& value) { agent.set_uri(value); });
  text(table, "follow_me", [&](const auto& value) { agent.set_follow_me(value); });
  word<api::AutoAnswer>(table, "auto_answer", [&](auto answer) { agent.set_auto_answer(answer); });
  text(table, "outbound_queue", [&](const auto& value) { agent.set_outbound_queue(value); });
  for (const std::string& one : table.text_list("caller_ids")) agent.add_caller_ids(one);
  text(table, "default_caller_id", [&](const auto& value) { agent.set_default_caller_id(value); });
  for (ConfigReader& membership : table.tables("membership")) read_membership(membership, agent);
  read_credential(table, agent.key(), out);
}

}  // namespace

Result<api::AccountDefinition> account_of_toml(const std::string& text, const std::string& name) {
  auto root = ConfigReader::from_text(text, name);
  if (!root) return root.error();
  api::AccountDefinition out;
  read_account(root->table("account"), out);
  for (ConfigReader& reason : root->tables("break_reason")) read_break_reason(reason, *out.mutable_settings());
  for (ConfigReader& trunk : root->tables("trunk")) {
    api::Trunk& added = *out.add_trunks();
    added.set_name(trunk.required_text("name"));
    added.set_address(trunk.required_text("address"));
  }
  for (ConfigReader& queue : root->tables("queue")) read_queue(queue, out);
  for (ConfigReader& agent : root->tables("agent")) read_agent(agent, out);
  for (ConfigReader& number : root->tables("number")) read_number(number, *out.add_numbers());
  if (const auto read = root->finish(); !read) return read.error();
  return out;
}

}  // namespace rf::node
