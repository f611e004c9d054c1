#pragma once
#include <string>
#include <string_view>

namespace rf::edge {

/// An SDP answer that takes every stream of the offer and sends nothing on any: somebody else's answer is to follow
/// (RFC 3725's black hole). Of the offer only media lines and their formats are looked at. Pure.
std::string held_answer(std::string_view offer);

}  // namespace rf::edge
