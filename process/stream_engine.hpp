#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

namespace google::protobuf {
class MessageLite;
}

namespace rf::process {

/// What one stream may hold and how far it may run ahead of its consumer.
struct StreamLimits {
  /// Messages and bytes that wait to be written; one message alone may be larger.
  std::size_t queue_messages_max = 1024;
  std::size_t queue_bytes_max = 16 << 20;
  /// How many messages are read before the consumer first grants more.
  std::size_t read_credit = 1;
};

enum class StreamSide : std::uint8_t { server, client };

/// The operations of one gRPC stream, whatever its kind. The engine calls them without its lock held.
class StreamTransport {
 public:
  virtual ~StreamTransport() = default;
  virtual void start_read() = 0;
  /// `Flush::later`: another message follows at once, so that both may leave together.
  enum class Flush : std::uint8_t { now, later };
  virtual void start_write(const google::protobuf::MessageLite& message, Flush flush) = 0;
  /// Client: no more writes will come.
  virtual void start_half_close() = 0;
  /// The last operation: Finish on a server, giving up the hold on a client. The transport may end inside it.
  virtual void start_close() = 0;
  virtual void start_cancel() = 0;
};

/// Decides which operation of a stream starts when: one read and one write in flight, reads only on credit, a bounded
/// write queue, the close exactly once and after every other start has returned. Whoever calls keeps the transport
/// alive during the call. Any thread.
class StreamEngine {
 public:
  StreamEngine(StreamSide side, const StreamLimits& limits, StreamTransport& transport);
  ~StreamEngine();

  /// Begins to read on the credit of the limits.
  void start();
  /// Queues a message; false when the queue is full or the stream is ending: then the message is dropped.
  bool push(std::unique_ptr<google::protobuf::MessageLite> message);
  /// Lets `n` more messages be read.
  void grant(std::size_t n);
  /// Takes no more messages, writes what is queued, then ends: a server closes, a client half-closes and reads on.
  void finish();
  /// Drops what is queued and ends at once.
  void abort();

  /// The transport's reactions. `write_done` returns whether room was wanted and is there again (half of both limits).
  void read_done(bool ok);
  [[nodiscard]] bool write_done(bool ok);
  void cancelled();
  /// Whether the stream is broken or being ended, so that a message that still arrives is nobody's.
  bool over() const;

 private:
  enum class Step : std::uint8_t { none, read, write, half_close, close, cancel };

  Step next();
  void pump(std::unique_lock<std::mutex>& lock);
  void break_off();
  bool may_close() const;
  bool has_room(std::size_t bytes, std::size_t share) const;

  const StreamSide side_;
  const StreamLimits limits_;
  StreamTransport& transport_;
  mutable std::mutex mutex_;
  /// The front stays until its write is done.
  std::deque<std::unique_ptr<google::protobuf::MessageLite>> queue_;
  std::size_t queued_bytes_ = 0;
  std::size_t credit_ = 0;
  /// Operations decided whose start has not returned yet.
  int starting_ = 0;
  bool reading_ = false;
  bool read_over_ = false;
  bool writing_ = false;
  bool finishing_ = false;
  bool half_closed_ = false;
  /// Writes fail from now on; a client may still read.
  bool unwritable_ = false;
  bool broken_ = false;
  bool aborted_ = false;
  bool cancel_sent_ = false;
  bool closed_ = false;
  bool room_wanted_ = false;
};

}  // namespace rf::process
