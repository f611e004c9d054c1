#include "storage/seal.hpp"

#include <algorithm>
#include <memory>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "core/base/assert.hpp"
#include "storage/bytes.hpp"

namespace rf::storage {

namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* u8(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* u8(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
int length(const std::string& text) { return static_cast<int>(text.size()); }

std::string associated(AccountId account, const std::string& name) {
  std::string bytes;
  append_be64(bytes, account.value.high);
  append_be64(bytes, account.value.low);
  return bytes + name;
}

}  // namespace

SealKey::SealKey(std::span<const std::uint8_t, 32> bytes) { std::copy(bytes.begin(), bytes.end(), bytes_.begin()); }

SealKey::~SealKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

SealedSecret SealKey::seal(AccountId account, const Secret& secret) const {
  SealedSecret out{secret.name, "", ""};
  if (secret.value.empty()) return out;
  out.nonce.resize(nonce_bytes);
  out.sealed.resize(secret.value.size() + tag_bytes);
  const std::string with = associated(account, secret.name);
  const Context context(EVP_CIPHER_CTX_new());
  int written = 0;
  const bool sealed =
      context != nullptr && RAND_bytes(u8(out.nonce), static_cast<int>(nonce_bytes)) == 1 &&
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_.data(), u8(out.nonce)) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &written, u8(with), length(with)) == 1 &&
      EVP_EncryptUpdate(context.get(), u8(out.sealed), &written, u8(secret.value), length(secret.value)) == 1 &&
      EVP_EncryptFinal_ex(context.get(), u8(out.sealed) + written, &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_bytes),
                          u8(out.sealed) + secret.value.size()) == 1;
  RF_ASSERT(sealed);
  return out;
}

Result<std::string> SealKey::open(AccountId account, const SealedSecret& secret) const {
  const Error broken{Code::corrupt, "the secret \"" + secret.name + "\" of account " + account.text() +
                                        " does not open with this key: restore the data directory from a backup, or "
                                        "set the credential again"};
  if (secret.nonce.size() != nonce_bytes || secret.sealed.size() < tag_bytes) return broken;
  std::string value(secret.sealed.size() - tag_bytes, '\0');
  std::string tag = secret.sealed.substr(value.size());
  const std::string with = associated(account, secret.name);
  const Context context(EVP_CIPHER_CTX_new());
  int written = 0;
  const bool opened =
      context != nullptr &&
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_.data(), u8(secret.nonce)) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &written, u8(with), length(with)) == 1 &&
      EVP_DecryptUpdate(context.get(), u8(value), &written, u8(secret.sealed), length(value)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_bytes), tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), u8(value) + written, &written) == 1;
  if (!opened) return broken;
  return value;
}

std::string SealKey::check_value() const {
  const std::string text = "ringfence log key check";
  std::array<unsigned char, 32> mac{};
  unsigned int size = 0;
  const bool made = HMAC(EVP_sha256(), bytes_.data(), static_cast<int>(bytes_.size()), u8(text), text.size(),
                         mac.data(), &size) != nullptr;
  RF_ASSERT(made);
  return std::string(reinterpret_cast<const char*>(mac.data()), 16);
}

}  // namespace rf::storage
