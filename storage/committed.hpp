#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "core/directory/directory.hpp"
#include "core/state/account.hpp"
#include "storage/codec/rows.hpp"
#include "storage/fold.hpp"

namespace rf::storage {

/// One account's committed copy (R19). `mutex` guards `account` and `head`; the other two belong to the journal's side
/// that takes batches in: the seq it accepted last, and the chain hash of what it wrote last.
struct AccountCopy {
  explicit AccountCopy(AccountId id);

  const AccountId id;
  const std::uint32_t shard;
  mutable std::shared_mutex mutex;
  core::Account account;
  Hash head{};
  std::uint64_t accepted_seq = 0;
  Hash written_head{};
};

struct DirectoryCopy {
  mutable std::shared_mutex mutex;
  core::directory::Directory directory;
  Hash head{};
  std::uint64_t accepted_seq = 0;
  Hash written_head{};
};

/// The committed copies of this node's accounts and of the directory. Copies are never removed: a pointer stays good.
class Committed {
 public:
  /// Null when there is none. Any thread.
  AccountCopy* find(AccountId id) const;
  /// Made empty if missing. Any thread.
  AccountCopy& at(AccountId id);
  DirectoryCopy& directory() { return directory_; }
  const DirectoryCopy& directory() const { return directory_; }
  /// Any thread.
  void for_each(const std::function<void(AccountCopy&)>& visit) const;

  /// As the port's functions of the same name.
  core::Account load(AccountId id) const;
  core::directory::Directory load_directory() const;
  Result<void> read(AccountId id, const std::function<void(const core::Account&)>& read) const;
  std::vector<AccountId> accounts(std::uint32_t shard) const;

  /// Takes what was read from rows.
  void put(LoadedAccount loaded);
  void put(LoadedDirectory loaded);

 private:
  mutable std::shared_mutex mutex_;
  std::unordered_map<AccountId, std::unique_ptr<AccountCopy>> accounts_;
  DirectoryCopy directory_;
};

}  // namespace rf::storage
