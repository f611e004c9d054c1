#include "actors/handles.hpp"

#include <utility>

namespace rf::actors {

Handles::Sent Handles::send(AccountId account, std::shared_ptr<Work> work) {
  PresenceActor actor;
  {
    const std::lock_guard lock(mutex_);
    const auto [it, missed] = desks_.try_emplace(account);
    Desk& desk = it->second;
    if (!desk.actor) {
      if (work->admission == Admission::may_refuse && desk.line.size() >= limits::uncommitted_commands_max)
        work->answer.if_dropped(Code::overloaded);
      else
        desk.line.push_back(std::move(work));
      return missed ? Sent::misses : Sent::waits;
    }
    actor = *desk.actor;
  }
  caf::anon_send(actor, Ask{std::move(work)});
  return Sent::delivered;
}

void Handles::open(AccountId account, const PresenceActor& actor) {
  while (true) {
    std::vector<std::shared_ptr<Work>> line;
    {
      const std::lock_guard lock(mutex_);
      Desk& desk = desks_[account];
      if (desk.line.empty()) {
        desk.actor = actor;
        return;
      }
      line.swap(desk.line);
    }
    for (std::shared_ptr<Work>& work : line) caf::anon_send(actor, Ask{std::move(work)});
  }
}

void Handles::hold(AccountId account) {
  const std::lock_guard lock(mutex_);
  desks_[account].actor.reset();
}

void Handles::close(AccountId account) {
  std::vector<std::shared_ptr<Work>> dropped;
  const std::lock_guard lock(mutex_);
  const auto it = desks_.find(account);
  if (it == desks_.end()) return;
  dropped.swap(it->second.line);
  desks_.erase(it);
}

std::vector<AccountId> Handles::accounts() const {
  const std::lock_guard lock(mutex_);
  std::vector<AccountId> all;
  all.reserve(desks_.size());
  for (const auto& [account, desk] : desks_) all.push_back(account);
  return all;
}

}  // namespace rf::actors
