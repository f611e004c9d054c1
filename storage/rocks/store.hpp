#pragma once
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.hpp"
#include "storage/keys.hpp"
#include "storage/rocks/log_directory.hpp"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class WriteBatch;
}  // namespace rocksdb

namespace rf::storage::rocks {

class Store;

/// Records that are written together or not at all.
class WriteSet {
 public:
  explicit WriteSet(const Store& store);
  WriteSet(const WriteSet&) = delete;
  WriteSet& operator=(const WriteSet&) = delete;
  ~WriteSet();

  void put(Family family, std::string_view key, std::string_view body);
  void erase(Family family, std::string_view key);
  /// From `first` up to but without `end`.
  void erase_range(Family family, std::string_view first, std::string_view end);

  bool empty() const;
  std::size_t bytes() const;

 private:
  friend class Store;
  const Store& store_;
  std::unique_ptr<rocksdb::WriteBatch> batch_;
};

enum class Access : std::uint8_t { read_write, read_only };
/// Whether a write is on disk when it returns, or only before every later one that is.
enum class Durable : std::uint8_t { now, in_order };

/// The open database: column families, framed records, one write-ahead log. Any thread.
class Store {
 public:
  /// Visits a record as it lies there; false ends the scan.
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;
  struct Record {
    std::string key;
    std::string value;
  };

  /// `fresh`: the database may be created. `wall_clock` ages stored replies. Errors: failed_precondition, corrupt,
  /// unavailable.
  static Result<std::unique_ptr<Store>> open(const LogDirectory& directory, Access access, bool fresh,
                                             std::function<Ms()> wall_clock);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  /// Closes the database without a flush: what is in its log is read again.
  ~Store();

  Result<void> write(WriteSet& set, Durable durable);
  /// The record's body; nothing when there is none; corrupt when its checksum does not match.
  Result<std::optional<std::string>> get(Family family, std::string_view key) const;
  /// Every record from `first` on whose key begins with `prefix`, in order. corrupt: the database found damage.
  Result<void> scan(Family family, std::string_view first, std::string_view prefix, const Visit& visit) const;
  /// The last record at or before `key` whose key begins with `prefix`.
  Result<std::optional<Record>> last_until(Family family, std::string_view key, std::string_view prefix) const;

  const std::string& path() const { return path_; }

 private:
  friend class WriteSet;
  explicit Store(std::string path);
  rocksdb::ColumnFamilyHandle* family(Family family) const { return families_[static_cast<std::size_t>(family)]; }
  Error reading_failed(const auto& status) const;

  std::string path_;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, family_count> families_{};
};

}  // namespace rf::storage::rocks
