#pragma once
#include "core/state/account.hpp"

namespace rf::core {

/// A ring strategy: which of the equally placed members comes first, and how many ring at once. One file each.
class Strategy {
 public:
  virtual ~Strategy() = default;
  /// Smaller comes first among members of equal tier level, position and priority. Depends on the agent's row alone, so
  /// that an index ordered by it changes only when that row does.
  virtual Ms metric(const Agent& agent) const = 0;
};

const Strategy& strategy_of(StrategyKind kind);
std::string_view name_of(StrategyKind kind);

/// The member that has neither ended a call nor been offered one for longest. Counting the last offer too keeps an agent
/// who rejects or does not answer from staying first for ever.
const Strategy& longest_idle_agent();
/// All eligible members at once up to the queue's width, longest idle first when the width cuts; the first answer wins and
/// losing that race counts as no miss (R15).
const Strategy& ring_all();

}  // namespace rf::core
