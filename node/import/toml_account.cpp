#include "node/import/toml_account.hpp"

#include <limits>
#include <map>
#include <utility>

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
void duration(ConfigReader& table, const char* key, Set set) {
  if (const auto value = table.duration_ms(key, 0, long_ms)) set(*value);
}

api::Role role_of(const std::string& name) {
  if (name == "supervisor") return api::ROLE_SUPERVISOR;
  return name == "admin" ? api::ROLE_ADMIN : api::ROLE_AGENT;
}

api::MembershipMode mode_of(const std::string& name) {
  if (name == "dynamic") return api::MEMBERSHIP_MODE_DYNAMIC;
  if (name == "mandatory") return api::MEMBERSHIP_MODE_MANDATORY;
  return name == "supervisor_managed" ? api::MEMBERSHIP_MODE_SUPERVISOR_MANAGED : api::MEMBERSHIP_MODE_STATIC;
}

void read_account(ConfigReader table, api::AccountDefinition& out) {
  api::Settings& settings = *out.mutable_settings();
  out.set_id(table.text("id").value_or(""));
  settings.set_key(table.required_text("key"));
  if (const auto name = table.text("name")) settings.set_name(*name);
  if (const auto ready = table.boolean("auto_ready_on_login")) settings.set_auto_ready_on_login(*ready);
  if (const auto queues = table.boolean("auto_queue_login")) settings.set_auto_queue_login(*queues);
  duration(table, "wrapup", [&](Ms ms) { settings.set_wrapup_ms(ms); });
  for (const std::string& domain : table.text_list("domains")) out.add_domains(domain);
}

void read_queue(ConfigReader& table, api::AccountDefinition& out) {
  api::QueueDefinition& queue = *out.add_queues();
  queue.set_id(table.text("id").value_or(""));
  queue.set_key(table.required_text("key"));
  queue.set_name(table.text("name").value_or(""));
  const auto strategy = table.choice("strategy", {"longest-idle-agent", "ring-all"});
  queue.set_strategy(strategy == "ring-all" ? api::STRATEGY_RING_ALL : api::STRATEGY_LONGEST_IDLE_AGENT);
  duration(table, "ring_timeout", [&](Ms ms) { queue.set_ring_timeout_ms(ms); });
  duration(table, "max_wait", [&](Ms ms) { queue.set_max_wait_ms(ms); });
  duration(table, "wrapup", [&](Ms ms) { queue.set_wrapup_ms(ms); });
  duration(table, "reject_delay", [&](Ms ms) { queue.set_reject_delay_ms(ms); });
  duration(table, "busy_delay", [&](Ms ms) { queue.set_busy_delay_ms(ms); });
  duration(table, "no_answer_delay", [&](Ms ms) { queue.set_no_answer_delay_ms(ms); });
  number(table, "weight", int32_min, int32_max,
         [&](std::int64_t n) { queue.set_weight(static_cast<std::int32_t>(n)); });
  number(table, "ring_all_width", 1, 100,
         [&](std::int64_t n) { queue.set_ring_all_width(static_cast<std::uint32_t>(n)); });
  for (const std::string& text : table.text_list("numbers")) {
    api::Number& added = *out.add_numbers();
    added.set_number(text);
    added.set_queue(queue.key());
  }
}

void read_membership(ConfigReader& table, api::AgentDefinition& agent) {
  api::Membership& membership = *agent.add_memberships();
  membership.set_queue(table.required_text("queue"));
  membership.set_mode(
      mode_of(table.choice("mode", {"static", "dynamic", "mandatory", "supervisor_managed"}).value_or("")));
  number(table, "tier_level", 0, int32_max,
         [&](std::int64_t n) { membership.set_tier_level(static_cast<std::int32_t>(n)); });
  number(table, "position", 0, int32_max,
         [&](std::int64_t n) { membership.set_position(static_cast<std::int32_t>(n)); });
  duration(table, "delay", [&](Ms ms) { membership.set_delay_ms(ms); });
  duration(table, "wrapup", [&](Ms ms) { membership.set_wrapup_ms(ms); });
}

