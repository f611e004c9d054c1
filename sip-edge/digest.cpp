#include "sip-edge/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <charconv>

#include "core/base/assert.hpp"
#include "core/base/plant.hpp"
#include "sip-edge/uri.hpp"

namespace rf::edge {

namespace {

constexpr Ms clock_difference_max_ms = 60 * second_ms;
constexpr std::size_t stamp_digits = 32;
constexpr std::size_t mac_bytes = 16;

std::string hex(const unsigned char* bytes, std::size_t size) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(size * 2);
  for (std::size_t i = 0; i < size; ++i) {
    out += digits[bytes[i] >> 4];
    out += digits[bytes[i] & 15];
  }
  return out;
}

std::string hash_hex(HashAlgorithm algorithm, std::string_view text) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  const EVP_MD* type = algorithm == HashAlgorithm::md5 ? EVP_md5() : EVP_sha256();
  RF_ASSERT(EVP_Digest(text.data(), text.size(), out, &size, type, nullptr) == 1);
  return hex(out, size);
}

std::string hex64(std::uint64_t value) {
  unsigned char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<unsigned char>(value >> (8 * (7 - i)));
  return hex(bytes, sizeof bytes);
}

std::string mac_hex(const NonceMint::Secret& secret, std::string_view stamp, std::string_view realm) {
  std::string text(stamp);
  text += ':';
  text += realm;
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  const auto* done = HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size(), out, &size);
  RF_ASSERT(done != nullptr && size >= mac_bytes);
  return hex(out, mac_bytes);
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

void skip_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

/// Takes a token or quoted string from the front; false if a quote is not closed.
bool take_value(std::string_view& text, std::string& value) {
  value.clear();
  if (!text.empty() && text.front() == '"') {
    text.remove_prefix(1);
    while (!text.empty() && text.front() != '"') {
      if (text.front() == '\\' && (text.size() > 1 || RF_PLANT(digest_escape_unchecked))) text.remove_prefix(1);
      value += text.front();
      text.remove_prefix(1);
    }
    if (text.empty()) return false;
    text.remove_prefix(1);
    return true;
  }
  while (!text.empty() && text.front() != ',' && !is_blank(text.front())) {
    value += text.front();
    text.remove_prefix(1);
  }
  return true;
}

/// name=value, separated by commas; names in lower case. Nothing on a broken list or a name that comes twice.
std::optional<std::map<std::string, std::string>> take_fields(std::string_view text) {
  std::map<std::string, std::string> fields;
  for (skip_blanks(text); !text.empty(); skip_blanks(text)) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    std::string_view name = text.substr(0, equals);
    while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
    text.remove_prefix(equals + 1);
    skip_blanks(text);
    std::string value;
    if (!take_value(text, value)) return std::nullopt;
    if (!fields.emplace(lower_case(name), std::move(value)).second) return std::nullopt;
    skip_blanks(text);
    if (!text.empty() && text.front() != ',') return std::nullopt;
    if (!text.empty()) text.remove_prefix(1);
  }
  return fields;
}

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

}  // namespace

std::string_view name_of(HashAlgorithm algorithm) { return algorithm == HashAlgorithm::md5 ? "MD5" : "SHA-256"; }

