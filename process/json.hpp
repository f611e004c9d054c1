#pragma once
#include <string>
#include <string_view>

namespace rf::process {

/// Appends `text` to `out` as one JSON string with its quotes. Control characters are escaped; each byte that is not
/// part of valid UTF-8 becomes U+FFFD, so that the result is always valid JSON.
void append_json_string(std::string& out, std::string_view text);

}  // namespace rf::process
