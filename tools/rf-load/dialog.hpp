#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "tools/rf-load/outputs.hpp"
#include "tools/rf-load/retransmission.hpp"
#include "tools/rf-load/sip_message.hpp"

namespace rf::load {

/// Who one of our legs is.
struct Identity {
  /// `c000123` or `a7`.
  std::string user;
  /// `127.0.0.1:5060` of its socket.
  std::string address;
  /// The leg's own tag, which also makes its branches its own.
  std::string tag;

  std::string contact() const { return "sip:" + user + "@" + address; }
  std::string sdp() const { return sdp_of(address.substr(0, address.rfind(':'))); }
  std::string branch(std::uint32_t number) const { return "z9hG4bK" + tag + "." + std::to_string(number); }
};

/// What both kinds of leg do inside a call: answer re-INVITE, UPDATE and OPTIONS by 200 until the ACK, and repeat themselves
/// when asked again.
class InDialog {
 public:
  explicit InDialog(const Identity& who) : who_(&who) {}

  /// Any request but INVITE without a To tag, ACK, CANCEL and BYE.
  void on_request(const Message& request, Us now_us, Outputs& out);
  /// Whether the ACK belonged to a re-INVITE.
  bool on_ack(const Message& ack);
  void on_time(Us now_us, Outputs& out);
  Us next_us() const { return answer_.next_us(); }

 private:
  const Identity* who_;
  Retransmission answer_;
  std::uint32_t invite_cseq_ = 0;
};

}  // namespace rf::load
