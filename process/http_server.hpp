#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/time.hpp"
#include "process/config_value.hpp"

namespace rf::process {

/// One whole request. All of it comes from the network and nothing of it is decoded or trusted.
struct HttpRequest {
  std::string method;
  /// The target before '?', as sent; begins with '/'.
  std::string path;
  /// The target after '?', as sent.
  std::string query;
  /// Names in lower case, in the order sent.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// The peer's address without its port.
  std::string peer;

  /// The first header of that lower-case name.
  std::optional<std::string_view> header(std::string_view name) const;
};

enum class HttpContent : std::uint8_t { text, json, prometheus };

/// An answer. Its headers are made from these fields alone, so that no text of a request can get into one.
struct HttpResponse {
  unsigned status = 200;
  HttpContent content = HttpContent::text;
  std::string body = {};
  std::optional<unsigned> retry_after_s = {};
};

/// The right to answer one request. Copies share it.
class HttpResponder {
 public:
  struct Exchange;
  explicit HttpResponder(std::shared_ptr<Exchange> exchange);

  /// Answers; a second call for the same request is our bug. Any thread, also after the connection or the server has
  /// gone: then it does nothing. When the last copy goes without an answer, the client gets 500.
  void send(HttpResponse response) const;

 private:
  std::shared_ptr<Exchange> exchange_;
};

/// Serves one request: runs on a server thread, must not block and must not throw; may answer later.
using HttpAction = std::function<void(HttpRequest, HttpResponder)>;

enum class HttpMatch : std::uint8_t { exact, prefix };

/// Exact paths go before prefixes, longer prefixes before shorter ones. GET serves HEAD too.
struct HttpRoute {
  std::string method;
  std::string path;
  HttpMatch match = HttpMatch::exact;
  HttpAction action;
};

struct HttpServerOptions {
  HostPort listen;
  /// The option that sets `listen`, for error messages.
  std::string config_key;
  /// Called with the status of each answer before it is sent, on a server thread.
  std::function<void(unsigned)> on_response;
  unsigned threads = 1;
  std::size_t connections_max = 1024;
  std::size_t header_bytes_max = 16 << 10;
  std::size_t body_bytes_max = 1 << 20;
  /// From a request's first byte to its last.
  Ms request_timeout_ms = 10 * second_ms;
  /// From one request to the next.
  Ms idle_timeout_ms = 60 * second_ms;
  /// From the whole request to its answer; then the client gets 504.
  Ms respond_timeout_ms = 30 * second_ms;
  /// For the client to take the answer.
  Ms write_timeout_ms = 30 * second_ms;
};

/// An HTTP/1.1 server with keep-alive on threads of its own. A client that breaks a limit is told (400, 413 or 431) and
/// loses its connection; one that breaks a time-out only loses it. Connections past `connections_max` are closed at once.
class HttpServer {
 public:
  /// Listens when it returns. Errors: invalid_argument when the host has no address here; already_exists when the
  /// address is in use; permission_denied; unavailable. Each names `config_key`.
  static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options, std::vector<HttpRoute> routes);

  /// Stops as `stop(0)`.
  ~HttpServer();

  /// The port it listens on: the real one when the configured port is 0.
  std::uint16_t port() const;

  /// Closes the listener and idle connections, gives requests in progress up to `drain_ms` to be answered, then closes
  /// the rest. No action runs when it returns. Not from an action.
  void stop(Ms drain_ms);

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rf::process
