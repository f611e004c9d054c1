#pragma once
#include <cstdint>
#include <vector>

#include "node/report/offer_book.hpp"
#include "storage/journal.hpp"

namespace rf::node {

struct ReadFact {
  core::Fact fact;
  Concern concern;
};

/// The account's facts from `first_seq` on, at most `facts_max`, each with whom it concerns: for that the log is read from
/// as far back as the offers they name. corrupt. Reads the disk.
Result<std::vector<ReadFact>> read_facts(storage::Journal& journal, AccountId account, std::uint64_t first_seq,
                                         std::size_t facts_max);

}  // namespace rf::node
