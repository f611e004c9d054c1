#include "storage/rocks/store.hpp"

#include <cstdarg>
#include <vector>

#include <rocksdb/cache.h>
#include <rocksdb/compaction_filter.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/rate_limiter.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include "storage/bytes.hpp"
#include "storage/errors.hpp"
#include "storage/rocks/status.hpp"

namespace rf::storage::rocks {

namespace {

constexpr std::size_t block_cache_bytes = 32u << 20;
constexpr std::size_t write_buffer_bytes = 16u << 20;
/// Bounds what a start has to read again.
constexpr std::uint64_t wal_bytes_max = 64u << 20;
constexpr std::int64_t compaction_bytes_per_second = 64 << 20;
/// Expired replies go with the next compaction, at the latest after this.
constexpr std::uint64_t dedupe_compaction_seconds = 24 * 3600;
constexpr std::size_t crc_and_ts_bytes = 4 + 8;

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

/// Drops replies that find_result no longer gives, an hour after it stopped giving them.
class DropExpiredReplies : public rocksdb::CompactionFilter {
 public:
  explicit DropExpiredReplies(Ms now) : oldest_(now - result_lifetime_ms - 3600 * second_ms) {}
  const char* Name() const override { return "rf.DropExpiredReplies"; }
  bool Filter(int, const rocksdb::Slice&, const rocksdb::Slice& value, std::string*, bool*) const override {
    return value.size() >= crc_and_ts_bytes && static_cast<Ms>(be64_at(value.data() + 4)) < oldest_;
  }

 private:
  Ms oldest_;
};

class DropExpiredRepliesFactory : public rocksdb::CompactionFilterFactory {
 public:
  explicit DropExpiredRepliesFactory(std::function<Ms()> wall_clock) : wall_clock_(std::move(wall_clock)) {}
  const char* Name() const override { return "rf.DropExpiredReplies"; }
  std::unique_ptr<rocksdb::CompactionFilter> CreateCompactionFilter(
      const rocksdb::CompactionFilter::Context&) override {
    return std::make_unique<DropExpiredReplies>(wall_clock_());
  }

