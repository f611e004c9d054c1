#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace rf::load {

/// A Digest challenge that this program can answer; views into the header's value.
struct Challenge {
  std::string_view realm;
  std::string_view nonce;
  std::string_view opaque;
  /// Whether qop=auth is offered.
  bool qop_auth = false;
};

/// Reads a WWW-Authenticate value; false unless it is Digest with MD5.
bool parse_challenge(std::string_view value, Challenge& out);

/// Who asks for what.
struct Proof {
  std::string_view user;
  std::string_view password;
  std::string_view method;
  std::string_view uri;
  std::string_view cnonce;
  std::uint32_t count = 1;
};

/// 32 hexadecimal digits (RFC 1321).
std::string md5_hex(std::string_view bytes);

/// The response's 32 digits (RFC 2617 3.2.2).
std::string digest_response(const Challenge& challenge, const Proof& proof);

/// The whole Authorization value.
std::string authorization_of(const Challenge& challenge, const Proof& proof);

}  // namespace rf::load
