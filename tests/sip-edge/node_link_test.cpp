#include "sip-edge/node_link.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "process/log.hpp"
#include "process/metrics.hpp"
#include "sip-edge/call/machine.hpp"
#include "tests/process/fakes.hpp"
#include "tests/sip-edge/support/fake_node.hpp"

namespace rf::edge {
namespace {

using test::FakeNode;
using Kind = DirectoryCopy::Kind;

constexpr std::uint64_t epoch = 41;
const std::string token = "a-token";
const AccountId account(Ulid{1, 1});
const AccountId other(Ulid{1, 2});
const AgentId agent(Ulid{2, 1});
const CallId call(Ulid{3, 1});
const BindingId binding(Ulid{4, 1});
constexpr Fence fence{7, 1};

/// What stands in for the SIP thread.
class WorkThread {
 public:
  WorkThread() : thread_([this] { serve(); }) {}
  ~WorkThread() {
    post(nullptr);
    thread_.join();
  }
  void post(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(work));
    changed_.notify_all();
  }
  template <class Work>
  auto run(Work work) -> decltype(work()) {
    std::packaged_task<decltype(work())()> task(std::move(work));
    auto done = task.get_future();
    post([&task] { task(); });
    return done.get();
  }

 private:
  void serve() {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !queue_.empty(); });
      const std::function<void()> work = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      if (!work) return;
      work();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  std::thread thread_;
};

/// An edge without SIP: the rules and the link.
class LinkedEdge final : public LinkListener {
 public:
  LinkedEdge(NodeLinkConfig config, WorkThread& thread, process::Logger& log, process::Metrics& metrics)
      : machine_(config.edge, config.epoch, config.boot_id),
        link(
            std::move(config), [&thread](std::function<void()> work) { thread.post(std::move(work)); }, *this, log,
            metrics) {}

  void tell(const Input& input) {
    for (const Output& output : machine_.step(process::SystemClock().mono_ms(), input)) {
      if (const auto* event = std::get_if<output::SendEvent>(&output))
        link.send(event->account, event->event);
      else
        note("output " + std::to_string(output.index()));
    }
  }

  void on_order(AccountId id, Fence from, link::Order order) override {
    note("order");
    tell(input::OrderCame{id, from, std::move(order)});
  }
  void on_sync(AccountId id, Fence from, link::Sync sync) override {
    note("sync");
    tell(input::SyncCame{id, from, std::move(sync)});
  }
  void on_acked(AccountId id, std::uint64_t e, std::uint64_t n) override {
    note("acked " + std::to_string(n));
    tell(input::Acked{id, e, n});
  }
  void on_expected(AccountId id, std::uint64_t e, std::uint64_t n) override { tell(input::Expected{id, e, n}); }
  void on_leader(AccountId id, Fence from) override {
    note("leader " + std::to_string(from.term));
    tell(input::LeaderConnected{id, from});
  }
  void on_leader_lost(AccountId id) override {
    note("lost");
    tell(input::LeaderLost{id});
  }
  void on_snapshot_asked(AccountId id) override { tell(input::SnapshotAsked{id}); }
  void on_agent_removed(AccountId, AgentId) override { note("removed"); }
  std::vector<std::pair<AccountId, link::Digest>> digests() override { return machine_.digests(); }

  void note(const std::string& line) {
    const std::lock_guard lock(mutex_);
    notes_.push_back(line);
    changed_.notify_all();
  }
  bool wait(const std::string& line) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), [&] { return count_locked(line) > 0; });
  }
  std::size_t count(const std::string& line) {
    const std::lock_guard lock(mutex_);
    return count_locked(line);
  }

 private:
  std::size_t count_locked(const std::string& line) const {
    return static_cast<std::size_t>(std::count(notes_.begin(), notes_.end(), line));
  }
  EdgeMachine machine_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> notes_;

 public:
  NodeLink link;
};

