#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.hpp"
#include "sip-edge/registrar.hpp"
#include "sip-edge/sip/leg.hpp"
#include "sip-edge/sip/message.hpp"

/// The INVITEs that this edge sends, without what only their leg knows. Pure.
namespace rf::edge {

/// For whom an INVITE is sent.
struct Calling {
  std::string display{};
  std::string user{};
  /// Empty: that of who is called.
  std::string host{};
  sip::Body offer{};
  std::uint32_t max_forwards = 70;
  std::vector<CallId> passed{};
};
/// A caller, one hop on.
Calling calling_of(const sip::Request& caller);
/// Somebody of whom only a number or a URI is known.
Calling calling_of(const std::string& number_or_uri);

/// To a registered phone.
sip::Invite invite_phone(const Binding& binding, const Calling& calling);
/// To an address outside (a trunk, a voicemail, a bot), with the mark by which a loop is seen. Nothing unless it is a sip
/// URI with a numeric host: names are not looked up.
std::optional<sip::Invite> invite_outside(const std::string& uri, CallId call, const Calling& calling);

/// Asks the phone to answer by itself, in the words of the common makes.
void ask_to_answer(sip::Invite& invite);

/// The calls that an INVITE comes out of, as edges marked it on its way; the last one first.
std::vector<CallId> passed_calls(const sip::Request& invite);

}  // namespace rf::edge
