#pragma once
#include "core/account/reply.hpp"
#include "core/state/account.hpp"
#include "node/report/offer_book.hpp"
#include "ringfence/v1/account.pb.h"
#include "ringfence/v1/common.pb.h"
#include "ringfence/v1/watch.pb.h"

/// The account's rows, configuration and facts as messages of the API. Pure. Texts that came from a SIP message become valid
/// UTF-8.
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

/// The value of an enumerator of the API; `otherwise` for its UNSPECIFIED. invalid_argument names the field for a number that
/// this build does not know.
Result<core::Status> status_of(api::Status status);
Result<core::Role> role_of(api::Role role);
Result<core::MembershipMode> mode_of(api::MembershipMode mode);
Result<core::StrategyKind> strategy_of(api::Strategy strategy);
Result<link::CloseCause> cause_of(api::CloseCause cause, link::CloseCause otherwise);
Result<link::EndCause> cause_of(api::EndCause cause);

api::Settings to_api(const core::Settings& settings);
api::Membership to_api(const core::Membership& membership);
api::AgentDefinition definition_of(AgentId id, const core::AgentConfig& config,
                                   const std::vector<core::Membership>& memberships);
api::QueueDefinition definition_of(QueueId id, const core::QueueConfig& config);

api::Account to_api(const core::Account& account);
api::Agent to_api(const core::Account& account, const core::Agent& agent);
api::Queue to_api(const core::Account& account, const core::Queue& queue);
api::Call to_api(const core::Account& account, const core::Call& call);
/// With the ids of whom it concerns.
api::Fact to_api(const core::Fact& fact, const Concern& concern);

}  // namespace rf::node
