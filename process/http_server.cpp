#include "process/http_server.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "core/base/assert.hpp"

namespace rf::process {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;
using SystemError = boost::system::error_code;

constexpr std::size_t first_read_bytes = 4096;
constexpr std::size_t linger_bytes_max = 256 << 10;
constexpr Ms linger_ms = 2 * second_ms;
constexpr Ms accept_pause_ms = 100;

std::chrono::milliseconds duration(Ms ms) { return std::chrono::milliseconds(ms); }

std::string_view content_type(HttpContent content) {
  switch (content) {
    case HttpContent::text: return "text/plain; charset=utf-8";
    case HttpContent::json: return "application/json";
    case HttpContent::prometheus: return "text/plain; version=0.0.4; charset=utf-8";
  }
  return "application/octet-stream";
}

boost::string_view boost_view(std::string_view text) { return {text.data(), text.size()}; }
std::string text_of(boost::string_view text) { return std::string(text.data(), text.size()); }

class Session;

/// What a session and the right to answer its request share: it outlives both and breaks the tie under its lock.
struct Link {
  std::mutex mutex;
  Session* session = nullptr;
};

/// The open sessions and what they all use.
struct Shared {
  HttpServerOptions options;
  std::vector<HttpRoute> routes;
  std::mutex mutex;
  std::condition_variable ended;
  std::unordered_map<Session*, std::weak_ptr<Session>> sessions;
};

/// One connection. What does not say otherwise runs on its strand.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Tcp::socket socket, Shared& shared);
  ~Session();

  void run();
  /// Any thread: hands the answer over to the strand.
  static void deliver(const std::shared_ptr<Link>& link, HttpResponse response);
  /// Any thread: ends the connection after the request in progress.
  void drain();
  /// While no server thread runs: nothing reaches the session or its strand any more.
  void abandon() { untie(); }

 private:
  void next_request();
  void read_header();
  void on_header(SystemError error);
  void read_body();
  void on_request(SystemError error);
  void on_bad_request(SystemError error);
  void dispatch();
  void answer(const std::shared_ptr<Link>& link, HttpResponse response);
  void wait_for_answer();
  void untie();
  void write(HttpResponse response, std::string allow);
  void on_written(SystemError error);
  void linger();
  void discard(std::size_t left);
  void close();

  Shared& shared_;
  beast::tcp_stream stream_;
  asio::steady_timer respond_timer_;
  beast::flat_buffer buffer_;
  std::string peer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  http::response<http::empty_body> continue_;
  /// Set while an answer is awaited.
  std::shared_ptr<Link> link_;
  bool head_only_ = false;
  bool idle_ = false;
  bool closing_ = false;
};

}  // namespace

struct HttpResponder::Exchange {
  std::shared_ptr<Link> link;
  std::atomic<bool> sent = false;

  ~Exchange() {
    if (!sent) Session::deliver(link, {.status = 500, .body = "the request was dropped without an answer\n"});
  }
};

HttpResponder::HttpResponder(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}

void HttpResponder::send(HttpResponse response) const {
  const bool sent_before = exchange_->sent.exchange(true);
  RF_ASSERT(!sent_before);
  Session::deliver(exchange_->link, std::move(response));
}

std::optional<std::string_view> HttpRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return std::nullopt;
}

