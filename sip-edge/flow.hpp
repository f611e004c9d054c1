#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sip-edge/uri.hpp"

namespace rf::edge {

enum class Transport : std::uint8_t { udp, tcp };

/// "udp" or "tcp".
std::string_view name_of(Transport transport);

/// Where a message came from or goes to, as the network saw it: never a name, so that nothing has to be looked up
/// (RFC 3581, RFC 5626). A TCP flow is the one connection with that remote address.
struct Flow {
  Transport transport = Transport::udp;
  /// An IPv4 or IPv6 literal without brackets.
  std::string ip;
  std::uint16_t port = 0;

  bool is_ipv6() const { return ip.find(':') != std::string::npos; }
  /// "udp:192.0.2.1:5060", "tcp:[2001:db8::1]:5060".
  std::string text() const;
  /// "192.0.2.1:5060", "[2001:db8::1]:5060".
  std::string host_port() const;

  friend auto operator<=>(const Flow&, const Flow&) = default;
};

/// Where a sip URI leads without asking anybody; nothing if its host is a name or its transport none of ours.
std::optional<Flow> direct_hop(const Uri& uri);

}  // namespace rf::edge
