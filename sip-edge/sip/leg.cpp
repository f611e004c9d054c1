#include "sip-edge/sip/leg.hpp"

#include <utility>

#include "core/base/assert.hpp"
#include "sip-edge/sip/core.hpp"

namespace rf::edge::sip {

namespace {

/// After the library's own timer H.
constexpr Ms ack_slack_ms = 2 * second_ms;

std::vector<Header> reason_header(const std::string& reason) {
  if (reason.empty()) return {};
  return {{"Reason", reason}};
}

std::string reason_of(const sip_t* sip) { return sip == nullptr ? std::string() : to_request(sip, nullptr).reason; }

}  // namespace

LegCore::LegCore(AgentCore& agent, LegRole r, Flow flow, HopRule hops, std::size_t listen)
    : hop_rule(hops), role(r), agent_(agent.weak_from_this()),
      state_(r == LegRole::we_called ? State::calling : State::ringing), flow_(std::move(flow)), listen_(listen),
      ack_timer_(std::make_unique<Timer>(agent.root(), [this] {
        if (peer_invite_ != nullptr) on_ack_missing(*peer_invite_);
      })) {}

LegCore::~LegCore() { drop(); }

void LegCore::drop() {
  state_ = State::over;
  ack_timer_.reset();
  requests_.clear();
  own_invite_.reset();
  peer_invite_.reset();
  const auto agent = agent_.lock();
  if (agent != nullptr && leg_ != nullptr) nta_leg_destroy(leg_);
  leg_ = nullptr;
}

Result<void> LegCore::start(const Invite& invite) {
  const auto agent = agent_.lock();
  RF_ASSERT(agent != nullptr);
  if (!can_be_written({&invite.request_uri, &invite.from.uri, &invite.to.uri})) return broken_request();
  const LegCore* refused = invite.mends == nullptr ? nullptr : invite.mends->core_.get();
  const bool again = refused != nullptr && refused->own_invite_ != nullptr;
  Home home;
  const sip_cseq_t* last =
      again ? sip_cseq_create(home.get(), nta_outgoing_cseq(refused->own_invite_->handle), SIP_METHOD_INVITE) : nullptr;
  local_tag_ = again ? refused->local_tag_ : random_token();
  const std::string from = text_of(invite.from) + ";tag=" + local_tag_;
  const std::string to = text_of(invite.to);
  call_id = again ? refused->call_id : random_token();
  leg_ = nta_leg_tcreate(agent->library(), &LegCore::on_request, this, SIPTAG_FROM_STR(from.c_str()),
                         SIPTAG_TO_STR(to.c_str()), SIPTAG_CALL_ID_STR(call_id.c_str()),
                         TAG_IF(again, SIPTAG_CSEQ(last)), TAG_END());
  if (leg_ == nullptr) return broken_request();
  own_invite_ = std::make_shared<ClientTransaction>(*agent);
  own_invite_->handle = agent->send_request(leg_, own_invite_.get(),
                                            {.method = Method::invite,
                                             .route = route_of(invite.next_hop),
                                             .request_uri = invite.request_uri.text(),
                                             .contact = agent->contact(listen_),
                                             .max_forwards = invite.max_forwards,
                                             .headers = header_lines(invite.headers),
                                             .body = &invite.body});
  if (own_invite_->handle == nullptr) return broken_request();
  own_invite_->on_response = [this](const Response& response) { on_invite_response(response); };
  return {};
}

void LegCore::start(nta_leg_t* leg, std::shared_ptr<ServerTransaction> invite) {
  leg_ = leg;
  peer_invite_ = std::move(invite);
  peer_invite_->leg = weak_from_this();
  nta_incoming_bind(peer_invite_->handle, &ServerTransaction::on_ack_or_cancel, peer_invite_.get());
}

void LegCore::abandon() {
  shell_ = nullptr;
  listener = nullptr;
  hang_up("");
}

std::string LegCore::route() const {
  const auto agent = agent_.lock();
  if (hop_rule == HopRule::follow) {
    const sip_route_t* route = nullptr;
    const sip_contact_t* target = nullptr;
    nta_leg_get_route(leg_, &route, &target);
    const auto hop = direct_hop(route != nullptr ? route->r_url : target != nullptr ? target->m_url : nullptr);
    if (hop && agent->listen_for(*hop)) return route_of(*hop);
  }
  return route_of(flow_);
}

void LegCore::finish(const LegEnd& end) {
  if (state_ == State::over) return;
  const auto agent = agent_.lock();
  if (agent == nullptr) return;
  state_ = State::over;
  ack_timer_.reset();
  agent->root().post([self = shared_from_this(), end] {
    const auto alive = self->agent_.lock();
    if (alive == nullptr) return;
    if (self->shell_ != nullptr && self->listener != nullptr) self->listener->on_ended(*self->shell_, end);
    alive->remove(self.get());
    self->drop();
  });
}

// What the peer called us with.

void LegCore::progress(const Reply& reply) {
  if (state_ == State::ringing && reply.status > 100 && reply.status < 200) peer_invite_->send(reply);
}

void LegCore::answer(const Reply& reply) {
  if (state_ != State::ringing || reply.status < 200 || reply.status >= 300) return;
  peer_invite_->send(reply);
}

void LegCore::reject(const Reply& reply) {
  if (state_ != State::ringing || reply.status < 300) return;
  peer_invite_->send(reply);
}

void LegCore::on_answered_by_us(ServerTransaction& request, int status) {
  const auto agent = agent_.lock();
  if (agent == nullptr || peer_invite_.get() != &request) return;
  if (status < 300) {
    if (state_ == State::ringing) state_ = State::answered_by_us;
    if (ack_timer_ != nullptr) ack_timer_->set(static_cast<Ms>(agent->config().t1x64_ms) + ack_slack_ms);
    return;
  }
  if (state_ == State::ringing) return finish({EndCause::ours, status, false, ""});
  agent->release_later(std::move(peer_invite_));
}

void LegCore::on_acked(ServerTransaction& invite, const sip_t* ack) {
  const auto agent = agent_.lock();
  if (agent == nullptr || peer_invite_.get() != &invite) return;
  if (ack_timer_ != nullptr) ack_timer_->cancel();
  agent->release_later(std::move(peer_invite_));
  if (state_ == State::over) return;
  if (state_ == State::answered_by_us) state_ = State::up;
  if (shell_ != nullptr && listener != nullptr) listener->on_acked(*shell_, invite.request.cseq, to_body(ack));
  if (bye_after_ack_ && state_ == State::up) bye_and_wait(*bye_after_ack_);
}

void LegCore::on_ack_missing(ServerTransaction& invite) {
  const auto agent = agent_.lock();
  if (agent == nullptr || state_ == State::over || peer_invite_.get() != &invite) return;
  agent->release_later(std::move(peer_invite_));
  if (auto bye = send_bye("")) agent->keep(std::move(bye));
  finish({EndCause::no_ack, 0, true, ""});
}

void LegCore::on_cancelled(ServerTransaction& invite, const sip_t* cancel) {
  const auto agent = agent_.lock();
  if (agent == nullptr || peer_invite_.get() != &invite) return;
  if (state_ == State::ringing) return finish({EndCause::peer_cancelled, 487, false, reason_of(cancel)});
  agent->release_later(std::move(peer_invite_));
}

// What we called the peer with.

void LegCore::on_invite_response(const Response& response) {
  const auto agent = agent_.lock();
  if (agent == nullptr || state_ == State::over) return;
  if (response.status < 200) {
    if (!cancelling_ && shell_ != nullptr && listener != nullptr) listener->on_progress(*shell_, response);
    return;
  }
  if (response.status >= 300) {
    const EndCause cause = cancelling_ ? EndCause::ours : EndCause::failed;
    return finish({cause, response.status, response.internal, response.reason, response.min_se_s});
  }
  const MessageRef msg(nta_outgoing_getresponse(own_invite_->handle));
  const sip_t* sip = sip_object(msg.get());
  nta_leg_rtag(leg_, sip->sip_to->a_tag);
  nta_leg_client_reroute(leg_, sip->sip_record_route, sip->sip_contact, 1);
  state_ = State::answered_by_peer;
  // The answer crossed our CANCEL (RFC 3261 15): taken, and ended at once.
  if (cancelling_ || shell_ == nullptr || listener == nullptr) return hang_up("");
  listener->on_answered(*shell_, response);
}

void LegCore::send_ack(std::uint32_t cseq, const Body& body) {
  const auto agent = agent_.lock();
  nta_outgoing_t* ack =
      agent->send_request(leg_, nullptr, {.method = Method::ack, .route = route(), .cseq = cseq, .body = &body});
  // Let go, the library still keeps it for 64*T1 and repeats it for every repeated 2xx.
  nta_outgoing_destroy(ack);
}

void LegCore::ack(const Response& answer, const Body& body) {
  const auto agent = agent_.lock();
  if (agent == nullptr) return;
  if (state_ == State::answered_by_peer && nta_outgoing_cseq(own_invite_->handle) == answer.cseq) {
    send_ack(answer.cseq, body);
    agent->release_later(std::move(own_invite_));
    state_ = State::up;
    return;
  }
  const auto found = unacked_.find(answer.cseq);
  if (state_ != State::up || found == unacked_.end()) return;
  send_ack(answer.cseq, body);
  requests_.erase(found->second);
  unacked_.erase(found);
  own_reinvite_.reset();
}

// Both.

std::shared_ptr<ClientTransaction> LegCore::send_bye(const std::string& reason) {
  const auto agent = agent_.lock();
  auto bye = std::make_shared<ClientTransaction>(*agent);
  bye->handle = agent->send_request(
      leg_, bye.get(), {.method = Method::bye, .route = route(), .headers = header_lines(reason_header(reason))});
  if (bye->handle == nullptr) return nullptr;
  return bye;
}

void LegCore::bye_and_wait(const std::string& reason) {
  const auto agent = agent_.lock();
  state_ = State::ending;
  auto bye = send_bye(reason);
  if (bye == nullptr) return finish({EndCause::ours, 500, true, ""});
  bye->on_response = [this](const Response& response) {
    if (response.status >= 200) finish({EndCause::ours, response.status, response.internal, ""});
  };
  requests_.emplace(next_request_++, std::move(bye));
}

void LegCore::hang_up(const std::string& reason) {
  const auto agent = agent_.lock();
  if (agent == nullptr) return;
  switch (state_) {
    case State::calling: {
      if (std::exchange(cancelling_, true)) return;
      const std::string lines = header_lines(reason_header(reason));
      const AgentCore::Calling calling(*agent);
      // Held back by the library until a provisional response has come.
      nta_outgoing_tcancel(own_invite_->handle, nullptr, nullptr, NTATAG_CANCEL_2543(0),
                           TAG_IF(!lines.empty(), SIPTAG_HEADER_STR(lines.c_str())), TAG_END());
      return;
    }
    case State::ringing: return reject(reply(480));
    case State::answered_by_peer:
      send_ack(nta_outgoing_cseq(own_invite_->handle), {});
      agent->release_later(std::move(own_invite_));
      return bye_and_wait(reason);
    case State::answered_by_us: bye_after_ack_ = reason; return;
    case State::up: return bye_and_wait(reason);
    case State::ending:
    case State::over: return;
  }
}

Result<void> LegCore::request(const InDialog& request, std::function<void(const Response&)> on_response) {
  const auto agent = agent_.lock();
  if (agent == nullptr || state_ != State::up)
    return Error{Code::failed_precondition, "the leg has no confirmed dialog"};
  const bool is_invite = request.method == Method::invite;
  if (is_invite && (own_reinvite_ || peer_invite_ != nullptr)) {
    return Error{Code::failed_precondition, "an INVITE is under way on this leg; wait for its end"};
  }
  const bool has_contact = is_invite || request.method == Method::update;
  auto client = std::make_shared<ClientTransaction>(*agent);
  client->handle = agent->send_request(leg_, client.get(),
                                       {.method = request.method,
                                        .route = route(),
                                        .contact = has_contact ? agent->contact(listen_) : std::string(),
                                        .headers = header_lines(request.headers),
                                        .body = &request.body});
  if (client->handle == nullptr) return broken_request();
  const std::uint64_t id = next_request_++;
  if (is_invite) own_reinvite_ = id;
  client->on_response = [this, id, on_response = std::move(on_response)](const Response& response) {
    on_request_response(id, response, on_response);
  };
  requests_.emplace(id, std::move(client));
  return {};
}

void LegCore::cancel_reinvite() {
  const auto agent = agent_.lock();
  if (agent == nullptr || state_ != State::up || !own_reinvite_ || !unacked_.empty()) return;
  const AgentCore::Calling calling(*agent);
  nta_outgoing_tcancel(requests_.at(*own_reinvite_)->handle, nullptr, nullptr, NTATAG_CANCEL_2543(0), TAG_END());
}

void LegCore::on_request_response(std::uint64_t id, const Response& response,
                                  const std::function<void(const Response&)>& on_response) {
  const auto found = requests_.find(id);
  if (state_ == State::over || found == requests_.end()) return;
  const auto client = found->second;
  const bool is_invite = response.method == Method::invite;
  if (response.status < 200 && !is_invite) return;
  if (response.status >= 200 && response.status < 300 && (is_invite || response.method == Method::update)) {
    const MessageRef msg(nta_outgoing_getresponse(client->handle));
    nta_leg_client_reroute(leg_, nullptr, sip_object(msg.get())->sip_contact, 0);
  }
  if (is_invite && response.status >= 200 && response.status < 300) {
    unacked_[response.cseq] = id;
    // The leg ends meanwhile, or nobody is there to say what to acknowledge with.
    if (state_ != State::up) return send_ack(response.cseq, {});
  } else if (response.status >= 200) {
    if (is_invite) own_reinvite_.reset();
    requests_.erase(found);
  }
  if (state_ == State::up && shell_ != nullptr && on_response) on_response(response);
}

int LegCore::on_request(LegCore* self, nta_leg_t*, nta_incoming_t* irq, const sip_t* sip) noexcept {
  const auto alive = self->shared_from_this();
  const auto agent = self->agent_.lock();
  // An ACK that acknowledges nothing.
  if (agent == nullptr || sip->sip_request->rq_method == sip_method_ack) {
    nta_incoming_destroy(irq);
    return 0;
  }
  const MessageRef msg(nta_incoming_getrequest(irq));
  Request request = to_request(sip, msg.get());
  agent->fill_local(request, msg.get());
  self->take(*agent, std::make_shared<ServerTransaction>(*agent, irq, std::move(request)), sip);
  return 0;
}

std::optional<Reply> LegCore::refuse_in_dialog(const Request& request, const sip_t* sip) const {
  if (state_ == State::over || state_ == State::ending) return reply(481);
  switch (request.method) {
    case Method::unknown: return reply(501);
    case Method::invite:
    case Method::update:
    case Method::info:
    case Method::options:
    case Method::notify: break;
    default: return reply(405);
  }
  if (const std::string missing = unsupported_of(request); !missing.empty()) {
    return Reply{420, {{"Unsupported", missing}}, {}};
  }
  if (sip->sip_content_encoding != nullptr) return Reply{415, {{"Accept-Encoding", "identity"}}, {}};
  const bool offers = request.method == Method::invite || (request.method == Method::update && !request.body.empty());
  if (!offers) return std::nullopt;
  // RFC 3261 14.2 and RFC 3311 5.2: one offer at a time; who collides tries again.
  if (state_ == State::calling || state_ == State::answered_by_peer || own_reinvite_) return reply(491);
  if (state_ == State::ringing || state_ == State::answered_by_us ||
      (peer_invite_ != nullptr && !peer_invite_->is_final)) {
    return reply_later(500, 3);
  }
  return std::nullopt;
}

void LegCore::take(AgentCore& agent, std::shared_ptr<ServerTransaction> request, const sip_t* sip) {
  if (request->request.method == Method::bye) return take_bye(*request, sip);
  if (const auto refusal = refuse_in_dialog(request->request, sip)) {
    request->send(*refusal);
    return;
  }
  if (shell_ == nullptr || listener == nullptr) {
    request->send(reply(480));
    return;
  }
  const Request& said = request->request;
  if (said.method == Method::invite || said.method == Method::update) {
    nta_leg_server_route(leg_, nullptr, sip->sip_contact);
    // The peer moved, or its NAT gave it another port: what follows goes to where it is now.
    if (said.source.transport == flow_.transport) flow_ = said.source;
  }
  if (said.method == Method::invite) {
    // The ACK of the answer before this one never came; this request says that it arrived.
    if (peer_invite_ != nullptr) agent.release_later(std::move(peer_invite_));
    peer_invite_ = request;
    request->leg = weak_from_this();
    nta_incoming_bind(request->handle, &ServerTransaction::on_ack_or_cancel, request.get());
  }
  listener->on_request(*shell_, ServerRequest(std::move(request)));
}

void LegCore::take_bye(ServerTransaction& bye, const sip_t* sip) {
  bye.send(reply(200));
  if (state_ == State::over) return;
  if (state_ == State::calling) return hang_up("");
  const bool ours = state_ == State::ending;
  const bool unanswered = state_ == State::ringing;
  finish({ours ? EndCause::ours : EndCause::peer_hung_up, 200, false, reason_of(sip)});
  if (unanswered && peer_invite_ != nullptr) peer_invite_->send(reply(487));
}

Leg::Leg(std::shared_ptr<LegCore> core) : core_(std::move(core)) { core_->attach(this); }

Leg::~Leg() { core_->abandon(); }

void Leg::listen(LegListener& listener) { core_->listener = &listener; }

LegRole Leg::role() const { return core_->role; }

const std::string& Leg::call_id() const { return core_->call_id; }

const Flow& Leg::flow() const { return core_->flow(); }

void Leg::set_hop_rule(HopRule rule) { core_->hop_rule = rule; }

void Leg::progress(const Reply& reply) { core_->progress(reply); }

void Leg::answer(const Reply& reply) { core_->answer(reply); }

void Leg::reject(const Reply& reply) { core_->reject(reply); }

void Leg::ack(const Response& answer, const Body& body) { core_->ack(answer, body); }

void Leg::hang_up(const std::string& reason) { core_->hang_up(reason); }

void Leg::cancel_reinvite() { core_->cancel_reinvite(); }

Result<void> Leg::request(const InDialog& request, std::function<void(const Response&)> on_response) {
  return core_->request(request, std::move(on_response));
}

}  // namespace rf::edge::sip
