#include "sip-edge/config.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace rf::edge {

using process::HostPort;
using process::Option;

namespace {

constexpr std::size_t name_chars_max = 63;

/// The mistakes of one configuration.
class Mistakes {
 public:
  explicit Mistakes(const process::ProgramConfig& config) : config_(config) {}
  void add(std::string_view key, const std::string& sentence) {
    text_ += (text_.empty() ? "" : "\n") + config_.place_of(key) + ": " + sentence;
  }
  const std::string& text() const { return text_; }

 private:
  const process::ProgramConfig& config_;
  std::string text_;
};

bool is_edge_name(std::string_view name) {
  return !name.empty() && name.size() <= name_chars_max && name != api_edge &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string_view::npos;
}

HostPort host_port(const sip::Listen& listen) { return {listen.ip, listen.port}; }

std::string text_of(const sip::Listen& listen) { return Flow{listen.transport, listen.ip, listen.port}.text(); }

/// "udp:127.0.0.1:5060", "tcp:[::1]:5060".
std::optional<sip::Listen> listen_of(std::string_view text) {
  sip::Listen listen;
  const std::size_t colon = text.find(':');
  const std::string_view transport = text.substr(0, colon);
  if (transport != name_of(Transport::udp) && transport != name_of(Transport::tcp)) return std::nullopt;
  listen.transport = transport == name_of(Transport::udp) ? Transport::udp : Transport::tcp;
  const auto address = colon == std::string_view::npos ? std::nullopt : process::address_of(text.substr(colon + 1));
  if (!address) return std::nullopt;
  const bool ipv6 = address->host.find(':') != std::string::npos;
  const auto ip = numeric_host(ipv6 ? "[" + address->host + "]" : address->host);
  if (!ip) return std::nullopt;
  listen.ip = *ip;
  listen.port = address->port;
  return listen;
}

void read_sip(const process::ProgramConfig& config, EdgeConfig& out, Mistakes& mistakes) {
  const std::string& public_host = config.text("sip.public_host");
  const auto host = public_host.empty() ? std::nullopt : parse_uri("sip:" + public_host);
  if (!public_host.empty() && (!host || host->port != 0 || !host->user.empty() || !host->params.empty()))
    mistakes.add("sip.public_host", "must be a host name or an address (IPv6 in brackets), without port");
  const std::vector<std::string>& texts = config.text_list("sip.listen");
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto listen = listen_of(texts[i]);
    if (!listen) {
      mistakes.add("sip.listen", "\"" + texts[i] +
                                     "\" must be TRANSPORT:ADDRESS:PORT with a numeric address, for example "
                                     "udp:127.0.0.1:5060 or tcp:[::1]:5060");
      continue;
    }
    listen->public_host = public_host;
    listen->config_key = "sip.listen[" + std::to_string(i) + "]";
    out.listen.push_back(std::move(*listen));
  }
  if (texts.empty()) mistakes.add("sip.listen", "must name at least one address");
  out.tcp_connections_max = static_cast<std::size_t>(config.integer("sip.tcp_connections_max"));
  out.tcp_connections_per_address_max = static_cast<std::size_t>(config.integer("sip.tcp_connections_per_address_max"));
  out.tcp_stranger_timeout_ms = config.duration_ms("sip.tcp_stranger_timeout");
}

void check_open(const process::ProgramConfig& config, const EdgeConfig& out, Mistakes& mistakes) {
  if (config.boolean("insecure_listen")) return;
  const auto check = [&](std::string_view key, const HostPort& address, const std::string& text) {
    if (!address.set() || address.loopback()) return;
    mistakes.add(key, text +
                          " can be reached by other machines, and nothing is encrypted yet: use a loopback address, or "
                          "add --insecure_listen if the network is trusted");
  };
  for (const sip::Listen& listen : out.listen) check("sip.listen", host_port(listen), text_of(listen));
  check("metrics.listen", out.metrics_listen, out.metrics_listen.text());
}

void read_nodes(const process::ProgramConfig& config, EdgeConfig& out, Mistakes& mistakes) {
  for (const std::string& text : config.text_list("node.addresses")) {
    const auto address = process::address_of(text);
    if (!address || address->port == 0)
      mistakes.add("node.addresses", "\"" + text + "\" must be HOST:PORT, for example 127.0.0.1:7400");
    else if (std::find(out.nodes.begin(), out.nodes.end(), *address) != out.nodes.end())
      mistakes.add("node.addresses", "\"" + text + "\" is there twice: name each node once");
    else
      out.nodes.push_back(*address);
  }
  if (config.text_list("node.addresses").empty()) mistakes.add("node.addresses", "must name at least one node");
}

std::uint32_t seconds(const process::ProgramConfig& config, std::string_view key) {
  return static_cast<std::uint32_t>(config.duration_ms(key) / second_ms);
}

void read_times(const process::ProgramConfig& config, EdgeConfig& out, Mistakes& mistakes) {
  out.registrar.expires_min_s = seconds(config, "registrar.expires_min");
  out.registrar.expires_max_s = seconds(config, "registrar.expires_max");
  out.registrar.expires_default_s = seconds(config, "registrar.expires_default");
  if (out.registrar.expires_min_s > out.registrar.expires_max_s)
    mistakes.add("registrar.expires_min", "must not be above registrar.expires_max");
  else if (out.registrar.expires_default_s < out.registrar.expires_min_s ||
           out.registrar.expires_default_s > out.registrar.expires_max_s)
    mistakes.add("registrar.expires_default", "must lie between registrar.expires_min and registrar.expires_max");
  const std::string& digest = config.text("registrar.digest");
  if (digest != "md5") out.digest_offered.push_back(HashAlgorithm::sha256);
  if (digest != "sha-256") out.digest_offered.push_back(HashAlgorithm::md5);
  out.session.session_expires_s = seconds(config, "session.expires");
  out.drain_timeout_ms = config.duration_ms("drain_timeout");
}

}  // namespace

