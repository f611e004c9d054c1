#include "node/api/convert.hpp"

#include <algorithm>

#include "core/presence/bucket.hpp"
#include "core/queue/admission.hpp"
#include "node/api/state_word.hpp"
#include "node/validate.hpp"

namespace rf::node {

namespace {

/// Of the queue's waiting calls; 0: nobody waits. Looks at the queue's own rows only: an account may have many.
Ms oldest_arrived_ts(const core::Account& account, QueueId queue) {
  Ms oldest_ts = never_ms;
  const auto take = [&](CallId id) {
    const core::Call* call = core::find_call(account, id);
    if (call != nullptr && call->queue == queue && call->state == core::CallState::waiting)
      oldest_ts = std::min(oldest_ts, call->arrived_ts);
  };
  if (const auto classes = account.index.waiting.find(queue); classes != account.index.waiting.end())
    for (const auto& [asked, places] : classes->second)
      for (const core::Place& place : places) take(place.call);
  // Calls that ring stand in no list meanwhile.
  if (const auto members = account.index.members.find(queue); members != account.index.members.end())
    for (const AgentId id : members->second)
      for (const ReservationId held : core::find_agent(account, id)->live)
        if (const core::Reservation* r = core::find_reservation(account, held)) take(r->offer.call);
  return oldest_ts == never_ms ? 0 : oldest_ts;
}

api::Offer offer_of(const core::Reservation& reservation) {
  api::Offer out;
  const core::fact::Offered& offer = reservation.offer;
  out.set_reservation_id(offer.reservation.text());
  out.set_call_id(offer.call.text());
  out.set_agent_id(offer.agent.text());
  out.set_queue_id(text_or_empty(offer.queue));
  out.set_edge(offer.edge);
  out.set_phase(to_api(reservation.phase));
  out.set_offered_ts(reservation.offered_ts);
  out.set_answered_ts(reservation.answered_ts);
  out.set_ring_ms(offer.ring_ms);
  return out;
}

/// Nothing while no call of the queue has told how long one takes, and while nobody is there to take one.
std::optional<Ms> known_wait_ms(const core::Account& account, const core::Queue& queue, std::size_t place) {
  if (queue.handle_ms == 0) return std::nullopt;
  const Ms wait_ms = core::expected_wait_ms(account, queue, place);
  return wait_ms == never_ms ? std::nullopt : std::optional<Ms>(wait_ms);
}

}  // namespace

api::NextStatus to_api(const core::NextStatus& next) {
  api::NextStatus out;
  out.set_status(to_api(next.status));
  out.set_reason(next.reason);
  out.set_asked_ts(next.asked_ts);
  return out;
}

api::Disposition to_api(const core::Disposition& disposition) {
  api::Disposition out;
  out.set_category(to_api(disposition.category));
  out.set_outcome(disposition.outcome);
  out.set_notes(disposition.notes);
  for (const std::string& tag : disposition.tags) out.add_tags(tag);
  return out;
}

void add_shifts(const std::vector<core::Shift>& shifts, ApiShifts& out) {
  for (const core::Shift& shift : shifts) {
    api::Shift& added = *out.Add();
    added.set_from_ts(shift.from_ts);
    added.set_until_ts(shift.until_ts);
    for (const core::Activity& activity : shift.activities) {
      api::Activity& part = *added.add_activities();
      part.set_kind(activity.kind);
      part.set_from_ts(activity.from_ts);
      part.set_until_ts(activity.until_ts);
    }
  }
}

void add_attributes(const std::vector<core::Attribute>& attributes, ApiAttributes& out) {
  for (const core::Attribute& attribute : attributes) {
    api::Attribute& added = *out.Add();
    added.set_name(attribute.name);
    added.set_value(attribute.value);
  }
}

api::Account to_api(const core::Account& account) {
  api::Account out;
  out.set_id(account.id.text());
  *out.mutable_settings() = to_api(account.settings);
  for (const auto& [number, route] : account.numbers) *out.add_numbers() = to_api(number, route);
  for (const std::string& domain : account.domains) out.add_domains(domain);
  for (const auto& [name, trunk] : account.trunks) {
    api::Trunk* added = out.add_trunks();
    added->set_name(trunk.name);
    added->set_address(trunk.address);
  }
  out.set_agents(static_cast<std::uint32_t>(account.index.agent_by_key.size()));
  out.set_queues(static_cast<std::uint32_t>(account.index.queue_by_key.size()));
  out.set_calls(static_cast<std::uint32_t>(account.calls.size()));
  return out;
}

api::Agent to_api(const core::Account& account, const core::Agent& agent) {
  api::Agent out;
  *out.mutable_definition() = definition_of(agent.id, agent.config, agent.memberships);
  out.set_status(to_api(agent.status));
  out.set_reason(utf8_of(agent.reason));
  out.set_status_since_ts(agent.status_since_ts);
  out.set_bucket(to_api(agent.bucket));
  out.set_bucket_since_ts(agent.bucket_since_ts);
  out.set_reachable(core::reachable(agent));
  for (const core::Binding& binding : agent.bindings) {
    api::Binding* added = out.add_bindings();
    added->set_id(binding.id.text());
    added->set_edge(binding.edge);
    added->set_contact(utf8_of(binding.contact));
  }
  out.set_external_calls(agent.external_calls);
  for (const ReservationId id : agent.live)
    if (const core::Reservation* reservation = core::find_reservation(account, id))
      *out.add_offers() = offer_of(*reservation);
  out.set_wrapup_until_ts(agent.wrapup_until_ts);
  out.set_no_offer_until_ts(agent.no_offer_until_ts);
  out.set_calls_answered(agent.calls_answered);
  out.set_username(agent.username);
  out.set_credential_version(agent.credential_version);
  out.set_state_word(std::string(state_word(agent)));
  out.set_presence(std::string(presence_word(agent)));
  if (agent.next.set) *out.mutable_next_status() = to_api(agent.next);
  out.set_logged_in_ts(agent.logged_in_ts);
  out.set_break_until_ts(agent.break_until_ts);
  out.set_break_overran(agent.break_overran);
  out.set_stale(agent.stale);
  out.set_misses(agent.misses);
  out.set_last_offered_ts(agent.last_offered_ts);
  out.set_last_call_end_ts(agent.last_call_end_ts);
  const bool today = agent.day == account.day;
  out.set_calls_today(today ? agent.calls_today : 0);
  out.set_talk_today_ms(today ? agent.talk_today_ms : 0);
  out.set_wrapup_call_id(agent.wrapup_until_ts == 0 ? "" : text_or_empty(agent.wrapup_call));
  out.set_wrapup_queue_id(agent.wrapup_until_ts == 0 ? "" : text_or_empty(agent.wrapup_queue));
  out.set_wrapup_since_ts(agent.wrapup_until_ts == 0 ? 0 : agent.wrapup_since_ts);
  out.set_disposition_due(agent.disposition_due);
  add_shifts(agent.shifts, *out.mutable_shifts());
  out.set_activity(agent.activity);
  out.set_next_activity_ts(agent.next_activity_ts);
  return out;
}

api::Queue to_api(const core::Account& account, const core::Queue& queue) {
  api::Queue out;
  *out.mutable_definition() = definition_of(queue.id, queue.config);
  const std::size_t waiting = core::waiting_calls(account, queue.id);
  out.set_waiting(static_cast<std::uint32_t>(waiting));
  if (waiting != 0) out.set_oldest_arrived_ts(oldest_arrived_ts(account, queue.id));
  if (const auto wait_ms = known_wait_ms(account, queue, waiting)) out.set_expected_wait_ms(*wait_ms);
  out.set_empty_since_ts(queue.empty_since_ts);
  const auto members = account.index.members.find(queue.id);
  if (members == account.index.members.end()) return out;
  out.set_members(static_cast<std::uint32_t>(members->second.size()));
  for (const AgentId id : members->second) {
    const core::Agent& agent = *core::find_agent(account, id);
    const bool active = std::any_of(agent.memberships.begin(), agent.memberships.end(),
                                    [&](const core::Membership& m) { return m.queue == queue.id && m.active; });
    if (!active) continue;
    out.set_members_active(out.members_active() + 1);
    if (core::ready(agent)) out.set_members_ready(out.members_ready() + 1);
  }
  return out;
}

api::Call to_api(const core::Account& account, const core::Call& call) {
  api::Call out;
  out.set_id(call.id.text());
  out.set_queue_id(text_or_empty(call.queue));
  out.set_edge(call.arrival.edge);
  out.set_number(utf8_of(call.arrival.number));
  out.set_caller(utf8_of(call.arrival.caller));
  out.set_caller_name(utf8_of(call.arrival.caller_name));
  out.set_priority(call.arrival.priority);
  out.set_state(to_api(call.state));
  out.set_outcome(to_api(call.outcome));
  out.set_arrived_ts(call.arrived_ts);
  out.set_answered_ts(call.answered_ts);
  out.set_agent_id(text_or_empty(call.agent));
  for (const ReservationId id : call.offers)
    if (const core::Reservation* reservation = core::find_reservation(account, id))
      *out.add_offers() = offer_of(*reservation);
  out.set_max_wait_until_ts(call.arrival.max_wait_until_ts == never_ms ? 0 : call.arrival.max_wait_until_ts);
  out.set_customer(utf8_of(call.arrival.customer));
  add_attributes(call.arrival.attributes, *out.mutable_attributes());
  out.set_score_ms(call.arrival.score_ms);
  add_skills(call.ask.required, *out.mutable_required());
  add_skills(call.ask.preferred, *out.mutable_preferred());
  out.set_widening_steps(call.ask.steps);
  out.set_target_agent_id(text_or_empty(call.arrival.agent));
  out.set_sticky_agent_id(text_or_empty(call.sticky));
  out.set_only_until_ts(call.only_until_ts);
  out.set_callback(call.callback);
  out.set_place_uri(utf8_of(call.place_uri));
  out.set_forwarded_to(utf8_of(call.forwarded_to));
  out.set_exits(call.exits);
  return out;
}

std::vector<core::Place> places_of(const core::Account& account, QueueId queue) {
  std::vector<core::Place> places;
  for (const auto& [id, call] : account.calls)
    if (call.queue == queue && call.state == core::CallState::waiting) places.push_back(core::place_of(call));
  std::sort(places.begin(), places.end());
  return places;
}

void set_place(const core::Account& account, std::size_t place, api::Call& out) {
  out.set_position(static_cast<std::uint32_t>(place + 1));
  const auto id = QueueId::of(out.queue_id());
  const core::Queue* queue = id ? core::find_queue(account, *id) : nullptr;
  if (queue == nullptr) return;
  if (const auto wait_ms = known_wait_ms(account, *queue, place)) out.set_expected_wait_ms(*wait_ms);
}

api::Call placed(const core::Account& account, const core::Call& call) {
  api::Call out = to_api(account, call);
  if (call.state != core::CallState::waiting || !call.queue.set()) return out;
  const core::Place own = core::place_of(call);
  std::size_t before = 0;
  for (const auto& [id, other] : account.calls)
    if (other.queue == call.queue && other.state == core::CallState::waiting && core::place_of(other) < own) ++before;
  set_place(account, before, out);
  return out;
}

}  // namespace rf::node
