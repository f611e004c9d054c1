#pragma once
#include <grpcpp/server_context.h>

#include <cstdint>

#include "core/base/result.hpp"
#include "process/secrets.hpp"

namespace rf::node {

/// Who may call a method.
enum class Audience : std::uint8_t { clients, edges };

/// The tokens that this node takes. Both come from files (design: the first start creates them).
struct Tokens {
  process::Secret client;
  process::Secret edge;
};

/// Whether the call carries the token of its audience as metadata `authorization: Bearer TOKEN`, compared in constant time.
/// unauthenticated says which file holds it. The one place that decides who may call. Any thread.
Result<void> authenticate(const Tokens& tokens, Audience audience, const grpc::ServerContextBase& context);

}  // namespace rf::node
