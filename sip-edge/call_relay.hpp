#pragma once
#include <memory>
#include <optional>

#include "sip-edge/call_sides.hpp"

/// How an offer goes from one side of a bridge to the other. Private to calls*.cpp.
namespace rf::edge {

/// What the side that asked hears of the other side's final response to its relayed request. No body.
sip::Reply passed_on(const sip::Response& response);

/// A re-INVITE, or an UPDATE with an offer, of one side on its way to the other, and the answer back. Lives until the other
/// side's final response. A CANCEL goes on too; an answer that crosses it is taken back. A refused one changes nothing on
/// either side (RFC 3261 14.1, RFC 4028 9).
class Calls::Relayed : public std::enable_shared_from_this<Calls::Relayed> {
 public:
  /// Relays the request, or refuses it.
  static void start(Calls& calls, Side& from, Side& to, sip::ServerRequest request);

  Relayed(Calls& calls, Side& from, Side& to, sip::ServerRequest request, RefreshTerms terms);

 private:
  void send();
  void on_response(const sip::Response& response);
  /// Whether it is to be sent once more with a longer session.
  bool asks_longer(const sip::Response& response);
  void accept(const sip::Response& response);
  void refuse(const sip::Response& response);
  void cancel();
  /// Ends an exchange that was cancelled and accepted all the same.
  void take_back(const sip::Response& response);

  Calls& calls_;
  const CallId call_;
  /// Lives while `calls_` bridges the two.
  Side* const from_;
  /// Lives when a response comes: that is only told of a leg that lives.
  Side* const to_;
  sip::ServerRequest request_;
  const RefreshTerms terms_;
  /// A peer that allows no UPDATE gets a re-INVITE for it (RFC 3311 5.1).
  const sip::Method method_;
  /// What the other side's session is to last; 0 without a session.
  std::uint32_t asked_s_;
  bool asked_again_ = false;
};

}  // namespace rf::edge
