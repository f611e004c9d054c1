#include "process/ids.hpp"

#include <array>
#include <cstring>
#include <span>

#include "process/random.hpp"

namespace rf::process {

namespace {

constexpr std::uint64_t random_high_mask = 0xffff;

Ulid at(Ms ms, std::uint64_t random_high, std::uint64_t random_low) {
  return Ulid{(static_cast<std::uint64_t>(ms) << 16) | (random_high & random_high_mask), random_low};
}

Ulid fresh(Ms ms) {
  std::array<std::uint64_t, 2> random;
  fill_random(std::as_writable_bytes(std::span(random)));
  return at(ms, random[0], random[1]);
}

}  // namespace

IdMaker::IdMaker(const Clock& clock) : clock_(clock) {}

Ulid IdMaker::next() {
  const Ms now = clock_.wall_ms();
  const std::lock_guard lock(mutex_);
  if (now > last_ms_) {
    last_ms_ = now;
    last_ = fresh(now);
    return last_;
  }
  if (++last_.low != 0) return last_;
  if (((++last_.high) & random_high_mask) != 0) return last_;
  // All 80 bits ran over: the carry has moved the time part on by one millisecond.
  ++last_ms_;
  last_ = fresh(last_ms_);
  return last_;
}

}  // namespace rf::process
