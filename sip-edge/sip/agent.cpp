#include "sip-edge/sip/agent.hpp"

#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/base/assert.hpp"
#include "process/random.hpp"
#include "sip-edge/sip/core.hpp"

namespace rf::edge::sip {

const char allowed_methods[] = "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, UPDATE, INFO, NOTIFY";
const char supported_options[] = "timer";

namespace {

constexpr std::uint32_t queue_len_library_max = 1000;

bool is_supported(const std::string& option) { return equal_no_case(option, supported_options); }

bool lives_in_dialogs(Method method) {
  switch (method) {
    case Method::bye:
    case Method::cancel:
    case Method::info:
    case Method::prack:
    case Method::update:
    case Method::notify: return true;
    default: return false;
  }
}

bool has_known_scheme(const Uri& uri) { return uri.scheme == "sip" || uri.scheme == "sips" || uri.scheme == "tel"; }

}  // namespace

std::string unsupported_of(const Request& request) {
  std::vector<std::string> missing;
  std::copy_if(request.require.begin(), request.require.end(), std::back_inserter(missing),
               [](const std::string& option) { return !is_supported(option); });
  return join(missing);
}

std::string random_token() {
  std::array<std::byte, 16> bytes{};
  process::fill_random(bytes);
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const std::byte b : bytes) {
    out += digits[std::to_integer<unsigned>(b) >> 4];
    out += digits[std::to_integer<unsigned>(b) & 15];
  }
  return out;
}

Error broken_request() { return {Code::invalid_argument, "the request has a URI or header that cannot be written"}; }

bool can_be_written(std::initializer_list<const Uri*> uris) {
  return std::all_of(uris.begin(), uris.end(), [](const Uri* uri) { return parse_uri(uri->text()).has_value(); });
}

AgentCore::AgentCore(Root& root, const AgentConfig& config, AgentListener& listener)
    : root_(root), config_(config), listener_(listener), connections_(std::make_unique<Connections>(*this)) {}

AgentCore::~AgentCore() { RF_ASSERT(agent_ == nullptr); }

Result<void> AgentCore::open() {
  agent_ = nta_agent_create(root_.library(), reinterpret_cast<url_string_t*>(-1), &AgentCore::on_message, this,
                            NTATAG_UA(1), NTATAG_MAXSIZE(static_cast<usize_t>(config_.message_bytes_max)),
                            NTATAG_UDP_MTU(config_.udp_mtu_bytes), NTATAG_SIP_T1(config_.t1_ms),
                            NTATAG_SIP_T1X64(config_.t1x64_ms), NTATAG_SIP_T2(8 * config_.t1_ms),
                            NTATAG_SIP_T4(10 * config_.t1_ms), NTATAG_SERVER_RPORT(2), NTATAG_CLIENT_RPORT(1),
                            NTATAG_TCP_RPORT(1), NTATAG_MERGE_482(0), NTATAG_USE_NAPTR(0), NTATAG_USE_SRV(0),
                            NTATAG_GRAYLIST(0), NTATAG_CANCEL_2543(0), TAG_END());
  if (agent_ == nullptr) return Error{Code::unavailable, "the SIP stack could not be started; see the free memory"};
  for (const Listen& listen : config_.listen) {
    if (auto added = add_transport(listen); !added.ok()) {
      close();
      return added;
    }
  }
  return {};
}

