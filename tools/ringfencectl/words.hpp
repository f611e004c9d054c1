#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.hpp"
#include "ringfence/v1/call.pb.h"
#include "ringfence/v1/common.pb.h"

/// The API's words and times as people read and write them. Pure.
namespace rf::ctl {

namespace api = ringfence::v1;

/// In lower case, without the prefix that protobuf wants: "ready", "on_break".
std::string word(api::Status status);
std::string word(api::Bucket bucket);
std::string word(api::Role role);
std::string word(api::MembershipMode mode);
std::string word(api::Strategy strategy);
std::string word(api::CloseCause cause);
std::string word(api::EndCause cause);
std::string word(api::Outcome outcome);
std::string word(api::CallState state);
std::string word(api::OfferPhase phase);
std::string word(api::OfferVerdict verdict);

/// Nothing for a word that is none; `-` counts as `_`.
std::optional<api::Status> status_of(std::string_view text);
std::optional<api::CloseCause> close_cause_of(std::string_view text);

/// "0:07", "12:34", "1:02:03"; below zero counts as zero.
std::string span_text(Ms ms);
/// "14:03:59" of this machine's time zone.
std::string clock_text(Ms ts);
/// "2026-05-01 14:03:59" of this machine's time zone; empty for 0.
std::string date_text(Ms ts);
/// The instant that a date in that form (or only its day, or its time of today's day by `now_ts`) stands for.
std::optional<Ms> instant_of(std::string_view text, Ms now_ts);

/// One line that a terminal prints as it is: names and callers come from strangers, so control characters become '?'.
std::string plain(std::string_view text);
/// How many columns it takes: one for each character.
std::size_t width_of(std::string_view text);
/// The first `columns` characters.
std::string clipped(std::string_view text, std::size_t columns);

}  // namespace rf::ctl
