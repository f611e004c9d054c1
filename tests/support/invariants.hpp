#pragma once
#include <string>
#include <vector>

#include "core/event/fact.hpp"
#include "core/queue/now.hpp"
#include "core/state/account.hpp"

/// What tests and the simulation hold against an account after every turn.
namespace rf::testing {

/// The account refolded from its facts alone.
core::Account refold(AccountId id, const std::vector<core::Fact>& log);

/// Empty when both hold the same rows; else the first that differs.
std::string difference(const core::Account& a, const core::Account& b);
/// The same for the rows that one fact touched.
std::string difference(const core::Account& a, const core::Account& b, const core::Touched& rows);

/// A sentence for the first broken invariant, else empty: an agent holds no more reservations than it may (P1: max_concurrent
/// now, or when the offers that it still holds were made);
/// every reservation belongs to a live call and agent and is counted by both (P2, S13); the stored bucket is the derived one
/// (P8); only a reachable, available agent is newly offered (P5 is checked on facts); the index is the derived one; and no
/// eligible pair is left over (R4).
std::string broken_invariant(const core::Account& account, const core::Now& now);
/// The same for the rows that one fact touched.
std::string broken_rows(const core::Account& account, const core::Touched& rows);
/// Whether the index is the one derived from the rows.
std::string broken_index(const core::Account& account);
/// The first eligible pair of a waiting call and an agent (R4): there is none after a turn, unless a deadline is due.
std::string leftover_pair(const core::Account& account, const core::Now& now);

/// The same for the facts of one turn, in order, given the account before them: an offer goes only to a Ready agent (P4, P5),
/// a reservation ends once (P2), consecutive bucket rows of one agent chain (P9), an agent that is set anew keeps what is
/// switched in the memberships that it keeps (P14), seq is dense (S3), ts never falls (S10).
std::string broken_facts(const core::Account& before, const std::vector<core::Fact>& facts);
/// The same for one fact.
std::string broken_fact(const core::Account& before, const core::Fact& fact);
/// What is unfair about an offer just decided: an older call of equal weight, tier level and priority waits for the same agent
/// (P11), or another eligible agent was not tried with this call and this one was (P12). Only calls of the same home edge are compared:
/// whether another edge's may be offered can change while a turn runs.
std::string unfair_offer(const core::Account& before, const core::fact::Offered& offer, const core::Now& now);
/// An offer just decided that explain_offer does not tell of, or somebody passed over who was eligible, or the other way (R30).
std::string unexplained_offer(const core::Account& before, const core::fact::Offered& offer, const core::Now& now);

}  // namespace rf::testing
