#pragma once
#include <cstdint>

namespace rf::core {

/// Which rules decide: raised by every change of who is offered what in the same state, so that an explanation of an older
/// decision can say that other rules made it (R30). Stored in the log; 0 is for logs that did not tell.
constexpr std::uint32_t rules_version = 1;

}  // namespace rf::core
