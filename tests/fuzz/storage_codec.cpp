// Everything that is read back from disk. Encoding is canonical: what decodes must be written as the same bytes again, but for
// the log version, which is this build's.
#include "core/base/assert.hpp"
#include "storage/bytes.hpp"
#include "storage/codec/codec.hpp"
#include "storage/codec/describe.hpp"
#include "storage/crc32c.hpp"
#include "storage/keys.hpp"
#include "storage/rocks/mark.hpp"
#include "storage/seal.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/storage/support/random_values.hpp"
#include "tests/storage/support/versions.hpp"

namespace rf::fuzz {
namespace {

using namespace storage;

enum class Way : std::uint8_t {
  entry,
  account_batch,
  directory_batch,
  reply,
  meta,
  account,
  secret,
  agent,
  queue,
  call,
  reservation,
  edge,
  name,
  keys,
  record,
  marks,
  sticky,
  place,
  disposition,
  count,
};

template <class T>
void refused_with_sentence(const Result<T>& result) {
  RF_ASSERT(!result.error().what.empty());
  RF_ASSERT(result.error().code == Code::corrupt || result.error().code == Code::failed_precondition);
}

void describe_facts(const auto& batch) {
  for (const auto& fact : batch.facts) RF_ASSERT(!describe(fact).empty());
}

std::string encoded(const Entry& entry) {
  if (const auto* batch = std::get_if<AccountBatch>(&entry.body)) {
    describe_facts(*batch);
    for (const CommandResult& result : batch->results) describe(result);
    for (const SealedSecret& secret : entry.sealed) describe(secret);
    return encode_entry(*batch, entry.sealed).bytes;
  }
  if (const auto* batch = std::get_if<DirectoryBatch>(&entry.body)) {
    describe_facts(*batch);
    return encode_entry(*batch).bytes;
  }
  if (const auto* start = std::get_if<EpochStart>(&entry.body)) {
    describe(*start);
    return encode_entry(*start).bytes;
  }
  return encode_entry(std::get<MinVersion>(entry.body)).bytes;
}

void read_entry(std::string_view bytes) {
  const auto entry = decode_entry(bytes);
  if (!entry) return refused_with_sentence(entry);
  RF_ASSERT(encoded(*entry) == test::in_this_version(bytes, entry->batch));
}

void read_account_batch(std::string_view bytes) {
  const auto batch = decode_account_batch(bytes);
  if (!batch) return refused_with_sentence(batch);
  RF_ASSERT(encode_entry(*batch, {}).batch() == test::in_this_version(bytes, {}));
}

void read_directory_batch(std::string_view bytes) {
  const auto batch = decode_directory_batch(bytes);
  if (!batch) return refused_with_sentence(batch);
  RF_ASSERT(encode_entry(*batch).batch() == test::in_this_version(bytes, {}));
}

void read_reply(std::string_view bytes) {
  const auto reply = decode_reply(bytes);
  if (!reply) return refused_with_sentence(reply);
  describe(*reply);
  RF_ASSERT(encode_reply(*reply) == bytes);
}

template <class Row>
void read_row(std::string_view bytes) {
  const auto row = decode_row<Row>(bytes);
  if (!row) return refused_with_sentence(row);
  if constexpr (std::is_same_v<Row, SealedSecret>)
    describe(*row);
  else
    describe_row(*row);
  RF_ASSERT(encode_row(*row) == bytes);
}

const SealKey& seal_key() {
  static constexpr std::array<std::uint8_t, 32> bytes{1, 2, 3};
  static const SealKey key(bytes);
  return key;
}

/// Nobody has the key but we: what we did not seal does not open.
void read_secret(std::string_view bytes) {
  read_row<SealedSecret>(bytes);
  const auto secret = decode_row<SealedSecret>(bytes);
  if (secret) RF_ASSERT(!seal_key().open(AccountId(Ulid{1, 1}), *secret).ok());
}

void read_keys(std::string_view bytes) {
  if (const auto key = log_key_of(bytes)) RF_ASSERT(log_key(key->shard, key->index) == bytes);
  if (const auto key = fold_key_of(bytes)) RF_ASSERT(fold_key(key->shard, key->account, key->kind, key->id) == bytes);
  if (const auto key = event_key_of(bytes)) RF_ASSERT(event_key(key->account, key->first_seq) == bytes);
  if (const auto key = result_key_of(bytes)) RF_ASSERT(result_key(key->shard, key->account, key->command) == bytes);
}

void read_record(std::string_view bytes) {
  if (const auto body = unframed(Family::events, "key", bytes); !body) refused_with_sentence(body);
  const std::string value = framed(Family::raftlog, "key", bytes);
  RF_ASSERT(unframed(Family::raftlog, "key", value).value() == bytes);
  if (const auto record = log_record_of(bytes)) RF_ASSERT(log_body(record->term, record->hash, record->entry) == bytes);
  if (const auto record = event_record_of(bytes)) RF_ASSERT(event_body(record->hash, record->batch) == bytes);
}

/// As it is, and once more with the checksum that no chance finds.
void read_marks(std::string_view bytes) {
  const auto marks = rocks::decode_marks(bytes);
  if (marks)
    RF_ASSERT(rocks::encode_marks(*marks) == bytes);
  else
    refused_with_sentence(marks);
  if (bytes.size() < 4) return;
  std::string right(bytes.substr(0, bytes.size() - 4));
  append_be32(right, crc32c(right, 0));
  if (const auto read = rocks::decode_marks(right)) RF_ASSERT(rocks::encode_marks(*read) == right);
}

std::string seed(Way way, std::string_view bytes) { return chosen(static_cast<std::uint8_t>(way), bytes); }

template <class Row>
void add_rows(std::vector<std::string>& out, test::RandomValues& random, Way way) {
  for (int i = 0; i < 2; ++i) out.push_back(seed(way, encode_row(random.make<Row>())));
}

}  // namespace

void run(std::string_view input) {
  const auto [way, bytes] = choice_of(input, static_cast<std::uint8_t>(Way::count));
  switch (static_cast<Way>(way)) {
    case Way::entry: return read_entry(bytes);
    case Way::account_batch: return read_account_batch(bytes);
    case Way::directory_batch: return read_directory_batch(bytes);
    case Way::reply: return read_reply(bytes);
    case Way::meta: return read_row<MetaRow>(bytes);
    case Way::account: return read_row<AccountRow>(bytes);
    case Way::secret: return read_secret(bytes);
    case Way::agent: return read_row<core::Agent>(bytes);
    case Way::queue: return read_row<core::Queue>(bytes);
    case Way::call: return read_row<core::Call>(bytes);
    case Way::reservation: return read_row<core::Reservation>(bytes);
    case Way::edge: return read_row<core::Edge>(bytes);
    case Way::name: return read_row<core::directory::Claimed>(bytes);
    case Way::keys: return read_keys(bytes);
    case Way::record: return read_record(bytes);
    case Way::marks: return read_marks(bytes);
    case Way::sticky: return read_row<core::StickyEntry>(bytes);
    case Way::place: return read_row<core::KeptPlace>(bytes);
    case Way::disposition: return read_row<core::DispositionEntry>(bytes);
    case Way::count: break;
  }
}

std::vector<std::string> seeds() {
  test::RandomValues random(1);
  std::vector<std::string> out;
  for (std::size_t type = 0; type < std::variant_size_v<core::fact::Body>; ++type) {
    AccountBatch batch = random.batch(1);
    const std::uint64_t seq = batch.facts.front().seq;
    batch.facts = {random.fact(type)};
    batch.facts.front().seq = seq;
    const EncodedEntry entry = encode_entry(batch, {});
    out.push_back(seed(Way::entry, entry.bytes));
    out.push_back(seed(Way::account_batch, entry.batch()));
    std::string older(entry.batch());
    older[1] = 1;
    out.push_back(seed(Way::account_batch, older));
  }
  const std::vector<SealedSecret> sealed = {random.make<SealedSecret>()};
  out.push_back(seed(Way::entry, encode_entry(random.batch(3), sealed).bytes));
  out.push_back(seed(Way::entry, encode_entry(EpochStart{"node-1", 1}).bytes));
  out.push_back(seed(Way::entry, encode_entry(EpochStart{"", INT64_MIN}).bytes));
  out.push_back(seed(Way::entry, encode_entry(MinVersion{1}).bytes));
  add_rows<MetaRow>(out, random, Way::meta);
  add_rows<AccountRow>(out, random, Way::account);
  add_rows<SealedSecret>(out, random, Way::secret);
  add_rows<core::Agent>(out, random, Way::agent);
  add_rows<core::Queue>(out, random, Way::queue);
  add_rows<core::Call>(out, random, Way::call);
  add_rows<core::Reservation>(out, random, Way::reservation);
  add_rows<core::Edge>(out, random, Way::edge);
  add_rows<core::directory::Claimed>(out, random, Way::name);
  add_rows<core::StickyEntry>(out, random, Way::sticky);
  add_rows<core::KeptPlace>(out, random, Way::place);
  add_rows<core::DispositionEntry>(out, random, Way::disposition);
  for (int i = 0; i < 4; ++i) {
    const EncodedEntry entry = encode_entry(random.directory_batch(2));
    out.push_back(seed(Way::entry, entry.bytes));
    out.push_back(seed(Way::directory_batch, entry.batch()));
  }
  out.push_back(seed(Way::keys, fold_key(1, AccountId(Ulid{1, 1}), RowKind::agent, id_bytes(Ulid{1, 2}))));
  out.push_back(seed(Way::keys, log_key(1, 1)));
  out.push_back(seed(Way::record, framed(Family::events, "key", event_body({}, "batch"))));
  out.push_back(seed(Way::marks, rocks::encode_marks({})));
  return out;
}

}  // namespace rf::fuzz
