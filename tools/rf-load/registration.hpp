#pragma once
#include <string>

#include "tools/rf-load/dialog.hpp"
#include "tools/rf-load/digest.hpp"

namespace rf::load {

/// One agent's registration, made once and removed at the end. Pure: messages and time in, datagrams out.
class Registration {
 public:
  enum class State { idle, asking, registered, removed, refused };

  Registration(Identity who, std::string password, std::string domain);
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

  /// Asks for `expires_s` seconds; 0 removes.
  void start(int expires_s, Us now_us, Outputs& out);
  /// An answer to REGISTER.
  void on_message(const Message& answer, Us now_us, Outputs& out);
  void on_time(Us now_us, Outputs& out);

  State state() const { return state_; }
  /// The last final answer; 408: none came.
  int status() const { return status_; }
  /// How long the last asking took.
  Us took_us() const { return took_us_; }
  const std::string& call_id() const { return call_id_; }
  Us next_us() const { return request_.next_us(); }

 private:
  void send(const std::string& authorization, Us now_us, Outputs& out);
  void end(int status, Us now_us, Outputs& out);

  Identity who_;
  std::string password_;
  std::string domain_;
  std::string call_id_;
  State state_ = State::idle;
  int expires_s_ = 0;
  int status_ = 0;
  int challenges_ = 0;
  std::uint32_t cseq_ = 0;
  Us started_us_ = 0;
  Us took_us_ = 0;
  Retransmission request_;
};

}  // namespace rf::load
