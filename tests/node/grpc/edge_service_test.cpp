#include <algorithm>
#include <chrono>
#include <thread>

#include "core/base/edge_link.hpp"
#include "tests/node/edge_client.hpp"
#include "tests/node/edge_fixture.hpp"
#include "tests/node/node_fixture.hpp"

namespace rf::node {

namespace {

constexpr const char* call_id = "cl_01ARZ3NDEKTSV4RRFFQ69G5FAV";
constexpr const char* binding_id = "bd_01ARZ3NDEKTSV4RRFFQ69G5FAV";
constexpr const char* unknown_binding_id = "bd_01ARZ3NDEKTSV4RRFFQ69G5FAX";

class EdgeServiceTest : public NodeTest {
 protected:
  void SetUp() override {
    NodeTest::SetUp();
    import_desk();
    api::GetAccountRequest request;
    request.set_account("desk");
    api::AccountReply reply;
    ASSERT_TRUE(call(*accounts, &api::AccountService::Stub::GetAccount, request, &reply).ok());
    account = reply.account().id();
    bob = agent("bob").definition().id();
  }
  std::unique_ptr<EdgeClient> client() { return std::make_unique<EdgeClient>(*edges, context(token("edge.token"))); }
  /// An attached edge with one phone of bob's: events 1 and 2 are acked.
  std::unique_ptr<EdgeClient> edge_with_phone() {
    auto edge = client();
    edge->attach(7);
    edge->heartbeat(5100);
    edge->event(account, 7, 1, [](api::EdgeEvent& e) { e.mutable_snapshot()->set_boot_id("boot-1"); });
    edge->event(account, 7, 2, [this](api::EdgeEvent& e) {
      e.mutable_binding_up()->set_agent_id(bob);
      e.mutable_binding_up()->set_binding_id(binding_id);
      e.mutable_binding_up()->set_contact("sip:1002@192.0.2.1");
    });
    EXPECT_EQ(edge->next(api::NodeMessage::kAck)->ack().n(), 1u);
    EXPECT_EQ(edge->next(api::NodeMessage::kAck)->ack().n(), 2u);
    return edge;
  }
  void arrive(EdgeClient& edge, std::uint64_t n) {
    edge.event(account, 7, n, [](api::EdgeEvent& e) {
      e.mutable_call_arrived()->set_call_id(call_id);
      e.mutable_call_arrived()->set_number("7001");
      e.mutable_call_arrived()->set_caller("\xff\xfe not UTF-8");
    });
  }

