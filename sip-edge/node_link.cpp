#include "sip-edge/node_link.hpp"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <variant>

#include "core/base/limits.hpp"
#include "process/clock.hpp"
#include "process/log.hpp"
#include "process/metrics.hpp"
#include "process/random.hpp"
#include "sip-edge/credentials.hpp"
#include "sip-edge/directory_feed.hpp"
#include "sip-edge/leaders.hpp"
#include "sip-edge/link_stream.hpp"
#include "sip-edge/retry.hpp"
#include "sip-edge/served.hpp"
#include "sip-edge/ticker.hpp"

namespace rf::edge {

namespace {

constexpr Ms tick_ms = 100;
constexpr Ms heartbeat_ms = 1000;
/// A node that refused this edge will hardly change its mind soon.
constexpr Ms refused_retry_ms = 5000;
constexpr Ms attach_timeout_ms = 10'000;
constexpr Ms repeat_log_ms = 60'000;
constexpr int message_bytes_max = 16 << 20;

/// Whether the node said no, rather than being unable to answer.
bool refusal(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::NOT_FOUND:
    case grpc::StatusCode::UNIMPLEMENTED: return true;
    default: return false;
  }
}

std::shared_ptr<grpc::Channel> make_channel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(message_bytes_max);
  // The waits between attempts are ours.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
  // Sets TCP_USER_TIMEOUT too: with a heartbeat a second a dead machine is noticed after 10 s, without pings.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 3600 * 1000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

class NodeLink::Impl final : public LinkStreamListener, public std::enable_shared_from_this<NodeLink::Impl> {
 public:
  Impl(NodeLinkConfig config, Post post, LinkListener& listener, process::Logger& log, process::Metrics& metrics);

  void start();
  void stop();
  void use(AccountId account);
  void send(AccountId account, const link::Event& event);
  void look_up(const SipUser& user, HashAlgorithm algorithm, const Done& done);
  const DirectoryFeed& feed() const { return feed_; }
  std::size_t attached() const;

  // LinkStreamListener
  void on_said(LinkStream& stream, wire::NodeSays said) override;
  void on_nonsense(LinkStream& stream, std::string what) override;
  void on_room(LinkStream& stream) override;
  void on_ended(LinkStream& stream, grpc::Status status) override;

 private:
  struct Node {
    std::size_t index = 0;
    std::string address;
    std::unique_ptr<ringfence::v1::EdgeService::Stub> stub;
    /// Null between two attempts.
    std::shared_ptr<LinkStream> stream;
    Served::StreamId stream_id = 0;
    bool attached = false;
    bool digests_owed = false;
    std::uint32_t failures = 0;
    Ms retry_mono_ms = 0;
    Ms attach_until_mono_ms = never_ms;
    Ms heartbeat_mono_ms = 0;
    /// What was last logged about its failing, so that an outage is not a line every 5 s.
    std::string complaint;
    Ms complaint_mono_ms = 0;
    std::uint64_t nonsense = 0;
    Ms nonsense_mono_ms = 0;
  };

  void later(std::function<void(Impl&)> closure);
  Ms now() const { return clock_.mono_ms(); }
  Node* node_of(const LinkStream& stream);
  Node* node_of(Served::StreamId stream);
  void connect(Node& node);
  void retry(Node& node, const grpc::Status& status);
  void beat(Node& node);
  void tick();
  void settle(AccountId account);
  void settle(const std::vector<AccountId>& accounts);
  void send_digests(Node& node);
  std::optional<std::uint32_t> shard_of(AccountId account) const;
  void learn(AccountId account, Fence fence);
  std::optional<Served::Leader> leader_of(AccountId account) const;

  void on(Node& node, const wire::Accepted& said);
  void on(Node& node, const wire::Leading& said);
  void on(Node& node, DirectoryPart& said);
  void on(Node& node, input::OrderCame& said);
  void on(Node& node, input::SyncCame& said);
  void on(Node& node, const input::Acked& said);
  void on(Node& node, const input::Expected& said);
  void on(Node& node, const wire::NotOwner& said);
  void on(Node& node, const input::SnapshotAsked& said);
  void on(Node& node, const Ha1Answer& said);
  void on(Node& node, const wire::CredentialChanged& said);

