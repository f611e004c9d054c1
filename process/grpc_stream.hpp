#pragma once
#include <grpcpp/client_context.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "process/stream_engine.hpp"

/// Back-pressured streams over gRPC's callback API. A stream is made by `std::make_shared`, holds itself from `open` or
/// `begin` until gRPC is done with it, and may be held longer by others: then its calls do nothing.
/// The `on_...` of one stream: on_message and on_reads_done follow one another, on_writable may run beside them,
/// on_closed comes once and last. They run on gRPC's threads, must not block and must not throw; every call of the
/// stream is allowed in them. None of them runs inside a call of the stream, so the caller may hold a lock of its own.
namespace rf::process {

/// How gRPC is told that more follows: it sends nothing until a message without the hint, or the end.
inline grpc::WriteOptions write_options(StreamTransport::Flush flush) {
  grpc::WriteOptions options;
  if (flush == StreamTransport::Flush::later) options.set_buffer_hint();
  return options;
}

/// What all streams share: the engine and the stream's hold on itself.
template <class Reactor>
class StreamBase : public Reactor, public std::enable_shared_from_this<StreamBase<Reactor>>, protected StreamTransport {
 public:
  /// Lets `n` more messages be read; without credit nothing is read and the peer is held back by flow control.
  void grant(std::size_t n) {
    const auto alive = this->shared_from_this();
    engine_.grant(n);
  }

 protected:
  StreamBase(StreamSide side, const StreamLimits& limits) : engine_(side, limits, *this) {}

  /// There is room again after a push was refused.
  virtual void on_writable() {}

  template <class Message>
  bool queue(Message message) {
    const auto alive = this->shared_from_this();
    return engine_.push(std::make_unique<Message>(std::move(message)));
  }
  void written(bool ok) {
    const auto alive = this->shared_from_this();
    if (engine_.write_done(ok)) on_writable();
  }

  void start_read() override {}
  void start_write(const google::protobuf::MessageLite&, StreamTransport::Flush) override {}
  void start_half_close() override {}

  StreamEngine engine_;
  /// Set from start to OnDone.
  std::shared_ptr<StreamBase> self_;
};

/// Adds the reading of messages.
template <class Reactor, class In>
class ReadingStream : public StreamBase<Reactor> {
 protected:
  using StreamBase<Reactor>::StreamBase;

  /// The next message. It used one credit: grant(1) when another may come.
  virtual void on_message(In message) = 0;
  /// The peer will send no more. A client's stream then ends by itself.
  virtual void on_reads_done() {}

 private:
  void OnReadDone(bool ok) final {
    const auto alive = this->shared_from_this();
    if (!ok)
      on_reads_done();
    else if (!this->engine_.over())
      on_message(std::exchange(incoming_, In()));
    this->engine_.read_done(ok);
  }
  void start_read() final { this->StartRead(&incoming_); }

  In incoming_;
};

/// Adds a server's end of the call.
template <class Base>
class ServerStream : public Base {
 public:
  /// Starts; then the service method returns the raw pointer to gRPC. Once, in that method.
  void open() {
    this->self_ = this->shared_from_this();
    this->engine_.start();
  }
  /// Writes what is queued, then ends the call with `status`. The first status counts. Any thread.
  void finish(grpc::Status status) {
    const auto alive = this->shared_from_this();
    decide(std::move(status));
    this->engine_.finish();
  }
  /// Ends the call without what is queued: with `status`, or as cancelled when a slow client blocks a write. Any thread.
  void abort(grpc::Status status) {
    const auto alive = this->shared_from_this();
    decide(std::move(status));
    this->engine_.abort();
  }

 protected:
  ServerStream(grpc::CallbackServerContext& context, const StreamLimits& limits)
      : Base(StreamSide::server, limits), context_(context) {}

  /// The call is over and its context is about to go.
  virtual void on_closed() {}

 private:
  void decide(grpc::Status status) {
    const std::lock_guard lock(status_mutex_);
    if (!status_) status_ = std::move(status);
  }
  void OnCancel() final {
    const auto alive = this->shared_from_this();
    this->engine_.cancelled();
  }
  void OnDone() final {
    const auto alive = std::move(this->self_);
    on_closed();
  }
  void start_close() final {
    decide(grpc::Status::CANCELLED);
    std::unique_lock lock(status_mutex_);
    grpc::Status status = *status_;
    lock.unlock();
    this->Finish(std::move(status));
  }
  void start_cancel() final { context_.TryCancel(); }

  grpc::CallbackServerContext& context_;
  std::mutex status_mutex_;
  std::optional<grpc::Status> status_;
};

/// Adds a client's end of the call. Whoever owns the channel keeps it until on_closed and drops it on a thread of its own:
/// the end of the last channel waits for gRPC's threads, and one of them would wait for itself.
template <class Base>
class ClientStream : public Base {
 public:
  /// For metadata and a deadline, before `begin`.
  grpc::ClientContext& context() { return *context_; }

