#include "sip-edge/sip/connections.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <vector>

#include "sip-edge/sip/accepted.hpp"
#include "sip-edge/sip/core.hpp"

namespace rf::edge::sip {

namespace {

/// Of the agents on this thread. The library has no pointer to give us for a new connection.
thread_local std::vector<Connections*> on_this_thread;

Flow peer_of(int socket) {
  su_sockaddr_t address = {};
  socklen_t size = sizeof address;
  char text[SU_ADDRSIZE] = {};
  if (getpeername(socket, &address.su_sa, &size) != 0) return {};
  SU_CANONIZE_SOCKADDR(&address);
  su_inet_ntop(address.su_family, SU_ADDR(&address), text, sizeof text);
  return {Transport::tcp, text, ntohs(address.su_port)};
}

/// The peer gets a reset and no socket of ours waits for its last packets.
void shut(int socket) {
  const linger at_once{1, 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  shutdown(socket, SHUT_RDWR);
}

}  // namespace

void on_accepted(tport_s* transport, int socket) noexcept {
  const auto owner = std::find_if(on_this_thread.begin(), on_this_thread.end(),
                                  [&](const Connections* one) { return one->owns(transport); });
  if (owner != on_this_thread.end()) (*owner)->accepted(transport, socket);
}

/// One open connection; told by the library when it closes.
class Connections::Entry : public ConnectionClient {
 public:
  Entry(Connections& owner, tport_t* transport, Flow peer, std::uint64_t number)
      : peer(std::move(peer)), number(number), owner_(owner), transport_(transport),
        pending_(tport_pend(transport, nullptr, &ConnectionClient::on_error, this)) {}
  ~Entry() override { tport_release(transport_, pending_, nullptr, nullptr, this, 0); }

  const Flow peer;
  const std::uint64_t number;
  int watches = 0;

 private:
  void on_closed() noexcept override { owner_.closed(transport_); }

  Connections& owner_;
  tport_t* transport_;
  const int pending_;
};

Connections::Connections(AgentCore& agent) : agent_(agent), timer_(agent.root(), [this] { check_due(); }) {
  on_this_thread.push_back(this);
}

Connections::~Connections() { std::erase(on_this_thread, this); }

bool Connections::owns(const tport_t* transport) const { return agent_.listens_by(tport_parent(transport)); }

void Connections::accepted(tport_t* transport, int socket) {
  const AgentConfig& config = agent_.config();
  Flow peer = peer_of(socket);
  const auto same = per_address_.find(peer.ip);
  const bool crowd = same != per_address_.end() && same->second >= config.connections_per_address_max;
  if (open_.size() >= config.connections_max) {
    ++counts_.over_total;
    return shut(socket);
  }
  if (crowd && !agent_.listener().knows_address(peer.ip)) {
    ++counts_.over_address;
    return shut(socket);
  }
  ++per_address_[peer.ip];
  checks_.push_back({Root::now_ms() + config.stranger_timeout_ms, transport, ++last_number_});
  open_[transport] = std::make_unique<Entry>(*this, transport, std::move(peer), last_number_);
  arm();
}

void Connections::closed(tport_t* transport) {
  const auto found = open_.find(transport);
  if (found == open_.end()) return;
  const auto same = per_address_.find(found->second->peer.ip);
  if (--same->second == 0) per_address_.erase(same);
  open_.erase(found);
  if (tport_is_closed(transport)) return;
  // Shut by its peer alone: the library would keep it until all is sent, and not tell again.
  agent_.root().post([agent = agent_.weak_from_this(), kept = tport_ref(transport)] {
    const auto core = agent.lock();
    if (core == nullptr || core->library() == nullptr) return;
    tport_shutdown(kept, 2);
    tport_unref(kept);
  });
}

void Connections::watched(tport_t* transport) {
  if (const auto found = open_.find(transport); found != open_.end()) ++found->second->watches;
}

void Connections::unwatched(tport_t* transport) {
  if (const auto found = open_.find(transport); found != open_.end()) --found->second->watches;
}

bool Connections::may_stay(const Entry& entry) const {
  return entry.watches > 0 || agent_.listener().knows_address(entry.peer.ip) || agent_.has_leg_on(entry.peer);
}

void Connections::check_due() {
  const Ms now_ms = Root::now_ms();
  while (!checks_.empty() && checks_.front().at_ms <= now_ms) {
    Check check = checks_.front();
    checks_.pop_front();
    const auto found = open_.find(check.transport);
    // Another connection may have its place in memory by now.
    if (found == open_.end() || found->second->number != check.number) continue;
    if (may_stay(*found->second)) {
      check.at_ms = now_ms + agent_.config().stranger_timeout_ms;
      checks_.push_back(check);
    } else {
      ++counts_.strangers;
      tport_shutdown(check.transport, 2);
    }
  }
  arm();
}

void Connections::arm() {
  if (!checks_.empty() && !timer_.is_set()) timer_.set(checks_.front().at_ms - Root::now_ms());
}

void Connections::clear() {
  open_.clear();
  per_address_.clear();
  checks_.clear();
  timer_.cancel();
}

}  // namespace rf::edge::sip
