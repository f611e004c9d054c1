#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/time.hpp"

/// Session timers (RFC 4028), for one leg of a call. Pure: time is an input in milliseconds of one monotonic clock.
namespace rf::edge {

constexpr std::uint32_t session_expires_min_s = 90;

/// Who refreshes, as written in the refresher parameter: relative to the transaction, not to us.
enum class RefresherRole : std::uint8_t { unsaid, uac, uas };

/// A Session-Expires header.
struct SessionExpires {
  std::uint32_t delta_s = 0;
  RefresherRole refresher = RefresherRole::unsaid;
  friend bool operator==(const SessionExpires&, const SessionExpires&) = default;
};

/// "1800", "1800;refresher=uac".
std::string text_of(const SessionExpires& value);

/// What the other side said in an INVITE, UPDATE or its 2xx.
struct SessionTerms {
  std::optional<SessionExpires> session_expires;
  std::optional<std::uint32_t> min_se_s;
  /// "timer" in its Supported.
  bool supports_timer = false;
  /// "UPDATE" in its Allow.
  bool allows_update = false;
};

struct SessionTimerConfig {
  /// What we ask for: session_expires_min_s or more.
  std::uint32_t session_expires_s = 1800;
  /// The least we accept: session_expires_min_s or more.
  std::uint32_t min_se_s = session_expires_min_s;
  /// How long one second of a session lasts; tests shorten it.
  Ms unit_ms = second_ms;
};

/// Both values raised to RFC 4028's floor, and session_expires_s to min_se_s.
SessionTimerConfig within_limits(SessionTimerConfig config);

enum class Refresher : std::uint8_t { we, peer };
enum class RefreshMethod : std::uint8_t { update, invite };

/// What both sides agreed on.
struct SessionAgreement {
  std::uint32_t interval_s = 0;
  Refresher refresher = Refresher::we;
  RefreshMethod method = RefreshMethod::invite;
  friend bool operator==(const SessionAgreement&, const SessionAgreement&) = default;
};

/// Our answer to a request that opens or refreshes a session.
struct UasDecision {
  /// Set: refuse with 422 and this Min-SE.
  std::optional<std::uint32_t> refuse_min_se_s;
  /// Otherwise: put this into the 2xx.
  SessionExpires header;
  /// "Require: timer" belongs into the 2xx: the peer refreshes and must know it.
  bool require_timer = false;
  SessionAgreement agreement;
};

/// As the side that answers (RFC 4028 9). A peer that does not know timers is refreshed by us.
UasDecision decide_as_uas(const SessionTerms& request, const SessionTimerConfig& config);

/// As the side that asked, from the 2xx (RFC 4028 7.2). Without a Session-Expires in it the peer knows no timers: we
/// refresh, so that a lost BYE is noticed all the same.
SessionAgreement decide_as_uac(const SessionTerms& answer, std::uint32_t asked_s);

/// The Session-Expires to ask for after a 422 (RFC 4028 7.3); nothing if the refusal does not ask for more.
std::optional<std::uint32_t> after_422(std::optional<std::uint32_t> min_se_s, std::uint32_t asked_s);

/// Watches one agreed session.
class SessionTimer {
 public:
  explicit SessionTimer(Ms unit_ms) : unit_ms_(unit_ms) {}

  /// The session was opened or refreshed at that instant: by our 2xx, or by the peer's.
  void agree(const SessionAgreement& agreement, Ms now_ms);

  enum class Action : std::uint8_t {
    none,
    /// Send `method()` now.
    refresh,
    /// Send BYE: nobody refreshed in time, or the peer does not know the dialog any more.
    end,
  };
  /// What is due at this instant. `refresh` is said once; the caller reports how it went by agree() or failed().
  Action due(Ms now_ms);
  /// When due() may say something next; never_ms without a session.
  Ms next_ms() const;

  /// Our refresh got this final response (408 for none). 408 and 481: the session is over (RFC 4028 10). 405 and 501 to
  /// UPDATE: re-INVITE from now on. Anything else is tried again until the session runs out.
  void failed(int sip_status, Ms now_ms);
  /// Our refresh was refused with 422: the interval was raised to min_se_s and is asked for again at once.
  void too_brief(std::uint32_t min_se_s, Ms now_ms);

  bool running() const { return agreement_.interval_s != 0; }
  RefreshMethod method() const { return agreement_.method; }
  Refresher refresher() const { return agreement_.refresher; }
  std::uint32_t interval_s() const { return agreement_.interval_s; }

 private:
  Ms unit_ms_;
  SessionAgreement agreement_;
  Ms refresh_ms_ = never_ms;
  Ms end_ms_ = never_ms;
};

}  // namespace rf::edge
