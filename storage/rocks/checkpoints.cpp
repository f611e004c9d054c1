#include "storage/rocks/checkpoints.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>
#include <vector>

#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/sst_file_writer.h>

#include "storage/codec/codec.hpp"
#include "storage/rocks/recovery.hpp"
#include "storage/rocks/status.hpp"

namespace rf::storage::rocks {

namespace {

constexpr std::string_view ending = ".sst";
constexpr std::string_view unfinished = "next.new";
/// A state of many rows is dear to keep and quick to be folded on from: it comes after so many facts a row, up to a bound.
constexpr std::uint64_t facts_per_row = 10;
constexpr std::uint64_t facts_max = 100'000;

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

rocksdb::Options file_options(rocksdb::Env& env) {
  rocksdb::Options options;
  options.env = &env;
  options.compression = rocksdb::kLZ4Compression;
  return options;
}

/// "<account>-<seq>.sst".
std::optional<std::pair<AccountId, std::uint64_t>> named(std::string_view file) {
  if (!file.ends_with(ending)) return std::nullopt;
  file.remove_suffix(ending.size());
  const std::size_t dash = file.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::optional<AccountId> account = AccountId::of(file.substr(0, dash));
  const std::string_view digits = file.substr(dash + 1);
  std::uint64_t seq = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), seq);
  if (!account || read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return std::nullopt;
  return std::pair(*account, seq);
}

}  // namespace

Checkpoints::Checkpoints(const Store& store, const LogDirectory& directory, std::uint64_t facts_min)
    : store_(store), env_(directory.env()), folder_(directory.path() + "/checkpoints"), facts_min_(facts_min) {}

Checkpoints::~Checkpoints() { stop(); }

void Checkpoints::start() {
  std::vector<std::string> files;
  // No folder: none was written yet.
  env_.GetChildren(folder_, &files).PermitUncheckedError();
  for (const std::string& file : files)
    if (const auto is = named(file)) kept_[is->first].insert(is->second);
  for (const auto& [account, seqs] : kept_) tried_[account] = *seqs.rbegin();
  thread_ = std::thread([this] { run(); });
}

void Checkpoints::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_one();
  thread_.join();
}

void Checkpoints::rows_written(AccountId account, std::uint64_t seq, std::size_t rows) {
  if (seq < facts_min_) return;
  const std::uint64_t apart = std::clamp(rows * facts_per_row, facts_min_, std::max(facts_min_, facts_max));
  {
    const std::lock_guard lock(mutex_);
    std::uint64_t& tried = tried_[account];
    // A log that was cut may stand before its last one.
    if (seq >= tried && seq < tried + apart) return;
    tried = seq;
    due_.insert(account);
  }
  woken_.notify_one();
}

void Checkpoints::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    woken_.wait(lock, [this] { return stopping_ || !due_.empty(); });
    if (stopping_) return;
    const AccountId account = *due_.begin();
    due_.erase(due_.begin());
    lock.unlock();
    const std::optional<std::uint64_t> written = write(account);
    lock.lock();
    if (written) kept_[account].insert(*written);
  }
}

std::optional<std::uint64_t> Checkpoints::write(AccountId account) {
  if (!env_.CreateDirIfMissing(folder_).ok()) return std::nullopt;
  const std::string next = folder_ + "/" + std::string(unfinished);
  const std::string prefix = fold_prefix(shard_of(account), account);
  std::uint64_t seq = 0;
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), file_options(env_));
  rocksdb::Status status = writer.Open(next);
  const auto scanned = store_.scan(Family::fold, prefix, prefix, [&](std::string_view key, std::string_view value) {
    const auto place = fold_key_of(key);
    if (place && place->kind == RowKind::secret) return true;
    if (place && place->kind == RowKind::meta) {
      const auto body = unframed(Family::fold, key, value);
      const auto meta = body ? decode_row<MetaRow>(*body) : Result<MetaRow>(body.error());
      if (meta) seq = meta->seq;
    }
    if (status.ok()) status = writer.Put(slice(key), slice(value));
    const std::lock_guard lock(mutex_);
    return status.ok() && !stopping_;
  });
  if (status.ok()) status = writer.Finish();
  {
    const std::lock_guard lock(mutex_);
    if (scanned && status.ok() && seq > 0 && !stopping_)
      status = env_.RenameFile(next, path_of(account, seq));
    else
      seq = 0;
  }
  if (seq == 0 || !status.ok()) {
    env_.DeleteFile(next).PermitUncheckedError();
    return std::nullopt;
  }
  return seq;
}

Result<LoadedAccount> Checkpoints::read(AccountId account, std::uint64_t seq) const {
  const auto broken = [] { return Error{Code::corrupt, "a checkpoint that does not verify"}; };
  rocksdb::SstFileReader reader(file_options(env_));
  if (!reader.Open(path_of(account, seq)).ok()) return broken();
  LoadedAccount loaded;
  loaded.account.id = account;
  const std::unique_ptr<rocksdb::Iterator> it(reader.NewIterator(rocksdb::ReadOptions()));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    const auto place = fold_key_of(view(it->key()));
    const auto body = unframed(Family::fold, view(it->key()), view(it->value()));
    if (!place || place->account != account || !body) return broken();
    if (!loaded.take(place->kind, place->id, *body)) return broken();
  }
  if (!it->status().ok() || !loaded.finish() || loaded.account.seq != seq) return broken();
  return loaded;
}

std::optional<core::Account> Checkpoints::newest(AccountId account, std::uint64_t seq) {
  while (const std::optional<std::uint64_t> kept = kept_until(account, seq)) {
    Result<LoadedAccount> loaded = read(account, *kept);
    const auto record = store_.last_until(Family::events, event_key(account, *kept), id_bytes(account.value));
    if (loaded && record && *record) {
      const Result<HistoryHead> head = history_head_of((*record)->key, (*record)->value);
      if (head && head->seq == *kept && head->hash == loaded->head) return std::move(loaded->account);
    }
    drop(account, *kept);
  }
  return std::nullopt;
}

std::size_t Checkpoints::count(AccountId account) const {
  const std::lock_guard lock(mutex_);
  const auto of = kept_.find(account);
  return of == kept_.end() ? 0 : of->second.size();
}

std::optional<std::uint64_t> Checkpoints::kept_until(AccountId account, std::uint64_t seq) const {
  const std::lock_guard lock(mutex_);
  const auto of = kept_.find(account);
  if (of == kept_.end()) return std::nullopt;
  const auto after = of->second.upper_bound(seq);
  if (after == of->second.begin()) return std::nullopt;
  return *std::prev(after);
}

void Checkpoints::drop(AccountId account, std::uint64_t seq) {
  const std::lock_guard lock(mutex_);
  kept_[account].erase(seq);
  env_.DeleteFile(path_of(account, seq)).PermitUncheckedError();
}

std::string Checkpoints::path_of(AccountId account, std::uint64_t seq) const {
  return folder_ + "/" + account.text() + "-" + std::to_string(seq) + std::string(ending);
}

}  // namespace rf::storage::rocks
