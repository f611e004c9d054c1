#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.hpp"
#include "sip-edge/registrar.hpp"
#include "sip-edge/sip/leg.hpp"
#include "sip-edge/sip/message.hpp"

/// The INVITEs that this edge sends, without what only their leg knows. Pure.
namespace rf::edge {

/// To a registered phone, with what the caller's INVITE says.
sip::Invite invite_phone(const Binding& binding, const sip::Request& caller);
/// To an address outside (a trunk, a voicemail, a bot), likewise, with the mark by which a loop is seen. Nothing unless it
/// is a sip URI with a numeric host: names are not looked up.
std::optional<sip::Invite> invite_outside(const std::string& uri, CallId call, const sip::Request& caller);

/// Asks the phone to answer by itself, in the words of the common makes.
void ask_to_answer(sip::Invite& invite);

/// The calls that an INVITE comes out of, as edges marked it on its way; the last one first.
std::vector<CallId> passed_calls(const sip::Request& invite);

}  // namespace rf::edge
