#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace rocksdb {
class Env;
class FileLock;
}  // namespace rocksdb

namespace rf::storage::rocks {

/// Version of the directory's layout; the log's own version is log_version.
constexpr std::uint32_t directory_version = 1;

/// The files around the database: FORMAT (whose directory this is), LOCK (who has it open), mark (the durable mark),
/// db/ (RocksDB). All access goes through `env`.
class LogDirectory {
 public:
  /// Creates it if it is missing or empty, then locks it. failed_precondition: another program's directory, another
  /// layout, or in use by another process (the sentence names the lock); unavailable: the disk.
  static Result<std::unique_ptr<LogDirectory>> open(const std::string& path, rocksdb::Env& env);
  /// Neither creates nor locks nor writes; not_found, failed_precondition.
  static Result<std::unique_ptr<LogDirectory>> look_at(const std::string& path, rocksdb::Env& env);

  LogDirectory(const LogDirectory&) = delete;
  LogDirectory& operator=(const LogDirectory&) = delete;
  ~LogDirectory();

  rocksdb::Env& env() const { return env_; }
  const std::string& path() const { return path_; }
  std::string database_path() const { return path_ + "/db"; }
  std::string mark_path() const { return path_ + "/mark"; }

  /// The whole file; not_found, unavailable.
  Result<std::string> read(const std::string& name) const;
  /// Puts `content` in the file's place, on disk when it returns: the reader sees the old file or the new one.
  Result<void> replace(const std::string& name, std::string_view content) const;

 private:
  LogDirectory(std::string path, rocksdb::Env& env);
  Result<void> check_format() const;
  Result<bool> is_new() const;
  Result<void> lock();
  Result<void> create() const;

  std::string path_;
  rocksdb::Env& env_;
  rocksdb::FileLock* lock_ = nullptr;
};

}  // namespace rf::storage::rocks
