#include "sip-edge/wire.hpp"

#include <optional>
#include <string_view>

#include "core/base/limits.hpp"

namespace rf::edge::wire {

namespace pb = ringfence::v1;

namespace {

pb::CloseCause close_cause(link::CloseCause cause) {
  switch (cause) {
    case link::CloseCause::no_answer: return pb::CLOSE_CAUSE_NO_ANSWER;
    case link::CloseCause::rejected: return pb::CLOSE_CAUSE_REJECTED;
    case link::CloseCause::busy: return pb::CLOSE_CAUSE_BUSY;
    case link::CloseCause::unreachable: return pb::CLOSE_CAUSE_UNREACHABLE;
    case link::CloseCause::withdrawn: return pb::CLOSE_CAUSE_WITHDRAWN;
    case link::CloseCause::not_rung: return pb::CLOSE_CAUSE_NOT_RUNG;
    case link::CloseCause::lost_race: return pb::CLOSE_CAUSE_LOST_RACE;
    case link::CloseCause::caller_gone: return pb::CLOSE_CAUSE_CALLER_GONE;
    case link::CloseCause::failed: return pb::CLOSE_CAUSE_FAILED;
  }
  return pb::CLOSE_CAUSE_UNSPECIFIED;
}

pb::EndCause end_cause(link::EndCause cause) {
  switch (cause) {
    case link::EndCause::caller_hangup: return pb::END_CAUSE_CALLER_HANGUP;
    case link::EndCause::agent_hangup: return pb::END_CAUSE_AGENT_HANGUP;
    case link::EndCause::ordered: return pb::END_CAUSE_ORDERED;
    case link::EndCause::session_timeout: return pb::END_CAUSE_SESSION_TIMEOUT;
    case link::EndCause::unconfirmed: return pb::END_CAUSE_UNCONFIRMED;
    case link::EndCause::failed: return pb::END_CAUSE_FAILED;
  }
  return pb::END_CAUSE_UNSPECIFIED;
}

/// Empty for an id that is not set.
template <class IdType>
std::string text_or_empty(const IdType& id) {
  return id.set() ? id.text() : std::string();
}

void write(const link::CallArrived& from, pb::CallArrived& to) {
  to.set_call_id(from.call.text());
  to.set_number(from.number);
  to.set_caller(from.caller);
  to.set_caller_name(from.caller_name);
}

void write(const link::BindingUp& from, pb::BindingUp& to) {
  to.set_agent_id(from.agent.text());
  to.set_binding_id(from.binding.text());
  to.set_contact(from.contact);
}

void write(const link::Snapshot& from, pb::EdgeEvent& event) {
  pb::Snapshot& to = *event.mutable_snapshot();
  to.set_boot_id(from.boot_id);
  for (const link::CarriedCall& call : from.calls) {
    pb::CarriedCall& carried = *to.add_calls();
    write(call.arrival, *carried.mutable_arrival());
    carried.set_answered_by(text_or_empty(call.answered_by));
    carried.set_agent_id(text_or_empty(call.agent));
    carried.set_age_ms(call.age_ms);
  }
  for (const link::BindingUp& binding : from.bindings) write(binding, *to.add_bindings());
}

void write(const link::CallArrived& from, pb::EdgeEvent& event) { write(from, *event.mutable_call_arrived()); }

void write(const link::OfferClosed& from, pb::EdgeEvent& event) {
  event.mutable_offer_closed()->set_reservation_id(from.reservation.text());
  event.mutable_offer_closed()->set_cause(close_cause(from.cause));
}

void write(const link::Answered& from, pb::EdgeEvent& event) {
  event.mutable_answered()->set_reservation_id(from.reservation.text());
  event.mutable_answered()->set_binding_id(text_or_empty(from.binding));
}

void write(const link::LegGone& from, pb::EdgeEvent& event) {
  event.mutable_leg_gone()->set_reservation_id(from.reservation.text());
}

void write(const link::CallEnded& from, pb::EdgeEvent& event) {
  event.mutable_call_ended()->set_call_id(from.call.text());
  event.mutable_call_ended()->set_cause(end_cause(from.cause));
}

void write(const link::CallerKey& from, pb::EdgeEvent& event) {
  event.mutable_caller_key()->set_call_id(from.call.text());
  event.mutable_caller_key()->set_key(from.key);
}

void write(const link::BindingUp& from, pb::EdgeEvent& event) { write(from, *event.mutable_binding_up()); }

void write(const link::BindingDown& from, pb::EdgeEvent& event) {
  event.mutable_binding_down()->set_binding_id(from.binding.text());
  event.mutable_binding_down()->set_reason(from.reason);
}

/// Reads the fields of one message. The first wrong one is kept, and what is read afterwards counts no more.
class Fields {
 public:
  template <class IdType>
  IdType id(std::string_view field, const std::string& text) {
    const auto id = IdType::of(text);
    if (!id || !id->set()) refuse(field, "is not an id of its kind");
    return id.value_or(IdType());
  }
  Fence fence(const pb::Fence& from, std::uint32_t shard_max) {
    if (from.shard() > shard_max || from.term() == 0) refuse("fence", "names no shard and term");
    return {from.shard(), from.term()};
  }
  Ms clock(std::string_view field, std::int64_t ms) {
    constexpr Ms clock_max_ms = 1'000'000'000'000'000;
    if (ms < 0 || ms > clock_max_ms) refuse(field, "is no time of a monotonic clock");
    return ms;
  }
  std::string hash(std::string_view field, const std::string& text, std::size_t digits) {
    if (text.size() != digits || text.find_first_not_of("0123456789abcdef") != std::string::npos)
      refuse(field, "is not a hash in lower-case hexadecimal");
    return text;
  }
  void refuse(std::string_view field, std::string_view why) {
    if (wrong_.empty()) wrong_ = std::string(field) + " " + std::string(why);
  }
  const std::string& wrong() const { return wrong_; }

