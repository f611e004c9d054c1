// Whole SIP messages: through the library's parser as the edge uses it, then as plain values through what screens them.
#include "core/base/assert.hpp"
#include "sip-edge/registrar.hpp"
#include "sip-edge/sip/convert.hpp"
#include "sip-edge/sip/message.hpp"
#include "tests/fuzz/target.hpp"

#include <sofia-sip/msg_addr.h>

namespace rf::fuzz {
namespace {

using namespace edge;

constexpr Ms now_ms = 1'700'000'000'000;

void be_written(const sip::NameAddr& value) {
  // What the edge checks before it writes a URI of somebody else's into a message of its own.
  if (!parse_uri(value.uri.text())) return;
  RF_ASSERT(sip::text_of(value).find_first_of("\r\n") == std::string::npos);
}

void be_used(const sip::Message& message) {
  be_written(message.from);
  be_written(message.to);
  message.other("P-Asserted-Identity");
  const SessionTerms terms = message.session_terms();
  const UasDecision decision = decide_as_uas(terms, {});
  if (!decision.refuse_min_se_s) RF_ASSERT(decision.agreement.interval_s >= session_expires_min_s);
  // A header of ours that repeats one of theirs is one line.
  const std::string line = sip::header_lines({{"Reason", message.reason}});
  RF_ASSERT(line.find_first_of("\r\n") == line.size() - 2);
}

void be_registered(const sip::Request& request) {
  std::uint64_t ids = 0;
  Registrar registrar({.bindings_per_user_max = 3, .bindings_max = 5}, [&] { return BindingId(Ulid{1, ++ids}); });
  Registration registration;
  registration.domain = request.to.uri.host;
  registration.user = request.to.uri.user;
  registration.account = AccountId(Ulid{1, 1});
  registration.agent = AgentId(Ulid{1, 2});
  registration.call_id = request.call_id;
  registration.cseq = request.cseq;
  for (const sip::Contact& c : request.contacts)
    registration.contacts.push_back(RegisterContact{c.uri, c.expires_s, c.instance_id, c.reg_id});
  registration.wildcard = request.contact_wildcard;
  registration.expires_s = request.expires_s;
  registration.flow = request.source;
  for (Ms at = now_ms; at < now_ms + 3; ++at) {
    const RegisterResult result = registrar.apply(registration, at);
    RF_ASSERT(result.bindings.size() <= 3 && registrar.bindings().size() <= 5);
    ++registration.cseq;
  }
  registrar.expire(never_ms - 1);
  RF_ASSERT(registrar.bindings().empty());
}

/// The address that a message comes from.
void set_source(msg_t* msg) {
  su_sockaddr_t* address = msg_addr(msg);
  address->su_sin.sin_family = AF_INET;
  address->su_sin.sin_port = htons(5060);
  address->su_sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

}  // namespace

void run(std::string_view input) {
  sip::MessageRef msg(msg_make(sip_default_mclass(), MSG_DO_CANONIC, input.data(), static_cast<ssize_t>(input.size())));
  if (msg.get() == nullptr) return;
  const sip_t* sip = sip_object(msg.get());
  if (sip == nullptr) return;
  set_source(msg.get());
  if (sip->sip_request != nullptr) {
    const bool sane = sip_sanity_check(sip) >= 0;
    const sip::Request request = sip::to_request(sip, msg.get());
    sip::direct_hop(sip->sip_request->rq_url);
    if (!sane) return;
    be_used(request);
    be_registered(request);
  } else if (sip->sip_status != nullptr) {
    be_used(sip::to_response(sip, msg.get()));
  }
}

std::vector<std::string> seeds() {
  const std::string via = "Via: SIP/2.0/UDP 192.0.2.1:5060;rport;maddr=192.0.2.9;branch=z9hG4bKabc\r\n";
  const std::string ends =
      "From: \"A \\\"B\\\"\" <sip:a@b:5070;transport=tcp>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: x@y\r\n";
  return {
      "REGISTER sip:d SIP/2.0\r\n" + via + ends +
          "CSeq: 1 REGISTER\r\nContact: \"a\" <sip:a@192.0.2.1;ob>;expires=60;+sip.instance=\"<urn:uuid:1>\";reg-id=1, "
          "<sip:b@[::1]:5>;q=0.5\r\nExpires: 3600\r\nAuthorization: Digest username=\"a\", realm=\"d\", nonce=\"1\", "
          "uri=\"sip:d\", response=\"2\", cnonce=\"3\", nc=00000001, qop=auth\r\nUser-Agent: x\r\nContent-Length: "
          "0\r\n\r\n",
      "REGISTER sip:d SIP/2.0\r\n" + via + ends + "CSeq: 2 REGISTER\r\nContact: *\r\nExpires: 0\r\nl: 0\r\n\r\n",
      "INVITE sip:100@192.0.2.2 SIP/2.0\r\n" + via + ends +
          "CSeq: 7 INVITE\r\nMax-Forwards: 70\r\nm: <sip:a@192.0.2.1>\r\nSupported: timer, 100rel\r\nRequire: timer\r\n"
          "Allow: INVITE, UPDATE\r\nSession-Expires: 1800;refresher=uac\r\nMin-SE: 90\r\nP-Asserted-Identity: "
          "<tel:+1>\r\n"
          "Record-Route: <sip:192.0.2.3;lr>\r\nReason: SIP;cause=200;text=\"x\"\r\nContent-Type: application/sdp\r\n"
          "Content-Length: 5\r\n\r\nv=0\r\n",
      "SIP/2.0 503 No\r\n" + via + ends +
          "CSeq: 7 INVITE\r\nRetry-After: 5 (busy);duration=3\r\nMin-SE: 95\r\nl: 0\r\n\r\n",
      "OPTIONS tel:+1-201;x=y SIP/2.0\r\nv: SIP / 2.0 / TCP h3 : 5070 ;branch=z9hG4bK1\r\nf: <tel:+49>;tag=1\r\n"
      "t:\r\n <sip:c@d>\r\ni: x\r\nCSeq: 0009\r\n OPTIONS\r\n\r\n",
  };
}

}  // namespace rf::fuzz
