#pragma once
#include <cstdint>
#include <cstdio>
#include <deque>
#include <string>
#include <utility>

#include "core/base/hash.hpp"
#include "tests/sim/schedule.hpp"

namespace rf::sim {

/// Takes what the checks find and what the trace shows. The first violation ends the run.
class Judge {
 public:
  Judge(const Schedule& schedule, std::size_t trace_lines_max) : schedule_(schedule), lines_max_(trace_lines_max) {}

  void fail(std::string what) {
    if (violation_.empty()) violation_ = std::to_string(schedule_.now_ms()) + " ms: " + std::move(what);
  }
  bool failed() const { return !violation_.empty(); }
  const std::string& violation() const { return violation_; }

  /// Adds a line to the trace; `text` is called only while a trace is kept.
  template <class Text>
  void note(Text text) {
    if (lines_max_ == 0) return;
    char at[24];
    std::snprintf(at, sizeof at, "%9lld  ", static_cast<long long>(schedule_.now_ms()));
    lines_.push_back(at + text());
    if (lines_.size() > lines_max_) lines_.pop_front();
  }
  const std::deque<std::string>& trace() const { return lines_; }

  /// What happened goes into the hash by which two runs are told to be the same.
  void mix(std::uint64_t value) {
    hash_ = mix64(hash_ ^ mix64(value + static_cast<std::uint64_t>(schedule_.now_ms())));
  }
  std::uint64_t hash() const { return hash_; }

 private:
  const Schedule& schedule_;
  std::size_t lines_max_;
  std::string violation_;
  std::deque<std::string> lines_;
  std::uint64_t hash_ = 0;
};

}  // namespace rf::sim
