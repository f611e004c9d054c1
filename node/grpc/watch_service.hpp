#pragma once
#include "node/cluster/directory.hpp"
#include "node/grpc/method_table.hpp"
#include "node/grpc/watch_hub.hpp"
#include "ringfence/v1/watch.grpc.pb.h"

namespace rf::node {

/// Opens watch streams (R23).
class WatchService final : public api::WatchService::CallbackService {
 public:
  struct Parts {
    MethodTable& table;
    WatchHub& hub;
    const Directory& directory;
    storage::Journal& journal;
  };
  /// The parts must outlive the service and every stream.
  explicit WatchService(Parts parts) : parts_(parts) {}

  grpc::ServerWriteReactor<api::WatchFrame>* Watch(grpc::CallbackServerContext* context,
                                                   const api::WatchRequest* request) override;

 private:
  class Stream;
  const Parts parts_;
};

}  // namespace rf::node
