#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "tools/rf-load/instant.hpp"

namespace rf::load {

/// Microseconds since the machine started.
Us now_us();

/// An IPv4 address and a port, in host order.
struct Peer {
  std::uint32_t ip = 0;
  std::uint16_t port = 0;

  /// `127.0.0.1:5060`.
  std::string text() const;
  friend bool operator==(const Peer&, const Peer&) = default;
};

/// invalid_argument unless `text` is a numeric IPv4 address with a port; port 0 means any free one where it is bound.
Result<Peer> peer_of(std::string_view text);

/// One bound UDP socket that never blocks in reading. One thread.
class UdpSocket {
 public:
  /// Errors: unavailable names the address and what is wrong with it.
  static Result<UdpSocket> open(const Peer& address);
  UdpSocket(UdpSocket&& other) noexcept;
  UdpSocket& operator=(UdpSocket&&) = delete;
  ~UdpSocket();

  /// Calls `on_datagram` for what has come, 64 datagrams at most; returns how many there were.
  std::size_t receive(const std::function<void(std::string_view text, const Peer& from)>& on_datagram);
  /// Waits while the kernel has no room. What cannot be sent is lost, as on a wire.
  void send(std::string_view text, const Peer& to);

  const Peer& address() const { return address_; }
  int descriptor() const { return descriptor_; }
  /// What the kernel grants for datagrams that wait for us, in bytes.
  int receive_buffer_bytes() const;
  /// Datagrams that the kernel dropped because we were slow: above 0 the figures are about us, not about the server.
  std::uint64_t drops() const;

 private:
  UdpSocket(int descriptor, const Peer& address);

  int descriptor_;
  Peer address_;
  std::vector<char> buffer_;
};

/// Waits for several sockets.
class Poller {
 public:
  Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  ~Poller();

  /// Errors: unavailable.
  Result<void> add(const UdpSocket& socket);
  /// Until a socket can be read, the instant has come, or a signal came.
  void wait(Us until_us);

 private:
  int descriptor_;
};

}  // namespace rf::load
