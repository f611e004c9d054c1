#include "sip-edge/authenticator.hpp"

#include <algorithm>
#include <utility>

namespace rf::edge {

struct Authenticator::State {
  explicit State(const AuthenticatorConfig& config)
      : mint(config.secret, config.nonce_lifetime_ms), counts(config.nonces_max), offered(config.offered),
        next_salt(config.first_salt) {}

  NonceMint mint;
  NonceCounts counts;
  std::vector<HashAlgorithm> offered;
  std::uint64_t next_salt;
};

namespace {

/// The strongest credentials for the realm.
std::optional<DigestCredentials> pick(const AuthRequest& request) {
  std::optional<DigestCredentials> best;
  for (const std::string& value : request.authorizations) {
    auto one = parse_digest(value);
    if (!one || one->realm != request.realm) continue;
    if (!best || one->algorithm == HashAlgorithm::sha256) best = std::move(one);
  }
  return best;
}

/// A proof for another resource is no proof (RFC 7616 3.4.6).
bool names_resource(const DigestCredentials& credentials, const Uri& request_uri) {
  const auto uri = parse_uri(credentials.uri);
  return uri && same_address(*uri, request_uri);
}

/// Compared against when the user is unknown, so that both answers take the same steps.
const std::string& nobodys_ha1(HashAlgorithm algorithm) {
  static const std::string md5(32, 'x');
  static const std::string sha256(64, 'x');
  return algorithm == HashAlgorithm::md5 ? md5 : sha256;
}

}  // namespace

Authenticator::Authenticator(const AuthenticatorConfig& config, CredentialSource& source)
    : source_(source), state_(std::make_shared<State>(config)) {}

std::vector<std::string> Authenticator::challenges(std::string_view realm, Stale stale, Ms now_ms) {
  std::vector<std::string> out;
  for (const HashAlgorithm algorithm : state_->offered) {
    std::string value = "Digest realm=\"" + std::string(realm) + "\", nonce=\"" +
                        state_->mint.make(realm, now_ms, state_->next_salt++) +
                        "\", qop=\"auth\", algorithm=" + std::string(name_of(algorithm));
    if (stale == Stale::yes) value += ", stale=true";
    out.push_back(std::move(value));
  }
  return out;
}

bool Authenticator::has_credentials(const AuthRequest& request) { return pick(request).has_value(); }

void Authenticator::check(const AuthRequest& request, Ms now_ms, std::function<void(const AuthResult&)> done) {
  const auto credentials = pick(request);
  if (!credentials || !names_resource(*credentials, request.request_uri)) return done({});
  // What was not offered is not taken: nobody may choose a weaker proof.
  if (std::find(state_->offered.begin(), state_->offered.end(), credentials->algorithm) == state_->offered.end())
    return done({});
  switch (state_->mint.judge(request.realm, credentials->nonce, now_ms)) {
    case NonceMint::Judgement::forged: return done({});
    case NonceMint::Judgement::expired: return done({.verdict = AuthVerdict::stale});
    case NonceMint::Judgement::good: break;
  }
  auto finish = [state = std::weak_ptr<State>(state_), credentials = *credentials, method = request.method, now_ms,
                 done = std::move(done)](Result<std::optional<SipCredential>> found) {
    const auto alive = state.lock();
    if (!alive) return;
    if (!found.ok()) return done({.verdict = AuthVerdict::unavailable});
    const auto& known = found.value();
    const std::string& ha1 = known ? known->ha1 : nobodys_ha1(credentials.algorithm);
    const std::string expected = digest_response(credentials, ha1, method);
    const bool proven = equal_constant_time(expected, lower_case(credentials.response));
    if (!known || !proven) return done({});
    // Only a proven request uses up a nonce count: nobody else can burn a phone's.
    const Ms oldest_ms = now_ms - alive->mint.lifetime_ms();
    if (!alive->counts.use(credentials.nonce, credentials.nc, oldest_ms)) {
      return done({.verdict = AuthVerdict::stale});
    }
    done({AuthVerdict::accepted, credentials.username, known->account, known->agent});
  };
  source_.look_up(request.realm, credentials->username, credentials->algorithm, std::move(finish));
}

}  // namespace rf::edge
