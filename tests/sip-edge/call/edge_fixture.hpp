#pragma once
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "core/base/limits.hpp"
#include "sip-edge/call/machine.hpp"

namespace rf::edge {

template <class IdType>
IdType nth(std::uint64_t n) {
  return IdType(Ulid{1, n});
}

/// One edge with the leader of `account` connected; each step's outputs replace the last one's.
class EdgeTest : public ::testing::Test {
 protected:
  static constexpr std::uint64_t epoch = 7;
  const AccountId account = nth<AccountId>(1);
  const CallId call = nth<CallId>(1);
  const ReservationId r1 = nth<ReservationId>(1);
  const ReservationId r2 = nth<ReservationId>(2);
  const ReservationId r3 = nth<ReservationId>(3);
  Fence fence{5, 3};
  EdgeMachine edge{"edge-1", epoch, "boot-1"};
  Ms now = 1'000'000;
  Outputs out;

  EdgeTest() {
    step(input::LeaderConnected{account, fence});
    for (std::uint64_t agent = 1; agent <= 5; ++agent) bind(agent, agent);
  }

  const Outputs& step(const Input& input) { return out = edge.step(now, input); }
  const Outputs& tick_at(Ms edge_ms) {
    now = edge_ms;
    return step(input::Tick{});
  }

  static link::CallArrived arrival(CallId id) { return {id, "+4930100", "+4917012", "Ada"}; }
  const Outputs& invite(CallId id) { return step(input::CallerInvited{account, arrival(id)}); }
  const Outputs& bind(std::uint64_t agent, std::uint64_t binding) {
    const auto id = nth<BindingId>(binding);
    return step(input::BindingUp{account, {nth<AgentId>(agent), id, "sip:phone@192.0.2.1"}});
  }
  const Outputs& order(link::OrderBody body) {
    return step(input::OrderCame{account, fence, {"edge-1", epoch, std::move(body)}});
  }
  const Outputs& sync(std::vector<link::OrderBody> orders) {
    return step(input::SyncCame{account, fence, {epoch, std::move(orders)}});
  }

  /// Agent n with binding n, 20 s from now unless changed.
  link::RingTarget target(ReservationId reservation, std::uint64_t agent) const {
    link::RingTarget target;
    target.reservation = reservation;
    target.agent = nth<AgentId>(agent);
    target.bindings = {nth<BindingId>(agent)};
    target.ring_until_edge_ms = now + 20'000;
    target.confirm_until_edge_ms = now + 50'000;
    return target;
  }
  const Outputs& ring(link::RingTarget target) { return order(link::RingOrder{call, {std::move(target)}}); }
  /// The call rings agent `n` under `reservation`; returns the leg.
  LegId ring_agent(ReservationId reservation, std::uint64_t agent) {
    ring(target(reservation, agent));
    const auto rings = all<output::Ring>();
    EXPECT_EQ(rings.size(), 1u);
    return rings.empty() ? LegId{} : rings.front().leg;
  }

  /// The outputs of that kind in the last step.
  template <class T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const Output& o : out)
      if (auto* t = std::get_if<T>(&o)) found.push_back(*t);
    return found;
  }
  /// What the last step said to the cluster.
  std::vector<link::EventBody> said() const {
    std::vector<link::EventBody> bodies;
    for (const auto& sent : all<output::SendEvent>()) bodies.push_back(sent.event.body);
    return bodies;
  }
  std::uint64_t last_n() const { return edge.digest(account).n; }
  const Outputs& ack_all() { return step(input::Acked{account, epoch, last_n()}); }
};

using Said = std::vector<link::EventBody>;

}  // namespace rf::edge