class NodeLinkTest : public testing::Test {
 protected:
  NodeLinkTest() { node_.greet_with(greeting({fence})); }
  ~NodeLinkTest() override {
    if (edge_) thread_.run([this] { edge_.reset(); });
  }
  static std::vector<test::pb::NodeMessage> greeting(const std::vector<Fence>& shards) {
    return {test::accepted("node-1"), test::directory(names()), test::leading(shards)};
  }
  static DirectoryPart names() {
    return {1,     true,
            false, {{Kind::sip_domain, "a.example", {account, 7}}, {Kind::sip_domain, "b.example", {other, 8}}},
            {},    0};
  }
  void start(const std::string& with_token, std::vector<std::string> nodes) {
    thread_.run([&] {
      edge_ = std::make_unique<LinkedEdge>(
          NodeLinkConfig{"edge-1", epoch, "boot-1", std::move(nodes), with_token, {"a.example"}, queue_bytes_max_},
          thread_, log_, metrics_);
      edge_->link.start();
    });
  }
  void start() { start(token, {node_.address()}); }
  /// Started, attached and told everything.
  void start_attached() {
    start();
    ASSERT_TRUE(node_.wait([&] { return node_.digests().has_value(); }));
  }
  void use(AccountId id) {
    thread_.run([&] { edge_->link.use(id); });
  }
  void tell(const Input& input) {
    thread_.run([&] { edge_->tell(input); });
  }
  bool wait_events(FakeNode& node, AccountId id, std::size_t count) {
    return node.wait([&] { return node.events(id).size() >= count; });
  }
  bool wait_events(std::size_t count) { return wait_events(node_, account, count); }
  bool logged(const std::string& event) const {
    for (const std::string& line : sink_.lines())
      if (line.find("\"event\":\"" + event + "\"") != std::string::npos) return true;
    return false;
  }
  void wait_logged(const std::string& event) const {
    while (!logged(event)) std::this_thread::yield();
  }
  double nodes_connected() const {
    const std::string text = metrics_.scrape();
    const std::string name = "\nringfence_edge_node_connected ";
    return std::stod(text.substr(text.find(name) + name.size()));
  }
  /// The answer of a look-up: an HA1, "unknown" or an error's name.
  std::string look_up(const std::string& domain, const std::string& user) {
    std::promise<std::string> answer;
    auto future = answer.get_future();
    thread_.run([&] {
      edge_->link.look_up(domain, user, HashAlgorithm::md5, [&answer](const auto& found) {
        if (!found.ok()) return answer.set_value(std::string(name_of(found.error().code)));
        answer.set_value(found.value() ? found.value()->ha1 : "unknown");
      });
    });
    return future.get();
  }
  std::size_t questions() const {
    std::size_t count = 0;
    for (const auto& message : node_.received()) count += message.has_ha1_request() ? 1 : 0;
    return count;
  }
  Ha1Answer known(const std::string& user) const {
    return {{"a.example", user},  Ha1Answer::Verdict::found, account, agent,
            std::string(32, 'a'), std::string(64, 'b'),      1};
  }
  /// Answers each question of the edge once.
  void serve_credentials(const Ha1Answer& answer) {
    answering_ = std::thread([this, answer, before = questions()] {
      if (node_.wait([&] { return questions() > before; })) node_.say(test::ha1_reply(answer));
    });
  }
  void served() { answering_.join(); }

  const process::SystemClock clock_;
  process::CapturingSink sink_;
  process::Logger log_{sink_, clock_, process::LogLevel::debug};
  process::Metrics metrics_{{process::MetricOwner::edge, "test", {}}};
  FakeNode node_{token};
  WorkThread thread_;
  std::unique_ptr<LinkedEdge> edge_;
  std::thread answering_;
  std::size_t queue_bytes_max_ = 16 << 20;
};

TEST_F(NodeLinkTest, AttachesFirstThenBeatsWithTheEdgesClock) {
  const Ms before = clock_.mono_ms();
  start();
  ASSERT_TRUE(node_.wait([&] {
    const auto all = node_.received();
    return std::count_if(all.begin(), all.end(), [](const auto& message) { return message.has_heartbeat(); }) >= 2;
  }));
  const auto all = node_.received();
  ASSERT_TRUE(all.front().has_attach());
  const auto& attach = all.front().attach();
  EXPECT_EQ(attach.edge(), "edge-1");
  EXPECT_EQ(attach.epoch(), epoch);
  EXPECT_EQ(attach.boot_id(), "boot-1");
  EXPECT_EQ(attach.protocol_version(), 1u);
  ASSERT_EQ(attach.domains_size(), 1);
  EXPECT_EQ(attach.domains(0), "a.example");
  Ms last = before;
  EXPECT_GE(attach.clock_ms(), last);
  for (const auto& message : all) {
    if (!message.has_heartbeat()) continue;
    EXPECT_GE(message.heartbeat().clock_ms(), last);
    last = message.heartbeat().clock_ms();
  }
  EXPECT_LE(last, clock_.mono_ms());
  EXPECT_GE(last - attach.clock_ms(), 900);
  EXPECT_TRUE(thread_.run([&] { return edge_->link.connected() && edge_->link.has_directory(); }));
  EXPECT_EQ(nodes_connected(), 1);
}

