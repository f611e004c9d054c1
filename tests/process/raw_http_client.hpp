#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace rf::process {

/// A loopback connection that sends exactly the bytes of the test.
class RawHttpClient {
 public:
  explicit RawHttpClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{30, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  RawHttpClient(const RawHttpClient&) = delete;
  RawHttpClient& operator=(const RawHttpClient&) = delete;
  ~RawHttpClient() { close(); }

  bool connected() const { return connected_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  bool send(const std::string& bytes) {
    return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  /// The next answer, head and body by its Content-Length; what there is when the connection ends first.
  std::string receive() {
    while (received_.find("\r\n\r\n") == std::string::npos)
      if (!more()) return take(received_.size());
    const std::size_t head = received_.find("\r\n\r\n") + 4;
    const std::size_t length = received_.find("Content-Length: ");
    const std::size_t body = length < head ? std::strtoul(received_.c_str() + length + 16, nullptr, 10) : 0;
    while (received_.size() < head + body)
      if (!more()) break;
    return take(std::min(received_.size(), head + body));
  }
  std::string receive_head() {
    while (received_.find("\r\n\r\n") == std::string::npos)
      if (!more()) break;
    return take(std::min(received_.find("\r\n\r\n"), received_.size() - 4) + 4);
  }
  /// Whether the server ends the connection without another byte.
  bool ended() { return received_.empty() && !more() && received_.empty(); }

 private:
  bool more() {
    std::array<char, 4096> chunk;
    const ssize_t got = ::recv(fd_, chunk.data(), chunk.size(), 0);
    if (got <= 0) return false;
    received_.append(chunk.data(), static_cast<std::size_t>(got));
    return true;
  }
  std::string take(std::size_t size) {
    std::string taken = received_.substr(0, size);
    received_.erase(0, size);
    return taken;
  }

  int fd_;
  bool connected_ = false;
  std::string received_;
};

}  // namespace rf::process
