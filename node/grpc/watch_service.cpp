#include "node/grpc/watch_service.hpp"

#include <algorithm>
#include <utility>

#include "node/lookup.hpp"
#include "process/grpc_stream.hpp"

namespace rf::node {

namespace {

constexpr std::string_view method_name = "WatchService/Watch";
constexpr process::StreamLimits limits_of_stream = {
    .queue_messages_max = 256, .queue_bytes_max = 8u << 20, .read_credit = 0};

template <class Rows, class Foreign>
void drop(Rows& rows, const Foreign& foreign) {
  rows.erase(std::remove_if(rows.begin(), rows.end(), foreign), rows.end());
}

/// Leaves what concerns that agent; false: nothing of these facts does.
bool keep_only(const std::string& agent, api::WatchFrame& frame) {
  if (frame.has_deltas()) {
    auto& facts = *frame.mutable_deltas()->mutable_facts();
    drop(facts, [&](const api::Fact& fact) { return fact.agent_id() != agent; });
    return !facts.empty();
  }
  if (!frame.has_snapshot()) return true;
  api::SnapshotPart& part = *frame.mutable_snapshot();
  part.clear_queues();
  drop(*part.mutable_agents(), [&](const api::Agent& row) { return row.definition().id() != agent; });
  drop(*part.mutable_calls(), [&](const api::Call& row) {
    const auto mine = [&](const api::Offer& offer) { return offer.agent_id() == agent; };
    return std::none_of(row.offers().begin(), row.offers().end(), mine);
  });
  return true;
}

}  // namespace

class WatchService::Stream final : public process::ServerWriteStream<api::WatchFrame>, public WatchLine {
 public:
  /// `agent`: the only one whose rows and facts are sent; empty: all are.
  Stream(WatchHub& hub, grpc::CallbackServerContext& context, std::string agent)
      : ServerWriteStream(context, limits_of_stream), hub_(hub), agent_(std::move(agent)) {}

  void watch(AccountId account, std::uint64_t after_seq) {
    watcher_ =
        std::make_shared<Watcher>(hub_, account, after_seq, std::static_pointer_cast<Stream>(shared_from_this()));
    hub_.add(watcher_);
  }

  bool send(api::WatchFrame frame) override {
    return (!agent_.empty() && !keep_only(agent_, frame)) || push(std::move(frame));
  }
  void fail(const Error& error) override { finish(rf::node::status_of(error)); }

 private:
  void on_writable() override { watcher_->writable(); }
  void on_closed() override {
    // The watcher holds this stream.
    const auto watcher = std::exchange(watcher_, nullptr);
    hub_.remove(watcher);
  }

  WatchHub& hub_;
  const std::string agent_;
  /// From before open() to the end of the stream.
  std::shared_ptr<Watcher> watcher_;
};

grpc::ServerWriteReactor<api::WatchFrame>* WatchService::Watch(grpc::CallbackServerContext* context,
                                                               const api::WatchRequest* request) {
  const auto refuse = [&](const Error& error) {
    parts_.table.count(method_name, error.code);
    return process::refuse_call<grpc::ServerWriteReactor<api::WatchFrame>>(rf::node::status_of(error));
  };
  if (const auto admitted = parts_.table.admit(Audience::clients, Effect::changes, *context); !admitted)
    return refuse(admitted.error());
  const auto account = find_account(parts_.directory, request->account());
  if (!account) return refuse(account.error());
  Result<AgentId> agent = AgentId();
  const auto known = parts_.journal.read(*account, [&](const core::Account& rows) {
    if (!request->agent().empty()) agent = find_agent(rows, request->agent());
  });
  if (!known) return refuse(known.error());
  if (!agent) return refuse(agent.error());
  parts_.table.count(method_name, Code::ok);
  const auto stream = std::make_shared<Stream>(parts_.hub, *context, agent->set() ? agent->text() : "");
  stream->open();
  stream->watch(*account, request->after_seq());
  return stream.get();
}

}  // namespace rf::node
