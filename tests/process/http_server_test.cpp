#include "process/http_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "tests/process/raw_http_client.hpp"

namespace rf::process {
namespace {

/// Keeps the right to answer until the test wants to.
class Held {
 public:
  HttpAction action() {
    return [this](HttpRequest request, HttpResponder responder) {
      const std::lock_guard lock(mutex_);
      request_ = std::move(request);
      responders_.push_back(std::move(responder));
      changed_.notify_all();
    };
  }
  HttpResponder take() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(30), [&] { return !responders_.empty(); }));
    HttpResponder responder = std::move(responders_.back());
    responders_.pop_back();
    return responder;
  }
  HttpRequest request() {
    const std::lock_guard lock(mutex_);
    return request_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<HttpResponder> responders_;
  HttpRequest request_;
};

HttpAction saying(const std::string& text) {
  return [text](const HttpRequest&, const HttpResponder& responder) { responder.send({.status = 200, .body = text}); };
}

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"; }

unsigned status_of(const std::string& response) {
  return response.size() > 12 ? static_cast<unsigned>(std::strtoul(response.c_str() + 9, nullptr, 10)) : 0;
}
std::string body_of(const std::string& response) {
  const std::size_t end = response.find("\r\n\r\n");
  return end == std::string::npos ? "" : response.substr(end + 4);
}

class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest() {
    options_.listen = {"127.0.0.1", 0};
    options_.config_key = "http.listen";
  }
  void start() {
    std::vector<HttpRoute> routes = {
        {.method = "GET", .path = "/hello", .match = HttpMatch::exact, .action = saying("hello\n")},
        {.method = "POST", .path = "/held", .match = HttpMatch::exact, .action = held_.action()},
        {.method = "GET", .path = "/held", .match = HttpMatch::exact, .action = held_.action()},
        {.method = "GET", .path = "/v1/", .match = HttpMatch::prefix, .action = saying("v1\n")},
        {.method = "GET", .path = "/v1/agents/", .match = HttpMatch::prefix, .action = saying("agents\n")},
        {.method = "GET", .path = "/v1/agents/me", .match = HttpMatch::exact, .action = saying("me\n")},
    };
    server_ = HttpServer::start(options_, std::move(routes)).value();
  }
  std::string ask(const std::string& request) {
    RawHttpClient client(server_->port());
    client.send(request);
    return client.receive();
  }

  Held held_;
  HttpServerOptions options_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersAndKeepsTheConnection) {
  start();
  ASSERT_NE(server_->port(), 0);
  RawHttpClient client(server_->port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send(get("/hello")));
    const std::string response = client.receive();
    EXPECT_EQ(response, "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n"
                        "X-Content-Type-Options: nosniff\r\nContent-Length: 6\r\n\r\nhello\n");
  }
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  RawHttpClient client(server_->port());
  client.send(get("/hello") + get("/v1/x") + get("/hello"));
  EXPECT_EQ(body_of(client.receive()), "hello\n");
  EXPECT_EQ(body_of(client.receive()), "v1\n");
  EXPECT_EQ(body_of(client.receive()), "hello\n");
}

TEST_F(HttpServerTest, ChoosesTheMostSpecificRoute) {
  start();
  EXPECT_EQ(body_of(ask(get("/v1/agents/me"))), "me\n");
  EXPECT_EQ(body_of(ask(get("/v1/agents/you"))), "agents\n");
  EXPECT_EQ(body_of(ask(get("/v1/agents"))), "v1\n");
  EXPECT_EQ(body_of(ask(get("/v1/?a=/hello"))), "v1\n");
  EXPECT_EQ(status_of(ask(get("/hello/"))), 404u);
  EXPECT_EQ(status_of(ask(get("/"))), 404u);
}

TEST_F(HttpServerTest, NamesTheMethodsOfAPath) {
  start();
  const std::string response = ask("DELETE /held HTTP/1.1\r\n\r\n");
  EXPECT_EQ(status_of(response), 405u);
  EXPECT_NE(response.find("Allow: POST, GET\r\n"), std::string::npos);
}

TEST_F(HttpServerTest, HeadHasTheHeadersOfGetWithoutTheBody) {
  start();
  RawHttpClient client(server_->port());
  client.send("HEAD /hello HTTP/1.1\r\n\r\n" + get("/v1/x"));
  const std::string head = client.receive_head();
  EXPECT_EQ(status_of(head), 200u);
  EXPECT_NE(head.find("Content-Length: 6\r\n"), std::string::npos);
  EXPECT_EQ(body_of(client.receive()), "v1\n");
}

TEST_F(HttpServerTest, GivesTheActionTheWholeRequest) {
  start();
  RawHttpClient client(server_->port());
  client.send("POST /held?a=1&b=%20 HTTP/1.1\r\nX-Thing: One\r\nContent-Length: 3\r\n\r\nabc");
  held_.take().send({.status = 200});
  EXPECT_EQ(status_of(client.receive()), 200u);
  const HttpRequest request = held_.request();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/held");
  EXPECT_EQ(request.query, "a=1&b=%20");
  EXPECT_EQ(request.header("x-thing"), "One");
  EXPECT_EQ(request.header("x-other"), std::nullopt);
  EXPECT_EQ(request.body, "abc");
  EXPECT_EQ(request.peer, "127.0.0.1");
}

