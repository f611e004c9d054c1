#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

#include "storage/codec/rows.hpp"

namespace rf::storage {

/// SHA-256(previous, pieces): the link from one batch to the next of its account (R6), and from one entry to the next of
/// its shard. Any thread.
Hash next_hash(const Hash& previous, std::initializer_list<std::string_view> pieces);

std::string_view bytes_of(const Hash& hash);
/// `bytes` must be 32 long.
Hash hash_of(std::string_view bytes);
/// 64 lower-case hex digits.
std::string hex_of(const Hash& hash);

}  // namespace rf::storage
