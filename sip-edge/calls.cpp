#include "sip-edge/calls.hpp"

#include <utility>

#include "process/log.hpp"
#include "sip-edge/call_relay.hpp"
#include "sip-edge/call_sides.hpp"
#include "sip-edge/invites.hpp"

namespace rf::edge {

namespace {

/// RFC 3326, for the phones that lost: they show no missed call.
const std::string answered_elsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";

/// The dialog it belongs to stands, the other side's does not yet: 481 would end the call (RFC 5057 5.1).
sip::Reply too_early() { return sip::reply_later(500, 3); }

}  // namespace

Calls::Calls(sip::Root& root, sip::Agent& agent, SessionTimerConfig session, process::Logger& log, Tell tell)
    : root_(root), agent_(agent), session_(within_limits(session)), log_(log), tell_(std::move(tell)) {}

Calls::~Calls() { *alive_ = false; }

void Calls::later(std::function<void()> closure) {
  root_.post([alive = alive_, closure = std::move(closure)] {
    if (*alive) closure();
  });
}

bool Calls::take(CallId call, AccountId account, std::unique_ptr<sip::Leg> leg, const sip::Request& request) {
  const UasDecision terms = decide_as_uas(request.session_terms(), session_);
  if (terms.refuse_min_se_s) {
    sip::Reply refusal = sip::reply(422);
    refusal.headers.push_back({"Min-SE", std::to_string(*terms.refuse_min_se_s)});
    leg->reject(refusal);
    return false;
  }
  auto side = std::make_unique<CallerSide>(*this, call, account, std::move(leg), request, terms);
  side->leg().listen(*side);
  log_.info("caller_invited", {{"call", call}, {"account", account}, {"sip_call", side->leg().call_id()}});
  callers_.emplace(call, std::move(side));
  return true;
}

void Calls::carry_out(const output::QueueCaller& out) {
  if (const auto it = callers_.find(out.call); it != callers_.end()) it->second->leg().progress(sip::reply(182));
}

void Calls::carry_out(const output::RingCaller& out) {
  if (const auto it = callers_.find(out.call); it != callers_.end()) it->second->leg().progress(sip::reply(180));
}

void Calls::carry_out(const output::AnswerCaller& out) {
  const auto caller = callers_.find(out.call);
  const auto agent = agents_.find(out.leg);
  if (agent == agents_.end() || !agent->second->answer()) return;
  AgentSide& answering = *agent->second;
  if (caller == callers_.end()) return answering.hang_up("");
  CallerSide& calling = *caller->second;
  answering.bridged = true;
  calling.bridged_to = out.leg;
  if (!calling.invite().body.empty()) {
    answering.ack({});
  } else {
    // The offer is in the agent's 200, the answer comes with the caller's ACK.
    calling.on_ack_body = [this, leg = out.leg](const sip::Body& body) {
      if (const auto it = agents_.find(leg); it != agents_.end()) it->second->ack(body);
    };
  }
  calling.answer(answering.answer()->body);
}

void Calls::carry_out(const output::HangupCaller& out) {
  if (const auto it = callers_.find(out.call); it != callers_.end()) it->second->hang_up(out.sip_status);
}

void Calls::carry_out(const output::RefuseCaller& out) {
  if (const auto it = callers_.find(out.call); it != callers_.end())
    it->second->leg().reject(sip::reply_later(out.sip_status, out.retry_after_s));
}

void Calls::carry_out(const output::Ring& out, const Binding* binding) {
  const auto caller = callers_.find(out.call);
  std::optional<sip::Invite> invite;
  if (caller != callers_.end()) {
    const sip::Request& from = caller->second->invite();
    if (!out.uri.empty())
      invite = invite_outside(out.uri, out.call, from);
    else if (binding != nullptr)
      invite = invite_phone(*binding, from);
  }
  if (!invite) return later([this, leg = out.leg] { tell_(input::LegFailed{leg, 0}); });
  invite->headers.push_back({"Expires", std::to_string(out.expires_s)});
  if (out.auto_answer) ask_to_answer(*invite);
  log_.info("ringing_phone", {{"call", out.call},
                              {"reservation", out.reservation},
                              {"binding", out.binding},
                              {"flow", invite->next_hop.text()}});
  ring(out.call, out.leg, std::move(*invite));
}

void Calls::carry_out(const output::CallOutside& out) {
  const auto caller = callers_.find(out.call);
  std::optional<sip::Invite> invite;
  if (caller != callers_.end()) invite = invite_outside(out.uri, out.call, caller->second->invite());
  if (!invite) return later([this, leg = out.leg] { tell_(input::LegFailed{leg, 0}); });
  invite->headers.push_back({"Expires", std::to_string(out.expires_s)});
  log_.info("calling_outside", {{"call", out.call}, {"flow", invite->next_hop.text()}});
  ring(out.call, out.leg, std::move(*invite));
}

void Calls::ring(CallId call, LegId leg, sip::Invite invite) {
  auto side = std::make_unique<AgentSide>(*this, call, leg, std::move(invite));
  AgentSide& ringing = *side;
  agents_.emplace(leg, std::move(side));
  ringing.ring();
}

void Calls::carry_out(const output::CancelLeg& out) {
  const auto it = agents_.find(out.leg);
  if (it == agents_.end()) return;
  const auto caller = callers_.find(it->second->call());
  const bool elsewhere = caller != callers_.end() && caller->second->answered();
  it->second->hang_up(elsewhere ? answered_elsewhere : std::string());
}

void Calls::carry_out(const output::ByeLeg& out) {
  if (const auto it = agents_.find(out.leg); it != agents_.end()) it->second->hang_up("");
}

Calls::Side* Calls::other_side(const Side& side) {
  const auto caller = callers_.find(side.call());
  if (caller == callers_.end()) return nullptr;
  const auto agent = agents_.find(caller->second->bridged_to);
  if (agent == agents_.end()) return nullptr;
  if (&side == caller->second.get()) return agent->second.get();
  if (&side == agent->second.get()) return caller->second.get();
  return nullptr;
}

bool Calls::bridges(CallId call, const Side* one, const Side* other) const {
  const auto caller = callers_.find(call);
  if (caller == callers_.end()) return false;
  const auto agent = agents_.find(caller->second->bridged_to);
  if (agent == agents_.end()) return false;
  const Side* calling = caller->second.get();
  const Side* answering = agent->second.get();
  return (one == calling && other == answering) || (one == answering && other == calling);
}

void Calls::relay(Side& from, sip::ServerRequest request) {
  const sip::Method method = request.request().method;
  const bool plain_refresh = method == sip::Method::update && request.request().body.empty();
  if (method == sip::Method::options) return request.reply(sip::reply(200));
  if (method == sip::Method::notify) return request.reply(sip::reply(481));
  Side* to = other_side(from);
  if (plain_refresh || (to == nullptr && method != sip::Method::info)) {
    if (!plain_refresh) return request.reply(sip::reply(491));
    if (auto terms = from.judge_refresh(request)) {
      // Before the answer there is no session yet.
      if (to == nullptr) *terms = {};
      sip::Reply ok = sip::reply(200);
      ok.headers = terms->headers;
      request.reply(ok);
      from.refreshed(*terms, request.request());
    }
    return;
  }
  if (to == nullptr) return request.reply(too_early());
  if (method == sip::Method::invite || method == sip::Method::update)
    return Relayed::start(*this, from, *to, std::move(request));
  sip::InDialog copy;
  copy.method = method;
  copy.body = request.request().body;
  auto held = std::make_shared<sip::ServerRequest>(std::move(request));
  // A response comes only to a leg that lives, and its side with it.
  const auto sent = to->leg().request(copy, [held, to](const sip::Response& response) {
    held->reply(passed_on(response));
    to->judge_dialog(response.status);
  });
  if (!sent) held->reply(too_early());
}

void Calls::caller_over(CallId call) { callers_.erase(call); }
void Calls::agent_over(LegId leg) { agents_.erase(leg); }

}  // namespace rf::edge