  const NodeLinkConfig config_;
  const Post post_;
  LinkListener& listener_;
  process::Logger& log_;
  process::Metrics& metrics_;
  const process::SystemClock clock_;
  const std::shared_ptr<LiveStreams> live_ = std::make_shared<LiveStreams>();
  std::vector<Node> nodes_;
  Leaders leaders_;
  DirectoryFeed feed_;
  Served served_;
  /// Of accounts with which there was anything to do: one that loses its last name keeps its leader.
  std::map<AccountId, std::uint32_t> learned_shards_;
  Credentials credentials_{CredentialLimits{}};
  Served::StreamId last_stream_ = 0;
  bool stopped_ = false;
  /// A tick that waits for the SIP thread: one is enough.
  std::atomic<bool> tick_posted_ = false;
  std::unique_ptr<Ticker> ticker_;
};

NodeLink::Impl::Impl(NodeLinkConfig config, Post post, LinkListener& listener, process::Logger& log,
                     process::Metrics& metrics)
    : config_(std::move(config)), post_(std::move(post)), listener_(listener), log_(log), metrics_(metrics),
      leaders_(config_.nodes.size()), feed_(config_.nodes.size()) {
  for (const std::string& address : config_.nodes) {
    Node& node = nodes_.emplace_back();
    node.index = nodes_.size() - 1;
    node.address = address;
    node.stub = ringfence::v1::EdgeService::NewStub(make_channel(address));
  }
}

void NodeLink::Impl::start() {
  for (Node& node : nodes_) connect(node);
  ticker_ = std::make_unique<Ticker>(tick_ms, [this] {
    if (tick_posted_.exchange(true)) return;
    later([](Impl& self) {
      self.tick_posted_ = false;
      self.tick();
    });
  });
}

void NodeLink::Impl::stop() {
  if (std::exchange(stopped_, true)) return;
  ticker_.reset();
  for (Node& node : nodes_)
    if (node.stream) node.stream->cancel();
  live_->wait();
  for (Node& node : nodes_) node.stream.reset();
  credentials_.refuse_all();
  metrics_.gauge(process::Metric::edge_node_connected, {}).set(0);
}

void NodeLink::Impl::later(std::function<void(Impl&)> closure) {
  post_([weak = weak_from_this(), closure = std::move(closure)] {
    const auto self = weak.lock();
    if (self && !self->stopped_) closure(*self);
  });
}

NodeLink::Impl::Node* NodeLink::Impl::node_of(const LinkStream& stream) {
  for (Node& node : nodes_)
    if (!stopped_ && node.stream.get() == &stream) return &node;
  return nullptr;
}

NodeLink::Impl::Node* NodeLink::Impl::node_of(Served::StreamId stream) {
  for (Node& node : nodes_)
    if (node.stream && node.stream_id == stream) return &node;
  return nullptr;
}

std::size_t NodeLink::Impl::attached() const {
  return static_cast<std::size_t>(
      std::count_if(nodes_.begin(), nodes_.end(), [](const Node& node) { return node.attached; }));
}

void NodeLink::Impl::connect(Node& node) {
  const process::StreamLimits limits{
      .queue_messages_max = 8192, .queue_bytes_max = config_.queue_bytes_max, .read_credit = 32};
  const LinkStreamSetup setup{config_.edge, post_, live_, limits};
  node.stream = std::make_shared<LinkStream>(setup, weak_from_this());
  node.stream_id = ++last_stream_;
  node.attach_until_mono_ms = now() + attach_timeout_ms;
  node.stream->attach(*node.stub, config_.token,
                      wire::attach({config_.edge, config_.epoch, config_.boot_id, now(), config_.domains}));
}

void NodeLink::Impl::beat(Node& node) {
  node.heartbeat_mono_ms = now() + heartbeat_ms;
  // Without room it is left out: the leader then knows an older clock of ours, and an older one is safe (R12).
  node.stream->push(wire::heartbeat(now()));
}

void NodeLink::Impl::tick() {
  for (Node& node : nodes_) {
    if (!node.stream) {
      if (node.retry_mono_ms <= now()) connect(node);
    } else if (!node.attached) {
      if (node.attach_until_mono_ms <= now()) node.stream->cancel();
    } else if (node.heartbeat_mono_ms <= now()) {
      beat(node);
    }
    // Not before the tick: a node that starts gains its shards one by one.
    if (node.attached) send_digests(node);
  }
  credentials_.expire(now());
  settle(served_.due(now()));
}

std::optional<std::uint32_t> NodeLink::Impl::shard_of(AccountId account) const {
  if (const auto shard = feed_.copy().shard_of(account)) return shard;
  const auto learned = learned_shards_.find(account);
  if (learned == learned_shards_.end()) return std::nullopt;
  return learned->second;
}

void NodeLink::Impl::learn(AccountId account, Fence fence) {
  if (learned_shards_.emplace(account, fence.shard).second) settle(account);
}

std::optional<Served::Leader> NodeLink::Impl::leader_of(AccountId account) const {
  const auto shard = shard_of(account);
  if (!shard) return std::nullopt;
  const auto leader = leaders_.of(*shard);
  if (!leader) return std::nullopt;
  return Served::Leader{nodes_[leader->node].stream_id, {*shard, leader->term}};
}

void NodeLink::Impl::settle(AccountId account) {
  const auto leader = leader_of(account);
  switch (served_.settle(account, leader, now())) {
    case Served::Change::none: break;
    case Served::Change::lost: listener_.on_leader_lost(account); break;
    case Served::Change::connected:
      learned_shards_.emplace(account, leader->fence.shard);
      listener_.on_leader(account, leader->fence);
      break;
  }
}

void NodeLink::Impl::settle(const std::vector<AccountId>& accounts) {
  for (const AccountId& account : accounts) settle(account);
}

void NodeLink::Impl::use(AccountId account) {
  if (served_.add(account)) later([account](Impl& self) { self.settle(account); });
}

void NodeLink::Impl::send(AccountId account, const link::Event& event) {
  Node* node = node_of(served_.stream_of(account));
  if (!node || node->stream->push(wire::event(account, event))) return;
  served_.block(account);
  later([account](Impl& self) {
    if (self.served_.blocked(account)) self.listener_.on_leader_lost(account);
  });
}

void NodeLink::Impl::send_digests(Node& node) {
  // They tell what holds after the events that were sent before.
  if (!node.digests_owed || !served_.blocked_on(node.stream_id).empty()) return;
  node.digests_owed = !node.stream->push(wire::digests(listener_.digests()));
}

void NodeLink::Impl::look_up(const SipUser& user, HashAlgorithm algorithm, const Done& done) {
  if (stopped_ || !feed_.known())
    return done(Error{Code::unavailable, "no node has told the directory yet: try again later"});
  const auto owner = feed_.copy().find(DirectoryCopy::Kind::sip_domain, user.domain);
  if (!owner || user.name.size() > limits::text_bytes_max) return done(std::optional<SipCredential>());
  if (credentials_.look_up(user, algorithm, now(), done) != Credentials::Asked::now) return;
  const auto leader = leaders_.of(owner->shard);
  if (!leader || !nodes_[leader->node].stream->push(wire::ha1_request(user))) credentials_.refuse(user);
}

void NodeLink::Impl::on_said(LinkStream& stream, wire::NodeSays said) {
  Node* node = node_of(stream);
  if (node) std::visit([&](auto& what) { on(*node, what); }, said);
}

void NodeLink::Impl::on_nonsense(LinkStream& stream, std::string what) {
  Node* node = node_of(stream);
  if (!node) return;
  ++node->nonsense;
  if (node->nonsense_mono_ms > now()) return;
  node->nonsense_mono_ms = now() + second_ms;
  log_.warn("node_message_dropped", {{"address", node->address}, {"reason", what}, {"count", node->nonsense}});
}

void NodeLink::Impl::on_room(LinkStream& stream) {
  Node* node = node_of(stream);
  if (!node) return;
  for (const AccountId& account : served_.blocked_on(node->stream_id)) {
    served_.unblock(account);
    settle(account);
    if (served_.blocked(account)) return;
  }
  send_digests(*node);
}

void NodeLink::Impl::on_ended(LinkStream& stream, grpc::Status status) {
  Node* node = node_of(stream);
  if (!node) return;
  const bool was_attached = std::exchange(node->attached, false);
  node->stream.reset();
  node->digests_owed = false;
  leaders_.lost(node->index);
  feed_.lost(node->index);
  metrics_.gauge(process::Metric::edge_node_connected, {}).set(static_cast<double>(attached()));
  if (was_attached) log_.warn("node_lost", {{"address", node->address}});
  retry(*node, status);
  settle(served_.all());
}

void NodeLink::Impl::retry(Node& node, const grpc::Status& status) {
  std::uint64_t random = 0;
  process::fill_random(std::as_writable_bytes(std::span(&random, 1)));
  const bool refused = refusal(status.error_code());
  node.retry_mono_ms = now() + (refused ? refused_retry_ms : retry_wait_ms(node.failures++, random));
  std::string complaint = status.ok() ? "the node ended the stream" : status.error_message();
  if (complaint == node.complaint && now() < node.complaint_mono_ms) return;
  node.complaint = std::move(complaint);
  node.complaint_mono_ms = now() + repeat_log_ms;
  if (refused)
    log_.error("attach_refused", {{"address", node.address}, {"reason", node.complaint}});
  else
    log_.warn("node_unreachable", {{"address", node.address}, {"reason", node.complaint}});
}

void NodeLink::Impl::on(Node& node, const wire::Accepted& said) {
  if (said.protocol_version != wire::protocol_version) {
    log_.error("attach_refused", {{"address", node.address},
                                  {"reason", "the node speaks another protocol version: run an edge of its version"},
                                  {"version", said.protocol_version}});
    node.stream->cancel();
    return;
  }
  node.attached = true;
  node.failures = 0;
  node.complaint.clear();
  metrics_.gauge(process::Metric::edge_node_connected, {}).set(static_cast<double>(attached()));
  log_.info("node_attached", {{"address", node.address}, {"node", said.node}});
  beat(node);
}

void NodeLink::Impl::on(Node& node, const wire::Leading& said) {
  const std::vector<Fence> gained = leaders_.claim(node.index, said.shards);
  const auto stale = std::count_if(said.shards.begin(), said.shards.end(), [&](const Fence& fence) {
    return leaders_.of(fence.shard) != Leaders::Leader{node.index, fence.term};
  });
  if (stale > 0)
    log_.warn("stale_leader", {{"address", node.address},
                               {"shards", stale},
                               {"reason", "a later leader of them is known; if this node's log was deleted, start the "
                                          "edge anew"}});
  if (!gained.empty()) {
    node.digests_owed = true;
    // Changes of credentials may have been told while nobody led, or while we were not attached.
    credentials_.forget([&](AccountId account) {
      const auto shard = shard_of(account);
      return std::any_of(gained.begin(), gained.end(), [&](const Fence& fence) { return shard == fence.shard; });
    });
  }
  served_.claimed(node.stream_id);
  settle(served_.all());
}

void NodeLink::Impl::on(Node& node, DirectoryPart& said) {
  if (said.left_out > 0) log_.warn("directory_names_left_out", {{"address", node.address}, {"count", said.left_out}});
  if (feed_.take(node.index, std::move(said))) settle(served_.all());
}

void NodeLink::Impl::on(Node&, input::OrderCame& said) {
  learn(said.account, said.fence);
  listener_.on_order(said.account, said.fence, std::move(said.order));
}
void NodeLink::Impl::on(Node&, input::SyncCame& said) {
  learn(said.account, said.fence);
  listener_.on_sync(said.account, said.fence, std::move(said.sync));
}
void NodeLink::Impl::on(Node&, const input::Acked& said) { listener_.on_acked(said.account, said.epoch, said.n); }
void NodeLink::Impl::on(Node&, const input::Expected& said) { listener_.on_expected(said.account, said.epoch, said.n); }

void NodeLink::Impl::on(Node& node, const wire::NotOwner& said) {
  log_.debug("node_not_owner", {{"address", node.address}, {"account", said.account}, {"hint", said.hint}});
  if (served_.refuse(said.account, node.stream_id, now())) listener_.on_leader_lost(said.account);
}

void NodeLink::Impl::on(Node&, const input::SnapshotAsked& said) {
  // An edge that started anew is asked about accounts of its last epoch that it does not know yet.
  if (served_.add(said.account)) settle(said.account);
  listener_.on_snapshot_asked(said.account);
}

void NodeLink::Impl::on(Node&, const Ha1Answer& said) { credentials_.answer(said, now()); }

void NodeLink::Impl::on(Node&, const wire::CredentialChanged& said) {
  credentials_.forget(said.account, said.agent);
  if (said.removed) listener_.on_agent_removed(said.account, said.agent);
}

NodeLink::NodeLink(NodeLinkConfig config, Post post, LinkListener& listener, process::Logger& log,
                   process::Metrics& metrics)
    : impl_(std::make_shared<Impl>(std::move(config), std::move(post), listener, log, metrics)) {}
NodeLink::~NodeLink() { impl_->stop(); }

void NodeLink::start() { impl_->start(); }
void NodeLink::stop() { impl_->stop(); }
void NodeLink::use(AccountId account) { impl_->use(account); }
void NodeLink::send(AccountId account, const link::Event& event) { impl_->send(account, event); }
const DirectoryCopy& NodeLink::directory() const { return impl_->feed().copy(); }
bool NodeLink::has_directory() const { return impl_->feed().known(); }
bool NodeLink::connected() const { return impl_->attached() > 0; }
void NodeLink::look_up(const std::string& realm, const std::string& user, HashAlgorithm algorithm, Done done) {
  impl_->look_up({realm, user}, algorithm, done);
}

}  // namespace rf::edge
