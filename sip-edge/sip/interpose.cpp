// Six functions of the library, replaced: the executable's definitions come before the library's own, which calls all
// of them through its symbol table. tests/sip-edge/sip/interpose_test.cpp shows that it does.
#include <dlfcn.h>
#include <netdb.h>

#include <climits>
#include <cstring>

#include "core/base/assert.hpp"
#include "sip-edge/sip/accepted.hpp"
#include "sip-edge/sip/sofia.hpp"

#include <sofia-resolv/sres.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/su_addrinfo.h>
#include <sofia-sip/su_time.h>

extern "C" {

/// Addresses only. The library calls this in its event loop with host names from received messages (a Via with
/// `maddr=`): looking one up there stalls every call for as long as the name server likes.
int su_getaddrinfo(const char* node, const char* service, const su_addrinfo_t* hints, su_addrinfo_t** result) {
  addrinfo numeric = {};
  if (hints != nullptr) {
    numeric.ai_flags = hints->ai_flags;
    numeric.ai_family = hints->ai_family;
    numeric.ai_socktype = hints->ai_socktype;
    numeric.ai_protocol = hints->ai_protocol;
  }
  numeric.ai_flags |= AI_NUMERICHOST;
  return getaddrinfo(node, service, &numeric, result);
}

/// No resolver at all: a request whose next hop is a name fails instead of asking one.
sres_resolver_t* sres_resolver_create(su_root_t*, const char*, tag_type_t, tag_value_t, ...) { return nullptr; }

/// Whole milliseconds, rounded up. The library rounds the wait for its next timer down and then spins through the rest
/// of the millisecond, before every timer.
su_duration_t su_duration(su_time_t later, su_time_t earlier) {
  const long long seconds = static_cast<long long>(later.tv_sec) - static_cast<long long>(earlier.tv_sec);
  const long long micros =
      seconds * 1000000 + static_cast<long long>(later.tv_usec) - static_cast<long long>(earlier.tv_usec);
  const long long ms = micros > 0 ? (micros + 999) / 1000 : micros / 1000;
  if (ms > SU_DURATION_MAX) return SU_DURATION_MAX;
  if (ms < -SU_DURATION_MAX) return -SU_DURATION_MAX;
  return static_cast<su_duration_t>(ms);
}

/// Every Via passes here. Its `maddr` is dropped: nobody makes us answer somebody else.
issize_t sip_via_d(su_home_t* home, msg_header_t* header, char* text, isize_t size) {
  using Parse = issize_t (*)(su_home_t*, msg_header_t*, char*, isize_t);
  static const auto library = reinterpret_cast<Parse>(dlsym(RTLD_NEXT, "sip_via_d"));
  RF_ASSERT(library != nullptr);
  const issize_t parsed = library(home, header, text, size);
  auto* via = reinterpret_cast<sip_via_t*>(header);
  if (parsed >= 0 && via->v_maddr != nullptr) {
    msg_header_remove_param(via->v_common, "maddr");
    via->v_maddr = nullptr;
  }
  return parsed;
}

/// Every message that parsed passes here before anything is made of it. Beyond the library's own checks: a request whose
/// top Via has no RFC 3261 branch is refused (400), because a stored branch shorter than the magic cookie is read past
/// its end.
int sip_sanity_check(const sip_t* sip) {
  using Check = int (*)(const sip_t*);
  static const auto library = reinterpret_cast<Check>(dlsym(RTLD_NEXT, "sip_sanity_check"));
  RF_ASSERT(library != nullptr);
  const int verdict = library(sip);
  if (verdict < 0 || sip->sip_request == nullptr) return verdict;
  const sip_via_t* via = sip->sip_via;
  constexpr char cookie[] = "z9hG4bK";
  if (via == nullptr || via->v_branch == nullptr || strncasecmp(via->v_branch, cookie, sizeof cookie - 1) != 0)
    return -1;
  return verdict;
}

/// Every TCP connection passes here when it has its socket: the library counts none and keeps a silent one for hours.
int tport_tcp_init_secondary(tport_t* connection, int socket, int accepted, char const** reason) {
  using Init = int (*)(tport_t*, int, int, char const**);
  static const auto library = reinterpret_cast<Init>(dlsym(RTLD_NEXT, "tport_tcp_init_secondary"));
  RF_ASSERT(library != nullptr);
  const int done = library(connection, socket, accepted, reason);
  if (done >= 0 && accepted != 0) rf::edge::sip::on_accepted(connection, socket);
  return done;
}
}
