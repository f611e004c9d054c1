#pragma once
#include <variant>
#include <vector>

#include "actors/answer.hpp"
#include "core/account/command.hpp"
#include "storage/journal.hpp"

namespace rf::actors {

/// The full set of orders for one edge, behind a barrier (R10).
struct SyncEdge {
  EdgeName edge;
};

/// Whether an account with too much under way may refuse it (R25).
enum class Admission : std::uint8_t { may_refuse, always };

/// One thing asked of an account, with the way back.
struct Work {
  std::variant<core::Command, SyncEdge> what;
  /// Not set: not remembered.
  CommandId id;
  std::vector<storage::Secret> secrets;
  Answer answer;
  Admission admission = Admission::always;
};

}  // namespace rf::actors