namespace {

/// The route for a request; when only the method is wrong, the methods that the path has are added to `allow`.
const HttpRoute* route_of(const std::vector<HttpRoute>& routes, const std::string& method, const std::string& path,
                          std::string& allow) {
  const HttpRoute* best = nullptr;
  for (const HttpRoute& route : routes) {
    const bool exact = route.match == HttpMatch::exact;
    if (exact ? path != route.path : !path.starts_with(route.path)) continue;
    if (method != route.method && !(method == "HEAD" && route.method == "GET")) {
      if (allow.find(route.method) == std::string::npos) allow += (allow.empty() ? "" : ", ") + route.method;
      continue;
    }
    if (exact) return &route;
    if (best == nullptr || best->path.size() < route.path.size()) best = &route;
  }
  return best;
}

HttpRequest request_of(http::request<http::string_body>&& message, const std::string& peer) {
  HttpRequest request;
  request.method = text_of(message.method_string());
  const std::string target = text_of(message.target());
  const std::size_t question = std::min(target.find('?'), target.size());
  request.path = target.substr(0, question);
  request.query = target.substr(std::min(question + 1, target.size()));
  for (const auto& field : message) {
    std::string name = text_of(field.name_string());
    for (char& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    request.headers.emplace_back(std::move(name), text_of(field.value()));
  }
  request.body = std::move(message.body());
  request.peer = peer;
  return request;
}

Session::Session(Tcp::socket socket, Shared& shared)
    : shared_(shared), stream_(std::move(socket)), respond_timer_(stream_.get_executor()) {
  SystemError ignored;
  stream_.socket().set_option(Tcp::no_delay(true), ignored);
  const Tcp::endpoint peer = stream_.socket().remote_endpoint(ignored);
  peer_ = peer.address().to_string(ignored);
}

Session::~Session() {
  untie();
  const std::lock_guard lock(shared_.mutex);
  shared_.sessions.erase(this);
  shared_.ended.notify_all();
}

void Session::run() {
  asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->next_request(); });
}

void Session::deliver(const std::shared_ptr<Link>& link, HttpResponse response) {
  const std::lock_guard lock(link->mutex);
  if (link->session == nullptr) return;
  // A session that is being destroyed waits for this lock in `untie`.
  std::shared_ptr<Session> session = link->session->weak_from_this().lock();
  if (session == nullptr) return;
  const auto executor = session->stream_.get_executor();
  asio::post(executor, [session = std::move(session), link, response = std::move(response)]() mutable {
    session->answer(link, std::move(response));
  });
}

void Session::drain() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] {
    self->closing_ = true;
    if (self->idle_) self->close();
  });
}

void Session::next_request() {
  if (closing_) return close();
  parser_.reset();
  if (buffer_.size() > 0) return read_header();
  idle_ = true;
  stream_.expires_after(duration(shared_.options.idle_timeout_ms));
  stream_.async_read_some(buffer_.prepare(first_read_bytes),
                          [self = shared_from_this()](SystemError error, std::size_t size) {
                            self->idle_ = false;
                            if (error) return self->close();
                            self->buffer_.commit(size);
                            self->read_header();
                          });
}

void Session::read_header() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(shared_.options.header_bytes_max));
  parser_->body_limit(shared_.options.body_bytes_max);
  // One time-out for the whole request: bytes that trickle in do not extend it.
  stream_.expires_after(duration(shared_.options.request_timeout_ms));
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](SystemError error, std::size_t) { self->on_header(error); });
}

void Session::on_header(SystemError error) {
  if (error) return on_bad_request(error);
  if (!beast::iequals(parser_->get()[http::field::expect], "100-continue")) return read_body();
  continue_ = http::response<http::empty_body>(http::status::continue_, 11u);
  http::async_write(stream_, continue_, [self = shared_from_this()](SystemError failed, std::size_t) {
    if (failed) return self->close();
    self->read_body();
  });
}

void Session::read_body() {
  http::async_read(stream_, buffer_, *parser_,
                   [self = shared_from_this()](SystemError error, std::size_t) { self->on_request(error); });
}

void Session::on_request(SystemError error) {
  if (error) return on_bad_request(error);
  dispatch();
}

void Session::on_bad_request(SystemError error) {
  const SystemError end = http::error::end_of_stream;
  // What is not about HTTP is the connection's end: gone, or timed out, where the stream has closed its socket already.
  if (error == end || error == http::error::partial_message || error.category() != end.category()) return close();
  unsigned status = 400;
  std::string sentence = "this is not an HTTP/1.1 request\n";
  if (error == http::error::header_limit) {
    status = 431;
    sentence = "the request's headers are longer than " + std::to_string(shared_.options.header_bytes_max) + " bytes\n";
  } else if (error == http::error::body_limit) {
    status = 413;
    sentence = "the request's body is longer than " + std::to_string(shared_.options.body_bytes_max) + " bytes\n";
  }
  closing_ = true;
  head_only_ = false;
  write({.status = status, .body = std::move(sentence)}, "");
}

