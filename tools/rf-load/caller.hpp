#pragma once
#include <string>
#include <vector>

#include "tools/rf-load/dialog.hpp"

namespace rf::load {

/// One caller's leg: INVITE, ACK, talk, BYE; or CANCEL. Pure: messages and time in, datagrams and events out.
class Caller {
 public:
  /// Calls `sip:number@domain`.
  Caller(Identity who, const std::string& number, const std::string& domain);
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  void start(Us now_us, Outputs& out);
  void on_message(const Message& message, Us now_us, Outputs& out);
  void on_time(Us now_us, Outputs& out);
  /// The BYE goes out at that instant, if the call is up then.
  void hang_up_at(Us at_us) { hang_up_us_ = at_us; }
  /// CANCEL before the answer, once a provisional one came (RFC 3261 9.1); BYE after it.
  void give_up(Us now_us, Outputs& out);

  const std::string& call_id() const { return call_id_; }
  Us next_us() const;
  /// Neither waiting nor up any more.
  bool over() const { return state_ == State::over; }
  /// Nobody can ask for a repetition any more.
  bool forgettable(Us now_us) const { return over() && now_us >= forget_us_; }

 private:
  enum class State { calling, proceeding, up, closing, over };

  /// A request of this call; its views must outlive it.
  Request request(std::string_view method, std::string_view uri, std::string_view branch, std::uint32_t cseq) const;
  void on_invite_answer(const Message& answer, Us now_us, Outputs& out);
  void on_accepted(const Message& answer, Us now_us, Outputs& out);
  void on_refused(const Message& answer, Us now_us, Outputs& out);
  void on_bye_answer(const Message& answer, Us now_us, Outputs& out);
  void on_request(const Message& request, Us now_us, Outputs& out);
  void send_cancel(Us now_us, Outputs& out);
  void hang_up(Us now_us, Outputs& out);
  void end(Event::Kind kind, int status, Us now_us, Outputs& out);

  Identity who_;
  std::string uri_;
  std::string from_;
  std::string to_;
  std::string call_id_;
  /// The other side's contact and the way there, once it answered.
  std::string target_;
  std::vector<std::string> routes_;
  std::string ack_;

  State state_ = State::calling;
  bool cancelling_ = false;
  Retransmission invite_;
  /// The CANCEL, later the BYE.
  Retransmission request_;
  InDialog in_dialog_;
  Us hang_up_us_ = never_us;
  Us forget_us_ = never_us;
};

}  // namespace rf::load
