#include "process/config_value.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "process/json.hpp"

namespace rf::process {

namespace {

struct Unit {
  std::string_view name;
  Ms ms;
};
constexpr std::array<Unit, 5> units = {Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"m", 60'000},
                                       Unit{"s", second_ms}, Unit{"ms", 1}};

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number value{};
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

bool plain_host(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
  });
}

bool ipv6(const std::string& host) {
  in6_addr address{};
  return ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    items.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

std::optional<ConfigValue> in_range(const ValueRule& rule, std::optional<std::int64_t> value) {
  if (!value || *value < rule.min || *value > rule.max) return std::nullopt;
  return *value;
}

template <class Value>
std::optional<ConfigValue> lift(const std::optional<Value>& value) {
  if (!value) return std::nullopt;
  return *value;
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string toml_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

/// Edit distance where two neighbours that changed places count as one edit.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string HostPort::text() const {
  if (!set()) return "";
  const bool brackets = host.find(':') != std::string::npos;
  return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool HostPort::loopback() const {
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  if (::inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return host == "localhost";
}

const ConfigNode* ConfigNode::find(std::string_view key) const {
  for (const Member& member : members)
    if (member.key == key) return &member.node;
  return nullptr;
}

std::optional<HostPort> address_of(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = number_of<std::uint16_t>(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  if (!port) return std::nullopt;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    HostPort address{std::string(host.substr(1, host.size() - 2)), *port};
    if (!ipv6(address.host)) return std::nullopt;
    return address;
  }
  if (!plain_host(host)) return std::nullopt;
  return HostPort{std::string(host), *port};
}

std::optional<Ms> duration_ms_of(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = number_of<std::int64_t>(text.substr(0, digits));
  for (const Unit& unit : units) {
    if (!count || text.substr(digits) != unit.name) continue;
    Ms ms = 0;
    if (__builtin_mul_overflow(*count, unit.ms, &ms)) return std::nullopt;
    return ms;
  }
  return std::nullopt;
}

std::string duration_text(Ms ms) {
  if (ms == 0) return "0s";
  for (const Unit& unit : units)
    if (ms % unit.ms == 0) return std::to_string(ms / unit.ms) + std::string(unit.name);
  return "";
}

std::optional<ConfigValue> value_of_text(const ValueRule& rule, std::string_view text) {
  switch (rule.type) {
    case ValueType::text: return std::string(text);
    case ValueType::choice:
      if (std::find(rule.choices.begin(), rule.choices.end(), text) == rule.choices.end()) return std::nullopt;
      return std::string(text);
    case ValueType::integer: return in_range(rule, number_of<std::int64_t>(text));
    case ValueType::boolean:
      if (text != "true" && text != "false") return std::nullopt;
      return text == "true";
    case ValueType::duration: return in_range(rule, duration_ms_of(text));
    case ValueType::address_or_none:
      if (text.empty()) return HostPort{};
      [[fallthrough]];
    case ValueType::address: return lift(address_of(text));
    case ValueType::text_list: return split(text);
  }
  return std::nullopt;
}

std::optional<ConfigValue> value_of_node(const ValueRule& rule, const ConfigNode& node) {
  using Kind = ConfigNode::Kind;
  switch (rule.type) {
    case ValueType::integer:
      if (node.kind != Kind::integer) return std::nullopt;
      return in_range(rule, node.integer);
    case ValueType::boolean:
      if (node.kind != Kind::boolean) return std::nullopt;
      return node.boolean;
    case ValueType::text_list: {
      std::vector<std::string> items;
      for (const ConfigNode& item : node.items) {
        if (item.kind != Kind::text) return std::nullopt;
        items.push_back(item.text);
      }
      if (node.kind != Kind::list) return std::nullopt;
      return items;
    }
    default:
      if (node.kind != Kind::text) return std::nullopt;
      return value_of_text(rule, node.text);
  }
}

std::string toml_text(const ValueRule& rule, const ConfigValue& value) {
  switch (rule.type) {
    case ValueType::integer: return std::to_string(std::get<std::int64_t>(value));
    case ValueType::boolean: return std::get<bool>(value) ? "true" : "false";
    case ValueType::duration: return toml_string(duration_text(std::get<std::int64_t>(value)));
    case ValueType::address:
    case ValueType::address_or_none: return toml_string(std::get<HostPort>(value).text());
    case ValueType::text:
    case ValueType::choice: return toml_string(std::get<std::string>(value));
    case ValueType::text_list: break;
  }
  std::vector<std::string> items;
  for (const std::string& item : std::get<std::vector<std::string>>(value)) items.push_back(toml_string(item));
  return "[" + join(items) + "]";
}

std::string expectation(const ValueRule& rule) {
  switch (rule.type) {
    case ValueType::text: return "a text in quotes";
    case ValueType::choice: return "one of " + join(rule.choices);
    case ValueType::integer:
      return "a whole number from " + std::to_string(rule.min) + " to " + std::to_string(rule.max);
    case ValueType::boolean: return "true or false";
    case ValueType::duration:
      return "a number with its unit (ms, s, m, h, d) from " + duration_text(rule.min) + " to " +
             duration_text(rule.max);
    case ValueType::address: return "HOST:PORT, for example 127.0.0.1:7400 or [::1]:7400";
    case ValueType::address_or_none: return "HOST:PORT, for example 127.0.0.1:7400 or [::1]:7400, or empty for none";
    case ValueType::text_list: return "a list of texts, for example [\"a\", \"b\"]";
  }
  return "";
}

std::string nearest_key(std::string_view wanted, const std::vector<std::string>& known) {
  const auto nearest = std::min_element(known.begin(), known.end(), [&](const std::string& a, const std::string& b) {
    return edit_distance(wanted, a) < edit_distance(wanted, b);
  });
  return nearest == known.end() ? "" : *nearest;
}

}  // namespace rf::process
