#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "process/config_value.hpp"

namespace rf::process {

/// One table of a TOML file that people write, such as the import of an account. Getters note which keys were asked
/// for; a wrong value is noted too and reads as absent, so that `finish` reports every mistake of the file at once.
/// A small handle on the shared document; one thread at a time.
class ConfigReader {
 public:
  /// The root table. Errors as `read_toml_file` and `parse_toml`.
  static Result<ConfigReader> from_file(const std::string& path);
  /// The root table of a text; `name` stands for the file in messages.
  static Result<ConfigReader> from_text(const std::string& text, const std::string& name);

  /// Absent, or not what the rule in its name allows: nothing.
  std::optional<std::string> text(std::string_view key);
  std::optional<std::string> choice(std::string_view key, std::vector<std::string> choices);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max);
  std::optional<bool> boolean(std::string_view key);
  std::optional<Ms> duration_ms(std::string_view key, Ms min_ms, Ms max_ms);
  std::optional<HostPort> address(std::string_view key);
  std::vector<std::string> text_list(std::string_view key);
  /// As `text`, but absence or an empty text is a mistake of the file.
  std::string required_text(std::string_view key);

  /// Whether the key is there, with whatever value.
  bool has(std::string_view key) { return ask(key) != nullptr; }
  /// `[key]`; absent: an empty table.
  ConfigReader table(std::string_view key);
  /// Every `[[key]]`, in the order of the file.
  std::vector<ConfigReader> tables(std::string_view key);

  /// Notes a mistake that only the caller can see, at the key's line.
  void refuse(std::string_view key, std::string_view sentence);
  /// The mistakes of the whole document, one a line as `FILE:LINE: sentence` in the file's order: those noted, and
  /// every key that nobody asked for, with the nearest one that was. invalid_argument, or nothing when there is none.
  Result<void> finish() const;

 private:
  struct Document;
  ConfigReader(std::shared_ptr<Document> document, const ConfigNode& table, std::string path);
  const ConfigNode* ask(std::string_view key);
  std::optional<ConfigValue> get(std::string_view key, const ValueRule& rule);
  std::string path_of(std::string_view key) const;

  std::shared_ptr<Document> document_;
  const ConfigNode* table_;
  /// What stands before this table's keys in messages: empty, or with a dot at its end.
  std::string path_;
};

}  // namespace rf::process
