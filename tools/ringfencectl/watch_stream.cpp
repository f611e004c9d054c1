#include "tools/ringfencectl/watch_stream.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "ringfence/v1/watch.grpc.pb.h"

namespace rf::ctl {

namespace {

namespace api = ringfence::v1;

/// Frames that nobody has taken yet: the reader waits then, and the node does what it does with slow readers.
constexpr std::size_t frames_max = 1000;

}  // namespace

WatchStream::WatchStream(Session& session, std::string account)
    : session_(session), account_(std::move(account)), thread_([this] { read(); }) {}

WatchStream::~WatchStream() {
  stop();
  thread_.join();
}

void WatchStream::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  if (context_) context_->TryCancel();
  changed_.notify_all();
}

WatchStream::Next WatchStream::next(Ms timeout_ms) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                    [&] { return stopped_ || refused_ || !frames_.empty(); });
  Next out;
  out.stopped = stopped_;
  out.trouble = trouble_;
  if (!frames_.empty()) {
    out.frame = std::move(frames_.front());
    frames_.pop_front();
    changed_.notify_all();
  } else {
    out.refused = refused_;
  }
  return out;
}

void WatchStream::read() {
  while (read_once()) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(1), [&] { return stopped_; });
    if (stopped_) return;
  }
}

bool WatchStream::read_once() {
  api::WatchRequest request;
  request.set_account(account_);
  grpc::ClientContext* context = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return false;
    context_ = session_.new_context();
    context = context_.get();
    request.set_after_seq(seq_);
  }
  api::WatchService::Stub stub(session_.channel());
  const auto reader = stub.Watch(context, request);
  api::WatchFrame frame;
  while (reader->Read(&frame)) {
    std::unique_lock lock(mutex_);
    trouble_.clear();
    changed_.wait(lock, [&] { return stopped_ || frames_.size() < frames_max; });
    if (stopped_) break;
    if (frame.has_snapshot()) seq_ = frame.snapshot().last() ? frame.snapshot().version() : 0;
    if (frame.has_deltas() && frame.deltas().facts_size() != 0) seq_ = frame.deltas().facts().rbegin()->seq();
    frames_.push_back(std::move(frame));
    changed_.notify_all();
  }
  const grpc::Status status = reader->Finish();
  const std::lock_guard lock(mutex_);
  if (stopped_) return false;
  const Error error = session_.error_of(status, *context);
  if (status.ok() || no_answer(error.code)) {
    trouble_ = "the node is away, trying again";
    changed_.notify_all();
    return true;
  }
  refused_ = error;
  changed_.notify_all();
  return false;
}

}  // namespace rf::ctl
