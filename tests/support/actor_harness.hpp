#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "actors/system.hpp"
#include "storage/memory_journal.hpp"

namespace rf::testing {

/// Virtual time shared by the actors' scheduler and their TimeSource, with the edges' heartbeats as the test sends them.
class VirtualTime : public actors::TimeSource {
 public:
  explicit VirtualTime(Ms wall_base_ts) : wall_base_ts_(wall_base_ts) {}

  Ms mono_ms() const override { return mono_ms_; }
  core::EdgeClocks edge_clocks() const override;
  /// What the node's wall clock says; a step changes only what later terms start from.
  Ms wall_ts() const { return wall_base_ts_ + mono_ms_; }
  void step_wall(Ms ms) { wall_base_ts_ += ms; }
  void set_mono(Ms mono_ms) { mono_ms_ = mono_ms; }

  /// The edge's word, as a heartbeat or an attach brings it: its clock is ahead of this node's by `ahead_ms`.
  void heartbeat(const EdgeName& edge, std::uint64_t epoch, const std::string& boot_id, Ms ahead_ms);
  void forget(const EdgeName& edge) { heard_.erase(edge); }
  void forget_edges() { heard_.clear(); }

 private:
  struct Heard {
    std::uint64_t epoch = 0;
    std::string boot_id;
    Ms edge_ms = 0;
    Ms at_mono_ms = 0;
  };
  Ms wall_base_ts_;
  Ms mono_ms_ = 0;
  std::map<EdgeName, Heard> heard_;
};

/// One thing that left the gate for an edge.
struct Sent {
  AccountId account;
  actors::Fence fence;
  EdgeName edge;
  std::variant<link::Order, link::Sync> what;
};

/// Keeps what left, in order. A dead process's outbox is closed.
class CapturingOutbox : public actors::Outbox {
 public:
  void order(AccountId account, actors::Fence fence, const link::Order& order) override;
  void sync(AccountId account, actors::Fence fence, const EdgeName& edge, const link::Sync& sync) override;

  std::vector<Sent> sent;
  bool closed = false;
};

struct CountingObserver : actors::Observer {
  void turn(std::size_t facts, std::size_t orders) override;
  void rank_fallback() override { ++fallbacks; }
  void rank_mismatch() override { ++mismatches; }
  void gate_depth(std::size_t depth) override;

  std::size_t turns = 0;
  std::size_t facts = 0;
  std::size_t orders = 0;
  std::size_t fallbacks = 0;
  std::size_t mismatches = 0;
  std::size_t depth = 0;
  std::size_t deepest = 0;
};

/// What one command or edge event got, and how often it was called back.
struct Asked {
  std::optional<core::Reply> reply;
  std::optional<actors::EdgeOutcome> outcome;
  int times = 0;

  bool done() const { return times > 0; }
  Code code() const { return reply ? reply->code : outcome->code; }
};
using AskedPtr = std::shared_ptr<Asked>;

/// One node's actors over a memory journal, without threads: virtual time, and a scheduler that picks the next actor by a
/// seed. The same seed and the same calls give the same run, bit for bit.
class ActorHarness {
 public:
  explicit ActorHarness(std::uint64_t seed);
  ~ActorHarness();
  ActorHarness(const ActorHarness&) = delete;
  ActorHarness& operator=(const ActorHarness&) = delete;

  AskedPtr command(AccountId account, CommandId id, core::Command command);
  AskedPtr edge_event(AccountId account, const EdgeName& edge, link::Event event);
  AskedPtr digest(AccountId account, const EdgeName& edge, std::uint64_t epoch, link::Digest digest);
  actors::Actors& actors() { return *actors_; }
  storage::MemoryJournal& journal() { return *journal_; }
  VirtualTime& time() { return *time_; }
  CapturingOutbox& outbox() { return *outbox_; }
  CountingObserver& observer() { return *observer_; }
  /// Every committed fact of the account, in order.
  const std::vector<core::Fact>& log(AccountId account) { return log_[account]; }
  core::Account committed(AccountId account) { return journal_->load(account).value(); }

  /// Runs one message of an actor that has work, chosen by the seed; false when none may run.
  bool step();
  /// Runs messages until no actor has work.
  void run();
  /// Runs messages and commits, in an order chosen by the seed, until both are done.
  void settle();
  /// Runs what there is, then moves time: timers go off one after the other at their own instants, settle() or run() after
  /// each.
  enum class Commits : std::uint8_t { at_once, by_hand };
  void advance(Ms ms, Commits commits);
  /// The instant of the next timer, on the monotonic clock; never_ms: none.
  Ms next_timer_mono_ms() const;

  /// Actors of that name ("queue_actor") are not run until released.
  void freeze(std::string_view name) { frozen_.insert(std::string(name)); }
  void release(std::string_view name) { frozen_.erase(std::string(name)); }
  /// Kills an actor of that name that has work now, before it does it; false when there is none.
  bool kill(std::string_view name);
  /// How many actors of that name have work now.
  std::size_t with_work(std::string_view name) const;

  /// The process dies: the `durable` oldest uncommitted batches are on disk, nobody is called back.
  void crash(std::size_t durable);
  /// A new process on the same disk.
  void restart();
  std::mt19937_64& random() { return random_; }

 private:
  void start();
  void tear_down();
  caf::scheduler::test_coordinator& scheduler() const;
  std::vector<std::size_t> runnable() const;

  std::mt19937_64 random_;
  std::shared_ptr<VirtualTime> time_;
  std::shared_ptr<storage::MemoryJournal> journal_;
  std::shared_ptr<CountingObserver> observer_;
  std::shared_ptr<CapturingOutbox> outbox_;
  /// False once the process that was asked has died.
  std::shared_ptr<bool> alive_;
  std::shared_ptr<caf::actor_system> system_;
  std::unique_ptr<actors::Actors> actors_;
  std::map<AccountId, std::vector<core::Fact>> log_;
  std::set<std::string> frozen_;
};

/// What left, as text, one line each: for comparing runs and for reading failures.
std::string text_of(const Sent& sent);

}  // namespace rf::testing
