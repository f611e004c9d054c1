#pragma once
#include <grpcpp/impl/codegen/service_type.h>

#include <memory>
#include <vector>

#include "node/grpc/method_table.hpp"

namespace rf::node {

/// The gRPC services whose methods are all unary: each passes its calls to the table. The table must outlive them.
std::vector<std::unique_ptr<grpc::Service>> unary_services(MethodTable& table);

}  // namespace rf::node
