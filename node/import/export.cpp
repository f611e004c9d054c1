#include "node/import/export.hpp"

#include <map>

#include "node/api/convert.hpp"

namespace rf::node {

api::AccountDefinition definition_of(const core::Account& account) {
  api::AccountDefinition out;
  out.set_id(account.id.text());
  const api::Account summary = to_api(account);
  *out.mutable_settings() = summary.settings();
  *out.mutable_numbers() = summary.numbers();
  *out.mutable_domains() = summary.domains();
  *out.mutable_trunks() = summary.trunks();
  const std::map<std::string, QueueId> queues(account.index.queue_by_key.begin(), account.index.queue_by_key.end());
  for (const auto& [key, id] : queues) *out.add_queues() = definition_of(id, core::find_queue(account, id)->config);
  const std::map<std::string, AgentId> agents(account.index.agent_by_key.begin(), account.index.agent_by_key.end());
  for (const auto& [key, id] : agents) {
    const core::Agent& agent = *core::find_agent(account, id);
    *out.add_agents() = definition_of(id, agent.config, agent.memberships);
  }
  return out;
}

}  // namespace rf::node
