#include "process/config.hpp"

#include <algorithm>
#include <utility>

#include "core/base/assert.hpp"
#include "process/exit_code.hpp"
#include "process/toml.hpp"

namespace rf::process {

Option Option::text(std::string key, std::string default_value, std::string help) {
  return {std::move(key), {.type = ValueType::text}, std::move(default_value), std::move(help)};
}
Option Option::choice(std::string key, std::string default_value, std::vector<std::string> choices, std::string help) {
  return {std::move(key),
          {.type = ValueType::choice, .choices = std::move(choices)},
          std::move(default_value),
          std::move(help)};
}
Option Option::integer(std::string key, std::int64_t default_value, std::int64_t min, std::int64_t max,
                       std::string help) {
  return {std::move(key),
          {.type = ValueType::integer, .min = min, .max = max},
          std::to_string(default_value),
          std::move(help)};
}
Option Option::boolean(std::string key, std::string help) {
  return {std::move(key), {.type = ValueType::boolean}, "false", std::move(help)};
}
Option Option::duration(std::string key, std::string default_value, Ms min_ms, Ms max_ms, std::string help) {
  return {std::move(key),
          {.type = ValueType::duration, .min = min_ms, .max = max_ms},
          std::move(default_value),
          std::move(help)};
}
Option Option::address(std::string key, std::string default_value, std::string help) {
  return {std::move(key), {.type = ValueType::address}, std::move(default_value), std::move(help)};
}
Option Option::address_or_none(std::string key, std::string default_value, std::string help) {
  return {std::move(key), {.type = ValueType::address_or_none}, std::move(default_value), std::move(help)};
}
Option Option::text_list(std::string key, std::string default_value, std::string help) {
  return {std::move(key), {.type = ValueType::text_list}, std::move(default_value), std::move(help)};
}

const ProgramConfig::Setting& ProgramConfig::setting(std::string_view key) const {
  const auto found =
      std::find_if(settings_.begin(), settings_.end(), [&](const Setting& s) { return s.option.key == key; });
  RF_ASSERT(found != settings_.end());
  return *found;
}

namespace {

template <class Value>
const Value& typed(const ConfigValue& value) {
  RF_ASSERT(std::holds_alternative<Value>(value));
  return std::get<Value>(value);
}

struct KeyParts {
  std::string table;
  std::string name;
};

KeyParts parts_of(const std::string& key) {
  const std::size_t dot = key.rfind('.');
  if (dot == std::string::npos) return {"", key};
  return {key.substr(0, dot), key.substr(dot + 1)};
}

}  // namespace

const std::string& ProgramConfig::text(std::string_view key) const { return typed<std::string>(setting(key).value); }
std::int64_t ProgramConfig::integer(std::string_view key) const { return typed<std::int64_t>(setting(key).value); }
bool ProgramConfig::boolean(std::string_view key) const { return typed<bool>(setting(key).value); }
Ms ProgramConfig::duration_ms(std::string_view key) const {
  RF_ASSERT(setting(key).option.rule.type == ValueType::duration);
  return typed<std::int64_t>(setting(key).value);
}
const HostPort& ProgramConfig::address(std::string_view key) const { return typed<HostPort>(setting(key).value); }
const std::vector<std::string>& ProgramConfig::text_list(std::string_view key) const {
  return typed<std::vector<std::string>>(setting(key).value);
}

std::string ProgramConfig::place_of(std::string_view key) const { return setting(key).place; }

std::string ProgramConfig::print() const {
  // TOML wants the keys without a table first, and each table once.
  std::vector<std::string> tables = {""};
  for (const Setting& s : settings_) {
    const std::string table = parts_of(s.option.key).table;
    if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
  }
  std::string out;
  for (const std::string& table : tables) {
    if (!table.empty()) out += "[" + table + "]\n";
    for (const Setting& s : settings_) {
      const KeyParts parts = parts_of(s.option.key);
      if (parts.table != table) continue;
      out += "# " + s.option.help + "\n" + parts.name + " = " + toml_text(s.option.rule, s.value) + "\n\n";
    }
  }
  if (!out.empty()) out.pop_back();
  return out;
}

/// One reading of a command line: collects every mistake before it gives up.
class ConfigLoader {
 public:
  explicit ConfigLoader(const ProgramSpec& spec);
  Result<Launch> load(const std::vector<std::string>& arguments);

