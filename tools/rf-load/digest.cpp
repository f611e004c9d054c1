#include "tools/rf-load/digest.hpp"

#include <openssl/evp.h>

#include <array>

#include "core/base/assert.hpp"

namespace rf::load {

namespace {

/// `name="value"` or `name=value`, with the comma behind it, off the front.
bool take_parameter(std::string_view& text, std::string_view& name, std::string_view& value) {
  const std::size_t start = text.find_first_not_of(" \t,");
  if (start == std::string_view::npos) return false;
  text.remove_prefix(start);
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  name = text.substr(0, equals);
  text.remove_prefix(equals + 1);
  const bool quoted = !text.empty() && text.front() == '"';
  if (quoted) text.remove_prefix(1);
  const std::size_t end = text.find_first_of(quoted ? "\"" : ", \t");
  if (quoted && end == std::string_view::npos) return false;
  value = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + (quoted ? 1 : 0));
  return true;
}

std::string count_text(std::uint32_t count) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out(8, '0');
  for (std::size_t i = 8; i-- > 0; count >>= 4) out[i] = digits[count & 15];
  return out;
}

}  // namespace

bool parse_challenge(std::string_view value, Challenge& out) {
  out = Challenge();
  constexpr std::string_view scheme = "Digest ";
  if (value.substr(0, scheme.size()) != scheme) return false;
  value.remove_prefix(scheme.size());
  bool md5 = true;
  std::string_view name;
  std::string_view given;
  while (take_parameter(value, name, given)) {
    if (name == "realm") out.realm = given;
    if (name == "nonce") out.nonce = given;
    if (name == "opaque") out.opaque = given;
    if (name == "algorithm") md5 = given == "MD5" || given == "md5";
    if (name == "qop") out.qop_auth = ("," + std::string(given) + ",").find(",auth,") != std::string::npos;
  }
  return md5 && !out.nonce.empty();
}

std::string md5_hex(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::array<unsigned char, 16> hash{};
  RF_ASSERT(EVP_Digest(bytes.data(), bytes.size(), hash.data(), nullptr, EVP_md5(), nullptr) == 1);
  std::string out;
  for (const unsigned char byte : hash) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::string digest_response(const Challenge& challenge, const Proof& proof) {
  const auto joined = [](std::initializer_list<std::string_view> parts) {
    std::string out;
    for (const std::string_view part : parts) out.append(out.empty() ? "" : ":").append(part);
    return out;
  };
  const std::string who = md5_hex(joined({proof.user, challenge.realm, proof.password}));
  const std::string what = md5_hex(joined({proof.method, proof.uri}));
  if (!challenge.qop_auth) return md5_hex(joined({who, challenge.nonce, what}));
  return md5_hex(joined({who, challenge.nonce, count_text(proof.count), proof.cnonce, "auth", what}));
}

std::string authorization_of(const Challenge& challenge, const Proof& proof) {
  std::string out = "Digest ";
  const auto quoted = [&](std::string_view name, std::string_view value) {
    out.append(name).append("=\"").append(value).append("\", ");
  };
  quoted("username", proof.user);
  quoted("realm", challenge.realm);
  quoted("nonce", challenge.nonce);
  quoted("uri", proof.uri);
  if (!challenge.opaque.empty()) quoted("opaque", challenge.opaque);
  if (challenge.qop_auth) {
    quoted("cnonce", proof.cnonce);
    out += "qop=auth, nc=" + count_text(proof.count) + ", ";
  }
  quoted("response", digest_response(challenge, proof));
  return out + "algorithm=MD5";
}

}  // namespace rf::load
