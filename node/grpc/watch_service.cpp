#include "node/grpc/watch_service.hpp"

#include <utility>

#include "node/lookup.hpp"
#include "process/grpc_stream.hpp"

namespace rf::node {

namespace {

constexpr std::string_view method_name = "WatchService/Watch";
constexpr process::StreamLimits limits_of_stream = {
    .queue_messages_max = 256, .queue_bytes_max = 8u << 20, .read_credit = 0};

}  // namespace

class WatchService::Stream final : public process::ServerWriteStream<api::WatchFrame>, public WatchLine {
 public:
  Stream(WatchHub& hub, grpc::CallbackServerContext& context)
      : ServerWriteStream(context, limits_of_stream), hub_(hub) {}

  void watch(AccountId account, std::uint64_t after_seq) {
    watcher_ =
        std::make_shared<Watcher>(hub_, account, after_seq, std::static_pointer_cast<Stream>(shared_from_this()));
    hub_.add(watcher_);
  }

  bool send(api::WatchFrame frame) override { return push(std::move(frame)); }
  void fail(const Error& error) override { finish(rf::node::status_of(error)); }

 private:
  void on_writable() override { watcher_->writable(); }
  void on_closed() override {
    // The watcher holds this stream.
    const auto watcher = std::exchange(watcher_, nullptr);
    hub_.remove(watcher);
  }

  WatchHub& hub_;
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
  if (const auto known = parts_.journal.read(*account, [](const core::Account&) {}); !known)
    return refuse(known.error());
  parts_.table.count(method_name, Code::ok);
  const auto stream = std::make_shared<Stream>(parts_.hub, *context);
  stream->open();
  stream->watch(*account, request->after_seq());
  return stream.get();
}

}  // namespace rf::node
