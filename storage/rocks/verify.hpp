#pragma once
#include "storage/inspection.hpp"
#include "storage/rocks/mark.hpp"
#include "storage/rocks/store.hpp"

namespace rf::storage::rocks {

/// As Inspection::verify. `ends`, if not null, gets the end of every shard's log.
Inspection::Verified verify(const Store& store, const Result<Marks>& marks, Marks* ends);

/// As Inspection::replay.
Result<Inspection::Replayed> replay(const Store& store);

/// As Inspection::dump.
Result<void> dump(const Store& store, const Result<Marks>& marks, Inspection::Part part,
                  const Inspection::Filter& filter, const std::function<void(const std::string&)>& print);

}  // namespace rf::storage::rocks
