#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "storage/codec/rows.hpp"

namespace rf::storage {

/// An AES-256 key; wiped when it goes.
class SealKey {
 public:
  explicit SealKey(std::span<const std::uint8_t, 32> bytes);
  SealKey(const SealKey&) = default;
  SealKey& operator=(const SealKey&) = default;
  ~SealKey();

  /// Encrypts for the account and name (R22): random nonce, AES-256-GCM, both authenticated. An empty value gives the
  /// empty `sealed` that erases. One key serves 2^32 seals.
  SealedSecret seal(AccountId account, const Secret& secret) const;
  /// The value again; corrupt when a byte, the key, the account or the name differs.
  Result<std::string> open(AccountId account, const SealedSecret& secret) const;

  /// 16 bytes that tell this key from another without giving it away.
  std::string check_value() const;

 private:
  std::array<std::uint8_t, 32> bytes_;
};

}  // namespace rf::storage
