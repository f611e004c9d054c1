#include "node/node.hpp"

#include <atomic>
#include <condition_variable>
#include <optional>
#include <set>
#include <utility>

#include "core/base/limits.hpp"
#include "node/cluster/named_changes.hpp"
#include "node/data_directory.hpp"
#include "node/edge_duty.hpp"
#include "node/grpc/account_methods.hpp"
#include "node/grpc/agent_methods.hpp"
#include "node/grpc/call_methods.hpp"
#include "node/grpc/cluster_methods.hpp"
#include "node/grpc/edge_service.hpp"
#include "node/grpc/explain_methods.hpp"
#include "node/grpc/report_methods.hpp"
#include "node/grpc/server.hpp"
#include "node/grpc/services.hpp"
#include "node/grpc/watch_service.hpp"
#include "node/metrics_feed.hpp"
#include "process/http_server.hpp"
#include "process/ops_routes.hpp"
#include "process/zones.hpp"
#include "storage/rocks_journal.hpp"

namespace rf::node {

namespace {

constexpr Ms tick_ms = second_ms;
/// For answers that are ready when the listener goes.
constexpr Ms listener_grace_ms = 1 * second_ms;
/// The journal says for each shard at once whether it leads; that it does not is our bug or a dead disk.
constexpr Ms roles_timeout_ms = 60 * second_ms;

}  // namespace

/// The parts in the order in which they need each other.
class Node::Running {
 public:
  Running(const NodeConfig& config, Parts parts, DataDirectory directory);
  ~Running() { stop(); }

  Result<void> start();
  void stop();
  std::uint16_t grpc_port() const { return grpc_->port(); }
  std::uint16_t metrics_port() const { return http_ ? http_->port() : std::uint16_t{0}; }

 private:
  std::shared_ptr<storage::Journal> open_journal();
  Result<void> start_actors();
  void make_services();
  Result<void> start_journal();
  Result<void> start_listeners();

  void on_applied(const storage::Batch& batch);
  void on_role(std::uint32_t shard, std::uint64_t term, storage::RoleChange change, Ms epoch_start_ts);
  void tick();
  std::optional<std::string> unhealthy() const;
  std::optional<std::string> not_ready() const;
  api::GetHealthReply health() const;

  const NodeConfig config_;
  const Parts parts_;
  const DataDirectory directory_files_;
  process::Metrics metrics_;
  process::IdMaker ids_;
  const process::SystemZones zones_;
  std::shared_ptr<MetricsFeed> feed_;
  std::shared_ptr<storage::Journal> journal_;
  ShardRoles roles_;
  Directory directory_;
  std::shared_ptr<EdgeWatch> edge_watch_;
  std::shared_ptr<EdgeHub> edge_hub_;
  std::unique_ptr<actors::Actors> actors_;

  TaskThread timer_;
  TaskThread walker_;
  TaskThread watch_reader_;
  TaskThread report_reader_;

  WatchHub watch_hub_;
  MethodTable table_;
  std::optional<EdgeDuty> edge_duty_;
  std::optional<Router> router_;
  std::optional<NamedChanges> named_;
  std::optional<Backend> backend_;
  std::optional<AccountMethods> account_methods_;
  std::optional<AgentMethods> agent_methods_;
  std::optional<CallMethods> call_methods_;
  std::optional<ReportMethods> report_methods_;
  std::optional<ExplainMethods> explain_methods_;
  std::optional<ClusterMethods> cluster_methods_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<GrpcServer> grpc_;
  std::unique_ptr<process::HttpServer> http_;