 private:
  struct Flag {
    std::string key;
    std::string value;
  };

  void split(const std::vector<std::string>& arguments);
  void split_flag(const std::vector<std::string>& arguments, std::size_t& at);
  void take_value(const std::string& key, const std::vector<std::string>& arguments, std::size_t& at);
  void add_flag(const std::string& key, std::string value);
  Result<void> apply_file();
  void apply_table(const ConfigNode& table, const std::string& path);
  void apply_flags();
  ProgramConfig::Setting* find(std::string_view key);
  std::string unknown(const std::string& what, const std::string& key) const;
  std::string help() const;
  void refuse(std::string sentence) { mistakes_.push_back(std::move(sentence)); }

  const ProgramSpec& spec_;
  ProgramConfig config_;
  std::vector<Flag> flags_;
  std::vector<std::string> mistakes_;
  std::string file_;
  bool wants_help_ = false;
  bool wants_version_ = false;
  bool wants_print_ = false;
};

ConfigLoader::ConfigLoader(const ProgramSpec& spec) : spec_(spec) {
  for (const Option& option : spec.options) {
    std::optional<ConfigValue> value = value_of_text(option.rule, option.default_value);
    RF_ASSERT(value && find(option.key) == nullptr);
    config_.settings_.push_back({option, std::move(*value), "the default of " + option.key});
  }
}

ProgramConfig::Setting* ConfigLoader::find(std::string_view key) {
  for (ProgramConfig::Setting& setting : config_.settings_)
    if (setting.option.key == key) return &setting;
  return nullptr;
}

std::string ConfigLoader::unknown(const std::string& what, const std::string& key) const {
  std::vector<std::string> known;
  for (const Option& option : spec_.options) known.push_back(option.key);
  const std::string dashes = what == "flag" ? "--" : "";
  return "the " + what + " \"" + dashes + key + "\" is not known; the nearest known " + what + " is \"" + dashes +
         nearest_key(key, known) + "\"";
}

void ConfigLoader::split(const std::vector<std::string>& arguments) {
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string& argument = arguments[at];
    if (argument == "--help" || argument == "-h") {
      wants_help_ = true;
    } else if (argument == "--version") {
      wants_version_ = true;
    } else if (argument == "--print-config") {
      wants_print_ = true;
    } else if (argument.size() > 2 && argument.starts_with("--")) {
      split_flag(arguments, at);
    } else {
      refuse("\"" + argument + "\" is not a flag; flags are written --name value, see --help");
    }
  }
}

void ConfigLoader::split_flag(const std::vector<std::string>& arguments, std::size_t& at) {
  const std::string& argument = arguments[at];
  const std::size_t equals = argument.find('=');
  const std::string key = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
  const ProgramConfig::Setting* known = find(key);
  if (key != "config" && known == nullptr) {
    refuse(unknown("flag", key));
    // The value of a misspelt flag is not a second mistake.
    if (equals == std::string::npos && at + 1 < arguments.size() && !arguments[at + 1].starts_with("-")) ++at;
  } else if (equals != std::string::npos) {
    add_flag(key, argument.substr(equals + 1));
  } else if (known != nullptr && known->option.rule.type == ValueType::boolean) {
    const bool given = at + 1 < arguments.size() && (arguments[at + 1] == "true" || arguments[at + 1] == "false");
    add_flag(key, given ? arguments[++at] : "true");
  } else {
    take_value(key, arguments, at);
  }
}

void ConfigLoader::take_value(const std::string& key, const std::vector<std::string>& arguments, std::size_t& at) {
  if (at + 1 < arguments.size() && !arguments[at + 1].starts_with("--"))
    add_flag(key, arguments[++at]);
  else
    refuse("--" + key + " needs a value: write --" + key + " VALUE or --" + key + "=VALUE");
}

void ConfigLoader::add_flag(const std::string& key, std::string value) {
  const auto same = [&](const Flag& flag) { return flag.key == key; };
  if (std::any_of(flags_.begin(), flags_.end(), same)) {
    refuse("--" + key + " is given twice; give it once");
    return;
  }
  if (key == "config") file_ = value;
  flags_.push_back({key, std::move(value)});
}

