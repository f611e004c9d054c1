#include "storage/rocks/verify.hpp"

#include <map>
#include <set>

#include "storage/bytes.hpp"
#include "storage/chain.hpp"
#include "storage/codec/codec.hpp"
#include "storage/fold.hpp"
#include "storage/rocks/identity.hpp"
#include "storage/rocks/recovery.hpp"
#include "storage/rocks/rules.hpp"

namespace rf::storage::rocks {

namespace {

std::string quoted_machine(AccountId account) { return account.set() ? account.text() : "directory"; }

/// Reads everything once, family by family, and stops at the first thing that is wrong.
class Verifier {
 public:
  Verifier(const Store& store, const Result<Marks>& marks) : store_(store), marks_(marks) {}

  Inspection::Verified run(Marks* ends) {
    const bool sound =
        check_identity() && check_meta() && check_log() && check_history() && check_fold() && check_results();
    if (sound) check_marks();
    if (ends != nullptr) *ends = ends_;
    return report_;
  }

 private:
  bool broken(std::string what) {
    report_.broken = std::move(what);
    return false;
  }

  /// Visits every record of the family with its body; names the place by `where` when something is wrong.
  bool each(Family family, const std::function<std::string(std::string_view key)>& where,
            const std::function<bool(std::string_view key, std::string_view body)>& visit) {
    std::string last = "its beginning";
    const Result<void> scanned = store_.scan(family, "", "", [&](std::string_view key, std::string_view value) {
      ++report_.records;
      last = where(key);
      const Result<std::string_view> body = unframed(family, key, value);
      if (!body) return broken(last + body.error().what);
      return visit(key, *body);
    });
    if (!scanned)
      return broken("column family " + std::string(name_of(family)) + " after " + last + ": " + scanned.error().what);
    return !report_.broken;
  }

  bool check_identity() {
    const Result<Identity> identity = read_identity(store_);
    ++report_.records;
    if (!identity) return broken("identity: " + identity.error().what);
    return true;
  }

  bool check_meta() {
    return each(
        Family::raftmeta, [](std::string_view key) { return meta_place(key); },
        [&](std::string_view key, std::string_view body) {
          const std::uint32_t shard = key.size() == 5 ? be32_at(key.data()) : journal_shards;
          if (shard >= journal_shards || body.size() < 8 || (key[4] != 'T' && key[4] != 'A' && key[4] != 'R') ||
              (key[4] == 'R' && !rules_of(body)))
            return broken(meta_place(key) + "a malformed record");
          if (key[4] == 'A') applied_[shard] = be64_at(body.data());
          return true;
        });
  }
  static std::string meta_place(std::string_view key) {
    if (key.size() != 5) return "raftmeta: ";
    return "raftmeta shard " + std::to_string(be32_at(key.data())) + " " + key[4] + ": ";
  }

  bool check_log() {
    const auto where = [](std::string_view key) {
      const auto place = log_key_of(key);
      return place ? at_index(place->shard, place->index) : std::string("raftlog: ");
    };
    const bool sound = each(Family::raftlog, where, [&](std::string_view key, std::string_view body) {
      const auto place = log_key_of(key);
      if (!place || place->shard >= journal_shards) return broken("raftlog: a malformed key");
      ++report_.entries;
      return check_entry(place->shard, place->index, body);
    });
    if (!sound) return false;
    for (std::uint32_t shard = 0; shard < journal_shards; ++shard)
      if (applied_[shard] > ends_[shard].index)
        return broken(at_index(shard, ends_[shard].index + 1) + "the entry is missing, rows up to index " +
                      std::to_string(applied_[shard]) + " are there");
    return true;
  }

