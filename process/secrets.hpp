#pragma once
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "process/crypto.hpp"

namespace rf::process {

/// A token or key as text. It has no printer on purpose, and its bytes are wiped when it goes.
class Secret {
 public:
  explicit Secret(std::string text);
  Secret(const Secret&) = default;
  Secret(Secret&&) = default;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  /// The text itself: for comparing, sending or deriving, never for a log.
  std::string_view reveal() const;
  /// Whether `presented` is this secret, in constant time.
  bool matches(std::string_view presented) const;

 private:
  std::string text_;
};

constexpr std::size_t secret_file_bytes_max = 4096;

/// Creates `path` with mode 0600 and 32 random bytes in base64url (43 characters); file and name are on disk when it
/// returns. A crash leaves either no file or the whole one. Errors: already_exists (never overwritten), not_found (no
/// such directory), permission_denied, unavailable (the disk).
Result<Secret> create_secret_file(const std::string& path);

/// Reads a secret file, without the white space around its text. Errors: not_found; permission_denied when the group
/// or others may read it, or we may not; invalid_argument when it is empty, longer than `secret_file_bytes_max` or no
/// regular file; unavailable (the disk).
Result<Secret> read_secret_file(const std::string& path);

/// The AES-256 key that a secret file holds; invalid_argument unless it is 32 bytes in base64url.
Result<SealKey> seal_key_of(const Secret& secret);

}  // namespace rf::process
