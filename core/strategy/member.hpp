#pragma once
#include <compare>
#include <optional>
#include <vector>

#include "core/event/config.hpp"

namespace rf::core {

/// A Ready, active member of a queue as the ranking sees it.
struct MemberView {
  std::int32_t tier_level = 0;
  std::int32_t position = 0;
  std::int32_t priority = 0;
  /// The end of its last call or its last offer, whichever is later.
  Ms idle_since_ts = 0;
  Ms last_offered_ts = 0;
  std::uint32_t calls_today = 0;
  Ms talk_today_ms = 0;
  Ms delay_ms = 0;
  /// The edges where the agent has a binding; API calls reach it without.
  std::vector<EdgeName> edges;
  /// Any edge rings it: a Follow-Me number, a bot.
  bool anywhere = false;
  Skills skills;
  friend bool operator==(const MemberView&, const MemberView&) = default;
};

/// Nothing: the agent is not a Ready, active member any more.
struct MemberChange {
  AgentId agent;
  std::optional<MemberView> view;
};

/// A member's standing among those of its tier: smaller comes first, by a, then b, then c.
struct Standing {
  std::int64_t a = 0;
  std::int64_t b = 0;
  std::int64_t c = 0;
  friend auto operator<=>(const Standing&, const Standing&) = default;
};

/// A member in the order of its tier; of equals the agent that was created first.
struct Ordered {
  Standing standing;
  AgentId agent;
  friend auto operator<=>(const Ordered&, const Ordered&) = default;
};

/// Where an agent stood when it was offered a call.
struct Stood {
  std::int32_t tier_level = 0;
  std::int32_t position = 0;
  /// Not set: nobody was offered one yet.
  AgentId agent;
};

}  // namespace rf::core
