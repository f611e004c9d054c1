#include "node/import/toml_writer.hpp"

#include <map>
#include <utility>

#include "core/strategy/strategy.hpp"
#include "node/import/toml_account.hpp"
#include "node/import/toml_words.hpp"
#include "process/config_value.hpp"

namespace rf::node {

namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

/// The keys of what the definition names by id.
struct Keys {
  explicit Keys(const api::AccountDefinition& definition) {
    for (const api::QueueDefinition& queue : definition.queues()) by_id[queue.id()] = queue.key();
    for (const api::AgentDefinition& agent : definition.agents()) by_id[agent.id()] = agent.key();
  }
  std::string of(const std::string& id) const {
    const auto found = by_id.find(id);
    return found == by_id.end() || id.empty() ? id : found->second;
  }
  std::map<std::string, std::string> by_id;
};

template <class Enum>
void add_word(TomlTable& out, const char* key, Enum value) {
  out.text(key, word_of(google::protobuf::GetEnumDescriptor<Enum>(), value));
}
template <class Enum, class Values>
void add_words(TomlTable& out, const char* key, const Values& values) {
  std::vector<std::string> words;
  for (const int value : values) words.push_back(word_of(google::protobuf::GetEnumDescriptor<Enum>(), value));
  out.list(key, words);
}
template <class Texts>
void add_list(TomlTable& out, const char* key, const Texts& texts) {
  out.list(key, {texts.begin(), texts.end()});
}

void add_skills(TomlTable& out, const char* key, const google::protobuf::RepeatedPtrField<api::Skill>& skills) {
  std::vector<TomlTable> tables;
  for (const api::Skill& skill : skills) {
    TomlTable& added = tables.emplace_back();
    added.text("name", skill.name());
    added.integer("level", skill.level());
  }
  out.tables(key, tables);
}

void add_hours(TomlTable& out, const google::protobuf::RepeatedPtrField<api::OpenHours>& hours) {
  std::vector<TomlTable> tables;
  for (const api::OpenHours& open : hours) {
    TomlTable& added = tables.emplace_back();
    add_words<api::Weekday>(added, "weekdays", open.weekdays());
    added.text("from", time_text(open.from_min()));
    added.text("until", time_text(open.until_min()));
  }
  out.tables("hours", tables);
}

void add_overflow(TomlTable& out, const api::Overflow& rule, const Keys& keys) {
  out.text("key", rule.key());
  add_word(out, "to", rule.to());
  out.text("queue", keys.of(rule.queue()));
  out.text("agent", keys.of(rule.agent()));
  out.text("address", rule.address());
}

TomlTable table_of(const api::TierWindow& tiers) {
  TomlTable out;
  out.integer("min", tiers.min());
  out.integer("max", tiers.max());
  return out;
}

TomlTable table_of(const api::AccountDefinition& definition) {
  const api::Settings& settings = definition.settings();
  TomlTable out;
  out.text("key", settings.key());
  out.text("name", settings.name());
  out.boolean_always("auto_ready_on_login", settings.auto_ready_on_login());
  out.boolean_always("auto_queue_login", settings.auto_queue_login());
  if (settings.has_wrapup_ms()) out.duration_always("wrapup", settings.wrapup_ms());
  add_word(out, "availability", settings.availability());
  out.text("time_zone", settings.time_zone());
  if (settings.has_day_end_min()) out.text("day_end", time_text(settings.day_end_min()));
  if (settings.has_auto_logoff()) out.boolean_always("auto_logoff", settings.auto_logoff());
  if (settings.has_stale_after_ms()) out.duration_always("stale_after", settings.stale_after_ms());
  out.boolean("paused_agents_may_call", settings.paused_agents_may_call());
  out.boolean("paused_participants_may_not_call", settings.paused_participants_may_not_call());
  out.boolean("not_ready_off_shift", settings.not_ready_off_shift());
  out.text("outbound_trunk", settings.outbound_trunk());
  if (settings.has_direct_ring_ms()) out.duration_always("direct_ring", settings.direct_ring_ms());
  if (settings.has_direct_max_wait_ms()) out.duration_always("direct_max_wait", settings.direct_max_wait_ms());
  add_list(out, "domains", definition.domains());
  return out;
}

TomlTable table_of(const api::BreakReason& reason) {
  TomlTable out;
  out.text("id", reason.id());
  std::vector<TomlTable> labels;
  for (const api::Label& label : reason.labels()) {
    TomlTable& added = labels.emplace_back();
    added.text("language", label.language());
    added.text("text", label.text());
  }
  out.tables("labels", labels);
  out.boolean("unproductive", reason.unproductive());
  out.duration("max", reason.max_ms());
  return out;
}

void add_matching(TomlTable& out, const api::QueueDefinition& queue) {
  out.duration("ring_step", queue.ring_step_ms());
  if (queue.has_tiers()) out.table("tiers", table_of(queue.tiers()));
  if (queue.has_tier_rules()) {
    TomlTable rules;
    rules.duration("wait", queue.tier_rules().wait_ms());
    rules.boolean("multiply", queue.tier_rules().multiply());
    rules.boolean("wait_for_absent", queue.tier_rules().wait_for_absent());
    out.table("tier_rules", rules);
  }
  add_skills(out, "required", queue.required());
  add_skills(out, "preferred", queue.preferred());
  std::vector<TomlTable> steps;
  for (const api::WideningStep& step : queue.widening()) {
    TomlTable& added = steps.emplace_back();
    added.duration("after", step.after_ms());
    if (step.has_tiers()) added.table("tiers", table_of(step.tiers()));
    added.integer("levels_off", step.levels_off());
    add_list(added, "skills_off", step.skills_off());
  }
  out.tables("widening", steps);
  if (!queue.has_sticky()) return;
  TomlTable sticky;
  add_word(sticky, "mode", queue.sticky().mode());
  sticky.duration("window", queue.sticky().window_ms());
  sticky.duration("wait", queue.sticky().wait_ms());
  sticky.boolean("wait_for_absent", queue.sticky().wait_for_absent());
  out.table("sticky", sticky);
}

void add_stay(TomlTable& out, const api::QueueDefinition& queue, const Keys& keys) {
  out.duration("base_score", queue.base_score_ms());
  out.integer("len_max", queue.len_max());
  out.duration("long_wait", queue.long_wait_ms());
  add_words<api::EmptyWhen>(out, "join_empty", queue.join_empty());
  add_words<api::EmptyWhen>(out, "leave_empty", queue.leave_empty());
  out.duration("no_agent", queue.no_agent_ms());
  if (queue.has_no_agent_grace_ms()) out.duration_always("no_agent_grace", queue.no_agent_grace_ms());
  out.integer("talking_max", queue.talking_max());
  std::vector<TomlTable> rules;
  for (const api::Overflow& rule : queue.overflow()) {
    TomlTable& added = rules.emplace_back();
    add_word(added, "when", rule.when());
    add_overflow(added, rule, keys);
  }
  out.tables("overflow", rules);
  add_hours(out, queue.hours());
  out.boolean("abandoned_resume", queue.abandoned_resume());
  if (queue.has_abandoned_keep_ms()) out.duration_always("abandoned_keep", queue.abandoned_keep_ms());
  out.boolean("announce_position", queue.announce_position());
  out.boolean("announce_wait", queue.announce_wait());
  out.duration("announce_every", queue.announce_every_ms());
}

void add_after(TomlTable& out, const api::QueueDefinition& queue) {
  if (queue.has_no_answer_max()) out.integer_always("no_answer_max", queue.no_answer_max());
  out.boolean("dispositions", queue.dispositions());
  std::vector<TomlTable> outcomes;
  for (const api::DispositionChoice& choice : queue.outcomes()) {
    TomlTable& added = outcomes.emplace_back();
    add_word(added, "category", choice.category());
    added.text("outcome", choice.outcome());
  }
  out.tables("outcomes", outcomes);
  out.duration("wrapup_max", queue.wrapup_ms_max());
  out.boolean("record", queue.record());
  if (queue.has_sla_ms()) out.duration_always("sla", queue.sla_ms());
  if (queue.has_sla_percent()) out.integer_always("sla_percent", queue.sla_percent());
  out.boolean("outbound_resets_idle", queue.outbound_resets_idle());
}

std::string strategy_text(api::Strategy strategy) {
  if (strategy < api::STRATEGY_LONGEST_IDLE_AGENT || strategy > api::STRATEGY_SKILL_BASED)
    return std::string(core::name_of(core::StrategyKind::longest_idle_agent));
  return std::string(core::name_of(static_cast<core::StrategyKind>(strategy - 1)));
}

TomlTable table_of(const api::QueueDefinition& queue, const std::vector<std::string>& numbers, const Keys& keys) {
  TomlTable out;
  out.text("key", queue.key());
  out.text("name", queue.name());
  out.text("strategy", strategy_text(queue.strategy()));
  out.list("numbers", numbers);
  if (queue.has_ring_timeout_ms()) out.duration_always("ring_timeout", queue.ring_timeout_ms());
  if (queue.has_max_wait_ms()) out.duration_always("max_wait", queue.max_wait_ms());
  if (queue.has_wrapup_ms()) out.duration_always("wrapup", queue.wrapup_ms());
  out.integer_always("weight", queue.weight());
  if (queue.has_ring_all_width()) out.integer_always("ring_all_width", queue.ring_all_width());
  if (queue.has_reject_delay_ms()) out.duration_always("reject_delay", queue.reject_delay_ms());
  if (queue.has_busy_delay_ms()) out.duration_always("busy_delay", queue.busy_delay_ms());
  if (queue.has_no_answer_delay_ms()) out.duration_always("no_answer_delay", queue.no_answer_delay_ms());
  add_matching(out, queue);
  add_stay(out, queue, keys);
  add_after(out, queue);
  return out;
}

TomlTable table_of(const api::AgentDefinition& agent, const Keys& keys) {
  TomlTable out;
  out.text("key", agent.key());
  out.text("name", agent.name());
  add_word(out, "role", agent.role());
  out.text("extension", agent.extension());
  if (agent.has_max_concurrent()) out.integer_always("max_concurrent", agent.max_concurrent());
  if (agent.has_priority()) out.integer_always("priority", agent.priority());
  if (agent.has_wrapup_ms()) out.duration_always("wrapup", agent.wrapup_ms());
  out.boolean("external_endpoint", agent.external_endpoint());
  add_skills(out, "skills", agent.skills());
  if (agent.kind() != api::AGENT_KIND_HUMAN) add_word(out, "kind", agent.kind());
  out.boolean("participant", agent.participant());
  out.text("uri", agent.uri());
  out.text("follow_me", agent.follow_me());
  if (agent.auto_answer() != api::AUTO_ANSWER_OFF) add_word(out, "auto_answer", agent.auto_answer());
  out.text("outbound_queue", keys.of(agent.outbound_queue()));
  add_list(out, "caller_ids", agent.caller_ids());
  out.text("default_caller_id", agent.default_caller_id());
  return out;
}

TomlTable table_of(const api::Membership& membership, const Keys& keys) {
  TomlTable out;
  out.text("queue", keys.of(membership.queue()));
  add_word(out, "mode", membership.mode());
  if (membership.has_tier_level()) out.integer_always("tier_level", membership.tier_level());
  if (membership.has_position()) out.integer_always("position", membership.position());
  out.duration("delay", membership.delay_ms());
  if (membership.has_wrapup_ms()) out.duration_always("wrapup", membership.wrapup_ms());
  return out;
}

TomlTable table_of(const api::Number& number, const Keys& keys) {
  TomlTable out;
  out.text("number", number.number());
  out.text("queue", keys.of(number.queue()));
  out.text("agent", keys.of(number.agent()));
  add_hours(out, number.hours());
  if (!number.has_closed()) return out;
  TomlTable closed;
  add_overflow(closed, number.closed(), keys);
  out.table("closed", closed);
  return out;
}

/// Whether the queue's own list of numbers says it all.
bool plain(const api::Number& number) {
  return number.agent().empty() && number.hours().empty() && !number.has_closed();
}

}  // namespace