Result<void> AgentCore::add_transport(const Listen& listen) {
  const auto ip = numeric_host(listen.ip);
  if (!ip) return Error{Code::invalid_argument, listen.config_key + ": '" + listen.ip + "' is not an IP address"};
  const Flow flow{listen.transport, *ip, listen.port};
  const bool any = flow.ip == "0.0.0.0" || flow.ip == "::";
  if (any && listen.public_host.empty()) {
    return Error{Code::invalid_argument,
                 listen.config_key + ": listening on every address needs a public_host to tell phones and trunks"};
  }
  const std::string bind_host = flow.is_ipv6() ? "[" + flow.ip + "]" : flow.ip;
  const std::string host = listen.public_host.empty() ? bind_host : listen.public_host;
  const std::string port = listen.port == 0 ? "*" : std::to_string(listen.port);
  std::string url = "sip:" + host + ":" + port + ";transport=" + std::string(name_of(listen.transport));
  if (host != bind_host) url += ";maddr=" + bind_host;
  // One URL for each transport: the library mishandles a list of them.
  const int added = nta_agent_add_tport(
      agent_, URL_STRING_MAKE(url.c_str()), TPTAG_SDWN_ERROR(1), TPTAG_PONG2PING(1),
      TPTAG_QUEUESIZE(std::min(config_.queue_len_max, queue_len_library_max)), TPTAG_IDLE(config_.tcp_idle_ms),
      TAG_IF(listen.transport == Transport::udp, TPTAG_UDP_RMEM(config_.udp_receive_buffer_bytes)), TAG_END());
  if (added < 0) {
    const int error = su_errno();
    const std::string why = error == EADDRINUSE ? "in use: stop the program that has it, or choose another port"
                                                : std::string(std::strerror(error));
    return Error{Code::unavailable, listen.config_key + ": " + flow.text() + " cannot be opened: " + why};
  }
  const std::size_t index = listening_.size();
  listening_.push_back(flow);
  // 0.0.0.0 and :: make one transport for each address of the machine.
  for (tport_t* one = tport_primaries(nta_agent_tports(agent_)); one != nullptr; one = tport_next(one)) {
    if (find_local(one) != nullptr) continue;
    const auto* address = reinterpret_cast<const su_sockaddr_t*>(tport_get_address(one)->ai_addr);
    char text[SU_ADDRSIZE] = {};
    su_inet_ntop(address->su_family, SU_ADDR(address), text, sizeof text);
    locals_.push_back({one, index, {listen.transport, text, ntohs(address->su_port)}});
    listening_[index].port = ntohs(address->su_port);
  }
  RF_ASSERT(!locals_.empty() && locals_.back().listen == index);
  if (listen.transport == Transport::udp) add_udp_sockets(listening_[index].port);
  return {};
}

/// The library keeps its sockets to itself; they are told by what they are bound to.
void AgentCore::add_udp_sockets(std::uint16_t port) {
  std::error_code unreadable;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", unreadable)) {
    const int fd = std::atoi(entry.path().filename().c_str());
    int type = 0;
    socklen_t type_size = sizeof type;
    su_sockaddr_t bound{};
    socklen_t bound_size = sizeof bound;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) != 0 || type != SOCK_DGRAM) continue;
    if (getsockname(fd, &bound.su_sa, &bound_size) != 0 || ntohs(bound.su_port) != port) continue;
    if (bound.su_family != AF_INET && bound.su_family != AF_INET6) continue;
    if (std::find(udp_sockets_.begin(), udp_sockets_.end(), fd) == udp_sockets_.end()) udp_sockets_.push_back(fd);
  }
}

double AgentCore::receive_backlog() const {
  double fullest = 0;
  for (const int fd : udp_sockets_) {
    std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
    socklen_t size = sizeof memory;
    if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, memory.data(), &size) != 0 || memory[SK_MEMINFO_RCVBUF] == 0) continue;
    fullest = std::max(fullest, static_cast<double>(memory[SK_MEMINFO_RMEM_ALLOC]) / memory[SK_MEMINFO_RCVBUF]);
  }
  return fullest;
}

const AgentCore::Local* AgentCore::find_local(const tport_t* primary) const {
  const auto found =
      std::find_if(locals_.begin(), locals_.end(), [&](const Local& one) { return one.transport == primary; });
  return found == locals_.end() ? nullptr : &*found;
}

void AgentCore::close() {
  for (auto& [raw, leg] : legs_) leg->drop();
  legs_.clear();
  clients_.clear();
  connections_->clear();
  nta_agent_destroy(std::exchange(agent_, nullptr));
}

