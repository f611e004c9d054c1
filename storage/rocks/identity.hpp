#pragma once
#include <string>

#include "core/base/ids.hpp"
#include "storage/rocks/store.hpp"
#include "storage/seal.hpp"

namespace rf::storage::rocks {

/// Whose log this is: the one record of the default column family.
struct Identity {
  std::uint32_t version = 0;
  Ulid cluster;
  std::string key_check;
};

/// not_found: a log that was never completed, or has lost it; corrupt.
Result<Identity> read_identity(const Store& store);
/// Of a new log, with a cluster id of its own; on disk when it returns.
Result<void> create_identity(Store& store, const SealKey& key);
/// failed_precondition: another secret key than the log's secrets were sealed with.
Result<void> check_identity(const Store& store, const SealKey& key);

}  // namespace rf::storage::rocks
