#pragma once
#include <grpcpp/server.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/edge_link.hpp"
#include "ringfence/v1/edge.grpc.pb.h"
#include "sip-edge/call/fence.hpp"
#include "sip-edge/credentials.hpp"
#include "sip-edge/directory_feed.hpp"

namespace rf::edge::test {

namespace pb = ringfence::v1;

// The node's side of edge.proto, written apart from the edge's own conversion.
pb::NodeMessage accepted(const std::string& node);
pb::NodeMessage leading(const std::vector<Fence>& shards);
pb::NodeMessage directory(const DirectoryPart& part);
pb::NodeMessage order(AccountId account, Fence fence, const link::Order& order);
pb::NodeMessage sync(AccountId account, Fence fence, const link::Sync& sync);
pb::NodeMessage ack(AccountId account, std::uint64_t epoch, std::uint64_t n);
pb::NodeMessage expected(AccountId account, std::uint64_t epoch, std::uint64_t n);
pb::NodeMessage not_owner(AccountId account, const std::string& hint);
pb::NodeMessage snapshot_request(AccountId account);
pb::NodeMessage ha1_reply(const Ha1Answer& answer);
pb::NodeMessage credential_changed(AccountId account, AgentId agent, bool removed);
/// Aborts the test on what an edge never sends.
link::Event event_of(const pb::EdgeEvent& event);

/// A node with nothing behind it, on a port of its own: keeps what edges send and says what the test wants. Any thread.
class FakeNode final : public pb::EdgeService::CallbackService {
 public:
  explicit FakeNode(std::string token);
  ~FakeNode() override;

  /// Listens, on the same port each time.
  void start();
  /// Ends every stream and stops listening.
  void stop();
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  /// What a new stream hears after its Attach; without it nothing.
  void greet_with(std::vector<pb::NodeMessage> messages);
  /// New streams end with this after their Attach; OK: they are taken.
  void refuse_with(grpc::Status status);
  /// Acknowledges each event of which none before it is missing.
  void acknowledge();
  /// Whether more is read from the streams than the first message.
  void read(bool reads);
  void say(const pb::NodeMessage& message);
  /// Ends the stream that stands.
  void drop(grpc::Status status);

  /// False after a minute.
  bool wait(const std::function<bool()>& condition);
  /// For conditions of wait() and after it.
  std::vector<pb::EdgeMessage> received() const;
  std::size_t attaches() const;
  /// The events received since the last Attach, of one account.
  std::vector<link::Event> events(AccountId account) const;
  /// The last Digests since the last Attach.
  std::optional<pb::Digests> digests() const;

  grpc::ServerBidiReactor<pb::EdgeMessage, pb::NodeMessage>* Attach(grpc::CallbackServerContext* context) override;

 private:
  class Stream;
  void on_message(const std::shared_ptr<Stream>& stream, pb::EdgeMessage message);
  /// Of the last Attach among what was received.
  std::vector<pb::EdgeMessage>::const_iterator last_attach() const;

  const std::string token_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  mutable std::recursive_mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<pb::NodeMessage> greeting_;
  grpc::Status refusal_;
  bool reads_ = true;
  bool acknowledges_ = false;
  /// By account.
  std::map<std::string, std::uint64_t> cursors_;
  std::shared_ptr<Stream> stream_;
  std::vector<pb::EdgeMessage> received_;
};

}  // namespace rf::edge::test
