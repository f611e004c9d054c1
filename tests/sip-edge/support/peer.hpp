#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.hpp"
#include "sip-edge/flow.hpp"

namespace rf::edge::test {

constexpr Ms patience_ms = 20 * second_ms;

/// A received message, taken apart just enough for tests.
struct SipText {
  std::string first_line;
  /// In order; names in lower case.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// The first header of that name, or "".
  std::string header(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;
  /// 0 for a request.
  int status() const;
  /// "" for a response.
  std::string method() const;
  std::string request_uri() const;
  /// The value of `;name=` in a header.
  std::string param(std::string_view header_name, std::string_view name) const;
};

SipText parse_text(std::string_view text);

/// A socket of a phone, a trunk or an attacker on the loopback.
class Peer {
 public:
  /// Binds (UDP) or connects (TCP).
  Peer(Transport transport, const Flow& stack);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void send(std::string_view text);
  /// The next whole message; nothing if none comes in time.
  std::optional<SipText> receive(Ms wait_ms = patience_ms);
  /// The next message that is a response with that status or a request with that method; others are skipped.
  std::optional<SipText> await_status(int status, Ms wait_ms = patience_ms);
  std::optional<SipText> await_method(std::string_view method, Ms wait_ms = patience_ms);
  /// True once the other side has closed the connection (TCP).
  bool await_close();
  /// Closes the socket with FIN, or with RST.
  void close();
  void reset();

  Flow local() const { return local_; }
  /// "127.0.0.1:4711" as it stands in Via and Contact.
  std::string host_port() const { return local_.host_port(); }
  std::string transport_name() const;

 private:
  std::optional<std::string> take_message();

  Transport transport_;
  Flow local_;
  Flow stack_;
  int fd_ = -1;
  std::string buffer_;
};

/// A user agent's side of one dialog, as text.
struct Dialog {
  std::string call_id;
  std::string local;   // "<sip:me@x>;tag=1"
  std::string remote;  // "<sip:you@y>" + tag once known
  std::string target;  // request URI
  std::uint32_t cseq = 1;
};

std::string new_token();

/// A whole request; `extra` are header lines, each with its line break. Content-Length is added.
std::string request_text(const Peer& peer, std::string_view method, const Dialog& dialog, std::string_view branch,
                         std::string_view extra, std::string_view body);
std::string request_text(const Peer& peer, std::string_view method, const Dialog& dialog, std::string_view extra);
/// An answer to a received request.
std::string response_text(const SipText& request, int status, std::string_view to_tag, std::string_view extra,
                          std::string_view body);

}  // namespace rf::edge::test
