#include "tests/sip-edge/support/fake_node.hpp"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <cstdlib>
#include <utility>

#include "process/clock.hpp"
#include "process/grpc_stream.hpp"

namespace rf::edge::test {

namespace {

template <class IdType>
IdType id(const std::string& text) {
  const auto id = IdType::of(text);
  if (!id) std::abort();
  return *id;
}
template <class IdType>
IdType id_or_none(const std::string& text) {
  return text.empty() ? IdType() : id<IdType>(text);
}

void put(pb::Fence& to, Fence fence) {
  to.set_shard(fence.shard);
  to.set_term(fence.term);
}

struct PutOrder {
  pb::OrderBody& to;
  void operator()(const link::HoldOrder& o) const { to.mutable_hold()->set_call_id(o.call.text()); }
  void operator()(const link::RingOrder& o) const {
    to.mutable_ring()->set_call_id(o.call.text());
    for (const link::RingTarget& target : o.targets) {
      pb::RingTarget& put = *to.mutable_ring()->add_targets();
      put.set_reservation_id(target.reservation.text());
      put.set_agent_id(target.agent.text());
      for (const BindingId& binding : target.bindings) put.add_binding_ids(binding.text());
      put.set_ring_until_edge_ms(target.ring_until_edge_ms);
      put.set_confirm_until_edge_ms(target.confirm_until_edge_ms);
      put.set_max_concurrent(target.max_concurrent);
      for (const link::Endpoint& endpoint : target.endpoints) {
        put.add_endpoints()->set_id(endpoint.id.text());
        put.mutable_endpoints()->rbegin()->set_uri(endpoint.uri);
      }
      put.set_auto_answer(target.auto_answer);
    }
    to.mutable_ring()->set_place_uri(o.place_uri);
    to.mutable_ring()->set_place_caller(o.place_caller);
  }
  void operator()(const link::CloseOrder& o) const {
    to.mutable_close()->set_call_id(o.call.text());
    to.mutable_close()->set_reservation_id(o.reservation.text());
  }
  void operator()(const link::BridgeOrder& o) const {
    to.mutable_bridge()->set_call_id(o.call.text());
    to.mutable_bridge()->set_reservation_id(o.reservation.text());
  }
  void operator()(const link::HangupOrder& o) const { to.mutable_hangup()->set_call_id(o.call.text()); }
  void operator()(const link::ForwardOrder& o) const {
    to.mutable_forward()->set_call_id(o.call.text());
    to.mutable_forward()->set_uri(o.uri);
  }
};

void put(pb::DirectoryName& to, const DirectoryEntry& entry) {
  to.set_kind(static_cast<pb::NameKind>(static_cast<int>(entry.kind) + 1));
  to.set_text(entry.text);
  to.set_account_id(entry.owner.account.text());
  to.set_shard(entry.owner.shard);
}

link::CallArrived arrival(const pb::CallArrived& from) {
  return {id<CallId>(from.call_id()), from.number(), from.caller(), from.caller_name()};
}
link::BindingUp binding_up(const pb::BindingUp& from) {
  return {id<AgentId>(from.agent_id()), id<BindingId>(from.binding_id()), from.contact()};
}
link::Snapshot snapshot(const pb::Snapshot& from) {
  link::Snapshot snapshot{from.boot_id(), {}, {}};
  for (const pb::CarriedCall& call : from.calls())
    snapshot.calls.push_back({arrival(call.arrival()), id_or_none<ReservationId>(call.answered_by()),
                              id_or_none<AgentId>(call.agent_id()), call.age_ms()});
  for (const pb::BindingUp& binding : from.bindings()) snapshot.bindings.push_back(binding_up(binding));
  return snapshot;
}
link::EventBody body(const pb::EdgeEvent& event) {
  switch (event.body_case()) {
    case pb::EdgeEvent::kSnapshot: return snapshot(event.snapshot());
    case pb::EdgeEvent::kCallArrived: return arrival(event.call_arrived());
    case pb::EdgeEvent::kOfferClosed:
      return link::OfferClosed{id<ReservationId>(event.offer_closed().reservation_id()),
                               static_cast<link::CloseCause>(static_cast<int>(event.offer_closed().cause()) - 1)};
    case pb::EdgeEvent::kAnswered:
      return link::Answered{id<ReservationId>(event.answered().reservation_id()),
                            id<BindingId>(event.answered().binding_id())};
    case pb::EdgeEvent::kLegGone: return link::LegGone{id<ReservationId>(event.leg_gone().reservation_id())};
    case pb::EdgeEvent::kCallEnded:
      return link::CallEnded{id<CallId>(event.call_ended().call_id()),
                             static_cast<link::EndCause>(static_cast<int>(event.call_ended().cause()) - 1)};
    case pb::EdgeEvent::kCallerKey:
      return link::CallerKey{id<CallId>(event.caller_key().call_id()), event.caller_key().key()};
    case pb::EdgeEvent::kBindingUp: return binding_up(event.binding_up());
    case pb::EdgeEvent::kBindingDown:
      return link::BindingDown{id<BindingId>(event.binding_down().binding_id()), event.binding_down().reason()};
    case pb::EdgeEvent::BODY_NOT_SET: break;
  }
  std::abort();
}

constexpr std::chrono::seconds patience{60};

}  // namespace

pb::NodeMessage accepted(const std::string& node) {
  pb::NodeMessage message;
  message.mutable_accepted()->set_node(node);
  message.mutable_accepted()->set_protocol_version(1);
  return message;
}

pb::NodeMessage leading(const std::vector<Fence>& shards) {
  pb::NodeMessage message;
  message.mutable_leading();
  for (const Fence& fence : shards) put(*message.mutable_leading()->add_shards(), fence);
  return message;
}

pb::NodeMessage directory(const DirectoryPart& part) {
  pb::NodeMessage message;
  pb::Directory& to = *message.mutable_directory();
  to.set_version(part.version);
  to.set_whole(part.whole);
  to.set_more(part.more);
  for (const DirectoryEntry& entry : part.names) put(*to.add_names(), entry);
  for (const DirectoryEntry& entry : part.released) put(*to.add_released(), entry);
  return message;
}

pb::NodeMessage order(AccountId account, Fence fence, const link::Order& order) {
  pb::NodeMessage message;
  pb::Order& to = *message.mutable_order();
  to.set_account_id(account.text());
  put(*to.mutable_fence(), fence);
  to.set_edge_epoch(order.edge_epoch);
  std::visit(PutOrder{*to.mutable_body()}, order.body);
  return message;
}

pb::NodeMessage sync(AccountId account, Fence fence, const link::Sync& sync) {
  pb::NodeMessage message;
  pb::Sync& to = *message.mutable_sync();
  to.set_account_id(account.text());
  put(*to.mutable_fence(), fence);
  to.set_edge_epoch(sync.edge_epoch);
  for (const link::OrderBody& body : sync.orders) std::visit(PutOrder{*to.add_orders()}, body);
  return message;
}

pb::NodeMessage ack(AccountId account, std::uint64_t epoch, std::uint64_t n) {
  pb::NodeMessage message;
  message.mutable_ack()->set_account_id(account.text());
  message.mutable_ack()->set_epoch(epoch);
  message.mutable_ack()->set_n(n);
  return message;
}

pb::NodeMessage expected(AccountId account, std::uint64_t epoch, std::uint64_t n) {
  pb::NodeMessage message;
  message.mutable_expected()->set_account_id(account.text());
  message.mutable_expected()->set_epoch(epoch);
  message.mutable_expected()->set_n(n);
  return message;
}

pb::NodeMessage not_owner(AccountId account, const std::string& hint) {
  pb::NodeMessage message;
  message.mutable_not_owner()->set_account_id(account.text());
  message.mutable_not_owner()->set_hint(hint);
  return message;
}

pb::NodeMessage snapshot_request(AccountId account) {
  pb::NodeMessage message;
  message.mutable_snapshot_request()->set_account_id(account.text());
  return message;
}

pb::NodeMessage ha1_reply(const Ha1Answer& answer) {
  pb::NodeMessage message;
  pb::Ha1Reply& to = *message.mutable_ha1_reply();
  to.set_domain(answer.user.domain);
  to.set_username(answer.user.name);
  switch (answer.verdict) {
    case Ha1Answer::Verdict::found: to.set_result(pb::HA1_RESULT_FOUND); break;
    case Ha1Answer::Verdict::unknown: to.set_result(pb::HA1_RESULT_UNKNOWN_USER); break;
    case Ha1Answer::Verdict::unavailable: to.set_result(pb::HA1_RESULT_UNAVAILABLE); break;
  }
  if (answer.account.set()) to.set_account_id(answer.account.text());
  if (answer.agent.set()) to.set_agent_id(answer.agent.text());
  to.set_ha1_md5(answer.md5);
  to.set_ha1_sha256(answer.sha256);
  to.set_version(answer.version);
  return message;
}

pb::NodeMessage credential_changed(AccountId account, AgentId agent, bool removed) {
  pb::NodeMessage message;
  message.mutable_credential_changed()->set_account_id(account.text());
  message.mutable_credential_changed()->set_agent_id(agent.text());
  message.mutable_credential_changed()->set_removed(removed);
  return message;
}

link::Event event_of(const pb::EdgeEvent& event) { return {event.epoch(), event.n(), event.age_ms(), body(event)}; }

class FakeNode::Stream final : public process::ServerBidiStream<pb::EdgeMessage, pb::NodeMessage> {
 public:
  Stream(FakeNode& node, grpc::CallbackServerContext& context)
      : ServerBidiStream(context, {.read_credit = 1}), node_(node) {}

