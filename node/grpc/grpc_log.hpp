#pragma once
#include "process/log.hpp"

namespace rf::node {

/// While it lives, what gRPC itself logs becomes lines of our log. gRPC has one log a process, so there is one at a time.
class GrpcLog {
 public:
  /// `log` must outlive this and every gRPC thread.
  explicit GrpcLog(process::Logger& log);
  GrpcLog(const GrpcLog&) = delete;
  GrpcLog& operator=(const GrpcLog&) = delete;
  ~GrpcLog();
};

}  // namespace rf::node
