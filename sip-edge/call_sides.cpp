#include "sip-edge/call_sides.hpp"

#include <algorithm>
#include <utility>

#include "process/log.hpp"
#include "sip-edge/held_sdp.hpp"

namespace rf::edge {

namespace {

/// Well before the 32 s after which a 200 without ACK is given up (RFC 3261 13.3.1.4).
constexpr Ms hold_after_s = 20;

std::vector<sip::Header> headers_for(const UasDecision& terms) {
  std::vector<sip::Header> out = {{"Session-Expires", text_of(terms.header)}};
  if (terms.require_timer) out.push_back({"Require", "timer"});
  return out;
}

}  // namespace

Calls::Side::Side(Calls& calls, CallId call)
    : calls_(calls), call_(call), session_(calls.session_.unit_ms), min_se_s_(calls.session_.min_se_s),
      timer_(calls.root_, [this] { session_due(); }) {}

void Calls::Side::agree(SessionAgreement agreement, const sip::Message& said) {
  // Who lists no methods takes none back.
  if (said.allow.empty() && session_.running()) agreement.method = session_.method();
  session_.agree(agreement, sip::Root::now_ms());
  arm();
}

void Calls::Side::agree_on(const sip::Response& ok, std::uint32_t asked_s) {
  agree(decide_as_uac(ok.session_terms(), asked_s), ok);
}

void Calls::Side::arm() {
  const Ms next = session_.next_ms();
  if (next == never_ms)
    timer_.cancel();
  else
    timer_.set(std::max<Ms>(1, next - sip::Root::now_ms()));
}

void Calls::Side::session_due() {
  switch (session_.due(sip::Root::now_ms())) {
    case SessionTimer::Action::none: break;
    case SessionTimer::Action::end:
      calls_.log_.info("session_timed_out", {{"call", call_}, {"sip_call", leg_->call_id()}});
      return end_session();
    case SessionTimer::Action::refresh: refresh(); break;
  }
  arm();
}

void Calls::Side::refresh() {
  const bool invite = sdp_restoring_ || session_.method() == RefreshMethod::invite;
  sip::InDialog request;
  request.method = invite ? sip::Method::invite : sip::Method::update;
  request.headers = session_headers(session_.interval_s());
  if (invite) request.body = sdp_sent_;
  const auto sent = leg_->request(request, [this, invite](const sip::Response& response) {
    if (response.status < 200) return;
    const Ms now = sip::Root::now_ms();
    if (response.status < 300) {
      if (invite) {
        leg_->ack(response, {});
        sdp_restoring_ = false;
      }
      agree_on(response, session_.interval_s());
    } else if (response.status == 422 && response.min_se_s) {
      raise_min_se(*response.min_se_s);
      session_.too_brief(*response.min_se_s, now);
    } else {
      session_.failed(response.status, now);
    }
    session_due();
  });
  // An INVITE of the peer is under way, which refreshes too: look again soon.
  if (!sent) session_.failed(491, sip::Root::now_ms());
}

void Calls::Side::restore_sdp() {
  sdp_restoring_ = true;
  refresh();
  arm();
}

void Calls::Side::end_session() {
  timer_.cancel();
  calls_.tell_(input::SessionTimedOut{call_});
}

void Calls::Side::judge_dialog(int sip_status) {
  if (sip_status != 408 && sip_status != 481) return;
  calls_.log_.info("dialog_lost", {{"call", call_}, {"sip_call", leg_->call_id()}, {"status", sip_status}});
  end_session();
}

std::optional<RefreshTerms> Calls::Side::judge_refresh(sip::ServerRequest& request) {
  const SessionTerms terms = request.request().session_terms();
  if (!terms.session_expires && !session_.running()) return RefreshTerms{};
  const UasDecision decision = decide_as_uas(terms, calls_.session_);
  if (decision.refuse_min_se_s) {
    sip::Reply refusal = sip::reply(422);
    refusal.headers.push_back({"Min-SE", std::to_string(*decision.refuse_min_se_s)});
    request.reply(refusal);
    return std::nullopt;
  }
  return RefreshTerms{headers_for(decision), decision.agreement};
}

void Calls::Side::refreshed(const RefreshTerms& terms, const sip::Message& request) {
  if (terms.agreement) agree(*terms.agreement, request);
}

std::vector<sip::Header> Calls::Side::session_headers(std::uint32_t expires_s) const {
  // The refresher is named as it is, so that it stays (RFC 4028 7.4).
  const bool ours = session_.refresher() == Refresher::we;
  return {{"Session-Expires", text_of({expires_s, ours ? RefresherRole::uac : RefresherRole::uas})},
          {"Min-SE", std::to_string(min_se_s_)}};
}

void Calls::Side::on_acked(sip::Leg&, std::uint32_t, const sip::Body& body) {
  if (const auto waiting = std::exchange(on_ack_body, nullptr)) waiting(body);
}

void Calls::Side::on_request(sip::Leg&, sip::ServerRequest request) { calls_.relay(*this, std::move(request)); }

Calls::CallerSide::CallerSide(Calls& calls, CallId call, AccountId account, std::unique_ptr<sip::Leg> leg,
                              const sip::Request& invite, const UasDecision& terms)
    : Side(calls, call), account_(account), invite_(invite), terms_(terms) {
  leg_ = std::move(leg);
  leg_->set_hop_rule(sip::HopRule::follow);
}

void Calls::CallerSide::answer(const sip::Body& sdp) {
  answered_ = true;
  keep_sdp(sdp);
  sip::Reply ok = sip::reply(200);
  ok.body = sdp;
  ok.headers = headers_for(terms_);
  leg_->answer(ok);
  agree(terms_.agreement, invite_);
}

void Calls::CallerSide::hang_up(int sip_status) {
  timer_.cancel();
  if (answered_)
    leg_->hang_up("");
  else
    leg_->reject(sip::reply(sip_status >= 300 ? sip_status : 480));
}

void Calls::CallerSide::on_progress(sip::Leg&, const sip::Response&) {}
void Calls::CallerSide::on_answered(sip::Leg&, const sip::Response&) {}

void Calls::CallerSide::on_ended(sip::Leg&, const sip::LegEnd& end) {
  timer_.cancel();
  const CallId call = call_;
  const sip::EndCause cause = end.cause;
  Calls& calls = calls_;
  calls.log_.info("caller_leg_ended", {{"call", call}, {"status", end.status}});
  calls.caller_over(call);  // destroys this
  switch (cause) {
    case sip::EndCause::peer_hung_up:
    case sip::EndCause::peer_cancelled:
    case sip::EndCause::failed: calls.tell_(input::CallerGone{call}); break;
    case sip::EndCause::no_ack: calls.tell_(input::BridgeFailed{call}); break;
    case sip::EndCause::ours: break;
  }
}

Calls::AgentSide::AgentSide(Calls& calls, CallId call, LegId id, sip::Invite invite)
    : Side(calls, call), id_(id), invite_(std::move(invite)), hold_(calls.root_, [this] {
        held_ = true;
        ack({answer_->body.content_type, held_answer(answer_->body.content)});
      }) {
  set_session_header(calls.session_.session_expires_s);
}

void Calls::AgentSide::set_session_header(std::uint32_t session_expires_s) {
  asked_s_ = session_expires_s;
  auto& headers = invite_.headers;
  headers.erase(std::remove_if(headers.begin(), headers.end(),
                               [](const sip::Header& h) { return h.name == "Session-Expires" || h.name == "Min-SE"; }),
                headers.end());
  // Who refreshes is left to the phone.
  headers.push_back({"Session-Expires", std::to_string(session_expires_s)});
  headers.push_back({"Min-SE", std::to_string(min_se_s_)});
}

void Calls::AgentSide::ring() {
  keep_sdp(invite_.body);
  auto leg = calls_.agent_.invite(invite_, *this);
  if (leg) {
    leg_ = std::move(leg).value();
    return;
  }
  calls_.log_.warn("ring_failed", {{"call", call_}, {"error", leg.error().what}});
  Calls& calls = calls_;
  const LegId id = id_;
  calls.later([&calls, id] {
    calls.agent_over(id);
    calls.tell_(input::LegFailed{id, 0});
  });
}

void Calls::AgentSide::ack(const sip::Body& body) {
  keep_sdp(body);
  leg_->ack(*answer_, body);
  agree_on(*answer_, asked_s_);
}

void Calls::AgentSide::await_answer() { hold_.set(hold_after_s * calls_.session_.unit_ms); }

void Calls::AgentSide::bring_answer(const sip::Body& body) {
  hold_.cancel();
  if (!held_) return ack(body);
  keep_sdp(body);
  restore_sdp();
}

void Calls::AgentSide::hang_up(const std::string& reason) {
  hung_up_ = true;
  hold_.cancel();
  timer_.cancel();
  if (leg_) leg_->hang_up(reason);
}

void Calls::AgentSide::on_progress(sip::Leg&, const sip::Response& response) {
  if (response.status >= 180) calls_.tell_(input::LegRinging{id_});
}

void Calls::AgentSide::on_answered(sip::Leg&, const sip::Response& response) {
  answer_ = response;
  calls_.tell_(input::LegAnswered{id_});
}

bool Calls::AgentSide::rings_again(const sip::LegEnd& end) {
  if (end.cause != sip::EndCause::failed || end.status != 422 || hung_up_) return false;
  const auto longer_s = after_422(end.min_se_s, asked_s_);
  if (!longer_s || std::exchange(asked_again_, true)) return false;
  raise_min_se(*longer_s);
  set_session_header(*longer_s);
  invite_.mends = leg_.get();
  ring();
  invite_.mends = nullptr;
  return true;
}

void Calls::AgentSide::on_ended(sip::Leg&, const sip::LegEnd& end) {
  if (rings_again(end)) return;
  timer_.cancel();
  const LegId id = id_;
  const sip::LegEnd how = end;
  Calls& calls = calls_;
  calls.log_.info("agent_leg_ended", {{"call", call_}, {"status", end.status}});
  calls.agent_over(id);  // destroys this
  switch (how.cause) {
    case sip::EndCause::failed: calls.tell_(input::LegFailed{id, how.internal ? 0 : how.status}); break;
    case sip::EndCause::peer_hung_up: calls.tell_(input::LegHungUp{id}); break;
    case sip::EndCause::peer_cancelled:
    case sip::EndCause::no_ack:
    case sip::EndCause::ours: calls.tell_(input::LegGone{id}); break;
  }
}

}  // namespace rf::edge