TEST_F(HttpServerTest, TakesChunkedBodiesAndExpectContinue) {
  start();
  RawHttpClient client(server_->port());
  client.send("POST /held HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive_head(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  held_.take().send({.status = 200});
  EXPECT_EQ(status_of(client.receive()), 200u);
  EXPECT_EQ(held_.request().body, "abcde");
}

TEST_F(HttpServerTest, AnswersFromAnotherThread) {
  start();
  RawHttpClient client(server_->port());
  client.send(get("/held"));
  std::thread([responder = held_.take()] {
    responder.send({.status = 429, .content = HttpContent::json, .body = "{}", .retry_after_s = 3});
  }).join();
  const std::string response = client.receive();
  EXPECT_EQ(status_of(response), 429u);
  EXPECT_NE(response.find("Content-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(response.find("Retry-After: 3\r\n"), std::string::npos);
}

TEST_F(HttpServerTest, ADroppedRequestGets500) {
  start();
  RawHttpClient client(server_->port());
  client.send(get("/held"));
  { const HttpResponder dropped = held_.take(); }
  EXPECT_EQ(status_of(client.receive()), 500u);
  client.send(get("/hello"));
  EXPECT_EQ(status_of(client.receive()), 200u);
}

TEST_F(HttpServerTest, ALateAnswerDoesNotReachTheNextRequest) {
  options_.respond_timeout_ms = 50;
  start();
  RawHttpClient client(server_->port());
  client.send(get("/held"));
  const HttpResponder late = held_.take();
  EXPECT_EQ(status_of(client.receive()), 504u);
  client.send(get("/held"));
  const HttpResponder next = held_.take();
  late.send({.status = 200, .body = "of the first"});
  next.send({.status = 200, .body = "of the second"});
  EXPECT_EQ(body_of(client.receive()), "of the second");
}

TEST_F(HttpServerTest, AnswersAfterTheClientOrTheServerHasGoneDoNothing) {
  start();
  auto client = std::make_unique<RawHttpClient>(server_->port());
  client->send(get("/held"));
  HttpResponder first = held_.take();
  client.reset();
  first.send({.status = 200});

  RawHttpClient other(server_->port());
  other.send(get("/held"));
  HttpResponder second = held_.take();
  server_.reset();
  second.send({.status = 200});
  EXPECT_TRUE(other.ended());
}

TEST_F(HttpServerTest, AnsweringTwiceIsOurBug) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  start();
  RawHttpClient client(server_->port());
  client.send(get("/held"));
  const HttpResponder responder = held_.take();
  responder.send({.status = 200});
  EXPECT_DEATH(responder.send({.status = 200}), "assertion failed");
}

TEST_F(HttpServerTest, RefusesWhatIsNotHttp) {
  start();
  for (const char* request : {"\r\n\r\n\r\n", "hello\r\n\r\n", "GET\r\n\r\n", "GET /hello HTTP/9.9\r\n\r\n",
                              "GET /hello HTTP/1.1\r\nbad\r\n\r\n", "GET /hello HTTP/1.1\r\nContent-Length: x\r\n\r\n",
                              "POST /held HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n",
                              "POST /held HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
                              "POST /held HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                              "GET hello HTTP/1.1\r\n\r\n", "GET http://x/hello HTTP/1.1\r\n\r\n"}) {
    const std::string response = ask(request);
    EXPECT_EQ(status_of(response), 400u) << request << response;
  }
  EXPECT_EQ(status_of(ask(get("/hello"))), 200u);
}

TEST_F(HttpServerTest, NothingOfARequestGetsIntoAHeader) {
  start();
  const std::string response = ask("GET /no%0d%0aX-Evil:1?\"x HTTP/1.1\r\nX-Evil: 1\r\nOrigin: http://evil\r\n\r\n");
  EXPECT_EQ(status_of(response), 404u);
  EXPECT_EQ(response.substr(0, response.find("\r\n\r\n")).find("vil"), std::string::npos) << response;
}

TEST_F(HttpServerTest, BoundsHeadersAndBody) {
  options_.header_bytes_max = 1024;
  options_.body_bytes_max = 100;
  start();
  EXPECT_EQ(status_of(ask("GET /hello HTTP/1.1\r\nX: " + std::string(4000, 'x') + "\r\n\r\n")), 431u);
  EXPECT_EQ(status_of(ask("POST /held HTTP/1.1\r\nContent-Length: 101\r\n\r\n" + std::string(101, 'x'))), 413u);
  EXPECT_EQ(status_of(ask("POST /held HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n")), 413u);
  EXPECT_EQ(status_of(ask("POST /held HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n80\r\n" + std::string(128, 'x') +
                          "\r\n0\r\n\r\n")),
            413u);
  RawHttpClient client(server_->port());
  client.send("POST /held HTTP/1.1\r\nContent-Length: 100\r\n\r\n" + std::string(100, 'x'));
  held_.take().send({.status = 200});
  EXPECT_EQ(status_of(client.receive()), 200u);
}

TEST_F(HttpServerTest, HalfARequestLosesItsConnectionAndHoldsUpNobody) {
  options_.request_timeout_ms = 300;
  start();
  std::vector<std::unique_ptr<RawHttpClient>> slow;
  for (int i = 0; i < 50; ++i) {
    slow.push_back(std::make_unique<RawHttpClient>(server_->port()));
    slow.back()->send("GET /hello HTTP/1.1\r\nX-Slow: ");
  }
  EXPECT_EQ(status_of(ask(get("/hello"))), 200u);
  // One that trickles is cut off as well: it is the whole request that has to come in time.
  std::atomic<bool> cut = false;
  RawHttpClient trickle(server_->port());
  std::thread sender([&] {
    while (!cut && trickle.send("x")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  });
  EXPECT_TRUE(trickle.ended());
  cut = true;
  sender.join();
  for (const auto& client : slow) EXPECT_TRUE(client->ended());
}

TEST_F(HttpServerTest, ClosesIdleConnections) {
  options_.idle_timeout_ms = 50;
  start();
  RawHttpClient client(server_->port());
  client.send(get("/hello"));
  EXPECT_EQ(status_of(client.receive()), 200u);
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpServerTest, ClosesConnectionsPastTheLimit) {
  options_.connections_max = 2;
  start();
  RawHttpClient one(server_->port());
  RawHttpClient two(server_->port());
  one.send(get("/hello"));
  two.send(get("/hello"));
  EXPECT_EQ(status_of(one.receive()), 200u);
  EXPECT_EQ(status_of(two.receive()), 200u);
  RawHttpClient three(server_->port());
  EXPECT_TRUE(three.ended());
  one.send("GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n");
  const std::string last = one.receive();
  EXPECT_NE(last.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(one.ended());
}

TEST_F(HttpServerTest, ServesHttp10) {
  start();
  RawHttpClient client(server_->port());
  client.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(body_of(client.receive()), "hello\n");
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpServerTest, StopLetsRequestsInProgressEnd) {
  start();
  RawHttpClient idle(server_->port());
  idle.send(get("/hello"));
  idle.receive();
  RawHttpClient busy(server_->port());
  busy.send(get("/held"));
  const HttpResponder responder = held_.take();
  std::thread stopper([&] { server_->stop(30'000); });
  // Idle connections go first: from then on the server is stopping.
  EXPECT_TRUE(idle.ended());
  responder.send({.status = 200, .body = "in time"});
  EXPECT_EQ(body_of(busy.receive()), "in time");
  EXPECT_TRUE(busy.ended());
  busy.close();
  stopper.join();
  EXPECT_FALSE(RawHttpClient(server_->port()).connected());
}

TEST_F(HttpServerTest, StopDoesNotWaitForEver) {
  start();
  RawHttpClient busy(server_->port());
  busy.send(get("/held"));
  const HttpResponder responder = held_.take();
  server_->stop(20);
  server_.reset();
  EXPECT_TRUE(busy.ended());
}

TEST_F(HttpServerTest, ReportsTheStatusOfEveryAnswer) {
  std::mutex mutex;
  std::vector<unsigned> seen;
  options_.on_response = [&](unsigned status) {
    const std::lock_guard lock(mutex);
    seen.push_back(status);
  };
  start();
  RawHttpClient client(server_->port());
  client.send(get("/hello") + get("/none") + "nonsense\r\n\r\n");
  for (int i = 0; i < 3; ++i) client.receive();
  server_.reset();
  EXPECT_EQ(seen, (std::vector<unsigned>{200, 404, 400}));
}

TEST_F(HttpServerTest, SaysWhatToDoWhenItCannotListen) {
  start();
  HttpServerOptions again = options_;
  again.listen.port = server_->port();
  const Error in_use = HttpServer::start(again, {}).error();
  EXPECT_EQ(in_use.code, Code::already_exists);
  EXPECT_NE(in_use.what.find(again.listen.text()), std::string::npos);
  EXPECT_NE(in_use.what.find("http.listen"), std::string::npos);

  again.listen = {"192.0.2.1", 0};
  const Error no_address = HttpServer::start(again, {}).error();
  EXPECT_EQ(no_address.code, Code::invalid_argument);
  EXPECT_NE(no_address.what.find("http.listen"), std::string::npos);
}

TEST_F(HttpServerTest, ManyClientsAtOnce) {
  options_.threads = 2;
  start();
  std::atomic<int> answered = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i)
    clients.emplace_back([&] {
      RawHttpClient client(server_->port());
      for (int n = 0; n < 200; ++n) {
        client.send(get("/hello"));
        if (body_of(client.receive()) == "hello\n") ++answered;
      }
    });
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 1600);
}

}  // namespace
}  // namespace rf::process