TEST_F(NodeLinkTest, IsNotConnectedBeforeTheNodeAccepts) {
  node_.greet_with({});
  start();
  ASSERT_TRUE(node_.wait([&] { return node_.attaches() == 1; }));
  EXPECT_FALSE(thread_.run([&] { return edge_->link.connected() || edge_->link.has_directory(); }));
  EXPECT_EQ(nodes_connected(), 0);
}

TEST_F(NodeLinkTest, KnowsTheDirectoryAndFollowsIt) {
  start_attached();
  const auto domain = [&](const std::string& text) {
    return thread_.run([&] { return edge_->link.directory().find(Kind::sip_domain, text); });
  };
  EXPECT_EQ(domain("a.example"), (NameOwner{account, 7}));
  EXPECT_FALSE(domain("c.example"));
  node_.say(test::directory({2, false, false, {{Kind::sip_domain, "c.example", {other, 8}}}, {}, 0}));
  node_.say(test::directory({3, false, false, {}, {{Kind::sip_domain, "a.example", {}}}, 0}));
  node_.say(test::ack(account, epoch, 99));
  ASSERT_TRUE(edge_->wait("acked 99"));
  EXPECT_EQ(domain("c.example"), (NameOwner{other, 8}));
  EXPECT_FALSE(domain("a.example"));
}

TEST_F(NodeLinkTest, EventsGoOutOnceTheShardHasALeaderAndDigestsFollow) {
  node_.greet_with(greeting({}));
  start();
  ASSERT_TRUE(node_.wait([&] { return node_.attaches() == 1; }));
  use(account);
  tell(input::BindingUp{account, {agent, binding, "sip:anna@192.0.2.7"}});
  node_.say(test::leading({{8, 1}}));
  ASSERT_TRUE(node_.wait([&] { return node_.digests().has_value(); }));
  EXPECT_TRUE(node_.events(account).empty());
  node_.say(test::leading({{8, 1}, fence}));
  ASSERT_TRUE(wait_events(2));
  const auto events = node_.events(account);
  EXPECT_EQ(events[0].epoch, epoch);
  EXPECT_EQ(events[0].n, 1u);
  EXPECT_EQ(std::get<link::Snapshot>(events[0].body).boot_id, "boot-1");
  EXPECT_EQ(events[1].n, 2u);
  EXPECT_EQ(events[1].body, link::EventBody(link::BindingUp{agent, binding, "sip:anna@192.0.2.7"}));
  ASSERT_TRUE(node_.wait([&] { return node_.digests()->digests_size() == 1 && node_.digests()->digests(0).n() == 2; }));
  std::uint64_t hash = 0;
  link::add_to_digest(hash, binding);
  EXPECT_EQ(node_.digests()->digests(0).hash(), hash);
  EXPECT_EQ(node_.digests()->digests(0).account_id(), account.text());
}

TEST_F(NodeLinkTest, AnAccountInUseLaterIsAnnouncedLater) {
  start_attached();
  use(account);
  ASSERT_TRUE(edge_->wait("leader 1"));
  ASSERT_TRUE(wait_events(1));
  use(account);
  tell(input::BindingUp{account, {agent, binding, "c"}});
  ASSERT_TRUE(wait_events(2));
  EXPECT_EQ(edge_->count("leader 1"), 1u);
}

