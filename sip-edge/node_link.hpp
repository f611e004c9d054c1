#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/edge_link.hpp"
#include "core/base/result.hpp"
#include "sip-edge/authenticator.hpp"
#include "sip-edge/call/fence.hpp"
#include "sip-edge/directory_copy.hpp"

namespace rf::process {
class Logger;
class Metrics;
}  // namespace rf::process

namespace rf::edge {

/// What the edge hears from the cluster. Always on the SIP thread, never from inside a call of NodeLink.
class LinkListener {
 public:
  virtual ~LinkListener() = default;
  virtual void on_order(AccountId account, Fence fence, link::Order order) = 0;
  virtual void on_sync(AccountId account, Fence fence, link::Sync sync) = 0;
  virtual void on_acked(AccountId account, std::uint64_t epoch, std::uint64_t n) = 0;
  virtual void on_expected(AccountId account, std::uint64_t epoch, std::uint64_t n) = 0;
  /// The account's shard has a leader that took our Attach: events may be sent, from the first unacknowledged one. Only
  /// for accounts in use(), or asked for by a node. Comes again when the leader or its term changes.
  virtual void on_leader(AccountId account, Fence fence) = 0;
  virtual void on_leader_lost(AccountId account) = 0;
  virtual void on_snapshot_asked(AccountId account) = 0;
  virtual void on_agent_removed(AccountId account, AgentId agent) = 0;
  /// Every account's events that were unacknowledged have been sent after an Attach: the digests may follow.
  virtual std::vector<std::pair<AccountId, link::Digest>> digests() = 0;
};

struct NodeLinkConfig {
  EdgeName edge;
  std::uint64_t epoch = 0;
  std::string boot_id;
  /// host:port of every node.
  std::vector<std::string> nodes;
  std::string token;
  std::vector<std::string> domains;
  /// What may wait to be written to one node; beyond it accounts are held back.
  std::size_t queue_bytes_max = 16 << 20;
};

/// The edge's streams to the nodes (one each), with the copies of the directory and of credentials that come by them.
/// Everything is called on the SIP thread; the streams' own threads post to it. Reconnects by itself with a growing wait.
class NodeLink : public CredentialSource {
 public:
  /// Runs a closure on the SIP thread, from any thread.
  using Post = std::function<void(std::function<void()>)>;

  NodeLink(NodeLinkConfig config, Post post, LinkListener& listener, process::Logger& log, process::Metrics& metrics);
  ~NodeLink() override;

  /// Connects. The listener hears nothing before.
  void start();
  /// Ends every stream; no call comes afterwards.
  void stop();

  /// The account is served here from now on: on_leader follows (later, never inside) if its leader is attached.
  void use(AccountId account);
  /// Sends one event to the account's leader. Dropped when there is none, or when the stream to it is full (on_leader_lost
  /// follows, and on_leader when there is room): it is sent again after on_leader.
  void send(AccountId account, const link::Event& event);

  const DirectoryCopy& directory() const;
  /// Whether any node has told us the whole directory since the start.
  bool has_directory() const;
  /// Whether a stream to a node stands.
  bool connected() const;

  /// Asks the account's leader once, then the cache (1 h, invalidated by CredentialChanged; unknown users 5 s).
  void look_up(const std::string& realm, const std::string& user, HashAlgorithm algorithm, Done done) override;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace rf::edge
