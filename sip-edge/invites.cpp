#include "sip-edge/invites.hpp"

#include <algorithm>

#include "sip-edge/caller_id.hpp"

namespace rf::edge {

namespace {

constexpr const char call_header[] = "X-Ringfence-Call";
/// More edges than any honest INVITE comes by.
constexpr std::size_t passed_max = 16;

sip::Invite invite_for(const Calling& calling, const std::string& user, const std::string& host) {
  sip::Invite invite;
  invite.from.display = calling.display;
  invite.from.uri.user = calling.user;
  invite.from.uri.host = calling.host.empty() ? host : calling.host;
  invite.to.uri.user = user;
  invite.to.uri.host = host;
  invite.max_forwards = calling.max_forwards;
  invite.body = calling.offer;
  return invite;
}

}  // namespace

Calling calling_of(const sip::Request& caller) {
  const sip::NameAddr who = caller_of(caller);
  return {.display = who.display,
          .user = who.uri.user,
          .offer = caller.body,
          .max_forwards = caller.max_forwards > 0 ? caller.max_forwards - 1 : 0,
          .passed = passed_calls(caller)};
}

Calling calling_of(const std::string& number_or_uri) {
  const auto uri = parse_uri(number_or_uri);
  if (!uri) return {.user = number_or_uri};
  return {.user = uri->user, .host = uri->host};
}

sip::Invite invite_phone(const Binding& binding, const Calling& calling) {
  sip::Invite invite = invite_for(calling, binding.user, binding.domain);
  invite.next_hop = binding.flow;
  invite.request_uri = binding.contact;
  return invite;
}

std::optional<sip::Invite> invite_outside(const std::string& uri, CallId call, const Calling& calling) {
  const auto address = parse_uri(uri);
  const auto hop = address ? direct_hop(*address) : std::nullopt;
  if (!hop) return std::nullopt;
  sip::Invite invite = invite_for(calling, address->user, address->host);
  invite.next_hop = *hop;
  invite.hop_rule = sip::HopRule::follow;
  invite.request_uri = *address;
  invite.headers.push_back({call_header, call.text()});
  for (const CallId& one : calling.passed) invite.headers.push_back({call_header, one.text()});
  return invite;
}

void ask_to_answer(sip::Invite& invite) {
  invite.headers.push_back({"Call-Info", "<sip:" + invite.from.uri.host + ">;answer-after=0"});
  invite.headers.push_back({"Alert-Info", "<http://127.0.0.1>;info=alert-autoanswer;delay=0"});
}

std::vector<CallId> passed_calls(const sip::Request& invite) {
  std::vector<CallId> passed;
  for (const sip::Header& header : invite.others) {
    if (!equal_no_case(header.name, call_header)) continue;
    std::string_view rest = header.value;
    while (!rest.empty() && passed.size() < passed_max) {
      const auto end = std::min(rest.find_first_of(", \t"), rest.size());
      if (const auto call = CallId::of(rest.substr(0, end))) passed.push_back(*call);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return passed;
}

}  // namespace rf::edge
