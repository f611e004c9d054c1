#pragma once
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sip-edge/calls.hpp"

/// The two kinds of leg behind Calls. Private to calls*.cpp.
namespace rf::edge {

/// What our 2xx to a request that refreshes the session says, and what holds once it is sent.
struct RefreshTerms {
  std::vector<sip::Header> headers;
  std::optional<SessionAgreement> agreement;
};

/// What both ends of a bridge have: a leg, its session timer, the SDP last sent on it.
class Calls::Side : public sip::LegListener {
 public:
  Side(Calls& calls, CallId call);
  ~Side() override = default;

  CallId call() const { return call_; }
  sip::Leg& leg() { return *leg_; }
  /// The peer's 2xx to a request of ours that asked for that interval came: its session is watched from now on.
  void agree_on(const sip::Response& ok, std::uint32_t asked_s);
  const SessionTimer& session() const { return session_; }
  /// Judges a request that may refresh the session; nothing if its terms are too brief: it got 422.
  std::optional<RefreshTerms> judge_refresh(sip::ServerRequest& request);
  /// Our 2xx to that request, with those terms, was sent.
  void refreshed(const RefreshTerms& terms, const sip::Message& request);
  /// For a request of ours that keeps the session's refresher and asks for that interval.
  std::vector<sip::Header> session_headers(std::uint32_t expires_s) const;
  /// The peer takes nothing briefer (RFC 4028 7.3).
  void raise_min_se(std::uint32_t min_se_s) { min_se_s_ = std::max(min_se_s_, min_se_s); }
  /// A relayed request got that final response: after 408 and 481 the peer has no dialog (RFC 3261 12.2.1.2), and the call
  /// ends.
  void judge_dialog(int sip_status);
  void keep_sdp(const sip::Body& body) {
    if (!body.empty()) sdp_sent_ = body;
  }
  const sip::Body& sdp() const { return sdp_sent_; }
  /// The peer took an offer that nobody stands by any more: offers it the SDP from before.
  void restore_sdp();

  void on_acked(sip::Leg& leg, std::uint32_t cseq, const sip::Body& body) override;
  void on_request(sip::Leg& leg, sip::ServerRequest request) override;

  /// The other leg's 2xx to a re-INVITE without offer waits for the answer in this side's ACK.
  std::function<void(const sip::Body&)> on_ack_body;

 protected:
  void agree(SessionAgreement agreement, const sip::Message& said);
  void session_due();
  void refresh();
  void end_session();
  void arm();

  Calls& calls_;
  const CallId call_;
  std::unique_ptr<sip::Leg> leg_;
  SessionTimer session_;
  std::uint32_t min_se_s_;
  sip::Timer timer_;
  sip::Body sdp_sent_;
  /// The peer was sent another since: only a re-INVITE can refresh.
  bool sdp_restoring_ = false;
};

class Calls::CallerSide final : public Calls::Side {
 public:
  CallerSide(Calls& calls, CallId call, AccountId account, std::unique_ptr<sip::Leg> leg, const sip::Request& invite,
             const UasDecision& terms);

  const sip::Request& invite() const { return invite_; }
  /// Answers with the agent's SDP.
  void answer(const sip::Body& sdp);
  void hang_up(int sip_status);
  bool answered() const { return answered_; }
  LegId bridged_to;

  void on_progress(sip::Leg& leg, const sip::Response& response) override;
  void on_answered(sip::Leg& leg, const sip::Response& response) override;
  void on_ended(sip::Leg& leg, const sip::LegEnd& end) override;

 private:
  const AccountId account_;
  const sip::Request invite_;
  const UasDecision terms_;
  bool answered_ = false;
};

/// Whoever we called: a phone, or an address outside.
class Calls::AgentSide final : public Calls::Side {
 public:
  AgentSide(Calls& calls, CallId call, LegId id, sip::Invite invite);

  /// Sends the INVITE; the rules hear of a failure later.
  void ring();
  LegId id() const { return id_; }
  const std::optional<sip::Response>& answer() const { return answer_; }
  /// Acknowledges the 200, with the caller's answer if the 200 brought the offer.
  void ack(const sip::Body& body);
  /// Its 200 brought the offer, and the answer may come late: before the peer gives up, it is put on hold.
  void await_answer();
  /// The answer has come: acknowledges the 200 with it, or offers it anew to who was put on hold.
  void bring_answer(const sip::Body& body);
  void hang_up(const std::string& reason);
  bool bridged = false;

  void on_progress(sip::Leg& leg, const sip::Response& response) override;
  void on_answered(sip::Leg& leg, const sip::Response& response) override;
  void on_ended(sip::Leg& leg, const sip::LegEnd& end) override;

 private:
  void set_session_header(std::uint32_t session_expires_s);
  /// Rings once more if the phone refused only the session's length.
  bool rings_again(const sip::LegEnd& end);

  const LegId id_;
  sip::Invite invite_;
  std::uint32_t asked_s_ = 0;
  bool asked_again_ = false;
  bool hung_up_ = false;
  std::optional<sip::Response> answer_;
  sip::Timer hold_;
  bool held_ = false;
};

}  // namespace rf::edge
