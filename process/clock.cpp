#include "process/clock.hpp"

#include <sys/resource.h>

namespace rf::process {

namespace {

template <class AnyClock>
Ms now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(AnyClock::now().time_since_epoch()).count();
}

}  // namespace

Ms SystemClock::wall_ms() const { return now_ms<std::chrono::system_clock>(); }

Ms SystemClock::mono_ms() const { return now_ms<std::chrono::steady_clock>(); }

double cpu_s() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(use.ru_utime) + seconds(use.ru_stime);
}

std::chrono::system_clock::time_point rpc_deadline(Ms timeout_ms) {
  return std::chrono::system_clock::now() + std::chrono::milliseconds(timeout_ms);
}

}  // namespace rf::process
