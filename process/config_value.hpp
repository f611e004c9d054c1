#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/time.hpp"

namespace rf::process {

/// An address to listen on or to connect to, as written: the host is a name, an IPv4 or an IPv6 address.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;

  /// False for the empty value of an option that may be off.
  bool set() const { return !host.empty(); }
  /// `host:port`, IPv6 in brackets; empty when not set.
  std::string text() const;
  /// Whether the host is localhost, ::1 or in 127.0.0.0/8, without asking a name server.
  bool loopback() const;
  friend bool operator==(const HostPort&, const HostPort&) = default;
};

enum class ValueType : std::uint8_t { text, choice, integer, boolean, duration, address, address_or_none, text_list };

/// What a value may be. `min` and `max` bound integers and durations (ms), `choices` lists what a choice may be.
struct ValueRule {
  ValueType type = ValueType::text;
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::vector<std::string> choices = {};
};

/// A checked value: text and choice are strings, integer and duration (ms) numbers.
using ConfigValue = std::variant<std::string, std::int64_t, bool, HostPort, std::vector<std::string>>;

/// One value of a TOML file with the line where it stands.
struct ConfigNode {
  enum class Kind : std::uint8_t { text, integer, boolean, list, table, other };
  struct Member;

  Kind kind = Kind::other;
  int line = 0;
  std::string text;
  std::int64_t integer = 0;
  bool boolean = false;
  std::vector<ConfigNode> items;
  std::vector<Member> members;

  /// The member of a table; null when there is none.
  const ConfigNode* find(std::string_view key) const;
};
struct ConfigNode::Member {
  std::string key;
  ConfigNode node;
};

/// Nothing unless `text` is HOST:PORT; an IPv6 host stands in brackets, port 0 means any free one.
std::optional<HostPort> address_of(std::string_view text);
/// Nothing unless `text` is a whole number with its unit: ms, s, m, h or d.
std::optional<Ms> duration_ms_of(std::string_view text);
/// The shortest text that `duration_ms_of` reads as `ms`.
std::string duration_text(Ms ms);

/// The value that a flag's or default's text stands for; nothing when the rule forbids it. List items are separated by
/// commas.
std::optional<ConfigValue> value_of_text(const ValueRule& rule, std::string_view text);
/// The value that a TOML node stands for; nothing when the rule forbids it.
std::optional<ConfigValue> value_of_node(const ValueRule& rule, const ConfigNode& node);
/// The value as TOML, the same for every way of writing it.
std::string toml_text(const ValueRule& rule, const ConfigValue& value);
/// What the rule allows, to follow "must be": `a whole number from 1 to 65535`.
std::string expectation(const ValueRule& rule);

/// The known key with the smallest edit distance to `wanted`, the first of several; empty when none is known.
std::string nearest_key(std::string_view wanted, const std::vector<std::string>& known);

}  // namespace rf::process