 private:
  void on_message(pb::EdgeMessage message) override {
    node_.on_message(std::static_pointer_cast<Stream>(shared_from_this()), std::move(message));
  }

  FakeNode& node_;
};

FakeNode::FakeNode(std::string token) : token_(std::move(token)) { start(); }
FakeNode::~FakeNode() { stop(); }

void FakeNode::start() {
  grpc::ServerBuilder builder;
  // A node that comes back takes its old port; two tests must never share one.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetMaxReceiveMessageSize(64 << 20);
  builder.AddListeningPort("127.0.0.1:" + std::to_string(port_), grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
  if (!server_ || port_ == 0) std::abort();
}

void FakeNode::stop() {
  {
    const std::lock_guard lock(mutex_);
    stream_.reset();
  }
  if (server_) server_->Shutdown(process::rpc_deadline(0));
  server_.reset();
}

void FakeNode::greet_with(std::vector<pb::NodeMessage> messages) {
  const std::lock_guard lock(mutex_);
  greeting_ = std::move(messages);
}

void FakeNode::refuse_with(grpc::Status status) {
  const std::lock_guard lock(mutex_);
  refusal_ = std::move(status);
}

void FakeNode::acknowledge() {
  const std::lock_guard lock(mutex_);
  acknowledges_ = true;
}

void FakeNode::read(bool reads) {
  const std::lock_guard lock(mutex_);
  if (reads && !reads_ && stream_) stream_->grant(1);
  reads_ = reads;
}

void FakeNode::say(const pb::NodeMessage& message) {
  const std::lock_guard lock(mutex_);
  if (!stream_ || !stream_->push(message)) std::abort();
}

void FakeNode::drop(grpc::Status status) {
  const std::lock_guard lock(mutex_);
  if (stream_) stream_->abort(std::move(status));
  stream_.reset();
}

bool FakeNode::wait(const std::function<bool()>& condition) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, condition);
}

