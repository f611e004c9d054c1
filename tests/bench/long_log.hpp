#pragma once
#include <cstdint>
#include <string>

namespace rf::bench {

/// Writes calls of one account until its log has that many facts, then explains offers of calls from all over it, each at the
/// moment of its offer and with nothing of it read before. One line of JSON.
void explain_in_long_log(const std::string& folder, unsigned agents, std::uint64_t facts);

}  // namespace rf::bench
