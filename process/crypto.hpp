#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace rf::process {

using Sha256 = std::array<std::uint8_t, 32>;

/// SHA-256 of `bytes` (FIPS 180-4). Any thread.
Sha256 sha256(std::string_view bytes);

/// Whether both are the same bytes; takes the same time wherever they differ. Unequal lengths return at once.
bool equal_constant_time(std::string_view a, std::string_view b);

/// `bytes` in base64url without padding (RFC 4648 section 5).
std::string base64url(std::string_view bytes);
/// The reverse; invalid_argument unless `text` is canonical base64url without padding.
Result<std::string> bytes_of_base64url(std::string_view text);

/// An AES-256 key; its bytes are wiped when it goes.
struct SealKey {
  std::array<std::uint8_t, 32> bytes{};

  SealKey() = default;
  SealKey(const SealKey&) = default;
  SealKey& operator=(const SealKey&) = default;
  ~SealKey();
};

/// Version byte, nonce and tag around the cipher text.
constexpr std::size_t seal_overhead_bytes = 1 + 12 + 16;

/// Encrypts for storage (R22): version 1, 12-byte random nonce, AES-256-GCM cipher text, 16-byte tag. `associated`
/// (what row it is) is not stored but must be the same to open it. One key serves 2^32 seals. Any thread.
std::string seal(const SealKey& key, std::string_view plain, std::string_view associated);

/// The plain text of a seal; corrupt when a byte, the key or `associated` differs, or the version is unknown.
Result<std::string> open_seal(const SealKey& key, std::string_view sealed, std::string_view associated);

}  // namespace rf::process
