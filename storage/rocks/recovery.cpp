#include "storage/rocks/recovery.hpp"

#include <unordered_map>

#include "core/base/plant.hpp"
#include "storage/bytes.hpp"
#include "storage/chain.hpp"
#include "storage/codec/codec.hpp"
#include "storage/errors.hpp"
#include "storage/fold.hpp"

namespace rf::storage::rocks {

namespace {

Error corrupt(std::string what) { return Error{Code::corrupt, std::move(what)}; }

/// One shard on its way from rows and entries to state.
class ShardRecovery {
 public:
  ShardRecovery(Store& store, std::uint32_t shard, const Mark& mark) : store_(store), shard_(shard), mark_(mark) {}

  Result<void> run() {
    if (auto done = read_meta(); !done) return done;
    if (auto done = read_rows(); !done) return done;
    if (auto done = read_log(); !done) return done;
    if (auto done = check_mark(); !done) return done;
    if (auto done = check_heads(); !done) return done;
    return write_changed();
  }

  const ShardLog& log() const { return log_; }
  void put_into(Committed& committed) {
    for (auto& [id, loaded] : accounts_) committed.put(std::move(loaded));
    if (shard_ == limits::directory_shard) committed.put(std::move(directory_));
  }

 private:
  Result<void> read_meta() {
    const auto term = store_.get(Family::raftmeta, term_key(shard_));
    if (!term) return term.error();
    if (*term && (*term)->size() >= 8) log_.term = be64_at((*term)->data());
    const auto applied = store_.get(Family::raftmeta, applied_key(shard_));
    if (!applied) return applied.error();
    if (*applied && (*applied)->size() >= 8) log_.applied = be64_at((*applied)->data());
    const auto rules = store_.get(Family::raftmeta, rules_key(shard_));
    if (!rules) return rules.error();
    if (!*rules) return {};
    Result<Rules> told = rules_of(**rules);
    if (!told) return told.error();
    log_.rules = std::move(*told);
    return {};
  }

  Result<void> read_rows() {
    Result<void> taken;
    const std::string prefix = fold_prefix(shard_);
    const Result<void> scanned =
        store_.scan(Family::fold, prefix, prefix, [&](std::string_view key, std::string_view value) {
          taken = take_row(key, value);
          return taken.ok();
        });
    if (!scanned) return scanned;
    if (!taken) return taken;
    for (auto& [id, loaded] : accounts_)
      if (auto finished = loaded.finish(); !finished) return corrupt(id.text() + ": " + finished.error().what);
    return {};
  }

  Result<void> take_row(std::string_view key, std::string_view value) {
    const auto place = fold_key_of(key);
    if (!place) return corrupt("a fold row with a malformed key");
    const Result<std::string_view> body = unframed(Family::fold, key, value);
    const std::string where = "fold row " + std::string(name_of(place->kind)) + " of " +
                              (place->account.set() ? place->account.text() : "the directory");
    if (!body) return corrupt(where + ": " + body.error().what);
    Result<void> taken;
    if (shard_ == limits::directory_shard) {
      taken = directory_.take(place->kind, place->id, *body);
    } else {
      LoadedAccount& loaded = accounts_[place->account];
      loaded.account.id = place->account;
      taken = loaded.take(place->kind, place->id, *body);
    }
    if (!taken) return corrupt(where + ": " + taken.error().what);
    return {};
  }

  Result<void> read_log() {
    Result<void> taken;
    const std::string prefix = log_key(shard_, 0).substr(0, 4);
    const Result<void> scanned =
        store_.scan(Family::raftlog, prefix, prefix, [&](std::string_view key, std::string_view value) {
          taken = take_entry(key, value);
          return taken.ok();
        });
    if (!scanned) return scanned;
    if (!taken) return taken;
    if (log_.applied > log_.last_index)
      return corrupt("shard " + std::to_string(shard_) + " was applied up to index " + std::to_string(log_.applied) +
                     " but its log ends at " + std::to_string(log_.last_index));
    return {};
  }

