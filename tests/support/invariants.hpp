#pragma once
#include <string>
#include <vector>

#include "core/queue/now.hpp"
#include "core/state/account.hpp"

/// What tests and the simulation hold against an account after every turn.
namespace rf::testing {

/// The account refolded from its facts alone.
core::Account refold(AccountId id, const std::vector<core::Fact>& log);

/// Empty when both hold the same rows; else the first that differs.
std::string difference(const core::Account& a, const core::Account& b);

/// A sentence for the first broken invariant, else empty: an agent holds no more than max_concurrent reservations (P1);
/// every reservation belongs to a live call and agent and is counted by both (P2, S13); the stored bucket is the derived one
/// (P8); only a reachable, available agent is newly offered (P5 is checked on facts); the index is the derived one; and no
/// eligible pair is left over (R4).
std::string broken_invariant(const core::Account& account, const core::Now& now);

/// The same for the facts of one turn, in order, given the account before them: an offer goes only to a Ready agent (P4, P5),
/// a reservation ends once (P2), consecutive bucket rows of one agent chain (P9), seq is dense (S3), ts never falls (S10).
std::string broken_facts(const core::Account& before, const std::vector<core::Fact>& facts);

}  // namespace rf::testing
