#include <map>
#include <set>

#include "tests/node/node_fixture.hpp"

namespace rf::node {

namespace {

/// One watcher that reads when the test says so.
class WatchClient {
 public:
  WatchClient(api::WatchService::Stub& stub, std::unique_ptr<grpc::ClientContext> context,
              const api::WatchRequest& request)
      : context_(std::move(context)), stream_(stub.Watch(context_.get(), request)) {}
  ~WatchClient() { context_->TryCancel(); }

  api::WatchFrame next() {
    api::WatchFrame frame;
    EXPECT_TRUE(stream_->Read(&frame));
    return frame;
  }
  grpc::Status status() {
    api::WatchFrame frame;
    while (stream_->Read(&frame)) {}
    return stream_->Finish();
  }

 private:
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReader<api::WatchFrame>> stream_;
};

class WatchServiceTest : public NodeTest {
 protected:
  void SetUp() override {
    NodeTest::SetUp();
    import_desk();
  }
  std::unique_ptr<WatchClient> watch(std::uint64_t after_seq) {
    api::WatchRequest request;
    request.set_account("desk");
    request.set_after_seq(after_seq);
    return std::make_unique<WatchClient>(*watches, context(token("client.token")), request);
  }
  std::uint64_t head() const {
    api::GetAccountRequest request;
    request.set_account("desk");
    api::AccountReply reply;
    EXPECT_TRUE(call(*accounts, &api::AccountService::Stub::GetAccount, request, &reply).ok());
    return reply.mark().seq();
  }
};

TEST_F(WatchServiceTest, ASnapshotThenEveryFactInOrder) {
  const auto watcher = watch(0);
  const api::WatchFrame snapshot = watcher->next();
  ASSERT_TRUE(snapshot.has_snapshot());
  EXPECT_TRUE(snapshot.snapshot().first());
  EXPECT_TRUE(snapshot.snapshot().last());
  EXPECT_EQ(snapshot.snapshot().agents_size(), 2);
  EXPECT_EQ(snapshot.snapshot().queues_size(), 1);
  EXPECT_EQ(snapshot.snapshot().calls_size(), 0);
  EXPECT_EQ(snapshot.snapshot().version(), head());

  ASSERT_TRUE(login("ann").ok());
  const api::Call offered = enqueue("");
  std::uint64_t next = snapshot.snapshot().version() + 1;
  std::map<std::string, api::Fact> by_kind;
  while (by_kind.count("offered") == 0) {
    const api::WatchFrame frame = watcher->next();
    ASSERT_TRUE(frame.has_deltas());
    for (const api::Fact& fact : frame.deltas().facts()) {
      EXPECT_EQ(fact.seq(), next++);
      by_kind[fact.kind()] = fact;
    }
  }
  EXPECT_EQ(by_kind["logged_in"].status(), api::STATUS_AVAILABLE);
  EXPECT_EQ(by_kind["logged_in"].to(), api::BUCKET_READY);
  EXPECT_EQ(by_kind["logged_in"].queues_size(), 1);
  EXPECT_EQ(by_kind["call_arrived"].caller(), "+4930123456");
  EXPECT_EQ(by_kind["offered"].edge(), "api");
  EXPECT_EQ(by_kind["offered"].reservation_id(), offered.offers(0).reservation_id());

  // What ends an offer names only the reservation in the log; the watcher is told whom it concerns.
  api::AcceptOfferRequest accept;
  accept.set_account("desk");
  accept.set_reservation(offered.offers(0).reservation_id());
  api::CallReply accepted;
  ASSERT_TRUE(call(*calls, &api::CallService::Stub::AcceptOffer, accept, &accepted).ok());
  const api::WatchFrame answered = watcher->next();
  EXPECT_EQ(answered.deltas().facts(0).kind(), "answered");
  EXPECT_EQ(answered.deltas().facts(0).call_id(), offered.id());
  EXPECT_EQ(answered.deltas().facts(0).agent_id(), agent("ann").definition().id());
  EXPECT_EQ(answered.deltas().facts(0).to(), api::BUCKET_INCALL);
}

TEST_F(WatchServiceTest, AnAgentsDeskGetsItsOwnOffersWithTheCaller) {  // CX-12
  api::SetAgentRequest twin;
  twin.set_account("desk");
  twin.mutable_agent()->set_key("bob");
  twin.mutable_agent()->set_external_endpoint(true);
  twin.mutable_agent()->add_memberships()->set_queue("sales");
  api::SetAgentReply set;
  ASSERT_TRUE(call(*accounts, &api::AccountService::Stub::SetAgent, twin, &set).ok());
  ASSERT_TRUE(login("ann").ok());
  ASSERT_TRUE(login("bob").ok());
  const auto desk_of = [&](const std::string& key, std::uint64_t after_seq) {
    api::WatchRequest request;
    request.set_account("desk");
    request.set_agent(key);
    request.set_after_seq(after_seq);
    return std::make_unique<WatchClient>(*watches, context(token("client.token")), request);
  };
  const auto ann = desk_of("ann", 0), bob = desk_of("bob", 0);
  const std::string ann_id = agent("ann").definition().id(), bob_id = agent("bob").definition().id();
  const api::WatchFrame rows = ann->next();
  ASSERT_EQ(rows.snapshot().agents_size(), 1);
  EXPECT_EQ(rows.snapshot().agents(0).definition().id(), ann_id);
  EXPECT_EQ(rows.snapshot().queues_size(), 0);
  ASSERT_EQ(bob->next().snapshot().agents(0).definition().id(), bob_id);

  api::EnqueueRequest arrival;
  arrival.set_account("desk");
  arrival.set_agent("ann");
  arrival.set_number("7001");
  arrival.set_caller("+4930123456");
  arrival.set_caller_name("Grace");
  arrival.set_customer("C-77");
  arrival.add_attributes()->set_name("order");
  arrival.mutable_attributes(0)->set_value("4711");
  api::CallReply placed;
  ASSERT_TRUE(call(*calls, &api::CallService::Stub::Enqueue, arrival, &placed).ok());
  const api::WatchFrame offered = ann->next();
  ASSERT_EQ(offered.deltas().facts_size(), 1);
  const api::Fact& fact = offered.deltas().facts(0);
  EXPECT_EQ(fact.kind(), "offered");
  EXPECT_EQ(fact.call_id(), placed.call().id());
  EXPECT_EQ(fact.number(), "7001");
  EXPECT_EQ(fact.caller(), "+4930123456");
  EXPECT_EQ(fact.caller_name(), "Grace");
  EXPECT_EQ(fact.customer(), "C-77");
  ASSERT_EQ(fact.attributes_size(), 1);
  EXPECT_EQ(fact.attributes(0).value(), "4711");

  // Bob's first fact is that of his own call.
  arrival.set_agent("bob");
  ASSERT_TRUE(call(*calls, &api::CallService::Stub::Enqueue, arrival, &placed).ok());
  const api::WatchFrame bobs = bob->next();
  ASSERT_EQ(bobs.deltas().facts_size(), 1);
  EXPECT_EQ(bobs.deltas().facts(0).call_id(), placed.call().id());
  EXPECT_EQ(bobs.deltas().facts(0).agent_id(), bob_id);
  EXPECT_EQ(desk_of("bob", 0)->next().snapshot().calls_size(), 1);

  // Read again from the log, the offer has its caller all the same.
  const api::WatchFrame again = desk_of("ann", fact.seq() - 1)->next();
  ASSERT_EQ(again.deltas().facts_size(), 1);
  EXPECT_EQ(again.deltas().facts(0).caller(), "+4930123456");
  EXPECT_EQ(desk_of("nobody", 0)->status().error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(WatchServiceTest, ResumesBehindTheLastFactSeen) {
  ASSERT_TRUE(login("ann").ok());
  const api::Call offered = enqueue("");
  const std::uint64_t seen = head();
  api::AcceptOfferRequest accept;
  accept.set_account("desk");
  accept.set_reservation(offered.offers(0).reservation_id());
  api::CallReply accepted;
  ASSERT_TRUE(call(*calls, &api::CallService::Stub::AcceptOffer, accept, &accepted).ok());
  const auto watcher = watch(seen);
  const api::WatchFrame frame = watcher->next();
  ASSERT_TRUE(frame.has_deltas());
  EXPECT_EQ(frame.deltas().facts(0).seq(), seen + 1);
  EXPECT_EQ(frame.deltas().facts(0).kind(), "answered");
  // Its offer lies before what was asked for, and is known all the same.
  EXPECT_EQ(frame.deltas().facts(0).call_id(), offered.id());
  const auto all = watch(1);
  EXPECT_EQ(all->next().deltas().facts(0).seq(), 2u);
}

TEST_F(WatchServiceTest, AFutureSeqGetsAGapAndASnapshot) {
  const auto watcher = watch(1'000'000);
  const api::WatchFrame gap = watcher->next();
  ASSERT_TRUE(gap.has_gap());
  EXPECT_EQ(gap.gap().after_seq(), 1'000'000u);
  EXPECT_TRUE(watcher->next().has_snapshot());
}

TEST_F(WatchServiceTest, FurtherBehindThanTenThousandFactsRowsAreSent) {  // R23
  const std::uint64_t before = head();
  api::ImportAccountRequest request;
  request.mutable_definition()->mutable_settings()->set_key("desk");
  for (int i = 0; i <= 10'000; ++i) request.mutable_definition()->add_agents()->set_key("agent-" + std::to_string(i));
  api::ImportAccountReply reply;
  const grpc::Status imported = call(*accounts, &api::AccountService::Stub::ImportAccount, request, &reply);
  ASSERT_TRUE(imported.ok()) << imported.error_message();
  ASSERT_EQ(head(), before + 10'001);
  const auto behind = watch(before + 1);
  EXPECT_EQ(behind->next().deltas().facts(0).seq(), before + 2);
  const auto far_behind = watch(before);
  EXPECT_EQ(far_behind->next().gap().after_seq(), before);
  const api::WatchFrame part = far_behind->next();
  EXPECT_TRUE(part.snapshot().first());
  EXPECT_FALSE(part.snapshot().last());
}

TEST_F(WatchServiceTest, UnknownAccountsAndWrongTokensAreRefused) {
  api::WatchRequest request;
  request.set_account("nowhere");
  WatchClient unknown(*watches, context(token("client.token")), request);
  EXPECT_EQ(unknown.status().error_code(), grpc::StatusCode::NOT_FOUND);
  request.set_account("desk");
  WatchClient stranger(*watches, context("wrong"), request);
  EXPECT_EQ(stranger.status().error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(WatchServiceTest, ASlowWatcherLosesFactsIsToldSoAndGetsANewSnapshot) {
  // A connection that takes little ahead, and long texts: what the network holds for the watcher is soon full.
  grpc::ChannelArguments little;
  little.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  const auto narrow = api::WatchService::NewStub(grpc::CreateCustomChannel(
      "127.0.0.1:" + std::to_string(node->grpc_port()), grpc::InsecureChannelCredentials(), little));
  api::WatchRequest request_all;
  request_all.set_account("desk");
  const auto watcher = std::make_unique<WatchClient>(*narrow, context(token("client.token")), request_all);
  ASSERT_TRUE(watcher->next().has_snapshot());
  const std::string long_text(250, 'x');
  std::set<std::string> waiting;
  for (int n = 0; n < 800; ++n) {
    api::EnqueueRequest request;
    request.set_account("desk");
    request.set_queue("sales");
    request.set_number(long_text);
    request.set_caller(long_text);
    request.set_caller_name(long_text);
    api::CallReply reply;
    ASSERT_TRUE(call(*calls, &api::CallService::Stub::Enqueue, request, &reply).ok());
    waiting.insert(reply.call().id());
  }
  const std::uint64_t last = head();
  // What a client that follows the rules holds in the end is what there is.
  std::set<std::string> held;
  std::uint64_t seq = 0;
  int gaps = 0;
  while (seq < last) {
    const api::WatchFrame frame = watcher->next();
    if (frame.has_gap()) {
      ++gaps;
      EXPECT_LT(frame.gap().after_seq(), last);
      continue;
    }
    if (frame.has_snapshot()) {
      if (frame.snapshot().first()) held.clear();
      for (const api::Call& call : frame.snapshot().calls()) held.insert(call.id());
      if (frame.snapshot().last()) seq = std::max(seq, frame.snapshot().version());
      continue;
    }
    for (const api::Fact& fact : frame.deltas().facts()) {
      if (fact.kind() == "call_arrived") held.insert(fact.call_id());
      seq = std::max(seq, fact.seq());
    }
  }
  EXPECT_EQ(gaps, 1);
  EXPECT_EQ(held, waiting);
}

}  // namespace

}  // namespace rf::node