void read_agent(ConfigReader& table, api::AccountDefinition& out) {
  api::AgentDefinition& agent = *out.add_agents();
  agent.set_id(table.text("id").value_or(""));
  agent.set_key(table.required_text("key"));
  agent.set_name(table.text("name").value_or(""));
  agent.set_role(role_of(table.choice("role", {"agent", "supervisor", "admin"}).value_or("")));
  agent.set_extension(table.text("extension").value_or(""));
  number(table, "max_concurrent", 1, 100,
         [&](std::int64_t n) { agent.set_max_concurrent(static_cast<std::uint32_t>(n)); });
  number(table, "priority", 0, 100, [&](std::int64_t n) { agent.set_priority(static_cast<std::int32_t>(n)); });
  duration(table, "wrapup", [&](Ms ms) { agent.set_wrapup_ms(ms); });
  agent.set_external_endpoint(table.boolean("external_endpoint").value_or(false));
  for (ConfigReader& membership : table.tables("membership")) read_membership(membership, agent);

  const auto username = table.text("username");
  const auto password = table.text("password");
  const bool generate = table.boolean("generate_password").value_or(false);
  if (password && generate) table.refuse("password", "stands beside generate_password: keep one of them");
  if (username && !password && !generate) table.refuse("username", "needs a password, or generate_password = true");
  if (!password && !generate) return;
  api::CredentialDefinition& credential = *out.add_credentials();
  credential.set_agent(agent.key());
  credential.set_username(username.value_or(""));
  credential.set_password(password.value_or(""));
  if (password && password->empty()) table.refuse("password", "is empty: give one, or generate_password = true");
}

/// Writes tables in the form that the reader takes.
class Writer {
 public:
  void table(const std::string& header) { out_ += (out_.empty() ? "" : "\n") + header + "\n"; }
  void text(const char* key, const std::string& value) {
    if (!value.empty()) line(key, quoted(value));
  }
  void integer(const char* key, std::int64_t value) { line(key, std::to_string(value)); }
  void boolean(const char* key, bool value) { line(key, value ? "true" : "false"); }
  void duration(const char* key, Ms ms) { line(key, quoted(process::duration_text(ms))); }
  void list(const char* key, const std::vector<std::string>& values) {
    if (values.empty()) return;
    std::string items;
    for (const std::string& value : values) items += (items.empty() ? "" : ", ") + quoted(value);
    line(key, "[" + items + "]");
  }
  std::string take() { return std::move(out_); }

 private:
  void line(const char* key, const std::string& value) { out_ += std::string(key) + " = " + value + "\n"; }
  static std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + "\"";
  }

  std::string out_;
};

const char* name_of(api::Role role) {
  if (role == api::ROLE_SUPERVISOR) return "supervisor";
  return role == api::ROLE_ADMIN ? "admin" : "agent";
}

const char* name_of(api::MembershipMode mode) {
  switch (mode) {
    case api::MEMBERSHIP_MODE_DYNAMIC: return "dynamic";
    case api::MEMBERSHIP_MODE_MANDATORY: return "mandatory";
    case api::MEMBERSHIP_MODE_SUPERVISOR_MANAGED: return "supervisor_managed";
    default: return "static";
  }
}

