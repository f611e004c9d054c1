#include "tests/sip-edge/support/peer.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <random>
#include <utility>

#include "core/base/assert.hpp"
#include "sip-edge/uri.hpp"

namespace rf::edge::test {

namespace {

Ms now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

socklen_t fill(const Flow& flow, sockaddr_storage& out) {
  if (flow.is_ipv6()) {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&out);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(flow.port);
    inet_pton(AF_INET6, flow.ip.c_str(), &v6->sin6_addr);
    return sizeof *v6;
  }
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out);
  v4->sin_family = AF_INET;
  v4->sin_port = htons(flow.port);
  inet_pton(AF_INET, flow.ip.c_str(), &v4->sin_addr);
  return sizeof *v4;
}

}  // namespace

std::string SipText::header(std::string_view name) const {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const auto& one) { return one.first == lower_case(name); });
  return found == headers.end() ? std::string() : found->second;
}

std::vector<std::string> SipText::all(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& [key, value] : headers) {
    if (key == lower_case(name)) out.push_back(value);
  }
  return out;
}

int SipText::status() const { return first_line.rfind("SIP/2.0 ", 0) == 0 ? std::atoi(first_line.c_str() + 8) : 0; }

std::string SipText::method() const { return status() != 0 ? "" : first_line.substr(0, first_line.find(' ')); }

std::string SipText::request_uri() const {
  const auto begin = first_line.find(' ') + 1;
  return first_line.substr(begin, first_line.find(' ', begin) - begin);
}

std::string SipText::param(std::string_view header_name, std::string_view name) const {
  const std::string value = header(header_name);
  const std::string key = ";" + std::string(name) + "=";
  const auto at = value.find(key);
  if (at == std::string::npos) return "";
  return value.substr(at + key.size(), value.find_first_of(";, ", at + key.size()) - at - key.size());
}

SipText parse_text(std::string_view text) {
  SipText out;
  const auto end = text.find("\r\n\r\n");
  std::string_view head = text.substr(0, end);
  if (end != std::string_view::npos) out.body = text.substr(end + 4);
  out.first_line = head.substr(0, head.find("\r\n"));
  while (head.find("\r\n") != std::string_view::npos) {
    head.remove_prefix(head.find("\r\n") + 2);
    const auto line = head.substr(0, head.find("\r\n"));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    out.headers.emplace_back(lower_case(trimmed(line.substr(0, colon))), trimmed(line.substr(colon + 1)));
  }
  return out;
}

