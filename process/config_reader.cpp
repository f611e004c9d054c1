#include "process/config_reader.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "process/toml.hpp"

namespace rf::process {

namespace {

struct Mistake {
  int line = 0;
  std::string sentence;
};

template <class Value>
std::optional<Value> as(std::optional<ConfigValue> value) {
  if (!value) return std::nullopt;
  return std::get<Value>(std::move(*value));
}

}  // namespace

struct ConfigReader::Document {
  std::string name;
  ConfigNode root;
  /// Stands in for tables that the file does not have.
  ConfigNode empty;
  std::vector<Mistake> mistakes;
  /// The keys asked for, by table; a table that nobody opened has none.
  std::map<const ConfigNode*, std::vector<std::string>> asked;

  void note(int line, std::string sentence) { mistakes.push_back({line, std::move(sentence)}); }
  void find_unknown(const ConfigNode& table, const std::string& path, std::vector<Mistake>& found) const;
};

void ConfigReader::Document::find_unknown(const ConfigNode& table, const std::string& path,
                                          std::vector<Mistake>& found) const {
  const auto opened = asked.find(&table);
  if (opened == asked.end()) return;
  const std::vector<std::string>& keys = opened->second;
  for (const ConfigNode::Member& member : table.members) {
    if (std::find(keys.begin(), keys.end(), member.key) == keys.end()) {
      found.push_back({member.node.line, "the key \"" + path + member.key +
                                             "\" is not known; the nearest known key is \"" +
                                             nearest_key(member.key, keys) + "\""});
      continue;
    }
    find_unknown(member.node, path + member.key + ".", found);
    for (const ConfigNode& item : member.node.items) find_unknown(item, path + member.key + ".", found);
  }
}

ConfigReader::ConfigReader(std::shared_ptr<Document> document, const ConfigNode& table, std::string path)
    : document_(std::move(document)), table_(&table), path_(std::move(path)) {}

Result<ConfigReader> ConfigReader::from_file(const std::string& path) {
  Result<std::string> text = read_toml_file(path);
  if (!text) return text.error();
  return from_text(*text, path);
}

Result<ConfigReader> ConfigReader::from_text(const std::string& text, const std::string& name) {
  Result<ConfigNode> root = parse_toml(text, name);
  if (!root) return root.error();
  auto document = std::make_shared<Document>();
  document->name = name;
  document->root = std::move(root).value();
  const ConfigNode& table = document->root;
  return ConfigReader(std::move(document), table, "");
}

std::string ConfigReader::path_of(std::string_view key) const { return path_ + std::string(key); }

const ConfigNode* ConfigReader::ask(std::string_view key) {
  auto& keys = document_->asked[table_];
  if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.emplace_back(key);
  return table_->find(key);
}

std::optional<ConfigValue> ConfigReader::get(std::string_view key, const ValueRule& rule) {
  const ConfigNode* node = ask(key);
  if (node == nullptr) return std::nullopt;
  std::optional<ConfigValue> value = value_of_node(rule, *node);
  if (!value) document_->note(node->line, "\"" + path_of(key) + "\" must be " + expectation(rule));
  return value;
}

std::optional<std::string> ConfigReader::text(std::string_view key) {
  return as<std::string>(get(key, {.type = ValueType::text}));
}
std::optional<std::string> ConfigReader::choice(std::string_view key, std::vector<std::string> choices) {
  return as<std::string>(get(key, {.type = ValueType::choice, .choices = std::move(choices)}));
}
std::optional<std::int64_t> ConfigReader::integer(std::string_view key, std::int64_t min, std::int64_t max) {
  return as<std::int64_t>(get(key, {.type = ValueType::integer, .min = min, .max = max}));
}
std::optional<bool> ConfigReader::boolean(std::string_view key) {
  return as<bool>(get(key, {.type = ValueType::boolean}));
}
std::optional<Ms> ConfigReader::duration_ms(std::string_view key, Ms min_ms, Ms max_ms) {
  return as<std::int64_t>(get(key, {.type = ValueType::duration, .min = min_ms, .max = max_ms}));
}
std::optional<HostPort> ConfigReader::address(std::string_view key) {
  return as<HostPort>(get(key, {.type = ValueType::address}));
}
std::vector<std::string> ConfigReader::text_list(std::string_view key) {
  return as<std::vector<std::string>>(get(key, {.type = ValueType::text_list})).value_or(std::vector<std::string>{});
}

std::string ConfigReader::required_text(std::string_view key) {
  const ConfigNode* node = ask(key);
  if (node == nullptr || (node->kind == ConfigNode::Kind::text && node->text.empty())) {
    refuse(key, "is needed here: give it a text in quotes");
    return "";
  }
  return text(key).value_or("");
}

ConfigReader ConfigReader::table(std::string_view key) {
  const ConfigNode* node = ask(key);
  if (node != nullptr && node->kind != ConfigNode::Kind::table) {
    refuse(key, "must be a table: write it as [" + path_of(key) + "]");
    node = nullptr;
  }
  // Opening it makes its keys checked by `finish`, also when the caller asks for none.
  if (node != nullptr) document_->asked[node];
  return ConfigReader(document_, node != nullptr ? *node : document_->empty, path_of(key) + ".");
}

std::vector<ConfigReader> ConfigReader::tables(std::string_view key) {
  std::vector<ConfigReader> readers;
  const ConfigNode* node = ask(key);
  if (node == nullptr) return readers;
  bool all_tables = node->kind == ConfigNode::Kind::list;
  for (const ConfigNode& item : node->items) {
    all_tables = all_tables && item.kind == ConfigNode::Kind::table;
    document_->asked[&item];
    readers.push_back(ConfigReader(document_, item, path_of(key) + "."));
  }
  if (all_tables) return readers;
  refuse(key, "must be a list of tables: write each as [[" + path_of(key) + "]]");
  return {};
}

void ConfigReader::refuse(std::string_view key, std::string_view sentence) {
  const ConfigNode* node = table_->find(key);
  document_->note(node != nullptr ? node->line : table_->line, "\"" + path_of(key) + "\" " + std::string(sentence));
}

Result<void> ConfigReader::finish() const {
  std::vector<Mistake> all = document_->mistakes;
  document_->find_unknown(document_->root, "", all);
  if (all.empty()) return {};
  std::stable_sort(all.begin(), all.end(), [](const Mistake& a, const Mistake& b) { return a.line < b.line; });
  std::string text;
  for (const Mistake& mistake : all) {
    if (!text.empty()) text += '\n';
    text += document_->name + ":" + std::to_string(std::max(mistake.line, 1)) + ": " + mistake.sentence;
  }
  return Error{Code::invalid_argument, text};
}

}  // namespace rf::process