Result<void> ConfigLoader::apply_file() {
  if (file_.empty()) return {};
  Result<std::string> text = read_toml_file(file_);
  if (!text) return text.error();
  const Result<ConfigNode> root = parse_toml(*text, file_);
  if (!root) return root.error();
  apply_table(*root, "");
  return {};
}

void ConfigLoader::apply_table(const ConfigNode& table, const std::string& path) {
  // The library sorts keys; people fix mistakes from the top of the file.
  std::vector<const ConfigNode::Member*> in_order;
  for (const ConfigNode::Member& member : table.members) in_order.push_back(&member);
  std::stable_sort(in_order.begin(), in_order.end(),
                   [](const auto* a, const auto* b) { return a->node.line < b->node.line; });
  for (const ConfigNode::Member* member : in_order) {
    const std::string key = path + member->key;
    const std::string place = file_ + ":" + std::to_string(std::max(member->node.line, 1)) + ": ";
    ProgramConfig::Setting* known = find(key);
    const auto in_table = [&](const Option& option) { return option.key.starts_with(key + "."); };
    if (known != nullptr) {
      std::optional<ConfigValue> value = value_of_node(known->option.rule, member->node);
      if (!value) {
        refuse(place + "\"" + key + "\" must be " + expectation(known->option.rule));
        continue;
      }
      known->value = std::move(*value);
      known->place = place + key;
    } else if (std::none_of(spec_.options.begin(), spec_.options.end(), in_table)) {
      const bool whole_table = member->node.kind == ConfigNode::Kind::table && !member->node.members.empty();
      if (whole_table)
        apply_table(member->node, key + ".");
      else
        refuse(place + unknown("key", key));
    } else if (member->node.kind == ConfigNode::Kind::table) {
      apply_table(member->node, key + ".");
    } else {
      refuse(place + "\"" + key + "\" must be a table: write it as [" + key + "]");
    }
  }
}

void ConfigLoader::apply_flags() {
  for (const Flag& flag : flags_) {
    ProgramConfig::Setting* known = find(flag.key);
    if (known == nullptr) continue;
    std::optional<ConfigValue> value = value_of_text(known->option.rule, flag.value);
    if (!value) {
      refuse("--" + flag.key + " must be " + expectation(known->option.rule));
      continue;
    }
    known->value = std::move(*value);
    known->place = "--" + flag.key;
  }
}

std::string ConfigLoader::help() const {
  std::string out = "Usage: " + spec_.name + " [--config FILE] [--NAME VALUE]...\n" + spec_.summary +
                    "\n\n"
                    "  --config FILE   read options from this TOML file; flags win over it\n"
                    "  --print-config  print every option with its value as TOML, and exit\n"
                    "  --version       print the version, and exit\n"
                    "  --help          print this text, and exit\n\n"
                    "Options, as flags and as keys of the file (a.b is b in the table [a]):\n";
  for (const Option& option : spec_.options) {
    const std::string given = option.default_value.empty() ? "none" : option.default_value;
    out += "  --" + option.key + " (default " + given + ")\n      " + option.help + "\n";
  }
  return out + "\nExit codes:\n" + std::string(exit_code_help);
}

Result<Launch> ConfigLoader::load(const std::vector<std::string>& arguments) {
  split(arguments);
  if (wants_help_) return Launch{help(), std::move(config_)};
  if (wants_version_) return Launch{spec_.name + " " + spec_.version + "\n", std::move(config_)};
  if (const Result<void> read = apply_file(); !read) return Error{Code::invalid_argument, read.error().what};
  apply_flags();
  if (!mistakes_.empty()) {
    std::string all;
    for (const std::string& mistake : mistakes_) all += (all.empty() ? "" : "\n") + mistake;
    return Error{Code::invalid_argument, std::move(all)};
  }
  Launch result{std::nullopt, std::move(config_)};
  if (wants_print_) result.answer = result.config.print();
  return result;
}

Result<Launch> launch(const ProgramSpec& spec, const std::vector<std::string>& arguments) {
  return ConfigLoader(spec).load(arguments);
}

std::vector<std::string> arguments_of(int argc, const char* const* argv) {
  if (argc < 1) return {};
  return {argv + 1, argv + argc};
}

}  // namespace rf::process