void TomlTable::text(const char* key, const std::string& value) {
  if (!value.empty()) add(key, quoted(value));
}
void TomlTable::boolean(const char* key, bool value) {
  if (value) boolean_always(key, value);
}
void TomlTable::integer(const char* key, std::int64_t value) {
  if (value != 0) integer_always(key, value);
}
void TomlTable::duration(const char* key, Ms ms) {
  if (ms != 0) duration_always(key, ms);
}
void TomlTable::duration_always(const char* key, Ms ms) { add(key, quoted(process::duration_text(ms))); }

void TomlTable::list(const char* key, const std::vector<std::string>& values) {
  if (values.empty()) return;
  std::string items;
  for (const std::string& value : values) items += (items.empty() ? "" : ", ") + quoted(value);
  add(key, "[" + items + "]");
}

void TomlTable::tables(const char* key, const std::vector<TomlTable>& values) {
  if (values.empty()) return;
  std::string items;
  for (const TomlTable& value : values) items += (items.empty() ? "" : ", ") + value.inlined();
  add(key, "[" + items + "]");
}

std::string TomlTable::lines() const {
  std::string out;
  for (const Entry& entry : entries_) out += std::string(entry.key) + " = " + entry.value + "\n";
  return out;
}

std::string TomlTable::inlined() const {
  std::string out;
  for (const Entry& entry : entries_) out += (out.empty() ? "" : ", ") + std::string(entry.key) + " = " + entry.value;
  return "{" + out + "}";
}

