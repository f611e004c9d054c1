#pragma once
#include <grpcpp/client_context.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/time.hpp"
#include "ringfence/v1/edge.grpc.pb.h"

namespace rf::node {

namespace api = ringfence::v1;

/// One edge's stream.
class EdgeClient {
 public:
  EdgeClient(api::EdgeService::Stub& stub, std::unique_ptr<grpc::ClientContext> context)
      : context_(std::move(context)), stream_(stub.Attach(context_.get())) {}
  ~EdgeClient() { context_->TryCancel(); }

  void send(const api::EdgeMessage& message) { stream_->Write(message); }
  void attach(std::uint64_t epoch) {
    attach(epoch, [](api::Attach&) {});
  }
  void attach(std::uint64_t epoch, const std::function<void(api::Attach&)>& change) {
    api::EdgeMessage message;
    api::Attach& attach = *message.mutable_attach();
    attach.set_edge("edge-1");
    attach.set_epoch(epoch);
    attach.set_boot_id("boot-1");
    attach.set_clock_ms(5000);
    attach.set_protocol_version(1);
    change(attach);
    send(message);
  }
  void heartbeat(Ms clock_ms) {
    api::EdgeMessage message;
    message.mutable_heartbeat()->set_clock_ms(clock_ms);
    send(message);
  }
  void event(const std::string& account, std::uint64_t epoch, std::uint64_t n,
             const std::function<void(api::EdgeEvent&)>& fill) {
    api::EdgeMessage message;
    api::EdgeEvent& event = *message.mutable_event();
    event.set_account_id(account);
    event.set_epoch(epoch);
    event.set_n(n);
    fill(event);
    send(message);
  }

  std::optional<api::NodeMessage> any() {
    api::NodeMessage message;
    if (!stream_->Read(&message)) return std::nullopt;
    return message;
  }
  /// Reads on until a message of that case; the ones before are kept in `others`.
  std::optional<api::NodeMessage> next(api::NodeMessage::MessageCase wanted) {
    api::NodeMessage message;
    while (stream_->Read(&message)) {
      if (message.message_case() == wanted) return message;
      others.push_back(message);
    }
    return std::nullopt;
  }
  /// The next order that was not given yet, whether it comes alone or in a sync.
  std::optional<api::OrderBody> next_order() {
    while (orders_.empty()) {
      const auto message = any();
      if (!message) return std::nullopt;
      if (message->has_order()) add(message->order().body());
      for (const api::OrderBody& body : message->sync().orders()) add(body);
    }
    const api::OrderBody order = orders_.front();
    orders_.pop_front();
    return order;
  }
  grpc::Status status() {
    api::NodeMessage message;
    while (stream_->Read(&message)) others.push_back(message);
    return stream_->Finish();
  }

  std::vector<api::NodeMessage> others;

 private:
  void add(const api::OrderBody& body) {
    if (seen_.insert(body.SerializeAsString()).second) orders_.push_back(body);
  }

  std::set<std::string> seen_;
  std::deque<api::OrderBody> orders_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReaderWriter<api::EdgeMessage, api::NodeMessage>> stream_;
};

}  // namespace rf::node
