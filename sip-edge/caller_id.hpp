#pragma once
#include <string>

#include "sip-edge/sip/message.hpp"

namespace rf::edge {

/// The number of a user part as carriers write it: "7001" of "7001;npdi;rn=+4930" (RFC 3261 19.1.6, RFC 4694).
std::string number_of(const std::string& user);

/// Who calls, to be shown and logged: the identity that the trunk asserts (RFC 3325) unless the caller wants it kept
/// private (RFC 3323), else From. Its user part is bare: no parameters, no password. Pure.
sip::NameAddr caller_of(const sip::Request& invite);

}  // namespace rf::edge