std::string toml_of(const api::AccountDefinition& definition) {
  std::string out;
  const auto add = [&](const char* header, const TomlTable& table) {
    out += (out.empty() ? "" : "\n") + std::string(header) + "\n" + table.lines();
  };
  const Keys keys(definition);
  add("[account]", table_of(definition));
  for (const api::BreakReason& reason : definition.settings().break_reasons().reasons())
    add("[[break_reason]]", table_of(reason));
  for (const api::Trunk& trunk : definition.trunks()) {
    TomlTable table;
    table.text("name", trunk.name());
    table.text("address", trunk.address());
    add("[[trunk]]", table);
  }
  std::map<std::string, std::vector<std::string>> numbers;
  for (const api::Number& number : definition.numbers())
    if (plain(number)) numbers[keys.of(number.queue())].push_back(number.number());
  for (const api::QueueDefinition& queue : definition.queues())
    add("[[queue]]", table_of(queue, numbers[queue.key()], keys));
  for (const api::AgentDefinition& agent : definition.agents()) {
    add("[[agent]]", table_of(agent, keys));
    for (const api::Membership& membership : agent.memberships())
      add("[[agent.membership]]", table_of(membership, keys));
  }
  for (const api::Number& number : definition.numbers())
    if (!plain(number)) add("[[number]]", table_of(number, keys));
  return out;
}

}  // namespace rf::node
