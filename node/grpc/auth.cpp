#include "node/grpc/auth.hpp"

#include <string>
#include <string_view>

namespace rf::node {

Result<void> authenticate(const Tokens& tokens, Audience audience, const grpc::ServerContextBase& context) {
  constexpr std::string_view scheme = "Bearer ";
  const bool edges = audience == Audience::edges;
  const std::string file = edges ? "edge.token" : "client.token";
  const std::string advice = ": send the text of this node's " + file + " as metadata \"authorization: Bearer TOKEN\"";
  const auto& metadata = context.client_metadata();
  const auto sent = metadata.find("authorization");
  if (sent == metadata.end()) return Error{Code::unauthenticated, "the call has no token" + advice};
  std::string_view value(sent->second.data(), sent->second.size());
  if (value.substr(0, scheme.size()) != scheme)
    return Error{Code::unauthenticated, "the call's authorization is no bearer token" + advice};
  value.remove_prefix(scheme.size());
  if (!(edges ? tokens.edge : tokens.client).matches(value))
    return Error{Code::unauthenticated, "the call's token is not the one of this node's " + file + advice};
  return {};
}

}  // namespace rf::node
