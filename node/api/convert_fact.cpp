#include "node/api/convert.hpp"
#include "node/validate.hpp"

namespace rf::node {

namespace {

namespace fact = core::fact;

/// Fills in what the kind of fact has beside the ids of its concern. What is internal to the log stays there: leases, looks.
struct Filler {
  api::Fact& out;

  void edge(const EdgeName& name, std::uint64_t epoch) const {
    out.set_edge(name);
    out.set_edge_epoch(epoch);
  }
  void ask(const core::Ask& asked) const {
    add_skills(asked.required, *out.mutable_required());
    add_skills(asked.preferred, *out.mutable_preferred());
    out.set_widening_steps(asked.steps);
    out.set_next_ts(asked.next_step_ts);
  }
  void max_wait(Ms until_ts) const { out.set_max_wait_until_ts(until_ts == never_ms ? 0 : until_ts); }

  void who_calls(const fact::CallArrived& f) const {
    out.set_number(utf8_of(f.number));
    out.set_caller(utf8_of(f.caller));
    out.set_caller_name(utf8_of(f.caller_name));
    out.set_customer(utf8_of(f.customer));
    add_attributes(f.attributes, *out.mutable_attributes());
  }

  void operator()(const fact::SettingsSet& f) const { *out.mutable_settings() = to_api(f.settings); }
  void operator()(const fact::QueueSet& f) const { *out.mutable_queue() = definition_of(f.queue, f.config); }
  void operator()(const fact::AgentSet& f) const {
    *out.mutable_agent() = definition_of(f.agent, f.config, f.memberships);
  }
  void operator()(const fact::NumberSet& f) const {
    out.set_number(f.number);
    *out.mutable_route() = to_api(f.number, f.route);
  }
  void operator()(const fact::NumberRemoved& f) const { out.set_number(f.number); }
  void operator()(const fact::DomainSet& f) const { out.set_name(f.domain); }
  void operator()(const fact::DomainRemoved& f) const { out.set_name(f.domain); }
  void operator()(const fact::TrunkSet& f) const {
    out.set_name(f.trunk.name);
    out.set_contact(f.trunk.address);
  }
  void operator()(const fact::TrunkRemoved& f) const { out.set_name(f.name); }
  void operator()(const fact::CredentialSet& f) const {
    out.set_username(f.username);
    out.set_version(f.version);
  }
  void operator()(const fact::LoggedIn& f) const {
    out.set_status(to_api(f.status));
    for (const QueueId id : f.active) out.add_queues(id.text());
  }
  void operator()(const fact::LoggedOut& f) const {
    out.set_status(api::STATUS_OFFLINE);
    out.set_reason(f.reason);
  }
  void operator()(const fact::StatusSet& f) const {
    out.set_status(to_api(f.status));
    out.set_reason(f.reason);
    out.set_break_until_ts(f.break_until_ts);
  }
  void operator()(const fact::NextStatusSet& f) const {
    if (f.next.set) *out.mutable_next_status() = to_api(f.next);
  }
  void operator()(const fact::MembershipActive& f) const {
    out.set_active(f.active);
    out.set_locked(f.locked);
  }
  void operator()(const fact::MembershipPaused& f) const {
    out.set_paused(f.paused);
    out.set_reason(f.reason);
  }
  void operator()(const fact::AgentReset& f) const { out.set_reason(f.reason); }
  void operator()(const fact::ShiftsSet& f) const { add_shifts(f.shifts, *out.mutable_shifts()); }
  void operator()(const fact::ActivityBegan& f) const {
    out.set_activity(f.kind);
    out.set_next_ts(f.next_ts);
  }
  void operator()(const fact::WrapupExtended& f) const { out.set_wrapup_until_ts(f.until_ts); }
  void operator()(const fact::DispositionSet& f) const {
    *out.mutable_disposition() = to_api(f.disposition);
    out.set_version(f.version);
    out.set_by_system(f.by_system);
  }
  void operator()(const fact::DayBegan& f) const {
    out.set_day(f.day);
    out.set_next_ts(f.next_ts);
    out.set_log_off_ts(f.log_off_ts);
  }
  void operator()(const fact::BindingUp& f) const {
    out.set_binding_id(f.binding.text());
    out.set_edge(f.edge);
    out.set_contact(utf8_of(f.contact));
  }
  void operator()(const fact::BindingDown& f) const {
    out.set_binding_id(f.binding.text());
    out.set_reason(utf8_of(f.reason));
  }
  void operator()(const fact::ExternalCallsSet& f) const {
    out.set_count(f.count);
    out.set_number(utf8_of(f.number));
    out.set_outbound(f.outbound);
  }
  void operator()(const fact::WrapupEnded& f) const { out.set_manual(f.manual); }
  void operator()(const fact::CallArrived& f) const {
    edge(f.edge, f.edge_epoch);
    who_calls(f);
    out.set_priority(f.priority);
    out.set_score_ms(f.score_ms);
    ask(f.ask);
    max_wait(f.max_wait_until_ts);
    if (f.agent.set()) out.set_target_agent_id(f.agent.text());
    if (f.sticky.set()) out.set_sticky_agent_id(f.sticky.text());
    out.set_only_until_ts(f.only_until_ts);
    out.set_address(utf8_of(f.place_uri));
  }
  void operator()(const fact::CallMoved& f) const {
    ask(f.ask);
    max_wait(f.max_wait_until_ts);
    if (f.only.set()) out.set_target_agent_id(f.only.text());
  }
  void operator()(const fact::CallWidened& f) const { ask(f.ask); }
  void operator()(const fact::RingStep& f) const {
    out.set_count(f.width);
    out.set_next_ts(f.next_ts);
  }
  void operator()(const fact::StickySet& f) const {
    out.set_customer(utf8_of(f.key));
    if (f.agent.set()) out.set_sticky_agent_id(f.agent.text());
  }
  void operator()(const fact::CallForwarded& f) const {
    out.set_address(utf8_of(f.address));
    out.set_overflow_when(to_api(f.when));
  }
  void operator()(const fact::CallbackSet& f) const {
    out.set_number(utf8_of(f.number));
    out.set_address(utf8_of(f.uri));
    out.set_overflow_when(to_api(f.when));
  }
  void operator()(const fact::ExitWanted& f) const { *out.mutable_exit() = to_api(f.rule); }
  void operator()(const fact::QueueEmpty& f) const { out.set_active(f.empty); }
  void operator()(const fact::PaceSet& f) const { out.set_handle_ms(f.handle_ms); }
  void operator()(const fact::Offered& f) const {
    edge(f.edge, f.edge_epoch);
    out.set_ring_ms(f.ring_ms);
    out.set_auto_answer(f.auto_answer);
  }
  void operator()(const fact::OfferClosing& f) const { out.set_close_cause(to_api(f.cause)); }
  void operator()(const fact::OfferClosed& f) const {
    out.set_close_cause(to_api(f.cause));
    out.set_misses(f.misses);
    out.set_no_offer_until_ts(f.no_offer_until_ts);
  }
  void operator()(const fact::Answered& f) const {
    if (f.binding.set()) out.set_binding_id(f.binding.text());
  }
  void operator()(const fact::LegGone& f) const {
    out.set_wrapup_until_ts(f.wrapup_until_ts);
    out.set_call_gone(f.drop_call);
    out.set_talk_ms(f.talk_ms);
    out.set_disposition_due(f.disposition_due);
  }
  void operator()(const fact::CallClosing& f) const {
    out.set_outcome(to_api(f.outcome));
    if (f.outcome == core::Outcome::overflow) out.set_overflow_when(to_api(f.when));
  }
  void operator()(const fact::CallEnded& f) const {
    out.set_end_cause(to_api(f.cause));
    out.set_outcome(to_api(f.outcome));
    out.set_call_gone(f.drop_call);
  }
  void operator()(const fact::CallAdopted& f) const { (*this)(f.arrival); }
  void operator()(const fact::EdgeSeen& f) const {
    edge(f.edge, f.epoch);
    out.set_edge_event(f.n);
  }
  void operator()(const fact::EdgeSnapshot& f) const { edge(f.edge, f.epoch); }
  void operator()(const fact::EdgeSilent& f) const { out.set_edge(f.edge); }
  void operator()(const fact::EdgeBack& f) const { out.set_edge(f.edge); }
  void operator()(const fact::EdgeLost& f) const { out.set_edge(f.edge); }
  void operator()(const fact::EdgeSwept& f) const { out.set_edge(f.edge); }
  template <class Other>
  void operator()(const Other&) const {}
};

}  // namespace

api::Fact to_api(const core::Fact& fact, const Concern& concern) {
  api::Fact out;
  out.set_seq(fact.seq);
  out.set_ts(fact.ts);
  out.set_at(fact.at);
  out.set_kind(std::string(core::name_of(fact.body)));
  std::visit(Filler{out}, fact.body);
  if (concern.agent.set()) {
    out.set_agent_id(concern.agent.text());
    out.set_from(to_api(fact.from));
    out.set_to(to_api(fact.to));
  }
  if (concern.call.set()) out.set_call_id(concern.call.text());
  if (concern.reservation.set()) out.set_reservation_id(concern.reservation.text());
  if (concern.queue.set()) out.set_queue_id(concern.queue.text());
  if (concern.arrival) Filler{out}.who_calls(*concern.arrival);
  return out;
}

}  // namespace rf::node
