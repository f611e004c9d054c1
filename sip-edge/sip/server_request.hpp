#pragma once
#include <functional>
#include <memory>

#include "sip-edge/sip/message.hpp"

namespace rf::edge::sip {

class AgentCore;
class FlowWatchCore;
struct ServerTransaction;

/// Tells once when the TCP connection of a request is closed, by whichever side; destroying it ends the watch. SIP
/// thread.
class FlowWatch {
 public:
  explicit FlowWatch(std::shared_ptr<FlowWatchCore> core);
  ~FlowWatch();
  FlowWatch(const FlowWatch&) = delete;
  FlowWatch& operator=(const FlowWatch&) = delete;

 private:
  std::shared_ptr<FlowWatchCore> core_;
};

/// A received request that waits for our answer. Movable; letting it go unanswered sends 500. SIP thread.
class ServerRequest {
 public:
  explicit ServerRequest(std::shared_ptr<ServerTransaction> core);
  ~ServerRequest();
  ServerRequest(ServerRequest&&) noexcept = default;
  ServerRequest& operator=(ServerRequest&&) noexcept;

  const Request& request() const;

  /// Sends an answer: any number of provisional ones (to an INVITE), then one final. Whatever comes after a final answer,
  /// also one that the stack sent (487 to a CANCELled re-INVITE), is dropped.
  void reply(const Reply& reply);
  bool answered() const;
  /// Calls `cancelled` once if the peer CANCELs it before its final answer; then it is answered.
  void on_cancelled(std::function<void()> cancelled);

  /// Calls `closed` when the connection it came by closes; nullptr for UDP. See FlowWatch.
  std::unique_ptr<FlowWatch> watch_flow(std::function<void()> closed) const;

 private:
  std::shared_ptr<ServerTransaction> core_;
};

}  // namespace rf::edge::sip
