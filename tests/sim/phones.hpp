#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "core/base/ids.hpp"
#include "sip-edge/call/legs.hpp"
#include "tests/sim/context.hpp"

namespace rf::sim {

/// One leg of one life of one edge's process.
struct LegKey {
  std::size_t edge = 0;
  std::uint64_t life = 0;
  edge::LegId leg;
  friend auto operator<=>(const LegKey&, const LegKey&) = default;
};

/// What an edge wants of a phone.
struct Ringing {
  LegKey key;
  AccountId account;
  AgentId agent;
  CallId call;
  ReservationId reservation;
  /// The phone, by whatever binding it is registered.
  BindingId phone;
  std::uint32_t expires_s = 0;
  std::uint32_t max_concurrent = 1;
};

/// The agents' phones: they ring, are answered, refuse, say nothing, die, ring on when their edge has died. Counts what really
/// rings: this is where two legs on one agent would be heard (P1, P3).
class Phones {
 public:
  /// What the edge hears of a leg, if its process still lives.
  struct Ears {
    std::function<void(const LegKey&)> ringing;
    std::function<void(const LegKey&)> answered;
    std::function<void(const LegKey&, int sip_status)> failed;
    std::function<void(const LegKey&)> hung_up;
    std::function<void(const LegKey&)> gone;
    /// The phone of a call that is up vanished: only the session timer can tell.
    std::function<void(const LegKey&, CallId)> vanished;
  };
  explicit Phones(Context& context) : context_(context) {}
  void join(Ears ears) { ears_ = std::move(ears); }

  /// P1 where it counts: a further offer to the agent, beside all its phones at all edges, each from the INVITE to its end.
  void count_offer(AgentId agent, ReservationId reservation, std::size_t max_concurrent);
  /// An edge that stands still cannot end a call that nobody confirms (R12): later overlaps are counted only.
  void excuse(AgentId agent, ReservationId reservation);
  /// The account holds the reservation's leg for gone: so do its phones (R13).
  void count_gone(AgentId agent, ReservationId reservation);
  void ring(const Ringing& ring);
  void cancel(const LegKey& key);
  void bye(const LegKey& key);
  /// The edge acknowledged this leg's answer and gave it to the caller: the call's other legs stop within the cancel's
  /// round trip (P3).
  void won(const LegKey& key);
  /// The edge's process is gone: calls in progress fall apart, ringing goes on until Expires.
  void edge_died(std::size_t edge, std::uint64_t life);
  /// The cluster gave the edge up: its calls end as failed and later overlaps are counted only (R17).
  void edge_lost(AccountId account, std::size_t edge);

  /// It loses power until then, without a word to anybody.
  void die(BindingId phone, Ms until_ms);
  bool dead(BindingId phone) const;
  /// From now on nobody answers, and conversations end soon.
  void calm_down() { calm_ = true; }
  void wake_up() { calm_ = false; }
  std::size_t live() const;

 private:
  enum class State : std::uint8_t { coming, ringing, answered, over };
  struct Leg {
    Ringing ring;
    State state = State::coming;
    bool excused = false;
    bool acknowledged = false;
    Ms over_ms = 0;
    Ms to_phone_at_ms = 0;
    Ms to_edge_at_ms = 0;
  };
  using LegPtr = std::shared_ptr<Leg>;

  void arrive(const LegPtr& leg);
  void answer(const LegPtr& leg);
  void hang_up(const LegPtr& leg);
  void vanish(const LegPtr& leg);
  void end(const LegPtr& leg);
  void forget_old();
  /// Each way of a leg keeps its order.
  void to_phone(const LegPtr& leg, std::function<void()> what);
  void to_edge(const LegPtr& leg, std::function<void()> what);
  LegPtr find(const LegKey& key) const;
  static bool alive(const Leg& leg) { return leg.state != State::over; }
  static bool rings(const Leg& leg) { return leg.state == State::coming || leg.state == State::ringing; }

  Context& context_;
  Ears ears_;
  std::map<LegKey, LegPtr> legs_;
  std::unordered_map<AgentId, std::vector<LegPtr>> by_agent_;
  std::unordered_map<BindingId, Ms> dead_until_ms_;
  std::set<std::pair<std::size_t, std::uint64_t>> dead_edges_;
  std::size_t forget_at_ = 500;
  bool calm_ = false;
};

}  // namespace rf::sim
