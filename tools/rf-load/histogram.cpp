#include "tools/rf-load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace rf::load {

namespace {

constexpr int fraction_bits = 6;
constexpr std::uint64_t fractions = 1u << fraction_bits;

/// Below 64 each value has its own bucket, then 64 buckets an octave.
std::size_t bucket_of(std::uint64_t value) {
  if (value < fractions) return value;
  const int shift = static_cast<int>(std::bit_width(value)) - 1 - fraction_bits;
  return static_cast<std::size_t>(shift) * fractions + (value >> shift);
}

std::uint64_t upper_end_of(std::size_t bucket) {
  if (bucket < fractions) return bucket;
  const std::size_t shift = bucket / fractions - 1;
  const std::uint64_t first = bucket - shift * fractions;
  return ((first + 1) << shift) - 1;
}

}  // namespace

void Histogram::record(Us value_us) {
  value_us = std::max<Us>(0, value_us);
  const std::size_t bucket = bucket_of(static_cast<std::uint64_t>(value_us));
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1);
  ++buckets_[bucket];
  ++count_;
  sum_us_ += value_us;
  max_us_ = std::max(max_us_, value_us);
}

Us Histogram::at(double share) const {
  if (count_ == 0) return 0;
  const double wanted = std::ceil(share * static_cast<double>(count_));
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= rank) return std::min(static_cast<Us>(upper_end_of(i)), max_us_);
  }
  return max_us_;
}

std::vector<std::pair<Us, std::uint64_t>> Histogram::buckets() const {
  std::vector<std::pair<Us, std::uint64_t>> out;
  for (std::size_t i = 0; i < buckets_.size(); ++i)
    if (buckets_[i] > 0) out.emplace_back(static_cast<Us>(upper_end_of(i)), buckets_[i]);
  return out;
}

}  // namespace rf::load
