#include "tests/golden/fact_line.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "storage/codec/fields.hpp"
#include "storage/codec/kinds.hpp"

namespace rf::testing {

namespace codec = storage::codec;
namespace fact = core::fact;

namespace {

/// Where a call's signalling lives, and for how long a node that hears nothing believes in it.
constexpr std::array<std::string_view, 13> machine_fields = {
    "edge",         "edge_epoch",        "boot_id",   "ring_until", "confirm_until",    "check_ts", "contact",
    "next_look_ts", "max_wait_until_ts", "drop_call", "key",        "last_offered_seq", "talk_ms"};
/// What every agent, membership and account has unless somebody changes it.
constexpr std::array<std::string_view, 11> defaults = {"max_concurrent=1",      "priority=50",  "external_endpoint=yes",
                                                       "mode=static",           "role=agent",   "availability=explicit",
                                                       "stale_after_ms=5m",     "ring_ms=20s",  "direct_ring_ms=20s",
                                                       "direct_max_wait_ms=5m", "wrapup_ms=60s"};

template <class List>
bool has(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// A visitor of the codec's table of fields.
class Line {
 public:
  explicit Line(Ms now_ts) : now_ts_(now_ts) {}

  template <class T>
  void operator()(std::uint32_t, std::string_view name, const T& value) {
    if (has(machine_fields, name)) return;
    const std::string text = print(name, value);
    const std::string field = std::string(name) + "=" + text;
    if (text.empty() || has(defaults, field)) return;
    text_ += (text_.empty() ? "" : " ") + field;
  }
  const std::string& text() const { return text_; }

 private:
  template <class T>
  std::string print(std::string_view name, const T& value) const {
    if constexpr (codec::is_id<T>) {
      return value.set() ? value.text() : "";
    } else if constexpr (std::is_same_v<T, std::string>) {
      return value.empty() ? "" : "\"" + value + "\"";
    } else if constexpr (std::is_same_v<T, bool>) {
      return value ? "yes" : "";
    } else if constexpr (std::is_same_v<T, Ms>) {
      if (value == 0) return "";
      if (value == never_ms || !name.ends_with("_ts")) return duration(value);
      return (value < now_ts_ ? "-" + duration(now_ts_ - value) : "+" + duration(value - now_ts_));
    } else if constexpr (std::is_same_v<T, std::optional<Ms>>) {
      return value ? duration(*value) : "";
    } else if constexpr (std::is_integral_v<T>) {
      return value == 0 ? "" : std::to_string(value);
    } else if constexpr (codec::Enumeration<T>) {
      const codec::EnumEntry entry = codec::entry(value);
      return entry.number == 0 ? "" : std::string(entry.name);
    } else if constexpr (codec::is_vector<T>) {
      std::string out;
      for (const auto& element : value) out += (out.empty() ? "" : ", ") + print({}, element);
      return out.empty() ? "" : "[" + out + "]";
    } else {
      Line nested(now_ts_);
      codec::fields(nested, value);
      return nested.text().empty() ? "" : "{" + nested.text() + "}";
    }
  }

  const Ms now_ts_;
  std::string text_;
};

}  // namespace

std::string duration(Ms ms) {
  if (ms == never_ms) return "never";
  constexpr Ms minute_ms = 60 * second_ms, hour_ms = 60 * minute_ms;
  if (ms >= hour_ms && ms % hour_ms == 0) return std::to_string(ms / hour_ms) + "h";
  if (ms >= 5 * minute_ms && ms % minute_ms == 0) return std::to_string(ms / minute_ms) + "m";
  return ms % second_ms == 0 ? std::to_string(ms / second_ms) + "s" : std::to_string(ms) + "ms";
}

std::string named(std::string text, const ShortNames& names) {
  for (const auto& [id, name] : names)
    for (std::size_t at = text.find(id); at != std::string::npos; at = text.find(id, at + name.size()))
      text.replace(at, id.size(), name);
  return text;
}

bool is_machinery(const fact::Body& body) {
  return std::holds_alternative<fact::EdgeSeen>(body) || std::holds_alternative<fact::EdgeSnapshot>(body) ||
         std::holds_alternative<fact::EdgeSwept>(body) || std::holds_alternative<fact::LookSet>(body) ||
         std::holds_alternative<fact::PaceSet>(body);
}

std::string fact_line(const core::Fact& fact, const ShortNames& names) {
  Line line(fact.ts);
  std::visit([&](const auto& body) { codec::fields(line, body); }, fact.body);
  std::string out(core::name_of(fact.body));
  if (!line.text().empty()) out += " " + named(line.text(), names);
  if (fact.from != fact.to)
    out += "  " + std::string(core::name_of(fact.from)) + " > " + std::string(core::name_of(fact.to));
  return out;
}

}  // namespace rf::testing