  std::string account;
  std::string bob;
};

TEST_F(EdgeServiceTest, AWrongTokenIsUnauthenticated) {
  EdgeClient edge(*edges, context(token("client.token")));
  edge.attach(7);
  const grpc::Status status = edge.status();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_NE(status.error_message().find("edge.token"), std::string::npos) << status.error_message();
}

TEST_F(EdgeServiceTest, WhatAnAttachGetsWrongIsNamed) {
  const auto refused = [this](const std::function<void(api::Attach&)>& change) {
    const auto edge = client();
    edge->attach(7, change);
    return edge->status();
  };
  const grpc::Status protocol = refused([](api::Attach& a) { a.set_protocol_version(99); });
  EXPECT_EQ(protocol.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_NE(protocol.error_message().find("version 99"), std::string::npos) << protocol.error_message();
  const grpc::Status domain = refused([](api::Attach& a) { a.add_domains("unknown.test"); });
  EXPECT_EQ(domain.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_NE(domain.error_message().find("unknown.test"), std::string::npos) << domain.error_message();
  EXPECT_EQ(refused([](api::Attach& a) { a.set_edge("api"); }).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused([](api::Attach& a) { a.set_edge("Edge One"); }).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused([](api::Attach& a) { a.set_epoch(0); }).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused([](api::Attach& a) { a.clear_boot_id(); }).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const auto edge = client();
  edge->heartbeat(1);
  EXPECT_EQ(edge->status().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(EdgeServiceTest, AnAttachBringsTheDirectoryAndTheShards) {
  const auto edge = client();
  edge->attach(7, [](api::Attach& a) { a.add_domains("DESK.test"); });
  EXPECT_EQ(edge->next(api::NodeMessage::kAccepted)->accepted().node(), "node-1");
  const auto directory = edge->next(api::NodeMessage::kDirectory)->directory();
  EXPECT_TRUE(directory.whole());
  EXPECT_FALSE(directory.more());
  std::map<api::NameKind, std::string> names;
  for (const api::DirectoryName& name : directory.names()) {
    EXPECT_EQ(name.account_id(), account);
    EXPECT_EQ(name.shard(), storage::shard_of(*AccountId::of(account)));
    names[name.kind()] = name.text();
  }
  EXPECT_EQ(names, (std::map<api::NameKind, std::string>{{api::NAME_KIND_SIP_DOMAIN, "desk.test"},
                                                         {api::NAME_KIND_NUMBER, "7001"},
                                                         {api::NAME_KIND_TRUNK, "127.0.0.1"}}));
  EXPECT_EQ(edge->next(api::NodeMessage::kLeading)->leading().shards_size(), 64);

  api::SetNumberRequest request;
  request.set_account("desk");
  request.mutable_number()->set_number("7002");
  request.mutable_number()->set_queue("sales");
  api::AccountReply reply;
  ASSERT_TRUE(call(*accounts, &api::AccountService::Stub::SetNumber, request, &reply).ok());
  const auto change = edge->next(api::NodeMessage::kDirectory)->directory();
  EXPECT_FALSE(change.whole());
  EXPECT_GT(change.version(), directory.version());
  ASSERT_EQ(change.names_size(), 1);
  EXPECT_EQ(change.names(0).text(), "7002");
}

TEST_F(EdgeServiceTest, ACallIsHeldRungAnsweredAndWrappedUp) {
  const auto edge = edge_with_phone();
  EXPECT_EQ(agent("bob").bucket(), api::BUCKET_OFFLINE);
  EXPECT_TRUE(agent("bob").reachable());
  ASSERT_TRUE(login("bob").ok());
  arrive(*edge, 3);
  EXPECT_EQ(edge->next_order()->hold().call_id(), call_id);
  const auto ring = edge->next_order()->ring();
  ASSERT_EQ(ring.targets_size(), 1);
  EXPECT_EQ(ring.targets(0).agent_id(), bob);
  ASSERT_EQ(ring.targets(0).binding_ids_size(), 1);
  EXPECT_EQ(ring.targets(0).binding_ids(0), binding_id);
  EXPECT_GT(ring.targets(0).ring_until_edge_ms(), 5100 + 20 * second_ms);
  EXPECT_EQ(ring.targets(0).confirm_until_edge_ms(), ring.targets(0).ring_until_edge_ms() + 30 * second_ms);
  EXPECT_EQ(agent("bob").bucket(), api::BUCKET_RING);

  const std::string reservation = ring.targets(0).reservation_id();
  edge->event(account, 7, 4, [&](api::EdgeEvent& e) {
    e.mutable_answered()->set_reservation_id(reservation);
    e.mutable_answered()->set_binding_id(binding_id);
  });
  EXPECT_EQ(edge->next_order()->bridge().reservation_id(), reservation);
  EXPECT_EQ(agent("bob").bucket(), api::BUCKET_INCALL);
  // The API does not end what rings a phone.
  api::CompleteCallRequest complete;
  complete.set_account("desk");
  complete.set_call(call_id);
  api::CompleteCallReply completed;
  EXPECT_EQ(call(*calls, &api::CallService::Stub::CompleteCall, complete, &completed).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);

  edge->event(account, 7, 5, [](api::EdgeEvent& e) {
    e.mutable_call_ended()->set_call_id(call_id);
    e.mutable_call_ended()->set_cause(api::END_CAUSE_CALLER_HANGUP);
  });
  edge->event(account, 7, 6, [&](api::EdgeEvent& e) { e.mutable_leg_gone()->set_reservation_id(reservation); });
  while (edge->next(api::NodeMessage::kAck)->ack().n() < 6) {}
  EXPECT_EQ(agent("bob").bucket(), api::BUCKET_READY);
}

TEST_F(EdgeServiceTest, EventsAreTakenOnceAndInOrder) {
  const auto edge = edge_with_phone();
  arrive(*edge, 4);  // 3 is missing
  const auto expected = edge->next(api::NodeMessage::kExpected)->expected();
  EXPECT_EQ(expected.n(), 3u);
  EXPECT_EQ(expected.epoch(), 7u);
  arrive(*edge, 3);
  EXPECT_EQ(edge->next(api::NodeMessage::kAck)->ack().n(), 3u);
  arrive(*edge, 3);
  EXPECT_EQ(edge->next(api::NodeMessage::kAck)->ack().n(), 3u);
  api::ListCallsRequest request;
  request.set_account("desk");
  api::ListCallsReply reply;
  ASSERT_TRUE(call(*calls, &api::CallService::Stub::ListCalls, request, &reply).ok());
  ASSERT_EQ(reply.calls_size(), 1);
  EXPECT_EQ(reply.calls(0).caller(), "\xef\xbf\xbd\xef\xbf\xbd not UTF-8");
}

TEST_F(EdgeServiceTest, AnEventOfAnUnknownAccountIsAckedAndDropped) {
  const auto edge = client();
  edge->attach(7);
  edge->event("ac_01ARZ3NDEKTSV4RRFFQ69G5FAV", 7, 1, [](api::EdgeEvent& e) { e.mutable_snapshot(); });
  EXPECT_EQ(edge->next(api::NodeMessage::kAck)->ack().n(), 1u);
  edge->event("nonsense", 7, 1, [](api::EdgeEvent& e) { e.mutable_snapshot(); });
  EXPECT_EQ(edge->status().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(EdgeServiceTest, TheNewestStreamCountsAndBeginsWithASync) {
  const auto first = edge_with_phone();
  arrive(*first, 3);
  EXPECT_EQ(first->next(api::NodeMessage::kAck)->ack().n(), 3u);
  const auto second = client();
  second->attach(7);
  const auto sync = second->next(api::NodeMessage::kSync)->sync();
  EXPECT_EQ(sync.account_id(), account);
  EXPECT_EQ(sync.edge_epoch(), 7u);
  ASSERT_EQ(sync.orders_size(), 1);
  EXPECT_EQ(sync.orders(0).hold().call_id(), call_id);
  EXPECT_EQ(first->status().error_code(), grpc::StatusCode::ABORTED);
  const auto older = client();
  older->attach(6);
  EXPECT_EQ(older->status().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(EdgeServiceTest, AnOtherDigestAsksForASnapshot) {
  auto edge = edge_with_phone();
  std::uint64_t hash = 0;
  link::add_to_digest(hash, *BindingId::of(binding_id));
  const auto digests = [&](std::uint64_t given) {
    api::EdgeMessage message;
    api::AccountDigest& digest = *message.mutable_digests()->add_digests();
    digest.set_account_id(account);
    digest.set_n(2);
    digest.set_hash(given);
    edge->send(message);
  };
  digests(hash);
  digests(hash + 1);
  EXPECT_EQ(edge->next(api::NodeMessage::kSnapshotRequest)->snapshot_request().account_id(), account);
  // The equal one asked for nothing: the request came once.
  edge->event(account, 7, 3, [this](api::EdgeEvent& e) {
    e.mutable_snapshot()->set_boot_id("boot-1");
    api::BindingUp& binding = *e.mutable_snapshot()->add_bindings();
    binding.set_agent_id(bob);
    binding.set_binding_id(binding_id);
  });
  edge->others.clear();
  EXPECT_EQ(edge->next(api::NodeMessage::kAck)->ack().n(), 3u);
  for (const api::NodeMessage& message : edge->others) EXPECT_FALSE(message.has_snapshot_request());

  // A new epoch that lists nothing had nothing: its accounts must say so.
  edge = client();
  edge->attach(8);
  api::EdgeMessage message;
  message.mutable_digests();
  edge->send(message);
  EXPECT_FALSE(edge->next(api::NodeMessage::kSnapshotRequest) == std::nullopt);
}

TEST_F(EdgeServiceTest, HashesOfPasswordsAreGivenToEdges) {
  const auto edge = client();
  edge->attach(7);
  const auto ask = [&](const std::string& domain, const std::string& user) {
    api::EdgeMessage message;
    message.mutable_ha1_request()->set_domain(domain);
    message.mutable_ha1_request()->set_username(user);
    edge->send(message);
    return edge->next(api::NodeMessage::kHa1Reply)->ha1_reply();
  };
  const auto found = ask("desk.test", "1002");
  EXPECT_EQ(found.result(), api::HA1_RESULT_FOUND);
  EXPECT_EQ(found.account_id(), account);
  EXPECT_EQ(found.agent_id(), bob);
  EXPECT_EQ(found.version(), 1u);
  EXPECT_EQ(found.ha1_md5().size(), 32u);
  EXPECT_EQ(found.ha1_sha256().size(), 64u);
  EXPECT_EQ(ask("desk.test", "9999").result(), api::HA1_RESULT_UNKNOWN_USER);
  EXPECT_EQ(ask("other.test", "1002").result(), api::HA1_RESULT_UNKNOWN_DOMAIN);

  api::SetCredentialRequest request;
  request.set_account("desk");
  request.set_agent("bob");
  request.set_password("a new one");
  api::SetCredentialReply reply;
  ASSERT_TRUE(call(*accounts, &api::AccountService::Stub::SetCredential, request, &reply).ok());
  const auto changed = edge->next(api::NodeMessage::kCredentialChanged)->credential_changed();
  EXPECT_EQ(changed.agent_id(), bob);
  EXPECT_FALSE(changed.removed());
  EXPECT_NE(ask("desk.test", "1002").ha1_md5(), found.ha1_md5());

  api::RemoveAgentRequest removal;
  removal.set_account("desk");
  removal.set_agent("bob");
  api::RemoveReply removed;
  ASSERT_TRUE(call(*accounts, &api::AccountService::Stub::RemoveAgent, removal, &removed).ok());
  EXPECT_TRUE(edge->next(api::NodeMessage::kCredentialChanged)->credential_changed().removed());
  EXPECT_EQ(ask("desk.test", "1002").result(), api::HA1_RESULT_UNKNOWN_USER);
}

TEST_F(EdgeServiceTest, HealthShowsTheEdge) {
  const auto edge = edge_with_phone();
  api::GetHealthReply reply;
  ASSERT_TRUE(call(*clusters, &api::ClusterService::Stub::GetHealth, api::GetHealthRequest(), &reply).ok());
  ASSERT_EQ(reply.edges_size(), 1);
  EXPECT_EQ(reply.edges(0).name(), "edge-1");
  EXPECT_TRUE(reply.edges(0).attached());
  EXPECT_EQ(reply.edges(0).epoch(), 7u);
}

TEST_F(EdgeServiceTest, AnEdgeThatWasGivenUpIsBackByItsSnapshot) {
  const auto lost = edge_with_phone();
  EXPECT_TRUE(agent("bob").reachable());
  clock.skip(limits::edge_lost_ms);
  EXPECT_FALSE(lost->status().ok());
  const auto edge = client();
  edge->attach(7);
  edge->heartbeat(100'000);
  api::EdgeMessage digests;
  std::uint64_t hash = 0;
  link::add_to_digest(hash, *BindingId::of(binding_id));
  api::AccountDigest& digest = *digests.mutable_digests()->add_digests();
  digest.set_account_id(account);
  digest.set_n(2);
  digest.set_hash(hash);
  edge->send(digests);
  ASSERT_TRUE(edge->next(api::NodeMessage::kSnapshotRequest));
  EXPECT_FALSE(agent("bob").reachable());
  edge->event(account, 7, 3, [this](api::EdgeEvent& e) {
    e.mutable_snapshot()->set_boot_id("boot-1");
    api::BindingUp& binding = *e.mutable_snapshot()->add_bindings();
    binding.set_agent_id(bob);
    binding.set_binding_id(binding_id);
  });
  // What follows is asked for again until the snapshot's consequences are carried out.
  const auto next_event = [&] {
    edge->event(account, 7, 4, [](api::EdgeEvent& e) { e.mutable_binding_down()->set_binding_id(unknown_binding_id); });
  };
  next_event();
  while (const auto got = edge->any()) {
    if (got->has_expected()) next_event();
    if (got->has_ack() && got->ack().n() == 4) break;
  }
  EXPECT_TRUE(agent("bob").reachable());
}

TEST_F(EdgeServiceTest, AnEdgeThatWasSilentIsBackAfterARestart) {
  const auto silent = edge_with_phone();
  arrive(*silent, 3);
  EXPECT_EQ(silent->next(api::NodeMessage::kAck)->ack().n(), 3u);
  clock.skip(limits::edge_silent_ms);
  const auto told = [this] {
    const std::vector<std::string> lines = sink.lines();
    return std::any_of(lines.begin(), lines.end(),
                       [](const std::string& line) { return line.find("edge_silent") != std::string::npos; });
  };
  while (!told()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_TRUE(login("bob").ok());
  restart();
  EXPECT_EQ(agent("bob").bucket(), api::BUCKET_READY);
  const auto edge = client();
  edge->attach(7);
  edge->heartbeat(20'000);
  EXPECT_TRUE(edge->next_order()->has_hold());
  EXPECT_TRUE(edge->next_order()->has_ring());
  EXPECT_EQ(agent("bob").bucket(), api::BUCKET_RING);
}

/// What the edge is told when an account cannot take what it sent.
class EdgeAnswersTest : public EdgeTest {
 protected:
  static actors::EdgeOutcome failed(Code code) { return {code, {}}; }
  void send_digest(EdgeClient& edge) const {
    api::EdgeMessage message;
    message.mutable_digests()->add_digests()->set_account_id(account.text());
    edge.send(message);
  }
  std::size_t lines_with(const std::string& text) const {
    const std::vector<std::string> lines = sink.lines();
    return static_cast<std::size_t>(std::count_if(
        lines.begin(), lines.end(), [&](const std::string& line) { return line.find(text) != std::string::npos; }));
  }
};

TEST_F(EdgeAnswersTest, EventsThatAreNotTakenAreAskedForOnceFromTheFirst) {
  actors.next_events({failed(Code::unavailable), failed(Code::overloaded), failed(Code::unavailable)});
  const auto edge = attached();
  for (std::uint64_t n = 2; n <= 4; ++n) edge->event(account.text(), 7, n, snapshot);
  const auto expected = edge->next(api::NodeMessage::kExpected)->expected();
  EXPECT_EQ(expected.account_id(), account.text());
  EXPECT_EQ(expected.epoch(), 7u);
  EXPECT_EQ(expected.n(), 2u);
  edge->others.clear();
  settle(timer, 250);
  edge->event(account.text(), 7, 2, snapshot);
  EXPECT_EQ(edge->next(api::NodeMessage::kAck)->ack().n(), 2u);
  EXPECT_TRUE(edge->others.empty());
  EXPECT_EQ(lines_with("edge_event_not_taken"), 1u);
}

TEST_F(EdgeAnswersTest, AnActorThatEndsIsAskedAgainALeaderThatIsGoneIsNot) {
  for (const Code code : {Code::unknown_outcome, Code::not_owner}) {
    actors.next_events({failed(code)});
    const auto edge = attached();
    edge->event(account.text(), 7, 2, snapshot);
    EXPECT_EQ(edge->next(api::NodeMessage::kExpected)->expected().n(), 2u);
  }
  const auto edge = attached();
  for (const Code code : {Code::unknown_outcome, Code::not_owner, Code::unavailable}) {
    actors.next_events({failed(code)});
    follow();
    edge->event(account.text(), 7, 2, snapshot);
    EXPECT_EQ(edge->next(api::NodeMessage::kNotOwner)->not_owner().account_id(), account.text());
  }
}

TEST_F(EdgeAnswersTest, ADigestIsAskedForUntilItIsCompared) {
  actors::EdgeOutcome differs;
  differs.reply.snapshot_wanted = true;
  actors.next_digests({failed(Code::overloaded), failed(Code::unknown_outcome), failed(Code::unavailable), differs});
  const auto edge = attached();
  send_digest(*edge);
  EXPECT_EQ(edge->next(api::NodeMessage::kSnapshotRequest)->snapshot_request().account_id(), account.text());
  EXPECT_EQ(actors.count("digest"), 4u);
}

TEST_F(EdgeAnswersTest, ADigestKeepsItsPlaceAmongTheEvents) {
  const auto edge = attached();
  settle(walker, 0);
  actors.forget();
  std::promise<void> over;
  walker.post([&] { over.get_future().wait(); });
  edge->event(account.text(), 7, 2, snapshot);
  send_digest(*edge);
  edge->event(account.text(), 7, 3, snapshot);
  EXPECT_TRUE(actors.wait("event 3", 1));
  over.set_value();
  settle(walker, 0);
  EXPECT_EQ(actors.asked(), (std::vector<std::string>{"event 2", "digest", "event 3"}));
}

TEST_F(EdgeAnswersTest, AnAccountThatTheEdgeDoesNotListIsComparedToo) {
  const auto edge = attached();
  api::EdgeMessage message;
  message.mutable_digests();
  edge->send(message);
  EXPECT_TRUE(actors.wait("digest", 1));
}

TEST_F(EdgeAnswersTest, ADigestIsDroppedWithTheRoleOrTheStream) {
  actors.next_digests({failed(Code::unavailable), failed(Code::unavailable)});
  const auto edge = attached();
  send_digest(*edge);
  ASSERT_TRUE(actors.wait("digest", 1));
  const auto next = attached();
  settle(timer, 250);
  EXPECT_EQ(actors.count("digest"), 1u);
  send_digest(*next);
  ASSERT_TRUE(actors.wait("digest", 2));
  follow();
  settle(timer, 250);
  EXPECT_EQ(actors.count("digest"), 2u);
}

TEST_F(EdgeAnswersTest, AnEventBeforeTheFirstFactOfItsAccountWaits) {
  const AccountId coming{Ulid{1, 3}};
  directory.claim(coming, CommandId{Ulid{9, 9}}, {{core::directory::NameKind::sip_domain, "coming.test"}},
                  [](const Result<void>& done) { EXPECT_TRUE(done.ok()) << done.error().what; });
  journal.commit_all();
  const auto edge = attached();
  edge->event(coming.text(), 7, 1, snapshot);
  EXPECT_EQ(edge->next(api::NodeMessage::kExpected)->expected().account_id(), coming.text());
  const AccountId elsewhere{Ulid{1, 4}};
  roles.set(storage::shard_of(elsewhere), 1, storage::RoleChange::follower);
  edge->event(elsewhere.text(), 7, 1, snapshot);
  EXPECT_EQ(edge->next(api::NodeMessage::kNotOwner)->not_owner().account_id(), elsewhere.text());
  EXPECT_EQ(actors.count("event 1"), 0u);
}

TEST_F(EdgeAnswersTest, AnEventOfAnotherEpochEndsTheStream) {
  const auto edge = attached();
  edge->event(account.text(), 8, 1, snapshot);
  EXPECT_EQ(edge->status().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace

}  // namespace rf::node
