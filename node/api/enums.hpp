#pragma once
#include "core/base/edge_link.hpp"
#include "core/base/result.hpp"
#include "core/queue/explain_offer.hpp"
#include "core/state/entities.hpp"
#include "ringfence/v1/call.pb.h"
#include "ringfence/v1/common.pb.h"

/// Enumerators of the API and of core. Pure.
namespace rf::node {

namespace api = ringfence::v1;

api::Status to_api(core::Status status);
api::Bucket to_api(core::Bucket bucket);
api::Role to_api(core::Role role);
api::MembershipMode to_api(core::MembershipMode mode);
api::Strategy to_api(core::StrategyKind strategy);
api::CloseCause to_api(link::CloseCause cause);
api::EndCause to_api(link::EndCause cause);
api::Outcome to_api(core::Outcome outcome);
api::CallState to_api(core::CallState state);
api::OfferPhase to_api(core::Phase phase);
api::AgentKind to_api(core::AgentKind kind);
api::AutoAnswer to_api(core::AutoAnswer answer);
api::AvailabilityMode to_api(core::AvailabilityMode mode);
api::StickyMode to_api(core::StickyMode mode);
api::OverflowWhen to_api(core::OverflowWhen when);
api::OverflowTo to_api(core::OverflowTo to);
api::Category to_api(core::Category category);
api::OfferVerdict to_api(core::PassedOver verdict);

/// The value of an enumerator of the API; `otherwise` or the default for its UNSPECIFIED. invalid_argument names the field
/// for a number that this build does not know.
Result<core::Status> status_of(api::Status status);
Result<core::Role> role_of(api::Role role);
Result<core::MembershipMode> mode_of(api::MembershipMode mode);
Result<core::StrategyKind> strategy_of(api::Strategy strategy);
Result<link::CloseCause> cause_of(api::CloseCause cause, link::CloseCause otherwise);
Result<link::EndCause> cause_of(api::EndCause cause);
Result<core::AgentKind> kind_of(api::AgentKind kind);
Result<core::AutoAnswer> auto_answer_of(api::AutoAnswer answer);
Result<core::AvailabilityMode> availability_of(api::AvailabilityMode mode, core::AvailabilityMode otherwise);
Result<core::StickyMode> sticky_mode_of(api::StickyMode mode);
/// UNSPECIFIED is refused.
Result<core::OverflowWhen> overflow_when_of(api::OverflowWhen when);
Result<core::OverflowTo> overflow_to_of(api::OverflowTo to);
Result<core::Category> category_of(api::Category category);

/// Sets as one value: bit 0 is the first enumerator after UNSPECIFIED, which is refused.
using EnumNumbers = google::protobuf::RepeatedField<int>;
Result<std::uint32_t> empty_when_of(const char* field, const EnumNumbers& states);
Result<std::uint32_t> weekdays_of(const EnumNumbers& weekdays);
void set_bits(std::uint32_t bits, EnumNumbers& out);

}  // namespace rf::node
