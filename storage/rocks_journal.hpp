#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "storage/journal.hpp"
#include "storage/seal.hpp"

namespace rocksdb {
class Env;
}

namespace rf::storage {

struct RocksOptions {
  /// Created if missing; must be empty or a log of this layout.
  std::string directory;
  /// Named in the EpochStart of every term.
  std::string node;
  /// Null: the real file system. Faults come in here.
  rocksdb::Env* env = nullptr;
  /// Null: the system's clock. Milliseconds since 1970.
  std::function<Ms()> wall_clock;
  /// How many applied entries of each shard `raftlog` keeps at least; `events` keeps all.
  std::uint64_t log_entries_kept = 1000;
  /// How long changed fold rows may wait for more changes before they are written.
  Ms rows_interval_ms = 20;
  /// At most so long after a sync its durable mark is on disk.
  Ms mark_interval_ms = 200;
  /// How many facts an account must have since its last kept state before the next is kept (R30).
  std::uint64_t checkpoint_facts = 10'000;
  /// Called by the log-writer thread after each sync: entries and bytes written, and how long it took.
  std::function<void(std::size_t entries, std::size_t bytes, std::chrono::microseconds took)> on_sync;
  /// Called by the apply thread for each batch: how long after its proposal it is committed and folded.
  std::function<void(std::chrono::microseconds since_proposed)> on_committed;
};

/// The journal of one node that is its own quorum, on RocksDB (docs/log_format.md). A term is a start: the counter is
/// durable before anything else of it.
class RocksJournal : public Journal {
 public:
  RocksJournal(RocksOptions options, const SealKey& key);
  RocksJournal(const RocksJournal&) = delete;
  RocksJournal& operator=(const RocksJournal&) = delete;
  /// As stop().
  ~RocksJournal() override;

  /// Opens, verifies and replays. failed_precondition: a foreign directory, another layout or key, a newer log version,
  /// or another process has it open; corrupt: nothing of it can be served; unavailable: the disk. Shards that do not
  /// verify are not served: on_role says follower for them and health() says why.
  Result<void> start(OnApplied on_applied, OnRole on_role) override;
  void stop() override;

  void propose(std::uint32_t shard, std::uint64_t term, Batch batch, Done done) override;
  void barrier(std::uint32_t shard, Done done) override;

  Result<core::Account> load(AccountId account) override;
  Result<core::directory::Directory> load_directory() override;
  std::vector<AccountId> accounts(std::uint32_t shard) override;
  Result<std::optional<core::Reply>> find_result(AccountId account, CommandId command) override;
  Result<std::string> find_secret(AccountId account, const std::string& name) override;
  Result<void> read(AccountId account, const std::function<void(const core::Account&)>& read) override;
  Result<void> history(AccountId account, std::uint64_t first_seq,
                       const std::function<bool(const core::Fact&)>& read) override;
  Result<core::Account> account_at(AccountId account, std::uint64_t seq) override;
  Result<std::uint64_t> seq_at(AccountId account, Ms ts) override;
  std::uint32_t rules_at(std::uint32_t shard, Ms ts) const override;
  Result<void> health() const override;

 private:
  class Opened;
  /// Null unless started. Whoever calls while stop() runs holds what it uses.
  std::shared_ptr<Opened> current() const;
  void set_current(std::shared_ptr<Opened> opened);

  /// For opened_ alone. Not std::atomic<std::shared_ptr>: in GCC 12 nothing orders its load before the next store.
  mutable std::mutex mutex_;
  std::shared_ptr<Opened> opened_;
  RocksOptions options_;
  SealKey key_;
};

}  // namespace rf::storage
