#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/directory/directory.hpp"
#include "process/clock.hpp"
#include "storage/journal.hpp"

namespace rf::node {

/// A name of the directory with its account; `account` is also who held a released one.
struct HeldName {
  core::directory::Name name;
  AccountId account;
};

/// What one committed batch changed, in order.
struct DirectoryChange {
  std::uint64_t version = 0;
  std::vector<HeldName> claimed;
  std::vector<HeldName> released;
};

/// Owns the directory machine on this node (R21): decides on a copy that runs ahead of the log, answers when its facts are
/// committed, and keeps the committed names for look-ups. Any thread.
class Directory {
 public:
  using Done = std::function<void(const Result<void>&)>;

  /// Both must outlive the directory.
  Directory(storage::Journal& journal, const process::Clock& clock);

  /// From Journal::OnRole of the directory's shard. Does not block.
  void on_role(std::uint64_t term, storage::RoleChange change);
  /// From Journal::OnApplied. Returns what changed.
  DirectoryChange on_applied(const storage::DirectoryBatch& batch);

  /// All names or none; durable when `done` is called. already_exists names what another account holds; unavailable: ask
  /// again.
  void claim(AccountId account, CommandId command, std::vector<core::directory::Name> names, Done done);
  /// Names that the account does not hold are passed over.
  void release(AccountId account, std::vector<core::directory::Name> names, Done done);

  /// Not ok while the committed names could not be read: then owner() finds nothing.
  Result<void> readable() const;
  /// Committed names.
  std::optional<AccountId> owner(core::directory::NameKind kind, const std::string& text) const;
  std::set<core::directory::Name> names_of(AccountId account) const;
  /// Each account with its key, by key.
  std::vector<std::pair<std::string, AccountId>> accounts() const;
  /// Everything, at `version`.
  std::vector<HeldName> all(std::uint64_t& version) const;

 private:
  void run(const core::directory::Command& command, Done done);
  void settle(std::uint64_t batch, const Result<storage::LogIndex>& result, const Done& done);

  storage::Journal& journal_;
  const process::Clock& clock_;

  /// Held while proposing, so that batches are proposed in the order decided.
  std::mutex mutex_;
  bool leads_ = false;
  std::uint64_t term_ = 0;
  core::directory::Directory ahead_;
  /// Batches proposed and answered; they are answered in order.
  std::uint64_t proposed_ = 0;
  std::uint64_t settled_ = 0;
  /// Answers that rely on a batch still in flight.
  std::multimap<std::uint64_t, Done> waiting_;
  /// A batch failed: `ahead_` holds names that the log does not.
  bool stale_ = true;

  mutable std::shared_mutex committed_mutex_;
  std::map<core::directory::Name, AccountId> committed_;
  std::map<AccountId, std::set<core::directory::Name>> by_account_;
  std::uint64_t version_ = 0;
  Result<void> readable_;
};

}  // namespace rf::node
