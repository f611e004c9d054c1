#include "storage/keys.hpp"

#include "storage/bytes.hpp"
#include "storage/chain.hpp"
#include "storage/crc32c.hpp"

namespace rf::storage {

namespace {

constexpr std::size_t crc_bytes = 4;
constexpr std::size_t id_size = 16;
constexpr std::size_t hash_size = 32;
constexpr std::size_t fold_key_min = 4 + 4 + id_size + 1;

void append_id(std::string& out, Ulid id) {
  append_be64(out, id.high);
  append_be64(out, id.low);
}

std::string meta_key(std::uint32_t shard, char kind) {
  std::string key;
  append_be32(key, shard);
  key.push_back(kind);
  return key;
}

}  // namespace

std::string_view name_of(Family family) {
  switch (family) {
    case Family::identity: return "default";
    case Family::raftlog: return "raftlog";
    case Family::raftmeta: return "raftmeta";
    case Family::fold: return "fold";
    case Family::events: return "events";
    case Family::dedupe: return "dedupe";
  }
  return "unknown";
}

std::string_view name_of(RowKind kind) {
  switch (kind) {
    case RowKind::meta: return "meta";
    case RowKind::account: return "account";
    case RowKind::agent: return "agent";
    case RowKind::queue: return "queue";
    case RowKind::call: return "call";
    case RowKind::reservation: return "reservation";
    case RowKind::edge: return "edge";
    case RowKind::name: return "name";
    case RowKind::secret: return "secret";
    case RowKind::sticky: return "sticky";
    case RowKind::place: return "place";
    case RowKind::disposition: return "disposition";
  }
  return "unknown";
}

std::string identity_key() { return "identity"; }

std::string log_key(std::uint32_t shard, std::uint64_t index) {
  std::string key;
  append_be32(key, shard);
  append_be64(key, index);
  return key;
}

std::optional<LogKey> log_key_of(std::string_view key) {
  if (key.size() != 12) return std::nullopt;
  return LogKey{be32_at(key.data()), be64_at(key.data() + 4)};
}

std::string term_key(std::uint32_t shard) { return meta_key(shard, 'T'); }
std::string applied_key(std::uint32_t shard) { return meta_key(shard, 'A'); }
std::string rules_key(std::uint32_t shard) { return meta_key(shard, 'R'); }

std::string fold_prefix(std::uint32_t shard) {
  std::string key;
  append_be32(key, shard);
  append_be32(key, first_generation);
  return key;
}

std::string fold_prefix(std::uint32_t shard, AccountId account) {
  std::string key = fold_prefix(shard);
  append_id(key, account.value);
  return key;
}

std::string fold_key(std::uint32_t shard, AccountId account, RowKind kind, std::string_view id) {
  std::string key = fold_prefix(shard, account);
  key.push_back(static_cast<char>(kind));
  key.append(id);
  return key;
}

std::optional<FoldKey> fold_key_of(std::string_view key) {
  if (key.size() < fold_key_min || be32_at(key.data() + 4) != first_generation) return std::nullopt;
  const auto kind = static_cast<RowKind>(key[fold_key_min - 1]);
  if (name_of(kind) == "unknown") return std::nullopt;
  return FoldKey{be32_at(key.data()), AccountId(ulid_at(key.substr(8))), kind, key.substr(fold_key_min)};
}

std::string event_key(AccountId account, std::uint64_t first_seq) {
  std::string key;
  append_id(key, account.value);
  append_be64(key, first_seq);
  return key;
}

std::optional<EventKey> event_key_of(std::string_view key) {
  if (key.size() != id_size + 8) return std::nullopt;
  return EventKey{AccountId(ulid_at(key)), be64_at(key.data() + id_size)};
}

std::string result_key(std::uint32_t shard, AccountId account, CommandId command) {
  std::string key = fold_prefix(shard);
  append_id(key, account.value);
  append_id(key, command.value);
  return key;
}

std::optional<ResultKey> result_key_of(std::string_view key) {
  if (key.size() != 8 + 2 * id_size || be32_at(key.data() + 4) != first_generation) return std::nullopt;
  return ResultKey{be32_at(key.data()), AccountId(ulid_at(key.substr(8))), CommandId(ulid_at(key.substr(8 + id_size)))};
}

std::string id_bytes(Ulid id) {
  std::string bytes;
  append_id(bytes, id);
  return bytes;
}

Ulid ulid_at(std::string_view bytes) { return Ulid{be64_at(bytes.data()), be64_at(bytes.data() + 8)}; }

std::string framed(Family family, std::string_view key, std::string_view body) {
  const char family_byte = static_cast<char>(family);
  const std::uint32_t crc = crc32c(body, crc32c(key, crc32c(std::string_view(&family_byte, 1), 0)));
  std::string value;
  value.reserve(crc_bytes + body.size());
  append_be32(value, crc);
  value.append(body);
  return value;
}

Result<std::string_view> unframed(Family family, std::string_view key, std::string_view value) {
  if (value.size() < crc_bytes) return Error{Code::corrupt, "a record of " + std::to_string(value.size()) + " bytes"};
  const std::string_view body = value.substr(crc_bytes);
  const char family_byte = static_cast<char>(family);
  const std::uint32_t crc = crc32c(body, crc32c(key, crc32c(std::string_view(&family_byte, 1), 0)));
  if (crc != be32_at(value.data())) return Error{Code::corrupt, "a record whose checksum does not match"};
  return body;
}

std::string log_body(std::uint64_t term, const Hash& hash, std::string_view entry) {
  std::string body;
  body.reserve(8 + hash_size + entry.size());
  append_be64(body, term);
  body.append(bytes_of(hash));
  body.append(entry);
  return body;
}

Result<LogRecord> log_record_of(std::string_view body) {
  if (body.size() < 8 + hash_size) return Error{Code::corrupt, "a log record that is cut off"};
  return LogRecord{be64_at(body.data()), hash_of(body.substr(8, hash_size)), body.substr(8 + hash_size)};
}

Hash log_hash(const Hash& previous, std::uint64_t term, std::uint64_t index, std::string_view entry) {
  std::string place;
  append_be64(place, term);
  append_be64(place, index);
  return next_hash(previous, {place, entry});
}

std::string event_body(const Hash& hash, std::string_view batch) {
  std::string body;
  body.reserve(hash_size + batch.size());
  body.append(bytes_of(hash));
  body.append(batch);
  return body;
}

Result<EventRecord> event_record_of(std::string_view body) {
  if (body.size() < hash_size) return Error{Code::corrupt, "a history record that is cut off"};
  return EventRecord{hash_of(body.substr(0, hash_size)), body.substr(hash_size)};
}

}  // namespace rf::storage
