#include "node/api/edge_convert.hpp"

#include <string_view>

#include "core/base/limits.hpp"
#include "node/api/convert.hpp"
#include "node/validate.hpp"

namespace rf::node {

namespace {

constexpr int names_in_message_max = 5000;

/// Reads fields of one message; keeps the first refusal.
class Reader {
 public:
  template <class Tag>
  Id<Tag> id(const char* field, const std::string& text) {
    return taken(id_of<Tag>(field, text));
  }
  template <class Tag>
  Id<Tag> id_or_none(const char* field, const std::string& text) {
    return text.empty() ? Id<Tag>() : id<Tag>(field, text);
  }
  std::string text(const char* field, const std::string& bytes) {
    if (bytes.size() > limits::text_bytes_max)
      keep({Code::invalid_argument,
            std::string(field) + " is longer than " + std::to_string(limits::text_bytes_max) + " bytes"});
    return bytes;
  }
  template <class Value>
  Value taken(const Result<Value>& value) {
    if (value) return *value;
    keep(value.error());
    return Value();
  }
  void keep(Error error) {
    if (result) result = std::move(error);
  }

  std::string key(const std::string& pressed) {
    static constexpr std::string_view keys = "0123456789*#ABCD";
    if (pressed.size() != 1 || keys.find(pressed) == std::string_view::npos)
      keep({Code::invalid_argument, "key is none of 0-9 * # A-D"});
    return pressed;
  }

  link::CallArrived arrival(const api::CallArrived& m) {
    return {id<CallTag>("call_id", m.call_id()), text("number", m.number()), text("caller", m.caller()),
            text("caller_name", m.caller_name())};
  }
  link::BindingUp binding_up(const api::BindingUp& m) {
    return {id<AgentTag>("agent_id", m.agent_id()), id<BindingTag>("binding_id", m.binding_id()),
            text("contact", m.contact())};
  }
  link::Snapshot snapshot(const api::Snapshot& m) {
    link::Snapshot out;
    out.boot_id = text("boot_id", m.boot_id());
    for (const api::CarriedCall& call : m.calls())
      out.calls.push_back({arrival(call.arrival()), id_or_none<ReservationTag>("answered_by", call.answered_by()),
                           id_or_none<AgentTag>("agent_id", call.agent_id()), call.age_ms()});
    for (const api::BindingUp& binding : m.bindings()) out.bindings.push_back(binding_up(binding));
    return out;
  }

  link::EventBody body(const api::EdgeEvent& m) {
    switch (m.body_case()) {
      case api::EdgeEvent::kSnapshot: return snapshot(m.snapshot());
      case api::EdgeEvent::kCallArrived: return arrival(m.call_arrived());
      case api::EdgeEvent::kOfferClosed:
        return link::OfferClosed{id<ReservationTag>("reservation_id", m.offer_closed().reservation_id()),
                                 taken(cause_of(m.offer_closed().cause(), link::CloseCause::failed))};
      case api::EdgeEvent::kAnswered:
        return link::Answered{id<ReservationTag>("reservation_id", m.answered().reservation_id()),
                              id_or_none<BindingTag>("binding_id", m.answered().binding_id())};
      case api::EdgeEvent::kLegGone:
        return link::LegGone{id<ReservationTag>("reservation_id", m.leg_gone().reservation_id())};
      case api::EdgeEvent::kCallEnded:
        return link::CallEnded{id<CallTag>("call_id", m.call_ended().call_id()),
                               taken(cause_of(m.call_ended().cause()))};
      case api::EdgeEvent::kCallerKey:
        return link::CallerKey{id<CallTag>("call_id", m.caller_key().call_id()), key(m.caller_key().key())};
      case api::EdgeEvent::kBindingUp: return binding_up(m.binding_up());
      case api::EdgeEvent::kBindingDown:
        return link::BindingDown{id<BindingTag>("binding_id", m.binding_down().binding_id()),
                                 text("reason", m.binding_down().reason())};
      case api::EdgeEvent::BODY_NOT_SET: break;
    }
    keep({Code::invalid_argument, "the event has no body that this node knows: run the same version on both"});
    return link::LegGone{};
  }

