#include "actors/account_index.hpp"

#include <chrono>
#include <utility>

#include "actors/presence_actor.hpp"

namespace rf::actors {

namespace {

constexpr Ms rebuild_pause_ms = 1000;

void depose(const PresenceActor& actor) { caf::anon_send<caf::message_priority::high>(actor, Depose{}); }

}  // namespace

AccountIndex::~AccountIndex() {
  for (AccountId account : setup_.handles->accounts()) setup_.handles->close(account);
  for (const auto& [account, child] : children_) depose(child.actor);
}

void AccountIndex::build(AccountId account) {
  if (children_.count(account) > 0) return;
  const std::uint32_t shard = storage::shard_of(account);
  const Role role = setup_.roles->of(shard);
  if (!role.leads) return setup_.handles->close(account);
  const PresenceActor actor = self_->spawn(presence_actor, PresenceSetup{account, shard, role, setup_.options});
  self_->monitor(actor);
  accounts_[actor.id()] = account;
  children_[account] = Child{actor, shard, role.term, setup_.options->time->mono_ms()};
  setup_.handles->open(account, actor);
}

void AccountIndex::role_changed(std::uint32_t shard) {
  const Role role = setup_.roles->of(shard);
  for (auto it = children_.begin(); it != children_.end();) {
    const auto& [account, child] = *it;
    if (child.shard != shard || (role.leads && child.term == role.term)) {
      ++it;
      continue;
    }
    setup_.handles->close(account);
    depose(child.actor);
    accounts_.erase(child.actor.id());
    it = children_.erase(it);
  }
}

void AccountIndex::down(caf::actor_id actor) {
  const auto it = accounts_.find(actor);
  if (it == accounts_.end()) return;
  const AccountId account = it->second;
  const Child& ended = children_.at(account);
  const bool same_role = setup_.roles->of(ended.shard).term == ended.term;
  const bool too_soon = same_role && setup_.options->time->mono_ms() - ended.since_mono_ms < rebuild_pause_ms;
  setup_.handles->hold(account);
  children_.erase(account);
  accounts_.erase(it);
  if (too_soon)
    self_->delayed_send(self_, std::chrono::milliseconds(rebuild_pause_ms), Build{account});
  else
    build(account);
}

IndexActor::behavior_type account_index(IndexActor::stateful_pointer<AccountIndex> self, IndexSetup setup) {
  AccountIndex& index = self->state;
  index.start(std::move(setup));
  self->set_down_handler([&index](caf::down_msg& down) { index.down(down.source.id()); });
  return {
      [&index](const Build& build) { index.build(build.account); },
      [&index](const RoleChanged& changed) { index.role_changed(changed.shard); },
      // Dropped here, it calls back on this thread.
      [](const Late&) {},
      [self](const StopAll&) { self->quit(); },
  };
}

}  // namespace rf::actors
