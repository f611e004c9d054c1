#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "process/http_server.hpp"
#include "process/metrics.hpp"

namespace rf::process {

/// What a program says about itself: each gives the reason why not, or nothing. Called on server threads.
struct OpsHealth {
  std::function<std::optional<std::string>()> unhealthy;
  std::function<std::optional<std::string>()> not_ready;
};

/// The routes that operators and probes use: GET /metrics, /healthz and /readyz (200, or 503 with the reason).
/// `metrics` must outlive the server.
std::vector<HttpRoute> ops_routes(const Metrics& metrics, OpsHealth health);

}  // namespace rf::process