  std::mutex roles_mutex_;
  std::condition_variable roles_changed_;
  std::set<std::uint32_t> shards_told_;
  bool journal_started_ = false;
  bool serving_ = false;
  bool stopped_ = false;
};

Node::Running::Running(const NodeConfig& config, Parts parts, DataDirectory directory)
    : config_(config), parts_(std::move(parts)), directory_files_(std::move(directory)),
      metrics_({process::MetricOwner::node, RINGFENCE_VERSION, api_method_names()}), ids_(parts_.clock),
      zones_(parts_.clock), journal_(parts_.journal ? parts_.journal : open_journal()),
      directory_(*journal_, parts_.clock), edge_watch_(std::make_shared<EdgeWatch>(parts_.clock)),
      edge_hub_(std::make_shared<EdgeHub>(EdgeHub::Parts{directory_, roles_, metrics_, parts_.log})),
      timer_(parts_.clock), walker_(parts_.clock), watch_reader_(parts_.clock), report_reader_(parts_.clock),
      watch_hub_({*journal_, metrics_, watch_reader_}),
      table_({directory_files_.tokens, metrics_, parts_.clock, timer_}) {
  feed_ = std::make_shared<MetricsFeed>(metrics_, *journal_);
}

std::shared_ptr<storage::Journal> Node::Running::open_journal() {
  storage::RocksOptions options;
  options.directory = directory_files_.log_path;
  options.node = config_.name;
  options.on_sync = [this](std::size_t, std::size_t, std::chrono::microseconds took) { feed_->synced(took); };
  options.on_committed = [this](std::chrono::microseconds took) { feed_->committed(took); };
  const auto key = process::seal_key_of(directory_files_.key);
  RF_ASSERT(key.ok());
  return std::make_shared<storage::RocksJournal>(std::move(options), storage::SealKey(key->bytes));
}

Result<void> Node::Running::start() {
  if (const auto started = start_actors(); !started) return started;
  make_services();
  if (const auto started = start_journal(); !started) return started;
  if (const auto started = start_listeners(); !started) return started;
  for (const std::string& listen : open_listeners(config_))
    parts_.log.warn("insecure_listener",
                    {{"address", listen}, {"reason", "others can reach it and nothing is encrypted"}});
  if (const auto reason = unhealthy()) parts_.log.error("unhealthy", {{"reason", *reason}});
  timer_.post([this] { tick(); });
  return {};
}

Result<void> Node::Running::start_actors() {
  auto started = actors::start_actors({journal_, edge_hub_, edge_watch_, feed_, config_.threads, &zones_});
  if (!started) return started.error();
  actors_ = std::move(started).value();
  return {};
}

void Node::Running::make_services() {
  edge_duty_.emplace(
      EdgeDuty::Parts{*journal_, *actors_, *edge_hub_, *edge_watch_, roles_, parts_.clock, walker_, parts_.log});
  router_.emplace(Router::Parts{*actors_, parts_.clock, timer_, metrics_});
  named_.emplace(NamedChanges::Parts{directory_, *router_, *journal_});
  backend_.emplace(Backend::Parts{directory_, *router_, *named_, *journal_, roles_, ids_});
  account_methods_.emplace(*backend_, directory_files_.key);
  agent_methods_.emplace(*backend_);
  call_methods_.emplace(*backend_);
  report_methods_.emplace(*backend_, report_reader_, parts_.clock, zones_);
  explain_methods_.emplace(*backend_, report_reader_, parts_.clock);
  cluster_methods_.emplace(ClusterMethods::Parts{[this] { return health(); }, parts_.on_drain});
  account_methods_->add_to(table_);
  agent_methods_->add_to(table_);
  call_methods_->add_to(table_);
  report_methods_->add_to(table_);
  explain_methods_->add_to(table_);
  cluster_methods_->add_to(table_);
  services_ = unary_services(table_);
  services_.push_back(std::make_unique<EdgeService>(EdgeService::Parts{config_.name, table_, *edge_hub_, *edge_duty_,
                                                                       directory_, roles_, *actors_, *journal_,
                                                                       parts_.clock, timer_, walker_, parts_.log}));
  services_.push_back(std::make_unique<WatchService>(WatchService::Parts{table_, watch_hub_, directory_, *journal_}));
}

Result<void> Node::Running::start_journal() {
  const auto started =
      journal_->start([this](const storage::LogIndex&, const storage::Batch& batch) { on_applied(batch); },
                      [this](std::uint32_t shard, std::uint64_t term, storage::RoleChange change, Ms epoch_start_ts) {
                        on_role(shard, term, change, epoch_start_ts);
                      });
  if (!started) return started;
  journal_started_ = true;
  std::unique_lock lock(roles_mutex_);
  const bool told = roles_changed_.wait_for(lock, std::chrono::milliseconds(roles_timeout_ms),
                                            [&] { return shards_told_.size() == limits::shards + 1; });
  if (told) return {};
  return Error{Code::unavailable, "the log did not open in time: look at the disk, then start again"};
}

Result<void> Node::Running::start_listeners() {
  std::vector<grpc::Service*> services;
  for (const auto& service : services_) services.push_back(service.get());
  auto grpc = GrpcServer::start(config_.grpc_listen, "grpc.listen", services);
  if (!grpc) return grpc.error();
  grpc_ = std::move(grpc).value();
  serving_ = !unhealthy();
  grpc_->set_serving(serving_);
  if (!config_.metrics_listen.set()) return {};
  process::HttpServerOptions options;
  options.listen = config_.metrics_listen;
  options.config_key = "metrics.listen";
  options.on_response = [this](unsigned status) {
    metrics_.counter(process::Metric::http_requests, {std::to_string(status)}).add(1);
  };
  auto http = process::HttpServer::start(
      std::move(options),
      process::ops_routes(metrics_, {[this] { return unhealthy(); }, [this] { return not_ready(); }}));
  if (!http) return http.error();
  http_ = std::move(http).value();
  return {};
}

void Node::Running::on_applied(const storage::Batch& batch) {
  if (const auto* names = std::get_if<storage::DirectoryBatch>(&batch))
    return edge_hub_->directory_changed(directory_.on_applied(*names));
  const auto& facts = std::get<storage::AccountBatch>(batch);
  feed_->on_applied(facts);
  watch_hub_.on_applied(facts);
  edge_hub_->credentials_changed(facts);
}

void Node::Running::on_role(std::uint32_t shard, std::uint64_t term, storage::RoleChange change, Ms epoch_start_ts) {
  roles_.set(shard, term, change);
  if (shard == limits::directory_shard) {
    directory_.on_role(term, change);
  } else {
    actors_->on_role(shard, term, change, epoch_start_ts);
    edge_duty_->role_changed(shard, change);
    walker_.post([this, shard] {
      for (const AccountId account : journal_->accounts(shard)) feed_->seed(account);
    });
  }
  const std::lock_guard lock(roles_mutex_);
  shards_told_.insert(shard);
  roles_changed_.notify_all();
}

void Node::Running::tick() {
  if (table_.draining()) return;
  edge_duty_->tick();
  const auto reason = unhealthy();
  if (reason && serving_) {
    serving_ = false;
    grpc_->set_serving(false);
    parts_.log.error("unhealthy", {{"reason", *reason}});
  }
  timer_.post_after(tick_ms, [this] { tick(); });
}

std::optional<std::string> Node::Running::unhealthy() const {
  const auto health = journal_->health();
  if (health) return std::nullopt;
  return health.error().what;
}

std::optional<std::string> Node::Running::not_ready() const {
  if (table_.draining()) return "this node is shutting down";
  return unhealthy();
}

api::GetHealthReply Node::Running::health() const {
  api::GetHealthReply reply;
  const auto reason = unhealthy();
  reply.set_healthy(!reason);
  reply.set_reason(reason.value_or(""));
  reply.set_draining(table_.draining());
  reply.set_version(RINGFENCE_VERSION);
  reply.set_node(config_.name);
  reply.set_shards_led(static_cast<std::uint32_t>(roles_.led().size()));
  reply.set_accounts(static_cast<std::uint32_t>(directory_.accounts().size()));
  const std::set<EdgeName> attached = edge_hub_->attached();
  for (const EdgeSight& sight : edge_watch_->sights()) {
    api::EdgeHealth& edge = *reply.add_edges();
    edge.set_name(sight.edge);
    edge.set_attached(attached.count(sight.edge) > 0);
    edge.set_epoch(sight.epoch);
    edge.set_heartbeat_age_ms(sight.silent_ms);
  }
  return reply;
}

void Node::Running::stop() {
  if (std::exchange(stopped_, true)) return;
  table_.drain();
  if (grpc_) grpc_->set_serving(false);
  if (actors_) actors_->stop(config_.drain_timeout_ms);
  const Error over{Code::unavailable, "this node is shutting down: ask again in a moment"};
  edge_hub_->close(status_of(over));
  watch_hub_.close(over);
  if (grpc_) grpc_->stop(listener_grace_ms);
  if (http_) http_->stop(listener_grace_ms);
  timer_.stop();
  walker_.stop();
  watch_reader_.stop();
  report_reader_.stop();
  // Last: until here somebody may read it.
  if (journal_started_) journal_->stop();
  grpc_.reset();
  http_.reset();
  actors_.reset();
}

Node::Node(std::unique_ptr<Running> running) : running_(std::move(running)) {}

Node::~Node() = default;

Result<std::unique_ptr<Node>> Node::start(const NodeConfig& config, Parts parts) {
  auto directory = open_data_directory(config);
  if (!directory) return directory.error();
  if (const auto key = process::seal_key_of(directory->key); !key)
    return Error{key.error().code, config.secret_key_file + ": " + key.error().what};
  if (directory->warning) parts.log.warn("open_data_dir", {{"reason", *directory->warning}});
  auto running = std::make_unique<Running>(config, std::move(parts), std::move(directory).value());
  if (const auto started = running->start(); !started) return started.error();
  return std::unique_ptr<Node>(new Node(std::move(running)));
}

std::uint16_t Node::grpc_port() const { return running_->grpc_port(); }
std::uint16_t Node::metrics_port() const { return running_->metrics_port(); }
void Node::stop() { running_->stop(); }

}  // namespace rf::node
