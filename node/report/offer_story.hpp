#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "core/queue/explain_offer.hpp"
#include "storage/journal.hpp"

namespace rf::node {

/// Why one call was offered to the one and not to the other, at one moment (R30).
struct OfferStory {
  /// The account in front of the decision, or at the moment.
  core::Account account;
  Ms ts = 0;
  /// Whom the call was offered by the decision at `ts`; empty: none was made, and the call is explained as it stood then.
  std::vector<AgentId> to;
  core::OfferExplanation offer;
  /// False: today's rules, by what the log tells, would not have offered it to `to`.
  bool reproduced = true;
  /// The rules that decided then: core::rules_version of that build; 0: not known.
  std::uint32_t rules = 0;
};

/// The decision that was the call's last by `at`, or how it stood at `at` if it waited with nobody ringing. Without `at`: now
/// for a live call; the decision that led to its answer, or its end if there was none, for one that has ended. not_found: there is
/// no such call at that time, or the log cannot tell when it was without `at`; corrupt. Reads the disk.
Result<OfferStory> explain_call(storage::Journal& journal, AccountId account, CallId call, std::optional<Ms> at,
                                Ms now_ts);

}  // namespace rf::node