TEST_F(NodeLinkTest, OrdersAndSyncsReachTheRules) {
  start_attached();
  use(account);
  tell(input::CallerInvited{account, {call, "100", "200", ""}});
  node_.say(test::sync(account, fence, {epoch, {link::HoldOrder{call}}}));
  ASSERT_TRUE(edge_->wait("sync"));
  ASSERT_TRUE(edge_->wait("output 0"));
  node_.say(test::order(account, fence, {"", epoch, link::HangupOrder{call}}));
  ASSERT_TRUE(edge_->wait("order"));
  ASSERT_TRUE(edge_->wait("output 3"));
  ASSERT_TRUE(wait_events(3));
  EXPECT_EQ(node_.events(account)[2].body, link::EventBody(link::CallEnded{call, link::EndCause::ordered}));
}

TEST_F(NodeLinkTest, ExpectedSendsAgain) {
  start_attached();
  use(account);
  tell(input::BindingUp{account, {agent, binding, "c"}});
  ASSERT_TRUE(wait_events(2));
  node_.say(test::expected(account, epoch, 2));
  ASSERT_TRUE(wait_events(3));
  EXPECT_EQ(node_.events(account)[2].n, 2u);
}

TEST_F(NodeLinkTest, AfterABreakTheUnacknowledgedComeAgainBeforeTheDigests) {
  start_attached();
  use(account);
  tell(input::BindingUp{account, {agent, binding, "c"}});
  ASSERT_TRUE(wait_events(2));
  node_.say(test::ack(account, epoch, 1));
  ASSERT_TRUE(edge_->wait("acked 1"));
  node_.drop({grpc::StatusCode::UNAVAILABLE, "gone"});
  ASSERT_TRUE(edge_->wait("lost"));
  ASSERT_TRUE(node_.wait([&] { return node_.attaches() == 2 && node_.digests().has_value(); }));
  const auto events = node_.events(account);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].n, 2u);
  bool told = false;
  std::size_t attaches = 0;
  for (const auto& message : node_.received()) {
    attaches += message.has_attach() ? 1 : 0;
    told = told || (attaches == 2 && message.has_digests());
    EXPECT_FALSE(told && message.has_event());
  }
  EXPECT_EQ(edge_->count("leader 1"), 2u);
  EXPECT_TRUE(logged("node_lost"));
}

TEST_F(NodeLinkTest, ANodeThatComesBackIsFoundAgain) {
  start_attached();
  node_.stop();
  node_.start();
  ASSERT_TRUE(node_.wait([&] { return node_.attaches() == 2; }));
}

TEST_F(NodeLinkTest, AWrongTokenIsLoggedWithTheNodesSentence) {
  start("another", {node_.address()});
  wait_logged("attach_refused");
  bool named = false;
  for (const std::string& line : sink_.lines()) {
    EXPECT_EQ(line.find("another"), std::string::npos);
    named = named || line.find("not the one of this node's edge.token") != std::string::npos;
  }
  EXPECT_TRUE(named);
  EXPECT_FALSE(thread_.run([&] { return edge_->link.connected(); }));
  EXPECT_EQ(node_.attaches(), 0u);
}

TEST_F(NodeLinkTest, ARefusedAttachIsTriedAgain) {
  node_.refuse_with({grpc::StatusCode::NOT_FOUND, "the SIP domain \"a.example\" belongs to no account"});
  start();
  ASSERT_TRUE(node_.wait([&] { return node_.attaches() == 1; }));
  node_.refuse_with(grpc::Status::OK);
  ASSERT_TRUE(node_.wait([&] { return node_.digests().has_value(); }));
  EXPECT_TRUE(logged("attach_refused"));
}

TEST_F(NodeLinkTest, AnotherProtocolVersionIsNoAttach) {
  auto accepted = test::accepted("node-1");
  accepted.mutable_accepted()->set_protocol_version(2);
  node_.greet_with({accepted});
  start();
  ASSERT_TRUE(node_.wait([&] { return node_.attaches() == 2; }));
  EXPECT_TRUE(logged("attach_refused"));
  EXPECT_FALSE(thread_.run([&] { return edge_->link.connected(); }));
}

