// Texts of SIP messages that we parse ourselves: URIs, digest credentials, nonces, session timers, what INFO and SDP say.
#include <array>
#include <cstring>

#include "core/base/assert.hpp"
#include "sip-edge/authenticator.hpp"
#include "sip-edge/caller_key.hpp"
#include "sip-edge/digest.hpp"
#include "sip-edge/held_sdp.hpp"
#include "sip-edge/invites.hpp"
#include "sip-edge/session_timer.hpp"
#include "sip-edge/sip/message.hpp"
#include "sip-edge/uri.hpp"
#include "tests/fuzz/target.hpp"

namespace rf::fuzz {
namespace {

using namespace edge;

enum class Way : std::uint8_t { uri, name_addr, digest, nonce, session, body, marks, count };

constexpr Ms now_ms = 1'700'000'000'000;
constexpr std::string_view realm = "front.example";

const NonceMint& mint() {
  static const NonceMint one(NonceMint::Secret{}, 300 * second_ms);
  return one;
}

class OneUser : public CredentialSource {
 public:
  void look_up(const std::string&, const std::string& user, HashAlgorithm algorithm, Done done) override {
    if (user != "alice") return done(std::optional<SipCredential>());
    done(std::optional<SipCredential>(
        SipCredential{digest_ha1(algorithm, user, realm, "secret"), AccountId(Ulid{1, 1}), AgentId(Ulid{1, 2})}));
  }
};

void read_uri(std::string_view text) {
  if (const auto host = numeric_host(text)) RF_ASSERT(numeric_host(*host) == host);
  const auto uri = parse_uri(text);
  if (!uri) return;
  const std::string written = uri->text();
  RF_ASSERT(written.find_first_of(" \t\r\n<>\"") == std::string::npos);
  const auto again = parse_uri(written);
  RF_ASSERT(again && same_address(*again, *uri));
  RF_ASSERT(again->text() == written);
  uri->param("transport");
  uri->param("");
}

/// A display name, a line feed and a URI: as one header value, whatever is in them.
void write_name_addr(std::string_view text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  sip::NameAddr value;
  value.display = text.substr(0, end);
  if (const auto uri = parse_uri(text.substr(std::min(end + 1, text.size())))) value.uri = *uri;
  const std::string written = sip::text_of(value);
  RF_ASSERT(written.find_first_of("\r\n") == std::string::npos && written.find('\0') == std::string::npos);
}

void read_digest(std::string_view text) {
  OneUser source;
  Authenticator authenticator({}, source);
  const AuthRequest request{"REGISTER", std::string(realm), *parse_uri("sip:front.example"), {std::string(text)}};
  Authenticator::has_credentials(request);
  int answers = 0;
  authenticator.check(request, now_ms, [&](const AuthResult& result) {
    ++answers;
    if (result.verdict == AuthVerdict::accepted) RF_ASSERT(result.user == "alice");
  });
  RF_ASSERT(answers == 1);
  const auto credentials = parse_digest(text);
  if (!credentials) return;
  RF_ASSERT(credentials->nc != 0 && !credentials->username.empty());
  RF_ASSERT(digest_response(*credentials, "ha1", "REGISTER").size() ==
            (credentials->algorithm == HashAlgorithm::md5 ? 32u : 64u));
}

/// Only what the mint made is good, and each count once.
void read_nonce(std::string_view text) {
  const std::string made = mint().make(realm, now_ms, 7);
  if (mint().judge(realm, text, now_ms) != NonceMint::Judgement::forged) RF_ASSERT(nonce_time(text).has_value());
  RF_ASSERT(mint().judge(text, made, now_ms) ==
            (text == realm ? NonceMint::Judgement::good : NonceMint::Judgement::forged));
  NonceCounts counts(2);
  counts.use(text, 1, 0);
  RF_ASSERT(!counts.use(text, 1, 0));
  RF_ASSERT(counts.size() <= 2);
}

void agree(std::string_view bytes) {
  std::array<std::uint32_t, 4> numbers{};
  std::memcpy(numbers.data(), bytes.data(), std::min(bytes.size(), sizeof numbers));
  SessionTerms terms;
  const std::uint32_t flags = numbers[0];
  if ((flags & 1) != 0) terms.session_expires = {numbers[1], static_cast<RefresherRole>((flags >> 8) % 3)};
  if ((flags & 2) != 0) terms.min_se_s = numbers[2];
  terms.supports_timer = (flags & 4) != 0;
  terms.allows_update = (flags & 8) != 0;
  const SessionTimerConfig config = within_limits({numbers[3], numbers[2]});
  const UasDecision decision = decide_as_uas(terms, config);
  SessionAgreement agreement = decision.agreement;
  if (decision.refuse_min_se_s) agreement = decide_as_uac(terms, numbers[3]);
  RF_ASSERT(agreement.interval_s >= session_expires_min_s);
  after_422(terms.min_se_s, numbers[3]);
  SessionTimer timer(second_ms);
  timer.agree(agreement, 0);
  timer.too_brief(numbers[1], 1);
  timer.failed(static_cast<int>(numbers[2] % 700), 2);
  RF_ASSERT(timer.next_ms() > 0 && timer.due(never_ms) == SessionTimer::Action::end);
}

void read_body(std::string_view text) {
  for (const char* type : {"application/dtmf-relay", "application/dtmf"}) {
    const auto key = pressed_key({type, std::string(text)});
    if (key) RF_ASSERT(key->size() == 1 && std::string_view("0123456789*#ABCD").find(*key) != std::string_view::npos);
  }
  const std::string held = held_answer(text);
  RF_ASSERT(held_answer(held) == held);
}

/// A URI, a line feed, and what came in X-Ringfence-Call: what goes on is what was read.
void pass_on(std::string_view text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  sip::Request caller;
  caller.others = {{"X-Ringfence-Call", std::string(text.substr(std::min(end + 1, text.size())))}};
  const Calling calling = calling_of(caller);
  const CallId call(Ulid{1, 1});
  const auto invite = invite_outside(std::string(text.substr(0, end)), call, calling);
  if (!invite) return;
  RF_ASSERT(numeric_host(invite->next_hop.ip) && invite->headers.size() == calling.passed.size() + 1);
  sip::Request received;
  received.others = invite->headers;
  RF_ASSERT(passed_calls(received).front() == call);
}

std::string seed(Way way, std::string_view text) { return chosen(static_cast<std::uint8_t>(way), text); }

}  // namespace

void run(std::string_view input) {
  const auto [way, text] = choice_of(input, static_cast<std::uint8_t>(Way::count));
  switch (static_cast<Way>(way)) {
    case Way::uri: return read_uri(text);
    case Way::name_addr: return write_name_addr(text);
    case Way::digest: return read_digest(text);
    case Way::nonce: return read_nonce(text);
    case Way::session: return agree(text);
    case Way::body: return read_body(text);
    case Way::marks: return pass_on(text);
    case Way::count: break;
  }
}

std::vector<std::string> seeds() {
  const std::string nonce = mint().make(realm, now_ms, 7);
  return {
      seed(Way::uri, "sip:alice;day=tue:pw@Front.Example:5060;transport=tcp;lr?subject=x"),
      seed(Way::uri, "sips:[2001:db8::1]:5061;maddr=192.0.2.1"),
      seed(Way::uri, "tel:+49-30;phone-context=x"),
      seed(Way::name_addr, "A \"B\" \\ \x7f\nsip:a@b"),
      seed(Way::digest, "Digest username=\"alice\", realm=\"front.example\", nonce=\"" + nonce +
                            "\", uri=\"sip:front.example\", response=\"x\", cnonce=\"a\\\\\", nc=00000001, qop=auth, "
                            "algorithm=SHA-256"),
      seed(Way::digest, "digest username=alice,realm=\"a\\\"b\",qop=auth,nc=0000000a,algorithm=MD5"),
      // A quote that is not closed, right behind an escape.
      seed(Way::digest, "Digest qop=auth, cnonce=\"a\\b"),
      seed(Way::nonce, nonce),
      seed(Way::nonce, realm),
      seed(Way::body, "Signal=5\r\nDuration=160\r\n"),
      seed(Way::body, "v=0\r\nm=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\nm=video 0 x 1\r\n"),
      seed(Way::marks,
           "sip:+4930@192.0.2.1;maddr=192.0.2.2\n" + CallId(Ulid{1, 2}).text() + ", " + CallId(Ulid{1, 3}).text()),
      seed(Way::session, std::string("\x0f\x01\0\0\x08\x07\0\0\x5a\0\0\0\x08\x07\0\0", 16)),
  };
}

}  // namespace rf::fuzz
