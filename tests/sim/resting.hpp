#pragma once
#include <functional>
#include <string>

#include "core/state/account.hpp"
#include "sip-edge/call/machine.hpp"

namespace rf::sim {

/// When nothing is on its way between an edge and the account's leader, what the edge does equals the orders of the account's
/// committed state (R10). Empty when it does, else the first difference. `at_home`: the binding's phone did not turn up at
/// another edge since, so that the account must know it here.
std::string resting_difference(const core::Account& account, const edge::EdgeMachine& edge,
                               const std::function<bool(BindingId)>& at_home);

/// After minutes without stimulus nothing is left: no call, no reservation, no wrap-up, no sweep. Empty, else what is left.
std::string left_over(const core::Account& account);
std::string left_over(const edge::EdgeMachine& edge);

}  // namespace rf::sim
