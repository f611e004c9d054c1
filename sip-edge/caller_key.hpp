#pragma once
#include <optional>
#include <string>

#include "sip-edge/sip/message.hpp"

namespace rf::edge {

/// The key that a SIP INFO tells of, one of 0-9 * # A-D: application/dtmf-relay ("Signal=5") and application/dtmf ("5"),
/// with the event numbers 10 to 15 of RFC 4733 for * # A-D. Nothing for any other body. Pure.
std::optional<std::string> pressed_key(const sip::Body& body);

}  // namespace rf::edge