  Result<void> take_entry(std::string_view key, std::string_view value) {
    const auto place = log_key_of(key);
    if (!place) return corrupt("a log record with a malformed key");
    const std::string where = at_index(shard_, place->index);
    const Result<std::string_view> body = unframed(Family::raftlog, key, value);
    if (!body) return corrupt(where + body.error().what);
    const Result<LogRecord> record = log_record_of(*body);
    if (!record) return corrupt(where + record.error().what);
    const bool first = log_.last_index == 0;
    if (first) {
      log_.first_index = place->index;
      if (place->index > log_.applied + 1) return corrupt(where + "the entries before it are missing");
    } else if (place->index != log_.last_index + 1) {
      return corrupt(where + "the entry before it is missing");
    }
    const bool has_previous = !first || place->index == 1;
    if (has_previous && record->hash != log_hash(log_.hash, record->term, place->index, record->entry))
      return corrupt(where + "its running hash does not follow from the entry before");
    log_.last_index = place->index;
    log_.hash = record->hash;
    if (place->index == mark_.index) hash_at_mark_ = record->hash;
    if (place->index <= log_.applied) return {};
    const Result<Entry> entry = decode_entry(record->entry);
    if (!entry) return Error{entry.error().code, where + entry.error().what};
    if (auto applied = apply(*entry); !applied) return corrupt(where + applied.error().what);
    log_.applied = place->index;
    replayed_ = true;
    return {};
  }

  Result<void> apply(const Entry& entry) {
    if (const auto* batch = std::get_if<AccountBatch>(&entry.body)) return apply(*batch, entry.batch);
    if (const auto* batch = std::get_if<DirectoryBatch>(&entry.body)) return apply(*batch, entry.batch);
    return {};
  }

  Result<void> apply(const AccountBatch& batch, std::string_view bytes) {
    if (shard_of(batch.account) != shard_) return corrupt("a batch of an account of another shard");
    LoadedAccount& loaded = accounts_[batch.account];
    loaded.account.id = batch.account;
    if (batch.facts.back().seq <= loaded.account.seq) return {};
    if (batch.facts.front().seq != loaded.account.seq + 1)
      return corrupt("the batch is not the next of " + batch.account.text());
    fold(loaded.account, batch, changed_[batch.account]);
    loaded.head = next_hash(loaded.head, {bytes});
    return {};
  }

  Result<void> apply(const DirectoryBatch& batch, std::string_view bytes) {
    if (shard_ != limits::directory_shard) return corrupt("a batch of the directory in another shard");
    if (batch.facts.back().seq <= directory_.directory.seq) return {};
    if (batch.facts.front().seq != directory_.directory.seq + 1)
      return corrupt("the batch is not the directory's next");
    fold(directory_.directory, batch);
    directory_.head = next_hash(directory_.head, {bytes});
    directory_batches_.push_back(batch);
    return {};
  }

  Result<void> check_mark() const {
    if (RF_PLANT(storage_mark_unchecked) || mark_.index == 0) return {};
    if (log_.last_index < mark_.index)
      return corrupt("shard " + std::to_string(shard_) + " ends at index " + std::to_string(log_.last_index) +
                     ", below its durable mark " + std::to_string(mark_.index) +
                     ": synced entries are lost (`rf-log accept` makes what is left the log)");
    if (hash_at_mark_ != mark_.hash)
      return corrupt(at_index(shard_, mark_.index) + "the log is not the one that was synced up to the durable mark");
    return {};
  }

  /// Rows and history tell of the same head.
  Result<void> check_heads() const {
    if (shard_ == limits::directory_shard) return check_head(AccountId(), directory_.directory.seq, directory_.head);
    for (const auto& [id, loaded] : accounts_)
      if (auto checked = check_head(id, loaded.account.seq, loaded.head); !checked) return checked;
    return {};
  }

