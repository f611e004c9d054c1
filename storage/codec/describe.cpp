#include "storage/codec/describe.hpp"

#include <ctime>

#include "storage/chain.hpp"
#include "storage/codec/fields.hpp"
#include "storage/codec/kinds.hpp"

namespace rf::storage {

std::string quoted(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte >= 0x20 && byte < 0x7f) {
      out.push_back(c);
    } else {
      out += "\\x";
      out.push_back(digits[byte >> 4]);
      out.push_back(digits[byte & 15]);
    }
  }
  return out + "\"";
}

namespace {

/// A visitor of the codec's table that prints "name=value" for every field that is not zero.
class Printer {
 public:
  template <class T>
  void operator()(std::uint32_t, std::string_view name, const T& value) {
    const std::string text = print(value);
    if (text.empty()) return;
    if (!out_.empty()) out_.push_back(' ');
    out_ += std::string(name) + "=" + text;
  }
  const std::string& text() const { return out_; }

 private:
  template <class T>
  static std::string print(const T& value) {
    if constexpr (codec::is_id<T>) {
      return value.set() ? value.text() : "";
    } else if constexpr (std::is_same_v<T, Ulid>) {
      return value == Ulid{} ? "" : text_of(value);
    } else if constexpr (std::is_same_v<T, Hash>) {
      return hex_of(value);
    } else if constexpr (std::is_same_v<T, std::string>) {
      return value.empty() ? "" : quoted(value);
    } else if constexpr (std::is_same_v<T, bool>) {
      return value ? "yes" : "";
    } else if constexpr (std::is_same_v<T, Ms>) {
      return value == 0 ? "" : value == never_ms ? "never" : std::to_string(value);
    } else if constexpr (std::is_integral_v<T>) {
      return value == 0 ? "" : std::to_string(value);
    } else if constexpr (std::is_same_v<T, std::optional<Ms>>) {
      return value ? std::to_string(*value) : "";
    } else if constexpr (codec::Enumeration<T>) {
      const codec::EnumEntry entry = codec::entry(value);
      return entry.number == 0 ? "" : std::string(entry.name);
    } else if constexpr (codec::is_vector<T>) {
      std::string out;
      for (const auto& element : value) out += (out.empty() ? "" : ", ") + print_element(element);
      return out.empty() ? "" : "[" + out + "]";
    } else {
      Printer nested;
      codec::fields(nested, value);
      return nested.text().empty() ? "" : "{" + nested.text() + "}";
    }
  }
  template <class T>
  static std::string print_element(const T& element) {
    const std::string text = print(element);
    return text.empty() ? "-" : text;
  }

  std::string out_;
};

std::string fields_of(const auto& value) {
  Printer printer;
  codec::fields(printer, value);
  return printer.text();
}

template <class Body>
std::string describe_body(const Body& body) {
  return std::visit(
      [](const auto& alternative) {
        std::string name(codec::oneof_field<std::remove_cvref_t<decltype(alternative)>>.name);
        const std::string fields = fields_of(alternative);
        return fields.empty() ? name : name + " " + fields;
      },
      body);
}

}  // namespace

std::string describe_time(Ms ts) {
  const Ms after_second = ((ts % second_ms) + second_ms) % second_ms;
  const auto seconds = static_cast<std::time_t>(ts / second_ms - (ts % second_ms < 0 ? 1 : 0));
  std::tm parts{};
  char text[40];
  if (gmtime_r(&seconds, &parts) == nullptr || std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts) == 0)
    return std::to_string(ts) + "ms";
  return std::string(text) + "." + std::to_string(second_ms + after_second).substr(1) + "Z";
}

std::string describe(const core::Fact& fact) {
  std::string line = "seq " + std::to_string(fact.seq) + " " + describe_time(fact.ts) + " " + describe_body(fact.body);
  // As it is stored: any two times of a damaged log have a difference.
  const auto age = static_cast<Ms>(static_cast<std::uint64_t>(fact.ts) - static_cast<std::uint64_t>(fact.at));
  if (age != 0) line += " age=" + std::to_string(age);
  if (fact.from != fact.to)
    line += " " + std::string(codec::entry(fact.from).name) + " -> " + std::string(codec::entry(fact.to).name);
  return line;
}

std::string describe(const core::directory::Fact& fact) {
  return "seq " + std::to_string(fact.seq) + " " + describe_time(fact.ts) + " " + describe_body(fact.body);
}

std::string describe(const CommandResult& result) { return fields_of(result); }
std::string describe(const core::Reply& reply) { return fields_of(reply); }
std::string describe(const SealedSecret& secret) {
  return "secret " + quoted(secret.name) + (secret.sealed.empty() ? " erased" : " (sealed)");
}
std::string describe(const EpochStart& start) {
  return "epoch_start node=" + quoted(start.node) + " " + describe_time(start.wall_ts) +
         " rules=" + std::to_string(start.rules);
}
std::string describe(const MinVersion& version) { return "min_version " + std::to_string(version.version); }

template <class Row>
std::string describe_row(const Row& row) {
  return fields_of(row);
}
template std::string describe_row(const MetaRow&);
template std::string describe_row(const AccountRow&);
template std::string describe_row(const core::Agent&);
template std::string describe_row(const core::Queue&);
template std::string describe_row(const core::Call&);
template std::string describe_row(const core::Reservation&);
template std::string describe_row(const core::Edge&);
template std::string describe_row(const core::StickyEntry&);
template std::string describe_row(const core::KeptPlace&);
template std::string describe_row(const core::DispositionEntry&);
template std::string describe_row(const core::directory::Claimed&);

}  // namespace rf::storage
