#pragma once
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/state/entities.hpp"

/// Presence in the eight words that other systems' desks speak (RP-1, RP-3). Pure.
namespace rf::node {

struct AskedStatus {
  core::Status status = core::Status::not_ready;
  std::string reason;
};

/// What "idle", "away", "dnd", "custom:REASON", "offline", "not_ready" or "available" asks for; invalid_argument.
Result<AskedStatus> status_of_text(std::string_view text);

/// offline, idle, ringing, busy, wrapup, away, dnd or custom; only an idle agent receives calls.
std::string_view state_word(const core::Agent& agent);

/// What a person is told (CX-7): available, on call, wrap-up or offline.
std::string_view presence_word(const core::Agent& agent);

}  // namespace rf::node
