#include "node/edge_duty.hpp"

#include <utility>

#include "core/base/limits.hpp"

namespace rf::node {

namespace {

using Change = actors::Actors::EdgeChange;

/// Whether the account has anything there that ends when the edge is lost.
bool concerned(const core::Account& account, const EdgeName& edge) {
  const core::Index& index = account.index;
  return index.edge_bindings.count(edge) > 0 || index.edge_calls.count(edge) > 0 ||
         index.edge_reservations.count(edge) > 0;
}

}  // namespace

std::vector<AccountId> accounts_with_edge(storage::Journal& journal, const EdgeName& edge) {
  std::vector<AccountId> found;
  for (std::uint32_t shard = 0; shard < limits::shards; ++shard) {
    for (const AccountId account : journal.accounts(shard)) {
      bool knows = false;
      const auto read =
          journal.read(account, [&](const core::Account& a) { knows = core::find_edge(a, edge) != nullptr; });
      if (read && knows) found.push_back(account);
    }
  }
  return found;
}

void EdgeDuty::role_changed(std::uint32_t shard, storage::RoleChange change) {
  const bool gained = change == storage::RoleChange::leader;
  if (gained) parts_.watch.epoch_started();
  {
    const std::lock_guard lock(mutex_);
    if (gained)
      gained_.insert(shard);
    else
      gained_.erase(shard);
    // A start or an election brings many: they are taken together.
    if (std::exchange(roles_due_, true)) return;
  }
  parts_.walker.post([this] { take_roles(); });
}

void EdgeDuty::take_roles() {
  std::set<std::uint32_t> gained;
  {
    const std::lock_guard lock(mutex_);
    roles_due_ = false;
    gained.swap(gained_);
  }
  parts_.hub.leading_changed();
  if (gained.empty()) return;
  const std::set<EdgeName> attached = parts_.hub.attached();
  for (const std::uint32_t shard : gained) {
    const std::vector<AccountId> accounts = parts_.journal.accounts(shard);
    // Those with a deadline soon come first (R26).
    parts_.actors.wake(accounts);
    for (const AccountId account : accounts) take_over(account, attached);
  }
  // Last: an account without work in its line is not told.
  parts_.watch.tell_anew(attached, [this](const EdgeNews& news) { tell(news); });
}

void EdgeDuty::take_over(AccountId account, const std::set<EdgeName>& attached) {
  std::vector<EdgeName> known;
  std::vector<EdgeName> expected;
  const auto read = parts_.journal.read(account, [&](const core::Account& a) {
    for (const auto& [edge, row] : a.edges) {
      known.push_back(edge);
      if (concerned(a, edge)) expected.push_back(edge);
    }
  });
  if (!read) return;
  for (const EdgeName& edge : expected) parts_.watch.expect(edge);
  for (const EdgeName& edge : known)
    if (attached.count(edge) > 0) parts_.actors.sync_edge(account, edge);
}

void EdgeDuty::attached(const EdgeName& edge, const std::shared_ptr<EdgeLine>& line, std::uint64_t epoch,
                        const std::string& boot_id, Ms clock_ms) {
  // Before the watch hears of it: the accounts have their work in line when they are told that the edge is back.
  parts_.walker.post([this, edge, line] {
    std::vector<AccountId> led;
    for (const AccountId account : accounts_with_edge(parts_.journal, edge))
      if (parts_.roles.leads(storage::shard_of(account))) led.push_back(account);
    for (const AccountId account : parts_.hub.owe_syncs(edge, line.get(), led, parts_.clock.mono_ms()))
      parts_.actors.sync_edge(account, edge);
  });
  parts_.watch.attached(edge, epoch, boot_id, clock_ms);
}

void EdgeDuty::heartbeat(const EdgeName& edge, std::uint64_t epoch, Ms clock_ms) {
  parts_.watch.heartbeat(edge, epoch, clock_ms, [this](const EdgeNews& news) { tell(news); });
}

void EdgeDuty::tick() {
  // Who leads nothing has nobody to tell, and tells anew once it does.
  if (parts_.roles.led().empty()) return;
  parts_.watch.tick([this](const EdgeNews& news) { tell(news); });
  for (const auto& [edge, account] : parts_.hub.overdue_syncs(parts_.clock.mono_ms()))
    parts_.actors.sync_edge(account, edge);
}

void EdgeDuty::tell(const EdgeNews& news) {
  parts_.walker.post([this, news] {
    if (news.change != Change::back)
      parts_.log.warn(news.change == Change::lost ? "edge_lost" : "edge_silent", {{"edge", news.edge}});
    parts_.actors.edge_change(news.edge, news.change);
    // What it still carries is compared when it comes back: a stream that stays would never ask for that.
    if (news.change == Change::lost)
      parts_.hub.give_up(news.edge, {grpc::StatusCode::ABORTED, "nothing was heard of this edge for " +
                                                                    std::to_string(limits::edge_lost_ms / second_ms) +
                                                                    " s: attach again"});
  });
}

}  // namespace rf::node
