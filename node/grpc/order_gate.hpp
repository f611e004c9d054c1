#pragma once
#include <map>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/time.hpp"

namespace rf::node {

/// Which accounts' orders may pass on one edge's stream: after an attach an account's orders begin with its full set, the sync
/// (R10). An order that is held back need not be kept, the sync that is owed is later and holds it. One thread at a time.
class OrderGate {
 public:
  /// Whether an order of the account may pass now. None passes before `owe`.
  bool admits(AccountId account);
  /// The account's full set passes now.
  void synced(AccountId account) { owed_.erase(account); }

  /// `known`: the accounts that know the edge, looked up after it attached; any other has nothing there that a sync could
  /// tell. Returns those to ask for a sync now: these, and those whose orders were held back until now.
  std::vector<AccountId> owe(const std::vector<AccountId>& known, Ms now_ms);
  /// Those whose sync was asked for a second ago or more and did not come: to be asked again now.
  std::vector<AccountId> overdue(Ms now_ms);

 private:
  bool looked_up_ = false;
  /// When it was asked for.
  std::map<AccountId, Ms> owed_;
};

}  // namespace rf::node
