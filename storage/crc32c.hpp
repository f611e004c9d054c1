#pragma once
#include <cstdint>
#include <string_view>

namespace rf::storage {

/// CRC-32C (Castagnoli) of `bytes`, going on from `crc` of what came before (0: nothing). Any thread.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc);

/// The same without the processor's instruction.
std::uint32_t crc32c_portable(std::string_view bytes, std::uint32_t crc);

}  // namespace rf::storage
