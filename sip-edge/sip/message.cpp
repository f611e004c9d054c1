#include "sip-edge/sip/message.hpp"

#include <algorithm>
#include <array>

namespace rf::edge::sip {

namespace {

constexpr std::array<std::string_view, 15> method_names = {"",        "INVITE",    "ACK",    "CANCEL", "BYE",
                                                           "OPTIONS", "REGISTER",  "INFO",   "PRACK",  "UPDATE",
                                                           "MESSAGE", "SUBSCRIBE", "NOTIFY", "REFER",  "PUBLISH"};

bool has_token(const std::vector<std::string>& list, std::string_view token) {
  return std::any_of(list.begin(), list.end(), [&](const std::string& one) { return equal_no_case(one, token); });
}

}  // namespace

std::string_view name_of(Method method) { return method_names[static_cast<std::size_t>(method)]; }

Body sdp_body(std::string sdp) { return {"application/sdp", std::move(sdp)}; }

const std::string* Message::other(std::string_view name) const {
  const auto found =
      std::find_if(others.begin(), others.end(), [&](const Header& one) { return equal_no_case(one.name, name); });
  return found == others.end() ? nullptr : &found->value;
}

SessionTerms Message::session_terms() const {
  return {session_expires, min_se_s, has_token(supported, "timer") || has_token(require, "timer"),
          has_token(allow, "UPDATE")};
}

Reply reply(int status) { return {status, {}, {}}; }

Reply reply_later(int status, std::uint32_t retry_after_s) {
  return {status, {{"Retry-After", std::to_string(retry_after_s)}}, {}};
}

std::string text_of(const NameAddr& value) {
  std::string out;
  if (!value.display.empty()) {
    out += '"';
    for (const char c : value.display) {
      if (c == '"' || c == '\\') out += '\\';
      out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
    out += "\" ";
  }
  return out + "<" + value.uri.text() + ">";
}

}  // namespace rf::edge::sip