void write_queue(Writer& out, const api::QueueDefinition& queue, const std::vector<std::string>& numbers) {
  out.table("[[queue]]");
  out.text("key", queue.key());
  out.text("name", queue.name());
  out.text("strategy", queue.strategy() == api::STRATEGY_RING_ALL ? "ring-all" : "longest-idle-agent");
  out.list("numbers", numbers);
  if (queue.has_ring_timeout_ms()) out.duration("ring_timeout", queue.ring_timeout_ms());
  if (queue.has_max_wait_ms()) out.duration("max_wait", queue.max_wait_ms());
  if (queue.has_wrapup_ms()) out.duration("wrapup", queue.wrapup_ms());
  out.integer("weight", queue.weight());
  if (queue.has_ring_all_width()) out.integer("ring_all_width", queue.ring_all_width());
  if (queue.has_reject_delay_ms()) out.duration("reject_delay", queue.reject_delay_ms());
  if (queue.has_busy_delay_ms()) out.duration("busy_delay", queue.busy_delay_ms());
  if (queue.has_no_answer_delay_ms()) out.duration("no_answer_delay", queue.no_answer_delay_ms());
}

void write_agent(Writer& out, const api::AgentDefinition& agent, const std::map<std::string, std::string>& queue_keys) {
  out.table("[[agent]]");
  out.text("key", agent.key());
  out.text("name", agent.name());
  out.text("role", name_of(agent.role()));
  out.text("extension", agent.extension());
  if (agent.has_max_concurrent()) out.integer("max_concurrent", agent.max_concurrent());
  if (agent.has_priority()) out.integer("priority", agent.priority());
  if (agent.has_wrapup_ms()) out.duration("wrapup", agent.wrapup_ms());
  if (agent.external_endpoint()) out.boolean("external_endpoint", true);
  for (const api::Membership& membership : agent.memberships()) {
    out.table("[[agent.membership]]");
    const auto key = queue_keys.find(membership.queue());
    out.text("queue", key == queue_keys.end() ? membership.queue() : key->second);
    out.text("mode", name_of(membership.mode()));
    if (membership.has_tier_level()) out.integer("tier_level", membership.tier_level());
    if (membership.has_position()) out.integer("position", membership.position());
    if (membership.delay_ms() != 0) out.duration("delay", membership.delay_ms());
    if (membership.has_wrapup_ms()) out.duration("wrapup", membership.wrapup_ms());
  }
}

}  // namespace

Result<api::AccountDefinition> account_of_toml(const std::string& text, const std::string& name) {
  auto root = ConfigReader::from_text(text, name);
  if (!root) return root.error();
  api::AccountDefinition out;
  read_account(root->table("account"), out);
  for (ConfigReader& trunk : root->tables("trunk")) {
    api::Trunk& added = *out.add_trunks();
    added.set_name(trunk.required_text("name"));
    added.set_address(trunk.required_text("address"));
  }
  for (ConfigReader& queue : root->tables("queue")) read_queue(queue, out);
  for (ConfigReader& agent : root->tables("agent")) read_agent(agent, out);
  if (const auto read = root->finish(); !read) return read.error();
  return out;
}

std::string toml_of(const api::AccountDefinition& definition) {
  Writer out;
  const api::Settings& settings = definition.settings();
  out.table("[account]");
  out.text("key", settings.key());
  out.text("name", settings.name());
  out.boolean("auto_ready_on_login", settings.auto_ready_on_login());
  out.boolean("auto_queue_login", settings.auto_queue_login());
  if (settings.has_wrapup_ms()) out.duration("wrapup", settings.wrapup_ms());
  out.list("domains", {definition.domains().begin(), definition.domains().end()});
  for (const api::Trunk& trunk : definition.trunks()) {
    out.table("[[trunk]]");
    out.text("name", trunk.name());
    out.text("address", trunk.address());
  }
  std::map<std::string, std::string> queue_keys;
  std::map<std::string, std::vector<std::string>> numbers;
  for (const api::QueueDefinition& queue : definition.queues()) queue_keys[queue.id()] = queue.key();
  for (const api::Number& number : definition.numbers()) numbers[number.queue()].push_back(number.number());
  for (const api::QueueDefinition& queue : definition.queues()) write_queue(out, queue, numbers[queue.id()]);
  for (const api::AgentDefinition& agent : definition.agents()) write_agent(out, agent, queue_keys);
  return out.take();
}

}  // namespace rf::node
