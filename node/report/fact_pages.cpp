#include "node/report/fact_pages.hpp"

#include <algorithm>

namespace rf::node {

namespace {

/// How far back the first attempt looks for the offers; each further one looks eight times as far.
constexpr std::uint64_t look_back_facts = 2048;

}  // namespace

Result<std::vector<ReadFact>> read_facts(storage::Journal& journal, AccountId account, std::uint64_t first_seq,
                                         std::size_t facts_max) {
  for (std::uint64_t look_back = look_back_facts;; look_back *= 8) {
    const std::uint64_t from = first_seq > look_back ? first_seq - look_back : 1;
    std::vector<ReadFact> facts;
    OfferBook book;
    bool all_known = true;
    const auto read = journal.history(account, from, [&](const core::Fact& fact) {
      const Concern concern = book.take(fact);
      if (fact.seq < first_seq) return true;
      if (facts.size() == facts_max) return false;
      all_known = all_known && concern.known;
      facts.push_back({fact, concern});
      return facts.size() < facts_max;
    });
    if (!read) return read.error();
    if (all_known || from == 1) return facts;
  }
}

}  // namespace rf::node
