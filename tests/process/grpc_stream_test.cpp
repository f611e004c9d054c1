#include "process/grpc_stream.hpp"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "echo.grpc.pb.h"
#include "process/clock.hpp"

namespace rf::process {
namespace {

using ringfence::test::Echo;
using ringfence::test::Ping;
using ringfence::test::Pong;

constexpr std::uint64_t events_count = 20'000;
constexpr std::chrono::seconds patience{60};
const std::string padding(200, 'p');

/// Counts the streams that live, and waits for things that other threads do.
class Watch {
 public:
  template <class Change>
  void change(Change&& change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }
  template <class Condition>
  bool wait(Condition&& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, condition);
  }
  int live = 0;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

class Counted {
 public:
  explicit Counted(Watch& watch) : watch_(watch) {
    watch_.change([&] { ++watch_.live; });
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() {
    watch_.change([&] { --watch_.live; });
  }

 private:
  Watch& watch_;
};

/// Answers each Ping; when the client does not take the answers, it stops to read.
class EchoStream final : public ServerBidiStream<Ping, Pong>, Counted {
 public:
  EchoStream(grpc::CallbackServerContext& context, const StreamLimits& limits, Watch& watch)
      : ServerBidiStream(context, limits), Counted(watch), watch_(watch) {}

  int refused = 0;

 private:
  void on_message(Ping ping) override {
    Pong pong;
    pong.set_n(ping.n());
    pong.set_padding(ping.padding());
    const std::lock_guard lock(mutex_);
    if (push(pong)) return grant(1);
    held_ = std::move(pong);
    watch_.change([&] { ++refused; });
  }
  void on_writable() override {
    const std::lock_guard lock(mutex_);
    if (!held_ || !push(*held_)) return;
    held_.reset();
    grant(1);
  }

  Watch& watch_;
  std::mutex mutex_;
  std::optional<Pong> held_;
};

/// Sends Pongs as fast as they are taken.
class CountStream final : public ServerWriteStream<Pong>, Counted {
 public:
  CountStream(grpc::CallbackServerContext& context, const StreamLimits& limits, Watch& watch, std::uint64_t count)
      : ServerWriteStream(context, limits), Counted(watch), count_(count) {}
  void send() { on_writable(); }

 private:
  void on_writable() override {
    const std::lock_guard lock(mutex_);
    for (; sent_ < count_; ++sent_) {
      Pong pong;
      pong.set_n(sent_);
      pong.set_padding(padding);
      if (!push(std::move(pong))) return;
    }
    finish(grpc::Status::OK);
  }

  std::mutex mutex_;
  const std::uint64_t count_;
  std::uint64_t sent_ = 0;
};

class EchoService final : public Echo::CallbackService {
 public:
  grpc::ServerBidiReactor<Ping, Pong>* Talk(grpc::CallbackServerContext* context) override {
    if (refuse)
      return refuse_call<grpc::ServerBidiReactor<Ping, Pong>>({grpc::StatusCode::UNAUTHENTICATED, "no token"});
    auto stream = std::make_shared<EchoStream>(*context, limits, watch);
    watch.change([&] { last = stream; });
    stream->open();
    return stream.get();
  }
  grpc::ServerWriteReactor<Pong>* Count(grpc::CallbackServerContext* context, const Ping* request) override {
    auto stream = std::make_shared<CountStream>(*context, limits, watch, request->n());
    stream->open();
    stream->send();
    return stream.get();
  }

  std::atomic<bool> refuse = false;
  StreamLimits limits{.queue_messages_max = 64, .queue_bytes_max = 1 << 20, .read_credit = 1};
  Watch watch;
  std::weak_ptr<EchoStream> last;
};

/// Takes Pongs with or without granting the next, and keeps what it saw.
template <class Base>
class Collecting : public Base, Counted {
 public:
  Collecting(const StreamLimits& limits, Watch& watch) : Base(limits), Counted(watch), watch_(watch) {}

  bool wait_received(std::uint64_t count) {
    return watch_.wait([&] { return received >= count; });
  }
  bool wait_closed() {
    return watch_.wait([&] { return closed > 0; });
  }

  std::atomic<bool> granting = true;
  std::uint64_t received = 0;
  bool in_order = true;
  int closed = 0;
  grpc::Status status;

 protected:
  void on_message(Pong pong) override {
    watch_.change([&] { in_order = in_order && pong.n() == received++; });
    if (granting) this->grant(1);
  }
  void on_closed(const grpc::Status& end) override {
    watch_.change([&] {
      ++closed;
      status = end;
    });
  }

 private:
  Watch& watch_;
};

class TalkStream final : public Collecting<ClientBidiStream<Ping, Pong>> {
 public:
  using Collecting::Collecting;

  /// Sends pings from..to; goes on in on_writable when the queue is full. Half-closes at the end.
  void send(std::uint64_t to) {
    const std::unique_lock lock(mutex_);
    to_ = to;
    go_on();
  }
  std::atomic<int> refused = 0;

