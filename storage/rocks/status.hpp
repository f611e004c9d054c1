#pragma once
#include <string>

#include <rocksdb/status.h>

#include "core/base/result.hpp"

namespace rf::storage::rocks {

/// The status as an error whose sentence says what to do: corrupt for damage, unavailable for the disk.
/// `doing`: e.g. "writing the log in /var/lib/ringfence".
Error error_of(const rocksdb::Status& status, const std::string& doing);

}  // namespace rf::storage::rocks
