#include "tools/ringfencectl/live_rows.hpp"

#include <algorithm>

namespace rf::ctl {

namespace {

/// The rows of a map as pointers, in the order that `less` gives.
template <class Message, class Rows, class Less>
std::vector<const Message*> sorted(const Rows& rows, Less less) {
  std::vector<const Message*> out;
  for (const auto& [id, row] : rows) out.push_back(&row.message);
  std::stable_sort(out.begin(), out.end(), less);
  return out;
}

api::Offer* find_offer(api::Call& call, const std::string& reservation) {
  for (api::Offer& offer : *call.mutable_offers())
    if (offer.reservation_id() == reservation) return &offer;
  return nullptr;
}

void remove_offer(api::Call& call, const std::string& reservation) {
  auto& offers = *call.mutable_offers();
  for (int i = 0; i < offers.size(); ++i)
    if (offers.Get(i).reservation_id() == reservation) return offers.DeleteSubrange(i, 1);
}

void add_offer(api::Call& call, const api::Fact& fact) {
  if (find_offer(call, fact.reservation_id()) != nullptr) return;
  api::Offer& offer = *call.add_offers();
  offer.set_reservation_id(fact.reservation_id());
  offer.set_call_id(fact.call_id());
  offer.set_agent_id(fact.agent_id());
  offer.set_queue_id(fact.queue_id());
  offer.set_edge(fact.edge());
  offer.set_phase(api::OFFER_PHASE_OFFERED);
  offer.set_offered_ts(fact.ts());
  offer.set_ring_ms(fact.ring_ms());
}

}  // namespace

void LiveRows::take(const api::WatchFrame& frame) {
  if (frame.has_snapshot()) take(frame.snapshot());
  if (frame.has_deltas())
    for (const api::Fact& fact : frame.deltas().facts()) take(fact);
}

void LiveRows::take(const api::SnapshotPart& part) {
  if (part.first()) *this = LiveRows();
  for (const api::Agent& agent : part.agents()) agents_[agent.definition().id()] = {agent, part.version()};
  for (const api::Queue& queue : part.queues()) queues_[queue.definition().id()] = {queue, part.version()};
  for (const api::Call& call : part.calls()) calls_[call.id()] = {call, part.version()};
  seq_ = std::max(seq_, part.version());
  complete_ = complete_ || part.last();
}

void LiveRows::take(const api::Fact& fact) {
  seq_ = std::max(seq_, fact.seq());
  take_config(fact);
  if (const auto agent = agents_.find(fact.agent_id()); agent != agents_.end() && fact.seq() > agent->second.version)
    take_agent(agent->second.message, fact);
  if (fact.call_id().empty()) return;
  if (fact.kind() == "call_arrived" || fact.kind() == "call_adopted") calls_.try_emplace(fact.call_id());
  const auto call = calls_.find(fact.call_id());
  if (call == calls_.end() || fact.seq() <= call->second.version) return;
  if (fact.call_gone())
    calls_.erase(call);
  else
    take_call(call->second.message, fact);
}

void LiveRows::take_config(const api::Fact& fact) {
  if (fact.kind() == "agent_set") {
    auto& row = agents_[fact.agent_id()];
    if (fact.seq() > row.version) *row.message.mutable_definition() = fact.agent();
  } else if (fact.kind() == "queue_set") {
    auto& row = queues_[fact.queue_id()];
    if (fact.seq() > row.version) *row.message.mutable_definition() = fact.queue();
  } else if (fact.kind() == "agent_removed") {
    agents_.erase(fact.agent_id());
  } else if (fact.kind() == "queue_removed") {
    queues_.erase(fact.queue_id());
  }
}

void LiveRows::take_agent(api::Agent& agent, const api::Fact& fact) const {
  if (fact.from() != fact.to() || agent.bucket() == api::BUCKET_UNSPECIFIED) {
    agent.set_bucket(fact.to());
    agent.set_bucket_since_ts(fact.ts());
  }
  auto& memberships = *agent.mutable_definition()->mutable_memberships();
  if (fact.kind() == "status_set" || fact.kind() == "logged_in" || fact.kind() == "logged_out") {
    agent.set_status(fact.status());
    agent.set_reason(fact.reason());
    agent.clear_next_status();
  }
  if (fact.kind() == "logged_in")
    for (api::Membership& membership : memberships)
      membership.set_active(std::find(fact.queues().begin(), fact.queues().end(), membership.queue()) !=
                            fact.queues().end());
  // What a supervisor locked stays as it was set.
  if (fact.kind() == "logged_out")
    for (api::Membership& membership : memberships) membership.set_active(membership.active() && membership.locked());
  if (fact.kind() == "membership_active")
    for (api::Membership& membership : memberships)
      if (membership.queue() == fact.queue_id()) {
        membership.set_active(fact.active());
        membership.set_locked(fact.locked());
      }
  if (fact.kind() == "membership_paused")
    for (api::Membership& membership : memberships)
      if (membership.queue() == fact.queue_id()) {
        membership.set_paused(fact.paused());
        membership.set_pause_reason(fact.reason());
      }
  if (fact.kind() == "next_status_set") {
    if (fact.has_next_status())
      *agent.mutable_next_status() = fact.next_status();
    else
      agent.clear_next_status();
  }
  if (fact.kind() == "agent_reset") agent.clear_next_status();
}

void LiveRows::take_call(api::Call& call, const api::Fact& fact) const {
  if (fact.kind() == "call_arrived" || fact.kind() == "call_adopted") {
    call.set_id(fact.call_id());
    call.set_queue_id(fact.queue_id());
    call.set_edge(fact.edge());
    call.set_number(fact.number());
    call.set_caller(fact.caller());
    call.set_caller_name(fact.caller_name());
    call.set_priority(fact.priority());
    if (call.arrived_ts() == 0) call.set_arrived_ts(fact.at());
    call.set_state(api::CALL_STATE_WAITING);
    // A call that came back from its edge while it was answered says so by its agent.
    if (!fact.reservation_id().empty()) {
      call.set_state(api::CALL_STATE_ANSWERED);
      call.set_agent_id(fact.agent_id());
    }
  } else if (fact.kind() == "offered") {
    add_offer(call, fact);
  } else if (fact.kind() == "offer_closing" || fact.kind() == "offer_closed" || fact.kind() == "answered") {
    if (api::Offer* offer = find_offer(call, fact.reservation_id()))
      offer->set_phase(fact.kind() == "offer_closing"  ? api::OFFER_PHASE_CLOSING
                       : fact.kind() == "offer_closed" ? api::OFFER_PHASE_RELEASING
                                                       : api::OFFER_PHASE_ANSWERED);
    if (fact.kind() == "answered") {
      call.set_state(api::CALL_STATE_ANSWERED);
      call.set_answered_ts(fact.ts());
      call.set_agent_id(fact.agent_id());
    }
  } else if (fact.kind() == "leg_gone") {
    remove_offer(call, fact.reservation_id());
  } else if (fact.kind() == "call_closing") {
    call.set_state(api::CALL_STATE_CLOSING);
  } else if (fact.kind() == "call_ended") {
    call.set_state(api::CALL_STATE_ENDED);
    call.set_outcome(fact.outcome());
  } else if (fact.kind() == "call_moved") {
    call.set_queue_id(fact.queue_id());
  } else if (fact.kind() == "call_forwarded") {
    call.set_state(api::CALL_STATE_FORWARDED);
    call.set_forwarded_to(fact.address());
  } else if (fact.kind() == "callback_set") {
    call.set_callback(true);
    call.set_place_uri(fact.address());
  }
}

std::vector<const api::Agent*> LiveRows::agents() const {
  return sorted<api::Agent>(
      agents_, [](const api::Agent* a, const api::Agent* b) { return a->definition().key() < b->definition().key(); });
}

std::vector<const api::Queue*> LiveRows::queues() const {
  return sorted<api::Queue>(
      queues_, [](const api::Queue* a, const api::Queue* b) { return a->definition().key() < b->definition().key(); });
}

std::vector<const api::Call*> LiveRows::calls() const {
  return sorted<api::Call>(calls_,
                           [](const api::Call* a, const api::Call* b) { return a->arrived_ts() < b->arrived_ts(); });
}

std::string LiveRows::queue_key(const std::string& id) const {
  const auto found = queues_.find(id);
  return found == queues_.end() ? id : found->second.message.definition().key();
}

std::string LiveRows::agent_key(const std::string& id) const {
  const auto found = agents_.find(id);
  return found == agents_.end() ? id : found->second.message.definition().key();
}

const api::Call* LiveRows::call_of(const std::string& agent_id) const {
  const api::Call* ringing = nullptr;
  for (const auto& [id, row] : calls_)
    for (const api::Offer& offer : row.message.offers()) {
      if (offer.agent_id() != agent_id) continue;
      if (offer.phase() == api::OFFER_PHASE_ANSWERED) return &row.message;
      if (offer.phase() == api::OFFER_PHASE_OFFERED) ringing = &row.message;
    }
  return ringing;
}

}  // namespace rf::ctl