process::ProgramSpec program_spec() {
  constexpr Ms day_ms = 24 * 3600 * second_ms;
  return {
      "ringfence-edge",
      RINGFENCE_VERSION,
      "The SIP edge of a Ringfence contact centre: registrar of the agents' phones, and the calls' SIP legs.",
      {
          Option::text("edge.name", "edge-1",
                       "The edge's name: 1-63 of a-z 0-9 - and the full stop. No two edges may have the same."),
          Option::text("edge.token_file", "data/edge.token",
                       "The token that the nodes ask for: edge.token of a node's data_dir, or a copy."),
          Option::text_list("edge.domains", "",
                            "SIP domains that must exist: nodes refuse the edge otherwise. Empty: none is asked for."),
          Option::text_list("node.addresses", "127.0.0.1:7400", "The gRPC address of every node."),
          Option::text("data_dir", "edge-data",
                       "Where the edge counts its starts. Created by the first; of one process only."),
          Option::text_list("sip.listen", "udp:127.0.0.1:5060,tcp:127.0.0.1:5060",
                            "Where SIP is served: TRANSPORT:ADDRESS:PORT each, IPv6 in brackets, port 0 for any."),
          Option::text("sip.public_host", "",
                       "What phones and trunks are told instead of the address listened on. Empty: that address."),
          Option::integer("sip.tcp_connections_max", 10000, 1, 1'000'000,
                          "TCP connections that others may have open to the edge. One more is reset."),
          Option::integer("sip.tcp_connections_per_address_max", 1000, 1, 1'000'000,
                          "TCP connections from one address; phones behind one NAT share it, trunks are not counted."),
          Option::duration("sip.tcp_stranger_timeout", "30s", second_ms, 3600 * second_ms,
                           "How long a TCP connection may stay by which no phone registers, from no trunk's address."),
          Option::duration("registrar.expires_min", "1m", second_ms, day_ms,
                           "The shortest registration that a phone may ask for."),
          Option::duration("registrar.expires_max", "1h", second_ms, day_ms, "The longest registration that is given."),
          Option::duration("registrar.expires_default", "10m", second_ms, day_ms,
                           "The registration of a phone that asks for no time."),
          Option::choice(
              "registrar.digest", "md5", {"md5", "sha-256", "both"},
              "What phones may prove their password with (RFC 8760). \"both\" is for phones that pass over what they "
              "do not know: older ones give up on it."),
          Option::duration("session.expires", "30m", session_expires_min_s * second_ms, day_ms,
                           "After how long without a refresh a call is taken for dead (RFC 4028)."),
          Option::address_or_none("metrics.listen", "127.0.0.1:9465",
                                  "Where /metrics, /healthz and /readyz are served over HTTP. Empty: nowhere."),
          Option::boolean("insecure_listen",
                          "Allows listeners on other addresses than loopback although nothing is encrypted yet."),
          Option::duration("drain_timeout", "20s", 0, day_ms,
                           "How long a stop waits for calls to end. A second signal ends the wait."),
          Option::choice("log.level", "info", {"debug", "info", "warn", "error"}, "The least level that is logged."),
      }};
}

Result<EdgeConfig> edge_config_of(const process::ProgramConfig& config) {
  EdgeConfig out;
  Mistakes mistakes(config);
  out.name = config.text("edge.name");
  if (!is_edge_name(out.name))
    mistakes.add("edge.name", "must have 1-63 characters of a-z 0-9 - and the full stop, and not be \"api\"");
  for (const char* key : {"edge.token_file", "data_dir"})
    if (config.text(key).empty()) mistakes.add(key, "must not be empty");
  out.token_file = config.text("edge.token_file");
  out.state_dir = config.text("data_dir");
  out.domains = config.text_list("edge.domains");
  for (const std::string& domain : out.domains)
    if (!parse_uri("sip:" + domain)) mistakes.add("edge.domains", "\"" + domain + "\" must be a SIP domain");
  read_nodes(config, out, mistakes);
  read_sip(config, out, mistakes);
  read_times(config, out, mistakes);
  out.metrics_listen = config.address("metrics.listen");
  check_open(config, out, mistakes);
  out.log_level = *process::log_level_of(config.text("log.level"));
  if (!mistakes.text().empty()) return Error{Code::invalid_argument, mistakes.text()};
  return out;
}

std::vector<std::string> open_listeners(const EdgeConfig& config) {
  std::vector<std::string> open;
  for (const sip::Listen& listen : config.listen)
    if (!host_port(listen).loopback()) open.push_back(text_of(listen));
  if (config.metrics_listen.set() && !config.metrics_listen.loopback()) open.push_back(config.metrics_listen.text());
  return open;
}

std::vector<std::string> open_nodes(const EdgeConfig& config) {
  std::vector<std::string> open;
  for (const HostPort& node : config.nodes)
    if (!node.loopback()) open.push_back(node.text());
  return open;
}

}  // namespace rf::edge
