#pragma once
#include <memory>
#include <string>

#include "actors/port.hpp"
#include "node/edge_duty.hpp"
#include "node/grpc/edge_hub.hpp"
#include "node/grpc/method_table.hpp"
#include "ringfence/v1/edge.grpc.pb.h"

namespace rf::node {

/// The version of edge.proto's conversation that this build speaks.
constexpr std::uint32_t edge_protocol_version = 1;

/// Takes the streams of edges: events to the accounts, acks and orders back (R10, R16, R17).
class EdgeService final : public api::EdgeService::CallbackService {
 public:
  struct Parts {
    std::string node;
    MethodTable& table;
    EdgeHub& hub;
    EdgeDuty& duty;
    const Directory& directory;
    const ShardRoles& roles;
    actors::Actors& actors;
    storage::Journal& journal;
    const process::Clock& clock;
    /// For what is tried again after a moment; must not be kept busy.
    TaskThread& timer;
    /// For what walks over all accounts: the duty's.
    TaskThread& walker;
    process::Logger& log;
  };
  /// The parts must outlive the service and every stream.
  explicit EdgeService(Parts parts) : parts_(std::move(parts)) {}

  grpc::ServerBidiReactor<api::EdgeMessage, api::NodeMessage>* Attach(grpc::CallbackServerContext* context) override;

 private:
  class Stream;
  const Parts parts_;
};

}  // namespace rf::node
