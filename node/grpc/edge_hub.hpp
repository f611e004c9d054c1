#pragma once
#include <grpcpp/support/status.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "actors/port.hpp"
#include "node/api/edge_convert.hpp"
#include "node/cluster/shard_roles.hpp"
#include "node/grpc/order_gate.hpp"
#include "process/log.hpp"
#include "process/metrics.hpp"

namespace rf::node {

/// The stream of one attached edge. Any thread.
class EdgeLine {
 public:
  virtual ~EdgeLine() = default;
  /// False when the edge does not keep up, or the stream is ending.
  virtual bool send(api::NodeMessage message) = 0;
  /// Takes no more messages and ends the stream behind what is queued.
  virtual void end(grpc::Status status) = 0;
  /// Ends the stream without what is queued.
  virtual void drop(grpc::Status status) = 0;
};

/// The edges that are attached to this node, each with its one stream. Where orders leave the node. Any thread.
class EdgeHub final : public actors::Outbox {
 public:
  struct Parts {
    const Directory& directory;
    const ShardRoles& roles;
    process::Metrics& metrics;
    process::Logger& log;
  };
  /// The parts must outlive the hub.
  explicit EdgeHub(Parts parts) : parts_(parts) {}

  void order(AccountId account, actors::Fence fence, const link::Order& order) override;
  void sync(AccountId account, actors::Fence fence, const EdgeName& edge, const link::Sync& sync) override;

  /// From now on `line` is the edge's stream, the one before it ends; its first messages are what Accepted brings.
  /// failed_precondition: a process with a higher epoch has attached under this name.
  Result<void> attach(const EdgeName& edge, std::uint64_t epoch, const std::shared_ptr<EdgeLine>& line,
                      api::NodeMessage accepted);
  /// The stream is over. Nothing when another has taken its place.
  void detach(const EdgeName& edge, const EdgeLine* line);
  bool current(const EdgeName& edge, const EdgeLine* line) const;
  std::set<EdgeName> attached() const;
  /// Ends the edge's stream, if it has one.
  void give_up(const EdgeName& edge, const grpc::Status& status);

  /// OrderGate::owe of the stream. Nobody when it is not the current one.
  std::vector<AccountId> owe_syncs(const EdgeName& edge, const EdgeLine* line, const std::vector<AccountId>& known,
                                   Ms now_ms);
  /// OrderGate::overdue of every stream.
  std::vector<std::pair<EdgeName, AccountId>> overdue_syncs(Ms now_ms);

  /// Nothing when `line` is not the edge's current stream.
  void send(const EdgeName& edge, const EdgeLine* line, api::NodeMessage message);
  void send_all(const api::NodeMessage& message);
  void directory_changed(const DirectoryChange& change);
  /// Tells the edges whose credentials they must look up again, and which agents are no more.
  void credentials_changed(const storage::AccountBatch& batch);
  void leading_changed() { send_all(leading_message(parts_.roles.led())); }
  /// Ends every stream, and refuses every one that comes later.
  void close(const grpc::Status& status);

 private:
  struct Attached {
    std::shared_ptr<EdgeLine> line;
    OrderGate gate;
  };
  /// Sends if the edge is attached and `may_pass` says so, which is asked under the lock.
  void send_if(const EdgeName& edge, api::NodeMessage message, const std::function<bool(Attached&)>& may_pass);
  /// To be called without the lock: ending a stream may call back.
  void drop_slow(const EdgeName& edge, const std::shared_ptr<EdgeLine>& line);

  const Parts parts_;
  /// Held while sending, so that an edge sees the directory's versions in order.
  mutable std::mutex mutex_;
  std::map<EdgeName, Attached> edges_;
  std::map<EdgeName, std::uint64_t> highest_epoch_;
  bool closed_ = false;
};

}  // namespace rf::node
