#pragma once
#include "core/state/account.hpp"

namespace rf::core {

/// The only mutator of an account: assigns what the fact names (R7). Used live, on replay and on every replica; needs no
/// rule, config or clock. The fact must be the account's next seq.
void apply(Account& account, const Fact& fact);

/// Gives a decided fact its seq, stamps the bucket change of the agent it touches and applies it; says what it touched.
Touched stamp_and_apply(Account& account, Fact& fact);

}  // namespace rf::core
