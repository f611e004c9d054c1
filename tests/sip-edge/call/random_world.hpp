#pragma once
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "sip-edge/call/machine.hpp"

namespace rf::edge {

/// One edge among random callers, phones, registrations, lost streams, deposed leaders and late clocks; it judges every
/// output by what it saw itself, never by the machine's own books. The same seed gives the same run.
class RandomWorld {
 public:
  explicit RandomWorld(std::uint64_t seed);

  /// Takes that many random steps, then lets everything come to rest. Returns what went wrong first, if anything did.
  std::optional<std::string> run(int steps);
  /// How often each kind of output and event was seen, by name.
  const std::map<std::string, int>& seen() const { return seen_; }

 private:
  struct CallSeen {
    AccountId account;
    link::CallArrived arrival;
    bool up = true;
    bool answered = false;
    /// Given to an address outside, by that leg.
    LegId outside;
  };
  /// Without a caller.
  struct PlacedSeen {
    AccountId account;
    /// The agent's, once it has answered, and the customer's.
    LegId agent;
    LegId outside;
    bool connected = false;
    bool over = false;
  };
  struct LegSeen {
    /// Not set: to an address outside.
    ReservationId reservation;
    BindingId binding;
    bool rang = false;
    bool answered = false;
    bool final = false;
    Ms released_ms = never_ms;
    Ms final_ms = never_ms;
    bool byed = false;
  };
  struct OfferSeen {
    AccountId account;
    CallId call;
    link::RingTarget target;
    bool rung = false;
    bool bridged = false;
    std::vector<LegId> legs;
    // By the events, in their order.
    bool closed = false;
    bool answered = false;
    std::uint64_t answered_n = 0;
    bool gone = false;
    bool gone_taken = false;
  };
  /// The account's leader: it takes events in order and folds them.
  struct Leader {
    bool connected = false;
    Fence fence;
    std::deque<link::Event> stream;
    std::uint64_t taken = 0;
    std::uint64_t acked = 0;
    /// Every event as it was first sent, with the instant of its making.
    std::vector<std::pair<link::EventBody, Ms>> first;
    std::map<CallId, link::CarriedCall> calls;
    std::map<CallId, Ms> arrived;
    std::map<BindingId, link::BindingUp> bindings;
    std::set<CallId> ended;
    std::set<CallId> ended_taken;
  };

  void random_step();
  void rest();
  void caller_acts();
  void phone_acts();
  void registrar_acts();
  void leader_acts();
  void stream_acts();
  void refused_order();
  void sync();
  void ring_order(AccountId account);
  void deliver(AccountId account, Leader& leader);

  void step(const Input& input);
  void check(const output::QueueCaller& out);
  void check(const output::RingCaller& out);
  void check(const output::AnswerCaller& out);
  void check(const output::HangupCaller& out);
  void check(const output::RefuseCaller& out);
  void check(const output::Ring& out);
  void check(const output::CallOutside& out);
  void check(const output::ConnectOutside& out);
  void check(const output::CancelLeg& out);
  void check(const output::ByeLeg& out);
  void check(const output::SendEvent& out);
  void fold(AccountId account, Leader& leader, std::uint64_t n, Ms at, const link::EventBody& body);
  void check_gone(Leader& leader, OfferSeen& offer, ReservationId id, Ms at);
  void check_standing();
  bool live(const LegSeen& leg) const;
  bool waits(CallId id) const;
  /// Of a placed call.
  bool rings(CallId id) const;
  void over(CallId id);

  std::uint64_t draw(std::uint64_t below) { return below == 0 ? 0 : random_() % below; }
  bool chance(std::uint64_t percent) { return draw(100) < percent; }
  template <class Map>
  typename Map::iterator any(Map& map) {
    auto it = map.begin();
    std::advance(it, static_cast<std::ptrdiff_t>(draw(map.size())));
    return it;
  }
  AccountId any_account() { return any(leaders_)->first; }
  bool may_order(const OfferSeen& offer) const;
  input::OrderCame order_of(AccountId account, link::OrderBody body);
  [[noreturn]] void wrong(const std::string& what) const;

  static constexpr std::uint64_t epoch = 3;
  std::mt19937_64 random_;
  EdgeMachine edge_{"edge-1", epoch, "boot-1"};
  Ms now_ = 1'000;
  std::uint64_t last_id_ = 0;
  std::uint64_t last_leg_ = 0;
  std::map<AccountId, Leader> leaders_;
  std::map<CallId, CallSeen> calls_;
  std::map<CallId, PlacedSeen> placed_;
  std::map<ReservationId, OfferSeen> offers_;
  std::map<LegId, LegSeen> legs_;
  std::map<BindingId, std::pair<AccountId, AgentId>> registered_;
  std::map<std::string, int> seen_;
};

}  // namespace rf::edge
