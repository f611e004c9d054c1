#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/impl/codegen/service_type.h>

#include "core/base/result.hpp"
#include "core/base/time.hpp"
#include "process/config_value.hpp"

namespace grpc {
class Server;
}

namespace rf::node {

/// What one request may hold: a whole account is imported in one (R6).
constexpr int request_bytes_max = 5 << 20;

/// The gRPC listener with its services, standard health and reflection.
class GrpcServer {
 public:
  /// Listens when it returns. already_exists when the address is in use, invalid_argument when it is none of this machine;
  /// each names `config_key`. The services must outlive the server.
  static Result<std::unique_ptr<GrpcServer>> start(const process::HostPort& listen, const std::string& config_key,
                                                   const std::vector<grpc::Service*>& services);
  ~GrpcServer();

  /// The real one when the configured port is 0.
  std::uint16_t port() const { return port_; }
  /// What grpc.health.v1.Health answers for the whole server and for each service.
  void set_serving(bool serving);
  /// Takes no new calls, waits up to `grace_ms` for those in progress, cancels the rest. No service runs when it returns.
  void stop(Ms grace_ms);

 private:
  GrpcServer(std::unique_ptr<grpc::Server> server, std::uint16_t port);
  std::unique_ptr<grpc::Server> server_;
  const std::uint16_t port_;
  bool stopped_ = false;
};

}  // namespace rf::node