std::optional<DigestCredentials> parse_digest(std::string_view header_value) {
  skip_blanks(header_value);
  constexpr std::string_view scheme = "digest";
  if (header_value.size() <= scheme.size() || !equal_no_case(header_value.substr(0, scheme.size()), scheme) ||
      !is_blank(header_value[scheme.size()])) {
    return std::nullopt;
  }
  auto fields = take_fields(header_value.substr(scheme.size()));
  if (!fields) return std::nullopt;
  const auto take = [&](const char* name) { return std::move((*fields)[name]); };

  DigestCredentials out;
  const std::string algorithm = take("algorithm");
  if (equal_no_case(algorithm, "SHA-256")) {
    out.algorithm = HashAlgorithm::sha256;
  } else if (!algorithm.empty() && !equal_no_case(algorithm, "MD5")) {
    return std::nullopt;
  }
  if (!equal_no_case(take("qop"), "auth")) return std::nullopt;
  out.username = take("username");
  out.realm = take("realm");
  out.nonce = take("nonce");
  out.uri = take("uri");
  out.response = take("response");
  out.cnonce = take("cnonce");
  out.nc_text = take("nc");
  if (out.username.empty() || out.realm.empty() || out.nonce.empty() || out.uri.empty() || out.response.empty() ||
      out.cnonce.empty()) {
    return std::nullopt;
  }
  if (out.nc_text.size() != 8 || !is_hex(out.nc_text)) return std::nullopt;
  std::from_chars(out.nc_text.data(), out.nc_text.data() + out.nc_text.size(), out.nc, 16);
  if (out.nc == 0) return std::nullopt;
  return out;
}

std::string digest_ha1(HashAlgorithm algorithm, std::string_view user, std::string_view realm,
                       std::string_view password) {
  std::string text(user);
  text.append(":").append(realm).append(":").append(password);
  return hash_hex(algorithm, text);
}

std::string digest_response(const DigestCredentials& credentials, std::string_view ha1, std::string_view method) {
  std::string a2(method);
  a2.append(":").append(credentials.uri);
  std::string text(ha1);
  text.append(":").append(credentials.nonce).append(":").append(credentials.nc_text).append(":");
  text.append(credentials.cnonce).append(":auth:").append(hash_hex(credentials.algorithm, a2));
  return hash_hex(credentials.algorithm, text);
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<Ms> nonce_time(std::string_view nonce) {
  if (nonce.size() != stamp_digits + 2 * mac_bytes || !is_hex(nonce)) return std::nullopt;
  std::uint64_t ms = 0;
  std::from_chars(nonce.data(), nonce.data() + 16, ms, 16);
  return static_cast<Ms>(ms);
}

std::string NonceMint::make(std::string_view realm, Ms now_ms, std::uint64_t salt) const {
  std::string stamp = hex64(static_cast<std::uint64_t>(now_ms)) + hex64(salt);
  return stamp + mac_hex(secret_, stamp, realm);
}

NonceMint::Judgement NonceMint::judge(std::string_view realm, std::string_view nonce, Ms now_ms) const {
  const auto made_ms = nonce_time(nonce);
  if (!made_ms) return Judgement::forged;
  const std::string mac = mac_hex(secret_, nonce.substr(0, stamp_digits), realm);
  if (!equal_constant_time(mac, nonce.substr(stamp_digits))) return Judgement::forged;
  const bool fresh = *made_ms <= now_ms + clock_difference_max_ms && now_ms - *made_ms <= lifetime_ms_;
  return fresh ? Judgement::good : Judgement::expired;
}

bool NonceCounts::use(std::string_view nonce, std::uint32_t nc, Ms oldest_ms) {
  while (!windows_.empty() && windows_.begin()->first.first < oldest_ms) windows_.erase(windows_.begin());
  const auto made_ms = nonce_time(nonce);
  if (!made_ms || *made_ms < oldest_ms || nc == 0) return false;

  const Key key(*made_ms, std::string(nonce));
  auto found = windows_.find(key);
  if (found == windows_.end()) {
    if (*made_ms <= forgotten_until_ms_) return false;
    found = windows_.emplace(key, Window{}).first;
  }
  Window& window = found->second;
  bool first = false;
  if (nc > window.highest) {
    const std::uint32_t step = nc - window.highest;
    window.used = step >= 64 ? 0 : window.used << step;
    window.used |= 1;
    window.highest = nc;
    first = true;
  } else if (const std::uint32_t back = window.highest - nc; back < 64) {
    const std::uint64_t bit = std::uint64_t{1} << back;
    first = (window.used & bit) == 0;
    window.used |= bit;
  }
  while (windows_.size() > nonces_max_) {
    forgotten_until_ms_ = windows_.begin()->first.first;
    windows_.erase(windows_.begin());
  }
  return first;
}

}  // namespace rf::edge
