#pragma once
#include <string>
#include <vector>

namespace rf::what_if {

extern const char* const usage;

/// `rf-sim what-if`: replays a recorded day of one account as it was and under other settings, and prints the figures side by side.
/// The exit code: 0 done, 1 the log or the settings do not allow it, 2 misused.
int run(const std::vector<std::string>& arguments);

}  // namespace rf::what_if
