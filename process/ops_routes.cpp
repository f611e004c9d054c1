#include "process/ops_routes.hpp"

#include "process/json.hpp"

namespace rf::process {

namespace {

HttpRoute probe(std::string path, std::function<std::optional<std::string>()> reason_against) {
  const auto answer = [reason_against = std::move(reason_against)](const HttpRequest&, const HttpResponder& respond) {
    const std::optional<std::string> reason = reason_against();
    std::string body = "{\"status\":\"ok\"}\n";
    if (reason) {
      body = "{\"status\":\"unavailable\",\"reason\":";
      append_json_string(body, *reason);
      body += "}\n";
    }
    respond.send({.status = reason ? 503u : 200u, .content = HttpContent::json, .body = std::move(body)});
  };
  return {.method = "GET", .path = std::move(path), .match = HttpMatch::exact, .action = answer};
}

}  // namespace

std::vector<HttpRoute> ops_routes(const Metrics& metrics, OpsHealth health) {
  const auto scrape = [&metrics](const HttpRequest&, const HttpResponder& respond) {
    respond.send({.status = 200, .content = HttpContent::prometheus, .body = metrics.scrape()});
  };
  return {
      {.method = "GET", .path = "/metrics", .match = HttpMatch::exact, .action = scrape},
      probe("/healthz", std::move(health.unhealthy)),
      probe("/readyz", std::move(health.not_ready)),
  };
}

}  // namespace rf::process
