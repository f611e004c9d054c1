#include <utility>

#include "sip-edge/sip/core.hpp"

namespace rf::edge::sip {

namespace {

bool opens_or_refreshes(Method method) { return method == Method::invite || method == Method::update; }

bool has_header(const Reply& reply, std::string_view name) {
  for (const Header& header : reply.headers) {
    if (equal_no_case(header.name, name)) return true;
  }
  return false;
}

}  // namespace

ServerTransaction::ServerTransaction(AgentCore& a, nta_incoming_t* irq, Request r)
    : agent(a.weak_from_this()), handle(irq), request(std::move(r)) {
  ++a.server_requests;
  tport_t* transport = nta_incoming_transport(a.library(), irq, nullptr);
  if (transport != nullptr && tport_is_tcp(transport) && tport_is_secondary(transport)) {
    connection = transport;
  } else if (transport != nullptr) {
    tport_unref(transport);
  }
}

ServerTransaction::~ServerTransaction() {
  const auto core = agent.lock();
  if (core == nullptr) return;
  --core->server_requests;
  const AgentCore::Calling calling(*core);
  // Unanswered: the library answers 500.
  nta_incoming_destroy(handle);
  if (connection != nullptr) tport_unref(connection);
}

bool ServerTransaction::send(const Reply& reply) {
  const auto core = agent.lock();
  if (core == nullptr || is_final) return false;
  is_final = reply.status >= 200;
  const AgentCore::Calling calling(*core);
  Home home;
  const bool success = reply.status >= 200 && reply.status < 300;
  const bool dialog = opens_or_refreshes(request.method) && reply.status > 100 && reply.status < 300;
  const bool tells_abilities = success && (dialog || request.method == Method::options);
  const std::string contact = dialog ? core->contact(request.listen) : std::string();
  const std::string lines = header_lines(reply.headers);
  const bool with_allow = (tells_abilities || reply.status == 405) && !has_header(reply, "Allow");
  sip_payload_t* payload = reply.body.empty() ? nullptr
                                              : sip_payload_create(home.get(), reply.body.content.data(),
                                                                   static_cast<isize_t>(reply.body.content.size()));
  const int sent = nta_incoming_treply(
      handle, reply.status, nullptr, SIPTAG_SERVER_STR(core->config().product.c_str()),
      TAG_IF(!contact.empty(), SIPTAG_CONTACT_STR(contact.c_str())),
      TAG_IF(with_allow, SIPTAG_ALLOW_STR(allowed_methods)),
      TAG_IF(tells_abilities && !has_header(reply, "Supported"), SIPTAG_SUPPORTED_STR(supported_options)),
      TAG_IF(success && request.method == Method::options, SIPTAG_ACCEPT_STR("application/sdp")),
      TAG_IF(payload != nullptr, SIPTAG_CONTENT_TYPE_STR(reply.body.content_type.c_str())),
      TAG_IF(payload != nullptr, SIPTAG_PAYLOAD(payload)), TAG_IF(!lines.empty(), SIPTAG_HEADER_STR(lines.c_str())),
      TAG_END());
  // A header that cannot be written: say something all the same.
  if (sent < 0 && is_final) nta_incoming_treply(handle, SIP_500_INTERNAL_SERVER_ERROR, TAG_END());
  if (is_final) {
    if (const auto owner = leg.lock()) owner->on_answered_by_us(*this, sent < 0 ? 500 : reply.status);
  }
  return true;
}

int ServerTransaction::on_ack_or_cancel(ServerTransaction* self, nta_incoming_t*, const sip_t* sip) noexcept {
  auto alive = self->shared_from_this();
  const auto core = self->agent.lock();
  const auto owner = self->leg.lock();
  if (core == nullptr) return 0;
  const bool is_cancel =
      sip != nullptr && sip->sip_request != nullptr && sip->sip_request->rq_method == sip_method_cancel;
  // The library answers a CANCELled INVITE with 487 when we are back.
  const bool ends_it = is_cancel && !std::exchange(self->is_final, true);
  if (owner != nullptr) {
    if (sip == nullptr) {
      owner->on_ack_missing(*self);
    } else if (is_cancel) {
      owner->on_cancelled(*self, sip);
    } else {
      owner->on_acked(*self, sip);
    }
  }
  if (const auto tell = std::exchange(self->on_cancelled, nullptr); tell && ends_it) tell();
  if (alive.use_count() == 1) core->release_later(std::move(alive));
  return 0;
}

ClientTransaction::ClientTransaction(AgentCore& a) : agent(a.weak_from_this()) { ++a.client_requests; }

ClientTransaction::~ClientTransaction() {
  const auto core = agent.lock();
  if (core == nullptr) return;
  --core->client_requests;
  const AgentCore::Calling calling(*core);
  nta_outgoing_destroy(handle);
  if (own_leg != nullptr) nta_leg_destroy(own_leg);
}

int ClientTransaction::on_response_callback(ClientTransaction* self, nta_outgoing_t* orq, const sip_t* sip) noexcept {
  auto alive = self->shared_from_this();
  const auto core = self->agent.lock();
  if (core == nullptr || sip == nullptr || sip->sip_status == nullptr) return 0;
  const MessageRef msg(nta_outgoing_getresponse(orq));
  core->deliver([alive, response = to_response(sip, msg.get())] {
    if (alive->on_response) alive->on_response(response);
  });
  if (alive.use_count() == 1) core->release_later(std::move(alive));
  return 0;
}

ServerRequest::ServerRequest(std::shared_ptr<ServerTransaction> core) : core_(std::move(core)) {}

ServerRequest::~ServerRequest() {
  if (core_ != nullptr) core_->send(sip::reply(500));
}

ServerRequest& ServerRequest::operator=(ServerRequest&& other) noexcept {
  if (this != &other) {
    if (core_ != nullptr) core_->send(sip::reply(500));
    core_ = std::move(other.core_);
  }
  return *this;
}

const Request& ServerRequest::request() const { return core_->request; }

void ServerRequest::reply(const Reply& reply) { core_->send(reply); }

bool ServerRequest::answered() const { return core_->is_final; }

void ServerRequest::on_cancelled(std::function<void()> cancelled) { core_->on_cancelled = std::move(cancelled); }

std::unique_ptr<FlowWatch> ServerRequest::watch_flow(std::function<void()> closed) const {
  const auto agent = core_->agent.lock();
  if (agent == nullptr || core_->connection == nullptr) return nullptr;
  auto watch = std::make_shared<FlowWatchCore>(*agent, core_->connection, std::move(closed));
  if (!watch->start()) return nullptr;
  return std::make_unique<FlowWatch>(std::move(watch));
}

FlowWatchCore::FlowWatchCore(AgentCore& agent, tport_t* connection, std::function<void()> closed)
    : agent_(agent.weak_from_this()), connection_(tport_ref(connection)), closed_(std::move(closed)) {}

FlowWatchCore::~FlowWatchCore() {
  release();
  if (agent_.lock() != nullptr) tport_unref(connection_);
}

bool FlowWatchCore::start() {
  // A connection that is closed already would never tell.
  if (tport_is_clear_to_send(connection_))
    pending_ = tport_pend(connection_, nullptr, &ConnectionClient::on_error, this);
  if (pending_ <= 0) return false;
  agent_.lock()->connections().watched(connection_);
  return true;
}

void FlowWatchCore::stop() {
  closed_ = nullptr;
  release();
}

void FlowWatchCore::release() {
  const auto agent = agent_.lock();
  const int pending = std::exchange(pending_, -1);
  if (pending <= 0 || agent == nullptr) return;
  tport_release(connection_, pending, nullptr, nullptr, this, 0);
  agent->connections().unwatched(connection_);
}

void FlowWatchCore::on_closed() noexcept {
  const auto core = agent_.lock();
  if (core == nullptr) return;
  release();
  core->root().post([alive = shared_from_this()] {
    if (auto closed = std::exchange(alive->closed_, nullptr)) closed();
  });
}

FlowWatch::FlowWatch(std::shared_ptr<FlowWatchCore> core) : core_(std::move(core)) {}

FlowWatch::~FlowWatch() { core_->stop(); }

}  // namespace rf::edge::sip
