#include "process/ops_routes.hpp"

#include <gtest/gtest.h>

#include "tests/process/raw_http_client.hpp"

namespace rf::process {
namespace {

class OpsRoutesTest : public testing::Test {
 protected:
  OpsRoutesTest() {
    HttpServerOptions options;
    options.listen = {"127.0.0.1", 0};
    options.config_key = "http.listen";
    OpsHealth health;
    health.unhealthy = [this] { return unhealthy_; };
    health.not_ready = [this] { return not_ready_; };
    server_ = HttpServer::start(std::move(options), ops_routes(metrics_, std::move(health))).value();
  }
  std::string get(const std::string& path) {
    RawHttpClient client(server_->port());
    client.send("GET " + path + " HTTP/1.1\r\n\r\n");
    return client.receive();
  }

  Metrics metrics_{{.program = MetricOwner::node, .version = "1", .api_methods = {}}};
  std::optional<std::string> unhealthy_;
  std::optional<std::string> not_ready_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(OpsRoutesTest, ServesMetrics) {
  metrics_.gauge(Metric::accounts, {}).set(3);
  const std::string response = get("/metrics");
  EXPECT_TRUE(response.starts_with("HTTP/1.1 200 "));
  EXPECT_NE(response.find("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"), std::string::npos);
  EXPECT_NE(response.find("\nringfence_accounts 3\n"), std::string::npos);
}

TEST_F(OpsRoutesTest, ProbesSayWhyNot) {
  EXPECT_TRUE(get("/healthz").ends_with("\r\n\r\n{\"status\":\"ok\"}\n"));
  EXPECT_TRUE(get("/readyz").starts_with("HTTP/1.1 200 "));
  not_ready_ = "the log is being \"read\"";
  EXPECT_TRUE(get("/healthz").starts_with("HTTP/1.1 200 "));
  const std::string response = get("/readyz");
  EXPECT_TRUE(response.starts_with("HTTP/1.1 503 "));
  EXPECT_TRUE(response.ends_with(R"({"status":"unavailable","reason":"the log is being \"read\""})"
                                 "\n"));
  unhealthy_ = "the disk is full";
  EXPECT_TRUE(get("/healthz").starts_with("HTTP/1.1 503 "));
}

}  // namespace
}  // namespace rf::process
