#pragma once
#include <string>

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "storage/journal.hpp"

/// The refusals that every form of the journal gives in the same words.
namespace rf::storage {

/// invalid_argument when the batch can never be taken.
Result<void> check_batch(const Batch& batch, std::uint32_t shard, std::size_t bytes);
Error not_leader(std::uint32_t shard, std::uint64_t term);
Error not_next_seq(std::string_view machine, std::uint64_t first_seq, std::uint64_t next_seq);
Error stopped();

std::uint64_t first_seq_of(const Batch& batch);
std::uint64_t last_seq_of(const Batch& batch);

/// How long a command's reply is kept for its retries (R24).
constexpr Ms result_lifetime_ms = 24 * 3600 * second_ms;

}  // namespace rf::storage
