#include "node/credentials.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <span>

namespace rf::node {

namespace {

std::string hex_of(std::span<const unsigned char> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : bytes) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::string digest_of(const EVP_MD* algorithm, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  const int done = EVP_Digest(text.data(), text.size(), digest.data(), &length, algorithm, nullptr);
  RF_ASSERT(done == 1);
  return hex_of(std::span(digest).first(length));
}

}  // namespace

Ha1 ha1_of(std::string_view username, std::string_view realm, std::string_view password) {
  std::string text;
  text.append(username).append(":").append(realm).append(":").append(password);
  return {digest_of(EVP_md5(), text), digest_of(EVP_sha256(), text)};
}

std::string text_of(const Ha1ByDomain& hashes) {
  std::string text;
  for (const auto& [domain, ha1] : hashes) text += domain + " " + ha1.md5 + " " + ha1.sha256 + "\n";
  return text;
}

Result<Ha1ByDomain> ha1_by_domain_of(std::string_view text) {
  Ha1ByDomain hashes;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::size_t first = line.find(' ');
    const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    if (line.size() == text.size() || second == std::string_view::npos)
      return Error{Code::corrupt, "the stored credentials are damaged: set them again"};
    hashes[std::string(line.substr(0, first))] = {std::string(line.substr(first + 1, second - first - 1)),
                                                  std::string(line.substr(second + 1))};
    text.remove_prefix(line.size() + 1);
  }
  return hashes;
}

std::string ha1_secret_name(AgentId agent) { return "ha1/" + agent.text(); }

std::string generated_password(const process::Secret& key, AccountId account, AgentId agent, CommandId command) {
  // Without letters and digits that are taken for one another.
  constexpr std::string_view alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  const std::string text = "sip password " + account.text() + " " + agent.text() + " " + command.text();
  const std::string_view secret = key.reveal();
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  const unsigned char* done =
      HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &length);
  RF_ASSERT(done != nullptr && length >= 20);
  std::string password;
  for (const unsigned char byte : std::span(digest).first(20)) password += alphabet[byte % alphabet.size()];
  return password;
}

}  // namespace rf::node
