#include "sip-edge/uri.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>

namespace rf::edge {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u <= 0x20 || u == 0x7f || c == '<' || c == '>' || c == '"';
  });
}

bool is_host_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

/// Splits "host[:port]" into the URI; false if it is neither a name nor an address.
bool take_host_port(std::string_view text, Uri& uri) {
  std::string_view port;
  if (!text.empty() && text.front() == '[') {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return false;
    uri.host = lower_case(text.substr(0, end + 1));
    if (!numeric_host(uri.host)) return false;
    text.remove_prefix(end + 1);
    if (!text.empty() && text.front() != ':') return false;
    if (!text.empty()) port = text.substr(1);
    if (!text.empty() && port.empty()) return false;
  } else {
    const auto colon = text.find(':');
    uri.host = lower_case(text.substr(0, colon));
    if (!is_host_name(uri.host)) return false;
    if (colon == std::string_view::npos) return true;
    port = text.substr(colon + 1);
    if (port.empty()) return false;
  }
  if (port.empty()) return true;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), uri.port);
  return error == std::errc() && end == port.data() + port.size() && uri.port != 0;
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

bool equal_no_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string Uri::text() const {
  std::string out = scheme + ":" + user;
  if (!host.empty()) {
    if (!user.empty()) out += '@';
    out += host;
    if (port != 0) out += ":" + std::to_string(port);
  }
  if (!params.empty()) out += ";" + params;
  return out;
}

std::optional<std::string_view> Uri::param(std::string_view name) const {
  std::string_view rest = params;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    const std::string_view one = rest.substr(0, end);
    const auto equals = std::min(one.find('='), one.size());
    if (equal_no_case(one.substr(0, equals), name)) {
      return equals == one.size() ? std::string_view() : one.substr(equals + 1);
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

std::optional<Uri> parse_uri(std::string_view text) {
  if (!is_clean(text)) return std::nullopt;
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  Uri uri;
  uri.scheme = lower_case(text.substr(0, colon));
  if (uri.scheme != "sip" && uri.scheme != "sips" && uri.scheme != "tel") return std::nullopt;
  std::string_view rest = text.substr(colon + 1);
  rest = rest.substr(0, rest.find('?'));

  if (uri.scheme == "tel") {
    const auto end = std::min(rest.find(';'), rest.size());
    uri.user = rest.substr(0, end);
    if (uri.user.empty()) return std::nullopt;
    if (end < rest.size()) uri.params = rest.substr(end + 1);
    return uri;
  }
  // A user part may hold semicolons, so the '@' is looked for first.
  const auto at = rest.rfind('@');
  if (at != std::string_view::npos) {
    uri.user = rest.substr(0, at);
    if (uri.user.empty()) return std::nullopt;
    rest.remove_prefix(at + 1);
  }
  const auto end = std::min(rest.find(';'), rest.size());
  if (!take_host_port(rest.substr(0, end), uri)) return std::nullopt;
  if (end < rest.size()) uri.params = rest.substr(end + 1);
  return uri;
}

bool same_address(const Uri& a, const Uri& b) {
  return a.scheme == b.scheme && a.user == b.user && a.host == b.host && a.port == b.port;
}

std::optional<std::string> numeric_host(std::string_view host) {
  std::string bare(host);
  if (bare.size() > 2 && bare.front() == '[' && bare.back() == ']') bare = bare.substr(1, bare.size() - 2);
  char text[INET6_ADDRSTRLEN] = {};
  in_addr v4 = {};
  if (inet_pton(AF_INET, bare.c_str(), &v4) == 1) return bare;
  in6_addr v6 = {};
  if (inet_pton(AF_INET6, bare.c_str(), &v6) == 1 && inet_ntop(AF_INET6, &v6, text, sizeof text) != nullptr) {
    return std::string(text);
  }
  return std::nullopt;
}

}  // namespace rf::edge
