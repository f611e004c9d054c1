#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "tests/sim/context.hpp"
#include "tests/sim/log.hpp"
#include "tests/sim/network.hpp"

namespace rf::sim {

class NodeProcess;

/// One node: its process while it runs, with the real actors, and what stands around them: the edges' streams and the edge
/// watcher. The rules by which these two work are a node's own; here they are the shortest form that the protocol allows.
class Node {
 public:
  Node(Context& context, ClusterLog& cluster, Ledgers& ledgers, Network& network, std::size_t place);
  ~Node();

  void start();
  void crash();
  bool up() const { return process_ != nullptr; }
  /// It stands still: nothing runs, what arrives waits.
  void pause(Ms until_ms);
  void resume();
  bool paused() const { return context_.now_ms() < paused_until_ms_; }
  /// Its actors get no processor time, everything else goes on.
  void stall_actors(Ms until_ms);

  const std::shared_ptr<ProcessLog>& log() const;
  /// Whether it is the log's leader, and whether it takes itself for that of any shard, of the account's shard.
  bool is_leader() const { return up() && cluster_.leader() == log(); }
  bool leads() const { return up() && !led_.empty(); }
  bool leads(AccountId account) const { return up() && led_.count(storage::shard_of(account)) > 0; }
  void hear_deposed();

  void take(const StreamPtr& stream, const ToNode& message);
  void end_of(const StreamPtr& stream);
  /// Runs the command; nobody is called back after a crash.
  void command(AccountId account, CommandId id, core::Command command, actors::OnReply reply);

  /// Lets the actors run until none has work, or now and then until some still have.
  void run();
  bool idle() const;
  /// Ends the next actor of that name that has work, as an exception would.
  void kill_actor(std::string_view name) { kill_next_ = name; }
  Ms killed_ms() const { return killed_ms_; }

  /// The stream over which the edge's orders of that account flow: a sync has passed since it attached.
  bool serves(const StreamPtr& stream, AccountId account) const;
  core::EdgeClocks clocks() const;
  /// What the last turn decided by.
  const core::EdgeClocks& last_clocks() const;

 private:
  friend class NodeProcess;

  struct Attached {
    StreamPtr stream;
    std::uint64_t epoch = 0;
    std::string boot_id;
    bool beaten = false;
    std::set<AccountId> synced;
    std::map<AccountId, Ms> sync_asked_ms;
  };
  /// What the edge watcher knows of an edge, over all its streams.
  struct Watched {
    core::EdgeClock clock;
    Ms heard_ms = -1;
    bool silent_told = false;
    bool lost_told = false;
  };

  void on(const StreamPtr& stream, const Attach& message);
  void on(const StreamPtr& stream, const Heartbeat& message);
  void on(const StreamPtr& stream, const EdgeEvent& message);
  void on(const StreamPtr& stream, const Digests& message);
  void check_digest(const StreamPtr& stream, AccountId account, link::Digest digest);
  void again(const StreamPtr& stream, AccountId account, const link::Event& event);
  void answer_event(const StreamPtr& stream, const EdgeEvent& message, const actors::EdgeOutcome& outcome);
  void ordered(AccountId account, actors::Fence fence, const link::Order& order);
  void synced(AccountId account, actors::Fence fence, const EdgeName& edge, const link::Sync& sync);
  void ask_sync(Attached& edge, AccountId account);
  void role_changed(std::uint32_t shard, std::uint64_t term, bool gained);
  void take_roles();
  void watch_edges();
  Attached* attached(const StreamPtr& stream);
  Leading leading() const;
  /// Runs the task unless the process has died by then.
  void later(Ms delay_ms, std::function<void()> task);
  void run_later(Ms delay_ms);

  Context& context_;
  ClusterLog& cluster_;
  Ledgers& ledgers_;
  Network& network_;
  std::size_t place_;
  std::unique_ptr<NodeProcess> process_;
  std::uint64_t life_ = 0;
  Ms leading_since_ms_ = 0;
  /// As its process was told: shard and term.
  std::map<std::uint32_t, std::uint64_t> led_;
  std::set<std::uint32_t> gained_;
  bool roles_due_ = false;
  std::map<EdgeName, Attached> attached_;
  /// The first event of each stream and account that is asked for anew in a moment.
  std::map<std::pair<StreamPtr, AccountId>, std::uint64_t> not_taken_;
  std::map<EdgeName, Watched> watched_;
  Ms paused_until_ms_ = 0;
  Ms stalled_until_ms_ = 0;
  Ms run_armed_ms_ = never_ms;
  std::string kill_next_;
  Ms killed_ms_ = 0;
  std::deque<std::function<void()>> backlog_;
};

EdgeName edge_name(std::size_t place);

}  // namespace rf::sim