 private:
  std::string wrong_;
};

link::RingOrder ring_order(const pb::RingOrder& from, Fields& fields) {
  link::RingOrder ring{fields.id<CallId>("ring.call_id", from.call_id()), {}, from.place_uri(), from.place_caller()};
  for (const pb::RingTarget& target : from.targets()) {
    link::RingTarget& to = ring.targets.emplace_back();
    to.reservation = fields.id<ReservationId>("target.reservation_id", target.reservation_id());
    to.agent = fields.id<AgentId>("target.agent_id", target.agent_id());
    for (const std::string& binding : target.binding_ids())
      to.bindings.push_back(fields.id<BindingId>("target.binding_ids", binding));
    to.ring_until_edge_ms = fields.clock("target.ring_until_edge_ms", target.ring_until_edge_ms());
    to.confirm_until_edge_ms = fields.clock("target.confirm_until_edge_ms", target.confirm_until_edge_ms());
    to.max_concurrent = target.max_concurrent();
    for (const pb::Endpoint& endpoint : target.endpoints())
      to.endpoints.push_back({fields.id<BindingId>("endpoint.id", endpoint.id()), endpoint.uri()});
    to.auto_answer = target.auto_answer();
  }
  return ring;
}

link::OrderBody order_body(const pb::OrderBody& from, Fields& fields) {
  switch (from.order_case()) {
    case pb::OrderBody::kHold: return link::HoldOrder{fields.id<CallId>("hold.call_id", from.hold().call_id())};
    case pb::OrderBody::kRing: return ring_order(from.ring(), fields);
    case pb::OrderBody::kClose:
      return link::CloseOrder{fields.id<CallId>("close.call_id", from.close().call_id()),
                              fields.id<ReservationId>("close.reservation_id", from.close().reservation_id())};
    case pb::OrderBody::kBridge:
      return link::BridgeOrder{fields.id<CallId>("bridge.call_id", from.bridge().call_id()),
                               fields.id<ReservationId>("bridge.reservation_id", from.bridge().reservation_id())};
    case pb::OrderBody::kHangup: return link::HangupOrder{fields.id<CallId>("hangup.call_id", from.hangup().call_id())};
    case pb::OrderBody::kForward:
      return link::ForwardOrder{fields.id<CallId>("forward.call_id", from.forward().call_id()), from.forward().uri()};
    case pb::OrderBody::ORDER_NOT_SET: break;
  }
  fields.refuse("order", "is none that this edge knows: a newer node needs a newer edge");
  return link::HoldOrder{};
}

NodeSays order(const pb::Order& from, const EdgeName& self, Fields& fields) {
  return input::OrderCame{fields.id<AccountId>("order.account_id", from.account_id()),
                          fields.fence(from.fence(), limits::shards - 1),
                          link::Order{self, from.edge_epoch(), order_body(from.body(), fields)}};
}

NodeSays sync(const pb::Sync& from, Fields& fields) {
  input::SyncCame sync{fields.id<AccountId>("sync.account_id", from.account_id()),
                       fields.fence(from.fence(), limits::shards - 1), link::Sync{from.edge_epoch(), {}}};
  for (const pb::OrderBody& body : from.orders()) sync.sync.orders.push_back(order_body(body, fields));
  return sync;
}

std::optional<DirectoryCopy::Kind> name_kind(pb::NameKind kind) {
  switch (kind) {
    case pb::NAME_KIND_SIP_DOMAIN: return DirectoryCopy::Kind::sip_domain;
    case pb::NAME_KIND_NUMBER: return DirectoryCopy::Kind::number;
    case pb::NAME_KIND_TRUNK: return DirectoryCopy::Kind::trunk;
    default: return std::nullopt;
  }
}

/// One bad name must not cost an edge all others: it is left out.
NodeSays directory(const pb::Directory& from) {
  DirectoryPart part{from.version(), from.whole(), from.more(), {}, {}, 0};
  for (const pb::DirectoryName& name : from.names()) {
    const auto kind = name_kind(name.kind());
    if (!kind) continue;
    const auto account = AccountId::of(name.account_id());
    if (account && account->set() && name.shard() < limits::shards)
      part.names.push_back({*kind, name.text(), {*account, name.shard()}});
    else
      ++part.left_out;
  }
  for (const pb::DirectoryName& name : from.released())
    if (const auto kind = name_kind(name.kind())) part.released.push_back({*kind, name.text(), {}});
  return part;
}

NodeSays leading(const pb::Leading& from, Fields& fields) {
  Leading leading;
  for (const pb::Fence& fence : from.shards()) leading.shards.push_back(fields.fence(fence, limits::directory_shard));
  return leading;
}

NodeSays ha1(const pb::Ha1Reply& from, Fields& fields) {
  Ha1Answer answer{.user = {from.domain(), from.username()},
                   .account = {},
                   .agent = {},
                   .md5 = {},
                   .sha256 = {},
                   .version = from.version()};
  switch (from.result()) {
    case pb::HA1_RESULT_FOUND:
      answer.verdict = Ha1Answer::Verdict::found;
      answer.account = fields.id<AccountId>("ha1_reply.account_id", from.account_id());
      answer.agent = fields.id<AgentId>("ha1_reply.agent_id", from.agent_id());
      answer.md5 = fields.hash("ha1_reply.ha1_md5", from.ha1_md5(), 32);
      answer.sha256 = fields.hash("ha1_reply.ha1_sha256", from.ha1_sha256(), 64);
      break;
    case pb::HA1_RESULT_UNKNOWN_USER:
    case pb::HA1_RESULT_UNKNOWN_DOMAIN: answer.verdict = Ha1Answer::Verdict::unknown; break;
    case pb::HA1_RESULT_UNAVAILABLE: answer.verdict = Ha1Answer::Verdict::unavailable; break;
    default: fields.refuse("ha1_reply.result", "is none that this edge knows");
  }
  return answer;
}

NodeSays says(const pb::NodeMessage& message, const EdgeName& self, Fields& fields) {
  switch (message.message_case()) {
    case pb::NodeMessage::kAccepted: return Accepted{message.accepted().node(), message.accepted().protocol_version()};
    case pb::NodeMessage::kLeading: return leading(message.leading(), fields);
    case pb::NodeMessage::kDirectory: return directory(message.directory());
    case pb::NodeMessage::kOrder: return order(message.order(), self, fields);
    case pb::NodeMessage::kSync: return sync(message.sync(), fields);
    case pb::NodeMessage::kAck:
      return input::Acked{fields.id<AccountId>("ack.account_id", message.ack().account_id()), message.ack().epoch(),
                          message.ack().n()};
    case pb::NodeMessage::kExpected:
      return input::Expected{fields.id<AccountId>("expected.account_id", message.expected().account_id()),
                             message.expected().epoch(), message.expected().n()};
    case pb::NodeMessage::kNotOwner:
      return NotOwner{fields.id<AccountId>("not_owner.account_id", message.not_owner().account_id()),
                      message.not_owner().hint()};
    case pb::NodeMessage::kSnapshotRequest:
      return input::SnapshotAsked{
          fields.id<AccountId>("snapshot_request.account_id", message.snapshot_request().account_id())};
    case pb::NodeMessage::kHa1Reply: return ha1(message.ha1_reply(), fields);
    case pb::NodeMessage::kCredentialChanged: {
      const pb::CredentialChanged& from = message.credential_changed();
      return CredentialChanged{fields.id<AccountId>("credential_changed.account_id", from.account_id()),
                               fields.id<AgentId>("credential_changed.agent_id", from.agent_id()), from.removed()};
    }
    case pb::NodeMessage::MESSAGE_NOT_SET: break;
  }
  fields.refuse("message", "is none that this edge knows: a newer node needs a newer edge");
  return Accepted{};
}

}  // namespace

pb::EdgeMessage attach(const Attach& attach) {
  pb::EdgeMessage message;
  pb::Attach& to = *message.mutable_attach();
  to.set_edge(attach.edge);
  to.set_epoch(attach.epoch);
  to.set_boot_id(attach.boot_id);
  to.set_clock_ms(attach.clock_ms);
  to.set_protocol_version(protocol_version);
  for (const std::string& domain : attach.domains) to.add_domains(domain);
  return message;
}

pb::EdgeMessage heartbeat(Ms clock_ms) {
  pb::EdgeMessage message;
  message.mutable_heartbeat()->set_clock_ms(clock_ms);
  return message;
}

pb::EdgeMessage event(AccountId account, const link::Event& event) {
  pb::EdgeMessage message;
  pb::EdgeEvent& to = *message.mutable_event();
  to.set_account_id(account.text());
  to.set_epoch(event.epoch);
  to.set_n(event.n);
  to.set_age_ms(event.age_ms);
  std::visit([&](const auto& body) { write(body, to); }, event.body);
  return message;
}

pb::EdgeMessage digests(const AccountDigests& digests) {
  pb::EdgeMessage message;
  pb::Digests& to = *message.mutable_digests();
  for (const auto& [account, digest] : digests) {
    pb::AccountDigest& one = *to.add_digests();
    one.set_account_id(account.text());
    one.set_n(digest.n);
    one.set_hash(digest.hash);
  }
  return message;
}

pb::EdgeMessage ha1_request(const SipUser& user) {
  pb::EdgeMessage message;
  message.mutable_ha1_request()->set_domain(user.domain);
  message.mutable_ha1_request()->set_username(user.name);
  return message;
}

Result<NodeSays> read(const pb::NodeMessage& message, const EdgeName& self) {
  Fields fields;
  NodeSays said = says(message, self, fields);
  if (!fields.wrong().empty()) return Error{Code::invalid_argument, fields.wrong()};
  return said;
}

}  // namespace rf::edge::wire
