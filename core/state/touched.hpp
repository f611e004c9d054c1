#pragma once
#include "core/state/account.hpp"

namespace rf::core {

/// The rows that applying `body` changes, seen on the account before or after it. At most one agent and one call (R7).
Touched touched(const fact::Body& body, const Account& account);

}  // namespace rf::core
