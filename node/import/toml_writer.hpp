#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.hpp"

namespace rf::node {

/// Keys and values of one TOML table, as lines or as an inline table.
class TomlTable {
 public:
  /// Empty texts and lists, zeros and falsehoods are left out where nothing else is said.
  void text(const char* key, const std::string& value);
  void boolean(const char* key, bool value);
  void integer(const char* key, std::int64_t value);
  void duration(const char* key, Ms ms);
  /// As `integer` and `duration`, but also when it is 0.
  void integer_always(const char* key, std::int64_t value) { add(key, std::to_string(value)); }
  void duration_always(const char* key, Ms ms);
  void boolean_always(const char* key, bool value) { add(key, value ? "true" : "false"); }
  void list(const char* key, const std::vector<std::string>& values);
  void table(const char* key, const TomlTable& value) { add(key, value.inlined()); }
  void tables(const char* key, const std::vector<TomlTable>& values);

  std::string lines() const;
  std::string inlined() const;

 private:
  void add(const char* key, std::string value) { entries_.push_back({key, std::move(value)}); }

  struct Entry {
    const char* key;
    std::string value;
  };
  std::vector<Entry> entries_;
};

}  // namespace rf::node
