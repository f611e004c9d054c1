#pragma once
#include <cstdint>
#include <functional>

#include "core/event/fact.hpp"
#include "storage/rocks/store.hpp"

namespace rf::storage::rocks {

/// Calls `read` with the account's facts from `first_seq` to `last_seq`, in order, until it returns false. corrupt, as
/// far as it reads, when a record is missing or damaged or the chain does not hold. Any thread.
Result<void> read_history(const Store& store, AccountId account, std::uint64_t first_seq, std::uint64_t last_seq,
                          const std::function<bool(const core::Fact&)>& read);

}  // namespace rf::storage::rocks
