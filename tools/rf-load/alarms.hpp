#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "tools/rf-load/instant.hpp"

namespace rf::load {

/// Instants at which something by number wants to be looked at. One that was set and is not wanted any more still comes: who
/// gets it looks what there is to do.
class Alarms {
 public:
  void set(Us at_us, std::uint64_t number) { heap_.emplace(at_us, number); }
  Us next_us() const { return heap_.empty() ? never_us : heap_.top().first; }
  /// Takes off one whose time has come, with that instant.
  std::optional<std::pair<Us, std::uint64_t>> take(Us now_us) {
    if (next_us() > now_us || heap_.empty()) return std::nullopt;
    const auto out = heap_.top();
    heap_.pop();
    return out;
  }

 private:
  using Entry = std::pair<Us, std::uint64_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> heap_;
};

}  // namespace rf::load
