#pragma once
#include <array>
#include <optional>

#include "storage/committed.hpp"
#include "storage/rocks/mark.hpp"
#include "storage/rocks/rules.hpp"
#include "storage/rocks/store.hpp"

namespace rf::storage::rocks {

/// One shard as it was found.
struct ShardLog {
  std::uint64_t term = 0;
  /// Of the entries that are kept; first > last: none.
  std::uint64_t first_index = 1;
  std::uint64_t last_index = 0;
  std::uint64_t applied = 0;
  /// The running hash at last_index.
  Hash hash{};
  Rules rules;
  /// Why the shard must not be served.
  std::optional<Error> broken;
};
using ShardLogs = std::array<ShardLog, journal_shards>;

/// Reads every fold row into `committed`, verifies each shard's log and its durable mark, applies what the rows do not
/// hold yet and writes those rows. A shard whose records, chains or mark do not hold is left out of `committed` and says
/// so in `broken`. Errors, when nothing can be served: failed_precondition (a newer log version), unavailable.
Result<ShardLogs> recover(Store& store, const Marks& marks, Committed& committed);

/// "shard 3 index 17: ...": where in the log something is wrong.
std::string at_index(std::uint32_t shard, std::uint64_t index);
std::string at_seq(AccountId account, std::uint64_t seq);

/// The head of an account's or the directory's history: the last seq of its last batch, and the chain hash there.
struct HistoryHead {
  std::uint64_t seq = 0;
  Hash hash{};
};
Result<HistoryHead> history_head_of(std::string_view key, std::string_view value);

}  // namespace rf::storage::rocks
