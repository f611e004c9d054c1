#include "sip-edge/caller_key.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "sip-edge/uri.hpp"

namespace rf::edge {

namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// The value of its Signal line.
std::string_view signal_in(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = text.substr(0, end);
    const auto equals = line.find('=');
    if (equals != std::string_view::npos && equal_no_case(trimmed(line.substr(0, equals)), "signal"))
      return trimmed(line.substr(equals + 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

}  // namespace

std::optional<std::string> pressed_key(const sip::Body& body) {
  const std::string_view type = trimmed(std::string_view(body.content_type).substr(0, body.content_type.find(';')));
  std::string_view signal;
  if (equal_no_case(type, "application/dtmf-relay"))
    signal = signal_in(body.content);
  else if (equal_no_case(type, "application/dtmf"))
    signal = trimmed(body.content);
  static constexpr std::array<std::string_view, 16> keys = {"0", "1", "2", "3", "4", "5", "6", "7",
                                                            "8", "9", "*", "#", "A", "B", "C", "D"};
  static constexpr std::array<std::string_view, 6> numbers = {"10", "11", "12", "13", "14", "15"};
  const auto key =
      std::find_if(keys.begin(), keys.end(), [&](std::string_view one) { return equal_no_case(one, signal); });
  if (key != keys.end()) return std::string(*key);
  const auto number = std::find(numbers.begin(), numbers.end(), signal);
  if (number == numbers.end()) return std::nullopt;
  return std::string(keys[10 + static_cast<std::size_t>(number - numbers.begin())]);
}

}  // namespace rf::edge
