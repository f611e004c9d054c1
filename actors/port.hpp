#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "core/account/command.hpp"
#include "core/account/decide.hpp"
#include "core/account/reply.hpp"
#include "storage/journal.hpp"

/// What the node sees of the actors: plain types, no CAF. One presence actor per account, one queue actor per queue.
namespace rf::actors {

/// On every order that leaves the cluster: edges refuse a lower term of the same shard.
struct Fence {
  std::uint32_t shard = 0;
  std::uint64_t term = 0;
};

/// Where released orders go: the node's attached edges. Called in order per account on an actor thread; must not block. An
/// order for an edge that is not attached is dropped: its next Attach gets the full set (R10).
class Outbox {
 public:
  virtual ~Outbox() = default;
  virtual void order(AccountId account, Fence fence, const link::Order& order) = 0;
  virtual void sync(AccountId account, Fence fence, const EdgeName& edge, const link::Sync& sync) = 0;
};

/// The node's clocks and what the edges' heartbeats said (R5, R12). Any thread.
class TimeSource {
 public:
  virtual ~TimeSource() = default;
  virtual Ms mono_ms() const = 0;
  virtual core::EdgeClocks edge_clocks() const = 0;
};

/// Counters that the actors feed; the node gives them to metrics. Any thread.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void turn(std::size_t facts, std::size_t orders) = 0;
  virtual void rank_fallback() = 0;
  virtual void rank_mismatch() = 0;
  virtual void gate_depth(std::size_t depth) = 0;
};

using OnReply = std::function<void(const core::Reply&)>;

/// What an edge event or digest got. `code` ok: `reply` counts; not_owner: another node leads; overloaded: send again later.
struct EdgeOutcome {
  Code code = Code::ok;
  core::EdgeReply reply;
};
using OnEdgeOutcome = std::function<void(const EdgeOutcome&)>;

struct Options {
  std::shared_ptr<storage::Journal> journal;
  std::shared_ptr<Outbox> outbox;
  std::shared_ptr<TimeSource> time;
  std::shared_ptr<Observer> observer;
  /// 0: as many as cores.
  std::size_t threads = 0;
  /// Local time of accounts; outlives the actors. Null: UTC only.
  const Zones* zones = nullptr;
};

/// The actors of this node. Every callback comes once, on an actor thread (after stop() also on the calling thread), only
/// after the facts it depends on are durable (the output gate); it must not block. Whenever an account's actor is built, for
/// a new term or after it ended, the outbox gets the full set of orders of every edge that the account knows (R10). Destroy
/// after Journal::stop().
class Actors {
 public:
  virtual ~Actors() = default;

  /// From Journal::OnRole: this node leads the shard for `term` since `epoch_start_ts`, or leads it no more.
  virtual void on_role(std::uint32_t shard, std::uint64_t term, storage::RoleChange change, Ms epoch_start_ts) = 0;

  /// Runs a command. Idempotent by `id` for 24 h, across crashes (R24); a command without id (not set) is not remembered.
  /// `secrets` become durable with the facts. Errors in the reply, beside the refusals of core: not_owner, overloaded (1,024
  /// uncommitted, R25), unknown_outcome (leadership lost in flight), unavailable.
  virtual void command(AccountId account, CommandId id, core::Command command, std::vector<storage::Secret> secrets,
                       OnReply reply) = 0;
  virtual void edge_event(AccountId account, const EdgeName& edge, link::Event event, OnEdgeOutcome outcome) = 0;
  virtual void digest(AccountId account, const EdgeName& edge, std::uint64_t epoch, link::Digest digest,
                      OnEdgeOutcome outcome) = 0;
  /// Passes a barrier, then gives the account's full set of orders to the outbox (R10).
  virtual void sync_edge(AccountId account, const EdgeName& edge) = 0;

  enum class EdgeChange : std::uint8_t { silent, back, lost };
  /// Tells every account that runs here.
  virtual void edge_change(const EdgeName& edge, EdgeChange change) = 0;

  /// Builds the accounts' actors now: those with live calls or a deadline soon (R26), named by the caller.
  virtual void wake(const std::vector<AccountId>& accounts) = 0;
  /// Refuses new commands with not_owner, lets the gates empty, ends the actors. Blocks until done or `timeout_ms` passed.
  virtual void stop(Ms timeout_ms) = 0;
};

Result<std::unique_ptr<Actors>> start_actors(Options options);

}  // namespace rf::actors
