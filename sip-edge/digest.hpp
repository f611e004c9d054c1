#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/time.hpp"

/// Digest access authentication (RFC 7616, RFC 2617, RFC 8760): qop=auth only, MD5 and SHA-256. Pure.
namespace rf::edge {

enum class HashAlgorithm : std::uint8_t { md5, sha256 };

/// "MD5" or "SHA-256", as in headers.
std::string_view name_of(HashAlgorithm algorithm);

/// What an Authorization header with the scheme Digest says. Values are unquoted.
struct DigestCredentials {
  HashAlgorithm algorithm = HashAlgorithm::md5;
  std::string username;
  std::string realm;
  std::string nonce;
  std::string uri;
  std::string response;
  std::string cnonce;
  /// The nonce count as written (8 hex digits) and as number.
  std::string nc_text;
  std::uint32_t nc = 0;
};

/// Reads the value of an Authorization header ("Digest username=...", ...). Nothing unless it is Digest with qop=auth,
/// one of our algorithms, every field above, and no field twice.
std::optional<DigestCredentials> parse_digest(std::string_view header_value);

/// H(user:realm:password) in lower-case hex. A secret: whoever has it can register as the user.
std::string digest_ha1(HashAlgorithm algorithm, std::string_view user, std::string_view realm,
                       std::string_view password);

/// The `response` that the owner of `ha1` sends with these credentials for this method.
std::string digest_response(const DigestCredentials& credentials, std::string_view ha1, std::string_view method);

/// Compares in a time that depends on the lengths only.
bool equal_constant_time(std::string_view a, std::string_view b);

/// Makes and judges nonces without keeping any: time stamp and salt under an HMAC, so that every edge that has the
/// secret can judge them.
class NonceMint {
 public:
  using Secret = std::array<std::byte, 32>;

  /// `lifetime_ms`: how long a nonce is good for, counted from its making.
  NonceMint(const Secret& secret, Ms lifetime_ms) : secret_(secret), lifetime_ms_(lifetime_ms) {}

  /// A new nonce for that realm; the same (now, salt) gives the same nonce, so the caller counts salts up.
  std::string make(std::string_view realm, Ms now_ms, std::uint64_t salt) const;

  enum class Judgement : std::uint8_t { good, expired, forged };
  /// `forged`: not ours, or for another realm. At most a minute of clock difference between edges is allowed for.
  Judgement judge(std::string_view realm, std::string_view nonce, Ms now_ms) const;

  Ms lifetime_ms() const { return lifetime_ms_; }

 private:
  Secret secret_;
  Ms lifetime_ms_;
};

/// Which nonce counts were used (RFC 7616 3.4): each (nonce, nc) is accepted once, in any order within the last 64.
/// Bounded: when full, the oldest nonces are forgotten and count as expired from then on, so forgetting never lets a
/// replay in.
class NonceCounts {
 public:
  explicit NonceCounts(std::size_t nonces_max) : nonces_max_(nonces_max) {}

  /// Whether (nonce, nc) is used for the first time; remembers it. `nonce` is one that NonceMint judged good; nonces
  /// made before `oldest_ms` are dropped.
  bool use(std::string_view nonce, std::uint32_t nc, Ms oldest_ms);

  std::size_t size() const { return windows_.size(); }

 private:
  struct Window {
    std::uint32_t highest = 0;
    /// Bit i: highest - i was used.
    std::uint64_t used = 0;
  };
  /// (making time, nonce): the oldest comes first.
  using Key = std::pair<Ms, std::string>;

  std::size_t nonces_max_;
  /// Nonces made at or before it that have no window are refused.
  Ms forgotten_until_ms_ = -1;
  std::map<Key, Window> windows_;
};

/// When NonceMint made it; nothing unless it has the form of one.
std::optional<Ms> nonce_time(std::string_view nonce);

}  // namespace rf::edge
