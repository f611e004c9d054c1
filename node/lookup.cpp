#include "node/lookup.hpp"

#include <set>
#include <string>

namespace rf::node {

namespace {

Error missing(std::string_view what) {
  return {Code::invalid_argument, "the request names no " + std::string(what) + ": give its id or key"};
}

Error unknown(std::string_view what, std::string_view text) {
  return {Code::not_found,
          "there is no " + std::string(what) + " \"" + std::string(text.substr(0, 64)) + "\": check the id or key"};
}

}  // namespace

Result<AccountId> find_account(const Directory& directory, std::string_view id_or_key) {
  if (id_or_key.empty()) return missing("account");
  if (const auto id = AccountId::of(id_or_key)) return *id;
  if (const auto id = directory.owner(core::directory::NameKind::account, std::string(id_or_key))) return *id;
  if (const auto readable = directory.readable(); !readable) return readable.error();
  return unknown("account", id_or_key);
}

Result<AgentId> find_agent(const core::Account& account, std::string_view id_or_key) {
  if (id_or_key.empty()) return missing("agent");
  if (const auto id = AgentId::of(id_or_key)) {
    const core::Agent* agent = core::find_agent(account, *id);
    if (agent == nullptr || agent->removed) return unknown("agent", id_or_key);
    return *id;
  }
  const auto found = account.index.agent_by_key.find(std::string(id_or_key));
  if (found == account.index.agent_by_key.end()) return unknown("agent", id_or_key);
  return found->second;
}

Result<QueueId> find_queue(const core::Account& account, std::string_view id_or_key) {
  if (id_or_key.empty()) return missing("queue");
  if (const auto id = QueueId::of(id_or_key)) {
    const core::Queue* queue = core::find_queue(account, *id);
    if (queue == nullptr || queue->removed) return unknown("queue", id_or_key);
    return *id;
  }
  const auto found = account.index.queue_by_key.find(std::string(id_or_key));
  if (found == account.index.queue_by_key.end()) return unknown("queue", id_or_key);
  return found->second;
}

Result<std::vector<AgentId>> find_agents(const core::Account& account, const IdTexts& ids_or_keys) {
  if (ids_or_keys.empty()) return Error{Code::invalid_argument, "the request names no agents: give their ids or keys"};
  std::vector<AgentId> found;
  std::set<AgentId> seen;
  for (const std::string& text : ids_or_keys) {
    const auto agent = find_agent(account, text);
    if (!agent) return agent.error();
    if (!seen.insert(*agent).second)
      return Error{Code::invalid_argument, "the request names agent \"" + text + "\" twice: name each once"};
    found.push_back(*agent);
  }
  return found;
}

Finders finders_in(const core::Account& account) {
  return {[&account](const std::string& text) { return find_queue(account, text); },
          [&account](const std::string& text) { return find_agent(account, text); }};
}

}  // namespace rf::node
