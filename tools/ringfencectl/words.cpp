#include "tools/ringfencectl/words.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace rf::ctl {

namespace {

/// What protobuf puts before every value of the enum: "CALL_STATE_" of CallState.
std::string prefix_of(const google::protobuf::EnumDescriptor& type) {
  const std::string& first = type.value(0)->name();
  return first.substr(0, first.size() - std::string_view("UNSPECIFIED").size());
}

std::string word_of(const google::protobuf::EnumDescriptor* type, int number) {
  const auto* value = type->FindValueByNumber(number);
  if (value == nullptr) return std::to_string(number);
  if (number == 0) return "-";
  std::string out = value->name().substr(prefix_of(*type).size());
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::optional<int> number_of(const google::protobuf::EnumDescriptor* type, std::string_view text) {
  std::string name = prefix_of(*type);
  for (const char c : text) name += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  const auto* value = type->FindValueByName(name);
  if (value == nullptr || value->number() == 0) return std::nullopt;
  return value->number();
}

std::tm local_of(Ms ts) {
  const std::time_t seconds = static_cast<std::time_t>(ts / second_ms);
  std::tm out{};
  localtime_r(&seconds, &out);
  return out;
}

std::string formatted(const char* form, const std::tm& time) {
  std::array<char, 64> out{};
  return {out.data(), std::strftime(out.data(), out.size(), form, &time)};
}

/// Whether `c` begins a character of UTF-8.
bool begins(char c) { return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u; }

}  // namespace

std::string word(api::Status status) { return word_of(api::Status_descriptor(), status); }
std::string word(api::Bucket bucket) { return word_of(api::Bucket_descriptor(), bucket); }
std::string word(api::Role role) { return word_of(api::Role_descriptor(), role); }
std::string word(api::MembershipMode mode) { return word_of(api::MembershipMode_descriptor(), mode); }
std::string word(api::Strategy strategy) { return word_of(api::Strategy_descriptor(), strategy); }
std::string word(api::CloseCause cause) { return word_of(api::CloseCause_descriptor(), cause); }
std::string word(api::EndCause cause) { return word_of(api::EndCause_descriptor(), cause); }
std::string word(api::Outcome outcome) { return word_of(api::Outcome_descriptor(), outcome); }
std::string word(api::CallState state) { return word_of(api::CallState_descriptor(), state); }
std::string word(api::OfferPhase phase) { return word_of(api::OfferPhase_descriptor(), phase); }
std::string word(api::OfferVerdict verdict) { return word_of(api::OfferVerdict_descriptor(), verdict); }

std::optional<api::Status> status_of(std::string_view text) {
  if (const auto number = number_of(api::Status_descriptor(), text)) return static_cast<api::Status>(*number);
  return std::nullopt;
}
std::optional<api::CloseCause> close_cause_of(std::string_view text) {
  if (const auto number = number_of(api::CloseCause_descriptor(), text)) return static_cast<api::CloseCause>(*number);
  return std::nullopt;
}

std::string span_text(Ms ms) {
  const long long seconds = ms > 0 ? ms / second_ms : 0;
  std::array<char, 32> out{};
  if (seconds < 3600)
    std::snprintf(out.data(), out.size(), "%lld:%02lld", seconds / 60, seconds % 60);
  else
    std::snprintf(out.data(), out.size(), "%lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
  return out.data();
}

std::string clock_text(Ms ts) { return formatted("%H:%M:%S", local_of(ts)); }
std::string date_text(Ms ts) { return ts == 0 ? "" : formatted("%Y-%m-%d %H:%M:%S", local_of(ts)); }

std::optional<Ms> instant_of(std::string_view text, Ms now_ts) {
  const std::string copy(text);
  const std::array<const char*, 5> forms = {"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d", "%H:%M:%S", "%H:%M"};
  for (std::size_t i = 0; i < forms.size(); ++i) {
    std::tm time = local_of(now_ts);
    time.tm_hour = time.tm_min = time.tm_sec = 0;
    const char* end = strptime(copy.c_str(), forms[i], &time);
    if (end == nullptr || *end != '\0') continue;
    time.tm_isdst = -1;
    return static_cast<Ms>(std::mktime(&time)) * second_ms;
  }
  return std::nullopt;
}

std::string plain(std::string_view text) {
  std::string out(text);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto byte = static_cast<unsigned char>(out[i]);
    // U+0080 to U+009F control some terminals as well.
    const bool high_control = byte == 0xc2 && i + 1 < out.size() && static_cast<unsigned char>(out[i + 1]) < 0xa0;
    if (byte < 0x20 || byte == 0x7f) out[i] = '?';
    if (high_control) out.replace(i, 2, "?");
  }
  return out;
}

std::size_t width_of(std::string_view text) {
  std::size_t columns = 0;
  for (const char c : text) columns += begins(c) ? 1u : 0u;
  return columns;
}

std::string clipped(std::string_view text, std::size_t columns) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (begins(text[i]) && seen++ == columns) return std::string(text.substr(0, i));
  return std::string(text);
}

}  // namespace rf::ctl
