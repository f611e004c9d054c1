#include "storage/chain.hpp"

#include <cstring>

#include <openssl/evp.h>

#include "core/base/assert.hpp"

namespace rf::storage {

namespace {

/// One digest context a thread: fetching the algorithm costs more than hashing a batch.
struct Sha256 {
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();

  Sha256() { RF_ASSERT(algorithm != nullptr && context != nullptr); }
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256() {
    EVP_MD_CTX_free(context);
    EVP_MD_free(algorithm);
  }
};

}  // namespace

Hash next_hash(const Hash& previous, std::initializer_list<std::string_view> pieces) {
  thread_local const Sha256 sha;
  Hash hash{};
  bool hashed = EVP_DigestInit_ex2(sha.context, sha.algorithm, nullptr) == 1 &&
                EVP_DigestUpdate(sha.context, previous.data(), previous.size()) == 1;
  for (const std::string_view piece : pieces)
    hashed = hashed && EVP_DigestUpdate(sha.context, piece.data(), piece.size()) == 1;
  hashed = hashed && EVP_DigestFinal_ex(sha.context, hash.data(), nullptr) == 1;
  RF_ASSERT(hashed);
  return hash;
}

std::string_view bytes_of(const Hash& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

Hash hash_of(std::string_view bytes) {
  Hash hash{};
  RF_ASSERT(bytes.size() == hash.size());
  std::memcpy(hash.data(), bytes.data(), hash.size());
  return hash;
}

std::string hex_of(const Hash& hash) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::uint8_t byte : hash) {
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 15]);
  }
  return text;
}

}  // namespace rf::storage
