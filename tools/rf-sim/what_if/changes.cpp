#include "tools/rf-sim/what_if/changes.hpp"

#include <google/protobuf/message.h>

#include <algorithm>
#include <sstream>

#include "node/import/account_plan.hpp"
#include "node/import/export.hpp"
#include "node/import/toml_account.hpp"

namespace rf::what_if {

namespace {

namespace api = ringfence::v1;

/// As TOML wants it: a word or a duration is a text.
std::string toml_value(const std::string& value) {
  const bool number = !value.empty() && std::all_of(value.begin(), value.end(), [&](const char& c) {
    return (c >= '0' && c <= '9') || (c == '-' && &c == value.data());
  });
  const bool as_it_is = number || value == "true" || value == "false" ||
                        (!value.empty() && std::string("{[\"").find(value[0]) != std::string::npos);
  return as_it_is ? value : "\"" + value + "\"";
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// The first line behind the table's header; the end when there is no such table.
std::size_t table_begin(const std::vector<std::string>& lines, const Change& change) {
  const std::string header = change.key.empty() ? "[account]" : "[[" + change.table + "]]";
  const std::string named = "key = \"" + change.key + "\"";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i] != header) continue;
    if (change.key.empty()) return i + 1;
    for (std::size_t j = i + 1; j < lines.size() && lines[j].rfind('[', 0) != 0; ++j)
      if (lines[j] == named) return i + 1;
  }
  return lines.size();
}

/// What is named by its id has a key in the file.
void name_by_key(Change& change, const core::Account& account) {
  if (const auto id = QueueId::of(change.key))
    if (const core::Queue* queue = core::find_queue(account, *id)) change.key = queue->config.key;
  if (const auto id = AgentId::of(change.key))
    if (const core::Agent* agent = core::find_agent(account, *id)) change.key = agent->config.key;
}

/// False: there is no such table yet.
bool put(std::vector<std::string>& lines, const Change& change) {
  const std::size_t begin = table_begin(lines, change);
  if (begin == lines.size()) return false;
  const std::string line = change.field + " = " + toml_value(change.value);
  for (std::size_t i = begin; i < lines.size() && lines[i].rfind('[', 0) != 0; ++i) {
    if (lines[i].rfind(change.field + " = ", 0) != 0) continue;
    lines[i] = line;
    return true;
  }
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(begin), line);
  return true;
}

bool same(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

/// Leaves only the elements that differ from `old`, which lists them in the same order.
template <class Elements>
void keep_changed(Elements& elements, const Elements& old) {
  Elements kept;
  for (int i = 0; i < elements.size(); ++i)
    if (i >= old.size() || !same(elements[i], old[i])) *kept.Add() = elements[i];
  elements.Swap(&kept);
}

Error wrong(const Error& error) { return {error.code, "--set: " + error.what}; }

}  // namespace

Result<Change> change_of(const std::string& text) {
  const Error form{Code::invalid_argument,
                   "--set takes account.FIELD=VALUE, queue.KEY.FIELD=VALUE or agent.KEY.FIELD=VALUE with the names of "
                   "an account file, such as queue.sales.strategy=ring-all, not \"" +
                       text + "\""};
  const std::size_t equals = text.find('=');
  const std::size_t first = text.find('.');
  const std::size_t last = text.rfind('.', equals);
  if (equals == std::string::npos || first == std::string::npos || last > equals) return form;
  Change change;
  change.table = text.substr(0, first);
  if (last > first) change.key = text.substr(first + 1, last - first - 1);
  change.field = text.substr(last + 1, equals - last - 1);
  change.value = text.substr(equals + 1);
  const bool account = change.table == "account" && change.key.empty();
  const bool row = (change.table == "queue" || change.table == "agent") && !change.key.empty();
  if (change.field.empty() || change.value.empty() || (!account && !row)) return form;
  return change;
}

Result<std::optional<core::command::Import>> Changes::import_of(const core::Account& account) {
  if (changes_.empty()) return std::optional<core::command::Import>();
  const std::string text = node::toml_of(node::definition_of(account));
  // What the file's form cannot say is no difference.
  const auto old = node::account_of_toml(text, "recorded");
  if (!old) return old.error();
  std::vector<std::string> lines = lines_of(text);
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    name_by_key(changes_[i], account);
    if (put(lines, changes_[i])) met_[i] = true;
  }
  std::string changed;
  for (const std::string& line : lines) changed += line + "\n";
  auto wanted = node::account_of_toml(changed, "changed");
  if (!wanted) return wrong(wanted.error());
  keep_changed(*wanted->mutable_queues(), old->queues());
  keep_changed(*wanted->mutable_agents(), old->agents());
  if (same(wanted->settings(), old->settings())) wanted->clear_settings();
  wanted->clear_numbers();
  wanted->clear_trunks();
  wanted->clear_domains();
  if (!wanted->has_settings() && wanted->queues_size() == 0 && wanted->agents_size() == 0)
    return std::optional<core::command::Import>();
  const process::Secret no_key("");
  const auto plan = node::plan_import(*wanted, {account, CommandId(Ulid{1, 1}), no_key, [](const std::string& name) {
                                                  return Result<std::string>(Error{Code::not_found, name});
                                                }});
  if (!plan) return wrong(plan.error());
  return std::optional<core::command::Import>(plan->import);
}

Result<void> Changes::all_met() const {
  for (std::size_t i = 0; i < changes_.size(); ++i)
    if (!met_[i])
      return Error{Code::not_found,
                   "--set: the account had no " + changes_[i].table + " \"" + changes_[i].key + "\" in that time"};
  return {};
}

}  // namespace rf::what_if
