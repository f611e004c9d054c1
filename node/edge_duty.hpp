#pragma once
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "actors/port.hpp"
#include "node/cluster/shard_roles.hpp"
#include "node/edge_watch.hpp"
#include "node/grpc/edge_hub.hpp"
#include "node/task_thread.hpp"
#include "process/log.hpp"

namespace rf::node {

/// What the accounts that are led here must do or hear when an edge comes, goes or is silent, or when they are led anew: full
/// sets of orders (R10) and the edge's health (R17). It is done on one thread in the order in which it came up, so that what
/// an account hears of an edge last is what happened last. Any thread.
class EdgeDuty {
 public:
  struct Parts {
    storage::Journal& journal;
    actors::Actors& actors;
    EdgeHub& hub;
    EdgeWatch& watch;
    const ShardRoles& roles;
    const process::Clock& clock;
    /// Does the work, which may walk over all accounts.
    TaskThread& walker;
    process::Logger& log;
  };
  /// The parts must outlive the duty; the walker must be stopped before it ends.
  explicit EdgeDuty(Parts parts) : parts_(parts) {}

  /// From Journal::OnRole of a shard of accounts, after the roles and the actors have heard it. Does not block.
  void role_changed(std::uint32_t shard, storage::RoleChange change);
  /// `line` is the edge's current stream from now on: every account that knows the edge sends its full set first.
  void attached(const EdgeName& edge, const std::shared_ptr<EdgeLine>& line, std::uint64_t epoch,
                const std::string& boot_id, Ms clock_ms);
  void heartbeat(const EdgeName& edge, std::uint64_t epoch, Ms clock_ms);
  /// To be called about once a second.
  void tick();

 private:
  void tell(const EdgeNews& news);
  void take_roles();
  void take_over(AccountId account, const std::set<EdgeName>& attached);

  const Parts parts_;
  std::mutex mutex_;
  std::set<std::uint32_t> gained_;
  bool roles_due_ = false;
};

/// The accounts that have seen this edge. Walks over all of them.
std::vector<AccountId> accounts_with_edge(storage::Journal& journal, const EdgeName& edge);

}  // namespace rf::node
