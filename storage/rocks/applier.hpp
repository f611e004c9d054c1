#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "storage/rocks/checkpoints.hpp"
#include "storage/rocks/health.hpp"
#include "storage/rocks/item.hpp"
#include "storage/rocks/recovery.hpp"
#include "storage/rocks/store.hpp"
#include "storage/rocks_journal.hpp"

namespace rf::storage::rocks {

/// The thread that folds what is durable into the committed copies and answers. The fold rows that changed are rewritten
/// some time after, together and not synced: a start folds again what they lack.
class Applier {
 public:
  Applier(Store& store, Committed& committed, Health& health, Checkpoints& checkpoints, const RocksOptions& options);

  void start(const ShardLogs& logs, Journal::OnApplied on_applied, Journal::OnRole on_role);
  /// Takes items that are durable, refused or need no durability. Any thread.
  void push(std::vector<Item> items);
  /// How far the shard's durable mark is on disk: entries from there on are kept. Any thread.
  void set_marked(std::uint32_t shard, std::uint64_t index);
  /// Works off what was pushed, then ends the thread.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;
  /// What is folded and not yet in rows.
  struct Unwritten {
    std::unordered_map<AccountCopy*, ChangedRows> accounts;
    std::vector<DirectoryBatch> directory;
    std::array<bool, journal_shards> shards{};
    std::size_t batches = 0;
    Clock::time_point due{};
  };
  struct Shard {
    std::uint64_t first_index = 1;
    std::uint64_t applied = 0;
  };

  void run();
  void take(Item& item);
  void fold_batch(Item& item);
  void write_unwritten();
  void drop_old_entries(std::uint32_t shard, WriteSet& set);

  Store& store_;
  Committed& committed_;
  Health& health_;
  Checkpoints& checkpoints_;
  const RocksOptions& options_;
  Journal::OnApplied on_applied_;
  Journal::OnRole on_role_;
  std::array<Shard, journal_shards> shards_{};
  Unwritten unwritten_;
  std::array<std::atomic<std::uint64_t>, journal_shards> marked_{};

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Item> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace rf::storage::rocks
