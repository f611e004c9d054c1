#pragma once
#include <map>

#include "core/base/table.hpp"
#include "core/queue/rank.hpp"
#include "core/queue/walk.hpp"
#include "core/strategy/strategy.hpp"

namespace rf::core {

/// The Ready members of one queue in its strategy's order (R2). Derived from the account, never stored, rebuilt on any doubt.
/// One order for each home edge and set of required skills that was asked for; a change of a member costs O(log members) in
/// each, a ranking does not depend on their number.
class QueueIndex {
 public:
  void update(const std::vector<MemberChange>& changes);
  void clear();
  /// Up to `wanted` agents that are open to the call: the sticky one, then those that were tried least, in strategy order.
  Ranked rank(const RankRequest& request);
  std::size_t size() const { return members_.size(); }

 private:
  struct Class {
    EdgeName edge;
    Skills required;
    Skills preferred;
    friend auto operator<=>(const Class&, const Class&) = default;
  };
  Class class_of(const RankRequest& request) const;
  const Order& order_of(const RankRequest& request);
  void insert(const Class& asked, Order& order, AgentId agent, const MemberView& view) const;
  void erase(const Class& asked, Order& order, AgentId agent, const MemberView& view) const;

  const Strategy* strategy_ = &longest_idle_agent();
  Table<AgentId, MemberView> members_;
  std::map<Class, Order> orders_;
};

/// One answer of a fresh or standing index: applies the request's changes, then ranks. What a queue actor does, and what the
/// presence actor does in place when none answers.
Ranked rank(QueueIndex& index, const RankRequest& request);

/// Whether a member is open to the request's call, whatever the strategy: phone at its edge, skills, tier, delay, no pair's
/// wait.
bool open_to(const RankRequest& request, AgentId agent, const MemberView& view);

}  // namespace rf::core
