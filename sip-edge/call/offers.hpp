#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/edge_link.hpp"
#include "sip-edge/call/legs.hpp"

namespace rf::edge {

enum class OfferState : std::uint8_t {
  /// May still win its call.
  ringing,
  /// Won; in conversation.
  answered,
  /// Cannot win any more or is over; waits for its legs to go (R13).
  ending,
};

/// One reservation as it is rung here, from the ring order until LegGone.
struct Offer {
  ReservationId reservation;
  AccountId account;
  CallId call;
  AgentId agent;
  Ms ring_until_edge_ms = 0;
  Ms confirm_until_edge_ms = 0;
  OfferState state = OfferState::ringing;
  /// The cluster said that Answered is committed.
  bool confirmed = false;
  /// What the legs that failed so far said.
  std::optional<link::CloseCause> cause;
  /// The legs that are not gone yet; never empty while the offer is in the book.
  std::vector<Leg> legs;
};

/// When the clock alone changes the offer: its ring ends, it stays unconfirmed, or a leg is given up.
Ms deadline_of(const Offer& offer);
Leg* find_leg(Offer& offer, LegId id);

/// All offers of this edge, by reservation, leg, agent and deadline. Whoever changes an offer's state or legs calls
/// rearm() before anything else asks the book.
class OfferBook {
 public:
  Offer* find(ReservationId id);
  const Offer* find(ReservationId id) const;
  Offer* find_by_leg(LegId id);
  /// Reservations of the agent whose legs are not all gone: what R13 counts against max_concurrent.
  std::size_t live_of(AgentId agent) const;

  Offer& add(Offer offer);
  void rearm(Offer& offer);
  /// The leg has its final response or is given up.
  void drop_leg(Offer& offer, LegId leg);
  void remove(ReservationId id);

  /// never_ms without an offer.
  Ms next_deadline() const;
  std::optional<ReservationId> due(Ms edge_ms) const;
  std::size_t size() const { return offers_.size(); }

 private:
  struct Entry {
    Offer offer;
    Ms armed_edge_ms = never_ms;
  };
  std::map<ReservationId, Entry> offers_;
  std::unordered_map<LegId, ReservationId> by_leg_;
  std::unordered_map<AgentId, std::size_t> live_;
  std::set<std::pair<Ms, ReservationId>> deadlines_;
};

/// The reservations that ended here, so that no late or repeated order rings them again (R13): kept until ring_until has
/// passed and their LegGone is acked.
class Tombstones {
 public:
  bool has(ReservationId id) const { return stones_.count(id) != 0; }
  void add(ReservationId id, Ms until_edge_ms);
  /// The reservation's LegGone is acked.
  void acked(ReservationId id, Ms edge_ms);
  void expire(Ms edge_ms);
  std::size_t size() const { return stones_.size(); }

 private:
  struct Stone {
    Ms until_edge_ms = 0;
    bool acked = false;
  };
  std::map<ReservationId, Stone> stones_;
  std::set<std::pair<Ms, ReservationId>> by_time_;
};

}  // namespace rf::edge