  bool check_entry(std::uint32_t shard, std::uint64_t index, std::string_view body) {
    Mark& end = ends_[shard];
    const Result<LogRecord> record = log_record_of(body);
    if (!record) return broken(at_index(shard, index) + record.error().what);
    const Result<Entry> entry = decode_entry(record->entry);
    if (!entry) return broken(at_index(shard, index) + entry.error().what);
    const std::string where = at_index(shard, index) + machine_of(*entry);
    if (end.index != 0 && index != end.index + 1)
      return broken(at_index(shard, end.index + 1) + "the entry is missing");
    const bool has_previous = end.index != 0 || index == 1;
    if (!has_previous && index > applied_[shard] + 1) return broken(where + "the entries before it are missing");
    if (has_previous && record->hash != log_hash(end.hash, record->term, index, record->entry))
      return broken(where + "its running hash does not follow from the entry before");
    end = Mark{index, record->hash};
    if (marks_.ok() && (*marks_)[shard].index == index) at_mark_[shard] = record->hash;
    return check_is_in_history(*entry, where);
  }

  static std::string machine_of(const Entry& entry) {
    if (const auto* batch = std::get_if<AccountBatch>(&entry.body))
      return at_seq(batch->account, batch->facts.front().seq);
    if (const auto* batch = std::get_if<DirectoryBatch>(&entry.body)) return at_seq({}, batch->facts.front().seq);
    return "";
  }

  bool check_is_in_history(const Entry& entry, const std::string& where) {
    std::string key;
    if (const auto* batch = std::get_if<AccountBatch>(&entry.body)) {
      key = event_key(batch->account, batch->facts.front().seq);
    } else if (const auto* of_directory = std::get_if<DirectoryBatch>(&entry.body)) {
      key = event_key(AccountId(), of_directory->facts.front().seq);
    } else {
      return true;
    }
    const auto stored = store_.get(Family::events, key);
    if (!stored) return broken(where + "in history: " + stored.error().what);
    if (!*stored) return broken(where + "the batch is not in history");
    const Result<EventRecord> record = event_record_of(**stored);
    if (!record || record->batch != entry.batch) return broken(where + "history holds another batch");
    return true;
  }

  bool check_history() {
    const auto where = [](std::string_view key) {
      const auto place = event_key_of(key);
      return place ? at_seq(place->account, place->first_seq) : std::string("events: ");
    };
    return each(Family::events, where, [&](std::string_view key, std::string_view body) {
      const auto place = event_key_of(key);
      if (!place) return broken("events: a malformed key");
      ++report_.batches;
      return check_batch(place->account, place->first_seq, body);
    });
  }

  bool check_batch(AccountId account, std::uint64_t first_seq, std::string_view body) {
    const auto [it, begins] = heads_.try_emplace(account);
    HistoryHead& head = it->second;
    if (begins && account.set()) ++report_.accounts;
    if (first_seq != head.seq + 1) return broken(at_seq(account, head.seq + 1) + "the history record is missing");
    const std::string where = at_seq(account, first_seq);
    const Result<EventRecord> record = event_record_of(body);
    if (!record) return broken(where + record.error().what);
    if (record->hash != next_hash(head.hash, {record->batch}))
      return broken(where + "the chain hash does not follow from the record before");
    if (account.set()) {
      const auto batch = decode_account_batch(record->batch);
      if (!batch) return broken(where + batch.error().what);
      if (batch->account != account || batch->facts.front().seq != first_seq)
        return broken(where + "the batch of another account or seq");
      head = HistoryHead{batch->facts.back().seq, record->hash};
    } else {
      const auto batch = decode_directory_batch(record->batch);
      if (!batch) return broken(where + batch.error().what);
      if (batch->facts.front().seq != first_seq) return broken(where + "the batch of another seq");
      head = HistoryHead{batch->facts.back().seq, record->hash};
    }
    return true;
  }

