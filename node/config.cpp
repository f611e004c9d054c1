#include "node/config.hpp"

#include <utility>

namespace rf::node {

namespace {

using process::Option;

std::string or_in(const std::string& directory, const std::string& file, const char* name) {
  return file.empty() ? directory + "/" + name : file;
}

}  // namespace

process::ProgramSpec program_spec() {
  return {
      "ringfenced",
      RINGFENCE_VERSION,
      "The node of a Ringfence contact centre: presence, queues, routing, the log, the gRPC API.",
      {
          Option::text("node.name", "node-1", "The node's name in the log and towards edges."),
          Option::text("data_dir", "data", "Where the log and the secrets lie. Created by the first start."),
          Option::address("grpc.listen", "127.0.0.1:7400", "Where the gRPC API and the edges' streams are served."),
          Option::address_or_none("metrics.listen", "127.0.0.1:9464",
                                  "Where /metrics, /healthz and /readyz are served over HTTP. Empty: nowhere."),
          Option::boolean("insecure_listen",
                          "Allows listeners on other addresses than loopback although nothing is encrypted yet."),
          Option::text("client_token_file", "", "The token that API clients present. Empty: client.token in data_dir."),
          Option::text("edge_token_file", "", "The token that edges present. Empty: edge.token in data_dir."),
          Option::text(
              "secret_key_file", "",
              "The key that stored secrets are encrypted with. Empty: secret.key in data_dir. Keep a copy of it apart "
              "from the data."),
          Option::integer("threads", 0, 0, 1024, "Threads for the accounts. 0: as many as the machine has cores."),
          Option::duration("drain_timeout", "10s", 0, 600 * second_ms,
                           "How long a stop waits for what is in progress."),
          Option::choice("log.level", "info", {"debug", "info", "warn", "error"}, "The least level that is logged."),
      }};
}

Result<NodeConfig> node_config_of(const process::ProgramConfig& config) {
  NodeConfig out;
  out.name = config.text("node.name");
  out.data_dir = config.text("data_dir");
  out.grpc_listen = config.address("grpc.listen");
  out.metrics_listen = config.address("metrics.listen");
  out.insecure_listen = config.boolean("insecure_listen");
  out.client_token_file = or_in(out.data_dir, config.text("client_token_file"), "client.token");
  out.edge_token_file = or_in(out.data_dir, config.text("edge_token_file"), "edge.token");
  out.secret_key_file = or_in(out.data_dir, config.text("secret_key_file"), "secret.key");
  out.threads = static_cast<std::size_t>(config.integer("threads"));
  out.drain_timeout_ms = config.duration_ms("drain_timeout");
  out.log_level = *process::log_level_of(config.text("log.level"));
  if (out.name.empty() || out.name.size() > 63)
    return Error{Code::invalid_argument, config.place_of("node.name") + ": must have 1-63 characters"};
  if (out.data_dir.empty()) return Error{Code::invalid_argument, config.place_of("data_dir") + ": must not be empty"};
  for (const char* key : {"grpc.listen", "metrics.listen"}) {
    const process::HostPort& listen = config.address(key);
    if (!listen.set() || listen.loopback() || out.insecure_listen) continue;
    return Error{Code::invalid_argument,
                 config.place_of(key) + ": " + listen.text() +
                     " can be reached by other machines, and nothing is encrypted yet: use a loopback address, or add "
                     "--insecure_listen if the network is trusted"};
  }
  return out;
}

std::vector<std::string> open_listeners(const NodeConfig& config) {
  std::vector<std::string> open;
  for (const process::HostPort& listen : {config.grpc_listen, config.metrics_listen})
    if (listen.set() && !listen.loopback()) open.push_back(listen.text());
  return open;
}

}  // namespace rf::node
