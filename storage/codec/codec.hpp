#pragma once
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/state/entities.hpp"
#include "storage/codec/rows.hpp"
#include "storage/journal.hpp"

/// Values <-> the bytes of ringfence/internal/v1/log.proto. Encoding is canonical: one value, one string of bytes.
/// Decoding is total: any bytes give a value or an Error, and only what encoding writes, or wrote under an earlier log version,
/// is accepted. Pure; any thread.
namespace rf::storage {

/// The log version that this build writes, and the newest that it reads. What an older entry does not say is zero.
constexpr std::uint32_t log_version = 2;

/// The bytes of one ShardEntry; [batch_at, batch_at + batch_size) is the batch in it, verbatim what `events` stores.
struct EncodedEntry {
  std::string bytes;
  std::size_t batch_at = 0;
  std::size_t batch_size = 0;

  std::string_view batch() const { return std::string_view(bytes).substr(batch_at, batch_size); }
};

EncodedEntry encode_entry(const EpochStart& start);
EncodedEntry encode_entry(const MinVersion& version);
/// The facts' seqs must be dense. The batch's plain `secrets` are not written: `sealed` is.
EncodedEntry encode_entry(const AccountBatch& batch, std::span<const SealedSecret> sealed);
EncodedEntry encode_entry(const DirectoryBatch& batch);

/// One entry as read back; a batch's `secrets` stay empty, they are in `sealed`.
struct Entry {
  std::variant<EpochStart, AccountBatch, DirectoryBatch, MinVersion> body;
  std::vector<SealedSecret> sealed;
  /// The batch's own bytes, a view into what was decoded; empty for EpochStart and MinVersion.
  std::string_view batch;
};

/// corrupt: not the bytes of an entry; failed_precondition: written by a newer build, the sentence names the log version.
Result<Entry> decode_entry(std::string_view bytes);
/// A batch as `events` holds it; errors as decode_entry.
Result<AccountBatch> decode_account_batch(std::string_view bytes);
Result<DirectoryBatch> decode_directory_batch(std::string_view bytes);

std::string encode_reply(const core::Reply& reply);
Result<core::Reply> decode_reply(std::string_view bytes);

/// Row: MetaRow, AccountRow, SealedSecret, core's Agent, Queue, Call, Reservation, Edge, StickyEntry, KeptPlace,
/// DispositionEntry, or directory::Claimed.
template <class Row>
std::string encode_row(const Row& row);
template <class Row>
Result<Row> decode_row(std::string_view bytes);

}  // namespace rf::storage
