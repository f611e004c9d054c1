#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/event/config.hpp"
#include "ringfence/v1/account.pb.h"
#include "ringfence/v1/common.pb.h"

/// What an administrator sends, checked and with its defaults filled in. Refusals are invalid_argument and name the field.
/// Pure.
namespace rf::node {

namespace api = ringfence::v1;

/// What is absent stays as `before`.
Result<core::Settings> settings_of(const api::Settings& settings, const core::Settings& before);
Result<core::QueueConfig> config_of(const api::QueueDefinition& queue);
Result<core::AgentConfig> config_of(const api::AgentDefinition& agent);
Result<core::Trunk> trunk_of(const api::Trunk& trunk);

/// Finds the queue that an id or key names.
using QueueFinder = std::function<Result<QueueId>(const std::string& id_or_key)>;
Result<std::vector<core::Membership>> memberships_of(const api::AgentDefinition& agent, const QueueFinder& find_queue);

/// The name to give an agent's SIP user: as asked for, else the extension, else the key.
std::string username_of(const std::string& asked, const core::AgentConfig& agent);

}  // namespace rf::node
