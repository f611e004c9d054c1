#include "storage/codec/codec.hpp"

#include <utility>

#include "storage/codec/decoder.hpp"
#include "storage/codec/encoder.hpp"

namespace rf::storage {

namespace {

using codec::Decoder;
using codec::Encoder;
using codec::Fault;
using codec::WireType;

// Fields of ShardEntry, AccountBatch, DirectoryBatch, Fact and DirectoryFact.
constexpr std::uint32_t version_field = 1;
constexpr std::uint32_t epoch_start_field = 2;
constexpr std::uint32_t account_batch_field = 3;
constexpr std::uint32_t directory_batch_field = 4;
constexpr std::uint32_t min_version_field = 5;
constexpr std::uint32_t secrets_field = 6;

void encode_version(Encoder& encoder) { encoder(version_field, "version", log_version); }

Ms age_of(const core::Fact& fact) {
  return static_cast<Ms>(static_cast<std::uint64_t>(fact.ts) - static_cast<std::uint64_t>(fact.at));
}

void encode_body(Encoder& encoder, const auto& body) {
  std::visit(
      [&](const auto& alternative) {
        constexpr codec::OneofField field = codec::oneof_field<std::remove_cvref_t<decltype(alternative)>>;
        encoder.message(field.number, alternative);
      },
      body);
}

void encode_fact(Encoder& encoder, const core::Fact& fact) {
  encoder(1, "ts", fact.ts);
  encoder(2, "age", age_of(fact));
  encoder(3, "from", fact.from);
  encoder(4, "to", fact.to);
  encode_body(encoder, fact.body);
}

void encode_fact(Encoder& encoder, const core::directory::Fact& fact) {
  encoder(1, "ts", fact.ts);
  encode_body(encoder, fact.body);
}

template <class FactType>
void encode_facts(Encoder& encoder, std::uint32_t number, const std::vector<FactType>& facts) {
  std::uint64_t seq = facts.empty() ? 0 : facts.front().seq;
  for (const FactType& fact : facts) {
    RF_ASSERT(fact.seq == seq++);
    const std::size_t start = encoder.writer().open(number);
    encode_fact(encoder, fact);
    encoder.writer().close(start);
  }
}

std::uint64_t first_seq(const auto& facts) { return facts.empty() ? 0 : facts.front().seq; }

constexpr std::size_t fact_bytes_guess = 160;

/// Tries the alternatives of `body` for the oneof field that comes next.
template <class Body, std::size_t... I>
bool decode_alternative(Decoder& decoder, Fault& fault, Body& body, std::index_sequence<I...>) {
  const std::uint32_t number = decoder.number();
  const auto attempt = [&]<std::size_t Index>(std::integral_constant<std::size_t, Index>) {
    constexpr codec::OneofField field = codec::oneof_field<std::variant_alternative_t<Index, Body>>;
    if (number != field.number) return false;
    std::string_view bytes;
    if (decoder.take_bytes(field.name, bytes)) Decoder::message(bytes, fault, body.template emplace<Index>());
    return true;
  };
  return (attempt(std::integral_constant<std::size_t, I>{}) || ...);
}

template <class Body>
void decode_body(Decoder& decoder, Fault& fault, Body& body) {
  if (fault.reason != nullptr) return;
  if (!decode_alternative(decoder, fault, body, std::make_index_sequence<std::variant_size_v<Body>>{}))
    decoder.fail("body", "a kind of fact that this log version does not have");
  decoder.finish();
}

void decode_fact(std::string_view bytes, Fault& fault, core::Fact& fact) {
  Decoder decoder(bytes, fault);
  Ms age = 0;
  decoder(1, "ts", fact.ts);
  decoder(2, "age", age);
  decoder(3, "from", fact.from);
  decoder(4, "to", fact.to);
  fact.at = static_cast<Ms>(static_cast<std::uint64_t>(fact.ts) - static_cast<std::uint64_t>(age));
  decode_body(decoder, fault, fact.body);
}

void decode_fact(std::string_view bytes, Fault& fault, core::directory::Fact& fact) {
  Decoder decoder(bytes, fault);
  decoder(1, "ts", fact.ts);
  decode_body(decoder, fault, fact.body);
}

template <class FactType>
void decode_facts(Decoder& decoder, Fault& fault, std::uint32_t number, std::uint64_t seq,
                  std::vector<FactType>& facts) {
  while (fault.reason == nullptr && decoder.number() == number) {
    std::string_view bytes;
    if (facts.size() == limits::import_facts_max) {
      decoder.fail("facts", "more facts than a batch may hold");
    } else if (decoder.take_bytes("facts", bytes)) {
      FactType& fact = facts.emplace_back();
      fact.seq = seq++;
      decode_fact(bytes, fault, fact);
    }
  }
  if (fault.reason == nullptr && facts.empty()) decoder.fail("facts", "missing");
}

/// Reads the version field and faults when this build cannot read on.
void decode_version(Decoder& decoder, std::uint32_t& version) {
  decoder(version_field, "version", version);
  if (version == 0) decoder.fail("version", "missing");
  if (version > log_version) decoder.fail("version", "newer");
}

/// Reads a batch's version; `version` is that of the entry which holds the batch, or 0, and becomes the batch's.
void decode_batch_version(Decoder& decoder, std::uint32_t& version) {
  const std::uint32_t of_entry = version;
  decode_version(decoder, version);
  if (of_entry != 0 && of_entry != version) decoder.fail("version", "not that of the entry");
}

void decode_batch(std::string_view bytes, Fault& fault, std::uint32_t& version, AccountBatch& batch) {
  Decoder decoder(bytes, fault);
  std::uint64_t seq = 0;
  decode_batch_version(decoder, version);
  decoder(2, "account", batch.account);
  decoder(3, "first_seq", seq);
  decode_facts(decoder, fault, 4, seq, batch.facts);
  decoder(5, "results", batch.results);
  decoder.finish();
  if (fault.reason == nullptr && (!batch.account.set() || seq == 0)) decoder.fail("account or first_seq", "missing");
}

void decode_batch(std::string_view bytes, Fault& fault, std::uint32_t& version, DirectoryBatch& batch) {
  Decoder decoder(bytes, fault);
  std::uint64_t seq = 0;
  decode_batch_version(decoder, version);
  decoder(2, "first_seq", seq);
  decode_facts(decoder, fault, 3, seq, batch.facts);
  decoder.finish();
  if (fault.reason == nullptr && seq == 0) decoder.fail("first_seq", "missing");
}

Error error_of(const Fault& fault, std::string_view bytes, std::string_view what, std::uint32_t version) {
  if (version > log_version)
    return Error{Code::failed_precondition, "this " + std::string(what) + " needs log version " +
                                                std::to_string(version) + " and this build reads up to " +
                                                std::to_string(log_version) + ": start a newer build"};
  std::string place = "a damaged " + std::string(what) + " of " + std::to_string(bytes.size()) + " bytes";
  if (fault.position >= bytes.data() && fault.position <= bytes.data() + bytes.size())
    place += ", near byte " + std::to_string(fault.position - bytes.data());
  if (!fault.field.empty()) place += ", field " + std::string(fault.field);
  return Error{Code::corrupt, place + ": " + fault.reason};
}

template <class T>
Result<T> decode_message(std::string_view bytes, std::string_view what) {
  T value;
  Fault fault;
  Decoder::message(bytes, fault, value);
  if (fault.reason != nullptr) return error_of(fault, bytes, what, 0);
  return value;
}

template <class BatchType>
Result<BatchType> decode_whole_batch(std::string_view bytes) {
  BatchType batch;
  Fault fault;
  std::uint32_t version = 0;
  decode_batch(bytes, fault, version, batch);
  if (fault.reason != nullptr) return error_of(fault, bytes, "batch", version);
  return batch;
}

template <class Message>
EncodedEntry encode_small_entry(std::uint32_t number, const Message& message) {
  EncodedEntry entry;
  Encoder encoder(entry.bytes);
  encode_version(encoder);
  encoder.message(number, message);
  return entry;
}

}  // namespace

EncodedEntry encode_entry(const EpochStart& start) { return encode_small_entry(epoch_start_field, start); }
EncodedEntry encode_entry(const MinVersion& version) { return encode_small_entry(min_version_field, version); }

EncodedEntry encode_entry(const AccountBatch& batch, std::span<const SealedSecret> sealed) {
  EncodedEntry entry;
  entry.bytes.reserve(64 + batch.facts.size() * fact_bytes_guess);
  Encoder encoder(entry.bytes);
  encode_version(encoder);
  const std::size_t start = encoder.writer().open(account_batch_field);
  encode_version(encoder);
  encoder(2, "account", batch.account);
  encoder(3, "first_seq", first_seq(batch.facts));
  encode_facts(encoder, 4, batch.facts);
  encoder(5, "results", batch.results);
  entry.batch_at = encoder.writer().close(start);
  entry.batch_size = entry.bytes.size() - entry.batch_at;
  for (const SealedSecret& secret : sealed) encoder.message(secrets_field, secret);
  return entry;
}

EncodedEntry encode_entry(const DirectoryBatch& batch) {
  EncodedEntry entry;
  Encoder encoder(entry.bytes);
  encode_version(encoder);
  const std::size_t start = encoder.writer().open(directory_batch_field);
  encode_version(encoder);
  encoder(2, "first_seq", first_seq(batch.facts));
  encode_facts(encoder, 3, batch.facts);
  entry.batch_at = encoder.writer().close(start);
  entry.batch_size = entry.bytes.size() - entry.batch_at;
  return entry;
}

Result<Entry> decode_entry(std::string_view bytes) {
  Entry entry;
  Fault fault;
  Decoder decoder(bytes, fault);
  std::uint32_t version = 0;
  decode_version(decoder, version);
  std::string_view body;
  const std::uint32_t number = decoder.number();
  if (fault.reason == nullptr && (number < epoch_start_field || number > min_version_field))
    decoder.fail("body", "missing");
  if (fault.reason == nullptr && decoder.take_bytes("body", body)) {
    switch (number) {
      case epoch_start_field: Decoder::message(body, fault, entry.body.emplace<EpochStart>()); break;
      case account_batch_field:
        decode_batch(body, fault, version, entry.body.emplace<AccountBatch>());
        entry.batch = body;
        break;
      case directory_batch_field:
        decode_batch(body, fault, version, entry.body.emplace<DirectoryBatch>());
        entry.batch = body;
        break;
      default: Decoder::message(body, fault, entry.body.emplace<MinVersion>()); break;
    }
  }
  if (number == account_batch_field) decoder(secrets_field, "secrets", entry.sealed);
  decoder.finish();
  if (fault.reason != nullptr) return error_of(fault, bytes, "entry", version);
  if (const auto* needed = std::get_if<MinVersion>(&entry.body); needed != nullptr && needed->version > log_version)
    return error_of(fault, bytes, "log", needed->version);
  return entry;
}

Result<AccountBatch> decode_account_batch(std::string_view bytes) { return decode_whole_batch<AccountBatch>(bytes); }
Result<DirectoryBatch> decode_directory_batch(std::string_view bytes) {
  return decode_whole_batch<DirectoryBatch>(bytes);
}

std::string encode_reply(const core::Reply& reply) { return encode_row(reply); }
Result<core::Reply> decode_reply(std::string_view bytes) { return decode_message<core::Reply>(bytes, "reply"); }

template <class Row>
std::string encode_row(const Row& row) {
  std::string bytes;
  Encoder encoder(bytes);
  codec::fields(encoder, row);
  return bytes;
}

template <class Row>
Result<Row> decode_row(std::string_view bytes) {
  return decode_message<Row>(bytes, "row");
}

template std::string encode_row(const MetaRow&);
template std::string encode_row(const AccountRow&);
template std::string encode_row(const SealedSecret&);
template std::string encode_row(const core::Agent&);
template std::string encode_row(const core::Queue&);
template std::string encode_row(const core::Call&);
template std::string encode_row(const core::Reservation&);
template std::string encode_row(const core::Edge&);
template std::string encode_row(const core::StickyEntry&);
template std::string encode_row(const core::KeptPlace&);
template std::string encode_row(const core::DispositionEntry&);
template std::string encode_row(const core::directory::Claimed&);
template Result<MetaRow> decode_row(std::string_view);
template Result<AccountRow> decode_row(std::string_view);
template Result<SealedSecret> decode_row(std::string_view);
template Result<core::Agent> decode_row(std::string_view);
template Result<core::Queue> decode_row(std::string_view);
template Result<core::Call> decode_row(std::string_view);
template Result<core::Reservation> decode_row(std::string_view);
template Result<core::Edge> decode_row(std::string_view);
template Result<core::StickyEntry> decode_row(std::string_view);
template Result<core::KeptPlace> decode_row(std::string_view);
template Result<core::DispositionEntry> decode_row(std::string_view);
template Result<core::directory::Claimed> decode_row(std::string_view);

}  // namespace rf::storage
