#pragma once
#include <string>
#include <vector>

#include "core/base/edge_link.hpp"
#include "process/config.hpp"
#include "process/log.hpp"
#include "sip-edge/digest.hpp"
#include "sip-edge/registrar.hpp"
#include "sip-edge/session_timer.hpp"
#include "sip-edge/sip/agent.hpp"

namespace rf::edge {

/// What an edge needs to know to start; everything is checked.
struct EdgeConfig {
  EdgeName name;
  std::string token_file;
  std::vector<std::string> domains;
  /// host:port of every node.
  std::vector<process::HostPort> nodes;
  std::string state_dir;
  std::vector<sip::Listen> listen;
  std::size_t tcp_connections_max = 0;
  std::size_t tcp_connections_per_address_max = 0;
  Ms tcp_stranger_timeout_ms = 0;
  RegistrarLimits registrar;
  std::vector<HashAlgorithm> digest_offered;
  SessionTimerConfig session;
  process::HostPort metrics_listen;
  Ms drain_timeout_ms = 0;
  process::LogLevel log_level = process::LogLevel::info;
};

/// The options of `ringfence-edge`: the one table of its TOML file, flags, --help and --print-config.
process::ProgramSpec program_spec();
/// invalid_argument: one sentence a line for every mistake, a listener that is not on loopback without
/// --insecure_listen among them.
Result<EdgeConfig> edge_config_of(const process::ProgramConfig& config);
/// The listeners that others than this machine can reach.
std::vector<std::string> open_listeners(const EdgeConfig& config);
/// The nodes on other machines: the token goes there unencrypted.
std::vector<std::string> open_nodes(const EdgeConfig& config);

}  // namespace rf::edge
