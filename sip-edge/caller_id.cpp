#include "sip-edge/caller_id.hpp"

namespace rf::edge {

std::string number_of(const std::string& user) { return user.substr(0, user.find(';')); }

sip::NameAddr caller_of(const sip::Request& invite) {
  sip::NameAddr caller = invite.from;
  const std::string* asserted = invite.other("P-Asserted-Identity");
  if (asserted != nullptr && !invite.identity_is_private)
    if (const auto identity = sip::first_identity(*asserted)) caller = *identity;
  caller.uri.user = caller.uri.user.substr(0, caller.uri.user.find_first_of(";:"));
  caller.tag.clear();
  return caller;
}

}  // namespace rf::edge
