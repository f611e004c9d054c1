#pragma once
#include <array>
#include <memory>
#include <string>

#include "storage/rocks_journal.hpp"
#include "tests/storage/support/faulty_file_system.hpp"
#include "tests/storage/support/waiting.hpp"

namespace rf::storage::test {

inline SealKey test_key() { return SealKey(std::array<std::uint8_t, 32>{1, 2, 3}); }

/// A RocksJournal on a directory, over files that can fail, with what it said of its roles.
class NodeLog {
 public:
  explicit NodeLog(std::string directory);
  /// The files stay usable after the journal is gone.
  ~NodeLog();

  /// Change before start().
  RocksOptions options;
  FaultyFileSystem& files() { return *files_; }

  Result<void> start();
  void stop() { journal_.reset(); }
  RocksJournal& journal() { return *journal_; }
  std::uint64_t term(std::uint32_t shard) const;
  RoleChange role(std::uint32_t shard) const;

  /// Proposes and waits for the answer.
  Result<LogIndex> propose(AccountBatch batch);
  Result<LogIndex> barrier(std::uint32_t shard);

 private:
  struct Role {
    std::uint64_t term = 0;
    RoleChange change = RoleChange::follower;
  };
  std::shared_ptr<FaultyFileSystem> files_ = std::make_shared<FaultyFileSystem>();
  std::unique_ptr<rocksdb::Env> env_ = env_of(files_);
  mutable std::mutex mutex_;
  std::array<Role, 65> roles_{};
  std::unique_ptr<RocksJournal> journal_;
};

}  // namespace rf::storage::test
