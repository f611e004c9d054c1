#pragma once
#include "node/grpc/backend.hpp"
#include "node/task_thread.hpp"
#include "process/clock.hpp"
#include "ringfence/v1/report.pb.h"

namespace rf::node {

/// ReportService. Reads the log on a thread of its own.
class ReportMethods {
 public:
  /// All must outlive the methods.
  ReportMethods(const Backend& backend, TaskThread& reader, const process::Clock& clock)
      : backend_(backend), reader_(reader), clock_(clock) {}
  void add_to(MethodTable& table);

 private:
  Result<api::ListFactsReply> list(const api::ListFactsRequest& request) const;
  Result<api::SummarizeReply> summarize(const api::SummarizeRequest& request) const;

  const Backend& backend_;
  TaskThread& reader_;
  const process::Clock& clock_;
};

}  // namespace rf::node
