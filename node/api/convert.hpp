#pragma once
#include <vector>

#include "core/account/reply.hpp"
#include "core/state/account.hpp"
#include "node/api/enums.hpp"
#include "node/report/offer_book.hpp"
#include "ringfence/v1/account.pb.h"
#include "ringfence/v1/common.pb.h"
#include "ringfence/v1/watch.pb.h"

/// The account's rows, configuration and facts as messages of the API. Pure. Texts that came from a SIP message become valid
/// UTF-8.
namespace rf::node {

namespace api = ringfence::v1;

/// The id's text; empty where it is not set.
template <class Tag>
std::string text_or_empty(const Id<Tag>& id) {
  return id.set() ? id.text() : std::string();
}

api::Settings to_api(const core::Settings& settings);
api::Membership to_api(const core::Membership& membership);
api::Overflow to_api(const core::Overflow& rule);
api::NextStatus to_api(const core::NextStatus& next);
api::Disposition to_api(const core::Disposition& disposition);
api::Number to_api(const std::string& number, const core::Route& route);
using ApiSkills = google::protobuf::RepeatedPtrField<api::Skill>;
void add_skills(const core::Skills& skills, ApiSkills& out);
using ApiShifts = google::protobuf::RepeatedPtrField<api::Shift>;
void add_shifts(const std::vector<core::Shift>& shifts, ApiShifts& out);
using ApiAttributes = google::protobuf::RepeatedPtrField<api::Attribute>;
void add_attributes(const std::vector<core::Attribute>& attributes, ApiAttributes& out);

api::AgentDefinition definition_of(AgentId id, const core::AgentConfig& config,
                                   const std::vector<core::Membership>& memberships);
api::QueueDefinition definition_of(QueueId id, const core::QueueConfig& config);

api::Account to_api(const core::Account& account);
api::Agent to_api(const core::Account& account, const core::Agent& agent);
api::Queue to_api(const core::Account& account, const core::Queue& queue);
/// Without its place.
api::Call to_api(const core::Account& account, const core::Call& call);
/// With the ids of whom it concerns.
api::Fact to_api(const core::Fact& fact, const Concern& concern);

/// Waiting calls of the queue in the order in which they are served, ringing ones with them.
std::vector<core::Place> places_of(const core::Account& account, QueueId queue);
/// Says that the call is at that place (0: the first) of its queue, and how long that may take.
void set_place(const core::Account& account, std::size_t place, api::Call& out);
/// With its place, if it waits in a queue.
api::Call placed(const core::Account& account, const core::Call& call);

}  // namespace rf::node
