#pragma once
#include "core/state/account.hpp"

/// Keeps Account::index true while rows change: take a row out, change it, put it back. Only apply() calls these.
namespace rf::core {

/// The account's own deadlines.
void unindex_own(Account& account);
void index_own(Account& account);
/// An agent's deadlines, which move with every offer and every bucket.
void unindex(Account& account, const Agent& agent);
void index(Account& account, const Agent& agent);
/// Whether it is logged in, and present in its queues' tiers.
void unindex_presence(Account& account, const Agent& agent);
void index_presence(Account& account, const Agent& agent);
/// Its keys, memberships and presence, which configuration changes.
void unindex_config(Account& account, const Agent& agent);
void index_config(Account& account, const Agent& agent);
/// That the queue of that membership offered the agent a call, now or before.
void note_offered(Account& account, const Agent& agent, const Membership& membership);
/// Its bindings.
void unindex_bindings(Account& account, const Agent& agent);
void index_bindings(Account& account, const Agent& agent);
void unindex(Account& account, const Queue& queue);
void index(Account& account, const Queue& queue);
/// A call's row depends on its reservations: take it out before they change.
void unindex(Account& account, const Call& call);
void index(Account& account, const Call& call);
void unindex(Account& account, const Reservation& reservation);
void index(Account& account, const Reservation& reservation);
void unindex(Account& account, const Edge& edge);
void index(Account& account, const Edge& edge);
void unindex(Account& account, const StickyEntry& entry);
void index(Account& account, const StickyEntry& entry);
void unindex(Account& account, const KeptPlace& place);
void index(Account& account, const KeptPlace& place);
void unindex(Account& account, const DispositionEntry& entry);
void index(Account& account, const DispositionEntry& entry);

/// Derives the whole index of an account whose rows were just loaded.
void rebuild_index(Account& account);

}  // namespace rf::core
