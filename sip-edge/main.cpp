#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

#include "process/clock.hpp"
#include "process/exit_code.hpp"
#include "process/http_server.hpp"
#include "process/ids.hpp"
#include "process/log.hpp"
#include "process/metrics.hpp"
#include "process/ops_routes.hpp"
#include "process/private_directory.hpp"
#include "process/random.hpp"
#include "process/secrets.hpp"
#include "process/signals.hpp"
#include "sip-edge/config.hpp"
#include "sip-edge/edge.hpp"
#include "sip-edge/state_directory.hpp"

namespace {

using namespace rf;
namespace sip = rf::edge::sip;

constexpr Ms beat_ms = 200;
/// Longer than the SIP thread may be busy with one thing.
constexpr Ms stalled_ms = 5000;

int complain(const Error& error, process::ExitCode code) {
  std::fprintf(stderr, "ringfence-edge: %s\n", error.what.c_str());
  return code;
}

/// Hands the signals to the SIP thread, also those that came before it served anything.
class StopRequests {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    if (poster_)
      poster_->post(on_stop_);
    else
      ++early_;
  }
  void serve(sip::Poster poster, std::function<void()> on_stop) {
    const std::lock_guard lock(mutex_);
    poster_ = std::move(poster);
    on_stop_ = std::move(on_stop);
    for (; early_ > 0; --early_) poster_->post(on_stop_);
  }

 private:
  std::mutex mutex_;
  std::optional<sip::Poster> poster_;
  std::function<void()> on_stop_;
  int early_ = 0;
};

/// What the SIP thread lets other threads know of it.
struct Pulse {
  std::atomic<Ms> beat_mono_ms = 0;
  std::atomic<bool> ready = false;
};

process::OpsHealth health_of(const Pulse& pulse, const process::Clock& clock) {
  return {[&]() -> std::optional<std::string> {
            if (clock.mono_ms() - pulse.beat_mono_ms < stalled_ms) return std::nullopt;
            return "the SIP thread does not answer";
          },
          [&]() -> std::optional<std::string> {
            if (pulse.ready) return std::nullopt;
            return "no node is attached, its directory is not known yet, or the edge is draining";
          }};
}

Result<std::string> read_boot_id() {
  std::string id;
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  if (!std::getline(file, id) || id.empty())
    return Error{Code::unavailable, "cannot read /proc/sys/kernel/random/boot_id: mount /proc"};
  return id;
}

/// All that one start of the edge needs.
Result<edge::EdgeOptions> options_of(const edge::EdgeConfig& config, const edge::StateDirectory& state) {
  const auto token = process::read_secret_file(config.token_file);
  if (!token) {
    Error error = token.error();
    if (error.code == Code::not_found) error.what += " (a node's first start makes its edge.token)";
    return error;
  }
  auto boot_id = read_boot_id();
  if (!boot_id) return boot_id.error();
  edge::EdgeOptions options;
  options.sip.listen = config.listen;
  options.sip.connections_max = config.tcp_connections_max;
  options.sip.connections_per_address_max = config.tcp_connections_per_address_max;
  options.sip.stranger_timeout_ms = static_cast<std::uint32_t>(config.tcp_stranger_timeout_ms);
  options.door.registrar = config.registrar;
  // Nonces of an earlier start are not taken: which of them were used is forgotten with it.
  options.door.authenticator.offered = config.digest_offered;
  process::fill_random(options.door.authenticator.secret);
  process::fill_random(std::as_writable_bytes(std::span(&options.door.authenticator.first_salt, 1)));
  options.session = edge::within_limits(config.session);
  options.link.edge = config.name;
  options.link.epoch = state.epoch();
  options.link.boot_id = *boot_id;
  for (const process::HostPort& node : config.nodes) options.link.nodes.push_back(node.text());
  options.link.token = std::string(token->reveal());
  options.link.domains = config.domains;
  return options;
}

/// Files that the edge opens beside phones' connections: listeners, nodes, the log, scrapes.
constexpr std::size_t other_files_max = 256;

/// Has the system allow as many open files as connections are wanted; fewer connections where it does not. Without a free
/// descriptor a connection that knocks could neither be taken nor refused.
void fit_connections(std::size_t& connections_max, process::Logger& log) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  const rlim_t wanted = connections_max + other_files_max;
  if (files.rlim_cur < wanted) {
    files.rlim_cur = std::min(wanted, files.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &files);
    ::getrlimit(RLIMIT_NOFILE, &files);
  }
  if (files.rlim_cur >= wanted) return;
  const std::size_t fitting =
      files.rlim_cur > 2 * other_files_max ? files.rlim_cur - other_files_max : files.rlim_cur / 2;
  log.warn("few_open_files", {{"reason", "the limit of open files is " + std::to_string(files.rlim_cur) +
                                             ": raise it, or set sip.tcp_connections_max lower"},
                              {"tcp_connections_max", std::min(connections_max, fitting)}});
  connections_max = std::min(connections_max, fitting);
}

using Server = std::unique_ptr<process::HttpServer>;

