#pragma once
#include <map>
#include <string>

#include "core/base/ids.hpp"
#include "core/base/time.hpp"
#include "core/base/zone.hpp"

namespace rf::core {

/// An edge's monotonic clock as its last heartbeat told it (R12); absent when none came in this term.
struct EdgeClock {
  std::uint64_t epoch = 0;
  std::string boot_id;
  /// The clock inside the last heartbeat.
  Ms heartbeat_edge_ms = 0;
  /// Monotonic time since its receipt.
  Ms age_ms = 0;

  Ms estimate_edge_ms() const { return heartbeat_edge_ms + age_ms; }
};
using EdgeClocks = std::map<EdgeName, EdgeClock>;

/// Everything a decision may know of the outside (R5). `ts` never falls within a term and starts above every ts before it.
struct Now {
  Ms ts = 0;
  /// ts at which this leader's term began for the account's shard.
  Ms epoch_start_ts = 0;
  const EdgeClocks* edges = nullptr;
  /// Local time of accounts; null: UTC only.
  const Zones* zones = nullptr;

  const Zone* zone(const std::string& name) const { return (zones == nullptr ? utc_only() : *zones).find(name); }

  const EdgeClock* edge(const EdgeName& name) const {
    if (edges == nullptr) return nullptr;
    const auto it = edges->find(name);
    return it == edges->end() ? nullptr : &it->second;
  }
};

}  // namespace rf::core
