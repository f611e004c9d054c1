#include "core/assignment/assignment.hpp"

#include <algorithm>

namespace rf::core {

Result<void> may_switch(const Membership& membership, bool active, Asker asker) {
  if (asker == Asker::supervisor) return {};
  if (membership.mode == MembershipMode::supervisor_managed)
    return Error{Code::permission_denied, "the membership in queue " + membership.queue.text() +
                                              " is supervisor_managed: ask a supervisor to switch it"};
  if (membership.mode == MembershipMode::mandatory && !active)
    return Error{Code::permission_denied, "the membership in queue " + membership.queue.text() +
                                              " is mandatory: only a supervisor may switch it off"};
  return {};
}

Result<std::vector<QueueId>> queues_at_login(const Settings& settings, const Agent& agent,
                                             const std::vector<QueueId>& queues) {
  std::vector<QueueId> active;
  for (QueueId id : queues) {
    const auto m = std::find_if(agent.memberships.begin(), agent.memberships.end(),
                                [&](const Membership& membership) { return membership.queue == id; });
    if (m == agent.memberships.end())
      return Error{Code::not_found, "the agent has no membership in queue " + id.text() + ": add one first"};
    if (const auto allowed = may_switch(*m, true, Asker::agent); !allowed) return allowed.error();
    if (std::find(active.begin(), active.end(), id) == active.end()) active.push_back(id);
  }
  if (settings.auto_queue_login)
    for (const Membership& m : agent.memberships)
      if ((m.mode == MembershipMode::static_ || m.mode == MembershipMode::mandatory) &&
          std::find(active.begin(), active.end(), m.queue) == active.end())
        active.push_back(m.queue);
  return active;
}

}  // namespace rf::core
