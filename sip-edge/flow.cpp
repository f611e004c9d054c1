#include "sip-edge/flow.hpp"

namespace rf::edge {

std::string_view name_of(Transport transport) { return transport == Transport::udp ? "udp" : "tcp"; }

std::string Flow::host_port() const { return (is_ipv6() ? "[" + ip + "]" : ip) + ":" + std::to_string(port); }

std::string Flow::text() const { return std::string(name_of(transport)) + ":" + host_port(); }

}  // namespace rf::edge
