#include "node/grpc/server.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <cerrno>
#include <mutex>
#include <system_error>

#include "process/clock.hpp"

namespace rf::node {

namespace {

/// gRPC says of a failed listener only that it failed: the reason is what the kernel says to another attempt.
Error listen_error(const process::HostPort& listen, const std::string& config_key) {
  const std::string begin = config_key + ": cannot listen on " + listen.text() + ": ";
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(listen.host.c_str(), std::to_string(listen.port).c_str(), &hints, &found) != 0)
    return {Code::invalid_argument,
            begin + "the host has no address here; set " + config_key + " to an address of this machine"};
  const int fd = ::socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, found->ai_protocol);
  const int error = fd < 0 || ::bind(fd, found->ai_addr, found->ai_addrlen) != 0 || ::listen(fd, 1) != 0 ? errno : 0;
  if (fd >= 0) ::close(fd);
  ::freeaddrinfo(found);
  switch (error) {
    case EADDRINUSE:
      return {Code::already_exists,
              begin + "another program uses this port; stop it, or set " + config_key + " to another port"};
    case EADDRNOTAVAIL:
      return {Code::invalid_argument,
              begin + "it is no address of this machine; set " + config_key + " to one that is"};
    case EACCES:
      return {Code::permission_denied,
              begin + "this user may not use the port; set " + config_key + " to one above 1023"};
    default:
      return {Code::unavailable, begin + (error == 0 ? "gRPC refused it" : std::generic_category().message(error))};
  }
}

}  // namespace

GrpcServer::GrpcServer(std::unique_ptr<grpc::Server> server, std::uint16_t port)
    : server_(std::move(server)), port_(port) {}

GrpcServer::~GrpcServer() { stop(0); }

Result<std::unique_ptr<GrpcServer>> GrpcServer::start(const process::HostPort& listen, const std::string& config_key,
                                                      const std::vector<grpc::Service*>& services) {
  static std::once_flag once;
  std::call_once(once, [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(listen.text(), grpc::InsecureServerCredentials(), &port);
  // Two nodes on one port would share its connections.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetMaxReceiveMessageSize(request_bytes_max);
  // An edge or watcher whose machine is gone is noticed, and one that asks often is let be.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 20000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5000);
  for (grpc::Service* service : services) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server || port == 0) {
    if (server) server->Shutdown();
    return listen_error(listen, config_key);
  }
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(server), static_cast<std::uint16_t>(port)));
}

void GrpcServer::set_serving(bool serving) {
  if (auto* health = server_->GetHealthCheckService()) health->SetServingStatus(serving);
}

void GrpcServer::stop(Ms grace_ms) {
  if (stopped_) return;
  stopped_ = true;
  server_->Shutdown(process::rpc_deadline(grace_ms));
  server_->Wait();
}

}  // namespace rf::node
