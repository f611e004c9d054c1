#include "node/import/toml_words.hpp"

#include <array>
#include <cstdio>

namespace rf::node {

namespace {

constexpr std::uint32_t hour_min = 60;
constexpr std::uint32_t day_hours = 24;

std::string prefix_of(const google::protobuf::EnumDescriptor& type) {
  const std::string& first = type.value(0)->name();
  return first.substr(0, first.size() - std::string_view("UNSPECIFIED").size());
}

bool digit(char c) { return c >= '0' && c <= '9'; }
std::uint32_t two_digits(char tens, char ones) {
  return static_cast<std::uint32_t>(tens - '0') * 10 + static_cast<std::uint32_t>(ones - '0');
}

}  // namespace

std::string word_of(const google::protobuf::EnumDescriptor* type, int number) {
  const auto* value = type->FindValueByNumber(number);
  if (value == nullptr || number == 0) return "";
  std::string word = value->name().substr(prefix_of(*type).size());
  for (char& c : word)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return word;
}

int number_of(const google::protobuf::EnumDescriptor* type, std::string_view word) {
  for (int i = 1; i < type->value_count(); ++i)
    if (word_of(type, type->value(i)->number()) == word) return type->value(i)->number();
  return 0;
}

std::vector<std::string> words_of(const google::protobuf::EnumDescriptor* type) {
  std::vector<std::string> words;
  for (int i = 1; i < type->value_count(); ++i) words.push_back(word_of(type, type->value(i)->number()));
  return words;
}

std::string time_text(std::uint32_t minute) {
  std::array<char, 24> out{};
  std::snprintf(out.data(), out.size(), "%02u:%02u", minute / hour_min, minute % hour_min);
  return out.data();
}

std::optional<std::uint32_t> minute_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':' || !digit(text[0]) || !digit(text[1]) || !digit(text[3]) || !digit(text[4]))
    return std::nullopt;
  const std::uint32_t hours = two_digits(text[0], text[1]);
  const std::uint32_t minutes = two_digits(text[3], text[4]);
  if (minutes >= hour_min || hours > day_hours || (hours == day_hours && minutes != 0)) return std::nullopt;
  return hours * hour_min + minutes;
}

}  // namespace rf::node
