#include "storage/rocks/log_writer.hpp"

#include <map>
#include <set>
#include <utility>

#include "core/base/limits.hpp"
#include "storage/bytes.hpp"
#include "storage/chain.hpp"
#include "storage/errors.hpp"

namespace rf::storage::rocks {

namespace {

constexpr std::chrono::microseconds slow_sync{500};
/// The part of the last sync's time that the next one waits for company.
constexpr int gather_share = 8;

void refuse(Item& item, Error error) {
  item.kind = Item::Kind::refused;
  item.error = std::move(error);
}

}  // namespace

LogWriter::LogWriter(Store& store, const LogDirectory& directory, Committed& committed, Health& health,
                     Applier& applier, const RocksOptions& options)
    : store_(store), directory_(directory), committed_(committed), health_(health), applier_(applier),
      options_(options) {}

void LogWriter::start(const ShardLogs& logs, const Marks& marks) {
  for (std::size_t shard = 0; shard < logs.size(); ++shard) {
    terms_[shard] = logs[shard].term;
    // A broken shard gets no entry, and its mark stays what it was.
    if (!logs[shard].broken) shards_[shard] = Shard{logs[shard].term, logs[shard].last_index, logs[shard].hash};
  }
  marks_ = marks;
  accepting_ = true;
  thread_ = std::thread([this] { run(); });
}

void LogWriter::submit(Item item) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (item.kind == Item::Kind::batch || item.kind == Item::Kind::barrier)
      if (Error error = refusal_of(item); error.code != Code::ok) refuse(item, std::move(error));
    queued_bytes_ += item.entry.bytes.size();
    queue_.push_back(std::move(item));
    wake = queue_.size() == 1 || queue_.size() == wanted_;
  }
  if (wake) arrived_.notify_one();
}

Error LogWriter::refusal_of(const Item& item) {
  if (!accepting_) return stopped();
  if (const auto disk = health_.disk(); !disk) return disk.error();
  if (const auto shard = health_.shard(item.shard); !shard) return shard.error();
  if (item.kind == Item::Kind::barrier) return {};
  if (item.term != terms_[item.shard]) return not_leader(item.shard, item.term);
  std::uint64_t& accepted = item.account != nullptr ? item.account->accepted_seq : committed_.directory().accepted_seq;
  if (first_seq_of(item.batch) != accepted + 1)
    return not_next_seq(item.account != nullptr ? item.account->id.text() : "the directory", first_seq_of(item.batch),
                        accepted + 1);
  accepted = last_seq_of(item.batch);
  return {};
}

void LogWriter::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    accepting_ = false;
    stopping_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

void LogWriter::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto woken = [this] { return stopping_ || !queue_.empty(); };
    if (mark_is_behind_) {
      arrived_.wait_until(lock, mark_due_, woken);
    } else {
      arrived_.wait(lock, woken);
    }
    gather(lock);
    std::vector<Item> items = take_turn();
    const bool last = stopping_ && items.empty();
    lock.unlock();
    if (!items.empty()) make_durable(std::move(items));
    if (mark_is_behind_ && (last || Clock::now() >= mark_due_)) write_mark();
    lock.lock();
    if (last) return;
  }
}

/// Those who were just answered ask again at once: while syncs are slow, a short wait for as many as last time saves one.
void LogWriter::gather(std::unique_lock<std::mutex>& lock) {
  if (queue_.empty() || queue_.size() >= last_batches_ || last_sync_ < slow_sync) return;
  wanted_ = last_batches_;
  arrived_.wait_for(lock, last_sync_ / gather_share, [this] { return stopping_ || queue_.size() >= wanted_; });
  wanted_ = 0;
}

