#include "node/validate.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace rf::node {

namespace {

constexpr std::size_t key_chars_max = 64;
constexpr std::size_t password_bytes_max = 128;
constexpr std::size_t domain_chars_max = 253;

bool alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

bool control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

Error wrong(std::string_view field, std::string_view must_be, std::string_view text) {
  return {Code::invalid_argument, std::string(field) + " must be " + std::string(must_be) + ", not \"" +
                                      std::string(text.substr(0, key_chars_max)) + "\""};
}

bool id_shaped(std::string_view text) {
  return AccountId::of(text) || AgentId::of(text) || QueueId::of(text) || CallId::of(text);
}

/// How many bytes the valid UTF-8 sequence at the start of `text` has; 0: none is.
std::size_t sequence_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  const bool overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
  const bool beyond = (lead == 0xed && byte(1) > 0x9f) || (lead == 0xf4 && byte(1) > 0x8f);
  return overlong || beyond ? 0 : length;
}

}  // namespace

Result<void> check_text(std::string_view field, std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max)
    return Error{Code::invalid_argument,
                 std::string(field) + " is longer than " + std::to_string(bytes_max) + " bytes"};
  if (std::any_of(text.begin(), text.end(), control))
    return Error{Code::invalid_argument, std::string(field) + " must not contain control characters"};
  return {};
}

Result<void> check_key(std::string_view field, std::string_view text) {
  const bool good = !text.empty() && text.size() <= key_chars_max && !id_shaped(text) &&
                    std::all_of(text.begin(), text.end(), [](char c) { return alphanumeric(c) || one_of(c, "._-"); });
  if (good) return {};
  return wrong(field, "1-64 letters, digits and . _ - that do not look like an id", text);
}

Result<void> check_user_part(std::string_view field, std::string_view text) {
  const bool good = !text.empty() && text.size() <= key_chars_max && std::all_of(text.begin(), text.end(), [](char c) {
    return alphanumeric(c) || one_of(c, "+*#._-");
  });
  if (good) return {};
  return wrong(field, "1-64 letters, digits and + * # . _ -", text);
}

Result<void> check_password(std::string_view field, std::string_view text) {
  if (!text.empty() && text.size() <= password_bytes_max && std::none_of(text.begin(), text.end(), control)) return {};
  return Error{Code::invalid_argument, std::string(field) + " must have 1-128 bytes and no control characters"};
}

Result<std::string> domain_of(std::string_view text) {
  const bool good = !text.empty() && text.size() <= domain_chars_max && alphanumeric(text.front()) &&
                    alphanumeric(text.back()) && text.find("..") == std::string_view::npos &&
                    std::all_of(text.begin(), text.end(), [](char c) { return alphanumeric(c) || one_of(c, ".-"); });
  if (!good) return wrong("a SIP domain", "a host name or IPv4 address of at most 253 characters", text);
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

Result<std::string> trunk_address_of(std::string_view text) {
  const std::string given(text);
  std::array<char, INET6_ADDRSTRLEN> printed{};
  in_addr v4{};
  in6_addr v6{};
  if (::inet_pton(AF_INET, given.c_str(), &v4) == 1 &&
      ::inet_ntop(AF_INET, &v4, printed.data(), printed.size()) != nullptr)
    return std::string(printed.data());
  if (::inet_pton(AF_INET6, given.c_str(), &v6) == 1) {
    // The same peer must have one name, whichever kind of socket sees it.
    const char* text_of_v6 = IN6_IS_ADDR_V4MAPPED(&v6)
                                 ? ::inet_ntop(AF_INET, &v6.s6_addr[12], printed.data(), printed.size())
                                 : ::inet_ntop(AF_INET6, &v6, printed.data(), printed.size());
    if (text_of_v6 != nullptr) return std::string(text_of_v6);
  }
  return wrong("a trunk's address", "a numeric IPv4 or IPv6 address without port", text);
}

Result<CommandId> command_id_of(std::string_view text, process::IdMaker& ids) {
  if (text.empty()) return ids.make<CommandId>();
  return id_of<CommandTag>("command_id", text);
}

std::string utf8_of(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t bytes = sequence_bytes(text);
    out += bytes == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, bytes);
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return out;
}

}  // namespace rf::node
