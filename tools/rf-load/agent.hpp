#pragma once
#include <string>

#include "tools/rf-load/dialog.hpp"

namespace rf::load {

/// One offer at one agent's phone: 180, 200 after a while, ACK, BYE from either side; or CANCEL. Pure: messages and time in, datagrams and
/// events out.
class AgentLeg {
 public:
  /// For an INVITE without a To tag.
  AgentLeg(Identity who, const Message& invite);
  AgentLeg(const AgentLeg&) = delete;
  AgentLeg& operator=(const AgentLeg&) = delete;

  /// `invite` as above, `text` its datagram: rings, and answers after `answer_delay_us`.
  void start(const Message& invite, std::string_view text, Us answer_delay_us, Us now_us, Outputs& out);
  void on_message(const Message& message, Us now_us, Outputs& out);
  void on_time(Us now_us, Outputs& out);
  /// The agent's BYE goes out at that instant, if the call is up then.
  void hang_up_at(Us at_us) { hang_up_us_ = at_us; }

  const std::string& call_id() const { return call_id_; }
  Us next_us() const;
  bool over() const { return state_ == State::over; }
  /// Nobody can ask for a repetition any more.
  bool forgettable(Us now_us) const { return over() && now_us >= forget_us_; }

 private:
  enum class State { ringing, answered, up, closing, over };

  void answer(const Message& invite, Us now_us, Outputs& out);
  void on_invite_again(Outputs& out);
  void on_ack(const Message& ack, Outputs& out);
  void on_cancel(const Message& cancel, Us now_us, Outputs& out);
  void on_bye(const Message& bye, Us now_us, Outputs& out);
  void on_bye_answer(const Message& answer, Us now_us, Outputs& out);
  void hang_up(Us now_us, Outputs& out);
  void end(Event::Kind kind, Us now_us, Outputs& out);

  Identity who_;
  std::string call_id_;
  std::uint32_t invite_cseq_;
  /// Kept while it may have to be answered.
  std::string invite_text_;
  std::string ringing_;
  /// The INVITE's final answer, until its ACK.
  Retransmission final_;
  Retransmission bye_;
  InDialog in_dialog_;
  State state_ = State::ringing;
  Us answer_us_ = never_us;
  Us hang_up_us_ = never_us;
  Us forget_us_ = never_us;
};

}  // namespace rf::load
