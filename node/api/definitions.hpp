#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/event/fact.hpp"
#include "ringfence/v1/account.pb.h"
#include "ringfence/v1/common.pb.h"

/// What is sent, checked and with its defaults filled in. Refusals are invalid_argument and name the field, or what a finder
/// says. Pure.
namespace rf::node {

namespace api = ringfence::v1;

/// Finds the queue or agent that an id or key names.
using QueueFinder = std::function<Result<QueueId>(const std::string& id_or_key)>;
using AgentFinder = std::function<Result<AgentId>(const std::string& id_or_key)>;
struct Finders {
  QueueFinder queue;
  AgentFinder agent;
};

/// What is absent stays as `before`.
Result<core::Settings> settings_of(const api::Settings& settings, const core::Settings& before);
Result<core::QueueConfig> config_of(const api::QueueDefinition& queue, const Finders& find);
Result<core::AgentConfig> config_of(const api::AgentDefinition& agent, const Finders& find);
Result<core::Route> route_of(const api::Number& number, const Finders& find);
Result<core::Trunk> trunk_of(const api::Trunk& trunk);

Result<core::Membership> membership_of(const api::Membership& membership, const QueueFinder& find_queue);
Result<std::vector<core::Membership>> memberships_of(const api::AgentDefinition& agent, const QueueFinder& find_queue);

using ApiSkills = google::protobuf::RepeatedPtrField<api::Skill>;
/// By name; one that is named twice stays twice.
Result<core::Skills> skills_of(const char* field, const ApiSkills& skills);
using ApiAttributes = google::protobuf::RepeatedPtrField<api::Attribute>;
Result<std::vector<core::Attribute>> attributes_of(const ApiAttributes& attributes);
using ApiShifts = google::protobuf::RepeatedPtrField<api::Shift>;
Result<std::vector<core::Shift>> shifts_of(const ApiShifts& shifts);
Result<core::Disposition> disposition_of(const api::Disposition& disposition);

/// The name to give an agent's SIP user: as asked for, else the extension, else the key.
std::string username_of(const std::string& asked, const core::AgentConfig& agent);

}  // namespace rf::node