  Result<void> result;
};

api::OrderBody to_api(const link::OrderBody& order) {
  struct Filler {
    api::OrderBody& out;
    void operator()(const link::HoldOrder& o) const { out.mutable_hold()->set_call_id(o.call.text()); }
    void operator()(const link::RingOrder& o) const {
      api::RingOrder& ring = *out.mutable_ring();
      ring.set_call_id(o.call.text());
      for (const link::RingTarget& target : o.targets) {
        api::RingTarget& added = *ring.add_targets();
        added.set_reservation_id(target.reservation.text());
        added.set_agent_id(target.agent.text());
        for (const BindingId binding : target.bindings) added.add_binding_ids(binding.text());
        added.set_ring_until_edge_ms(target.ring_until_edge_ms);
        added.set_confirm_until_edge_ms(target.confirm_until_edge_ms);
        added.set_max_concurrent(target.max_concurrent);
        for (const link::Endpoint& endpoint : target.endpoints) {
          api::Endpoint& put = *added.add_endpoints();
          put.set_id(endpoint.id.text());
          put.set_uri(endpoint.uri);
        }
        added.set_auto_answer(target.auto_answer);
      }
      ring.set_place_uri(o.place_uri);
      ring.set_place_caller(o.place_caller);
    }
    void operator()(const link::CloseOrder& o) const {
      out.mutable_close()->set_call_id(o.call.text());
      out.mutable_close()->set_reservation_id(o.reservation.text());
    }
    void operator()(const link::BridgeOrder& o) const {
      out.mutable_bridge()->set_call_id(o.call.text());
      out.mutable_bridge()->set_reservation_id(o.reservation.text());
    }
    void operator()(const link::HangupOrder& o) const { out.mutable_hangup()->set_call_id(o.call.text()); }
    void operator()(const link::ForwardOrder& o) const {
      out.mutable_forward()->set_call_id(o.call.text());
      out.mutable_forward()->set_uri(o.uri);
    }
  };
  api::OrderBody out;
  std::visit(Filler{out}, order);
  return out;
}

void fill(api::Fence& out, actors::Fence fence) {
  out.set_shard(fence.shard);
  out.set_term(fence.term);
}

api::NameKind to_api(core::directory::NameKind kind) {
  switch (kind) {
    case core::directory::NameKind::sip_domain: return api::NAME_KIND_SIP_DOMAIN;
    case core::directory::NameKind::number: return api::NAME_KIND_NUMBER;
    case core::directory::NameKind::trunk: return api::NAME_KIND_TRUNK;
    case core::directory::NameKind::account:
    case core::directory::NameKind::edge: break;
  }
  return api::NAME_KIND_UNSPECIFIED;
}

template <class Names>
void add_name(const HeldName& held, Names& names) {
  const api::NameKind kind = to_api(held.name.kind);
  if (kind == api::NAME_KIND_UNSPECIFIED) return;
  api::DirectoryName& added = *names.Add();
  added.set_kind(kind);
  added.set_text(held.name.text);
  added.set_account_id(held.account.text());
  added.set_shard(storage::shard_of(held.account));
}

}  // namespace

Result<AccountEvent> event_of(const api::EdgeEvent& event) {
  Reader reader;
  AccountEvent out;
  out.account = reader.id<AccountTag>("account_id", event.account_id());
  out.event.epoch = event.epoch();
  out.event.n = event.n();
  out.event.age_ms = event.age_ms();
  out.event.body = reader.body(event);
  if (event.n() == 0) reader.keep({Code::invalid_argument, "the event has no number: events count from 1"});
  if (!reader.result) return reader.result.error();
  return out;
}

Result<std::vector<AccountDigest>> digests_of(const api::Digests& digests) {
  Reader reader;
  std::vector<AccountDigest> out;
  for (const api::AccountDigest& digest : digests.digests())
    out.push_back({reader.id<AccountTag>("account_id", digest.account_id()), {digest.n(), digest.hash()}});
  if (!reader.result) return reader.result.error();
  return out;
}

api::NodeMessage order_message(AccountId account, actors::Fence fence, const link::Order& order) {
  api::NodeMessage message;
  api::Order& out = *message.mutable_order();
  out.set_account_id(account.text());
  fill(*out.mutable_fence(), fence);
  out.set_edge_epoch(order.edge_epoch);
  *out.mutable_body() = to_api(order.body);
  return message;
}

api::NodeMessage sync_message(AccountId account, actors::Fence fence, const link::Sync& sync) {
  api::NodeMessage message;
  api::Sync& out = *message.mutable_sync();
  out.set_account_id(account.text());
  fill(*out.mutable_fence(), fence);
  out.set_edge_epoch(sync.edge_epoch);
  for (const link::OrderBody& order : sync.orders) *out.add_orders() = to_api(order);
  return message;
}

api::NodeMessage leading_message(const std::vector<actors::Fence>& led) {
  api::NodeMessage message;
  api::Leading& out = *message.mutable_leading();
  for (const actors::Fence fence : led) fill(*out.add_shards(), fence);
  return message;
}

std::vector<api::NodeMessage> directory_messages(std::uint64_t version, const std::vector<HeldName>& names) {
  std::vector<api::NodeMessage> messages(1);
  messages.back().mutable_directory()->set_whole(true);
  for (const HeldName& held : names) {
    api::Directory& last = *messages.back().mutable_directory();
    if (last.names_size() == names_in_message_max) {
      last.set_more(true);
      messages.emplace_back();
    }
    add_name(held, *messages.back().mutable_directory()->mutable_names());
  }
  for (api::NodeMessage& message : messages) message.mutable_directory()->set_version(version);
  return messages;
}

std::optional<api::NodeMessage> directory_message(const DirectoryChange& change) {
  api::NodeMessage message;
  api::Directory& out = *message.mutable_directory();
  out.set_version(change.version);
  // A batch claims or releases, never both of one name.
  for (const HeldName& held : change.claimed) add_name(held, *out.mutable_names());
  for (const HeldName& held : change.released) add_name(held, *out.mutable_released());
  if (out.names_size() == 0 && out.released_size() == 0) return std::nullopt;
  return message;
}

}  // namespace rf::node