std::vector<pb::EdgeMessage> FakeNode::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

std::size_t FakeNode::attaches() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const pb::EdgeMessage& message : received_) count += message.has_attach() ? 1 : 0;
  return count;
}

std::vector<pb::EdgeMessage>::const_iterator FakeNode::last_attach() const {
  auto it = received_.end();
  while (it != received_.begin() && !(--it)->has_attach()) {}
  return it;
}

std::vector<link::Event> FakeNode::events(AccountId account) const {
  const std::lock_guard lock(mutex_);
  std::vector<link::Event> events;
  for (auto it = last_attach(); it != received_.end(); ++it)
    if (it->has_event() && it->event().account_id() == account.text()) events.push_back(event_of(it->event()));
  return events;
}

std::optional<pb::Digests> FakeNode::digests() const {
  const std::lock_guard lock(mutex_);
  std::optional<pb::Digests> digests;
  for (auto it = last_attach(); it != received_.end(); ++it)
    if (it->has_digests()) digests = it->digests();
  return digests;
}

grpc::ServerBidiReactor<pb::EdgeMessage, pb::NodeMessage>* FakeNode::Attach(grpc::CallbackServerContext* context) {
  const auto token = context->client_metadata().find("authorization");
  if (token == context->client_metadata().end() || token->second != "Bearer " + token_)
    return process::refuse_call<grpc::ServerBidiReactor<pb::EdgeMessage, pb::NodeMessage>>(
        {grpc::StatusCode::UNAUTHENTICATED, "the call's token is not the one of this node's edge.token"});
  const auto stream = std::make_shared<Stream>(*this, *context);
  stream->open();
  return stream.get();
}

void FakeNode::on_message(const std::shared_ptr<Stream>& stream, pb::EdgeMessage message) {
  const std::lock_guard lock(mutex_);
  if (message.has_attach()) {
    if (!refusal_.ok()) {
      stream->finish(refusal_);
    } else {
      stream_ = stream;
      for (const pb::NodeMessage& greeting : greeting_) stream->push(greeting);
    }
  }
  if (acknowledges_ && message.has_event()) {
    std::uint64_t& cursor = cursors_[message.event().account_id()];
    if (message.event().n() == cursor + 1) ++cursor;
    stream->push(ack(*AccountId::of(message.event().account_id()), message.event().epoch(), cursor));
  }
  received_.push_back(std::move(message));
  changed_.notify_all();
  if (reads_) stream->grant(1);
}

}  // namespace rf::edge::test
