#pragma once
#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "core/base/time.hpp"

namespace rf::sim {

/// Virtual time: what is to happen, by instant and then in the order in which it was asked for.
class Schedule {
 public:
  using Task = std::function<void()>;

  explicit Schedule(Ms start_ms) : now_ms_(start_ms) {}

  Ms now_ms() const { return now_ms_; }
  void at(Ms ms, Task task) {
    heap_.push_back(Entry{std::max(ms, now_ms_), ++last_, std::move(task)});
    std::push_heap(heap_.begin(), heap_.end());
  }
  void after(Ms ms, Task task) { at(now_ms_ + ms, std::move(task)); }
  /// Moves time to the next task and runs it; false when there is none.
  bool run_next() {
    if (heap_.empty()) return false;
    std::pop_heap(heap_.begin(), heap_.end());
    Entry next = std::move(heap_.back());
    heap_.pop_back();
    now_ms_ = next.ms;
    next.task();
    return true;
  }

 private:
  struct Entry {
    Ms ms;
    std::uint64_t n;
    Task task;
    friend bool operator<(const Entry& a, const Entry& b) { return a.ms != b.ms ? a.ms > b.ms : a.n > b.n; }
  };

  Ms now_ms_;
  std::uint64_t last_ = 0;
  std::vector<Entry> heap_;
};

}  // namespace rf::sim
