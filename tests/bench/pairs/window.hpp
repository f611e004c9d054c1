#pragma once
#include <atomic>
#include <functional>
#include <mutex>

#include "tools/rf-load/histogram.hpp"

namespace rf::bench {

using load::Us;

/// The time in which pairs are counted, after a warm-up. Any thread.
class Window {
 public:
  /// Opens now; `seconds` are measured after half a second of warm-up.
  explicit Window(double seconds);

  /// Whether a requester begins another pair.
  bool open() const { return now_us() < end_us_; }
  static Us now_us();
  /// One agent was reserved and released; counts if it began and ended while measured.
  void pair(Us reserve_from_us, Us reserved_us, Us released_us);

  /// Once no requester runs any more.
  double pairs_per_second() const;
  /// This process's CPU of the measured time, for each pair; the client's share where the store is a process of its own.
  double cpu_us_a_pair() const;
  const load::Histogram& reserve() const { return reserve_; }
  const load::Histogram& release() const { return release_; }
  /// Waits for the two ends of the measured time and reads the CPU used until then. One thread calls it.
  void keep_time();

 private:
  Us begin_us_;
  Us end_us_;
  double cpu_s_ = 0;
  mutable std::mutex mutex_;
  load::Histogram reserve_;
  load::Histogram release_;
};

/// `count` threads that each do `work(i)`, and the window's time kept meanwhile.
void run_threads(unsigned count, Window& window, const std::function<void(unsigned)>& work);

/// A mistake of the set-up: says why and ends the program with 1.
[[noreturn]] void give_up(const std::string& why);

}  // namespace rf::bench
