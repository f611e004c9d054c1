#pragma once
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "actors/handles.hpp"
#include "actors/port.hpp"
#include "actors/roles.hpp"

namespace rf::actors {

/// The port's face of the actors: finds the account's actor and hands it the work. What needs no decision (whether this node
/// leads the shard, whether it stops) is settled here. Any thread.
class System final : public Actors {
 public:
  /// Spawns into a given actor system, which is kept alive as long as this: the node's own, or one whose scheduler and clock
  /// a test drives. With a scheduler driven by hand, stop() and run what is left before this is destroyed.
  System(std::shared_ptr<caf::actor_system> system, Options options);
  ~System() override;

  void on_role(std::uint32_t shard, std::uint64_t term, storage::RoleChange change, Ms epoch_start_ts) override;
  void command(AccountId account, CommandId id, core::Command command, std::vector<storage::Secret> secrets,
               OnReply reply) override;
  void edge_event(AccountId account, const EdgeName& edge, link::Event event, OnEdgeOutcome outcome) override;
  void digest(AccountId account, const EdgeName& edge, std::uint64_t epoch, link::Digest digest,
              OnEdgeOutcome outcome) override;
  void sync_edge(AccountId account, const EdgeName& edge) override;
  void edge_change(const EdgeName& edge, EdgeChange change) override;
  void wake(const std::vector<AccountId>& accounts) override;
  void stop(Ms timeout_ms) override;

 private:
  struct Shared;

  /// The way back for something that stop() waits for.
  Answer answer_to(OnOutcome back);
  void ask_edge(AccountId account, core::Command command, OnEdgeOutcome outcome);

  std::shared_ptr<caf::actor_system> system_;
  std::shared_ptr<const Options> options_;
  std::shared_ptr<Shared> shared_;
};

}  // namespace rf::actors
