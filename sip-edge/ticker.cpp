#include "sip-edge/ticker.hpp"

#include <chrono>
#include <utility>

namespace rf::edge {

Ticker::Ticker(Ms period_ms, std::function<void()> tick)
    : period_ms_(period_ms), tick_(std::move(tick)), thread_([this] { run(); }) {}

Ticker::~Ticker() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void Ticker::run() {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, std::chrono::milliseconds(period_ms_), [this] { return ending_; })) {
    lock.unlock();
    tick_();
    lock.lock();
  }
}

}  // namespace rf::edge
