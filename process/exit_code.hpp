#pragma once
#include <string_view>

#include "core/base/result.hpp"

namespace rf::process {

/// What a daemon ends with; --help lists them.
enum ExitCode : int { exit_ok = 0, exit_failed = 1, exit_config = 2, exit_data = 3, exit_address = 4 };

/// For an error that ended a start.
ExitCode exit_code_of(Code code);

/// The list for --help, a line each.
extern const std::string_view exit_code_help;

}  // namespace rf::process