void Session::dispatch() {
  http::request<http::string_body> message = parser_->release();
  if (!message.keep_alive()) closing_ = true;
  head_only_ = message.method() == http::verb::head;
  HttpRequest request = request_of(std::move(message), peer_);
  if (!request.path.starts_with('/'))
    return write({.status = 400, .body = "the request's target must begin with /\n"}, "");

  std::string allow;
  const HttpRoute* route = route_of(shared_.routes, request.method, request.path, allow);
  if (route == nullptr && allow.empty()) return write({.status = 404, .body = "there is nothing at this path\n"}, "");
  if (route == nullptr)
    return write({.status = 405, .body = "this path does not take this method\n"}, std::move(allow));

  link_ = std::make_shared<Link>();
  link_->session = this;
  auto exchange = std::make_shared<HttpResponder::Exchange>();
  exchange->link = link_;
  wait_for_answer();
  route->action(std::move(request), HttpResponder(std::move(exchange)));
}

void Session::wait_for_answer() {
  respond_timer_.expires_after(duration(shared_.options.respond_timeout_ms));
  respond_timer_.async_wait([self = shared_from_this(), link = link_](SystemError cancelled) {
    if (!cancelled) self->answer(link, {.status = 504, .body = "the answer took too long\n"});
  });
}

void Session::answer(const std::shared_ptr<Link>& link, HttpResponse response) {
  // An answer that the time-out or the end of the connection has overtaken.
  if (link_ != link) return;
  untie();
  respond_timer_.cancel();
  write(std::move(response), "");
}

void Session::untie() {
  if (link_ == nullptr) return;
  {
    const std::lock_guard lock(link_->mutex);
    link_->session = nullptr;
  }
  link_.reset();
}

void Session::write(HttpResponse response, std::string allow) {
  if (shared_.options.on_response) shared_.options.on_response(response.status);
  response_.emplace(static_cast<http::status>(response.status), 11u);
  response_->set(http::field::content_type, boost_view(content_type(response.content)));
  response_->set(http::field::cache_control, "no-store");
  response_->set("X-Content-Type-Options", "nosniff");
  if (!allow.empty()) response_->set(http::field::allow, allow);
  if (response.retry_after_s) response_->set(http::field::retry_after, std::to_string(*response.retry_after_s));
  response_->keep_alive(!closing_);
  response_->body() = std::move(response.body);
  response_->prepare_payload();
  serializer_.emplace(*response_);

  stream_.expires_after(duration(shared_.options.write_timeout_ms));
  const auto written = [self = shared_from_this()](SystemError error, std::size_t) { self->on_written(error); };
  if (head_only_)
    http::async_write_header(stream_, *serializer_, written);
  else
    http::async_write(stream_, *serializer_, written);
}

void Session::on_written(SystemError error) {
  serializer_.reset();
  response_.reset();
  if (error) return close();
  if (closing_) return linger();
  next_request();
}

void Session::linger() {
  // Closing with unread bytes would reset the connection before the client has read its answer.
  SystemError ignored;
  stream_.socket().shutdown(Tcp::socket::shutdown_send, ignored);
  stream_.expires_after(duration(linger_ms));
  discard(linger_bytes_max);
}

void Session::discard(std::size_t left) {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(first_read_bytes),
                          [self = shared_from_this(), left](SystemError error, std::size_t size) {
                            if (error || size >= left) return self->close();
                            self->discard(left - size);
                          });
}

void Session::close() {
  untie();
  respond_timer_.cancel();
  SystemError ignored;
  stream_.socket().close(ignored);
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(HttpServerOptions options, std::vector<HttpRoute> routes);
  Result<void> listen();
  void run();
  void stop(Ms drain_ms);
  std::uint16_t port() const { return port_; }

 private:
  Error refused(const SystemError& error) const;
  void accept();
  void on_accepted(SystemError error, Tcp::socket socket);
  std::vector<std::shared_ptr<Session>> open_sessions();

  // Sessions that the context still holds refer to `shared_` when they are destroyed with it.
  Shared shared_;
  asio::io_context context_;
  Tcp::acceptor acceptor_;
  asio::steady_timer accept_pause_;
  std::vector<std::thread> threads_;
  std::uint16_t port_ = 0;
  bool stopped_ = false;
};

HttpServer::Impl::Impl(HttpServerOptions options, std::vector<HttpRoute> routes)
    : context_(static_cast<int>(options.threads)), acceptor_(asio::make_strand(context_)),
      accept_pause_(acceptor_.get_executor()) {
  shared_.options = std::move(options);
  shared_.routes = std::move(routes);
}

