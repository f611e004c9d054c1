#pragma once
#include <cstddef>
#include <cstdint>

#include "tools/rf-load/book.hpp"

namespace rf::load {

/// Who calls when. Pure: told the time and how many callers wait, it says whether one more calls now.
class Arrivals {
 public:
  virtual ~Arrivals() = default;
  /// Whether a call starts at `now_us`; true counts it as started. To be asked until it says false.
  virtual bool calls_now(Us now_us, std::size_t waiting) = 0;
  /// When to ask again at the latest, once it said false at `now_us`.
  virtual Us next_us(Us now_us) const = 0;
  /// When the call that starts next should start; the difference to when it does is the generator's own lateness.
  virtual Us wanted_us(Us now_us) const = 0;
  /// When warm-up ends; never_us as long as that is not known.
  virtual Us window_from_us() const = 0;
  /// Warm-up takes too long: the backlog cannot be built up.
  virtual bool hopeless(Us now_us) const = 0;
};

/// Bounds in time and in count.
struct Bounds {
  Us warmup_us = second_us;
  Us window_us = 5 * second_us;
  std::uint64_t calls_max = 1'000'000;
};

/// Calls at a constant distance by the clock, however slow the server is.
class OpenLoop final : public Arrivals {
 public:
  /// `rate` in calls a second, above 0.
  OpenLoop(double rate, const Bounds& bounds, Us start_us);
  bool calls_now(Us now_us, std::size_t waiting) override;
  Us next_us(Us now_us) const override;
  Us wanted_us(Us now_us) const override;
  Us window_from_us() const override { return start_us_ + bounds_.warmup_us; }
  bool hopeless(Us) const override { return false; }

 private:
  Us instant_of(std::uint64_t call) const;

  double rate_;
  Bounds bounds_;
  Us start_us_;
  std::uint64_t started_ = 0;
};

/// As many callers as `waiting` always wait: a new one calls for each that was offered to an agent. Warm-up begins when the
/// backlog is complete.
class Backlog final : public Arrivals {
 public:
  struct Options {
    std::size_t waiting = 100;
    /// Calls a second at most.
    double rate_max = 500;
    /// For building it up.
    Us fill_max_us = 60 * second_us;
  };
  Backlog(const Options& options, const Bounds& bounds, Us start_us);
  bool calls_now(Us now_us, std::size_t waiting) override;
  Us next_us(Us now_us) const override;
  Us wanted_us(Us now_us) const override { return now_us; }
  Us window_from_us() const override;
  bool hopeless(Us now_us) const override;

 private:
  Options options_;
  Bounds bounds_;
  Us start_us_;
  Us full_us_ = never_us;
  Us allowed_us_;
  bool lacking_ = true;
  std::uint64_t started_ = 0;
};

}  // namespace rf::load
