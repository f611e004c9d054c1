#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

namespace rf::storage::test {

/// The real files with faults on the way. Nothing is synced for real: what counts as synced is noted, and
/// lose_unsynced() cuts every file back to that. Creating, renaming and deleting files count as durable at once.
class FaultyFileSystem : public rocksdb::FileSystemWrapper {
 public:
  FaultyFileSystem();
  const char* Name() const override { return "rf.FaultyFileSystem"; }

  /// The power goes at the n-th write or sync from now: it and everything after it fails and has no effect.
  void power_off_after(std::uint64_t operations) { operations_left_ = static_cast<std::int64_t>(operations); }
  bool is_off() const { return off_; }
  void power_off() { off_ = true; }
  /// The n-th sync from now fails once; what it should have made durable is not.
  void fail_sync_after(std::uint64_t syncs) { syncs_left_ = static_cast<std::int64_t>(syncs); }
  /// Writes fail for want of space once so many bytes were written.
  void disk_full_after(std::uint64_t bytes) { bytes_left_ = static_cast<std::int64_t>(bytes); }
  /// Syncs say that they worked and make nothing durable.
  void lie_about_syncs() { lying_ = true; }

  /// After the power went and everything was closed: each file keeps what was synced and a random part of the rest, in
  /// which a bit may be wrong.
  void lose_unsynced(std::mt19937_64& random);

  std::uint64_t syncs() const { return syncs_; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  friend class FaultyFile;
  /// RocksDB calls for one file at a time, in an order of its own that ThreadSanitizer cannot see: hence atomic.
  struct FileState {
    explicit FileState(std::uint64_t bytes) : size(bytes), synced(bytes) {}
    std::atomic<std::uint64_t> size;
    std::atomic<std::uint64_t> synced;
  };
  using State = std::shared_ptr<FileState>;

  rocksdb::IOStatus before_write(std::uint64_t bytes);
  /// Sets `works` to whether the sync makes anything durable.
  rocksdb::IOStatus before_sync(bool& works);
  State state_of(const std::string& name, std::uint64_t size);

  std::atomic<bool> off_{false};
  std::atomic<bool> lying_{false};
  std::atomic<std::int64_t> operations_left_{INT64_MAX};
  std::atomic<std::int64_t> syncs_left_{INT64_MAX};
  std::atomic<std::int64_t> bytes_left_{INT64_MAX};
  std::atomic<std::uint64_t> syncs_{0};
  std::mutex mutex_;
  std::map<std::string, State> files_;
};

/// An Env over `files`.
std::unique_ptr<rocksdb::Env> env_of(const std::shared_ptr<FaultyFileSystem>& files);

}  // namespace rf::storage::test
