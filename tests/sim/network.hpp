#pragma once
#include <functional>
#include <vector>

#include "tests/sim/context.hpp"
#include "tests/sim/wire.hpp"

namespace rf::sim {

/// The network between edges and nodes: delays, stalls, connections cut at any point of what is on its way.
class Network {
 public:
  struct Ends {
    std::function<void(const StreamPtr&, const ToNode&)> at_node;
    std::function<void(const StreamPtr&, const ToEdge&)> at_edge;
    /// That end learns that the stream is gone.
    std::function<void(const StreamPtr&)> node_hears_end;
    std::function<void(const StreamPtr&)> edge_hears_end;
  };
  explicit Network(Context& context) : context_(context) {}
  void join(Ends ends) { ends_ = std::move(ends); }

  StreamPtr open(std::size_t edge, std::size_t node);
  void send(const StreamPtr& stream, ToNode message);
  void send(const StreamPtr& stream, ToEdge message);

  /// Nothing that is on its way arrives; each end learns of it within `notice_ms`.
  void cut(const StreamPtr& stream, Ms notice_ms);
  /// The node's process is gone. What it sent may still arrive, for up to `linger_ms`.
  void node_gone(const StreamPtr& stream, Ms linger_ms);
  /// The edge's process is gone.
  void edge_gone(const StreamPtr& stream, Ms notice_ms);
  /// Nothing arrives before that instant.
  void stall(const StreamPtr& stream, Ms until_ms) { stream->stalled_until_ms = until_ms; }
  const std::vector<StreamPtr>& streams();

 private:
  Ms arrival(const StreamPtr& stream, Ms& last_ms);
  void hear_end_at_edge(const StreamPtr& stream, Ms delay_ms);
  void hear_end_at_node(const StreamPtr& stream, Ms delay_ms);

  Context& context_;
  Ends ends_;
  std::vector<StreamPtr> streams_;
  std::uint64_t last_id_ = 0;
};

}  // namespace rf::sim
