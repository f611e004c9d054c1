#pragma once
#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/limits.hpp"
#include "storage/committed.hpp"
#include "storage/journal.hpp"

namespace rf::storage {

/// The journal without disk, thread or clock of its own: for virtual time. Nothing completes until the test commits it;
/// observers and `done` are called by the thread that commits. Batches pass through the codec as on disk.
class MemoryJournal : public Journal {
 public:
  explicit MemoryJournal(std::function<Ms()> wall_clock);

  /// Also after crash(): everything durable is there again, under the next term. on_role is called before it returns.
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

  /// Batches, refusals and barriers that are not answered yet.
  std::size_t pending() const;
  /// Answers the oldest; false when there is none.
  bool commit_next();
  void commit_all();

  /// The process dies: the `durable` oldest pending batches are on disk, the rest is lost, and nobody is ever answered.
  void crash(std::size_t durable);
  /// This node stops leading the shard: what is pending there ends as unknown_outcome, then on_role says so.
  void depose(std::uint32_t shard);
  /// It leads the shard again, in a new term.
  void elect(std::uint32_t shard);
  /// The disk fails: nothing pending is durable and nothing is taken any more.
  void fail_disk();

 private:
  struct Pending {
    std::uint32_t shard = 0;
    Batch batch;
    std::string bytes;
    Done done;
    Error refusal;
    bool barrier = false;
  };
  struct Shard {
    std::uint64_t term = 0;
    std::uint64_t index = 0;
    bool leader = false;
  };
  struct Stored {
    core::Reply reply;
    Ms ts = 0;
  };
  struct History {
    std::uint64_t first_seq = 0;
    std::string bytes;
  };

  Error refusal_of(std::uint32_t shard, std::uint64_t term, const Batch& batch);
  LogIndex make_durable(Pending& pending);
  void keep(AccountBatch& batch, std::string bytes);
  void forget_pending();
  void lead(std::uint32_t shard);

  std::function<Ms()> wall_clock_;
  OnApplied on_applied_;
  OnRole on_role_;
  std::uint64_t last_term_ = 0;

  mutable std::mutex mutex_;
  bool running_ = false;
  bool disk_failed_ = false;
  std::array<Shard, limits::shards + 1> shards_{};
  std::deque<Pending> pending_;

  Committed committed_;
  std::unordered_map<AccountId, std::vector<History>> history_;
  std::map<std::pair<AccountId, CommandId>, Stored> results_;
  std::map<std::pair<AccountId, std::string>, std::string> secrets_;
};

}  // namespace rf::storage
