#pragma once
#include <memory>
#include <set>
#include <string_view>

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "actors/presence_actor.hpp"
#include "actors/system.hpp"
#include "tests/sim/node.hpp"

namespace rf::sim {

/// The actors of one node process, from its start to its death, on CAF's scheduler for tests: one thread, virtual time, the
/// next job picked by the seed.
class NodeProcess : public actors::Outbox, public actors::TimeSource, public actors::Observer {
 public:
  explicit NodeProcess(Node& node);
  /// Everything under way is dropped; nobody hears of it.
  ~NodeProcess() override;

  actors::Actors& actors() { return *actors_; }
  const std::shared_ptr<ProcessLog>& log() const { return log_; }

  void move_clock();
  bool has_work() const;
  /// Runs one message of one actor; what a presence actor then holds is compared with its facts.
  void run_one();
  /// never_ms: none.
  Ms next_timer_ms() const;
  bool kill(std::string_view name);
  const core::EdgeClocks& last_clocks() const { return last_clocks_; }

  void order(AccountId account, actors::Fence fence, const link::Order& order) override;
  void sync(AccountId account, actors::Fence fence, const EdgeName& edge, const link::Sync& sync) override;
  Ms mono_ms() const override;
  core::EdgeClocks edge_clocks() const override;
  void turn(std::size_t facts, std::size_t orders) override;
  void rank_fallback() override;
  void rank_mismatch() override;
  void gate_depth(std::size_t depth) override;

 private:
  caf::scheduler::test_coordinator& scheduler() const;
  void compare(caf::actor_id id, const actors::Presence& presence);

  Node& node_;
  Context& context_;
  bool alive_ = true;
  std::shared_ptr<ProcessLog> log_;
  std::shared_ptr<caf::actor_system> system_;
  std::unique_ptr<actors::Actors> actors_;
  mutable core::EdgeClocks last_clocks_;
  std::set<caf::actor_id> seen_;
};

}  // namespace rf::sim
