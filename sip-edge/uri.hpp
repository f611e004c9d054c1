#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rf::edge {

/// A sip, sips or tel URI in parts (RFC 3261 19.1, RFC 3966). Its header part ("?...") is never kept.
struct Uri {
  std::string scheme = "sip";
  /// As written, a password included; the number of a tel URI.
  std::string user;
  /// Lower case; an IPv6 literal keeps its brackets; empty in a tel URI.
  std::string host;
  /// 0: none was written.
  std::uint16_t port = 0;
  /// "transport=tcp;lr", without the first semicolon.
  std::string params;

  std::string text() const;
  /// The value of a parameter, empty for one without value; nothing if it is absent. Names compare without case.
  std::optional<std::string_view> param(std::string_view name) const;

  friend bool operator==(const Uri&, const Uri&) = default;
};

/// Nothing unless `text` is one bare URI with a host (tel: with a number). Control characters, blanks and <>" make it
/// invalid, so a parsed URI can be written into a header as it is.
std::optional<Uri> parse_uri(std::string_view text);

/// Scheme, user, host and port are equal; parameters are not looked at.
bool same_address(const Uri& a, const Uri& b);

/// The address in the form that sockets use ("::1" for "[::1]"); nothing unless `host` is an IPv4 or IPv6 literal.
std::optional<std::string> numeric_host(std::string_view host);

/// `text` without regard to the case of ASCII letters.
bool equal_no_case(std::string_view a, std::string_view b);
std::string lower_case(std::string_view text);

}  // namespace rf::edge
