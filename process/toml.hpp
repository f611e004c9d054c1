#pragma once
#include <string>

#include "core/base/result.hpp"
#include "process/config_value.hpp"

namespace rf::process {

constexpr std::size_t toml_file_bytes_max = 8u << 20;

/// The root table of a TOML text; invalid_argument says what is wrong with it as `name:line: ...`.
Result<ConfigNode> parse_toml(const std::string& text, const std::string& name);

/// The text of a configuration file. Errors: not_found, permission_denied, invalid_argument (no regular file, or longer
/// than `toml_file_bytes_max`), unavailable.
Result<std::string> read_toml_file(const std::string& path);

}  // namespace rf::process
