#pragma once
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tools/rf-load/outputs.hpp"
#include "tools/rf-load/sip_message.hpp"

namespace rf::load {

/// A message with the text that it looks into.
struct Parsed {
  explicit Parsed(std::string bytes) : text(std::move(bytes)) { EXPECT_TRUE(parse(text, message)) << text; }
  Parsed(const Parsed&) = delete;
  Parsed& operator=(const Parsed&) = delete;

  std::string text;
  Message message;
};

/// "INVITE" or "200 INVITE" of the datagram.
inline std::string kind_of(const std::string& datagram) {
  const Parsed parsed(datagram);
  const std::string method(parsed.message.method);
  return parsed.message.is_request() ? method : std::to_string(parsed.message.status) + " " + method;
}

/// What was sent, in order, and taken off.
inline std::vector<std::string> kinds(Outputs& out) {
  std::vector<std::string> all;
  for (const std::string& datagram : out.datagrams) all.push_back(kind_of(datagram));
  return all;
}

/// A server's answer to a request of ours.
inline std::string answered(const std::string& request, int status, std::string_view contact) {
  const Parsed parsed(request);
  return response_to(parsed.message, {status, "server", contact, ""});
}

/// A server's INVITE to an agent, from that caller.
inline std::string invite_from(const std::string& caller) {
  return text_of(Request{.method = "INVITE",
                         .uri = "sip:a7@127.0.0.1:7080",
                         .address = "127.0.0.1:5060",
                         .branch = "z9hG4bKoffer",
                         .from = "<sip:" + caller + "@load.test>;tag=edge",
                         .to = "<sip:a7@load.test>",
                         .call_id = "offer-1",
                         .cseq = 7,
                         .contact = "sip:127.0.0.1:5060",
                         .body = sdp_of("127.0.0.1")});
}

/// A server's request about that INVITE, in its dialog once there is a To tag.
inline std::string about(const std::string& invite, std::string_view method, std::string_view to_tag,
                         std::uint32_t cseq) {
  const Parsed parsed(invite);
  const std::string to = std::string(parsed.message.to) + (to_tag.empty() ? "" : ";tag=" + std::string(to_tag));
  return text_of(Request{.method = method,
                         .uri = parsed.message.uri,
                         .address = "127.0.0.1:5060",
                         .branch = method == "CANCEL" ? "z9hG4bKoffer" : "z9hG4bKlater",
                         .from = parsed.message.from,
                         .to = to,
                         .call_id = parsed.message.call_id,
                         .cseq = cseq});
}

}  // namespace rf::load
