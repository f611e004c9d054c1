#include "tools/rf-load/workload.hpp"

#include <algorithm>

namespace rf::load {

OpenLoop::OpenLoop(double rate, const Bounds& bounds, Us start_us)
    : rate_(rate), bounds_(bounds), start_us_(start_us) {}

Us OpenLoop::instant_of(std::uint64_t call) const {
  return start_us_ + static_cast<Us>(static_cast<double>(call) * 1e6 / rate_);
}

Us OpenLoop::wanted_us(Us) const {
  if (started_ >= bounds_.calls_max) return never_us;
  const Us next = instant_of(started_);
  return next < window_from_us() + bounds_.window_us ? next : never_us;
}

bool OpenLoop::calls_now(Us now_us, std::size_t) {
  if (wanted_us(now_us) > now_us) return false;
  ++started_;
  return true;
}

Us OpenLoop::next_us(Us now_us) const { return wanted_us(now_us); }

Backlog::Backlog(const Options& options, const Bounds& bounds, Us start_us)
    : options_(options), bounds_(bounds), start_us_(start_us), allowed_us_(start_us) {}

bool Backlog::calls_now(Us now_us, std::size_t waiting) {
  lacking_ = waiting < options_.waiting;
  if (!lacking_ && full_us_ == never_us) full_us_ = now_us;
  const Us from = window_from_us();
  if (from != never_us && now_us >= from + bounds_.window_us) lacking_ = false;
  if (started_ >= bounds_.calls_max) lacking_ = false;
  if (!lacking_ || now_us < allowed_us_) return false;
  const Us pause = static_cast<Us>(1e6 / options_.rate_max);
  // What was not used is not saved up for a burst.
  allowed_us_ = std::max(allowed_us_ + pause, now_us);
  ++started_;
  return true;
}

Us Backlog::next_us(Us now_us) const { return lacking_ ? std::max(allowed_us_, now_us) : never_us; }

Us Backlog::window_from_us() const { return full_us_ == never_us ? never_us : full_us_ + bounds_.warmup_us; }

bool Backlog::hopeless(Us now_us) const {
  if (full_us_ != never_us) return false;
  return started_ >= bounds_.calls_max || now_us >= start_us_ + options_.fill_max_us;
}

}  // namespace rf::load
