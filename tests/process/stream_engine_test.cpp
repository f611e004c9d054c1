#include "process/stream_engine.hpp"

#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rf::process {
namespace {

using google::protobuf::StringValue;

std::unique_ptr<StringValue> message(const std::string& text) {
  auto value = std::make_unique<StringValue>();
  value->set_value(text);
  return value;
}

/// Writes down what the engine starts.
class Recorder final : public StreamTransport {
 public:
  void start_read() override { note("read"); }
  void start_write(const google::protobuf::MessageLite& sent, Flush flush) override {
    note("write " + static_cast<const StringValue&>(sent).value());
    flushes.push_back(flush);
  }
  void start_half_close() override { note("half_close"); }
  void start_close() override { note("close"); }
  void start_cancel() override { note("cancel"); }

  std::vector<Flush> flushes;
  /// What was started since the last call.
  std::vector<std::string> take() { return std::exchange(started_, {}); }

 private:
  void note(std::string step) { started_.push_back(std::move(step)); }
  std::vector<std::string> started_;
};

using Steps = std::vector<std::string>;

struct Fixture {
  explicit Fixture(StreamSide side, StreamLimits limits = {}) : engine(side, limits, recorder) {}
  Recorder recorder;
  StreamEngine engine;
};

TEST(StreamEngine, MessagesThatWaitedLeaveTogetherAndTheLastOneFlushes) {
  using Flush = StreamTransport::Flush;
  Fixture f(StreamSide::server);
  for (const char* text : {"a", "b", "c"}) EXPECT_TRUE(f.engine.push(message(text)));
  // The first found the stream idle, and must not wait for anybody.
  EXPECT_EQ(f.recorder.flushes, std::vector{Flush::now});
  (void)f.engine.write_done(true);
  (void)f.engine.write_done(true);
  EXPECT_EQ(f.recorder.flushes, (std::vector{Flush::now, Flush::later, Flush::now}));
  (void)f.engine.write_done(true);
  EXPECT_TRUE(f.engine.push(message("d")));
  EXPECT_EQ(f.recorder.flushes.back(), Flush::now);
}

TEST(StreamEngine, ReadsOnCreditOnly) {
  Fixture f(StreamSide::server, {.read_credit = 2});
  f.engine.start();
  EXPECT_EQ(f.recorder.take(), Steps{"read"});
  f.engine.read_done(true);
  EXPECT_EQ(f.recorder.take(), Steps{"read"});
  f.engine.read_done(true);
  EXPECT_EQ(f.recorder.take(), Steps{});
  f.engine.grant(1);
  EXPECT_EQ(f.recorder.take(), Steps{"read"});
  f.engine.grant(1);
  EXPECT_EQ(f.recorder.take(), Steps{});
  f.engine.read_done(true);
  EXPECT_EQ(f.recorder.take(), Steps{"read"});
}

TEST(StreamEngine, NeverReadsAgainAfterTheEnd) {
  Fixture f(StreamSide::server);
  f.engine.start();
  f.recorder.take();
  f.engine.read_done(false);
  f.engine.grant(5);
  EXPECT_EQ(f.recorder.take(), Steps{});
}

TEST(StreamEngine, WritesOneAtATimeInOrder) {
  Fixture f(StreamSide::server);
  EXPECT_TRUE(f.engine.push(message("a")));
  EXPECT_TRUE(f.engine.push(message("b")));
  EXPECT_EQ(f.recorder.take(), Steps{"write a"});
  EXPECT_FALSE(f.engine.write_done(true));
  EXPECT_EQ(f.recorder.take(), Steps{"write b"});
}

TEST(StreamEngine, RefusesWhenFullAndTellsOnceWhenThereIsRoom) {
  Fixture f(StreamSide::server, {.queue_messages_max = 4});
  for (const char* text : {"a", "b", "c", "d"}) EXPECT_TRUE(f.engine.push(message(text)));
  EXPECT_FALSE(f.engine.push(message("e")));
  EXPECT_FALSE(f.engine.write_done(true));
  EXPECT_FALSE(f.engine.write_done(true));
  EXPECT_TRUE(f.engine.write_done(true));
  EXPECT_FALSE(f.engine.write_done(true));
}

TEST(StreamEngine, BoundsBytesButTakesOneLargeMessage) {
  Fixture f(StreamSide::server, {.queue_bytes_max = 100});
  EXPECT_TRUE(f.engine.push(message(std::string(1000, 'x'))));
  EXPECT_FALSE(f.engine.push(message("a")));
  EXPECT_TRUE(f.engine.write_done(true));
  EXPECT_TRUE(f.engine.push(message(std::string(60, 'x'))));
  EXPECT_FALSE(f.engine.push(message(std::string(60, 'x'))));
  EXPECT_TRUE(f.engine.push(message("small")));
}

TEST(StreamEngine, AServerFinishesAfterItsQueue) {
  Fixture f(StreamSide::server);
  f.engine.push(message("a"));
  f.engine.push(message("b"));
  f.engine.finish();
  EXPECT_FALSE(f.engine.push(message("c")));
  EXPECT_EQ(f.recorder.take(), Steps{"write a"});
  EXPECT_FALSE(f.engine.write_done(true));
  EXPECT_FALSE(f.engine.write_done(true));
  EXPECT_EQ(f.recorder.take(), (Steps{"write b", "close"}));
  f.engine.finish();
  f.engine.abort();
  f.engine.cancelled();
  EXPECT_EQ(f.recorder.take(), Steps{});
}

TEST(StreamEngine, AServerThatAbortsCancelsOnlyABlockedWrite) {
  Fixture idle(StreamSide::server);
  idle.engine.abort();
  EXPECT_EQ(idle.recorder.take(), Steps{"close"});

  Fixture busy(StreamSide::server);
  busy.engine.push(message("a"));
  busy.engine.push(message("b"));
  busy.engine.abort();
  EXPECT_EQ(busy.recorder.take(), (Steps{"write a", "cancel"}));
  EXPECT_FALSE(busy.engine.write_done(false));
  EXPECT_EQ(busy.recorder.take(), Steps{"close"});
}

TEST(StreamEngine, AServerClosesOnceAfterCancellation) {
  Fixture f(StreamSide::server);
  f.engine.start();
  f.engine.push(message("a"));
  f.engine.push(message("b"));
  f.recorder.take();
  f.engine.cancelled();
  EXPECT_TRUE(f.engine.over());
  EXPECT_EQ(f.recorder.take(), Steps{});
  EXPECT_FALSE(f.engine.write_done(false));
  EXPECT_EQ(f.recorder.take(), Steps{"close"});
  f.engine.read_done(false);
  EXPECT_EQ(f.recorder.take(), Steps{});
}

TEST(StreamEngine, AServersFailedWriteEndsTheCall) {
  Fixture f(StreamSide::server);
  f.engine.push(message("a"));
  f.engine.push(message("b"));
  f.recorder.take();
  EXPECT_FALSE(f.engine.write_done(false));
  EXPECT_EQ(f.recorder.take(), Steps{"close"});
}

TEST(StreamEngine, AClientHalfClosesAndReadsOn) {
  Fixture f(StreamSide::client, {.read_credit = 2});
  f.engine.start();
  f.engine.push(message("a"));
  f.engine.finish();
  EXPECT_EQ(f.recorder.take(), (Steps{"read", "write a"}));
  EXPECT_FALSE(f.engine.write_done(true));
  EXPECT_EQ(f.recorder.take(), Steps{"half_close"});
  f.engine.read_done(true);
  EXPECT_EQ(f.recorder.take(), Steps{"read"});
  f.engine.read_done(false);
  EXPECT_EQ(f.recorder.take(), Steps{"close"});
}

TEST(StreamEngine, AClientWhoseWriteFailsReadsWhy) {
  Fixture f(StreamSide::client);
  f.engine.start();
  f.engine.push(message("a"));
  f.recorder.take();
  EXPECT_FALSE(f.engine.write_done(false));
  EXPECT_FALSE(f.engine.push(message("b")));
  EXPECT_EQ(f.recorder.take(), Steps{});
  f.engine.read_done(false);
  EXPECT_EQ(f.recorder.take(), Steps{"close"});
}

TEST(StreamEngine, AClientLetsGoAtOnceWhenItCancels) {
  Fixture f(StreamSide::client, {.read_credit = 0});
  f.engine.start();
  f.engine.push(message("a"));
  f.engine.abort();
  EXPECT_EQ(f.recorder.take(), (Steps{"write a", "cancel", "close"}));
  f.engine.abort();
  EXPECT_FALSE(f.engine.write_done(false));
  EXPECT_EQ(f.recorder.take(), Steps{});
}

/// A transport whose starts run their reactions before they return, as gRPC may.
class Inline final : public StreamTransport {
 public:
  void start_read() override {
    ++depth_;
    engine->read_done(++reads_ < 3);
    engine->cancelled();
    --depth_;
  }
  void start_write(const google::protobuf::MessageLite&, Flush) override {
    written_ += engine->write_done(true) ? 0 : 1;
  }
  void start_half_close() override {}
  void start_close() override {
    closed_inside_ = depth_ > 0;
    ++closed_;
  }
  void start_cancel() override {}

  StreamEngine* engine = nullptr;
  int reads_ = 0;
  int written_ = 0;
  int closed_ = 0;
  bool closed_inside_ = false;
  int depth_ = 0;
};

TEST(StreamEngine, ClosesOnlyAfterEveryOtherStartHasReturned) {
  Inline transport;
  StreamEngine engine(StreamSide::server, {.read_credit = 9}, transport);
  transport.engine = &engine;
  engine.start();
  EXPECT_EQ(transport.closed_, 1);
  EXPECT_FALSE(transport.closed_inside_);
  EXPECT_EQ(transport.reads_, 3);
}

TEST(StreamEngine, TakesReactionsInsideItsStarts) {
  Inline transport;
  StreamEngine engine(StreamSide::server, {.read_credit = 0}, transport);
  transport.engine = &engine;
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(engine.push(message("x")));
  EXPECT_EQ(transport.written_, 10);
  engine.finish();
  EXPECT_EQ(transport.closed_, 1);
}

}  // namespace
}  // namespace rf::process
