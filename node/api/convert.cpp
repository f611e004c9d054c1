#include "node/api/convert.hpp"

#include <algorithm>
#include <type_traits>

#include "core/presence/bucket.hpp"
#include "node/validate.hpp"

namespace rf::node {

namespace {

/// The API's enumerators are ours in the same order, after UNSPECIFIED.
template <class Api, class Core>
Api shifted(Core value) {
  return static_cast<Api>(static_cast<int>(value) + 1);
}
static_assert(static_cast<int>(api::STATUS_ON_BREAK) == static_cast<int>(core::Status::on_break) + 1);
static_assert(static_cast<int>(api::BUCKET_IDLE) == static_cast<int>(core::Bucket::idle) + 1);
static_assert(static_cast<int>(api::ROLE_ADMIN) == static_cast<int>(core::Role::admin) + 1);
static_assert(static_cast<int>(api::MEMBERSHIP_MODE_SUPERVISOR_MANAGED) ==
              static_cast<int>(core::MembershipMode::supervisor_managed) + 1);
static_assert(static_cast<int>(api::STRATEGY_RING_ALL) == static_cast<int>(core::StrategyKind::ring_all) + 1);
static_assert(static_cast<int>(api::CLOSE_CAUSE_FAILED) == static_cast<int>(link::CloseCause::failed) + 1);
static_assert(static_cast<int>(api::END_CAUSE_FAILED) == static_cast<int>(link::EndCause::failed) + 1);
static_assert(static_cast<int>(api::OUTCOME_FAILED) == static_cast<int>(core::Outcome::failed) + 1);
static_assert(static_cast<int>(api::CALL_STATE_ENDED) == static_cast<int>(core::CallState::ended) + 1);
static_assert(static_cast<int>(api::OFFER_PHASE_ENDING) == static_cast<int>(core::Phase::ending) + 1);

template <class Core, class Api>
Result<Core> unshifted(const char* field, Api value, Api last, Core otherwise) {
  const int number = static_cast<int>(value);
  if (number == 0) return otherwise;
  if (number > 0 && number <= static_cast<int>(last)) return static_cast<Core>(number - 1);
  return Error{Code::invalid_argument, std::string(field) + " has the value " + std::to_string(number) +
                                           ", which this node does not know: use one of its API"};
}

template <class IdType>
std::string text_or_empty(const IdType& id) {
  return id.set() ? id.text() : std::string();
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

}  // namespace

api::Status to_api(core::Status status) { return shifted<api::Status>(status); }
api::Bucket to_api(core::Bucket bucket) { return shifted<api::Bucket>(bucket); }
api::Role to_api(core::Role role) { return shifted<api::Role>(role); }
api::MembershipMode to_api(core::MembershipMode mode) { return shifted<api::MembershipMode>(mode); }
api::Strategy to_api(core::StrategyKind strategy) { return shifted<api::Strategy>(strategy); }
api::CloseCause to_api(link::CloseCause cause) { return shifted<api::CloseCause>(cause); }
api::EndCause to_api(link::EndCause cause) { return shifted<api::EndCause>(cause); }
api::Outcome to_api(core::Outcome outcome) { return shifted<api::Outcome>(outcome); }
api::CallState to_api(core::CallState state) { return shifted<api::CallState>(state); }
api::OfferPhase to_api(core::Phase phase) { return shifted<api::OfferPhase>(phase); }

Result<core::Status> status_of(api::Status status) {
  if (status == api::STATUS_UNSPECIFIED)
    return Error{Code::invalid_argument, "the request names no status: give offline, not_ready, available or on_break"};
  return unshifted("status", status, api::STATUS_ON_BREAK, core::Status::offline);
}
Result<core::Role> role_of(api::Role role) { return unshifted("role", role, api::ROLE_ADMIN, core::Role::agent); }
Result<core::MembershipMode> mode_of(api::MembershipMode mode) {
  return unshifted("mode", mode, api::MEMBERSHIP_MODE_SUPERVISOR_MANAGED, core::MembershipMode::static_);
}
Result<core::StrategyKind> strategy_of(api::Strategy strategy) {
  return unshifted("strategy", strategy, api::STRATEGY_RING_ALL, core::StrategyKind::longest_idle_agent);
}
Result<link::CloseCause> cause_of(api::CloseCause cause, link::CloseCause otherwise) {
  return unshifted("cause", cause, api::CLOSE_CAUSE_FAILED, otherwise);
}
Result<link::EndCause> cause_of(api::EndCause cause) {
  return unshifted("cause", cause, api::END_CAUSE_FAILED, link::EndCause::failed);
}

api::Settings to_api(const core::Settings& settings) {
  api::Settings out;
  out.set_key(settings.key);
  out.set_name(settings.name);
  out.set_auto_ready_on_login(settings.auto_ready_on_login);
  out.set_auto_queue_login(settings.auto_queue_login);
  out.set_wrapup_ms(settings.wrapup_ms);
  return out;
}

api::Membership to_api(const core::Membership& membership) {
  api::Membership out;
  out.set_queue(membership.queue.text());
  out.set_mode(to_api(membership.mode));
  out.set_tier_level(membership.tier_level);
  out.set_position(membership.position);
  out.set_delay_ms(membership.delay_ms);
  if (membership.wrapup_ms) out.set_wrapup_ms(*membership.wrapup_ms);
  out.set_active(membership.active);
  return out;
}

api::AgentDefinition definition_of(AgentId id, const core::AgentConfig& config,
                                   const std::vector<core::Membership>& memberships) {
  api::AgentDefinition out;
  out.set_id(id.text());
  out.set_key(config.key);
  out.set_name(config.name);
  out.set_role(to_api(config.role));
  out.set_extension(config.extension);
  out.set_max_concurrent(config.max_concurrent);
  out.set_priority(config.priority);
  if (config.wrapup_ms) out.set_wrapup_ms(*config.wrapup_ms);
  out.set_external_endpoint(config.external_endpoint);
  for (const core::Membership& membership : memberships) *out.add_memberships() = to_api(membership);
  return out;
}

api::QueueDefinition definition_of(QueueId id, const core::QueueConfig& config) {
  api::QueueDefinition out;
  out.set_id(id.text());
  out.set_key(config.key);
  out.set_name(config.name);
  out.set_strategy(to_api(config.strategy));
  out.set_ring_timeout_ms(config.ring_timeout_ms);
  out.set_max_wait_ms(config.max_wait_ms);
  if (config.wrapup_ms) out.set_wrapup_ms(*config.wrapup_ms);
  out.set_weight(config.weight);
  out.set_ring_all_width(config.ring_all_width);
  out.set_reject_delay_ms(config.reject_delay_ms);
  out.set_busy_delay_ms(config.busy_delay_ms);
  out.set_no_answer_delay_ms(config.no_answer_delay_ms);
  return out;
}

api::Account to_api(const core::Account& account) {
  api::Account out;
  out.set_id(account.id.text());
  *out.mutable_settings() = to_api(account.settings);
  for (const auto& [number, queue] : account.numbers) {
    api::Number* added = out.add_numbers();
    added->set_number(number);
    added->set_queue(queue.text());
  }
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
  return out;
}

api::Queue to_api(const core::Account& account, const core::Queue& queue) {
  api::Queue out;
  *out.mutable_definition() = definition_of(queue.id, queue.config);
  std::uint32_t waiting = 0;
  Ms oldest_ts = never_ms;
  if (const auto classes = account.index.waiting.find(queue.id); classes != account.index.waiting.end()) {
    for (const auto& [edge, places] : classes->second) {
      waiting += static_cast<std::uint32_t>(places.size());
      for (const core::Place& place : places) oldest_ts = std::min(oldest_ts, place.arrived_ts);
    }
  }
  out.set_waiting(waiting);
  out.set_oldest_arrived_ts(waiting == 0 ? 0 : oldest_ts);
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
  return out;
}

}  // namespace rf::node