TEST_F(NodeLinkTest, AFullStreamHoldsItsAccountBackUntilThereIsRoom) {
  queue_bytes_max_ = 256 << 10;
  node_.acknowledge();
  start_attached();
  use(account);
  ASSERT_TRUE(edge_->wait("acked 1"));
  node_.read(false);
  // More than the queue and the transport take, in as many events as may be in flight.
  const std::string large(128 << 10, 'x');
  for (std::uint64_t i = 0; i < 255; ++i) tell(input::CallerInvited{account, {CallId(Ulid{9, i + 1}), large, "", ""}});
  ASSERT_TRUE(edge_->wait("lost"));
  node_.read(true);
  ASSERT_TRUE(edge_->wait("acked 256"));
  // Nothing is missing: what came twice came in order.
  std::uint64_t highest = 0;
  for (const link::Event& event : node_.events(account)) {
    EXPECT_LE(event.n, highest + 1);
    highest = std::max(highest, event.n);
  }
  EXPECT_EQ(highest, 256u);
  EXPECT_GE(edge_->count("leader 1"), 2u);
  EXPECT_EQ(node_.attaches(), 1u);
}

TEST_F(NodeLinkTest, NotOwnerStopsTheEventsUntilTheShardIsClaimedAgain) {
  start_attached();
  use(account);
  ASSERT_TRUE(wait_events(1));
  node_.say(test::not_owner(account, "node-2"));
  ASSERT_TRUE(edge_->wait("lost"));
  node_.say(test::leading({{7, 2}}));
  ASSERT_TRUE(edge_->wait("leader 2"));
  ASSERT_TRUE(wait_events(2));
  EXPECT_EQ(node_.events(account)[1].n, 1u);
}

TEST_F(NodeLinkTest, NotOwnerOfANodeThatLeadsAllTheSameIsTriedAgain) {
  start_attached();
  use(account);
  ASSERT_TRUE(wait_events(1));
  node_.say(test::not_owner(account, ""));
  ASSERT_TRUE(wait_events(2));
}

TEST_F(NodeLinkTest, EventsFollowTheLeaderToAnotherNode) {
  FakeNode second(token);
  second.greet_with(greeting({}));
  start(token, {node_.address(), second.address()});
  ASSERT_TRUE(node_.wait([&] { return node_.digests().has_value(); }));
  ASSERT_TRUE(second.wait([&] { return second.attaches() == 1; }));
  use(account);
  ASSERT_TRUE(wait_events(1));
  second.say(test::leading({{7, 2}}));
  ASSERT_TRUE(wait_events(second, account, 1));
  tell(input::BindingUp{account, {agent, binding, "c"}});
  ASSERT_TRUE(wait_events(second, account, 2));
  EXPECT_EQ(node_.events(account).size(), 1u);
  // The first node does not know yet; it is no leader any more, also when the second goes.
  node_.say(test::leading({fence}));
  wait_logged("stale_leader");
  second.drop({grpc::StatusCode::UNAVAILABLE, "gone"});
  second.greet_with(greeting({{7, 2}}));
  ASSERT_TRUE(edge_->wait("lost"));
  ASSERT_TRUE(wait_events(second, account, 2));
  EXPECT_EQ(second.events(account)[0].n, 1u);
  EXPECT_EQ(node_.events(account).size(), 1u);
  thread_.run([this] { edge_.reset(); });
}

TEST_F(NodeLinkTest, ASnapshotOfAnAccountNotYetInUseIsSent) {
  start_attached();
  node_.say(test::snapshot_request(account));
  ASSERT_TRUE(wait_events(1));
  EXPECT_TRUE(std::holds_alternative<link::Snapshot>(node_.events(account)[0].body));
}

TEST_F(NodeLinkTest, AnAccountWithoutNamesKeepsItsLeader) {
  start_attached();
  use(account);
  ASSERT_TRUE(wait_events(1));
  node_.say(test::directory({2, false, false, {}, {{Kind::sip_domain, "a.example", {}}}, 0}));
  node_.say(test::ack(account, epoch, 1));
  ASSERT_TRUE(edge_->wait("acked 1"));
  tell(input::BindingUp{account, {agent, binding, "c"}});
  ASSERT_TRUE(wait_events(2));
  EXPECT_EQ(edge_->count("lost"), 0u);
  // One that this edge has never heard of is known by its first order.
  const AccountId nameless(Ulid{1, 3});
  node_.say(test::sync(nameless, fence, {epoch - 1, {}}));
  node_.say(test::snapshot_request(nameless));
  ASSERT_TRUE(wait_events(node_, nameless, 1));
}

