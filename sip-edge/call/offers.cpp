#include "sip-edge/call/offers.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/base/plant.hpp"

namespace rf::edge {

Ms deadline_of(const Offer& offer) {
  if (offer.state == OfferState::ringing) return offer.ring_until_edge_ms;
  Ms deadline = never_ms;
  if (offer.state == OfferState::answered && !offer.confirmed && !RF_PLANT(confirm_rule_off))
    deadline = offer.confirm_until_edge_ms;
  for (const Leg& leg : offer.legs) deadline = std::min(deadline, leg.gone_by_edge_ms);
  return deadline;
}

Leg* find_leg(Offer& offer, LegId id) {
  auto it = std::find_if(offer.legs.begin(), offer.legs.end(), [&](const Leg& leg) { return leg.id == id; });
  return it == offer.legs.end() ? nullptr : &*it;
}

Offer* OfferBook::find(ReservationId id) {
  auto it = offers_.find(id);
  return it == offers_.end() ? nullptr : &it->second.offer;
}

const Offer* OfferBook::find(ReservationId id) const {
  auto it = offers_.find(id);
  return it == offers_.end() ? nullptr : &it->second.offer;
}

Offer* OfferBook::find_by_leg(LegId id) {
  auto it = by_leg_.find(id);
  return it == by_leg_.end() ? nullptr : find(it->second);
}

std::size_t OfferBook::live_of(AgentId agent) const {
  auto it = live_.find(agent);
  return it == live_.end() ? 0 : it->second;
}

Offer& OfferBook::add(Offer offer) {
  const ReservationId id = offer.reservation;
  RF_ASSERT(!offer.legs.empty() && offers_.count(id) == 0);
  ++live_[offer.agent];
  for (const Leg& leg : offer.legs) by_leg_[leg.id] = id;
  Offer& added = offers_[id].offer = std::move(offer);
  rearm(added);
  return added;
}

void OfferBook::rearm(Offer& offer) {
  Entry& entry = offers_.at(offer.reservation);
  const Ms deadline = deadline_of(offer);
  if (deadline == entry.armed_edge_ms) return;
  if (entry.armed_edge_ms != never_ms) deadlines_.erase({entry.armed_edge_ms, offer.reservation});
  if (deadline != never_ms) deadlines_.insert({deadline, offer.reservation});
  entry.armed_edge_ms = deadline;
}

void OfferBook::drop_leg(Offer& offer, LegId leg) {
  std::erase_if(offer.legs, [&](const Leg& l) { return l.id == leg; });
  by_leg_.erase(leg);
}

void OfferBook::remove(ReservationId id) {
  auto it = offers_.find(id);
  RF_ASSERT(it != offers_.end());
  const Offer& offer = it->second.offer;
  for (const Leg& leg : offer.legs) by_leg_.erase(leg.id);
  auto live = live_.find(offer.agent);
  if (--live->second == 0) live_.erase(live);
  if (it->second.armed_edge_ms != never_ms) deadlines_.erase({it->second.armed_edge_ms, id});
  offers_.erase(it);
}

Ms OfferBook::next_deadline() const { return deadlines_.empty() ? never_ms : deadlines_.begin()->first; }

std::optional<ReservationId> OfferBook::due(Ms edge_ms) const {
  if (next_deadline() > edge_ms) return std::nullopt;
  return deadlines_.begin()->second;
}

void Tombstones::add(ReservationId id, Ms until_edge_ms) {
  auto [it, added] = stones_.try_emplace(id);
  if (!added) by_time_.erase({it->second.until_edge_ms, id});
  it->second = {until_edge_ms, false};
  by_time_.insert({until_edge_ms, id});
}

void Tombstones::acked(ReservationId id, Ms edge_ms) {
  auto it = stones_.find(id);
  if (it == stones_.end()) return;
  it->second.acked = true;
  if (it->second.until_edge_ms > edge_ms) return;
  by_time_.erase({it->second.until_edge_ms, id});
  stones_.erase(it);
}

void Tombstones::expire(Ms edge_ms) {
  while (!by_time_.empty() && by_time_.begin()->first <= edge_ms) {
    auto it = stones_.find(by_time_.begin()->second);
    by_time_.erase(by_time_.begin());
    // Not acked: acked() erases it.
    if (it->second.acked) stones_.erase(it);
  }
}

}  // namespace rf::edge
