#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "node/api/convert.hpp"
#include "node/task_thread.hpp"
#include "process/metrics.hpp"
#include "storage/journal.hpp"

namespace rf::node {

/// What a watcher's stream does. Any thread.
class WatchLine {
 public:
  virtual ~WatchLine() = default;
  /// False when the queue is full: then the watcher's writable() follows once there is room; or when the stream is ending.
  virtual bool send(api::WatchFrame frame) = 0;
  /// Takes no more frames and ends the stream behind what is queued.
  virtual void fail(const Error& error) = 0;
};

class WatchHub;

/// One client that watches one account: first rows, then facts, every one once and in order (R23). Any thread.
class Watcher : public std::enable_shared_from_this<Watcher> {
 public:
  /// `after_seq` 0: begin with a snapshot.
  Watcher(WatchHub& hub, AccountId account, std::uint64_t after_seq, std::shared_ptr<WatchLine> line);

  AccountId account() const { return account_; }
  void start() { schedule(); }
  /// The line has room again.
  void writable() { schedule(); }
  void close();

 private:
  friend class WatchHub;
  enum class Phase : std::uint8_t {
    /// Reads rows or the log to catch up.
    filling,
    /// Gets each batch as it is committed.
    live,
    closed,
  };
  /// Rows still to be sent.
  struct Rows {
    std::vector<AgentId> agents;
    std::vector<QueueId> queues;
    std::vector<CallId> calls;
    bool first = true;
    bool empty() const { return agents.empty() && queues.empty() && calls.empty(); }
  };
  enum class Filled : std::uint8_t { all, full, over };

  /// A committed batch, in order.
  void offer(const api::WatchFrame& frame, std::uint64_t first_seq, std::uint64_t last_seq);
  void schedule();
  /// On the reader thread, which alone uses what is below `mutex_`'s part while the phase is filling.
  void fill();
  Filled fill_all();
  Filled fill_gap();
  Filled fill_rows();
  Filled fill_facts();
  Result<void> begin_rows();
  bool too_far_behind(std::uint64_t head) const;
  Filled fail(const Error& error);

  WatchHub& hub_;
  const AccountId account_;
  const std::shared_ptr<WatchLine> line_;

  /// Never held while reading: offers come on the journal's apply thread.
  std::mutex mutex_;
  Phase phase_ = Phase::filling;
  bool scheduled_ = false;
  /// The highest seq offered while filling.
  std::uint64_t seen_seq_ = 0;

  std::uint64_t next_seq_ = 0;
  /// Facts after it were dropped and the watcher does not know yet.
  std::optional<std::uint64_t> gap_after_seq_;
  bool rows_wanted_ = false;
  std::optional<Rows> rows_;
};

/// Gives committed facts to the watchers of their account. Any thread.
class WatchHub {
 public:
  struct Parts {
    storage::Journal& journal;
    process::Metrics& metrics;
    /// Reads the log for watchers that catch up.
    TaskThread& reader;
  };
  /// The parts must outlive the hub and every watcher.
  explicit WatchHub(Parts parts) : parts_(parts) {}

  /// From Journal::OnApplied.
  void on_applied(const storage::AccountBatch& batch);
  void add(const std::shared_ptr<Watcher>& watcher);
  void remove(const std::shared_ptr<Watcher>& watcher);
  /// Ends every stream with this error.
  void close(const Error& error);

 private:
  friend class Watcher;
  struct Watched {
    OfferBook book;
    /// The book has every fact up to here.
    std::uint64_t version = 0;
    std::vector<std::shared_ptr<Watcher>> watchers;
  };

  const Parts parts_;
  std::mutex mutex_;
  std::unordered_map<AccountId, Watched> watched_;
  std::size_t streams_ = 0;
};

}  // namespace rf::node
