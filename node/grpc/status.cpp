#include "node/grpc/status.hpp"

namespace rf::node {

grpc::StatusCode grpc_code_of(Code code) {
  switch (code) {
    case Code::ok: return grpc::StatusCode::OK;
    case Code::invalid_argument: return grpc::StatusCode::INVALID_ARGUMENT;
    case Code::not_found: return grpc::StatusCode::NOT_FOUND;
    case Code::already_exists: return grpc::StatusCode::ALREADY_EXISTS;
    case Code::not_owner: return grpc::StatusCode::UNAVAILABLE;
    case Code::stale_term: return grpc::StatusCode::ABORTED;
    case Code::overloaded: return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case Code::timeout: return grpc::StatusCode::DEADLINE_EXCEEDED;
    case Code::unknown_outcome: return grpc::StatusCode::UNKNOWN;
    case Code::unavailable: return grpc::StatusCode::UNAVAILABLE;
    case Code::corrupt: return grpc::StatusCode::DATA_LOSS;
    case Code::unauthenticated: return grpc::StatusCode::UNAUTHENTICATED;
    case Code::permission_denied: return grpc::StatusCode::PERMISSION_DENIED;
    case Code::failed_precondition: return grpc::StatusCode::FAILED_PRECONDITION;
  }
  return grpc::StatusCode::INTERNAL;
}

grpc::Status status_of(const Error& error) { return {grpc_code_of(error.code), error.what}; }

}  // namespace rf::node
