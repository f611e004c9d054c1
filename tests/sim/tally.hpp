#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "core/event/fact.hpp"

namespace rf::sim {

/// What happened in one run or in many: printed by each run, added up over a campaign.
struct Tally {
  /// Turns: a message, timer, fault or command that reached decide().
  std::uint64_t steps = 0;
  std::array<std::uint64_t, std::variant_size_v<core::fact::Body>> facts{};
  /// By "command code", e.g. "login failed_precondition".
  std::map<std::string, std::uint64_t> refusals;
  /// Everything else, by name: grants, answers, crashes, faults.
  std::map<std::string, std::uint64_t, std::less<>> counts;

  void count(std::string_view name) { count(name, 1); }
  void count(std::string_view name, std::uint64_t n) {
    const auto it = counts.find(name);
    if (it == counts.end())
      counts.emplace(name, n);
    else
      it->second += n;
  }
  void add(const Tally& other);
  std::map<std::string, std::uint64_t> facts_by_name() const;
  std::map<std::string, std::uint64_t> refusals_by_code() const;
};

/// Several lines: steps, facts by name, refusals, counts.
std::string text_of(const Tally& tally);

/// Fact types and refusal codes that were hit fewer than `least` times and are not on the list of those that cannot be.
std::string not_covered(const Tally& tally, std::uint64_t least);

}  // namespace rf::sim