  Result<void> check_head(AccountId id, std::uint64_t seq, const Hash& hash) const {
    const auto last = store_.last_until(Family::events, event_key(id, UINT64_MAX), id_bytes(id.value));
    if (!last) return last.error();
    HistoryHead head;
    if (*last) {
      const Result<HistoryHead> read = history_head_of((*last)->key, (*last)->value);
      if (!read) return read.error();
      head = *read;
    }
    if (head.seq == seq && head.hash == hash) return {};
    return corrupt(at_seq(id, seq) + "the history ends at seq " + std::to_string(head.seq) +
                   (head.seq == seq ? " with another hash" : ""));
  }

  Result<void> write_changed() {
    if (!replayed_) return {};
    WriteSet set(store_);
    const auto writer = [&](AccountId id) {
      return [this, id, &set](RowKind kind, std::string_view row_id, const std::optional<std::string>& bytes) {
        const std::string key = fold_key(shard_, id, kind, row_id);
        if (bytes) {
          set.put(Family::fold, key, *bytes);
        } else {
          set.erase(Family::fold, key);
        }
      };
    };
    for (auto& [id, rows] : changed_) write_rows(accounts_[id].account, accounts_[id].head, rows, writer(id));
    for (const DirectoryBatch& batch : directory_batches_)
      write_rows(directory_.directory, batch, directory_.head, writer(AccountId()));
    std::string applied;
    append_be64(applied, log_.applied);
    set.put(Family::raftmeta, applied_key(shard_), applied);
    return store_.write(set, Durable::in_order);
  }

  Store& store_;
  const std::uint32_t shard_;
  const Mark mark_;
  ShardLog log_;
  std::optional<Hash> hash_at_mark_;
  bool replayed_ = false;
  std::unordered_map<AccountId, LoadedAccount> accounts_;
  std::unordered_map<AccountId, ChangedRows> changed_;
  LoadedDirectory directory_;
  std::vector<DirectoryBatch> directory_batches_;
};

Error refusal(std::uint32_t shard, const Store& store, const Error& why) {
  return Error{Code::corrupt, "shard " + std::to_string(shard) + " is not served: " + why.what + ". `rf-log verify " +
                                  store.path() +
                                  "` names the first broken record; restore the directory from a backup or a replica"};
}

}  // namespace

std::string at_index(std::uint32_t shard, std::uint64_t index) {
  return "shard " + std::to_string(shard) + " index " + std::to_string(index) + ": ";
}

std::string at_seq(AccountId account, std::uint64_t seq) {
  return (account.set() ? account.text() : std::string("directory")) + " seq " + std::to_string(seq) + ": ";
}

Result<HistoryHead> history_head_of(std::string_view key, std::string_view value) {
  const auto place = event_key_of(key);
  if (!place) return corrupt("a history record with a malformed key");
  const std::string where = at_seq(place->account, place->first_seq);
  const Result<std::string_view> body = unframed(Family::events, key, value);
  if (!body) return corrupt(where + body.error().what);
  const Result<EventRecord> record = event_record_of(*body);
  if (!record) return corrupt(where + record.error().what);
  if (!place->account.set()) {
    const Result<DirectoryBatch> batch = decode_directory_batch(record->batch);
    if (!batch) return Error{batch.error().code, where + batch.error().what};
    return HistoryHead{batch->facts.back().seq, record->hash};
  }
  const Result<AccountBatch> batch = decode_account_batch(record->batch);
  if (!batch) return Error{batch.error().code, where + batch.error().what};
  return HistoryHead{batch->facts.back().seq, record->hash};
}

Result<ShardLogs> recover(Store& store, const Marks& marks, Committed& committed) {
  ShardLogs logs;
  for (std::uint32_t shard = 0; shard < journal_shards; ++shard) {
    ShardRecovery recovery(store, shard, marks[shard]);
    const Result<void> recovered = recovery.run();
    logs[shard] = recovery.log();
    if (recovered) {
      recovery.put_into(committed);
    } else if (recovered.error().code == Code::corrupt) {
      logs[shard].broken = refusal(shard, store, recovered.error());
    } else {
      return recovered.error();
    }
  }
  return logs;
}

}  // namespace rf::storage::rocks
