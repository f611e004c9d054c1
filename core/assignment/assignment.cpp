#include "core/assignment/assignment.hpp"

#include <algorithm>

namespace rf::core {

namespace {

bool is_of_admin(const Membership& m) {
  return m.mode == MembershipMode::static_ || m.mode == MembershipMode::mandatory;
}

void add(std::vector<QueueId>& queues, QueueId queue) {
  if (std::find(queues.begin(), queues.end(), queue) == queues.end()) queues.push_back(queue);
}

}  // namespace

Result<void> may_switch(const Membership& membership, bool active, Asker asker) {
  if (asker == Asker::supervisor) return {};
  if (membership.mode == MembershipMode::supervisor_managed)
    return Error{Code::permission_denied, "the membership in queue " + membership.queue.text() +
                                              " is supervisor_managed: ask a supervisor to switch it"};
  if (membership.locked)
    return Error{Code::permission_denied, "the membership in queue " + membership.queue.text() +
                                              " is locked by a supervisor: ask a supervisor to switch it"};
  if (membership.mode == MembershipMode::mandatory && !active)
    return Error{Code::permission_denied, "the membership in queue " + membership.queue.text() +
                                              " is mandatory: only a supervisor may switch it off"};
  return {};
}

bool active_always(const Membership& m) { return m.locked ? m.active : is_of_admin(m); }

std::vector<QueueId> queues_always(const Agent& agent) {
  std::vector<QueueId> active;
  for (const Membership& m : agent.memberships)
    if (active_always(m)) add(active, m.queue);
  return active;
}

Result<std::vector<QueueId>> queues_at_login(const Settings& settings, const Agent& agent,
                                             const std::vector<QueueId>& queues) {
  std::vector<QueueId> active;
  for (QueueId id : queues) {
    const Membership* m = find_membership(agent, id);
    if (m == nullptr)
      return Error{Code::not_found, "the agent has no membership in queue " + id.text() + ": add one first"};
    if (m->locked && m->active) continue;
    if (const auto allowed = may_switch(*m, true, Asker::agent); !allowed) return allowed.error();
    add(active, id);
  }
  for (const Membership& m : agent.memberships)
    if (m.locked ? m.active : settings.auto_queue_login && is_of_admin(m)) add(active, m.queue);
  return active;
}

}  // namespace rf::core
