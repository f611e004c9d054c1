#pragma once
#include <functional>

#include "node/grpc/method_table.hpp"
#include "ringfence/v1/cluster.pb.h"

namespace rf::node {

namespace api = ringfence::v1;

/// ClusterService: what this node says of itself, and its way to end it.
class ClusterMethods {
 public:
  struct Parts {
    std::function<api::GetHealthReply()> health;
    /// Begins what SIGTERM does.
    std::function<void()> drain;
  };
  explicit ClusterMethods(Parts parts) : parts_(std::move(parts)) {}

  void add_to(MethodTable& table) {
    table.add<api::GetHealthRequest, api::GetHealthReply>(
        "ClusterService/GetHealth", Effect::reads,
        [this](const Call&, const auto&, const auto& answer) { answer(parts_.health()); });
    table.add<api::DrainNodeRequest, api::DrainNodeReply>("ClusterService/DrainNode", Effect::changes,
                                                          [this](const Call&, const auto&, const auto& answer) {
                                                            answer(api::DrainNodeReply());
                                                            parts_.drain();
                                                          });
  }

 private:
  const Parts parts_;
};

}  // namespace rf::node
