#pragma once
#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "storage/rocks/applier.hpp"
#include "storage/rocks/health.hpp"
#include "storage/rocks/item.hpp"
#include "storage/rocks/log_directory.hpp"
#include "storage/rocks/recovery.hpp"
#include "storage/rocks_journal.hpp"

namespace rf::storage::rocks {

/// Takes batches in, in order, and its thread makes them durable: what waits, over all shards, is one write and one sync, of
/// each account at most 64 KB or one larger batch (R25). What is durable goes to the applier.
class LogWriter {
 public:
  LogWriter(Store& store, const LogDirectory& directory, Committed& committed, Health& health, Applier& applier,
            const RocksOptions& options);

  /// `logs`: each shard's end and term; `marks`: what the mark file holds.
  void start(const ShardLogs& logs, const Marks& marks);
  /// Accepts the item or turns it into a refusal; either way it goes through in order. Any thread; never blocks.
  void submit(Item item);
  /// Makes durable what was accepted, writes the mark, then ends the thread.
  void stop();

 private:
  struct Shard {
    std::uint64_t term = 0;
    std::uint64_t index = 0;
    Hash hash{};
  };
  using Clock = std::chrono::steady_clock;

  Error refusal_of(const Item& item);
  void run();
  void gather(std::unique_lock<std::mutex>& lock);
  /// The items of the next write, off the queue. Locked.
  std::vector<Item> take_turn();
  void make_durable(std::vector<Item> items);
  void add(Item& item, WriteSet& set);
  void write_mark();

  Store& store_;
  const LogDirectory& directory_;
  Committed& committed_;
  Health& health_;
  Applier& applier_;
  const RocksOptions& options_;

  // The thread's own.
  std::array<Shard, journal_shards> shards_{};
  Marks marks_{};
  bool mark_is_behind_ = false;
  Clock::time_point mark_due_{};
  std::size_t last_batches_ = 0;
  Clock::duration last_sync_{};

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::array<std::uint64_t, journal_shards> terms_{};
  std::vector<Item> queue_;
  std::size_t queued_bytes_ = 0;
  /// Wakes the thread when so many wait; 0: the first does.
  std::size_t wanted_ = 0;
  bool accepting_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace rf::storage::rocks
