#pragma once
#include "storage/rocks/checkpoints.hpp"

/// What was, from history (R30).
namespace rf::storage::rocks {

/// The account after its fact `seq`; `seq` is at most its committed head. corrupt. Reads the disk.
Result<core::Account> account_at(const Store& store, Checkpoints& checkpoints, AccountId account, std::uint64_t seq);

/// The account's last fact up to `head` that was decided at `ts` or before; 0: none. corrupt. Reads the disk.
Result<std::uint64_t> seq_at(const Store& store, AccountId account, std::uint64_t head, Ms ts);

}  // namespace rf::storage::rocks