 private:
  std::function<Ms()> wall_clock_;
};

/// Looking at a running node's log must not rotate its LOG file.
class NoLogger : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::DBOptions database_options(rocksdb::Env& env, bool fresh) {
  rocksdb::DBOptions options;
  options.env = &env;
  options.create_if_missing = fresh;
  options.create_missing_column_families = fresh;
  options.max_total_wal_size = wal_bytes_max;
  options.avoid_flush_during_recovery = true;
  options.avoid_flush_during_shutdown = true;
  options.allow_concurrent_memtable_write = false;
  // A torn tail is normal after a power loss. What this mode hides besides, the chains and the durable mark find.
  // It excludes recycled log files: their old records behind the tail would look like damage.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.recycle_log_file_num = 0;
  // A failed write ends the node; nothing is tried again behind our back.
  options.max_bgerror_resume_count = 0;
  options.max_background_jobs = 2;
  options.rate_limiter.reset(rocksdb::NewGenericRateLimiter(compaction_bytes_per_second));
  options.bytes_per_sync = 1u << 20;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 4;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

rocksdb::ColumnFamilyOptions family_options(Family family, const std::shared_ptr<rocksdb::Cache>& cache,
                                            const std::function<Ms()>& wall_clock) {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = write_buffer_bytes;
  options.compression = rocksdb::kNoCompression;
  // Writes wait for compaction late: a stall here would stop every account.
  options.level0_slowdown_writes_trigger = 64;
  options.level0_stop_writes_trigger = 128;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  if (family == Family::events) options.compression = rocksdb::kLZ4Compression;
  if (family == Family::dedupe) {
    options.compaction_filter_factory = std::make_shared<DropExpiredRepliesFactory>(wall_clock);
    options.periodic_compaction_seconds = dedupe_compaction_seconds;
  }
  return options;
}

}  // namespace

WriteSet::WriteSet(const Store& store) : store_(store), batch_(std::make_unique<rocksdb::WriteBatch>()) {}
WriteSet::~WriteSet() = default;

// A WriteBatch fails only beyond its size limit, and ours has none.
void WriteSet::put(Family family, std::string_view key, std::string_view body) {
  const auto added = batch_->Put(store_.family(family), slice(key), slice(framed(family, key, body)));
  RF_ASSERT(added.ok());
}
void WriteSet::erase(Family family, std::string_view key) {
  const auto added = batch_->Delete(store_.family(family), slice(key));
  RF_ASSERT(added.ok());
}
void WriteSet::erase_range(Family family, std::string_view first, std::string_view end) {
  const auto added = batch_->DeleteRange(store_.family(family), slice(first), slice(end));
  RF_ASSERT(added.ok());
}

bool WriteSet::empty() const { return batch_->Count() == 0; }
std::size_t WriteSet::bytes() const { return batch_->GetDataSize(); }

Store::Store(std::string path) : path_(std::move(path)) {}

Result<std::unique_ptr<Store>> Store::open(const LogDirectory& directory, Access access, bool fresh,
                                           std::function<Ms()> wall_clock) {
  std::unique_ptr<Store> store(new Store(directory.path()));
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (std::size_t i = 0; i < family_count; ++i) {
    const auto family = static_cast<Family>(i);
    descriptors.emplace_back(std::string(name_of(family)), family_options(family, cache, wall_clock));
  }
  rocksdb::DBOptions options = database_options(directory.env(), fresh);
  if (access == Access::read_only) options.info_log = std::make_shared<NoLogger>();
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const std::string path = directory.database_path();
  const auto opened = access == Access::read_write
                          ? rocksdb::DB::Open(options, path, descriptors, &handles, &db)
                          : rocksdb::DB::OpenForReadOnly(options, path, descriptors, &handles, &db);
  if (!opened.ok()) return error_of(opened, "opening the log in " + directory.path());
  store->db_.reset(db);
  for (std::size_t i = 0; i < family_count; ++i) store->families_[i] = handles[i];
  return store;
}

Store::~Store() {
  if (db_ == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* handle : families_) db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  db_->Close().PermitUncheckedError();
}

Error Store::reading_failed(const auto& status) const { return error_of(status, "reading the log in " + path_); }

Result<void> Store::write(WriteSet& set, Durable durable) {
  rocksdb::WriteOptions options;
  options.sync = durable == Durable::now;
  if (const auto written = db_->Write(options, set.batch_.get()); !written.ok())
    return error_of(written, "writing the log in " + path_);
  return {};
}

Result<std::optional<std::string>> Store::get(Family family, std::string_view key) const {
  rocksdb::PinnableSlice value;
  const auto status = db_->Get(rocksdb::ReadOptions(), this->family(family), slice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return reading_failed(status);
  const Result<std::string_view> body = unframed(family, key, view(value));
  if (!body) return body.error();
  return std::optional<std::string>(*body);
}

Result<void> Store::scan(Family family, std::string_view first, std::string_view prefix, const Visit& visit) const {
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(rocksdb::ReadOptions(), this->family(family)));
  for (it->Seek(slice(first)); it->Valid() && it->key().starts_with(slice(prefix)); it->Next())
    if (!visit(view(it->key()), view(it->value()))) return {};
  if (!it->status().ok()) return reading_failed(it->status());
  return {};
}

Result<std::optional<Store::Record>> Store::last_until(Family family, std::string_view key,
                                                       std::string_view prefix) const {
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(rocksdb::ReadOptions(), this->family(family)));
  it->SeekForPrev(slice(key));
  if (!it->status().ok()) return reading_failed(it->status());
  if (!it->Valid() || !it->key().starts_with(slice(prefix))) return std::optional<Record>();
  return std::optional<Record>(Record{it->key().ToString(), it->value().ToString()});
}

}  // namespace rf::storage::rocks
