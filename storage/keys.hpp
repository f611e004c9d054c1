#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "storage/codec/rows.hpp"

/// Keys and record frames of the column families (docs/log_format.md). Numbers in keys are big-endian, so that byte order
/// is their order. Pure; any thread.
namespace rf::storage {

/// The numbers go into every checksum.
enum class Family : std::uint8_t { identity = 0, raftlog = 1, raftmeta = 2, fold = 3, events = 4, dedupe = 5 };
constexpr std::size_t family_count = 6;
std::string_view name_of(Family family);

/// The fold of a shard lies under a generation, so that a whole new fold can take its place by one write (R20).
constexpr std::uint32_t first_generation = 1;

enum class RowKind : char {
  meta = 'm',
  account = 'a',
  agent = 'g',
  queue = 'q',
  call = 'c',
  reservation = 'r',
  edge = 'e',
  /// A name of the directory.
  name = 'n',
  secret = 's',
  /// Who spoke with a caller last.
  sticky = 'k',
  /// The kept place of a caller who gave up.
  place = 'p',
  /// What came of an ended call; the id is the call's.
  disposition = 'd',
};
std::string_view name_of(RowKind kind);

std::string identity_key();

std::string log_key(std::uint32_t shard, std::uint64_t index);
struct LogKey {
  std::uint32_t shard = 0;
  std::uint64_t index = 0;
};
std::optional<LogKey> log_key_of(std::string_view key);

/// Term and vote of a shard, its last applied index, and since when which rules decide in it.
std::string term_key(std::uint32_t shard);
std::string applied_key(std::uint32_t shard);
std::string rules_key(std::uint32_t shard);

/// `account` is not set for the directory's rows; `id`: 16 bytes of an id, or the text of an edge, name, secret, sticky entry or
/// place.
std::string fold_key(std::uint32_t shard, AccountId account, RowKind kind, std::string_view id);
/// What all fold keys of a shard, or of one account in it, begin with.
std::string fold_prefix(std::uint32_t shard);
std::string fold_prefix(std::uint32_t shard, AccountId account);
struct FoldKey {
  std::uint32_t shard = 0;
  AccountId account;
  RowKind kind = RowKind::meta;
  std::string_view id;
};
std::optional<FoldKey> fold_key_of(std::string_view key);

/// The directory's history lies under the account that is not set.
std::string event_key(AccountId account, std::uint64_t first_seq);
struct EventKey {
  AccountId account;
  std::uint64_t first_seq = 0;
};
std::optional<EventKey> event_key_of(std::string_view key);

std::string result_key(std::uint32_t shard, AccountId account, CommandId command);
struct ResultKey {
  std::uint32_t shard = 0;
  AccountId account;
  CommandId command;
};
std::optional<ResultKey> result_key_of(std::string_view key);

std::string id_bytes(Ulid id);
Ulid ulid_at(std::string_view bytes);

/// A record's value: CRC-32C over family, key and body, then the body.
std::string framed(Family family, std::string_view key, std::string_view body);
/// The body, a view into `value`; corrupt when a bit of key or value differs.
Result<std::string_view> unframed(Family family, std::string_view key, std::string_view value);

/// One record of `raftlog`: a view into what it was read from. `hash` links it to the entry before.
struct LogRecord {
  std::uint64_t term = 0;
  Hash hash{};
  std::string_view entry;
};
std::string log_body(std::uint64_t term, const Hash& hash, std::string_view entry);
Result<LogRecord> log_record_of(std::string_view body);
/// The running hash of a shard's log at (term, index).
Hash log_hash(const Hash& previous, std::uint64_t term, std::uint64_t index, std::string_view entry);

/// One record of `events`: the batch's bytes with the chain hash that ends in them.
struct EventRecord {
  Hash hash{};
  std::string_view batch;
};
std::string event_body(const Hash& hash, std::string_view batch);
Result<EventRecord> event_record_of(std::string_view body);

}  // namespace rf::storage
