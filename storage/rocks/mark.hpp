#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/limits.hpp"
#include "storage/codec/rows.hpp"

namespace rf::storage::rocks {

class LogDirectory;

constexpr std::size_t journal_shards = limits::shards + 1;

/// How far a shard's log was synced: its last index and the running hash there. 0: nothing was.
struct Mark {
  std::uint64_t index = 0;
  Hash hash{};
  friend bool operator==(const Mark&, const Mark&) = default;
};
using Marks = std::array<Mark, journal_shards>;

/// The bytes of the mark file.
std::string encode_marks(const Marks& marks);
/// corrupt: not what encode_marks wrote.
Result<Marks> decode_marks(std::string_view bytes);

/// Puts the marks on disk, outside the database and its log.
Result<void> write_marks(const LogDirectory& directory, const Marks& marks);
/// corrupt when the file is missing or damaged: what was synced is then unknown.
Result<Marks> read_marks(const LogDirectory& directory);

}  // namespace rf::storage::rocks
