#pragma once
#include <vector>

#include "core/base/edge_link.hpp"
#include "core/state/account.hpp"

namespace rf::core {

/// All that should hold at the edge for this account (R10): holds, rings, closes, bridges, hang-ups. A function of the
/// account alone; sent whole after an Attach or a leader change, behind a barrier.
link::Sync orders(const Account& account, const EdgeName& edge);

/// What the facts of one turn, all applied to `account`, change in that set: sent live once they are committed.
std::vector<link::Order> orders_of(const Account& account, const std::vector<Fact>& facts);

}  // namespace rf::core
