#include "storage/rocks/applier.hpp"

#include <algorithm>
#include <utility>

#include "storage/bytes.hpp"

namespace rf::storage::rocks {

namespace {

/// What a start may have to fold again at most, beside the time between two writes of rows.
constexpr std::size_t unwritten_batches_max = 2048;

}  // namespace

Applier::Applier(Store& store, Committed& committed, Health& health, Checkpoints& checkpoints,
                 const RocksOptions& options)
    : store_(store), committed_(committed), health_(health), checkpoints_(checkpoints), options_(options) {}

void Applier::start(const ShardLogs& logs, Journal::OnApplied on_applied, Journal::OnRole on_role) {
  for (std::size_t shard = 0; shard < logs.size(); ++shard)
    shards_[shard] = Shard{logs[shard].first_index, logs[shard].applied};
  on_applied_ = std::move(on_applied);
  on_role_ = std::move(on_role);
  thread_ = std::thread([this] { run(); });
}

void Applier::push(std::vector<Item> items) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) {
      queue_ = std::move(items);
    } else {
      std::move(items.begin(), items.end(), std::back_inserter(queue_));
    }
  }
  arrived_.notify_one();
}

void Applier::set_marked(std::uint32_t shard, std::uint64_t index) {
  marked_[shard].store(index, std::memory_order_relaxed);
}

void Applier::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

void Applier::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto woken = [this] { return stopping_ || !queue_.empty(); };
    if (unwritten_.batches > 0) {
      arrived_.wait_until(lock, unwritten_.due, woken);
    } else {
      arrived_.wait(lock, woken);
    }
    std::vector<Item> items = std::move(queue_);
    queue_.clear();
    const bool last = stopping_ && items.empty();
    lock.unlock();
    for (Item& item : items) take(item);
    if (unwritten_.batches > 0 &&
        (last || unwritten_.batches >= unwritten_batches_max || Clock::now() >= unwritten_.due))
      write_unwritten();
    lock.lock();
    if (last) return;
  }
}

void Applier::take(Item& item) {
  switch (item.kind) {
    case Item::Kind::batch: {
      fold_batch(item);
      const LogIndex at{item.shard, item.term, item.index};
      if (options_.on_committed)
        options_.on_committed(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - item.proposed));
      item.done(at);
      on_applied_(at, item.batch);
      break;
    }
    case Item::Kind::barrier: item.done(LogIndex{item.shard, item.term, shards_[item.shard].applied}); break;
    case Item::Kind::refused: item.done(item.error); break;
    case Item::Kind::role: on_role_(item.shard, item.term, item.role, item.epoch_start_ts); break;
  }
}

void Applier::fold_batch(Item& item) {
  if (unwritten_.batches++ == 0) unwritten_.due = Clock::now() + std::chrono::milliseconds(options_.rows_interval_ms);
  if (item.account != nullptr) {
    ChangedRows& changed = unwritten_.accounts[item.account];
    const std::unique_lock lock(item.account->mutex);
    fold(item.account->account, std::get<AccountBatch>(item.batch), changed);
    item.account->head = item.head;
  } else {
    DirectoryCopy& copy = committed_.directory();
    const auto& batch = std::get<DirectoryBatch>(item.batch);
    const std::unique_lock lock(copy.mutex);
    fold(copy.directory, batch);
    copy.head = item.head;
    unwritten_.directory.push_back(batch);
  }
  shards_[item.shard].applied = item.index;
  unwritten_.shards[item.shard] = true;
}

// Only this thread changes the copies, so it reads them without their locks.
void Applier::write_unwritten() {
  const Unwritten round = std::exchange(unwritten_, Unwritten());
  if (!health_.disk()) return;
  WriteSet set(store_);
  const auto writer = [&set](std::uint32_t shard, AccountId id) {
    return [&set, shard, id](RowKind kind, std::string_view row_id, const std::optional<std::string>& bytes) {
      const std::string key = fold_key(shard, id, kind, row_id);
      if (bytes) {
        set.put(Family::fold, key, *bytes);
      } else {
        set.erase(Family::fold, key);
      }
    };
  };
  for (const auto& [copy, changed] : round.accounts)
    write_rows(copy->account, copy->head, changed, writer(copy->shard, copy->id));
  const DirectoryCopy& directory = committed_.directory();
  for (const DirectoryBatch& batch : round.directory)
    write_rows(directory.directory, batch, directory.head, writer(limits::directory_shard, AccountId()));
  for (std::uint32_t shard = 0; shard < journal_shards; ++shard) {
    if (!round.shards[shard]) continue;
    std::string applied;
    append_be64(applied, shards_[shard].applied);
    set.put(Family::raftmeta, applied_key(shard), applied);
    drop_old_entries(shard, set);
  }
  if (const auto written = store_.write(set, Durable::in_order); !written) {
    health_.fail_disk(written.error());
    return;
  }
  for (const auto& [copy, changed] : round.accounts) {
    const core::Account& account = copy->account;
    checkpoints_.rows_written(copy->id, account.seq,
                              account.agents.size() + account.queues.size() + account.calls.size());
  }
}

/// In the write that moves the applied index on, so that no entry goes before its rows. Seldom: every range deleted
/// costs later scans.
void Applier::drop_old_entries(std::uint32_t shard, WriteSet& set) {
  Shard& state = shards_[shard];
  if (state.applied < state.first_index + 2 * options_.log_entries_kept) return;
  const std::uint64_t marked = marked_[shard].load(std::memory_order_relaxed);
  const std::uint64_t first = std::min(state.applied - options_.log_entries_kept, marked);
  if (first <= state.first_index) return;
  set.erase_range(Family::raftlog, log_key(shard, state.first_index), log_key(shard, first));
  state.first_index = first;
}

}  // namespace rf::storage::rocks
