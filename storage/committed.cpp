#include "storage/committed.hpp"

#include <algorithm>

namespace rf::storage {

AccountCopy::AccountCopy(AccountId account_id) : id(account_id), shard(shard_of(account_id)) {
  account.id = account_id;
}

AccountCopy* Committed::find(AccountId id) const {
  const std::shared_lock lock(mutex_);
  const auto it = accounts_.find(id);
  return it == accounts_.end() ? nullptr : it->second.get();
}

AccountCopy& Committed::at(AccountId id) {
  if (AccountCopy* copy = find(id)) return *copy;
  const std::unique_lock lock(mutex_);
  std::unique_ptr<AccountCopy>& copy = accounts_[id];
  if (copy == nullptr) copy = std::make_unique<AccountCopy>(id);
  return *copy;
}

void Committed::for_each(const std::function<void(AccountCopy&)>& visit) const {
  const std::shared_lock lock(mutex_);
  for (const auto& [id, copy] : accounts_) visit(*copy);
}

core::Account Committed::load(AccountId id) const {
  core::Account account;
  account.id = id;
  if (const AccountCopy* copy = find(id)) {
    const std::shared_lock lock(copy->mutex);
    account = copy->account;
  }
  return account;
}

core::directory::Directory Committed::load_directory() const {
  const std::shared_lock lock(directory_.mutex);
  return directory_.directory;
}

Result<void> Committed::read(AccountId id, const std::function<void(const core::Account&)>& read) const {
  if (const AccountCopy* copy = find(id)) {
    const std::shared_lock lock(copy->mutex);
    if (copy->account.seq != 0) {
      read(copy->account);
      return {};
    }
  }
  return Error{Code::not_found, "there is no account " + id.text() + ": check the id"};
}

std::vector<AccountId> Committed::accounts(std::uint32_t shard) const {
  struct Found {
    bool idle = false;
    Ms deadline = 0;
    AccountId id;
    auto operator<=>(const Found&) const = default;
  };
  std::vector<Found> found;
  for_each([&](const AccountCopy& copy) {
    if (copy.shard != shard) return;
    const std::shared_lock lock(copy.mutex);
    if (copy.account.seq != 0)
      found.push_back({copy.account.calls.empty(), core::next_deadline(copy.account), copy.id});
  });
  std::sort(found.begin(), found.end());
  std::vector<AccountId> ids;
  for (const Found& one : found) ids.push_back(one.id);
  return ids;
}

void Committed::put(LoadedAccount loaded) {
  AccountCopy& copy = at(loaded.account.id);
  const std::unique_lock lock(copy.mutex);
  copy.account = std::move(loaded.account);
  copy.head = copy.written_head = loaded.head;
  copy.accepted_seq = copy.account.seq;
}

void Committed::put(LoadedDirectory loaded) {
  const std::unique_lock lock(directory_.mutex);
  directory_.directory = std::move(loaded.directory);
  directory_.head = directory_.written_head = loaded.head;
  directory_.accepted_seq = directory_.directory.seq;
}

}  // namespace rf::storage