std::string AgentCore::contact(std::size_t listen) const {
  const Listen& config = config_.listen[listen];
  Flow flow = listening_[listen];
  const std::string host =
      config.public_host.empty() ? (flow.is_ipv6() ? "[" + flow.ip + "]" : flow.ip) : config.public_host;
  std::string out = "<sip:" + host + ":" + std::to_string(flow.port);
  if (flow.transport == Transport::tcp) out += ";transport=tcp";
  return out + ">";
}

std::optional<std::size_t> AgentCore::listen_for(const Flow& flow) const {
  for (std::size_t i = 0; i < listening_.size(); ++i) {
    if (listening_[i].transport == flow.transport && listening_[i].is_ipv6() == flow.is_ipv6()) return i;
  }
  return std::nullopt;
}

bool AgentCore::has_leg_on(const Flow& flow) const {
  return std::any_of(legs_.begin(), legs_.end(),
                     [&](const auto& one) { return one.first->flow().port == flow.port && one.first->flow() == flow; });
}

void AgentCore::fill_local(Request& request, msg_t* msg) const {
  const tport_t* by = tport_delivered_by(nta_agent_tports(agent_), msg);
  const tport_t* primary = by == nullptr ? nullptr : tport_parent(by);
  if (const Local* local = find_local(primary)) {
    request.listen = local->listen;
    request.local = local->address;
  }
}

void AgentCore::deliver(std::function<void()> closure) {
  if (calling_ > 0) {
    root_.post(std::move(closure));
  } else {
    closure();
  }
}

void AgentCore::add(std::shared_ptr<LegCore> leg) {
  LegCore* raw = leg.get();
  legs_.emplace(raw, std::move(leg));
}

void AgentCore::remove(LegCore* leg) { legs_.erase(leg); }

void AgentCore::keep(std::shared_ptr<ClientTransaction> client) {
  ClientTransaction* raw = client.get();
  client->on_response = [this, raw, then = std::move(client->on_response)](const Response& response) {
    if (response.status < 200) return;
    const auto alive = clients_.extract(raw);
    if (then) then(response);
  };
  clients_.emplace(raw, std::move(client));
}

std::optional<Reply> AgentCore::refuse(const Request& request, const sip_t* sip) const {
  if (request.method == Method::unknown) return reply(501);
  if (lives_in_dialogs(request.method)) return reply(481);
  if (!request.to.tag.empty() && request.method != Method::register_) return reply(481);
  if (request.method != Method::invite && request.method != Method::options && request.method != Method::register_) {
    return reply(405);
  }
  if (!has_known_scheme(request.uri)) return reply(416);
  if (const std::string missing = unsupported_of(request); !missing.empty()) {
    return Reply{420, {{"Unsupported", missing}}, {}};
  }
  if (sip->sip_content_encoding != nullptr) return Reply{415, {{"Accept-Encoding", "identity"}}, {}};
  if (request.method == Method::invite && request.max_forwards == 0) return reply(483);
  if (request.method == Method::invite && request.contacts.empty()) return reply(400);
  return std::nullopt;
}

int AgentCore::on_message(AgentCore* self, nta_agent_t*, msg_t* taken, sip_t* sip) noexcept {
  MessageRef msg(taken);
  // Responses to nothing, and ACKs for what was answered without a transaction.
  if (sip->sip_request == nullptr || sip->sip_request->rq_method == sip_method_ack) return 0;
  const auto alive = self->shared_from_this();
  Request request = to_request(sip, msg.get());
  self->fill_local(request, msg.get());
  if (const auto refusal = self->refuse(request, sip)) {
    self->reply_stateless(MessageRef(msg.release()), request, *refusal);
    return 0;
  }
  const Screening screening = self->listener_.screen(request);
  if (std::holds_alternative<Drop>(screening)) return 0;
  if (const auto* answer = std::get_if<Reply>(&screening)) {
    self->reply_stateless(MessageRef(msg.release()), request, *answer);
  } else if (request.method == Method::invite) {
    self->take_invite(std::move(request), MessageRef(msg.release()), sip);
  } else {
    self->take_request(std::move(request), MessageRef(msg.release()), sip);
  }
  return 0;
}