  bool check_fold() {
    std::set<AccountId> with_rows;
    const bool sound = each(
        Family::fold, [](std::string_view key) { return fold_place(key); },
        [&](std::string_view key, std::string_view body) {
          const auto place = fold_key_of(key);
          if (!place || place->shard >= journal_shards) return broken("fold: a malformed key");
          return check_row(key, *place, body, with_rows);
        });
    if (!sound) return false;
    for (const auto& [account, head] : heads_) {
      const std::uint32_t shard = account.set() ? shard_of(account) : limits::directory_shard;
      if (with_rows.count(account) == 0 && applied_[shard] == ends_[shard].index)
        return broken(at_seq(account, head.seq) + "there is history but no fold row");
    }
    return true;
  }
  static std::string fold_place(std::string_view key) {
    const auto place = fold_key_of(key);
    if (!place) return "fold: ";
    return "fold row " + std::string(name_of(place->kind)) + " of " + quoted_machine(place->account) + ": ";
  }

  bool check_row(std::string_view key, const FoldKey& place, std::string_view body, std::set<AccountId>& with_rows) {
    const std::uint32_t shard = place.account.set() ? shard_of(place.account) : limits::directory_shard;
    if (place.shard != shard) return broken(fold_place(key) + "a row in another shard");
    LoadedAccount account;
    LoadedDirectory directory;
    const Result<void> taken =
        place.account.set() ? account.take(place.kind, place.id, body) : directory.take(place.kind, place.id, body);
    if (!taken) return broken(fold_place(key) + taken.error().what);
    if (place.kind != RowKind::meta) return true;
    with_rows.insert(place.account);
    const std::uint64_t seq = place.account.set() ? account.account.seq : directory.directory.seq;
    const Hash& hash = place.account.set() ? account.head : directory.head;
    const auto at_head =
        store_.last_until(Family::events, event_key(place.account, seq), id_bytes(place.account.value));
    if (!at_head || !*at_head) return broken(fold_place(key) + "history has no seq " + std::to_string(seq));
    const auto head = history_head_of((*at_head)->key, (*at_head)->value);
    if (!head) return broken(head.error().what);
    if (head->seq != seq || head->hash != hash)
      return broken(fold_place(key) + "history has another hash at seq " + std::to_string(seq));
    return true;
  }

  bool check_results() {
    const auto where = [](std::string_view key) {
      const auto place = result_key_of(key);
      return place ? "stored reply of " + place->account.text() + " " + place->command.text() + ": " : "dedupe: ";
    };
    return each(Family::dedupe, where, [&](std::string_view key, std::string_view body) {
      if (!result_key_of(key) || body.size() < 8) return broken("dedupe: a malformed record");
      const auto reply = decode_reply(body.substr(8));
      if (!reply) return broken(where(key) + reply.error().what);
      return true;
    });
  }

  void check_marks() {
    if (!marks_.ok()) {
      report_.lost_tail = marks_.error().what;
      return;
    }
    for (std::uint32_t shard = 0; shard < journal_shards; ++shard) {
      const Mark& mark = (*marks_)[shard];
      if (mark.index == 0) continue;
      const std::string name = "shard " + std::to_string(shard);
      if (ends_[shard].index < mark.index) {
        report_.lost_tail = name + " ends at index " + std::to_string(ends_[shard].index) +
                            ", below its durable mark " + std::to_string(mark.index);
        return;
      }
      if (at_mark_[shard] != mark.hash) {
        report_.lost_tail = name + " index " + std::to_string(mark.index) + " is not what the durable mark saw";
        return;
      }
    }
  }

  const Store& store_;
  const Result<Marks>& marks_;
  Inspection::Verified report_;
  Marks ends_{};
  std::array<std::uint64_t, journal_shards> applied_{};
  std::array<std::optional<Hash>, journal_shards> at_mark_{};
  std::map<AccountId, HistoryHead> heads_;
};

}  // namespace

Inspection::Verified verify(const Store& store, const Result<Marks>& marks, Marks* ends) {
  return Verifier(store, marks).run(ends);
}

}  // namespace rf::storage::rocks
