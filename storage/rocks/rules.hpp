#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/time.hpp"

namespace rf::storage::rocks {

/// Since when a shard's decisions are made by which rules (core::rules_version).
struct RulesSince {
  Ms since_ts = 0;
  std::uint32_t version = 0;
};
/// A shard's, oldest first: one for every change.
using Rules = std::vector<RulesSince>;

/// since_ts:8, version:4 of each.
std::string rules_body(const Rules& rules);
/// corrupt.
Result<Rules> rules_of(std::string_view body);
/// The version that decided at `ts`; 0: from before it was told.
std::uint32_t version_at(const Rules& rules, Ms ts);
/// "1 since <time>, 2 since <time>".
std::string text_of(const Rules& rules);

}  // namespace rf::storage::rocks
