#pragma once
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "storage/memory_journal.hpp"
#include "tests/sim/context.hpp"
#include "tests/sim/ledger.hpp"

namespace rf::sim {

using Ledgers = std::map<AccountId, std::unique_ptr<Ledger>>;

class ClusterLog;

/// What one node process sees of the cluster's log. While it leads, everything passes to the log; once another leads and it has
/// not heard of that yet, what it proposes and asks stays unanswered; when it hears, it ends as leadership lost. A dead
/// process is answered no more.
class ProcessLog final : public storage::Journal, public std::enable_shared_from_this<ProcessLog> {
 public:
  explicit ProcessLog(ClusterLog& cluster) : cluster_(cluster) {}

  Result<void> start(OnApplied on_applied, OnRole on_role) override;
  void stop() override {}
  void propose(std::uint32_t shard, std::uint64_t term, storage::Batch batch, Done done) override;
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

  void role(std::uint32_t shard, std::uint64_t term, storage::RoleChange change, Ms epoch_start_ts);
  /// Hears that it leads no more.
  void hear_deposed();
  void die() { dead_ = true; }
  /// Wraps `done` so that it is called once, by the log or by hear_deposed(), never after death.
  Done kept(Done done);
  bool dead() const { return dead_; }

 private:
  ClusterLog& cluster_;
  OnRole on_role_;
  bool dead_ = false;
  std::map<std::uint64_t, Done> unanswered_;
  std::uint64_t last_ = 0;
};

/// The replicated log as one memory journal: one leader at a time for every shard, batches that take their time, leadership
/// that moves with some of what was on its way kept and the rest lost.
class ClusterLog {
 public:
  ClusterLog(Context& context, Ledgers& ledgers);

  void lead(const std::shared_ptr<ProcessLog>& process);
  /// The leader died or lost its quorum: of what is on its way a part stays, the rest never happened.
  void lose_leader();
  const std::shared_ptr<ProcessLog>& leader() const { return leader_; }
  /// The shard's leadership comes back to the same process, in a new term, after a while.
  void flap(std::uint32_t shard);
  void fail_disk();
  bool disk_failed() const { return disk_failed_; }
  void stall(Ms until_ms) { stalled_until_ms_ = until_ms; }

  /// Sees to it that what is on its way will be committed. Called after everything that may propose.
  void pump();
  bool idle() const { return journal_->pending() == 0; }
  std::uint64_t term(std::uint32_t shard) const { return shards_[shard].term; }
  bool leads(std::uint32_t shard) const { return shards_[shard].led; }
  storage::MemoryJournal& journal() { return *journal_; }

  void propose(ProcessLog& process, std::uint32_t shard, std::uint64_t term, storage::Batch batch,
               storage::Journal::Done done);
  /// The edge clocks that the next turn's decision saw.
  std::function<const core::EdgeClocks&()> clocks;

 private:
  struct Shard {
    std::uint64_t term = 0;
    bool led = false;
  };
  void commit_some();
  void apply(const storage::Batch& batch);
  Ledger& ledger(AccountId account) { return *ledgers_.at(account); }

  Context& context_;
  Ledgers& ledgers_;
  std::unique_ptr<storage::MemoryJournal> journal_;
  std::shared_ptr<ProcessLog> leader_;
  std::array<Shard, limits::shards + 1> shards_{};
  bool disk_failed_ = false;
  bool commit_due_ = false;
  Ms stalled_until_ms_ = 0;
  Ms wall_offset_ms_ = Context::wall_ms;
  std::uint64_t generation_ = 0;
};

}  // namespace rf::sim
