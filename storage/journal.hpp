#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/account/reply.hpp"
#include "core/directory/directory.hpp"
#include "core/state/account.hpp"

/// The port to the log (R29). Nothing above it knows what stands behind it: one voter straight on RocksDB, or a Raft
/// group per shard. Everything is asynchronous.
namespace rf::storage {

struct CommandResult {
  CommandId id;
  core::Reply reply;
};

/// A value that must never be in history (R22): the facts name its version, the value lies encrypted beside the fold.
struct Secret {
  /// E.g. "ha1/<agent id>/<version>".
  std::string name;
  /// Empty: the secret of that name is erased.
  std::string value;
};

/// The facts of one turn of one account: one log entry (R6).
struct AccountBatch {
  AccountId account;
  std::vector<core::Fact> facts;
  std::vector<CommandResult> results;
  /// Sealed when proposed: empty in what on_applied sees.
  std::vector<Secret> secrets;
};
struct DirectoryBatch {
  std::vector<core::directory::Fact> facts;
};
using Batch = std::variant<AccountBatch, DirectoryBatch>;

/// A place in one shard's log.
struct LogIndex {
  std::uint32_t shard = 0;
  std::uint64_t term = 0;
  std::uint64_t index = 0;
};

enum class RoleChange : std::uint8_t { leader, follower };

class Journal {
 public:
  virtual ~Journal() = default;

  using Done = std::function<void(const Result<LogIndex>&)>;
  /// One batch was committed and folded into the committed copy; in log order per shard, leader and followers alike.
  using OnApplied = std::function<void(const LogIndex&, const Batch&)>;
  /// This node became leader of the shard for `term` (its EpochStart is applied; `epoch_start_ts` = its wall clock), or
  /// stopped being it.
  using OnRole = std::function<void(std::uint32_t shard, std::uint64_t term, RoleChange, Ms epoch_start_ts)>;

  /// Sets both observers, then starts; they are called on the journal's apply thread and must not block.
  virtual Result<void> start(OnApplied on_applied, OnRole on_role) = 0;
  /// Finishes what was proposed, syncs, writes the durable mark, stops the threads. No call is made afterwards.
  virtual void stop() = 0;

  /// Takes the batch if this node leads `shard` in `term` and the batch is its machine's next seq; `done` is called once on
  /// the apply thread, after the batch is durable (on a quorum) and folded. Errors through `done`: not_owner (other term or
  /// not leader; nothing was taken), unknown_outcome (leadership lost, or the disk failed, with the batch in flight),
  /// unavailable (the disk failed or is full: the node must stop), corrupt (the shard is not served),
  /// failed_precondition (not the machine's next seq), invalid_argument (no facts, or more than limits::import_*).
  /// Batches of one account finish in the order proposed, and of each a turn takes at most 64 KB or one larger (R25). Any
  /// thread; never blocks.
  virtual void propose(std::uint32_t shard, std::uint64_t term, Batch batch, Done done) = 0;
  /// `done` once everything committed before the call is applied and leadership was confirmed since. Any thread.
  virtual void barrier(std::uint32_t shard, Done done) = 0;

  /// A private copy of the account's committed state, empty (seq 0) if there is none; corrupt. Any thread; may read the
  /// disk.
  virtual Result<core::Account> load(AccountId account) = 0;
  virtual Result<core::directory::Directory> load_directory() = 0;
  /// The shard's accounts: those with live calls first, then the earliest deadline first (R26). Any thread.
  virtual std::vector<AccountId> accounts(std::uint32_t shard) = 0;
  /// The stored reply of a command that wrote facts within the last 24 h. Any thread; one bloom-filtered Get.
  virtual Result<std::optional<core::Reply>> find_result(AccountId account, CommandId command) = 0;
  /// The secret of that name; not_found. Any thread.
  virtual Result<std::string> find_secret(AccountId account, const std::string& name) = 0;

  /// Reads the committed copy under its lock: short, no blocking inside `read`. not_found, corrupt. Any thread.
  virtual Result<void> read(AccountId account, const std::function<void(const core::Account&)>& read) = 0;
  /// Calls `read` with every fact of the account from `first_seq` on, in order, until it returns false or the committed
  /// head; corrupt when a record or the chain is broken: the shard is served no more. Any thread; reads the disk.
  virtual Result<void> history(AccountId account, std::uint64_t first_seq,
                               const std::function<bool(const core::Fact&)>& read) = 0;

  /// The account as it was after its fact `seq`: the committed head if that is less, empty at 0. corrupt. Any thread; reads the
  /// disk, at most 100,000 facts beside one kept state (R30).
  virtual Result<core::Account> account_at(AccountId account, std::uint64_t seq) = 0;
  /// The account's last committed fact that was decided at `ts` or before; 0: none. corrupt. Any thread; reads the disk.
  virtual Result<std::uint64_t> seq_at(AccountId account, Ms ts) = 0;
  /// core::rules_version of the build that decided in the shard at `ts`; 0: from before the log told. Any thread.
  virtual std::uint32_t rules_at(std::uint32_t shard, Ms ts) const = 0;

  /// Not ok once the disk failed, filled up or a shard is corrupt: the sentence says what to do. Any thread.
  virtual Result<void> health() const = 0;
};

/// Where the account's entries go: FNV-1a of its id text over 64 shards; pinned by a golden test.
std::uint32_t shard_of(AccountId account);

}  // namespace rf::storage
