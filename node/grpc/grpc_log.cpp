#include "node/grpc/grpc_log.hpp"

#include <grpc/support/log.h>

#include <atomic>

namespace rf::node {

namespace {

/// gRPC's log function takes no context.
std::atomic<process::Logger*> receiver = nullptr;

void pass_on(gpr_log_func_args* args) {
  process::Logger* log = receiver;
  if (log == nullptr) return;
  const process::LogField message{"message", args->message};
  const process::LogField line{"line", args->line};
  if (args->severity == GPR_LOG_SEVERITY_ERROR)
    log->warn("grpc", {{"file", args->file}, line, message});
  else
    log->debug("grpc", {{"file", args->file}, line, message});
}

}  // namespace

GrpcLog::GrpcLog(process::Logger& log) {
  receiver = &log;
  gpr_set_log_function(pass_on);
}

GrpcLog::~GrpcLog() {
  receiver = nullptr;
  gpr_set_log_function(nullptr);
}

}  // namespace rf::node