Error HttpServer::Impl::refused(const SystemError& error) const {
  const HttpServerOptions& options = shared_.options;
  const std::string address = options.listen.text();
  if (error == asio::error::address_in_use)
    return {Code::already_exists, "cannot listen on " + address + ": another program uses this port; stop it, or set " +
                                      options.config_key + " to another port"};
  if (error == asio::error::access_denied)
    return {Code::permission_denied, "cannot listen on " + address + ": this user may not use the port; set " +
                                         options.config_key + " to a port above 1023"};
  if (error == asio::error::host_not_found || error == asio::error::host_not_found_try_again ||
      error == boost::system::errc::address_not_available)
    return {Code::invalid_argument, "cannot listen on " + address + ": this machine has no such address; set " +
                                        options.config_key + " to one of its own"};
  return {Code::unavailable, "cannot listen on " + address + " (" + options.config_key + "): " + error.message()};
}

Result<void> HttpServer::Impl::listen() {
  const HostPort& address = shared_.options.listen;
  SystemError error;
  Tcp::resolver resolver(context_);
  const auto found = resolver.resolve(address.host, std::to_string(address.port),
                                      Tcp::resolver::passive | Tcp::resolver::numeric_service, error);
  if (error || found.empty()) return refused(asio::error::host_not_found);
  const Tcp::endpoint endpoint = found.begin()->endpoint();
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return refused(error);
  port_ = acceptor_.local_endpoint(error).port();
  return {};
}

void HttpServer::Impl::run() {
  asio::post(acceptor_.get_executor(), [this] { accept(); });
  for (unsigned i = 0; i < shared_.options.threads; ++i) threads_.emplace_back([this] { context_.run(); });
}

void HttpServer::Impl::accept() {
  acceptor_.async_accept(asio::make_strand(context_),
                         [this](SystemError error, Tcp::socket socket) { on_accepted(error, std::move(socket)); });
}

void HttpServer::Impl::on_accepted(SystemError error, Tcp::socket socket) {
  if (!acceptor_.is_open()) return;
  if (error) {
    // Out of descriptors, or a client that left at once: a pause keeps the first from spinning.
    accept_pause_.expires_after(duration(accept_pause_ms));
    accept_pause_.async_wait([this](SystemError cancelled) {
      if (!cancelled && acceptor_.is_open()) accept();
    });
    return;
  }
  std::unique_lock lock(shared_.mutex);
  if (shared_.sessions.size() < shared_.options.connections_max) {
    const auto session = std::make_shared<Session>(std::move(socket), shared_);
    shared_.sessions.emplace(session.get(), session);
    lock.unlock();
    session->run();
  }
  accept();
}

std::vector<std::shared_ptr<Session>> HttpServer::Impl::open_sessions() {
  std::vector<std::shared_ptr<Session>> open;
  const std::lock_guard lock(shared_.mutex);
  for (const auto& [session, weak] : shared_.sessions)
    if (auto held = weak.lock()) open.push_back(std::move(held));
  return open;
}

void HttpServer::Impl::stop(Ms drain_ms) {
  if (stopped_) return;
  stopped_ = true;
  asio::post(acceptor_.get_executor(), [this] {
    SystemError ignored;
    acceptor_.close(ignored);
    accept_pause_.cancel();
    // From here on nobody adds a session.
    for (const auto& session : open_sessions()) session->drain();
  });
  {
    std::unique_lock lock(shared_.mutex);
    shared_.ended.wait_for(lock, duration(drain_ms), [this] { return shared_.sessions.empty(); });
  }
  context_.stop();
  for (std::thread& thread : threads_) thread.join();
  for (const auto& session : open_sessions()) session->abandon();
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() { stop(0); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options, std::vector<HttpRoute> routes) {
  RF_ASSERT(options.threads > 0);
  auto impl = std::make_unique<Impl>(std::move(options), std::move(routes));
  if (Result<void> listening = impl->listen(); !listening) return listening.error();
  impl->run();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

std::uint16_t HttpServer::port() const { return impl_->port(); }

void HttpServer::stop(Ms drain_ms) { impl_->stop(drain_ms); }

}  // namespace rf::process
