#pragma once
#include <string>
#include <vector>

#include "process/config.hpp"
#include "process/log.hpp"

namespace rf::node {

/// What a node needs to know to start; everything is checked.
struct NodeConfig {
  std::string name;
  std::string data_dir;
  process::HostPort grpc_listen;
  process::HostPort metrics_listen;
  bool insecure_listen = false;
  std::string client_token_file;
  std::string edge_token_file;
  std::string secret_key_file;
  std::size_t threads = 0;
  Ms drain_timeout_ms = 0;
  process::LogLevel log_level = process::LogLevel::info;
};

/// The options of `ringfenced`: the one table of its TOML file, flags, --help and --print-config.
process::ProgramSpec program_spec();
/// invalid_argument: a listener that is not on loopback without --insecure-listen.
Result<NodeConfig> node_config_of(const process::ProgramConfig& config);
/// The listeners that others than this machine can reach.
std::vector<std::string> open_listeners(const NodeConfig& config);

}  // namespace rf::node
