#include "sip-edge/call_relay.hpp"

#include <utility>

namespace rf::edge {

sip::Reply passed_on(const sip::Response& response) {
  // Our session terms, and how that peer is reached, are nothing that this side could do better.
  const bool ours = response.status == 422 || response.status == 503;
  const int status = ours ? 500 : response.status;
  return response.retry_after_s ? sip::reply_later(status, *response.retry_after_s) : sip::reply(status);
}

void Calls::Relayed::start(Calls& calls, Side& from, Side& to, sip::ServerRequest request) {
  auto terms = from.judge_refresh(request);
  if (!terms) return;
  const auto relayed = std::make_shared<Relayed>(calls, from, to, std::move(request), std::move(*terms));
  relayed->request_.on_cancelled([alive = calls.alive_, weak = std::weak_ptr(relayed)] {
    if (const auto self = weak.lock(); self && *alive) self->cancel();
  });
  relayed->send();
}

Calls::Relayed::Relayed(Calls& calls, Side& from, Side& to, sip::ServerRequest request, RefreshTerms terms)
    : calls_(calls), call_(from.call()), from_(&from), to_(&to), request_(std::move(request)), terms_(std::move(terms)),
      method_(to.session().method() == RefreshMethod::invite ? sip::Method::invite : request_.request().method),
      asked_s_(to.session().interval_s()) {}

void Calls::Relayed::send() {
  sip::InDialog copy;
  copy.method = method_;
  copy.body = request_.request().body;
  // A 2xx without a session would end the one that runs (RFC 4028 7.4).
  if (asked_s_ != 0) copy.headers = to_->session_headers(asked_s_);
  const auto sent = to_->leg().request(
      copy, [self = shared_from_this()](const sip::Response& response) { self->on_response(response); });
  if (!sent) request_.reply(sip::reply(491));
}

void Calls::Relayed::on_response(const sip::Response& response) {
  if (response.status < 200) return;
  if (response.status < 300) return request_.answered() ? take_back(response) : accept(response);
  if (asks_longer(response)) return send();
  refuse(response);
}

bool Calls::Relayed::asks_longer(const sip::Response& response) {
  if (response.status != 422 || request_.answered() || std::exchange(asked_again_, true)) return false;
  const auto raised_s = after_422(response.min_se_s, asked_s_);
  if (!raised_s) return false;
  asked_s_ = *raised_s;
  to_->raise_min_se(asked_s_);
  return true;
}

void Calls::Relayed::accept(const sip::Response& response) {
  const bool bridged = calls_.bridges(call_, from_, to_);
  const bool invite = method_ == sip::Method::invite;
  if (asked_s_ != 0) to_->agree_on(response, asked_s_);
  to_->keep_sdp(request_.request().body);
  if (invite && request_.request().body.empty() && bridged) {
    // The offer is in the 2xx, the answer comes with the ACK.
    from_->on_ack_body = [self = shared_from_this(), response](const sip::Body& body) {
      if (!self->calls_.bridges(self->call_, self->from_, self->to_)) return;
      self->to_->keep_sdp(body);
      self->to_->leg().ack(response, body);
    };
  } else if (invite) {
    to_->leg().ack(response, {});
  }
  sip::Reply ok = sip::reply(200);
  ok.headers = terms_.headers;
  ok.body = response.body;
  request_.reply(ok);
  if (!bridged) return;
  from_->keep_sdp(response.body);
  from_->refreshed(terms_, request_.request());
}

void Calls::Relayed::cancel() {
  if (calls_.bridges(call_, from_, to_)) to_->leg().cancel_reinvite();
}

void Calls::Relayed::take_back(const sip::Response& response) {
  if (asked_s_ != 0) to_->agree_on(response, asked_s_);
  const bool late_offer = request_.request().body.empty();
  to_->leg().ack(response, late_offer ? to_->sdp() : sip::Body());
  if (!late_offer) to_->restore_sdp();
}

void Calls::Relayed::refuse(const sip::Response& response) {
  request_.reply(passed_on(response));
  to_->judge_dialog(response.status);
}

}  // namespace rf::edge
