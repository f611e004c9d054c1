#pragma once
#include "node/grpc/backend.hpp"
#include "node/task_thread.hpp"
#include "process/clock.hpp"
#include "ringfence/v1/call.pb.h"

namespace rf::node {

/// CallService/ExplainOffer: reads the log on a thread of its own.
class ExplainMethods {
 public:
  /// All must outlive the methods.
  ExplainMethods(const Backend& backend, TaskThread& reader, const process::Clock& clock)
      : backend_(backend), reader_(reader), clock_(clock) {}
  void add_to(MethodTable& table);

 private:
  Result<api::ExplainOfferReply> explain(const api::ExplainOfferRequest& request) const;

  const Backend& backend_;
  TaskThread& reader_;
  const process::Clock& clock_;
};

}  // namespace rf::node
