#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/result.hpp"
#include "sip-edge/flow.hpp"
#include "sip-edge/sip/leg.hpp"
#include "sip-edge/sip/message.hpp"
#include "sip-edge/sip/root.hpp"
#include "sip-edge/sip/server_request.hpp"

namespace rf::edge::sip {

/// One address to listen on.
struct Listen {
  Transport transport = Transport::udp;
  /// An IPv4 or IPv6 literal; 0.0.0.0 and :: only together with `public_host`.
  std::string ip;
  /// 0: any free port; Agent::listening() says which.
  std::uint16_t port = 0;
  /// What Via and Contact say instead of `ip`; may be a name. Empty: `ip`.
  std::string public_host;
  /// Where this came from, for the error message: "sip.listen[0]".
  std::string config_key;
};

struct AgentConfig {
  std::vector<Listen> listen;
  /// User-Agent and Server.
  std::string product = "ringfence";
  /// Larger messages get 413 (UDP) or lose their connection.
  std::size_t message_bytes_max = 64 * 1024;
  /// Requests larger than this leave over TCP although UDP was asked for. 65535: never, as phones behind a NAT need it.
  std::uint32_t udp_mtu_bytes = 65535;
  /// RFC 3261 T1 and the 64*T1 after which INVITE, BYE and a 2xx without ACK are given up.
  std::uint32_t t1_ms = 500;
  std::uint32_t t1x64_ms = 32000;
  /// Messages that may wait for one socket, and connections that may wait to be accepted; 1000 at most.
  std::uint32_t queue_len_max = 1000;
  /// A TCP connection without traffic is closed after this; longer than the longest registration.
  std::uint32_t tcp_idle_ms = 7200 * 1000;
  /// TCP connections that others may have open to us: one more is reset.
  std::size_t connections_max = 10000;
  /// From one address, unless AgentListener knows it.
  std::size_t connections_per_address_max = 1000;
  /// How long a TCP connection may stay that nobody watches, carries no call and comes from no address that AgentListener
  /// knows, whatever is sent by it.
  std::uint32_t stranger_timeout_ms = 30 * 1000;
  std::uint32_t udp_receive_buffer_bytes = 4 * 1024 * 1024;
};

/// What becomes of a request before any state is kept for it.
struct Take {};
/// No answer at all.
struct Drop {};
/// Take: deliver it. Drop: silence. Reply: answered without a transaction, so that a flood costs nothing; a
/// retransmission comes here again.
using Screening = std::variant<Take, Drop, Reply>;

/// Who gets what belongs to no dialog. On the SIP thread.
class AgentListener {
 public:
  virtual ~AgentListener() = default;

  /// Called first, for every REGISTER, INVITE and OPTIONS that is well-formed and asks for no extension we lack.
  virtual Screening screen(const Request& request) = 0;
  /// An INVITE that was taken; 100 Trying is sent. Calls `leg->listen()` and keeps the leg, or lets it go: then the
  /// caller gets 480.
  virtual void on_invite(std::unique_ptr<Leg> leg, const Request& request) = 0;
  /// A REGISTER or OPTIONS that was taken; answered now or later.
  virtual void on_request(ServerRequest request) = 0;
  /// Whether TCP connections from that address may stay although no phone registered by them: a trunk's.
  virtual bool knows_address(const std::string& ip) = 0;
};

/// What became of TCP connections, since the agent was opened.
struct ConnectionCounts {
  /// Refused: connections_max, connections_per_address_max.
  std::uint64_t over_total = 0;
  std::uint64_t over_address = 0;
  /// Closed after stranger_timeout_ms.
  std::uint64_t strangers = 0;
};

/// An outgoing request outside of any dialog.
struct OutRequest {
  Method method = Method::options;
  Flow next_hop{};
  Uri request_uri{};
  NameAddr from{};
  NameAddr to{};
  std::vector<Header> headers{};
  Body body{};
};

/// The SIP stack of this process: sockets, transactions, dialogs. Made, used and destroyed on the SIP thread, before
/// its root. It never resolves a name. Requests that need no decision are answered here: 405 and 501 for methods that
/// we do not take, 416, 420, 481, 483, BYE and CANCEL. Legs and requests that outlive it become inert.
class Agent {
 public:
  /// Opens every address or none. Errors: invalid_argument (not an address; the key is named), unavailable (in use, or
  /// not on this machine; the key is named).
  static Result<std::unique_ptr<Agent>> open(Root& root, const AgentConfig& config, AgentListener& listener);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  /// The addresses listened on, in the order of AgentConfig::listen, with real ports.
  const std::vector<Flow>& listening() const;

  /// Sends an INVITE. The listener hears of everything that follows, never before this returns. Error: invalid_argument
  /// (a URI or header that cannot be written), unavailable (no transport for the next hop's protocol and family).
  Result<std::unique_ptr<Leg>> invite(const Invite& invite, LegListener& listener);

  /// Sends a request and hears its final response, at the latest after 64*T1 (408, internal). Same errors as invite().
  /// Nothing is called any more once the agent is destroyed.
  Result<void> send(const OutRequest& request, std::function<void(const Response&)> on_final);

  /// What waits to be read in the UDP socket whose receive buffer is fullest, as a share of that buffer.
  double receive_backlog() const;

  /// How much is alive, for metrics and for tests that look for leaks.
  struct Counts {
    std::size_t legs = 0;
    std::size_t server_requests = 0;
    std::size_t client_requests = 0;
    /// TCP, opened by others.
    std::size_t connections = 0;
    ConnectionCounts closed;
  };
  Counts counts() const;

 private:
  explicit Agent(std::shared_ptr<AgentCore> core);
  std::shared_ptr<AgentCore> core_;
};

}  // namespace rf::edge::sip
