#include "process/stream_engine.hpp"

#include <google/protobuf/message_lite.h>

namespace rf::process {

StreamEngine::StreamEngine(StreamSide side, const StreamLimits& limits, StreamTransport& transport)
    : side_(side), limits_(limits), transport_(transport) {}

StreamEngine::~StreamEngine() = default;

void StreamEngine::start() { grant(limits_.read_credit); }

bool StreamEngine::has_room(std::size_t bytes, std::size_t share) const {
  return queue_.size() < limits_.queue_messages_max / share && queued_bytes_ + bytes <= limits_.queue_bytes_max / share;
}

bool StreamEngine::push(std::unique_ptr<google::protobuf::MessageLite> message) {
  const std::size_t bytes = message->ByteSizeLong();
  std::unique_lock lock(mutex_);
  if (finishing_ || unwritable_ || broken_) return false;
  if (!queue_.empty() && !has_room(bytes, 1)) {
    room_wanted_ = true;
    return false;
  }
  queued_bytes_ += bytes;
  queue_.push_back(std::move(message));
  pump(lock);
  return true;
}

void StreamEngine::grant(std::size_t n) {
  std::unique_lock lock(mutex_);
  credit_ += n;
  pump(lock);
}

void StreamEngine::finish() {
  std::unique_lock lock(mutex_);
  finishing_ = true;
  pump(lock);
}

void StreamEngine::abort() {
  std::unique_lock lock(mutex_);
  aborted_ = true;
  break_off();
  pump(lock);
}

void StreamEngine::cancelled() {
  std::unique_lock lock(mutex_);
  break_off();
  pump(lock);
}

void StreamEngine::read_done(bool ok) {
  std::unique_lock lock(mutex_);
  reading_ = false;
  // For a client it is the server's end of the call; a server may still have something to say.
  if (!ok && side_ == StreamSide::client) break_off();
  if (!ok) read_over_ = true;
  pump(lock);
}

bool StreamEngine::write_done(bool ok) {
  std::unique_lock lock(mutex_);
  writing_ = false;
  queued_bytes_ -= queue_.front()->ByteSizeLong();
  queue_.pop_front();
  if (!ok) {
    unwritable_ = true;
    // A server's failed write is the end of the call; a client learns by reading why the server ended it.
    if (side_ == StreamSide::server) broken_ = true;
  }
  if (broken_ || unwritable_) queue_.clear();
  const bool room = room_wanted_ && !broken_ && !unwritable_ && (queue_.empty() || has_room(0, 2));
  if (room) room_wanted_ = false;
  pump(lock);
  return room;
}

bool StreamEngine::over() const {
  const std::lock_guard lock(mutex_);
  return broken_ || closed_ || (finishing_ && side_ == StreamSide::server);
}

void StreamEngine::break_off() {
  broken_ = true;
  // The message being written is the transport's until its write is done.
  while (queue_.size() > (writing_ ? 1u : 0u)) queue_.pop_back();
}

bool StreamEngine::may_close() const {
  if (starting_ > 0) return false;
  if (side_ == StreamSide::client) return broken_;
  return !writing_ && (broken_ || (finishing_ && queue_.empty()));
}

StreamEngine::Step StreamEngine::next() {
  if (closed_) return Step::none;
  if (aborted_ && !cancel_sent_ && (writing_ || side_ == StreamSide::client)) {
    cancel_sent_ = true;
    return Step::cancel;
  }
  const bool reads = !read_over_ && !broken_ && !(finishing_ && side_ == StreamSide::server);
  if (reads && !reading_ && credit_ > 0) {
    --credit_;
    reading_ = true;
    return Step::read;
  }
  if (!broken_ && !unwritable_ && !writing_ && !queue_.empty()) {
    writing_ = true;
    return Step::write;
  }
  const bool written = queue_.empty() && !unwritable_ && !broken_;
  if (side_ == StreamSide::client && finishing_ && written && !half_closed_) {
    half_closed_ = true;
    return Step::half_close;
  }
  if (may_close()) {
    closed_ = true;
    return Step::close;
  }
  return Step::none;
}

void StreamEngine::pump(std::unique_lock<std::mutex>& lock) {
  for (Step step = next(); step != Step::none; step = next()) {
    const google::protobuf::MessageLite* message = step == Step::write ? queue_.front().get() : nullptr;
    const auto flush = queue_.size() > 1 ? StreamTransport::Flush::later : StreamTransport::Flush::now;
    ++starting_;
    // A start may run reactions on this thread, and these take the lock.
    lock.unlock();
    switch (step) {
      case Step::read: transport_.start_read(); break;
      case Step::write: transport_.start_write(*message, flush); break;
      case Step::half_close: transport_.start_half_close(); break;
      case Step::close: transport_.start_close(); break;
      case Step::cancel: transport_.start_cancel(); break;
      case Step::none: break;
    }
    lock.lock();
    --starting_;
  }
}

}  // namespace rf::process
