#include "sip-edge/calls.hpp"

#include <utility>

#include "process/log.hpp"
#include "sip-edge/call_relay.hpp"
#include "sip-edge/call_sides.hpp"
#include "sip-edge/caller_key.hpp"
#include "sip-edge/invites.hpp"

namespace rf::edge {

namespace {

/// RFC 3326, for the phones that lost: they show no missed call.
const std::string answered_elsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";

/// The dialog it belongs to stands, the other side's does not yet: 481 would end the call (RFC 5057 5.1).
sip::Reply too_early() { return sip::reply_later(500, 3); }

std::string flow_of(const std::optional<sip::Invite>& invite) {
  return invite ? invite->next_hop.text() : std::string("none");
}

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
  AgentSide* answering = find(out.leg);
  if (answering == nullptr || !answering->answer()) return;
  if (caller == callers_.end()) return answering->hang_up("");
  CallerSide& calling = *caller->second;
  answering->bridged = true;
  calling.bridged_to = out.leg;
  if (!calling.invite().body.empty()) {
    answering->ack({});
  } else {
    // The offer is in the agent's 200, the answer comes with the caller's ACK.
    calling.on_ack_body = [this, leg = out.leg](const sip::Body& body) {
      if (AgentSide* side = find(leg)) side->ack(body);
    };
  }
  calling.answer(answering->answer()->body);
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
  std::optional<Calling> calling;
  if (!out.place_uri.empty())
    calling = calling_of(out.place_uri);
  else if (caller != callers_.end())
    calling = calling_of(caller->second->invite());
  std::optional<sip::Invite> invite;
  if (calling && !out.uri.empty())
    invite = invite_outside(out.uri, out.call, *calling);
  else if (calling && binding != nullptr)
    invite = invite_phone(*binding, *calling);
  if (invite && out.auto_answer) ask_to_answer(*invite);
  log_.info(
      "ringing_phone",
      {{"call", out.call}, {"reservation", out.reservation}, {"binding", out.binding}, {"flow", flow_of(invite)}});
  ring(out.call, out.leg, out.expires_s, std::move(invite));
}

void Calls::carry_out(const output::CallOutside& out) {
  const auto caller = callers_.find(out.call);
  AgentSide* agent = find(out.offered_by);
  std::optional<sip::Invite> invite;
  if (caller != callers_.end()) {
    invite = invite_outside(out.uri, out.call, calling_of(caller->second->invite()));
  } else if (agent != nullptr && agent->answer() && !agent->answer()->body.empty()) {
    Calling calling = calling_of(out.shown_caller);
    calling.offer = agent->answer()->body;
    invite = invite_outside(out.uri, out.call, calling);
    placed_[out.call] = {out.offered_by, out.leg, false};
    agent->await_answer();
  }
  log_.info("calling_outside", {{"call", out.call}, {"flow", flow_of(invite)}});
  ring(out.call, out.leg, out.expires_s, std::move(invite));
}

void Calls::carry_out(const output::ConnectOutside& out) {
  AgentSide* agent = find(out.agent);
  AgentSide* outside = find(out.outside);
  const auto placed = placed_.find(out.call);
  if (outside == nullptr || !outside->answer()) return;
  if (agent == nullptr || placed == placed_.end()) return outside->hang_up("");
  placed->second.connected = true;
  outside->ack({});
  agent->bring_answer(outside->answer()->body);
}

void Calls::ring(CallId call, LegId leg, std::uint32_t expires_s, std::optional<sip::Invite> invite) {
  if (!invite) return later([this, leg] { tell_(input::LegFailed{leg, 0}); });
  invite->headers.push_back({"Expires", std::to_string(expires_s)});
  auto side = std::make_unique<AgentSide>(*this, call, leg, std::move(*invite));
  AgentSide& ringing = *side;
  agents_.emplace(leg, std::move(side));
  ringing.ring();
}

void Calls::carry_out(const output::CancelLeg& out) {
  AgentSide* side = find(out.leg);
  if (side == nullptr) return;
  const auto caller = callers_.find(side->call());
  const auto placed = placed_.find(side->call());
  const bool elsewhere = caller != callers_.end()  ? caller->second->answered()
                         : placed != placed_.end() ? placed->second.outside != out.leg
                                                   : false;
  side->hang_up(elsewhere ? answered_elsewhere : std::string());
}

void Calls::carry_out(const output::ByeLeg& out) {
  if (AgentSide* side = find(out.leg)) side->hang_up("");
}

Calls::AgentSide* Calls::find(LegId leg) const {
  const auto it = agents_.find(leg);
  return it == agents_.end() ? nullptr : it->second.get();
}

std::pair<Calls::Side*, Calls::Side*> Calls::bridge_of(CallId call) const {
  std::pair<Side*, Side*> sides{nullptr, nullptr};
  const auto caller = callers_.find(call);
  const auto placed = placed_.find(call);
  if (caller != callers_.end())
    sides = {caller->second.get(), find(caller->second->bridged_to)};
  else if (placed != placed_.end() && placed->second.connected)
    sides = {find(placed->second.agent), find(placed->second.outside)};
  if (sides.first == nullptr || sides.second == nullptr) return {nullptr, nullptr};
  return sides;
}

Calls::Side* Calls::other_side(const Side& side) {
  const auto [one, other] = bridge_of(side.call());
  if (&side == one) return other;
  if (&side == other) return one;
  return nullptr;
}

bool Calls::bridges(CallId call, const Side* one, const Side* other) const {
  const auto [first, second] = bridge_of(call);
  return first != nullptr && ((one == first && other == second) || (one == second && other == first));
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
  if (to == nullptr) {
    const auto caller = callers_.find(from.call());
    const bool waits = caller != callers_.end() && caller->second.get() == &from && !caller->second->answered();
    const auto key = waits ? pressed_key(request.request().body) : std::nullopt;
    request.reply(key ? sip::reply(200) : too_early());
    if (key) tell_(input::CallerPressed{from.call(), *key});
    return;
  }
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

void Calls::agent_over(LegId leg) {
  const auto it = agents_.find(leg);
  if (it == agents_.end()) return;
  const auto placed = placed_.find(it->second->call());
  if (placed != placed_.end() && (placed->second.agent == leg || placed->second.outside == leg)) placed_.erase(placed);
  agents_.erase(it);
}

}  // namespace rf::edge
