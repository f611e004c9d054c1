#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "storage/raft/group.hpp"

namespace rf::storage::raft {

/// Whoever proposed something knows it by this again; never 0.
using Ticket = std::uint64_t;

struct EngineOptions {
  /// Of every group, but for the seed, which each draws from this one.
  GroupOptions group;
  std::uint32_t shards = 1;
  /// The entry with which this node begins to lead a shard.
  std::function<std::string(std::uint32_t shard, std::uint64_t term)> epoch_start;
  /// So much of a shard is submitted and not committed at most; the rest waits its turn.
  std::size_t inflight_entries_max = 1024;
  std::size_t inflight_bytes_max = 8 << 20;
};

struct ShardWrite {
  std::uint32_t shard = 0;
  Write write;
};
struct ShardMessage {
  std::uint32_t shard = 0;
  Message message;
};

/// What the machine above a shard, and whoever waits for it, must learn, in this order.
struct Happening {
  enum class Kind : std::uint8_t {
    /// An entry is committed; `ticket` is set where it was proposed here and nothing came between.
    committed,
    /// This node leads in `term`, and everything older is committed and told.
    leads,
    /// It does not any more.
    follows,
    /// Nothing was taken: this node does not lead, or in another term.
    refused,
    /// It may be committed yet, or never be.
    lost,
    /// Everything committed before the barrier is told, and this node led since.
    barrier_passed,
    /// The state is that of the snapshot at `index` now.
    installed,
    /// The shard cannot go on; `why`.
    broken,
  };
  Kind kind = Kind::committed;
  std::uint32_t shard = 0;
  std::uint64_t term = 0;
  std::uint64_t index = 0;
  EntryPtr entry;
  Ticket ticket = 0;
  Error why;
};

/// What the host carries out: writes in order and synced together, messages at once, happenings in order.
struct Turn {
  /// What stored() is told when all of `writes` are synced; 0: there are none.
  std::uint64_t write = 0;
  std::vector<ShardWrite> writes;
  std::vector<ShardMessage> messages;
  std::vector<Happening> happenings;
};

/// All shards of one node: one turn takes what came for each, and gives one write, the messages and what was committed. Says
/// that it leads a shard only when its own first entry is committed. As pure as its groups; one thread.
class Engine {
 public:
  using ReadLog = std::function<Result<std::vector<EntryPtr>>(std::uint32_t shard, std::uint64_t first, std::size_t n)>;

  Engine(EngineOptions options, ReadLog read_log);

  /// Each shard once, before anything else of it. `applied`: how far the machine above is. A shard whose log is none is broken
  /// from the start.
  void start(std::uint64_t now, std::uint32_t shard, const StoredLog& log, std::uint64_t applied);

  /// Takes the entry if this node leads the shard in that term. The ticket comes back in one happening: committed, refused or
  /// lost.
  void propose(std::uint32_t shard, std::uint64_t term, std::string bytes, Ticket ticket);
  /// The ticket comes back: barrier_passed, refused or lost.
  void barrier(std::uint32_t shard, Ticket ticket);
  void receive(std::uint64_t now, std::uint32_t shard, const Message& message);
  void stored(std::uint64_t now, std::uint64_t write);
  std::uint64_t due() const;
  void tick(std::uint64_t now);
  /// Submits what was proposed, and hands over all that came of this turn.
  Turn take(std::uint64_t now);

  // Of one shard, as Group's of the same names.
  void change(std::uint64_t now, std::uint32_t shard, Members members, std::string bytes);
  void catch_up(std::uint64_t now, std::uint32_t shard, NodeNumber standby);
  void transfer(std::uint64_t now, std::uint32_t shard, NodeNumber voter);
  void install(std::uint64_t now, std::uint32_t shard, NodeNumber leader, std::uint64_t term,
               const SnapshotHead& staged);
  void compact(std::uint64_t now, std::uint32_t shard, const SnapshotHead& applied, std::uint64_t trailing);

  const Group& group(std::uint32_t shard) const { return *shards_[shard].group; }
  /// The term in which this node leads and has said so; 0: it does not.
  std::uint64_t leads_in(std::uint32_t shard) const { return shards_[shard].ready ? shards_[shard].led_term : 0; }

 private:
  struct Proposal {
    std::uint64_t term = 0;
    std::string bytes;
    Ticket ticket = 0;
  };
  /// Submitted and not committed.
  struct Submitted {
    std::uint64_t index = 0;
    std::size_t bytes = 0;
    /// 0: the entry that begins the term, or one for a barrier.
    Ticket ticket = 0;
  };
  struct Barrier {
    std::uint64_t index = 0;
    Ticket ticket = 0;
  };
  struct Shard {
    std::unique_ptr<Group> group;
    std::uint64_t applied = 0;
    /// Of the leadership that is under way; 0: none. `ready`: it was told.
    std::uint64_t led_term = 0;
    std::uint64_t epoch_index = 0;
    bool ready = false;
    bool broken = false;
    bool installing = false;
    std::deque<Proposal> waiting;
    std::deque<Submitted> submitted;
    std::size_t submitted_bytes = 0;
    std::vector<Ticket> barriers_asked;
    std::deque<Barrier> barriers;
  };

  void absorb(std::uint64_t now, std::uint32_t shard, Effects effects);
  void apply(std::uint32_t shard);
  Ticket take_submitted(Shard& s, std::uint64_t term);
  void pass_barriers(std::uint32_t shard);
  void give_up_lead(std::uint32_t shard);
  void begin_term(std::uint64_t now, std::uint32_t shard);
  void break_shard(std::uint32_t shard);
  void submit(std::uint64_t now, std::uint32_t shard);
  void submit_barriers(std::uint64_t now, std::uint32_t shard);
  void tell(Happening::Kind kind, std::uint32_t shard, Ticket ticket);

  EngineOptions options_;
  std::vector<Shard> shards_;
  Turn turn_;
  std::uint64_t last_write_ = 0;
  /// A write of the engine, with the last write of each group in it.
  struct Written {
    std::uint64_t write = 0;
    std::vector<std::pair<std::uint32_t, std::uint64_t>> groups;
  };
  std::deque<Written> written_;
};

}  // namespace rf::storage::raft
