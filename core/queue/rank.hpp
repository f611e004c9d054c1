#pragma once
#include <set>
#include <vector>

#include "core/base/table.hpp"
#include "core/queue/ask.hpp"
#include "core/queue/now.hpp"
#include "core/state/account.hpp"
#include "core/strategy/member.hpp"

/// Ranking (R2): what is asked of a queue actor, and what it answers (queue_index.hpp).
namespace rf::core {

struct RankRequest {
  CallId call;
  QueueId queue;
  StrategyKind strategy = StrategyKind::longest_idle_agent;
  EdgeName edge;
  Skills required;
  Skills preferred;
  TierRange tiers{0, limits::tier_level_max};
  Ms arrived_ts = 0;
  Ms now_ts = 0;
  /// Ranked first if it is open to the call and was not tried; not set: none.
  AgentId sticky;
  /// Nobody but the sticky agent.
  bool sticky_only = false;
  std::vector<Tried> tried;
  std::vector<PairWait> pair_waits;
  /// Whom the queue, and this call, was offered last.
  Stood queue_last;
  Stood call_last;
  /// What draws are made of (R5).
  std::uint64_t seed = 0;
  std::size_t wanted = 1;
  /// `changes` since the last request of this queue; with `whole`, every Ready member: the index starts anew.
  std::vector<MemberChange> changes;
  bool whole = false;
};

struct Ranked {
  CallId call;
  std::vector<AgentId> agents;
};

/// The agent as the queue's ranking sees it; nothing if it is no Ready, active member, or left alone for a while.
std::optional<MemberView> member_view(const Account& account, const Agent& agent, QueueId queue);

/// Collects which members changed since each queue was last ranked, so that an index is never stale (R3). Lives beside the
/// account in its presence actor.
class RankFeed {
 public:
  /// Notes the agent that a fact, just applied, touched.
  void note(const Account& account, const Touched& touched, const fact::Body& body);
  /// The request for a seeking call, with all changes since the queue's last one; whole if the queue is not followed yet.
  RankRequest request(const Account& account, const Call& call, const Now& now);
  /// The queue's index is gone or doubted: the next request is whole.
  void forget(QueueId queue);

 private:
  Table<QueueId, std::set<AgentId>> followed_;
};

}  // namespace rf::core
