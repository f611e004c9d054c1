#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/event/fact.hpp"

namespace rocksdb {
class Env;
}

namespace rf::storage {

/// What a log holds, looked at from outside: reads only, also while a node has it open (then: as it was at the opening).
class Inspection {
 public:
  /// `env` null: the real file system. not_found, failed_precondition: no log of this layout; corrupt, unavailable.
  static Result<std::unique_ptr<Inspection>> open(const std::string& directory, rocksdb::Env* env);
  virtual ~Inspection() = default;

  struct Verified {
    std::uint64_t records = 0;
    std::uint64_t entries = 0;
    std::uint64_t batches = 0;
    std::uint64_t accounts = 0;
    /// The first record that is missing, damaged or does not fit the one before: where, and what is wrong.
    std::optional<std::string> broken;
    /// The mark is missing, damaged or above the log's end: synced entries are lost.
    std::optional<std::string> lost_tail;
  };
  /// Reads every record: checksums, order, chains, what the parts say of each other, and the durable mark.
  virtual Verified verify() const = 0;

  struct Replayed {
    std::uint64_t accounts = 0;
    std::uint64_t facts = 0;
    std::uint64_t rows = 0;
    /// The first row that is not what history leads to.
    std::optional<std::string> different;
  };
  /// Folds every account's history from empty and compares with its stored rows. corrupt where history does not read.
  virtual Result<Replayed> replay() const = 0;

  /// Every account that has a history, by id. corrupt.
  virtual Result<std::vector<AccountId>> accounts() const = 0;
  /// Calls `read` with every fact of the account from `first_seq` on, in order, until it returns false; corrupt where a record
  /// or the chain is broken.
  virtual Result<void> history(AccountId account, std::uint64_t first_seq,
                               const std::function<bool(const core::Fact&)>& read) const = 0;

  enum class Part : std::uint8_t { history, log, fold, results, meta };
  struct Filter {
    std::optional<AccountId> account;
    std::optional<std::uint32_t> shard;
  };
  /// One line a record, in order; damaged ones say so. Secrets are named, never shown.
  virtual Result<void> dump(Part part, const Filter& filter,
                            const std::function<void(const std::string&)>& print) const = 0;
};

/// Makes what the log holds its durable mark, after a person decided that the tail is lost for good. The log must verify
/// but for the mark, and nobody may have it open: failed_precondition, corrupt.
Result<void> accept_log(const std::string& directory, rocksdb::Env* env);

}  // namespace rf::storage
