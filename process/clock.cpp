#include "process/clock.hpp"

namespace rf::process {

namespace {

template <class AnyClock>
Ms now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(AnyClock::now().time_since_epoch()).count();
}

}  // namespace

Ms SystemClock::wall_ms() const { return now_ms<std::chrono::system_clock>(); }

Ms SystemClock::mono_ms() const { return now_ms<std::chrono::steady_clock>(); }

std::chrono::system_clock::time_point rpc_deadline(Ms timeout_ms) {
  return std::chrono::system_clock::now() + std::chrono::milliseconds(timeout_ms);
}

}  // namespace rf::process
