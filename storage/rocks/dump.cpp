#include "storage/bytes.hpp"
#include "storage/chain.hpp"
#include "storage/codec/describe.hpp"
#include "storage/fold.hpp"
#include "storage/rocks/identity.hpp"
#include "storage/rocks/recovery.hpp"
#include "storage/rocks/rules.hpp"
#include "storage/rocks/verify.hpp"

namespace rf::storage::rocks {

namespace {

using Print = std::function<void(const std::string&)>;
using Part = Inspection::Part;
using Filter = Inspection::Filter;

std::string machine(AccountId account) { return account.set() ? account.text() : "directory"; }

bool wanted(const Filter& filter, AccountId account, std::uint32_t shard) {
  if (filter.account && *filter.account != account) return false;
  return !filter.shard || *filter.shard == shard;
}

std::uint32_t shard_of_machine(AccountId account) {
  return account.set() ? shard_of(account) : limits::directory_shard;
}

template <class Row>
std::string row_text(std::string_view body) {
  const Result<Row> row = decode_row<Row>(body);
  return row ? describe_row(*row) : "DAMAGED: " + row.error().what;
}

std::string row_text(RowKind kind, std::string_view body) {
  switch (kind) {
    case RowKind::meta: return row_text<MetaRow>(body);
    case RowKind::account: return row_text<AccountRow>(body);
    case RowKind::agent: return row_text<core::Agent>(body);
    case RowKind::queue: return row_text<core::Queue>(body);
    case RowKind::call: return row_text<core::Call>(body);
    case RowKind::reservation: return row_text<core::Reservation>(body);
    case RowKind::edge: return row_text<core::Edge>(body);
    case RowKind::sticky: return row_text<core::StickyEntry>(body);
    case RowKind::place: return row_text<core::KeptPlace>(body);
    case RowKind::disposition: return row_text<core::DispositionEntry>(body);
    case RowKind::name: return row_text<core::directory::Claimed>(body);
    case RowKind::secret: {
      const auto row = decode_row<SealedSecret>(body);
      return row ? describe(*row) : "DAMAGED: " + row.error().what;
    }
  }
  return "DAMAGED: an unknown kind of row";
}

void dump_fold_row(std::string_view key, std::string_view value, const Filter& filter, const Print& print) {
  const auto place = fold_key_of(key);
  if (!place) {
    print("DAMAGED: a malformed key");
  } else if (wanted(filter, place->account, place->shard)) {
    const auto body = unframed(Family::fold, key, value);
    print(machine(place->account) + " " + std::string(name_of(place->kind)) + " " +
          (body ? row_text(place->kind, *body) : "DAMAGED: " + body.error().what));
  }
}

template <class BatchType>
void print_facts(const std::string& prefix, const BatchType& batch, const Print& print) {
  for (const auto& fact : batch.facts) print(prefix + describe(fact));
}

void dump_history_record(std::string_view key, std::string_view value, const Filter& filter, const Print& print) {
  const auto place = event_key_of(key);
  if (!place) {
    print("DAMAGED: a malformed key");
    return;
  }
  if (!wanted(filter, place->account, shard_of_machine(place->account))) return;
  const std::string prefix = machine(place->account) + " ";
  const auto damaged = [&](const Error& error) {
    print(prefix + "seq " + std::to_string(place->first_seq) + " DAMAGED: " + error.what);
  };
  const auto body = unframed(Family::events, key, value);
  if (!body) return damaged(body.error());
  const auto record = event_record_of(*body);
  if (!record) return damaged(record.error());
  if (!place->account.set()) {
    const auto batch = decode_directory_batch(record->batch);
    if (!batch) return damaged(batch.error());
    return print_facts(prefix, *batch, print);
  }
  const auto batch = decode_account_batch(record->batch);
  if (!batch) return damaged(batch.error());
  print_facts(prefix, *batch, print);
  for (const CommandResult& result : batch->results) print(prefix + "result " + describe(result));
}

void dump_entry(std::string_view key, std::string_view value, const Filter& filter, const Print& print) {
  const auto place = log_key_of(key);
  if (!place) {
    print("DAMAGED: a malformed key");
    return;
  }
  if (filter.shard && *filter.shard != place->shard) return;
  const std::string where = "shard " + std::to_string(place->shard) + " index " + std::to_string(place->index);
  const auto body = unframed(Family::raftlog, key, value);
  const auto record = body ? log_record_of(*body) : Result<LogRecord>(body.error());
  const auto entry = record ? decode_entry(record->entry) : Result<Entry>(record.error());
  if (!entry) {
    print(where + " DAMAGED: " + entry.error().what);
    return;
  }
  const std::string prefix = where + " term " + std::to_string(record->term) + " ";
  const auto* of_account = std::get_if<AccountBatch>(&entry->body);
  if (filter.account && (of_account == nullptr || of_account->account != *filter.account)) return;
  if (of_account != nullptr) {
    print_facts(prefix + of_account->account.text() + " ", *of_account, print);
    for (const CommandResult& result : of_account->results)
      print(prefix + of_account->account.text() + " result " + describe(result));
    for (const SealedSecret& secret : entry->sealed)
      print(prefix + of_account->account.text() + " " + describe(secret));
  } else if (const auto* of_directory = std::get_if<DirectoryBatch>(&entry->body)) {
    print_facts(prefix + "directory ", *of_directory, print);
  } else if (const auto* start = std::get_if<EpochStart>(&entry->body)) {
    print(prefix + describe(*start));
  } else {
    print(prefix + describe(std::get<MinVersion>(entry->body)));
  }
}

void dump_result(std::string_view key, std::string_view value, const Filter& filter, const Print& print) {
  const auto place = result_key_of(key);
  if (!place) {
    print("DAMAGED: a malformed key");
    return;
  }
  if (!wanted(filter, place->account, place->shard)) return;
  const std::string prefix = place->account.text() + " " + place->command.text() + " ";
  const auto body = unframed(Family::dedupe, key, value);
  if (!body || body->size() < 8) {
    print(prefix + "DAMAGED");
    return;
  }
  const auto reply = decode_reply(body->substr(8));
  print(prefix + describe_time(static_cast<Ms>(be64_at(body->data()))) + " " +
        (reply ? describe(*reply) : "DAMAGED: " + reply.error().what));
}

Result<void> dump_meta(const Store& store, const Result<Marks>& marks, const Filter& filter, const Print& print) {
  if (const auto identity = read_identity(store)) {
    print("cluster " + text_of(identity->cluster) + " created with log version " + std::to_string(identity->version));
  } else {
    print("identity DAMAGED: " + identity.error().what);
  }
  if (!marks) print("mark DAMAGED: " + marks.error().what);
  const auto scanned = store.scan(Family::raftmeta, "", "", [&](std::string_view key, std::string_view value) {
    const auto body = unframed(Family::raftmeta, key, value);
    if (key.size() != 5 || !body || body->size() < 8) {
      print("raftmeta DAMAGED");
      return true;
    }
    const std::uint32_t shard = be32_at(key.data());
    if (filter.shard && *filter.shard != shard) return true;
    if (key[4] == 'R') {
      const Result<Rules> rules = rules_of(*body);
      print("shard " + std::to_string(shard) + " rules " + (rules ? text_of(*rules) : "DAMAGED"));
      return true;
    }
    print("shard " + std::to_string(shard) + (key[4] == 'T' ? " term " : " applied ") +
          std::to_string(be64_at(body->data())));
    if (key[4] == 'A' && marks && shard < journal_shards)
      print("shard " + std::to_string(shard) + " mark " + std::to_string((*marks)[shard].index) + " " +
            hex_of((*marks)[shard].hash));
    return true;
  });
  return scanned;
}

}  // namespace

Result<void> dump(const Store& store, const Result<Marks>& marks, Part part, const Filter& filter, const Print& print) {
  using DumpRecord = void (*)(std::string_view, std::string_view, const Filter&, const Print&);
  Family family = Family::events;
  DumpRecord record = dump_history_record;
  switch (part) {
    case Part::meta: return dump_meta(store, marks, filter, print);
    case Part::history: break;
    case Part::log:
      family = Family::raftlog;
      record = dump_entry;
      break;
    case Part::fold:
      family = Family::fold;
      record = dump_fold_row;
      break;
    case Part::results:
      family = Family::dedupe;
      record = dump_result;
      break;
  }
  return store.scan(family, "", "", [&](std::string_view key, std::string_view value) {
    record(key, value, filter, print);
    return true;
  });
}

}  // namespace rf::storage::rocks
