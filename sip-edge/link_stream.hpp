#pragma once
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "process/grpc_stream.hpp"
#include "ringfence/v1/edge.grpc.pb.h"
#include "sip-edge/wire.hpp"

namespace rf::edge {

class LinkStream;

/// Who owns a stream. Called on the SIP thread, in order, never from inside a call of the stream.
class LinkStreamListener {
 public:
  virtual ~LinkStreamListener() = default;
  virtual void on_said(LinkStream& stream, wire::NodeSays said) = 0;
  /// A message that makes no sense was dropped.
  virtual void on_nonsense(LinkStream& stream, std::string what) = 0;
  /// There is room again after a push was refused.
  virtual void on_room(LinkStream& stream) = 0;
  /// The last call about this stream.
  virtual void on_ended(LinkStream& stream, grpc::Status status) = 0;
};

/// How many streams gRPC still has in hand.
class LiveStreams {
 public:
  void add();
  void remove();
  /// Until there is none.
  void wait();

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ = 0;
};

/// What all streams of one link share.
struct LinkStreamSetup {
  EdgeName self;
  /// Runs a closure on the SIP thread.
  std::function<void(std::function<void()>)> post;
  std::shared_ptr<LiveStreams> live;
  process::StreamLimits limits;
};

/// One stream to one node, from Attach to its end. Conversion runs on gRPC's threads, everything else is passed on to the
/// SIP thread, at most `limits.read_credit` messages at a time.
class LinkStream final : public process::ClientBidiStream<ringfence::v1::EdgeMessage, ringfence::v1::NodeMessage> {
 public:
  /// A listener that is gone hears nothing.
  LinkStream(const LinkStreamSetup& setup, std::weak_ptr<LinkStreamListener> listener);

  /// Begins with `first` as the first message. `token` is sent as the caller's proof. Once.
  void attach(ringfence::v1::EdgeService::Stub& stub, const std::string& token, ringfence::v1::EdgeMessage first);

 private:
  void on_message(ringfence::v1::NodeMessage message) override;
  void on_writable() override;
  void on_closed(const grpc::Status& status) override;

  const LinkStreamSetup setup_;
  const std::weak_ptr<LinkStreamListener> listener_;
};

}  // namespace rf::edge