std::vector<Item> LogWriter::take_turn() {
  if (queued_bytes_ <= limits::turn_bytes_max) {
    queued_bytes_ = 0;
    return std::exchange(queue_, {});
  }
  std::vector<Item> turn;
  std::vector<Item> later;
  std::size_t later_bytes = 0;
  std::map<const AccountCopy*, std::size_t> taken;
  std::set<const AccountCopy*> over;
  std::set<std::uint32_t> late_shards;
  for (Item& item : queue_) {
    const std::size_t bytes = item.entry.bytes.size();
    bool waits = false;
    if (item.kind == Item::Kind::batch || item.kind == Item::Kind::refused) {
      std::size_t& sum = taken[item.account];
      waits = over.count(item.account) > 0 || (sum > 0 && sum + bytes > limits::turn_bytes_max);
      if (waits) over.insert(item.account);
      sum += bytes;
    } else {
      // A barrier speaks of everything that its shard was given before.
      waits = late_shards.count(item.shard) > 0;
    }
    if (waits) {
      late_shards.insert(item.shard);
      later_bytes += bytes;
    }
    (waits ? later : turn).push_back(std::move(item));
  }
  queue_ = std::move(later);
  queued_bytes_ = later_bytes;
  return turn;
}

void LogWriter::make_durable(std::vector<Item> items) {
  const Result<void> disk = health_.disk();
  WriteSet set(store_);
  std::size_t batches = 0;
  for (Item& item : items) {
    if (item.kind == Item::Kind::barrier) item.term = shards_[item.shard].term;
    if (item.kind != Item::Kind::batch) continue;
    if (!disk) {
      refuse(item, disk.error());
      continue;
    }
    add(item, set);
    ++batches;
  }
  if (batches > 0) {
    const auto begun = Clock::now();
    const Result<void> written = store_.write(set, Durable::now);
    last_batches_ = batches;
    last_sync_ = Clock::now() - begun;
    if (written) {
      for (std::uint32_t shard = 0; shard < journal_shards; ++shard)
        if (shards_[shard].index > marks_[shard].index) marks_[shard] = Mark{shards_[shard].index, shards_[shard].hash};
      if (!mark_is_behind_) mark_due_ = Clock::now() + std::chrono::milliseconds(options_.mark_interval_ms);
      mark_is_behind_ = true;
      if (options_.on_sync)
        options_.on_sync(batches, set.bytes(),
                         std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun));
    } else {
      // What a failed write left on disk is unknown, and trying again may say "synced" where nothing is.
      health_.fail_disk(written.error());
      for (Item& item : items)
        if (item.kind == Item::Kind::batch) refuse(item, Error{Code::unknown_outcome, written.error().what});
    }
  }
  applier_.push(std::move(items));
}

void LogWriter::add(Item& item, WriteSet& set) {
  Shard& shard = shards_[item.shard];
  item.index = ++shard.index;
  shard.hash = log_hash(shard.hash, item.term, item.index, item.entry.bytes);
  set.put(Family::raftlog, log_key(item.shard, item.index), log_body(item.term, shard.hash, item.entry.bytes));

  const AccountId account = item.account != nullptr ? item.account->id : AccountId();
  Hash& head = item.account != nullptr ? item.account->written_head : committed_.directory().written_head;
  head = next_hash(head, {item.entry.batch()});
  item.head = head;
  set.put(Family::events, event_key(account, first_seq_of(item.batch)), event_body(head, item.entry.batch()));

  if (item.account == nullptr) return;
  const auto& batch = std::get<AccountBatch>(item.batch);
  for (const CommandResult& result : batch.results) {
    std::string body;
    append_be64(body, static_cast<std::uint64_t>(batch.facts.back().ts));
    set.put(Family::dedupe, result_key(item.shard, account, result.id), body + encode_reply(result.reply));
  }
  for (const SealedSecret& secret : item.sealed) {
    const std::string key = fold_key(item.shard, account, RowKind::secret, secret.name);
    if (secret.sealed.empty()) {
      set.erase(Family::fold, key);
    } else {
      set.put(Family::fold, key, encode_row(secret));
    }
  }
}

void LogWriter::write_mark() {
  mark_is_behind_ = false;
  if (!health_.disk()) return;
  if (const auto written = write_marks(directory_, marks_); !written) {
    health_.fail_disk(written.error());
    return;
  }
  for (std::uint32_t shard = 0; shard < journal_shards; ++shard) applier_.set_marked(shard, marks_[shard].index);
}

}  // namespace rf::storage::rocks
