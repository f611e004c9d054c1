#pragma once

struct tport_s;

namespace rf::edge::sip {

/// Called for every TCP connection that the library accepts, before it reads from it (interpose.cpp).
void on_accepted(tport_s* transport, int socket) noexcept;

}  // namespace rf::edge::sip
