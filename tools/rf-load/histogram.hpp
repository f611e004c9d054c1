#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "tools/rf-load/instant.hpp"

namespace rf::load {

/// Counts of durations in buckets that are 1/64 of their octave wide: what is read is at most 1.6 % above the truth, from a
/// microsecond to days. Pure.
class Histogram {
 public:
  /// Negative durations count as 0.
  void record(Us value_us);
  std::uint64_t count() const { return count_; }
  /// The upper end of the bucket of the value at or above which `1 - share` of all are, and never above the maximum; 0 when
  /// empty. `share` from 0 to 1.
  Us at(double share) const;
  /// Each bucket that is not empty: its upper end and its count, rising.
  std::vector<std::pair<Us, std::uint64_t>> buckets() const;
  Us max_us() const { return max_us_; }
  Us mean_us() const { return count_ == 0 ? 0 : sum_us_ / static_cast<Us>(count_); }

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  Us sum_us_ = 0;
  Us max_us_ = 0;
};

}  // namespace rf::load