Peer::Peer(Transport transport, const Flow& stack) : transport_(transport) {
  const int family = stack.is_ipv6() ? AF_INET6 : AF_INET;
  fd_ = socket(family, (transport == Transport::udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
  RF_ASSERT(fd_ >= 0);
  sockaddr_storage address = {};
  const socklen_t size = fill(stack, address);
  if (transport == Transport::tcp) {
    RF_ASSERT(connect(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0);
  } else {
    sockaddr_storage any = {};
    const socklen_t any_size = fill({transport, stack.ip, 0}, any);
    RF_ASSERT(bind(fd_, reinterpret_cast<sockaddr*>(&any), any_size) == 0);
  }
  stack_ = stack;
  sockaddr_storage own = {};
  socklen_t own_size = sizeof own;
  RF_ASSERT(getsockname(fd_, reinterpret_cast<sockaddr*>(&own), &own_size) == 0);
  const auto port = stack.is_ipv6() ? reinterpret_cast<sockaddr_in6*>(&own)->sin6_port
                                    : reinterpret_cast<sockaddr_in*>(&own)->sin_port;
  local_ = {transport, stack.ip, ntohs(port)};
}

Peer::~Peer() { close(); }

void Peer::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void Peer::reset() {
  const linger at_once{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

std::string Peer::transport_name() const { return transport_ == Transport::udp ? "UDP" : "TCP"; }

void Peer::send(std::string_view text) {
  if (transport_ == Transport::udp) {
    sockaddr_storage address = {};
    const socklen_t size = fill(stack_, address);
    ::sendto(fd_, text.data(), text.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address), size);
    return;
  }
  std::size_t sent = 0;
  do {
    const auto size = ::send(fd_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (size < 0) return;
    sent += static_cast<std::size_t>(size);
  } while (sent < text.size());
}

std::optional<std::string> Peer::take_message() {
  const auto begin = buffer_.find_first_not_of("\r\n");
  if (begin == std::string::npos) return std::nullopt;
  const auto end = buffer_.find("\r\n\r\n", begin);
  if (end == std::string::npos) return std::nullopt;
  const SipText head = parse_text(buffer_.substr(begin, end + 4 - begin));
  const auto body = static_cast<std::size_t>(std::atoi(head.header("content-length").c_str()));
  if (buffer_.size() < end + 4 + body) return std::nullopt;
  std::string out = buffer_.substr(begin, end + 4 + body - begin);
  buffer_.erase(0, end + 4 + body);
  return out;
}

std::optional<SipText> Peer::receive(Ms wait_ms) {
  const Ms until_ms = now_ms() + wait_ms;
  char chunk[65536];
  for (;;) {
    if (transport_ == Transport::tcp) {
      if (auto message = take_message()) return parse_text(*message);
    }
    pollfd waiting{fd_, POLLIN, 0};
    const Ms left_ms = std::max<Ms>(until_ms - now_ms(), 0);
    if (poll(&waiting, 1, static_cast<int>(left_ms)) <= 0) return std::nullopt;
    const auto size = recv(fd_, chunk, sizeof chunk, 0);
    if (size == 0 && transport_ == Transport::tcp) return std::nullopt;
    if (size <= 0) {
      if (transport_ == Transport::tcp) return std::nullopt;
      continue;
    }
    const std::string_view text(chunk, static_cast<std::size_t>(size));
    if (transport_ == Transport::udp) {
      if (text.find_first_not_of("\r\n") == std::string_view::npos) continue;
      return parse_text(text);
    }
    buffer_ += text;
  }
}

std::optional<SipText> Peer::await_status(int status, Ms wait_ms) {
  const Ms until_ms = now_ms() + wait_ms;
  for (;;) {
    auto message = receive(std::max<Ms>(until_ms - now_ms(), 0));
    if (!message || message->status() == status) return message;
  }
}

std::optional<SipText> Peer::await_method(std::string_view method, Ms wait_ms) {
  const Ms until_ms = now_ms() + wait_ms;
  for (;;) {
    auto message = receive(std::max<Ms>(until_ms - now_ms(), 0));
    if (!message || message->method() == method) return message;
  }
}

bool Peer::await_close() {
  char chunk[4096];
  for (;;) {
    pollfd waiting{fd_, POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(patience_ms)) <= 0) return false;
    if (recv(fd_, chunk, sizeof chunk, 0) <= 0) return true;
  }
}

std::string new_token() {
  static std::mt19937_64 random(std::random_device{}());
  return std::to_string(random());
}

std::string request_text(const Peer& peer, std::string_view method, const Dialog& dialog, std::string_view branch,
                         std::string_view extra, std::string_view body) {
  std::string out;
  out.append(method).append(" ").append(dialog.target).append(" SIP/2.0\r\n");
  out += "Via: SIP/2.0/" + peer.transport_name() + " " + peer.host_port() + ";rport;branch=z9hG4bK" +
         std::string(branch) + "\r\n";
  out += "Max-Forwards: 70\r\nFrom: " + dialog.local + "\r\nTo: " + dialog.remote + "\r\nCall-ID: " + dialog.call_id +
         "\r\n";
  out += "CSeq: " + std::to_string(dialog.cseq) + " " + std::string(method) + "\r\n";
  out += extra;
  out += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return out.append(body);
}

std::string request_text(const Peer& peer, std::string_view method, const Dialog& dialog, std::string_view extra) {
  return request_text(peer, method, dialog, new_token(), extra, "");
}

std::string response_text(const SipText& request, int status, std::string_view to_tag, std::string_view extra,
                          std::string_view body) {
  std::string out = "SIP/2.0 " + std::to_string(status) + " Whatever\r\n";
  for (const auto& via : request.all("via")) out += "Via: " + via + "\r\n";
  for (const auto& route : request.all("record-route")) out += "Record-Route: " + route + "\r\n";
  out += "From: " + request.header("from") + "\r\nTo: " + request.header("to");
  if (!to_tag.empty() && request.param("to", "tag").empty()) out.append(";tag=").append(to_tag);
  out += "\r\nCall-ID: " + request.header("call-id") + "\r\nCSeq: " + request.header("cseq") + "\r\n";
  out += extra;
  out += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return out.append(body);
}

}  // namespace rf::edge::test