  /// Makes the call: `call(context, reactor)` is the stub's asynchronous method. Once.
  template <class Call>
  void begin(Call&& call) {
    this->self_ = this->shared_from_this();
    std::forward<Call>(call)(&*context_, this);
    // Operations start from outside of reactions too, so gRPC must not end the stream before we let go (start_close).
    this->AddHold();
    this->engine_.start();
    this->StartCall();
  }
  /// Ends the call at once; on_closed follows. Any thread, after `begin`.
  void cancel() {
    const auto alive = this->shared_from_this();
    this->engine_.abort();
  }

 protected:
  explicit ClientStream(const StreamLimits& limits) : Base(StreamSide::client, limits) {}

  /// The call is over. While the consumer grants no credit the server's end is not seen.
  virtual void on_closed(const grpc::Status& status) = 0;

 private:
  void OnDone(const grpc::Status& status) final {
    const auto alive = std::move(this->self_);
    // It holds the channel, which its owner may drop as soon as on_closed has told it.
    context_.reset();
    on_closed(status);
  }
  void start_close() final { this->RemoveHold(); }
  void start_cancel() final { context_->TryCancel(); }

  /// None after the end.
  std::optional<grpc::ClientContext> context_{std::in_place};
};

/// A server's side of a bidirectional stream.
template <class In, class Out>
class ServerBidiStream : public ServerStream<ReadingStream<grpc::ServerBidiReactor<In, Out>, In>> {
 public:
  /// Queues a message; false when the queue is full (on_writable will follow) or the stream is ending. Any thread.
  bool push(Out message) { return this->queue(std::move(message)); }

 protected:
  using ServerStream<ReadingStream<grpc::ServerBidiReactor<In, Out>, In>>::ServerStream;

  /// The client has half-closed: ends the call with OK unless overridden.
  void on_reads_done() override { this->finish(grpc::Status::OK); }

 private:
  void OnWriteDone(bool ok) final { this->written(ok); }
  void start_write(const google::protobuf::MessageLite& message, StreamTransport::Flush flush) final {
    this->StartWrite(static_cast<const Out*>(&message), write_options(flush));
  }
};

/// A server's side of a stream of answers to one request.
template <class Out>
class ServerWriteStream : public ServerStream<StreamBase<grpc::ServerWriteReactor<Out>>> {
 public:
  /// Queues a message; false when the queue is full (on_writable will follow) or the stream is ending. Any thread.
  bool push(Out message) { return this->queue(std::move(message)); }

 protected:
  /// `limits.read_credit` has no meaning here.
  ServerWriteStream(grpc::CallbackServerContext& context, StreamLimits limits)
      : ServerStream<StreamBase<grpc::ServerWriteReactor<Out>>>(context, without_credit(limits)) {}

 private:
  static StreamLimits without_credit(StreamLimits limits) {
    limits.read_credit = 0;
    return limits;
  }
  void OnWriteDone(bool ok) final { this->written(ok); }
  void start_write(const google::protobuf::MessageLite& message, StreamTransport::Flush flush) final {
    this->StartWrite(static_cast<const Out*>(&message), write_options(flush));
  }
};

/// A client's side of a bidirectional stream.
template <class Out, class In>
class ClientBidiStream : public ClientStream<ReadingStream<grpc::ClientBidiReactor<Out, In>, In>> {
 public:
  /// Queues a message; false when the queue is full (on_writable will follow) or the stream is ending. Any thread,
  /// after `begin`.
  bool push(Out message) { return this->queue(std::move(message)); }
  /// Writes what is queued, then tells the server that no more will come. Any thread, after `begin`.
  void half_close() {
    const auto alive = this->shared_from_this();
    this->engine_.finish();
  }

 protected:
  using ClientStream<ReadingStream<grpc::ClientBidiReactor<Out, In>, In>>::ClientStream;

 private:
  void OnWriteDone(bool ok) final { this->written(ok); }
  void start_write(const google::protobuf::MessageLite& message, StreamTransport::Flush flush) final {
    this->StartWrite(static_cast<const Out*>(&message), write_options(flush));
  }
  void start_half_close() final { this->StartWritesDone(); }
};

/// A client's side of a stream of answers to one request.
template <class In>
class ClientReadStream : public ClientStream<ReadingStream<grpc::ClientReadReactor<In>, In>> {
 protected:
  using ClientStream<ReadingStream<grpc::ClientReadReactor<In>, In>>::ClientStream;
};

/// A call that ends with `status` before it begins, for a service method to return: `Reactor` is the one gRPC asks for.
template <class Reactor>
Reactor* refuse_call(grpc::Status status) {
  class Refused final : public Reactor {
   public:
    explicit Refused(grpc::Status why) { this->Finish(std::move(why)); }
    void OnDone() override { delete this; }
  };
  return new Refused(std::move(status));
}

}  // namespace rf::process
