#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/base/time.hpp"
#include "sip-edge/digest.hpp"
#include "sip-edge/uri.hpp"

namespace rf::edge {

/// What the cluster knows of one SIP user (R21). `ha1` is a secret: never logged, never put into a message.
struct SipCredential {
  std::string ha1;
  AccountId account;
  AgentId agent;
};

/// Where HA1 come from: a cache that asks the account's leader on a miss.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;

  /// Nothing for an unknown user; an error (code unavailable, timeout) when it could not be learned now.
  using Done = std::function<void(Result<std::optional<SipCredential>>)>;
  /// Calls `done` exactly once, at once or later, on the caller's thread.
  virtual void look_up(const std::string& realm, const std::string& user, HashAlgorithm algorithm, Done done) = 0;
};

/// One request that has to prove who sent it.
struct AuthRequest {
  std::string method;
  /// The SIP domain.
  std::string realm;
  Uri request_uri;
  /// Values of the Authorization headers, as received.
  std::vector<std::string> authorizations;
};

enum class AuthVerdict : std::uint8_t {
  accepted,
  /// No credentials, or wrong ones: an unknown user looks exactly like a wrong password (Sec5).
  challenge,
  /// The proof may be right but its nonce is used up: challenge with stale=true, the phone need not ask its user.
  stale,
  /// The credentials could not be looked up; try again later.
  unavailable,
};

struct AuthResult {
  AuthVerdict verdict = AuthVerdict::challenge;
  /// Set when accepted.
  std::string user{};
  AccountId account{};
  AgentId agent{};
};

struct AuthenticatorConfig {
  /// The same for all edges of a cluster.
  NonceMint::Secret secret{};
  Ms nonce_lifetime_ms = 300 * second_ms;
  std::size_t nonces_max = 200000;
  /// What a 401 offers, the first preferred. Phones of the MD5 age give up on a 401 that names anything else beside it.
  std::vector<HashAlgorithm> offered = {HashAlgorithm::sha256, HashAlgorithm::md5};
  /// Where this process starts to count salts: random, so that processes with the same secret do not make equal nonces.
  std::uint64_t first_salt = 0;
};

/// Decides whether a request comes from the user it names (RFC 7616, RFC 3261 22). Time is an input; one thread.
class Authenticator {
 public:
  /// `source` must outlive the authenticator.
  Authenticator(const AuthenticatorConfig& config, CredentialSource& source);

  enum class Stale : std::uint8_t { no, yes };
  /// The values of the WWW-Authenticate headers of a 401, one for each algorithm that is offered (RFC 8760). No state is kept for them.
  std::vector<std::string> challenges(std::string_view realm, Stale stale, Ms now_ms);

  /// Whether any of the credentials is for the realm, so that check() has something to look at.
  static bool has_credentials(const AuthRequest& request);

  /// Calls `done` exactly once, before returning if no look-up is needed; never after the authenticator is destroyed.
  /// Each (nonce, nc) is accepted once.
  void check(const AuthRequest& request, Ms now_ms, std::function<void(const AuthResult&)> done);

 private:
  struct State;
  CredentialSource& source_;
  std::shared_ptr<State> state_;
};

}  // namespace rf::edge