 private:
  void on_writable() override {
    const std::unique_lock lock(mutex_);
    go_on();
  }
  void go_on() {
    for (; next_ < to_; ++next_) {
      Ping ping;
      ping.set_n(next_);
      ping.set_padding(padding);
      if (push(std::move(ping))) continue;
      ++refused;
      return;
    }
    half_close();
  }
  std::mutex mutex_;
  std::uint64_t next_ = 0;
  std::uint64_t to_ = 0;
};

using WatchStream = Collecting<ClientReadStream<Pong>>;

class GrpcStreamTest : public testing::Test {
 protected:
  GrpcStreamTest() {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    // Windows that do not grow: on a busy machine gRPC takes slowness for distance, and soon a window holds everything that
    // a test sends, so that nobody is ever held back.
    builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    stub_ = Echo::NewStub(
        grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials(), arguments));
  }
  ~GrpcStreamTest() override {
    if (server_) server_->Shutdown(rpc_deadline(0));
    EXPECT_TRUE(no_streams());
  }
  /// Whether every stream of both sides is gone soon.
  bool no_streams() {
    return service_.watch.wait([&] { return service_.watch.live == 0; }) &&
           client_watch_.wait([&] { return client_watch_.live == 0; });
  }
  std::shared_ptr<TalkStream> talk() {
    auto stream = std::make_shared<TalkStream>(limits_, client_watch_);
    stream->begin([&](auto* context, auto* reactor) { stub_->async()->Talk(context, reactor); });
    return stream;
  }
  std::shared_ptr<WatchStream> count(std::uint64_t n) {
    auto stream = std::make_shared<WatchStream>(limits_, client_watch_);
    Ping request;
    request.set_n(n);
    stream->begin([&](auto* context, auto* reactor) { stub_->async()->Count(context, &request, reactor); });
    return stream;
  }
  std::shared_ptr<EchoStream> server_stream() {
    EXPECT_TRUE(service_.watch.wait([&] { return !service_.last.expired(); }));
    return service_.last.lock();
  }

