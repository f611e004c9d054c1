#include <map>

#include "core/account/apply.hpp"
#include "storage/chain.hpp"
#include "storage/codec/codec.hpp"
#include "storage/codec/describe.hpp"
#include "storage/fold.hpp"
#include "storage/rocks/recovery.hpp"
#include "storage/rocks/verify.hpp"

namespace rf::storage::rocks {

namespace {

using Rows = std::map<std::string, std::string>;

/// Folds one machine after the other: history is ordered by account.
class Replay {
 public:
  explicit Replay(const Store& store) : store_(store) {}

  Result<Inspection::Replayed> run() {
    Result<void> taken;
    const Result<void> scanned = store_.scan(Family::events, "", "", [&](std::string_view key, std::string_view value) {
      taken = take(key, value);
      return taken.ok() && !report_.different;
    });
    if (!scanned) return scanned.error();
    if (!taken) return taken.error();
    if (started_ && !report_.different)
      if (auto compared = compare(); !compared) return compared.error();
    return report_;
  }

 private:
  Result<void> take(std::string_view key, std::string_view value) {
    const auto place = event_key_of(key);
    if (!place) return Error{Code::corrupt, "a history record with a malformed key"};
    if (!started_ || place->account != account_.id) {
      if (started_) {
        if (auto compared = compare(); !compared) return compared;
      }
      if (auto begun = begin(place->account); !begun) return begun;
    }
    const auto wrong = [&](const std::string& what) {
      return Error{Code::corrupt, at_seq(place->account, place->first_seq) + what};
    };
    const auto body = unframed(Family::events, key, value);
    if (!body) return wrong(body.error().what);
    const auto record = event_record_of(*body);
    if (!record) return wrong(record.error().what);
    return account_.id.set() ? take_account_batch(*record, wrong) : take_directory_batch(*record, wrong);
  }

  /// The stored rows of the machine, and the seq they stand at.
  Result<void> begin(AccountId id) {
    started_ = true;
    account_ = core::Account();
    account_.id = id;
    directory_ = core::directory::Directory();
    last_ts_ = 0;
    head_ = Hash{};
    stored_.clear();
    stored_seq_ = 0;
    const std::uint32_t shard = id.set() ? shard_of(id) : limits::directory_shard;
    const std::string prefix = fold_prefix(shard, id);
    Result<void> read;
    const auto scanned = store_.scan(Family::fold, prefix, prefix, [&](std::string_view key, std::string_view value) {
      const auto place = fold_key_of(key);
      const auto body = unframed(Family::fold, key, value);
      if (!place || !body) {
        read = Error{Code::corrupt, "a damaged fold row of " + (id.set() ? id.text() : std::string("the directory"))};
        return false;
      }
      if (place->kind == RowKind::secret) return true;
      stored_[row_name(place->kind, place->id)] = *body;
      if (place->kind == RowKind::meta)
        if (const auto meta = decode_row<MetaRow>(*body)) stored_seq_ = meta->seq;
      return true;
    });
    if (!scanned) return scanned;
    return read;
  }

  Result<void> take_account_batch(const EventRecord& record, const auto& wrong) {
    const auto batch = decode_account_batch(record.batch);
    if (!batch) return wrong(batch.error().what);
    if (batch->account != account_.id) return wrong("the batch of another account");
    // Rows may lag behind history after a crash; the next start brings them up.
    if (batch->facts.back().seq > stored_seq_) return {};
    if (batch->facts.front().seq != account_.seq + 1) return wrong("the history record before it is missing");
    ChangedRows ignored;
    fold(account_, *batch, ignored);
    head_ = next_hash(head_, {record.batch});
    report_.facts += batch->facts.size();
    return {};
  }

  Result<void> take_directory_batch(const EventRecord& record, const auto& wrong) {
    const auto batch = decode_directory_batch(record.batch);
    if (!batch) return wrong(batch.error().what);
    if (batch->facts.back().seq > stored_seq_) return {};
    if (batch->facts.front().seq != directory_.seq + 1) return wrong("the history record before it is missing");
    fold(directory_, *batch);
    last_ts_ = batch->facts.back().ts;
    head_ = next_hash(head_, {record.batch});
    report_.facts += batch->facts.size();
    return {};
  }

  Result<void> compare() {
    if (account_.id.set()) ++report_.accounts;
    Rows folded;
    const RowWriter collect = [&](RowKind kind, std::string_view id, const std::optional<std::string>& bytes) {
      folded[row_name(kind, id)] = *bytes;
    };
    const std::uint64_t seq = account_.id.set() ? account_.seq : directory_.seq;
    if (seq == 0) return {};
    if (account_.id.set()) {
      write_rows(account_, head_, all_rows(account_), collect);
    } else {
      write_rows(directory_, last_ts_, head_, collect);
    }
    // An account none of whose facts touched its own row has none stored.
    if (stored_.count(row_name(RowKind::account, "")) == 0) folded.erase(row_name(RowKind::account, ""));
    report_.rows += folded.size();
    for (const auto& [name, bytes] : folded) {
      const auto it = stored_.find(name);
      if (it == stored_.end()) return differs(name, "is not stored");
      if (it->second != bytes) return differs(name, "is stored with another content");
    }
    for (const auto& [name, bytes] : stored_)
      if (folded.count(name) == 0) return differs(name, "is stored and should not be");
    return {};
  }

  Result<void> differs(const std::string& name, const std::string& how) {
    const std::string machine = account_.id.set() ? account_.id.text() : "directory";
    report_.different = machine + " at seq " + std::to_string(stored_seq_) + ": the row " + name + " " + how;
    return {};
  }

  static std::string row_name(RowKind kind, std::string_view id) {
    std::string name(name_of(kind));
    if (id.empty()) return name;
    switch (kind) {
      case RowKind::edge: return name + " " + std::string(id);
      case RowKind::sticky:
      case RowKind::place: return name + " " + quoted(id);
      case RowKind::name: return name + " " + std::string(id.substr(1));
      default: return name + " " + (id.size() == 16 ? text_of(ulid_at(id)) : std::string(id));
    }
  }

  const Store& store_;
  Inspection::Replayed report_;
  bool started_ = false;
  core::Account account_;
  core::directory::Directory directory_;
  Ms last_ts_ = 0;
  Hash head_{};
  Rows stored_;
  std::uint64_t stored_seq_ = 0;
};

}  // namespace

Result<Inspection::Replayed> replay(const Store& store) { return Replay(store).run(); }

}  // namespace rf::storage::rocks
