#pragma once
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "core/queue/now.hpp"
#include "core/state/account.hpp"

/// Ranking (R2): what a queue actor holds and answers. Derived from the account, never stored, rebuilt on any doubt.
namespace rf::core {

/// A Ready, active member of a queue as the ranking sees it.
struct MemberView {
  std::int32_t tier_level = 0;
  std::int32_t position = 0;
  std::int32_t priority = 0;
  Ms metric = 0;
  Ms delay_ms = 0;
  Ms no_offer_until_ts = 0;
  /// The edges where the agent has a binding; API calls reach it without.
  std::vector<EdgeName> edges;
  friend bool operator==(const MemberView&, const MemberView&) = default;
};

/// Nothing: the agent is not a Ready, active member any more.
struct MemberChange {
  AgentId agent;
  std::optional<MemberView> view;
};

struct RankRequest {
  CallId call;
  QueueId queue;
  WaitingClass edge;
  Ms arrived_ts = 0;
  Ms now_ts = 0;
  /// Ranked first if it is in the index and its delays are over; not set: none.
  AgentId sticky;
  std::vector<Tried> tried;
  std::vector<PairWait> pair_waits;
  std::size_t wanted = 1;
  /// `changes` since the last request of this queue; with `whole`, every Ready member: the index starts anew.
  std::vector<MemberChange> changes;
  bool whole = false;
};

struct Ranked {
  CallId call;
  std::vector<AgentId> agents;
};

/// The Ready members of one queue in strategy order, per waiting class.
class QueueIndex {
 public:
  void update(const std::vector<MemberChange>& changes);
  void clear();
  /// Up to `wanted` agents whose delays are over: the sticky one, then those that were tried least, in strategy order.
  Ranked rank(const RankRequest& request) const;
  std::size_t size() const { return members_.size(); }

 private:
  struct Key {
    std::int32_t tier_level;
    std::int32_t position;
    std::int32_t priority;
    Ms metric;
    AgentId agent;
    bool operator<(const Key& other) const;
  };
  static Key key_of(AgentId agent, const MemberView& view);
  void erase(AgentId agent);

  std::unordered_map<AgentId, MemberView> members_;
  std::unordered_map<WaitingClass, std::set<Key>> order_;
};

/// One answer of a fresh or standing index: applies the request's changes, then ranks. What a queue actor does, and what the
/// presence actor does in place when none answers.
Ranked rank(QueueIndex& index, const RankRequest& request);

/// The agent as the queue's ranking sees it; nothing if it is no Ready, active member.
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
  std::unordered_map<QueueId, std::set<AgentId>> followed_;
};

}  // namespace rf::core
