#pragma once
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "storage/fold.hpp"
#include "storage/rocks/log_directory.hpp"
#include "storage/rocks/store.hpp"

namespace rf::storage::rocks {

/// The state of accounts at some seqs of their past, one file each, so that a state long ago is not folded from the first
/// fact (R30). Only a cache: the files may be deleted at any time, and one that does not verify is. A thread of its own
/// copies the stored rows of an account, but for its secrets, some time after enough facts were added.
class Checkpoints {
 public:
  /// An account gets none before it has `facts_min` new facts. Both must outlive it.
  Checkpoints(const Store& store, const LogDirectory& directory, std::uint64_t facts_min);
  Checkpoints(const Checkpoints&) = delete;
  Checkpoints& operator=(const Checkpoints&) = delete;
  /// As stop().
  ~Checkpoints();

  /// Finds the files that are there, then starts the thread.
  void start();
  /// Ends the thread; what it is writing is given up.
  void stop();

  /// The account's stored rows, `rows` of them, stand at `seq` now. Any thread; never blocks on the disk.
  void rows_written(AccountId account, std::uint64_t seq, std::size_t rows);
  /// The newest kept state at or before `seq`, whose chain hash is that of the account's history. Any thread; reads the disk.
  std::optional<core::Account> newest(AccountId account, std::uint64_t seq);

  /// How many there are of the account. Any thread.
  std::size_t count(AccountId account) const;

 private:
  void run();
  /// The seq of what was written; nothing when it could not be.
  std::optional<std::uint64_t> write(AccountId account);
  Result<LoadedAccount> read(AccountId account, std::uint64_t seq) const;
  std::optional<std::uint64_t> kept_until(AccountId account, std::uint64_t seq) const;
  void drop(AccountId account, std::uint64_t seq);
  std::string path_of(AccountId account, std::uint64_t seq) const;

  const Store& store_;
  rocksdb::Env& env_;
  const std::string folder_;
  const std::uint64_t facts_min_;

  mutable std::mutex mutex_;
  std::condition_variable woken_;
  std::map<AccountId, std::set<std::uint64_t>> kept_;
  /// Up to where each account was copied last, or was to be.
  std::map<AccountId, std::uint64_t> tried_;
  std::set<AccountId> due_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace rf::storage::rocks
