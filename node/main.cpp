#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <mutex>

#include "node/grpc/grpc_log.hpp"
#include "node/node.hpp"
#include "process/exit_code.hpp"
#include "process/private_directory.hpp"
#include "process/signals.hpp"

namespace {

using namespace rf;

/// Opens once, by a signal or by the API.
class StopLatch {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

int complain(const Error& error) {
  std::fprintf(stderr, "ringfenced: %s\n", error.what.c_str());
  return process::exit_code_of(error.code);
}

int run(const node::NodeConfig& config) {
  StopLatch stop;
  const process::StopSignals signals([&](int) { stop.open(); });
  const process::SystemClock clock;
  process::FdLogSink sink(STDERR_FILENO);
  process::Logger log(sink, clock, config.log_level);
  const node::GrpcLog grpc_log(log);
  auto node = node::Node::start(config, {clock, log, [&] { stop.open(); }, nullptr});
  if (!node) {
    log.error("start_failed", {{"code", name_of(node.error().code)}, {"reason", node.error().what}});
    return complain(node.error());
  }
  log.info("ready", {{"version", RINGFENCE_VERSION},
                     {"data_dir", config.data_dir},
                     {"grpc_port", (*node)->grpc_port()},
                     {"metrics_port", (*node)->metrics_port()}});
  stop.wait();
  log.info("draining", {});
  (*node)->stop();
  log.info("stopped", {});
  return process::exit_ok;
}

}  // namespace

int main(int argc, char** argv) {
  rf::process::create_private_files();
  const auto launched = rf::process::launch(rf::node::program_spec(), rf::process::arguments_of(argc, argv));
  if (!launched) return complain(launched.error());
  if (launched->answer) {
    std::fputs(launched->answer->c_str(), stdout);
    return rf::process::exit_ok;
  }
  const auto config = rf::node::node_config_of(launched->config);
  if (!config) return complain(config.error());
  return run(*config);
}
