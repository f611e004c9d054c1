#include "sip-edge/caller_id.hpp"

#include <optional>
#include <string_view>

namespace rf::edge {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Takes a quoted string off the front.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string out;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return out;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return std::nullopt;
}

/// The first of a header's identities: `"Name" <uri>`, `Name <uri>` or a bare URI.
std::optional<sip::NameAddr> first_identity(std::string_view text) {
  sip::NameAddr out;
  text = trimmed(text);
  if (!text.empty() && text.front() == '"') {
    const auto display = take_quoted(text);
    if (!display) return std::nullopt;
    out.display = *display;
  }
  const auto open = text.find('<');
  std::string_view uri = text.substr(0, text.find_first_of(",;"));
  if (open != std::string_view::npos) {
    if (out.display.empty()) out.display = trimmed(text.substr(0, open));
    const auto close = text.find('>', open);
    if (close == std::string_view::npos) return std::nullopt;
    uri = text.substr(open + 1, close - open - 1);
  }
  const auto parsed = parse_uri(trimmed(uri));
  if (!parsed || parsed->user.empty()) return std::nullopt;
  out.uri = *parsed;
  return out;
}

}  // namespace

std::string number_of(const std::string& user) { return user.substr(0, user.find(';')); }

sip::NameAddr caller_of(const sip::Request& invite) {
  sip::NameAddr caller = invite.from;
  const std::string* asserted = invite.other("P-Asserted-Identity");
  if (asserted != nullptr && !invite.identity_is_private)
    if (const auto identity = first_identity(*asserted)) caller = *identity;
  caller.uri.user = caller.uri.user.substr(0, caller.uri.user.find_first_of(";:"));
  caller.tag.clear();
  return caller;
}

}  // namespace rf::edge
