#include "sip-edge/link_stream.hpp"

#include <utility>

namespace rf::edge {

void LiveStreams::add() {
  const std::lock_guard lock(mutex_);
  ++count_;
}

void LiveStreams::remove() {
  const std::lock_guard lock(mutex_);
  if (--count_ == 0) none_.notify_all();
}

void LiveStreams::wait() {
  std::unique_lock lock(mutex_);
  none_.wait(lock, [this] { return count_ == 0; });
}

LinkStream::LinkStream(const LinkStreamSetup& setup, std::weak_ptr<LinkStreamListener> listener)
    : ClientBidiStream(setup.limits), setup_(setup), listener_(std::move(listener)) {}

void LinkStream::attach(ringfence::v1::EdgeService::Stub& stub, const std::string& token,
                        ringfence::v1::EdgeMessage first) {
  context().AddMetadata("authorization", "Bearer " + token);
  setup_.live->add();
  begin([&](auto* context, auto* reactor) { stub.async()->Attach(context, reactor); });
  push(std::move(first));
}

void LinkStream::on_message(ringfence::v1::NodeMessage message) {
  Result<wire::NodeSays> said = wire::read(message, setup_.self);
  setup_.post([self = shared_from_this(), this, said = std::move(said)]() mutable {
    if (const auto listener = listener_.lock()) {
      if (said)
        listener->on_said(*this, std::move(said).value());
      else
        listener->on_nonsense(*this, said.error().what);
    }
    grant(1);
  });
}

void LinkStream::on_writable() {
  setup_.post([self = shared_from_this(), this] {
    if (const auto listener = listener_.lock()) listener->on_room(*this);
  });
}

void LinkStream::on_closed(const grpc::Status& status) {
  setup_.post([self = shared_from_this(), this, status] {
    if (const auto listener = listener_.lock()) listener->on_ended(*this, status);
  });
  setup_.live->remove();
}

}  // namespace rf::edge
