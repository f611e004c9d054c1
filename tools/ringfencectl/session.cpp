#include "tools/ringfencectl/session.hpp"

#include <array>
#include <utility>

#include "process/clock.hpp"
#include "ringfence/v1/account.grpc.pb.h"

namespace rf::ctl {

namespace {

namespace api = ringfence::v1;

/// The node's own name of the code travels beside the gRPC status, which several codes share.
constexpr const char* code_metadata_key = "ringfence-code";

constexpr std::array all_codes = {
    Code::invalid_argument, Code::not_found,         Code::already_exists,     Code::not_owner,   Code::stale_term,
    Code::overloaded,       Code::timeout,           Code::unknown_outcome,    Code::unavailable, Code::corrupt,
    Code::unauthenticated,  Code::permission_denied, Code::failed_precondition};

Code code_of(const grpc::Status& status, const grpc::ClientContext& context) {
  const auto& metadata = context.GetServerTrailingMetadata();
  if (const auto found = metadata.find(code_metadata_key); found != metadata.end())
    for (const Code code : all_codes)
      if (std::string_view(found->second.data(), found->second.size()) == name_of(code)) return code;
  switch (status.error_code()) {
    case grpc::StatusCode::INVALID_ARGUMENT: return Code::invalid_argument;
    case grpc::StatusCode::NOT_FOUND: return Code::not_found;
    case grpc::StatusCode::ALREADY_EXISTS: return Code::already_exists;
    case grpc::StatusCode::ABORTED: return Code::stale_term;
    case grpc::StatusCode::RESOURCE_EXHAUSTED: return Code::overloaded;
    case grpc::StatusCode::DEADLINE_EXCEEDED: return Code::timeout;
    case grpc::StatusCode::UNAVAILABLE: return Code::unavailable;
    case grpc::StatusCode::DATA_LOSS: return Code::corrupt;
    case grpc::StatusCode::UNAUTHENTICATED: return Code::unauthenticated;
    case grpc::StatusCode::PERMISSION_DENIED: return Code::permission_denied;
    case grpc::StatusCode::FAILED_PRECONDITION: return Code::failed_precondition;
    default: return Code::unknown_outcome;
  }
}

bool from_node(const grpc::ClientContext& context) {
  return context.GetServerTrailingMetadata().count(code_metadata_key) != 0;
}

}  // namespace

bool no_answer(Code code) {
  return code == Code::unavailable || code == Code::timeout || code == Code::unknown_outcome || code == Code::not_owner;
}

Session::Session(Options options, process::Secret token, Interrupt& interrupt)
    : options_(std::move(options)), token_(std::move(token)), interrupt_(&interrupt) {
  grpc::ChannelArguments arguments;
  // A node that was restarted is found again at once.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(64 << 20);
  channel_ = grpc::CreateCustomChannel(options_.server, grpc::InsecureChannelCredentials(), arguments);
}

Result<Session> Session::open(Options options, Interrupt& interrupt) {
  auto token = process::read_secret_file(options.token_file);
  if (!token)
    return Error{token.error().code, token.error().what +
                                         ". --token-file names another file: the node makes client.token in "
                                         "its data directory"};
  return Session(std::move(options), std::move(*token), interrupt);
}

std::unique_ptr<grpc::ClientContext> Session::new_context() const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->AddMetadata("authorization", "Bearer " + std::string(token_.reveal()));
  return context;
}

std::chrono::system_clock::time_point Session::deadline() const { return process::rpc_deadline(options_.timeout_ms); }

Error Session::error_of(const grpc::Status& status, const grpc::ClientContext& context) const {
  const Code code = code_of(status, context);
  if (from_node(context)) return {code, status.error_message()};
  if (code == Code::unavailable)
    return {code, "no node answers at " + options_.server + " (" + status.error_message() +
                      "). Is ringfenced running there? --server names another address"};
  if (code == Code::timeout)
    return {code, "the node at " + options_.server + " did not answer in time; --timeout allows more"};
  return {code, status.error_message()};
}

Result<std::string> Session::account() {
  if (!options_.account.empty()) return options_.account;
  const auto accounts = call<api::AccountService>(&api::AccountService::Stub::ListAccounts, api::ListAccountsRequest());
  if (!accounts) return accounts.error();
  if (accounts->accounts_size() == 0)
    return Error{Code::failed_precondition,
                 "the node has no account yet: import one with ringfencectl account import FILE"};
  if (accounts->accounts_size() == 1) return accounts->accounts(0).id();
  std::string keys;
  for (int i = 0; i < accounts->accounts_size() && i < 5; ++i)
    keys += (i == 0 ? "" : ", ") + accounts->accounts(i).key();
  return Error{Code::failed_precondition, "the node has " + std::to_string(accounts->accounts_size()) + " accounts (" +
                                              keys + (accounts->accounts_size() > 5 ? ", ..." : "") +
                                              "): name one by --account"};
}

}  // namespace rf::ctl
