#pragma once
#include <vector>

#include "core/account/command.hpp"
#include "core/account/reply.hpp"
#include "core/queue/now.hpp"
#include "core/state/account.hpp"

namespace rf::core {

/// What an edge event got: `acked` is the cursor after it; `expected` says that an earlier one is missing (R16);
/// `snapshot_wanted` that the edge's digest differs (R17).
struct EdgeReply {
  std::uint64_t acked = 0;
  bool expected = false;
  bool snapshot_wanted = false;
};

/// Waiting calls of one queue and class, looked at from the head until one finds nobody.
struct ClassLook {
  QueueId queue;
  WaitingClass asked;
};

/// What one command leads to. `facts` have no seq yet. Agents and calls that the facts touch seek each other in the same
/// turn (core/account/sequencer.hpp); the rest of what follows is named here.
struct Decision {
  Reply reply;
  EdgeReply edge;
  std::vector<Fact> facts;
  std::vector<ClassLook> classes;
  /// Ranked agents that were not eligible: our bug (R3).
  std::uint32_t mismatches = 0;
};

/// Decides on the exact state of `account` (R1). Pure: the same (account, command, now) give the same decision. A refusal is
/// a reply with no facts: not_found, already_exists, invalid_argument, failed_precondition (names from, to and why). `room`
/// is empty and lends the facts its memory.
Decision decide(const Account& account, const Command& command, const Now& now, std::vector<Fact> room = {});

}  // namespace rf::core