Result<Server> serve_ops(const process::HostPort& listen, process::Metrics& metrics, const Pulse& pulse,
                         const process::Clock& clock) {
  if (!listen.set()) return Server();
  process::HttpServerOptions options;
  options.listen = listen;
  options.config_key = "metrics.listen";
  options.on_response = [&metrics](unsigned status) {
    metrics.counter(process::Metric::http_requests, {std::to_string(status)}).add(1);
  };
  return process::HttpServer::start(std::move(options), process::ops_routes(metrics, health_of(pulse, clock)));
}

/// The edge between its start and its end. Made and used on the SIP thread.
class Running {
 public:
  Running(sip::Root& root, edge::Edge& edge, Pulse& pulse, process::Logger& log, Ms drain_timeout_ms)
      : root_(root), edge_(edge), pulse_(pulse), log_(log), drain_timeout_ms_(drain_timeout_ms),
        beat_timer_(root, [this] { beat(); }), drain_timer_(root, [this] { root_.stop(); }) {
    beat();
  }

  /// The first time: no new calls, and the end when the last one is over. After that: the end.
  void stop() {
    if (std::exchange(draining_, true)) return root_.stop();
    log_.info("draining", {{"calls", edge_.calls()}});
    pulse_.ready = false;
    drain_timer_.set(drain_timeout_ms_);
    edge_.drain([this] { root_.stop(); });
  }

 private:
  void beat() {
    pulse_.beat_mono_ms = sip::Root::now_ms();
    pulse_.ready = edge_.ready() && !draining_;
    beat_timer_.set(beat_ms);
  }

  sip::Root& root_;
  edge::Edge& edge_;
  Pulse& pulse_;
  process::Logger& log_;
  const Ms drain_timeout_ms_;
  sip::Timer beat_timer_;
  sip::Timer drain_timer_;
  bool draining_ = false;
};

/// Says why the program cannot start, in the log and to whoever started it.
int fail(process::Logger& log, const Error& error, process::ExitCode code) {
  log.error("start_failed", {{"code", name_of(error.code)}, {"reason", error.what}});
  return complain(error, code);
}

int serve(const edge::EdgeConfig& config, edge::EdgeOptions options, StopRequests& stops, const process::Clock& clock,
          process::Logger& log) {
  process::Metrics metrics({process::MetricOwner::edge, RINGFENCE_VERSION, {}});
  process::IdMaker ids(clock);
  const std::uint64_t epoch = options.link.epoch;
  sip::Root root;
  edge::Edge edge(root, std::move(options), ids, log, metrics);
  if (const auto opened = edge.open(); !opened)
    return fail(log, opened.error(),
                opened.error().code == Code::invalid_argument ? process::exit_config : process::exit_address);
  Pulse pulse;
  Running running(root, edge, pulse, log, config.drain_timeout_ms);
  const auto server = serve_ops(config.metrics_listen, metrics, pulse, clock);
  if (!server) return fail(log, server.error(), process::exit_code_of(server.error().code));
  log.info("ready", {{"version", RINGFENCE_VERSION},
                     {"edge", config.name},
                     {"epoch", epoch},
                     {"metrics_port", *server ? (*server)->port() : 0}});
  stops.serve(root.poster(), [&running] { running.stop(); });
  root.run();
  log.info("stopped", {{"calls", edge.calls()}});
  return process::exit_ok;
}

int run(const edge::EdgeConfig& config) {
  StopRequests stops;
  const process::StopSignals signals([&](int) { stops.add(); });
  const process::SystemClock clock;
  process::FdLogSink sink(STDERR_FILENO);
  process::Logger log(sink, clock, config.log_level);
  for (const std::string& address : edge::open_listeners(config))
    log.warn("insecure_listener", {{"address", address}, {"reason", "others can reach it and nothing is encrypted"}});
  for (const std::string& address : edge::open_nodes(config))
    log.warn("insecure_node", {{"address", address}, {"reason", "the token goes there and nothing is encrypted"}});
  const auto state = edge::StateDirectory::open(config.state_dir, clock.wall_ms());
  if (!state) return fail(log, state.error(), process::exit_code_of(state.error().code));
  if (state->warning()) log.warn("open_data_dir", {{"reason", *state->warning()}});
  auto options = options_of(config, *state);
  if (!options) return fail(log, options.error(), process::exit_code_of(options.error().code));
  fit_connections(options->sip.connections_max, log);
  return serve(config, std::move(options).value(), stops, clock, log);
}

}  // namespace

int main(int argc, char** argv) {
  rf::process::create_private_files();
  const auto launched = rf::process::launch(rf::edge::program_spec(), rf::process::arguments_of(argc, argv));
  if (!launched) return complain(launched.error(), rf::process::exit_config);
  if (launched->answer) {
    std::fputs(launched->answer->c_str(), stdout);
    return rf::process::exit_ok;
  }
  const auto config = rf::edge::edge_config_of(launched->config);
  if (!config) return complain(config.error(), rf::process::exit_config);
  return run(*config);
}
