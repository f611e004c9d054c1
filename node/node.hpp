#pragma once
#include <cstdint>
#include <functional>
#include <memory>

#include "node/config.hpp"
#include "process/log.hpp"
#include "storage/journal.hpp"

namespace rf::node {

/// One running node: the log, the accounts' actors, the API, the edges' streams, the ops page. No globals: several can run in
/// one process.
class Node {
 public:
  struct Parts {
    /// Both must outlive the node.
    const process::Clock& clock;
    process::Logger& log;
    /// Called once when the API asks this node to end, on any thread; must not block.
    std::function<void()> on_drain;
    /// Instead of the log in the data directory.
    std::shared_ptr<storage::Journal> journal;
  };
  /// Serves when it returns. Errors: those of open_data_directory and Journal::start, already_exists or invalid_argument for
  /// a listener's address.
  static Result<std::unique_ptr<Node>> start(const NodeConfig& config, Parts parts);
  /// As stop().
  ~Node();

  std::uint16_t grpc_port() const;
  /// 0 when the ops page is off.
  std::uint16_t metrics_port() const;

  /// Drains: not serving, no new changes, what is in progress gets its answer, then the log is closed (R26). Once.
  void stop();

 private:
  class Running;
  explicit Node(std::unique_ptr<Running> running);
  std::unique_ptr<Running> running_;
};

}  // namespace rf::node
