#include "tests/storage/support/faulty_file_system.hpp"

#include <filesystem>
#include <fstream>

namespace rf::storage::test {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

IOStatus no_power() { return IOStatus::IOError("the power is off"); }

/// A directory whose sync costs nothing: what is in it counts as durable.
class UnsyncedDirectory : public rocksdb::FSDirectory {
 public:
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
};

}  // namespace

class FaultyFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(std::unique_ptr<rocksdb::FSWritableFile> file, FaultyFileSystem& files, FaultyFileSystem::State state)
      : FSWritableFileOwnerWrapper(std::move(file)), files_(files), state_(std::move(state)) {}

  IOStatus Append(const Slice& bytes, const IOOptions& options, IODebugContext* debug) override {
    if (auto status = files_.before_write(bytes.size()); !status.ok()) return status;
    auto status = target()->Append(bytes, options, debug);
    if (status.ok()) state_->size += bytes.size();
    return status;
  }
  IOStatus Append(const Slice& bytes, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(bytes, options, debug);
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    if (files_.is_off()) return no_power();
    auto status = target()->Truncate(size, options, debug);
    if (status.ok()) {
      state_->size = size;
      state_->synced = std::min(state_->synced.load(), size);
    }
    return status;
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    if (files_.is_off()) return no_power();
    return target()->Close(options, debug);
  }
  IOStatus Flush(const IOOptions& options, IODebugContext* debug) override {
    if (files_.is_off()) return no_power();
    return target()->Flush(options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    bool works = true;
    if (auto status = files_.before_sync(works); !status.ok()) return status;
    if (auto status = target()->Flush(options, debug); !status.ok()) return status;
    if (works) state_->synced = state_->size.load();
    return IOStatus::OK();
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override { return Sync(options, debug); }
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }

 private:
  FaultyFileSystem& files_;
  FaultyFileSystem::State state_;
};

FaultyFileSystem::FaultyFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

IOStatus FaultyFileSystem::before_write(std::uint64_t bytes) {
  if (off_) return no_power();
  if (--operations_left_ <= 0) {
    off_ = true;
    return no_power();
  }
  if ((bytes_left_ -= static_cast<std::int64_t>(bytes)) < 0) return IOStatus::NoSpace("the disk is full");
  return IOStatus::OK();
}

IOStatus FaultyFileSystem::before_sync(bool& works) {
  if (off_) return no_power();
  ++syncs_;
  if (--operations_left_ <= 0) {
    off_ = true;
    return no_power();
  }
  if (--syncs_left_ == 0) return IOStatus::IOError("the sync failed");
  works = !lying_;
  return IOStatus::OK();
}

FaultyFileSystem::State FaultyFileSystem::state_of(const std::string& name, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  State& state = files_[name];
  state = std::make_shared<FileState>(size);
  return state;
}

IOStatus FaultyFileSystem::NewWritableFile(const std::string& name, const FileOptions& options,
                                           std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) {
  if (off_) return no_power();
  if (bytes_left_ < 0) return IOStatus::NoSpace("the disk is full");
  std::unique_ptr<rocksdb::FSWritableFile> real;
  auto status = target()->NewWritableFile(name, options, &real, debug);
  if (status.ok()) *file = std::make_unique<FaultyFile>(std::move(real), *this, state_of(name, 0));
  return status;
}

IOStatus FaultyFileSystem::ReopenWritableFile(const std::string& name, const FileOptions& options,
                                              std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) {
  if (off_) return no_power();
  std::error_code ignored;
  const auto size = std::filesystem::exists(name) ? std::filesystem::file_size(name, ignored) : 0;
  std::unique_ptr<rocksdb::FSWritableFile> real;
  auto status = target()->ReopenWritableFile(name, options, &real, debug);
  if (status.ok()) *file = std::make_unique<FaultyFile>(std::move(real), *this, state_of(name, size));
  return status;
}

IOStatus FaultyFileSystem::NewDirectory(const std::string&, const IOOptions&,
                                        std::unique_ptr<rocksdb::FSDirectory>* directory, IODebugContext*) {
  if (off_) return no_power();
  *directory = std::make_unique<UnsyncedDirectory>();
  return IOStatus::OK();
}

IOStatus FaultyFileSystem::RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                                      IODebugContext* debug) {
  if (off_) return no_power();
  auto status = target()->RenameFile(from, to, options, debug);
  const std::lock_guard lock(mutex_);
  if (const auto it = files_.find(from); status.ok() && it != files_.end()) {
    files_[to] = it->second;
    files_.erase(from);
  }
  return status;
}

IOStatus FaultyFileSystem::DeleteFile(const std::string& name, const IOOptions& options, IODebugContext* debug) {
  if (off_) return no_power();
  {
    const std::lock_guard lock(mutex_);
    files_.erase(name);
  }
  return target()->DeleteFile(name, options, debug);
}

void FaultyFileSystem::lose_unsynced(std::mt19937_64& random) {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, state] : files_) {
    if (state->size == state->synced || !std::filesystem::exists(name)) continue;
    const std::uint64_t kept = state->synced + random() % (state->size - state->synced + 1);
    std::filesystem::resize_file(name, kept);
    if (kept == state->synced || random() % 4 != 0) continue;
    const auto at = static_cast<std::streamoff>(state->synced + random() % (kept - state->synced));
    std::fstream file(name, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const auto byte = static_cast<char>(file.get() ^ static_cast<int>(1u << (random() % 8)));
    file.seekp(at);
    file.put(byte);
  }
  files_.clear();
}

std::unique_ptr<rocksdb::Env> env_of(const std::shared_ptr<FaultyFileSystem>& files) {
  return rocksdb::NewCompositeEnv(files);
}

}  // namespace rf::storage::test