void AgentCore::reply_stateless(MessageRef msg, const Request& request, const Reply& reply) {
  const Calling calling(*this);
  const std::string lines = header_lines(reply.headers);
  const bool success = reply.status < 300 && request.method == Method::options;
  nta_msg_treply(agent_, msg.release(), reply.status, nullptr, SIPTAG_SERVER_STR(config_.product.c_str()),
                 TAG_IF(success || reply.status == 405, SIPTAG_ALLOW_STR(allowed_methods)),
                 TAG_IF(success, SIPTAG_SUPPORTED_STR(supported_options)),
                 TAG_IF(success, SIPTAG_ACCEPT_STR("application/sdp")),
                 TAG_IF(!lines.empty(), SIPTAG_HEADER_STR(lines.c_str())), TAG_END());
}

void AgentCore::take_invite(Request request, MessageRef msg, sip_t* sip) {
  Home home;
  sip_to_t* local = sip_to_dup(home.get(), sip->sip_to);
  // The tag is there from the beginning, so that only requests that carry it belong to the dialog.
  sip_to_tag(home.get(), local, random_token().c_str());
  auto leg = std::make_shared<LegCore>(*this, LegRole::peer_called, request.source, HopRule::follow, request.listen);
  leg->call_id = request.call_id;
  nta_leg_t* dialog =
      nta_leg_tcreate(agent_, &LegCore::on_request, leg.get(), SIPTAG_CALL_ID(sip->sip_call_id), SIPTAG_FROM(local),
                      SIPTAG_TO(sip->sip_from), NTATAG_REMOTE_CSEQ(sip->sip_cseq->cs_seq), TAG_END());
  if (dialog == nullptr) return reply_stateless(MessageRef(msg.release()), request, reply(500));
  nta_leg_server_route(dialog, sip->sip_record_route, sip->sip_contact);
  nta_incoming_t* irq = nullptr;
  {
    const Calling calling(*this);
    irq = nta_incoming_create(agent_, dialog, msg.release(), sip, TAG_END());
    if (irq != nullptr) nta_incoming_treply(irq, SIP_100_TRYING, SIPTAG_SERVER_STR(config_.product.c_str()), TAG_END());
  }
  if (irq == nullptr) return nta_leg_destroy(dialog);
  auto transaction = std::make_shared<ServerTransaction>(*this, irq, request);
  leg->start(dialog, std::move(transaction));
  add(leg);
  listener_.on_invite(std::make_unique<Leg>(leg), request);
}

void AgentCore::take_request(Request request, MessageRef msg, sip_t* sip) {
  nta_incoming_t* irq = nta_incoming_create(agent_, nullptr, msg.release(), sip, TAG_END());
  if (irq == nullptr) return;
  listener_.on_request(ServerRequest(std::make_shared<ServerTransaction>(*this, irq, std::move(request))));
}

