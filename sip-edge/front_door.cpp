#include "sip-edge/front_door.hpp"

#include <algorithm>

#include "process/log.hpp"
#include "process/metrics.hpp"
#include "sip-edge/caller_id.hpp"

namespace rf::edge {

using process::Metric;
using Kind = DirectoryCopy::Kind;

namespace {

/// As it was registered (RFC 3261 10.3 step 8, RFC 5626 6), with what is left of its time.
std::string contact_text(const Binding& binding, Ms now) {
  std::string out = "<" + binding.contact.text() + ">;expires=";
  out += std::to_string(std::max<Ms>(0, (binding.expires_ms - now) / second_ms));
  if (binding.instance_id.empty()) return out;
  std::string quoted;
  for (const char c : binding.instance_id) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  out += ";+sip.instance=\"<" + quoted + ">\"";
  if (binding.reg_id != 0) out += ";reg-id=" + std::to_string(binding.reg_id);
  return out;
}

/// Read back from what would be written, it is the same.
bool is_callable(const Uri& uri) {
  const auto read = parse_uri(uri.text());
  return read && *read == uri;
}

/// To somebody who proved who he is: what is wrong with his phone.
sip::Reply unusable_contact() {
  sip::Reply reply = sip::reply(400);
  reply.headers.push_back({"Warning", "399 ringfence \"the Contact is no sip, sips or tel URI that can be called\""});
  return reply;
}

}  // namespace

FrontDoor::FrontDoor(sip::Root& root, const Options& options, const DirectoryCopy& directory,
                     CredentialSource& credentials, std::function<BindingId()> new_id, process::Logger& log,
                     process::Metrics& metrics, OnBinding on_binding)
    : root_(root), directory_(directory), retry_after_s_(options.retry_after_s), log_(log), metrics_(metrics),
      on_binding_(std::move(on_binding)), registrar_(options.registrar, std::move(new_id)),
      authenticator_(options.authenticator, credentials), timer_(root, [this] { expire(); }) {}

FrontDoor::~FrontDoor() { *alive_ = false; }

sip::Screening FrontDoor::screen(const sip::Request& request) {
  switch (request.method) {
    case sip::Method::invite: return screen_invite(request);
    case sip::Method::register_: return screen_register(request);
    // Who asks by OPTIONS wants to know whether calls are taken.
    case sip::Method::options: return takes_calls() ? sip::reply(200) : sip::reply_later(503, retry_after_s_);
    default: return sip::reply(200);
  }
}

sip::Screening FrontDoor::screen_invite(const sip::Request& request) {
  const auto refuse = [&](const char* result, sip::Reply reply) -> sip::Screening {
    metrics_.counter(Metric::edge_invites, {result}).add(1);
    log_.info("invite_refused", {{"sip_call", request.call_id}, {"result", result}, {"status", reply.status}});
    return reply;
  };
  if (!takes_calls()) return refuse("no_capacity", sip::reply_later(503, retry_after_s_));
  const bool own_address = request.uri.host.empty() || numeric_host(request.uri.host).has_value();
  if (!own_address && !directory_.find(Kind::sip_domain, request.uri.host))
    return refuse("unknown_domain", sip::reply(403));
  const auto trunk = directory_.find(Kind::trunk, request.source.ip);
  if (!trunk) return refuse("forbidden", sip::reply(403));
  const auto number = directory_.find(Kind::number, number_of(request.uri.user));
  if (!number || number->account != trunk->account) return refuse("unknown_number", sip::reply(404));
  return sip::Take{};
}

std::optional<Route> FrontDoor::route(const sip::Request& request) const {
  const std::string dialled = number_of(request.uri.user);
  const auto number = directory_.find(Kind::number, dialled);
  if (!number) return std::nullopt;
  return Route{number->account, dialled};
}

sip::Screening FrontDoor::screen_register(const sip::Request& request) {
  const std::string& domain = request.to.uri.host;
  if (!known_) return sip::reply_later(503, retry_after_s_);
  if (!directory_.find(Kind::sip_domain, domain)) {
    metrics_.counter(Metric::edge_registers, {"forbidden"}).add(1);
    log_.info("register_refused", {{"domain", domain}, {"status", 403}});
    return sip::reply(403);
  }
  const AuthRequest auth{request.method_name, domain, request.uri, request.authorizations};
  if (!Authenticator::has_credentials(auth)) {
    metrics_.counter(Metric::edge_registers, {"challenged"}).add(1);
    return challenge(domain, Authenticator::Stale::no);
  }
  return sip::Take{};
}

sip::Reply FrontDoor::challenge(const std::string& realm, Authenticator::Stale stale) {
  sip::Reply reply = sip::reply(401);
  for (std::string& value : authenticator_.challenges(realm, stale, sip::Root::now_ms()))
    reply.headers.push_back({"WWW-Authenticate", std::move(value)});
  return reply;
}

void FrontDoor::on_register(sip::ServerRequest request) {
  auto held = std::make_shared<sip::ServerRequest>(std::move(request));
  const sip::Request& r = held->request();
  authenticator_.check(AuthRequest{r.method_name, r.to.uri.host, r.uri, r.authorizations}, sip::Root::now_ms(),
                       [this, held](const AuthResult& result) { authenticated(held, result); });
}

void FrontDoor::authenticated(const std::shared_ptr<sip::ServerRequest>& request, const AuthResult& result) {
  const std::string& realm = request->request().to.uri.host;
  const auto count = [&](const char* outcome) { metrics_.counter(Metric::edge_registers, {outcome}).add(1); };
  switch (result.verdict) {
    case AuthVerdict::accepted:
      // Nobody registers for somebody else's address of record.
      if (result.user != request->request().to.uri.user) {
        count("forbidden");
        return request->reply(sip::reply(403));
      }
      return register_now(*request, result);
    case AuthVerdict::challenge: count("challenged"); return request->reply(challenge(realm, Authenticator::Stale::no));
    case AuthVerdict::stale: count("challenged"); return request->reply(challenge(realm, Authenticator::Stale::yes));
    case AuthVerdict::unavailable: count("unavailable"); return request->reply(sip::reply_later(503, retry_after_s_));
  }
}

void FrontDoor::register_now(sip::ServerRequest& request, const AuthResult& result) {
  const sip::Request& r = request.request();
  const auto count = [&](const char* outcome) { metrics_.counter(Metric::edge_registers, {outcome}).add(1); };
  Registration registration;
  registration.domain = r.to.uri.host;
  registration.user = r.to.uri.user;
  registration.account = result.account;
  registration.agent = result.agent;
  registration.call_id = r.call_id;
  registration.cseq = r.cseq;
  for (const sip::Contact& c : r.contacts) {
    if (!is_callable(c.uri)) {
      count("malformed");
      return request.reply(unusable_contact());
    }
    registration.contacts.push_back(RegisterContact{c.uri, c.expires_s, c.instance_id, c.reg_id});
  }
  registration.wildcard = r.contact_wildcard;
  registration.expires_s = r.expires_s;
  registration.flow = r.source;
  registration.user_agent = r.user_agent;

  const Ms now = sip::Root::now_ms();
  const RegisterResult outcome = registrar_.apply(registration, now);
  sip::Reply reply = outcome.status == 503 ? sip::reply_later(503, retry_after_s_) : sip::reply(outcome.status);
  if (outcome.status == 423) reply.headers.push_back({"Min-Expires", std::to_string(outcome.min_expires_s)});
  for (const Binding* b : outcome.bindings) reply.headers.push_back({"Contact", contact_text(*b, now)});
  count(outcome.status == 200 ? "accepted" : "malformed");
  const std::vector<BindingId> gone = watch(request, outcome);
  request.reply(reply);
  tell(outcome.events);
  for (const BindingId id : gone) flow_closed(id);
  arm();
}

std::vector<BindingId> FrontDoor::watch(sip::ServerRequest& request, const RegisterResult& result) {
  std::vector<BindingId> gone;
  if (request.request().source.transport != Transport::tcp) return gone;
  for (const Binding* b : result.bindings) {
    if (b->flow != request.request().source) continue;
    const BindingId id = b->id;
    auto flow = request.watch_flow([this, id] {
      // The watch must not be destroyed inside its own call.
      root_.post([this, alive = alive_, id] {
        if (*alive) flow_closed(id);
      });
    });
    if (flow)
      flows_[id] = std::move(flow);
    else
      gone.push_back(id);
  }
  return gone;
}

void FrontDoor::flow_closed(BindingId binding) {
  flows_.erase(binding);
  if (auto event = registrar_.remove(binding, DownReason::flow_closed)) tell({*event});
}

void FrontDoor::tell(const std::vector<BindingEvent>& events) {
  for (const BindingEvent& event : events) {
    if (const auto* down = std::get_if<BindingDownEvent>(&event)) {
      flows_.erase(down->binding);
      log_.info("binding_down",
                {{"agent", down->agent}, {"binding", down->binding}, {"reason", name_of(down->reason)}});
    } else {
      const auto& up = std::get<BindingUpEvent>(event);
      log_.info("binding_up", {{"agent", up.agent}, {"binding", up.binding}});
    }
    on_binding_(event);
  }
  metrics_.gauge(Metric::edge_bindings, {}).set(static_cast<double>(bindings()));
}

void FrontDoor::remove_agent(AgentId agent) {
  tell(registrar_.remove_agent(agent));
  arm();
}

void FrontDoor::expire() {
  tell(registrar_.expire(sip::Root::now_ms()));
  arm();
}

void FrontDoor::arm() {
  const Ms next = registrar_.next_expiry_ms();
  if (next == never_ms)
    timer_.cancel();
  else
    timer_.set(std::max<Ms>(1, next - sip::Root::now_ms()));
}

}  // namespace rf::edge