TEST_F(NodeLinkTest, MessagesWithoutSenseAreDroppedAndLogged) {
  start_attached();
  auto nonsense = test::ack(account, epoch, 1);
  nonsense.mutable_ack()->set_account_id("nobody");
  node_.say(nonsense);
  node_.say({});
  node_.say(test::ack(account, epoch, 5));
  ASSERT_TRUE(edge_->wait("acked 5"));
  EXPECT_TRUE(logged("node_message_dropped"));
  EXPECT_EQ(node_.attaches(), 1u);
}

TEST_F(NodeLinkTest, CredentialsAreAskedForOnceAndForgottenWhenTheyChange) {
  start_attached();
  serve_credentials(known("anna"));
  EXPECT_EQ(look_up("a.example", "anna"), std::string(32, 'a'));
  served();
  EXPECT_EQ(look_up("a.example", "anna"), std::string(32, 'a'));
  EXPECT_EQ(questions(), 1u);
  node_.say(test::credential_changed(account, agent, true));
  ASSERT_TRUE(edge_->wait("removed"));
  serve_credentials({{"a.example", "anna"}, Ha1Answer::Verdict::unknown, {}, {}, "", "", 0});
  EXPECT_EQ(look_up("a.example", "anna"), "unknown");
  served();
  EXPECT_EQ(questions(), 2u);
}

TEST_F(NodeLinkTest, CredentialsAreForgottenWhenChangesMayHaveBeenMissed) {
  start_attached();
  serve_credentials(known("anna"));
  EXPECT_EQ(look_up("a.example", "anna"), std::string(32, 'a'));
  served();
  node_.drop({grpc::StatusCode::UNAVAILABLE, "gone"});
  ASSERT_TRUE(node_.wait([&] { return node_.attaches() == 2 && node_.digests().has_value(); }));
  serve_credentials(known("anna"));
  EXPECT_EQ(look_up("a.example", "anna"), std::string(32, 'a'));
  served();
  EXPECT_EQ(questions(), 2u);
}

TEST_F(NodeLinkTest, AQuestionWithoutAnswerTimesOut) {
  start_attached();
  EXPECT_EQ(look_up("a.example", "anna"), "timeout");
}

TEST_F(NodeLinkTest, NobodyIsAskedAboutWhatTheDirectoryDoesNotHave) {
  start_attached();
  EXPECT_EQ(look_up("nowhere.example", "anna"), "unknown");
  EXPECT_EQ(look_up("a.example", std::string(257, 'x')), "unknown");
  // Its shard has no leader.
  EXPECT_EQ(look_up("b.example", "anna"), "unavailable");
  EXPECT_EQ(questions(), 0u);
}

TEST_F(NodeLinkTest, WithoutANodeNothingIsKnown) {
  start(token, {"127.0.0.1:1"});
  use(account);
  tell(input::BindingUp{account, {agent, binding, "c"}});
  EXPECT_EQ(look_up("a.example", "anna"), "unavailable");
  wait_logged("node_unreachable");
  EXPECT_FALSE(thread_.run([&] { return edge_->link.connected(); }));
}

TEST_F(NodeLinkTest, StopAnswersWhoWaitsAndNothingIsHeardAfterwards) {
  start_attached();
  use(account);
  ASSERT_TRUE(wait_events(1));
  std::promise<bool> refused;
  auto future = refused.get_future();
  thread_.run([&] {
    edge_->link.look_up("a.example", "anna", HashAlgorithm::md5,
                        [&](const auto& found) { refused.set_value(!found.ok()); });
    edge_->link.stop();
    edge_->link.stop();
    edge_->note("stopped");
    edge_->link.send(account, {epoch, 2, 0, link::LegGone{ReservationId(Ulid{5, 5})}});
  });
  EXPECT_TRUE(future.get());
  EXPECT_EQ(look_up("a.example", "anna"), "unavailable");
  EXPECT_EQ(edge_->count("lost"), 0u);
  EXPECT_EQ(nodes_connected(), 0);
}

TEST_F(NodeLinkTest, EndsWithoutEverHavingBegun) {
  thread_.run([&] {
    edge_ = std::make_unique<LinkedEdge>(
        NodeLinkConfig{"edge-1", epoch, "boot-1", {node_.address()}, token, {}, queue_bytes_max_}, thread_, log_,
        metrics_);
  });
}

}  // namespace
}  // namespace rf::edge