nta_outgoing_t* AgentCore::send_request(nta_leg_t* leg, ClientTransaction* taken, const Outgoing& out) {
  const Calling calling(*this);
  Home home;
  const sip_method_t method = from_method(out.method);
  const char* name = name_of(out.method).data();
  const bool has_body = out.body != nullptr && !out.body->empty();
  sip_payload_t* payload = has_body ? sip_payload_create(home.get(), out.body->content.data(),
                                                         static_cast<isize_t>(out.body->content.size()))
                                    : nullptr;
  sip_cseq_t* cseq =
      out.cseq != 0 ? sip_cseq_create(home.get(), out.cseq, static_cast<unsigned>(method), name) : nullptr;
  const bool tells_abilities = !out.contact.empty();
  const std::string max_forwards = std::to_string(out.max_forwards);
  return nta_outgoing_tcreate(
      leg, taken == nullptr ? nullptr : &ClientTransaction::on_response_callback, taken,
      URL_STRING_MAKE(out.route.c_str()), method, name, URL_STRING_MAKE(out.request_uri.c_str()),
      SIPTAG_USER_AGENT_STR(config_.product.c_str()), SIPTAG_MAX_FORWARDS_STR(max_forwards.c_str()),
      TAG_IF(tells_abilities, SIPTAG_CONTACT_STR(out.contact.c_str())),
      TAG_IF(tells_abilities, SIPTAG_ALLOW_STR(allowed_methods)),
      TAG_IF(tells_abilities, SIPTAG_SUPPORTED_STR(supported_options)), TAG_IF(cseq != nullptr, SIPTAG_CSEQ(cseq)),
      TAG_IF(has_body, SIPTAG_CONTENT_TYPE_STR(out.body == nullptr ? nullptr : out.body->content_type.c_str())),
      TAG_IF(has_body, SIPTAG_PAYLOAD(payload)), TAG_IF(!out.headers.empty(), SIPTAG_HEADER_STR(out.headers.c_str())),
      TAG_END());
}

Result<std::unique_ptr<Leg>> AgentCore::invite(const Invite& invite, LegListener& listener) {
  const auto listen = listen_for(invite.next_hop);
  if (!listen) return Error{Code::unavailable, "no transport listens for " + invite.next_hop.text()};
  auto leg = std::make_shared<LegCore>(*this, LegRole::we_called, invite.next_hop, invite.hop_rule, *listen);
  if (auto started = leg->start(invite); !started.ok()) return started.error();
  leg->listener = &listener;
  add(leg);
  return std::make_unique<Leg>(leg);
}

Result<void> AgentCore::send(const OutRequest& request, std::function<void(const Response&)> on_final) {
  if (!can_be_written({&request.request_uri, &request.from.uri, &request.to.uri})) return broken_request();
  if (!listen_for(request.next_hop)) {
    return Error{Code::unavailable, "no transport listens for " + request.next_hop.text()};
  }
  Home home;
  const std::string from = text_of(request.from) + ";tag=" + random_token();
  const std::string to = text_of(request.to);
  auto client = std::make_shared<ClientTransaction>(*this);
  client->on_response = std::move(on_final);
  client->own_leg = nta_leg_tcreate(agent_, nullptr, nullptr, SIPTAG_FROM_STR(from.c_str()), SIPTAG_TO_STR(to.c_str()),
                                    SIPTAG_CALL_ID_STR(random_token().c_str()), TAG_END());
  if (client->own_leg != nullptr) {
    client->handle = send_request(client->own_leg, client.get(),
                                  {.method = request.method,
                                   .route = route_of(request.next_hop),
                                   .request_uri = request.request_uri.text(),
                                   .headers = header_lines(request.headers),
                                   .body = &request.body});
  }
  if (client->handle == nullptr) return broken_request();
  keep(std::move(client));
  return {};
}

Agent::Agent(std::shared_ptr<AgentCore> core) : core_(std::move(core)) {}

Result<std::unique_ptr<Agent>> Agent::open(Root& root, const AgentConfig& config, AgentListener& listener) {
  auto core = std::make_shared<AgentCore>(root, config, listener);
  if (auto opened = core->open(); !opened.ok()) return opened.error();
  return std::unique_ptr<Agent>(new Agent(std::move(core)));
}

Agent::~Agent() { core_->close(); }

const std::vector<Flow>& Agent::listening() const { return core_->listening(); }

Result<std::unique_ptr<Leg>> Agent::invite(const Invite& invite, LegListener& listener) {
  return core_->invite(invite, listener);
}

Result<void> Agent::send(const OutRequest& request, std::function<void(const Response&)> on_final) {
  return core_->send(request, std::move(on_final));
}

double Agent::receive_backlog() const { return core_->receive_backlog(); }

Agent::Counts Agent::counts() const {
  const Connections& connections = core_->connections();
  return {core_->legs(), core_->server_requests, core_->client_requests, connections.size(), connections.counts()};
}

}  // namespace rf::edge::sip
