#pragma once
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "core/base/result.hpp"
#include "core/base/time.hpp"
#include "process/secrets.hpp"
#include "tools/ringfencectl/interrupt.hpp"

namespace rf::ctl {

/// Whether nothing came back from the node, as opposed to a refusal by it.
bool no_answer(Code code);

/// Calls to one node with the client's token. One thread, but for watching.
class Session {
 public:
  struct Options {
    std::string server;
    std::string token_file;
    /// As given; empty: the only account that the node has.
    std::string account;
    Ms timeout_ms = 10 * second_ms;
  };

  /// Errors of reading the token file, which say how to name another.
  static Result<Session> open(Options options, Interrupt& interrupt);

  /// One request; errors carry the node's code and sentence. `call<api::AgentService>(&api::AgentService::Stub::Login, request)`.
  template <class Service, class Request, class Reply>
  Result<Reply> call(grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
                     const Request& request) {
    const auto context = new_context();
    context->set_deadline(deadline());
    typename Service::Stub stub(channel_);
    Reply reply;
    const grpc::Status status = (stub.*method)(context.get(), request, &reply);
    if (!status.ok()) return error_of(status, *context);
    return reply;
  }

  /// The account to ask for. Errors: failed_precondition when none was named and the node has none or several.
  Result<std::string> account();

  /// With the token, without a deadline.
  std::unique_ptr<grpc::ClientContext> new_context() const;
  Interrupt& interrupt() { return *interrupt_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  Error error_of(const grpc::Status& status, const grpc::ClientContext& context) const;

 private:
  Session(Options options, process::Secret token, Interrupt& interrupt);
  std::chrono::system_clock::time_point deadline() const;

  Options options_;
  process::Secret token_;
  Interrupt* interrupt_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace rf::ctl
