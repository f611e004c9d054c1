#include "node/grpc/method_table.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "ringfence/v1/account.pb.h"
#include "ringfence/v1/agent.pb.h"
#include "ringfence/v1/call.pb.h"
#include "ringfence/v1/cluster.pb.h"
#include "ringfence/v1/edge.pb.h"
#include "ringfence/v1/queue.pb.h"
#include "ringfence/v1/report.pb.h"
#include "ringfence/v1/watch.pb.h"

namespace rf::node {

namespace {

/// For callers that set no deadline, and the most that any call waits.
constexpr Ms patience_max_ms = 30 * second_ms;
/// An answer at the deadline would come too late: it is given so much earlier.
constexpr Ms answer_margin_ms = 100;

}  // namespace

std::vector<std::string> api_method_names() {
  using namespace ringfence::v1;
  const std::array files = {GetAccountRequest::descriptor()->file(), GetAgentRequest::descriptor()->file(),
                            ListQueuesRequest::descriptor()->file(), ListCallsRequest::descriptor()->file(),
                            WatchRequest::descriptor()->file(),      ListFactsRequest::descriptor()->file(),
                            GetHealthRequest::descriptor()->file(),  EdgeMessage::descriptor()->file()};
  std::vector<std::string> names;
  for (const auto* file : files)
    for (int s = 0; s < file->service_count(); ++s)
      for (int m = 0; m < file->service(s)->method_count(); ++m)
        names.push_back(file->service(s)->name() + "/" + file->service(s)->method(m)->name());
  return names;
}

Result<void> MethodTable::admit(Audience audience, Effect effect, const grpc::ServerContextBase& context) const {
  if (const auto known = authenticate(parts_.tokens, audience, context); !known) return known;
  if (draining_ && effect == Effect::changes)
    return Error{Code::unavailable, "this node is shutting down: ask again in a moment"};
  return {};
}

void MethodTable::count(std::string_view name, Code code) const {
  parts_.metrics.counter(process::Metric::api_requests, {name, name_of(code)}).add(1);
}

Ms MethodTable::patience_ms(const grpc::CallbackServerContext& context) const {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(context.deadline() - std::chrono::system_clock::now());
  const Ms left_ms = std::clamp<Ms>(left.count(), 0, patience_max_ms + answer_margin_ms);
  return left_ms - std::min(answer_margin_ms, left_ms / 10);
}

void MethodTable::Unary::open(Ms patience_ms, Error late) {
  self_ = shared_from_this();
  alarm_ = table_.parts_.timer.post_after(patience_ms, [held = weak_from_this(), late = std::move(late)] {
    if (const auto call = held.lock()) call->fail(late);
  });
}

void MethodTable::Unary::fail(const Error& error) {
  if (!take()) return;
  context_.AddTrailingMetadata(code_metadata_key, std::string(name_of(error.code)));
  end(status_of(error), error.code);
}

void MethodTable::Unary::end(const grpc::Status& status, Code code) {
  // Finish may end this object on another thread before it returns.
  const auto alive = shared_from_this();
  table_.parts_.timer.cancel(alarm_);
  table_.count(name_, code);
  Finish(status);
}

}  // namespace rf::node
