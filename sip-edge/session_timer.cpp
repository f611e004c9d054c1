#include "sip-edge/session_timer.hpp"

#include <algorithm>

namespace rf::edge {

namespace {

constexpr Ms retry_s = 4;
/// RFC 4028 10: BYE this long before the session runs out, but at most a third of the interval.
constexpr Ms end_early_max_s = 32;

RefreshMethod method_for(const SessionTerms& peer) {
  return peer.allows_update ? RefreshMethod::update : RefreshMethod::invite;
}

}  // namespace

std::string text_of(const SessionExpires& value) {
  std::string out = std::to_string(value.delta_s);
  if (value.refresher == RefresherRole::uac) out += ";refresher=uac";
  if (value.refresher == RefresherRole::uas) out += ";refresher=uas";
  return out;
}

SessionTimerConfig within_limits(SessionTimerConfig config) {
  config.min_se_s = std::max(config.min_se_s, session_expires_min_s);
  config.session_expires_s = std::max(config.session_expires_s, config.min_se_s);
  return config;
}

UasDecision decide_as_uas(const SessionTerms& request, const SessionTimerConfig& config) {
  UasDecision out;
  std::uint32_t interval_s = config.session_expires_s;
  RefresherRole refresher = RefresherRole::unsaid;
  if (request.session_expires) {
    if (request.session_expires->delta_s < config.min_se_s) {
      // A proxy may have put the header in: only a peer that knows timers can be told to ask again (RFC 4028 9).
      if (request.supports_timer) {
        out.refuse_min_se_s = config.min_se_s;
        return out;
      }
      interval_s = config.min_se_s;
    } else {
      interval_s = std::min(request.session_expires->delta_s, config.session_expires_s);
    }
    refresher = request.session_expires->refresher;
  }
  interval_s = std::max({interval_s, request.min_se_s.value_or(0), session_expires_min_s});
  if (refresher == RefresherRole::unsaid || !request.supports_timer) {
    refresher = request.supports_timer ? RefresherRole::uac : RefresherRole::uas;
  }
  out.header = {interval_s, refresher};
  out.require_timer = refresher == RefresherRole::uac;
  out.agreement = {interval_s, refresher == RefresherRole::uac ? Refresher::peer : Refresher::we, method_for(request)};
  return out;
}

SessionAgreement decide_as_uac(const SessionTerms& answer, std::uint32_t asked_s) {
  SessionAgreement out;
  out.method = method_for(answer);
  out.interval_s = std::max(asked_s, session_expires_min_s);
  if (answer.session_expires && answer.session_expires->delta_s > 0) {
    out.interval_s = std::max(answer.session_expires->delta_s, session_expires_min_s);
    if (answer.session_expires->refresher == RefresherRole::uas) out.refresher = Refresher::peer;
  }
  return out;
}

std::optional<std::uint32_t> after_422(std::optional<std::uint32_t> min_se_s, std::uint32_t asked_s) {
  if (!min_se_s || *min_se_s <= asked_s) return std::nullopt;
  return min_se_s;
}

void SessionTimer::agree(const SessionAgreement& agreement, Ms now_ms) {
  agreement_ = agreement;
  const Ms interval_ms = static_cast<Ms>(agreement.interval_s) * unit_ms_;
  refresh_ms_ = agreement.refresher == Refresher::we ? now_ms + interval_ms / 2 : never_ms;
  end_ms_ = now_ms + interval_ms - std::min(end_early_max_s * unit_ms_, interval_ms / 3);
}

SessionTimer::Action SessionTimer::due(Ms now_ms) {
  if (now_ms >= end_ms_) {
    *this = SessionTimer(unit_ms_);
    return Action::end;
  }
  if (now_ms >= refresh_ms_) {
    refresh_ms_ = never_ms;
    return Action::refresh;
  }
  return Action::none;
}

Ms SessionTimer::next_ms() const { return std::min(refresh_ms_, end_ms_); }

void SessionTimer::failed(int sip_status, Ms now_ms) {
  if (!running()) return;
  if (sip_status == 408 || sip_status == 481) {
    refresh_ms_ = never_ms;
    end_ms_ = now_ms;
    return;
  }
  if (agreement_.method == RefreshMethod::update && (sip_status == 405 || sip_status == 501)) {
    agreement_.method = RefreshMethod::invite;
    refresh_ms_ = now_ms;
    return;
  }
  refresh_ms_ = now_ms + retry_s * unit_ms_;
}

void SessionTimer::too_brief(std::uint32_t min_se_s, Ms now_ms) {
  if (!running()) return;
  if (min_se_s <= agreement_.interval_s) return failed(422, now_ms);
  agreement_.interval_s = min_se_s;
  refresh_ms_ = now_ms;
}

}  // namespace rf::edge
