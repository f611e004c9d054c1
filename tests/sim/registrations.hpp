#pragma once
#include <functional>
#include <map>

#include "tests/sim/context.hpp"
#include "tests/sim/phones.hpp"

namespace rf::sim {

/// Every phone registers at one edge, refreshes while it has power, and now and then turns up at another edge, where the old
/// registration then runs out by itself (R18).
class Registrations {
 public:
  struct Edges {
    std::function<void(std::size_t edge, AccountId, AgentId, BindingId phone, Ms expires_ms)> registered;
    std::function<void(std::size_t edge, BindingId)> unregistered;
    std::function<bool(std::size_t edge, BindingId)> holds;
  };
  Registrations(Context& context, Phones& phones) : context_(context), phones_(phones) {}
  void join(Edges edges) { edges_ = std::move(edges); }
  void start();

  /// One phone, chosen by chance, goes to another edge, or unregisters for a while.
  void move_one();
  /// Whether the phone's last registration was at that edge.
  bool at_home(BindingId phone, std::size_t edge) const { return all_.at(phone).edge == edge; }
  AgentId agent_of(BindingId phone) const { return all_.at(phone).agent; }

 private:
  struct Phone {
    AccountId account;
    AgentId agent;
    std::size_t edge = 0;
    Ms away_until_ms = 0;
  };
  void refresh(BindingId binding);

  Context& context_;
  Phones& phones_;
  Edges edges_;
  std::map<BindingId, Phone> all_;
};

}  // namespace rf::sim
