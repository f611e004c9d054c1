#include "node/api/agents_change.hpp"

#include <algorithm>

#include "node/api/door.hpp"

namespace rf::node {

namespace {

/// `list` without what `is_gone`, and with `added` in place of those of the same `name`.
template <class Row, class Name, class IsGone>
void merge(std::vector<Row>& list, const std::vector<Row>& added, Name name, IsGone is_gone) {
  list.erase(std::remove_if(list.begin(), list.end(), is_gone), list.end());
  for (const Row& row : added) {
    const auto same = std::find_if(list.begin(), list.end(), [&](const Row& old) { return name(old) == name(row); });
    if (same != list.end())
      *same = row;
    else
      list.push_back(row);
  }
}

}  // namespace

Result<AgentsChange> AgentsChange::of(const api::UpdateAgentsRequest& request, const QueueFinder& find_queue) {
  Door door;
  AgentsChange out;
  if (request.has_max_concurrent()) out.max_concurrent_ = request.max_concurrent();
  if (request.has_priority()) out.priority_ = request.priority();
  if (request.has_wrapup_ms()) out.wrapup_ms_ = request.wrapup_ms();
  door.take(skills_of("set_skills", request.set_skills()), out.set_skills_);
  out.remove_skills_.insert(request.remove_skills().begin(), request.remove_skills().end());
  for (const api::Membership& membership : request.set_memberships())
    door.take(membership_of(membership, find_queue), out.set_memberships_.emplace_back());
  for (const std::string& text : request.remove_memberships()) {
    QueueId queue;
    door.take(find_queue(text), queue);
    out.remove_memberships_.insert(queue);
  }
  return door.end(std::move(out));
}

core::command::SetAgent AgentsChange::on(const core::Agent& agent) const {
  core::command::SetAgent out{agent.id, agent.config, agent.memberships};
  if (max_concurrent_) out.config.max_concurrent = *max_concurrent_;
  if (priority_) out.config.priority = *priority_;
  if (wrapup_ms_) out.config.wrapup_ms = wrapup_ms_;
  merge(
      out.config.skills, set_skills_, [](const core::Skill& skill) { return skill.name; },
      [&](const core::Skill& skill) { return remove_skills_.count(skill.name) > 0; });
  std::sort(out.config.skills.begin(), out.config.skills.end());
  merge(
      out.memberships, set_memberships_, [](const core::Membership& m) { return m.queue; },
      [&](const core::Membership& m) { return remove_memberships_.count(m.queue) > 0; });
  return out;
}

}  // namespace rf::node
