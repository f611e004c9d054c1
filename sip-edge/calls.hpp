#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/base/ids.hpp"
#include "sip-edge/call/input.hpp"
#include "sip-edge/call/output.hpp"
#include "sip-edge/registrar.hpp"
#include "sip-edge/session_timer.hpp"
#include "sip-edge/sip/agent.hpp"

namespace rf::process {
class Logger;
}

namespace rf::edge {

/// Tells the rules what SIP reported. Called on the SIP thread, never from inside a call of Calls.
using Tell = std::function<void(const Input&)>;

/// The SIP legs of every call: a caller's leg, the legs to who rings for it, and the two that are bridged. It
/// carries out what the rules want and tells them what happened; it decides nothing but SDP relay and session timers
/// (RFC 4028), which are between two legs only. SIP thread.
class Calls {
 public:
  Calls(sip::Root& root, sip::Agent& agent, SessionTimerConfig session, process::Logger& log, Tell tell);
  ~Calls();

  /// Takes a caller's INVITE over. False: its session terms are too brief and it was refused with 422.
  bool take(CallId call, AccountId account, std::unique_ptr<sip::Leg> leg, const sip::Request& request);

  void carry_out(const output::QueueCaller& out);
  void carry_out(const output::RingCaller& out);
  void carry_out(const output::AnswerCaller& out);
  void carry_out(const output::HangupCaller& out);
  void carry_out(const output::RefuseCaller& out);
  /// `binding` is that of a registered phone, nullptr if it has gone since. The rules hear LegFailed of who cannot be
  /// called: a phone that is gone, an address with a host name, anybody for an answer without an offer.
  void carry_out(const output::Ring& out, const Binding* binding);
  void carry_out(const output::CallOutside& out);
  void carry_out(const output::ConnectOutside& out);
  void carry_out(const output::CancelLeg& out);
  void carry_out(const output::ByeLeg& out);

  /// Calls whose caller's leg is not over, or the first leg of a placed one.
  std::size_t size() const { return callers_.size() + placed_.size(); }

 private:
  class Side;
  class CallerSide;
  class AgentSide;
  class Relayed;

  /// A call without a caller, from the agent's answer on.
  struct Placed {
    LegId agent;
    LegId outside;
    bool connected = false;
  };

  /// nullptr: it is over.
  AgentSide* find(LegId leg) const;
  /// Sends it, or tells the rules that there is nobody to send it to.
  void ring(CallId call, LegId leg, std::uint32_t expires_s, std::optional<sip::Invite> invite);
  /// The two that talk; nullptrs if they do not.
  std::pair<Side*, Side*> bridge_of(CallId call) const;
  Side* other_side(const Side& side);
  /// Whether these are still the two sides of that call; neither is looked into.
  bool bridges(CallId call, const Side* one, const Side* other) const;
  void relay(Side& from, sip::ServerRequest request);
  void caller_over(CallId call);
  void agent_over(LegId leg);
  void later(std::function<void()> closure);

  sip::Root& root_;
  sip::Agent& agent_;
  const SessionTimerConfig session_;
  process::Logger& log_;
  const Tell tell_;
  std::map<CallId, std::unique_ptr<CallerSide>> callers_;
  std::map<LegId, std::unique_ptr<AgentSide>> agents_;
  std::map<CallId, Placed> placed_;
  /// Closures posted for later find it gone after the destruction.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace rf::edge
