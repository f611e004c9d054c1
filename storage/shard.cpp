#include "core/base/hash.hpp"
#include "core/base/limits.hpp"
#include "storage/journal.hpp"

namespace rf::storage {

std::uint32_t shard_of(AccountId account) { return static_cast<std::uint32_t>(fnv1a(account.text()) % limits::shards); }

}  // namespace rf::storage
