#include "tools/rf-load/udp.hpp"

#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>
#include <utility>

namespace rf::load {

namespace {

constexpr std::size_t batch = 64;
constexpr std::size_t datagram_bytes_max = 8192;
constexpr int receive_buffer_bytes_wanted = 16 << 20;

sockaddr_in to_kernel(const Peer& peer) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(peer.ip);
  out.sin_port = htons(peer.port);
  return out;
}

Peer from_kernel(const sockaddr_in& address) { return {ntohl(address.sin_addr.s_addr), ntohs(address.sin_port)}; }

}  // namespace

Us now_us() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<Us>(now.tv_sec) * second_us + now.tv_nsec / 1000;
}

std::string Peer::text() const {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += std::to_string(ip >> shift & 255u) + (shift > 0 ? "." : ":");
  return out + std::to_string(port);
}

Result<Peer> peer_of(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  in_addr ip{};
  Peer out;
  bool good =
      colon != std::string_view::npos && inet_pton(AF_INET, std::string(text.substr(0, colon)).c_str(), &ip) == 1;
  if (good) {
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, out.port);
    good = error == std::errc() && rest == end;
  }
  if (!good)
    return Error{Code::invalid_argument,
                 "\"" + std::string(text) + "\" must be a numeric IPv4 address and a port, for example 127.0.0.1:5060"};
  out.ip = ntohl(ip.s_addr);
  return out;
}

Result<UdpSocket> UdpSocket::open(const Peer& address) {
  const int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return Error{Code::unavailable, std::string("no UDP socket: ") + std::strerror(errno)};
  const int wanted = receive_buffer_bytes_wanted;
  // Only root may go beyond net.core.rmem_max.
  if (setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted) != 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
  sockaddr_in at = to_kernel(address);
  socklen_t size = sizeof at;
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&at), size) != 0 ||
      getsockname(descriptor, reinterpret_cast<sockaddr*>(&at), &size) != 0) {
    const std::string why = std::strerror(errno);
    close(descriptor);
    return Error{Code::unavailable, "cannot bind UDP " + address.text() + " (" + why +
                                        "): name another address by --caller-address or --agent-address"};
  }
  return UdpSocket(descriptor, from_kernel(at));
}

UdpSocket::UdpSocket(int descriptor, const Peer& address)
    : descriptor_(descriptor), address_(address), buffer_(batch * datagram_bytes_max) {}

UdpSocket::UdpSocket(UdpSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), address_(other.address_), buffer_(std::move(other.buffer_)) {}

UdpSocket::~UdpSocket() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::size_t UdpSocket::receive(const std::function<void(std::string_view, const Peer&)>& on_datagram) {
  std::array<mmsghdr, batch> messages{};
  std::array<iovec, batch> parts{};
  std::array<sockaddr_in, batch> sources{};
  for (std::size_t i = 0; i < batch; ++i) {
    parts[i] = {buffer_.data() + i * datagram_bytes_max, datagram_bytes_max};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    messages[i].msg_hdr.msg_name = &sources[i];
    messages[i].msg_hdr.msg_namelen = sizeof sources[i];
  }
  const int count = recvmmsg(descriptor_, messages.data(), batch, MSG_DONTWAIT, nullptr);
  if (count <= 0) return 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
    on_datagram({buffer_.data() + i * datagram_bytes_max, messages[i].msg_len}, from_kernel(sources[i]));
  return static_cast<std::size_t>(count);
}

void UdpSocket::send(std::string_view text, const Peer& to) {
  const sockaddr_in at = to_kernel(to);
  // An answer from a closed port makes one call fail, and the next one succeeds.
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (sendto(descriptor_, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&at), sizeof at) >= 0)
      return;
    if (errno != EAGAIN && errno != EWOULDBLOCK) continue;
    pollfd room{descriptor_, POLLOUT, 0};
    poll(&room, 1, 100);
  }
}

int UdpSocket::receive_buffer_bytes() const {
  int bytes = 0;
  socklen_t size = sizeof bytes;
  getsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &bytes, &size);
  return bytes;
}

std::uint64_t UdpSocket::drops() const {
  std::array<std::uint32_t, SK_MEMINFO_VARS> values{};
  socklen_t size = sizeof values;
  if (getsockopt(descriptor_, SOL_SOCKET, SO_MEMINFO, values.data(), &size) != 0) return 0;
  return values[SK_MEMINFO_DROPS];
}

Poller::Poller() : descriptor_(epoll_create1(EPOLL_CLOEXEC)) {}

Poller::~Poller() {
  if (descriptor_ >= 0) close(descriptor_);
}

Result<void> Poller::add(const UdpSocket& socket) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = socket.descriptor();
  if (epoll_ctl(descriptor_, EPOLL_CTL_ADD, socket.descriptor(), &event) == 0) return {};
  return Error{Code::unavailable, std::string("cannot wait for a socket: ") + std::strerror(errno)};
}

void Poller::wait(Us until_us) {
  const Us left = std::clamp<Us>(until_us - now_us(), 0, second_us);
  const timespec timeout{static_cast<time_t>(left / second_us), static_cast<long>(left % second_us * 1000)};
  std::array<epoll_event, 4> events{};
  epoll_pwait2(descriptor_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
}

}  // namespace rf::load
