#include "sip-edge/flow.hpp"

namespace rf::edge {

static constexpr std::uint16_t sip_port = 5060;

std::string_view name_of(Transport transport) { return transport == Transport::udp ? "udp" : "tcp"; }

std::string Flow::host_port() const { return (is_ipv6() ? "[" + ip + "]" : ip) + ":" + std::to_string(port); }

std::string Flow::text() const { return std::string(name_of(transport)) + ":" + host_port(); }

std::optional<Flow> direct_hop(const Uri& uri) {
  if (uri.scheme != "sip") return std::nullopt;
  const auto ip = numeric_host(uri.param("maddr").value_or(uri.host));
  if (!ip) return std::nullopt;
  Flow out{Transport::udp, *ip, uri.port == 0 ? sip_port : uri.port};
  if (const auto transport = uri.param("transport")) {
    if (equal_no_case(*transport, "tcp")) {
      out.transport = Transport::tcp;
    } else if (!equal_no_case(*transport, "udp")) {
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace rf::edge