  StreamLimits limits_{.queue_messages_max = 64, .queue_bytes_max = 1 << 20, .read_credit = 1};
  EchoService service_;
  Watch client_watch_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Echo::Stub> stub_;
};

TEST_F(GrpcStreamTest, TwentyThousandEventsGoThereAndBackInOrder) {
  auto stream = talk();
  stream->send(events_count);
  ASSERT_TRUE(stream->wait_closed());
  EXPECT_TRUE(stream->status.ok()) << stream->status.error_message();
  EXPECT_EQ(stream->received, events_count);
  EXPECT_TRUE(stream->in_order);
  EXPECT_GT(stream->refused, 0);
}

TEST_F(GrpcStreamTest, ASlowReaderHoldsTheOtherSideBack) {
  auto stream = std::make_shared<TalkStream>(limits_, client_watch_);
  stream->granting = false;
  stream->begin([&](auto* context, auto* reactor) { stub_->async()->Talk(context, reactor); });
  stream->send(events_count);
  // One answer was read on the first credit; then the flow stops back to this client's own queue.
  ASSERT_TRUE(stream->wait_received(1));
  auto server = server_stream();
  ASSERT_NE(server, nullptr);
  EXPECT_TRUE(service_.watch.wait([&] { return server->refused > 0; }));
  EXPECT_EQ(stream->received, 1u);
  server.reset();
  stream->granting = true;
  stream->grant(1);
  ASSERT_TRUE(stream->wait_closed());
  EXPECT_TRUE(stream->status.ok());
  EXPECT_EQ(stream->received, events_count);
  EXPECT_TRUE(stream->in_order);
}

TEST_F(GrpcStreamTest, AServerStreamsTwentyThousandEvents) {
  auto stream = count(events_count);
  ASSERT_TRUE(stream->wait_closed());
  EXPECT_TRUE(stream->status.ok());
  EXPECT_EQ(stream->received, events_count);
  EXPECT_TRUE(stream->in_order);
}

TEST_F(GrpcStreamTest, AClientThatCancelsEndsBothSides) {
  auto watching = std::make_shared<WatchStream>(limits_, client_watch_);
  watching->granting = false;
  Ping request;
  request.set_n(events_count);
  watching->begin([&](auto* context, auto* reactor) { stub_->async()->Count(context, &request, reactor); });
  auto talking = talk();
  talking->send(events_count);
  ASSERT_TRUE(talking->wait_received(10));
  ASSERT_TRUE(watching->wait_received(1));
  talking->cancel();
  watching->cancel();
  ASSERT_TRUE(talking->wait_closed());
  ASSERT_TRUE(watching->wait_closed());
  EXPECT_EQ(talking->status.error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(watching->status.error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(talking->closed, 1);
  EXPECT_FALSE(talking->push(Ping()));
  talking->cancel();
  talking->grant(1);
  talking.reset();
  watching.reset();
  EXPECT_TRUE(no_streams());
}

TEST_F(GrpcStreamTest, AServerThatShutsDownEndsEveryStream) {
  std::vector<std::shared_ptr<TalkStream>> streams;
  for (int i = 0; i < 8; ++i) {
    streams.push_back(talk());
    streams.back()->send(events_count);
  }
  for (auto& stream : streams) ASSERT_TRUE(stream->wait_received(1));
  server_->Shutdown(rpc_deadline(0));
  server_->Wait();
  for (auto& stream : streams) {
    ASSERT_TRUE(stream->wait_closed());
    EXPECT_EQ(stream->closed, 1);
  }
  streams.clear();
  EXPECT_TRUE(no_streams());
}

TEST_F(GrpcStreamTest, AServerFinishesWithItsStatusAfterWhatIsQueued) {
  auto stream = talk();
  Ping ping;
  ping.set_n(0);
  ASSERT_TRUE(stream->push(ping));
  ASSERT_TRUE(stream->wait_received(1));
  auto server = server_stream();
  ASSERT_NE(server, nullptr);
  Pong last;
  last.set_n(1);
  ASSERT_TRUE(server->push(last));
  server->finish({grpc::StatusCode::ABORTED, "another term"});
  server->finish(grpc::Status::OK);
  EXPECT_FALSE(server->push(last));
  ASSERT_TRUE(stream->wait_closed());
  EXPECT_EQ(stream->received, 2u);
  EXPECT_EQ(stream->status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(stream->status.error_message(), "another term");
}

TEST_F(GrpcStreamTest, AServerAbortsAClientThatDoesNotRead) {
  service_.limits.queue_messages_max = 100'000;
  service_.limits.queue_bytes_max = 64 << 20;
  auto stream = talk();
  stream->granting = false;
  Ping ping;
  ping.set_n(0);
  ASSERT_TRUE(stream->push(ping));
  ASSERT_TRUE(stream->wait_received(1));
  auto server = server_stream();
  ASSERT_NE(server, nullptr);
  Pong large;
  large.set_padding(std::string(1 << 20, 'l'));
  for (int i = 0; i < 16; ++i) server->push(large);
  server->abort({grpc::StatusCode::RESOURCE_EXHAUSTED, "too slow"});
  EXPECT_FALSE(server->push(large));
  server.reset();
  stream->grant(1000);
  ASSERT_TRUE(stream->wait_closed());
  EXPECT_FALSE(stream->status.ok());
}

TEST_F(GrpcStreamTest, ARefusedCallGetsItsStatus) {
  service_.refuse = true;
  auto stream = talk();
  ASSERT_TRUE(stream->wait_closed());
  EXPECT_EQ(stream->status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(stream->status.error_message(), "no token");
}

TEST_F(GrpcStreamTest, ACallToNobodyEnds) {
  auto stub = Echo::NewStub(grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials()));
  auto stream = std::make_shared<TalkStream>(limits_, client_watch_);
  stream->begin([&](auto* context, auto* reactor) { stub->async()->Talk(context, reactor); });
  stream->send(10);
  ASSERT_TRUE(stream->wait_closed());
  EXPECT_EQ(stream->status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(GrpcStreamTest, ADeadlineEndsTheCall) {
  auto stream = std::make_shared<TalkStream>(limits_, client_watch_);
  stream->context().set_deadline(rpc_deadline(50));
  stream->begin([&](auto* context, auto* reactor) { stub_->async()->Talk(context, reactor); });
  ASSERT_TRUE(stream->wait_closed());
  EXPECT_EQ(stream->status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(GrpcStreamTest, AClosedStreamHasLetGoOfItsChannel) {
  std::shared_ptr<grpc::Channel> channel = grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials());
  const std::weak_ptr<grpc::Channel> seen = channel;
  auto stub = Echo::NewStub(channel);
  auto stream = std::make_shared<TalkStream>(limits_, client_watch_);
  stream->begin([&](auto* context, auto* reactor) { stub->async()->Talk(context, reactor); });
  ASSERT_TRUE(stream->wait_closed());
  stub.reset();
  channel.reset();
  EXPECT_TRUE(seen.expired());
}

TEST_F(GrpcStreamTest, ManyThreadsPushCancelAndFinishAtOnce) {
  for (int round = 0; round < 40; ++round) {
    auto stream = talk();
    Ping ping;
    ASSERT_TRUE(stream->push(ping));
    ASSERT_TRUE(stream->wait_received(1));
    auto server = server_stream();
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        while (stream->push(ping)) std::this_thread::yield();
      });
      if (server)
        threads.emplace_back([&] {
          for (int n = 0; n < 50; ++n) server->push(Pong());
          server->finish(grpc::Status::OK);
        });
    }
    if (round % 2 == 0) threads.emplace_back([&] { stream->cancel(); });
    if (server && round % 3 == 0) threads.emplace_back([&] { server->abort(grpc::Status::CANCELLED); });
    for (std::thread& thread : threads) thread.join();
    ASSERT_TRUE(stream->wait_closed());
    EXPECT_EQ(stream->closed, 1);
  }
  EXPECT_TRUE(no_streams());
}

}  // namespace
}  // namespace rf::process
