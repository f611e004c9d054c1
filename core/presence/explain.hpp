#pragma once
#include <string>
#include <vector>

#include "core/state/account.hpp"

namespace rf::core {

/// Why the agent is not Ready: every failed precondition as a sentence that says what to do, the one to mend first at the
/// front (CX-1, CX-14); empty when Ready.
std::vector<std::string> explain_readiness(const Account& account, const Agent& agent);

}  // namespace rf::core
