#include "storage/rocks/rules.hpp"

#include "storage/bytes.hpp"

namespace rf::storage::rocks {

namespace {

constexpr std::size_t one = 8 + 4;

}  // namespace

std::string rules_body(const Rules& rules) {
  std::string body;
  for (const RulesSince& since : rules) {
    append_be64(body, static_cast<std::uint64_t>(since.since_ts));
    append_be32(body, since.version);
  }
  return body;
}

Result<Rules> rules_of(std::string_view body) {
  if (body.empty() || body.size() % one != 0) return Error{Code::corrupt, "a record of rules that is cut off"};
  Rules rules;
  for (std::size_t at = 0; at < body.size(); at += one)
    rules.push_back({static_cast<Ms>(be64_at(body.data() + at)), be32_at(body.data() + at + 8)});
  return rules;
}

std::uint32_t version_at(const Rules& rules, Ms ts) {
  std::uint32_t version = 0;
  for (const RulesSince& since : rules)
    if (since.since_ts <= ts) version = since.version;
  return version;
}

std::string text_of(const Rules& rules) {
  std::string text;
  for (const RulesSince& since : rules)
    text += (text.empty() ? "" : ", ") + std::to_string(since.version) + " since " + std::to_string(since.since_ts);
  return text;
}

}  // namespace rf::storage::rocks
