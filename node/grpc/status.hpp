#pragma once
#include <grpcpp/support/status.h>

#include "core/base/result.hpp"

namespace rf::node {

/// The trailing metadata that carries the code's own name (core/base/result.hpp): several codes share a gRPC status.
constexpr const char* code_metadata_key = "ringfence-code";

/// The gRPC status of each code; the API's one error table.
grpc::StatusCode grpc_code_of(Code code);
/// Code and sentence as a status.
grpc::Status status_of(const Error& error);

}  // namespace rf::node
