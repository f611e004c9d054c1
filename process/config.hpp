#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "process/config_value.hpp"

namespace rf::process {

/// One option of a program: the same name as a TOML key ("grpc.listen" is `listen` in [grpc]) and as a flag
/// (`--grpc.listen`). A secret is never an option, only the path of its file.
struct Option {
  std::string key;
  ValueRule rule;
  /// As it would be given to the flag; must satisfy the rule.
  std::string default_value;
  /// One or two sentences for --help and --print-config.
  std::string help;

  static Option text(std::string key, std::string default_value, std::string help);
  static Option choice(std::string key, std::string default_value, std::vector<std::string> choices, std::string help);
  static Option integer(std::string key, std::int64_t default_value, std::int64_t min, std::int64_t max,
                        std::string help);
  static Option boolean(std::string key, std::string help);
  static Option duration(std::string key, std::string default_value, Ms min_ms, Ms max_ms, std::string help);
  static Option address(std::string key, std::string default_value, std::string help);
  /// An address that is off when empty.
  static Option address_or_none(std::string key, std::string default_value, std::string help);
  static Option text_list(std::string key, std::string default_value, std::string help);
};

/// A program's name, version and the one table that parsing, --help and --print-config follow.
struct ProgramSpec {
  std::string name;
  std::string version;
  /// One sentence: what the program is.
  std::string summary;
  std::vector<Option> options;
};

/// The effective configuration: defaults, then the file of --config, then flags. Immutable. A getter of an option that
/// the table does not have, or has with another type, is our bug.
class ProgramConfig {
 public:
  const std::string& text(std::string_view key) const;
  std::int64_t integer(std::string_view key) const;
  bool boolean(std::string_view key) const;
  Ms duration_ms(std::string_view key) const;
  const HostPort& address(std::string_view key) const;
  const std::vector<std::string>& text_list(std::string_view key) const;

  /// Where the value was given, to begin an error's sentence: "--grpc.listen", "/etc/rf.toml:12: grpc.listen", or
  /// "the default of grpc.listen".
  std::string place_of(std::string_view key) const;
  /// Every option with its value as a TOML text that --config reads back; the same bytes for the same values.
  std::string print() const;

 private:
  friend class ConfigLoader;
  struct Setting {
    Option option;
    ConfigValue value;
    std::string place;
  };
  const Setting& setting(std::string_view key) const;

  std::vector<Setting> settings_;
};

/// What the command line asks for: to run with `config`, or, when `answer` is set, to print it and exit with 0.
struct Launch {
  std::optional<std::string> answer;
  ProgramConfig config;
};

/// Reads flags (without the program's name) and the file that --config names. `--key value` and `--key=value` mean the
/// same; a boolean flag may stand alone; --help, --version and --print-config answer instead of running. Errors:
/// invalid_argument with one sentence a line for every mistake: an unknown key or flag names the nearest one, and a file
/// that cannot be read is a mistake as well.
Result<Launch> launch(const ProgramSpec& spec, const std::vector<std::string>& arguments);

/// main's arguments without the program's name.
std::vector<std::string> arguments_of(int argc, const char* const* argv);

}  // namespace rf::process
