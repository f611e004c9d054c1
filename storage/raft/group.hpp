#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "storage/raft/message.hpp"

struct rf_raft;

namespace rf::storage::raft {

struct GroupOptions {
  NodeNumber node = 0;
  /// Draws the election time-outs: another one on every node and at every start.
  std::uint32_t seed = 1;
  std::uint32_t election_timeout_ms = 500;
  std::uint32_t heartbeat_ms = 100;
  std::uint32_t inflight_entries_max = 1024;
  /// A longer append goes in several messages.
  std::size_t message_bytes_max = 1 << 20;
  /// Entries that are stored and applied leave memory beyond this.
  std::size_t cache_bytes_max = 4 << 20;
};

/// What a server finds on its disk: nothing at all, or a term. `entries` begin at `first_index`, and the first of all is a change;
/// their bytes are not needed.
struct StoredLog {
  std::uint64_t term = 0;
  NodeNumber vote = 0;
  std::optional<SnapshotHead> snapshot;
  std::uint64_t first_index = 1;
  std::vector<Entry> entries;
};

struct Vote {
  std::uint64_t term = 0;
  NodeNumber node = 0;
};

/// What is to be written together and synced; writes of a group go in order.
struct Write {
  /// What stored() is told when it is synced.
  std::uint64_t id = 0;
  std::optional<Vote> vote;
  /// Entries from here on are gone before `entries` are written; 0: none.
  std::uint64_t truncate_from = 0;
  std::uint64_t first_index = 0;
  std::vector<EntryPtr> entries;
  /// The staged snapshot takes the place of the whole log and state.
  std::optional<SnapshotHead> install;
  /// The log begins behind this now, and entries below `log_begins` are gone. Needs no sync of its own.
  std::optional<SnapshotHead> compacted;
  std::uint64_t log_begins = 0;
};

/// What a step leads to. The host sends `messages` at once; those that must wait for a write come out of its stored().
struct Effects {
  std::vector<Write> writes;
  std::vector<Message> messages;
  /// commit_index() has risen.
  bool committed = false;

  /// What a later step led to, behind this.
  void append(Effects later);
};

/// One server of one Raft group (Ongaro and Ousterhout 2014, by libraft 0.22): a pure machine that is told what
/// happens and says what to do. No clock, no disk, no network. `now` is milliseconds of a monotonic clock. Keeps what
/// libraft expects of its host: a change comes first in its append, an append or snapshot of a past term and votes that
/// nobody asked for go no further, writes that were overtaken are not reported, nothing leaves before the vote it depends on is
/// on disk. One thread.
class Group {
 public:
  /// Entries [first, first + n) from the disk; at most as many as there are.
  using ReadLog = std::function<Result<std::vector<EntryPtr>>(std::uint64_t first, std::size_t n)>;

  Group(const GroupOptions& options, ReadLog read_log);
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  ~Group();

  /// First of all, once. A group of one voter leads when it returns. corrupt: a log that no server can have written.
  Result<Effects> start(std::uint64_t now, const StoredLog& log);

  Effects receive(std::uint64_t now, const Message& message);
  /// Everything up to this write is synced.
  Effects stored(std::uint64_t now, std::uint64_t write);
  /// When tick() is due.
  std::uint64_t due() const;
  Effects tick(std::uint64_t now);

  bool can_propose() const;
  /// can_propose(). The entries' term must be term().
  Effects propose(std::uint64_t now, std::vector<EntryPtr> entries);

  /// No other change is under way, and nobody catches up.
  bool can_change() const;
  /// can_change(). `bytes`: the change as the log keeps it.
  Effects change(std::uint64_t now, Members members, std::string bytes);
  enum class CatchUp : std::uint8_t { none, running, aborted, finished };
  /// Brings a standby's log close to the end, so that it can be made a voter. Ignored unless can_change() and it is one.
  Effects catch_up(std::uint64_t now, NodeNumber standby);
  CatchUp catch_up_of(NodeNumber member) const;
  /// Asks the voter to take the lead; nothing is proposed until it does or an election time-out has passed. Ignored where this
  /// node does not lead or that one cannot.
  Effects transfer(std::uint64_t now, NodeNumber voter);

  /// The machine's state at `staged` lies ready on disk, and the leader of `term` offers to go on from there. Nothing
  /// comes of it when the log already holds that much, or the offer is of the past.
  Effects install(std::uint64_t now, NodeNumber leader, std::uint64_t term, const SnapshotHead& staged);
  bool installing() const;
  /// Forgets entries up to `applied`, but for the last `trailing` of them, and those that nobody can do without. Nothing happens
  /// where that is impossible now.
  Effects compact(std::uint64_t now, const SnapshotHead& applied, std::uint64_t trailing);

  /// The machine has applied so far; entries below may leave memory.
  void applied(std::uint64_t index);
  /// Committed or not, from memory or disk; at most as many as there are.
  Result<std::vector<EntryPtr>> entries(std::uint64_t first, std::size_t n) const;

  bool leads() const;
  std::uint64_t term() const;
  /// 0: not known.
  NodeNumber leader() const;
  std::uint64_t commit_index() const;
  std::uint64_t first_index() const;
  std::uint64_t last_index() const;
  std::uint64_t stored_index() const;
  /// Where the state stands that takes the place of the oldest entries; 0: there is none.
  std::uint64_t snapshot_index() const;
  /// The newest, committed or not.
  Members members() const;
  /// Where the committed members stand in the log; 0: nowhere yet.
  std::uint64_t members_index() const;
  /// Of a change in the log that is not known to be committed; 0: none.
  std::uint64_t change_underway() const;
  /// Of a leader: up to where the member's log is known to agree.
  std::uint64_t match_of(NodeNumber member) const;

  /// Not ok: two leaders in a term, a committed entry that differs, a log that cannot be read. Nothing is done from then on.
  const Result<void>& state() const { return state_; }

 private:
  struct Update;
  /// A write that is not known to be synced.
  struct Unsynced {
    std::uint64_t id = 0;
    /// Entries up to here are on disk with it; 0: none that count any more.
    std::uint64_t last_index = 0;
    bool vote = false;
    bool install = false;
  };

  Effects receive_one(std::uint64_t now, const Message& message);
  Message behind_snapshot(const Message& message) const;
  Effects take(std::uint64_t now, int error, const Update& update, const std::vector<EntryPtr>& given);
  void take_entries(const Update& update, const std::vector<EntryPtr>& given, Write& write);
  std::vector<Message> messages_of(const Update& update);
  void settle(std::uint64_t now, Effects& effects);
  void fail(Code code, std::string what);
  void trim_cache();

  GroupOptions options_;
  ReadLog read_log_;
  std::unique_ptr<rf_raft, void (*)(rf_raft*)> raft_;
  Result<void> state_;

  /// Entries from cache_first_ on, up to the end of the log.
  std::deque<EntryPtr> cache_;
  std::uint64_t cache_first_ = 1;
  std::size_t cache_bytes_ = 0;
  std::uint64_t applied_ = 0;

  std::uint64_t last_write_ = 0;
  std::deque<Unsynced> unsynced_;
  /// Messages that wait for the vote in that write.
  struct Held {
    std::uint64_t write = 0;
    std::vector<Message> messages;
  };
  std::deque<Held> held_;
  std::uint64_t ticked_ = 0;
  std::optional<SnapshotHead> installing_;
};

}  // namespace rf::storage::raft
