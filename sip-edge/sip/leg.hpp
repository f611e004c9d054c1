#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "sip-edge/flow.hpp"
#include "sip-edge/sip/message.hpp"
#include "sip-edge/sip/server_request.hpp"

namespace rf::edge::sip {

class Agent;
class AgentCore;
class Leg;
class LegCore;

/// Where requests inside a dialog go.
enum class HopRule : std::uint8_t {
  /// Always by the flow that the dialog began with: phones, whose Contact may be behind a NAT or a name.
  pinned,
  /// By the route set or the remote Contact (RFC 3261 12.2.1.1) if that is an address; by the flow if it is a name.
  follow,
};

/// An INVITE of ours.
struct Invite {
  Flow next_hop{};
  HopRule hop_rule = HopRule::pinned;
  Uri request_uri{};
  NameAddr from{};
  NameAddr to{};
  std::uint32_t max_forwards = 70;
  /// Expires, Session-Expires, Min-SE, P-Asserted-Identity and the like.
  std::vector<Header> headers{};
  Body body{};
  /// The leg whose refused INVITE this one mends: same Call-ID and From tag, next CSeq (RFC 3261 8.1.3.5).
  const Leg* mends = nullptr;
};

/// Who sent the INVITE that began it.
enum class LegRole : std::uint8_t { peer_called, we_called };

enum class EndCause : std::uint8_t {
  /// Our INVITE got a final response other than 2xx (`status`); 408 or 503 with status made here: no answer, no
  /// connection.
  failed,
  /// The peer's BYE; it got its 200.
  peer_hung_up,
  /// The peer's CANCEL, before we answered; it got its 487.
  peer_cancelled,
  /// We refused its INVITE, or hung up (CANCEL or BYE) and that is over: `status` is the final response.
  ours,
  /// Our 2xx never got its ACK; a BYE was sent.
  no_ack,
};

struct LegEnd {
  EndCause cause = EndCause::failed;
  int status = 0;
  /// `status` was made by our own stack.
  bool internal = false;
  /// The Reason header of the BYE, CANCEL or response.
  std::string reason{};
  /// Of the final response, such as a 422.
  std::optional<std::uint32_t> min_se_s{};
};

/// Who hears of a leg. On the SIP thread, never from inside a call of Leg's or Agent's methods, never after the Leg is
/// destroyed. The Leg may be destroyed in any of these.
class LegListener {
 public:
  virtual ~LegListener() = default;

  /// 101-199 to our INVITE.
  virtual void on_progress(Leg& leg, const Response& response) = 0;
  /// A 2xx to our INVITE. Answer with ack() or hang_up().
  virtual void on_answered(Leg& leg, const Response& response) = 0;
  /// The ACK for our 2xx, to the first or a later INVITE.
  virtual void on_acked(Leg& leg, std::uint32_t cseq, const Body& body) = 0;
  /// A request inside the dialog: INVITE, UPDATE, INFO, OPTIONS, NOTIFY. A BYE comes as on_ended.
  virtual void on_request(Leg& leg, ServerRequest request) = 0;
  /// The last call, exactly one: the leg is over and nothing is under way any more.
  virtual void on_ended(Leg& leg, const LegEnd& end) = 0;
};

/// A request inside a dialog.
struct InDialog {
  Method method = Method::info;
  std::vector<Header> headers{};
  Body body{};
};

/// One SIP dialog with one peer, from its INVITE to its end. Destroying it hangs up in the background, whatever its
/// state. SIP thread.
class Leg {
 public:
  explicit Leg(std::shared_ptr<LegCore> core);
  ~Leg();
  Leg(const Leg&) = delete;
  Leg& operator=(const Leg&) = delete;

  void listen(LegListener& listener);

  LegRole role() const;
  const std::string& call_id() const;
  /// Where the peer's INVITE or 2xx came from.
  const Flow& flow() const;
  /// Of a leg whose INVITE we received: for what comes later in the dialog.
  void set_hop_rule(HopRule rule);

  /// To the INVITE we received: 180, 182, 183 and the like, with a To tag; repeated every minute by the stack.
  void progress(const Reply& reply);
  /// 2xx, repeated until the ACK.
  void answer(const Reply& reply);
  /// 300-699; on_ended(ours) follows.
  void reject(const Reply& reply);

  /// Acknowledges a 2xx to an INVITE of ours, with its own CSeq; repeated by the stack for each repeated 2xx. An empty
  /// body unless the 2xx brought the offer.
  void ack(const Response& answer, const Body& body);

  /// Ends the leg as its state asks: CANCEL (a 2xx that crosses it gets ACK and BYE), 480, BYE, ACK and BYE; a BYE
  /// waits for the ACK of our 2xx (RFC 3261 15). on_ended follows. `reason`: a Reason header, or empty.
  void hang_up(const std::string& reason);

  /// Sends a request inside the confirmed dialog; `on_response` hears the final response (for INVITE also 101-199; its
  /// 2xx needs ack()). Errors: failed_precondition (no confirmed dialog, or an INVITE is under way already),
  /// invalid_argument (a header that cannot be written). Nothing is called after the leg's end.
  Result<void> request(const InDialog& request, std::function<void(const Response&)> on_response);
  /// CANCELs a re-INVITE of ours that has no final response yet; its `on_response` hears 487, or whatever crossed it.
  void cancel_reinvite();

 private:
  friend class LegCore;
  std::shared_ptr<LegCore> core_;
};

}  // namespace rf::edge::sip
