#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sip-edge/sip/message.hpp"
#include "sip-edge/sip/sofia.hpp"

/// Between the library's structures and ours. Only for the .cpp files of this folder.
namespace rf::edge::sip {

/// Everything but `local` and `listen`. `msg` is the message that `sip` belongs to.
Request to_request(const sip_t* sip, msg_t* msg);
/// `sip` of a response; `msg` may be nullptr (then `source` stays empty).
Response to_response(const sip_t* sip, msg_t* msg);
Uri to_uri(const url_t* url);
Body to_body(const sip_t* sip);
/// The remote address of a received message.
Flow to_flow(const sip_t* sip, msg_t* msg);
Method to_method(sip_method_t method);
sip_method_t from_method(Method method);

/// "Name: value" lines for SIPTAG_HEADER_STR; empty for no headers. Nothing in them can start a new line.
std::string header_lines(const std::vector<Header>& headers);
/// "sip:192.0.2.1:5060;transport=udp". The library takes an IPv6 address in brackets for a name when it looks for the
/// transport; as `maddr` it is understood.
std::string route_of(const Flow& flow);
/// As of a Uri; nothing for nullptr.
std::optional<Flow> direct_hop(const url_t* url);
std::string join(const std::vector<std::string>& tokens);

}  // namespace rf::edge::sip
