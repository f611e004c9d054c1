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

  void operator()(const fact::SettingsSet& f) const { *out.mutable_settings() = to_api(f.settings); }
  void operator()(const fact::QueueSet& f) const { *out.mutable_queue() = definition_of(f.queue, f.config); }
  void operator()(const fact::AgentSet& f) const {
    *out.mutable_agent() = definition_of(f.agent, f.config, f.memberships);
  }
  void operator()(const fact::NumberSet& f) const { out.set_number(f.number); }
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
  }
  void operator()(const fact::MembershipActive& f) const { out.set_active(f.active); }
  void operator()(const fact::BindingUp& f) const {
    out.set_binding_id(f.binding.text());
    out.set_edge(f.edge);
    out.set_contact(utf8_of(f.contact));
  }
  void operator()(const fact::BindingDown& f) const {
    out.set_binding_id(f.binding.text());
    out.set_reason(utf8_of(f.reason));
  }
  void operator()(const fact::ExternalCallsSet& f) const { out.set_count(f.count); }
  void operator()(const fact::WrapupEnded& f) const { out.set_manual(f.manual); }
  void operator()(const fact::CallArrived& f) const {
    edge(f.edge, f.edge_epoch);
    out.set_number(utf8_of(f.number));
    out.set_caller(utf8_of(f.caller));
    out.set_caller_name(utf8_of(f.caller_name));
    out.set_priority(f.priority);
  }
  void operator()(const fact::Offered& f) const {
    edge(f.edge, f.edge_epoch);
    out.set_ring_ms(f.ring_ms);
  }
  void operator()(const fact::OfferClosing& f) const { out.set_close_cause(to_api(f.cause)); }
  void operator()(const fact::OfferClosed& f) const { out.set_close_cause(to_api(f.cause)); }
  void operator()(const fact::Answered& f) const {
    if (f.binding.set()) out.set_binding_id(f.binding.text());
  }
  void operator()(const fact::LegGone& f) const {
    out.set_wrapup_until_ts(f.wrapup_until_ts);
    out.set_call_gone(f.drop_call);
  }
  void operator()(const fact::CallClosing& f) const { out.set_outcome(to_api(f.outcome)); }
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
  return out;
}

}  // namespace rf::node
