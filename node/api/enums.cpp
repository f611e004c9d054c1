#include "node/api/enums.hpp"

#include <string>

namespace rf::node {

namespace {

/// The API's enumerators are ours in the same order, after UNSPECIFIED.
template <class Api, class Core>
Api shifted(Core value) {
  return static_cast<Api>(static_cast<int>(value) + 1);
}
static_assert(static_cast<int>(api::STATUS_ON_BREAK) == static_cast<int>(core::Status::on_break) + 1);
static_assert(static_cast<int>(api::BUCKET_IDLE) == static_cast<int>(core::Bucket::idle) + 1);
static_assert(static_cast<int>(api::ROLE_ADMIN) == static_cast<int>(core::Role::admin) + 1);
static_assert(static_cast<int>(api::MEMBERSHIP_MODE_SUPERVISOR_MANAGED) ==
              static_cast<int>(core::MembershipMode::supervisor_managed) + 1);
static_assert(static_cast<int>(api::STRATEGY_RING_ALL) == static_cast<int>(core::StrategyKind::ring_all) + 1);
static_assert(static_cast<int>(api::STRATEGY_RR_ORDERED) == static_cast<int>(core::StrategyKind::rr_ordered) + 1);
static_assert(static_cast<int>(api::STRATEGY_TOP_DOWN) == static_cast<int>(core::StrategyKind::top_down) + 1);
static_assert(static_cast<int>(api::STRATEGY_AGENT_WITH_FEWEST_CALLS) ==
              static_cast<int>(core::StrategyKind::agent_with_fewest_calls) + 1);
static_assert(static_cast<int>(api::STRATEGY_RING_PROGRESSIVELY) ==
              static_cast<int>(core::StrategyKind::ring_progressively) + 1);
static_assert(static_cast<int>(api::STRATEGY_SKILL_BASED) == static_cast<int>(core::StrategyKind::skill_based) + 1);
static_assert(static_cast<int>(api::CLOSE_CAUSE_FAILED) == static_cast<int>(link::CloseCause::failed) + 1);
static_assert(static_cast<int>(api::END_CAUSE_FAILED) == static_cast<int>(link::EndCause::failed) + 1);
static_assert(static_cast<int>(api::OUTCOME_FAILED) == static_cast<int>(core::Outcome::failed) + 1);
static_assert(static_cast<int>(api::CALL_STATE_FORWARDED) == static_cast<int>(core::CallState::forwarded) + 1);
static_assert(static_cast<int>(api::OFFER_PHASE_ENDING) == static_cast<int>(core::Phase::ending) + 1);
static_assert(static_cast<int>(api::AGENT_KIND_BOT) == static_cast<int>(core::AgentKind::bot) + 1);
static_assert(static_cast<int>(api::AUTO_ANSWER_OPTIONAL) == static_cast<int>(core::AutoAnswer::optional) + 1);
static_assert(static_cast<int>(api::AVAILABILITY_MODE_FOLLOW_REACHABILITY) ==
              static_cast<int>(core::AvailabilityMode::follow_reachability) + 1);
static_assert(static_cast<int>(api::STICKY_MODE_REQUIRED) == static_cast<int>(core::StickyMode::required) + 1);
static_assert(static_cast<int>(api::OVERFLOW_WHEN_KEY) == static_cast<int>(core::OverflowWhen::key) + 1);
static_assert(static_cast<int>(api::OVERFLOW_TO_CALLBACK) == static_cast<int>(core::OverflowTo::callback) + 1);
static_assert(static_cast<int>(api::CATEGORY_SUCCESS) == static_cast<int>(core::Category::success) + 1);
static_assert(static_cast<int>(api::OFFER_VERDICT_CALL_BLOCKED) ==
              static_cast<int>(core::PassedOver::call_blocked) + 1);
static_assert(1u << (api::EMPTY_WHEN_NOBODY_LOGGED_IN - 1) == core::empty_when::nobody_logged_in);
static_assert(1u << (api::EMPTY_WHEN_PAUSED - 1) == core::empty_when::paused);
static_assert(1u << (api::EMPTY_WHEN_NOT_READY - 1) == core::empty_when::not_ready);
static_assert(1u << (api::EMPTY_WHEN_UNREACHABLE - 1) == core::empty_when::unreachable);
static_assert(1u << (api::EMPTY_WHEN_WRAPUP - 1) == core::empty_when::wrapup);
static_assert(1u << (api::EMPTY_WHEN_RINGING - 1) == core::empty_when::ringing);
static_assert(1u << (api::EMPTY_WHEN_BUSY - 1) == core::empty_when::busy);

Error unknown(const char* field, int number) {
  return {Code::invalid_argument, std::string(field) + " has the value " + std::to_string(number) +
                                      ", which this node does not know: use one of its API"};
}

template <class Core, class Api>
Result<Core> unshifted(const char* field, Api value, Api last, Core otherwise) {
  const int number = static_cast<int>(value);
  if (number == 0) return otherwise;
  if (number > 0 && number <= static_cast<int>(last)) return static_cast<Core>(number - 1);
  return unknown(field, number);
}

Result<std::uint32_t> bits_of(const char* field, const EnumNumbers& numbers, int last) {
  std::uint32_t bits = 0;
  for (const int number : numbers) {
    if (number < 1 || number > last) return unknown(field, number);
    bits |= 1u << static_cast<unsigned>(number - 1);
  }
  return bits;
}

}  // namespace

api::Status to_api(core::Status status) { return shifted<api::Status>(status); }
api::Bucket to_api(core::Bucket bucket) { return shifted<api::Bucket>(bucket); }
api::Role to_api(core::Role role) { return shifted<api::Role>(role); }
api::MembershipMode to_api(core::MembershipMode mode) { return shifted<api::MembershipMode>(mode); }
api::Strategy to_api(core::StrategyKind strategy) { return shifted<api::Strategy>(strategy); }
api::CloseCause to_api(link::CloseCause cause) { return shifted<api::CloseCause>(cause); }
api::EndCause to_api(link::EndCause cause) { return shifted<api::EndCause>(cause); }
api::Outcome to_api(core::Outcome outcome) { return shifted<api::Outcome>(outcome); }
api::CallState to_api(core::CallState state) { return shifted<api::CallState>(state); }
api::OfferPhase to_api(core::Phase phase) { return shifted<api::OfferPhase>(phase); }
api::AgentKind to_api(core::AgentKind kind) { return shifted<api::AgentKind>(kind); }
api::AutoAnswer to_api(core::AutoAnswer answer) { return shifted<api::AutoAnswer>(answer); }
api::AvailabilityMode to_api(core::AvailabilityMode mode) { return shifted<api::AvailabilityMode>(mode); }
api::StickyMode to_api(core::StickyMode mode) { return shifted<api::StickyMode>(mode); }
api::OverflowWhen to_api(core::OverflowWhen when) { return shifted<api::OverflowWhen>(when); }
api::OverflowTo to_api(core::OverflowTo to) { return shifted<api::OverflowTo>(to); }
api::Category to_api(core::Category category) { return shifted<api::Category>(category); }
api::OfferVerdict to_api(core::PassedOver verdict) { return shifted<api::OfferVerdict>(verdict); }

Result<core::Status> status_of(api::Status status) {
  if (status == api::STATUS_UNSPECIFIED)
    return Error{Code::invalid_argument, "the request names no status: give offline, not_ready, available or on_break"};
  return unshifted("status", status, api::STATUS_ON_BREAK, core::Status::offline);
}
Result<core::Role> role_of(api::Role role) { return unshifted("role", role, api::ROLE_ADMIN, core::Role::agent); }
Result<core::MembershipMode> mode_of(api::MembershipMode mode) {
  return unshifted("mode", mode, api::MEMBERSHIP_MODE_SUPERVISOR_MANAGED, core::MembershipMode::static_);
}
Result<core::StrategyKind> strategy_of(api::Strategy strategy) {
  return unshifted("strategy", strategy, api::STRATEGY_SKILL_BASED, core::StrategyKind::longest_idle_agent);
}
Result<link::CloseCause> cause_of(api::CloseCause cause, link::CloseCause otherwise) {
  return unshifted("cause", cause, api::CLOSE_CAUSE_FAILED, otherwise);
}
Result<link::EndCause> cause_of(api::EndCause cause) {
  return unshifted("cause", cause, api::END_CAUSE_FAILED, link::EndCause::failed);
}
Result<core::AgentKind> kind_of(api::AgentKind kind) {
  return unshifted("kind", kind, api::AGENT_KIND_BOT, core::AgentKind::human);
}
Result<core::AutoAnswer> auto_answer_of(api::AutoAnswer answer) {
  return unshifted("auto_answer", answer, api::AUTO_ANSWER_OPTIONAL, core::AutoAnswer::off);
}
Result<core::AvailabilityMode> availability_of(api::AvailabilityMode mode, core::AvailabilityMode otherwise) {
  return unshifted("availability", mode, api::AVAILABILITY_MODE_FOLLOW_REACHABILITY, otherwise);
}
Result<core::StickyMode> sticky_mode_of(api::StickyMode mode) {
  return unshifted("sticky.mode", mode, api::STICKY_MODE_REQUIRED, core::StickyMode::off);
}
Result<core::OverflowWhen> overflow_when_of(api::OverflowWhen when) {
  if (when == api::OVERFLOW_WHEN_UNSPECIFIED)
    return Error{Code::invalid_argument, "an overflow rule names no `when`: say what makes calls leave"};
  return unshifted("overflow.when", when, api::OVERFLOW_WHEN_KEY, core::OverflowWhen::full);
}
Result<core::OverflowTo> overflow_to_of(api::OverflowTo to) {
  return unshifted("overflow.to", to, api::OVERFLOW_TO_CALLBACK, core::OverflowTo::hang_up);
}
Result<core::Category> category_of(api::Category category) {
  return unshifted("category", category, api::CATEGORY_SUCCESS, core::Category::unsure);
}

Result<std::uint32_t> empty_when_of(const char* field, const EnumNumbers& states) {
  return bits_of(field, states, api::EMPTY_WHEN_BUSY);
}
Result<std::uint32_t> weekdays_of(const EnumNumbers& weekdays) {
  return bits_of("weekdays", weekdays, api::WEEKDAY_SUNDAY);
}
void set_bits(std::uint32_t bits, EnumNumbers& out) {
  for (int number = 1; bits != 0; ++number, bits >>= 1u)
    if ((bits & 1u) != 0) out.Add(number);
}

}  // namespace rf::node
