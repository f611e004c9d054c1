#pragma once
#include <string>
#include <string_view>

#include "storage/codec/codec.hpp"

namespace rf::storage::test {

/// What an older build wrote, as this one would: `bytes` of an entry or a batch that decoded, `batch` the one in it or empty.
inline std::string in_this_version(std::string_view bytes, std::string_view batch) {
  std::string out(bytes);
  // Every version so far is one byte behind the tag.
  out[1] = static_cast<char>(log_version);
  if (!batch.empty()) out[static_cast<std::size_t>(batch.data() - bytes.data()) + 1] = static_cast<char>(log_version);
  return out;
}

}  // namespace rf::storage::test
