#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/account/command.hpp"
#include "core/state/entities.hpp"
#include "node/api/definitions.hpp"

namespace rf::node {

/// One change of many agents (RP-7): what it does not name stays as each of them has it. Pure.
class AgentsChange {
 public:
  /// invalid_argument, or what the finder says.
  static Result<AgentsChange> of(const api::UpdateAgentsRequest& request, const QueueFinder& find_queue);
  core::command::SetAgent on(const core::Agent& agent) const;

 private:
  std::optional<std::uint32_t> max_concurrent_;
  std::optional<std::int32_t> priority_;
  std::optional<Ms> wrapup_ms_;
  core::Skills set_skills_;
  std::set<std::string> remove_skills_;
  std::vector<core::Membership> set_memberships_;
  std::set<QueueId> remove_memberships_;
};

}  // namespace rf::node
