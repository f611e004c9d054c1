#include "process/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <climits>
#include <memory>
#include <span>

#include "core/base/assert.hpp"
#include "process/random.hpp"

namespace rf::process {

namespace {

constexpr std::uint8_t seal_version = 1;
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const std::uint8_t* bytes_of(std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }
std::uint8_t* bytes_of(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }

int int_size(std::size_t size) {
  RF_ASSERT(size <= INT_MAX);
  return static_cast<int>(size);
}

Error bad_seal() {
  return Error{Code::corrupt,
               "a stored secret cannot be opened: it was altered, or secret.key is not the key that it was written "
               "with; restore the secret.key of this data directory, or set the secret anew"};
}

}  // namespace

Sha256 sha256(std::string_view bytes) {
  Sha256 digest;
  unsigned size = 0;
  RF_ASSERT(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1);
  RF_ASSERT(size == digest.size());
  return digest;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string base64url(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (char c : bytes) {
    held = (held << 8) | static_cast<std::uint8_t>(c);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += alphabet[(held >> bits) & 63u];
    }
  }
  if (bits > 0) text += alphabet[(held << (6 - bits)) & 63u];
  return text;
}

Result<std::string> bytes_of_base64url(std::string_view text) {
  const Error bad{Code::invalid_argument, "this is not base64url text without padding"};
  std::string bytes;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (char c : text) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) return bad;
    held = (held << 6) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>((held >> bits) & 255u);
    }
  }
  // One text for one value: no lone character and no set bits behind the last byte.
  if (bits == 6 || (held & ((1u << bits) - 1)) != 0) return bad;
  return bytes;
}

SealKey::~SealKey() { OPENSSL_cleanse(bytes.data(), bytes.size()); }

std::string seal(const SealKey& key, std::string_view plain, std::string_view associated) {
  std::string out(seal_overhead_bytes + plain.size(), '\0');
  out[0] = static_cast<char>(seal_version);
  std::uint8_t* const nonce = bytes_of(out) + 1;
  std::uint8_t* const body = nonce + nonce_bytes;
  std::uint8_t* const tag = body + plain.size();
  fill_random(std::as_writable_bytes(std::span(nonce, nonce_bytes)));

  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  RF_ASSERT(cipher != nullptr);
  RF_ASSERT(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.bytes.data(), nonce) == 1);
  RF_ASSERT(EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes_of(out), 1) == 1);
  if (!associated.empty())
    RF_ASSERT(EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes_of(associated), int_size(associated.size())) == 1);
  if (!plain.empty())
    RF_ASSERT(EVP_EncryptUpdate(cipher.get(), body, &size, bytes_of(plain), int_size(plain.size())) == 1);
  RF_ASSERT(EVP_EncryptFinal_ex(cipher.get(), tag, &size) == 1);
  RF_ASSERT(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, int_size(tag_bytes), tag) == 1);
  return out;
}

Result<std::string> open_seal(const SealKey& key, std::string_view sealed, std::string_view associated) {
  if (sealed.size() < seal_overhead_bytes || sealed.size() > INT_MAX) return bad_seal();
  if (static_cast<std::uint8_t>(sealed[0]) != seal_version)
    return Error{Code::corrupt, "a stored secret has the unknown format version " +
                                    std::to_string(static_cast<std::uint8_t>(sealed[0])) +
                                    "; a newer program wrote it: use that version, or set the secret anew"};
  const std::string_view nonce = sealed.substr(1, nonce_bytes);
  const std::string_view body = sealed.substr(1 + nonce_bytes, sealed.size() - seal_overhead_bytes);
  std::string tag(sealed.substr(sealed.size() - tag_bytes));
  std::string plain(body.size(), '\0');

  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  RF_ASSERT(cipher != nullptr);
  RF_ASSERT(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.bytes.data(), bytes_of(nonce)) == 1);
  RF_ASSERT(EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes_of(sealed), 1) == 1);
  if (!associated.empty())
    RF_ASSERT(EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes_of(associated), int_size(associated.size())) == 1);
  if (!body.empty())
    RF_ASSERT(EVP_DecryptUpdate(cipher.get(), bytes_of(plain), &size, bytes_of(body), int_size(body.size())) == 1);
  RF_ASSERT(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, int_size(tag_bytes), bytes_of(tag)) == 1);
  std::uint8_t end = 0;
  if (EVP_DecryptFinal_ex(cipher.get(), &end, &size) != 1) {
    OPENSSL_cleanse(plain.data(), plain.size());
    return bad_seal();
  }
  return plain;
}

}  // namespace rf::process
