#include "node/edge_duty.hpp"

#include "tests/node/edge_fixture.hpp"

namespace rf::node {

namespace {

using Messages = std::vector<std::string>;

class EdgeDutyTest : public EdgeTest {
 protected:
  void order(CallId call) { hub.order(account, {shard, 1}, {"edge-1", 7, link::HoldOrder{call}}); }
  void sync(CallId call) { hub.sync(account, {shard, 1}, "edge-1", {7, {link::HoldOrder{call}}}); }
  /// The orders that came until the one of `last`.
  static Messages orders_until(EdgeClient& edge, CallId last) {
    Messages orders;
    edge.others.clear();
    while (const auto message = edge.next(api::NodeMessage::kOrder)) {
      for (const api::NodeMessage& other : edge.others)
        if (other.has_sync()) orders.push_back("sync " + other.sync().orders(0).hold().call_id());
      edge.others.clear();
      orders.push_back(message->order().body().hold().call_id());
      if (orders.back() == last.text()) break;
    }
    return orders;
  }
  /// Attached and alive, and the accounts know it.
  std::unique_ptr<EdgeClient> beating() {
    auto edge = attached();
    edge->heartbeat(5100);
    EXPECT_TRUE(actors.wait("edge-1 back", 1));
    return edge;
  }
  void gain() {
    roles.set(shard, roles.term(shard) + 1, storage::RoleChange::leader);
    duty.role_changed(shard, storage::RoleChange::leader);
  }

  const CallId first{Ulid{3, 1}};
  const CallId second{Ulid{3, 2}};
  const CallId third{Ulid{3, 3}};
};

TEST_F(EdgeDutyTest, NoOrderOvertakesTheSyncOfANewStream) {
  const auto edge = attached();
  settle(walker, 0);
  order(first);
  sync(second);
  order(third);
  EXPECT_EQ(orders_until(*edge, third), (Messages{"sync " + second.text(), third.text()}));
  // The next stream begins anew.
  const auto next = attached();
  settle(walker, 0);
  order(first);
  sync(second);
  order(third);
  EXPECT_EQ(orders_until(*next, third), (Messages{"sync " + second.text(), third.text()}));
}

TEST_F(EdgeDutyTest, AnAccountThatMeetsTheEdgeFirstNeedsNoSync) {
  const auto edge = attached();
  settle(walker, 0);
  const AccountId stranger(Ulid{1, 3});
  hub.order(stranger, {storage::shard_of(stranger), 1}, {"edge-1", 7, link::HoldOrder{first}});
  const auto order = edge->next(api::NodeMessage::kOrder)->order();
  EXPECT_EQ(order.account_id(), stranger.text());
  EXPECT_EQ(order.edge_epoch(), 7u);
  EXPECT_EQ(order.fence().shard(), storage::shard_of(stranger));
  EXPECT_EQ(order.fence().term(), 1u);
  EXPECT_EQ(order.body().hold().call_id(), first.text());
}

TEST_F(EdgeDutyTest, ASyncThatIsLostIsAskedForAgain) {
  const auto edge = attached();
  settle(walker, 0);
  duty.tick();
  EXPECT_EQ(actors.count(sync_asked), 1u);
  clock.skip(second_ms);
  duty.tick();
  EXPECT_EQ(actors.count(sync_asked), 2u);
  sync(first);
  clock.skip(second_ms);
  duty.tick();
  EXPECT_EQ(actors.count(sync_asked), 2u);
}

TEST_F(EdgeDutyTest, OnlyWhoLeadsTheAccountAsksForItsSync) {
  follow();
  const auto edge = client();
  edge->attach(7);
  ASSERT_TRUE(edge->next(api::NodeMessage::kLeading));
  settle(walker, 0);
  edge->heartbeat(5100);
  ASSERT_TRUE(actors.wait("edge-1 back", 1));
  EXPECT_EQ(actors.asked(), Messages{"edge-1 back"});
}

TEST_F(EdgeDutyTest, TheAccountHasItsWorkBeforeItHearsThatTheEdgeIsBack) {
  const auto edge = client();
  edge->attach(7);
  edge->heartbeat(5100);
  ASSERT_TRUE(actors.wait("edge-1 back", 1));
  EXPECT_EQ(actors.asked(), (Messages{sync_asked, "edge-1 back"}));
}

TEST_F(EdgeDutyTest, AnAccountThatIsGainedIsBuiltSyncedAndHearsWhoIsAlive) {
  const auto edge = beating();
  ASSERT_TRUE(edge->next(api::NodeMessage::kLeading));
  actors.forget();
  gain();
  ASSERT_TRUE(actors.wait("edge-1 back", 1));
  EXPECT_EQ(actors.asked(), (Messages{"wake " + account.text(), sync_asked, "edge-1 back"}));
  const auto leading = edge->next(api::NodeMessage::kLeading)->leading();
  EXPECT_EQ(leading.shards_size(), static_cast<int>(limits::shards));
  EXPECT_EQ(leading.shards(static_cast<int>(shard)).term(), roles.term(shard));
}

TEST_F(EdgeDutyTest, AnEdgeThatHasNotBeatenIsNotBackWhenAnAccountIsGained) {
  const auto edge = attached();
  settle(walker, 0);
  actors.forget();
  gain();
  settle(walker, 0);
  settle(walker, 0);
  EXPECT_EQ(actors.asked(), (Messages{"wake " + account.text(), sync_asked}));
}

TEST_F(EdgeDutyTest, ALostRoleIsToldToEdgesOnly) {
  const auto edge = beating();
  ASSERT_TRUE(edge->next(api::NodeMessage::kLeading));
  actors.forget();
  follow();
  duty.role_changed(shard, storage::RoleChange::follower);
  EXPECT_EQ(edge->next(api::NodeMessage::kLeading)->leading().shards_size(), static_cast<int>(limits::shards) - 1);
  EXPECT_TRUE(actors.asked().empty());
}

TEST_F(EdgeDutyTest, TheStreamOfALostEdgeEnds) {
  struct Line final : EdgeLine {
    bool send(api::NodeMessage) override { return true; }
    void end(grpc::Status) override {}
    void drop(grpc::Status status) override { dropped = std::move(status); }
    grpc::Status dropped;
  };
  const auto line = std::make_shared<Line>();
  ASSERT_TRUE(hub.attach("edge-1", 7, line, {}).ok());
  duty.attached("edge-1", line, 7, "boot-1", 5000);
  duty.heartbeat("edge-1", 7, 5100);
  clock.skip(limits::edge_lost_ms);
  duty.tick();
  settle(walker, 0);
  Messages told = actors.asked();
  std::erase(told, sync_asked);
  EXPECT_EQ(told, (Messages{"edge-1 back", "edge-1 silent", "edge-1 lost"}));
  EXPECT_EQ(line->dropped.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(line->dropped.error_message(), "nothing was heard of this edge for 90 s: attach again");
  EXPECT_TRUE(hub.attached().empty());
}

TEST_F(EdgeDutyTest, WhatWasToldBeforeIsToldToThoseWhoAreGained) {
  const auto edge = beating();
  clock.skip(limits::edge_silent_ms);
  duty.tick();
  ASSERT_TRUE(actors.wait("edge-1 silent", 1));
  gain();
  settle(walker, 0);
  duty.tick();
  settle(walker, 0);
  EXPECT_EQ(actors.count("edge-1 silent"), 1u);
  EXPECT_EQ(actors.count("edge-1 back"), 1u);
  clock.skip(limits::edge_silent_ms);
  duty.tick();
  EXPECT_TRUE(actors.wait("edge-1 silent", 2));
}

}  // namespace

}  // namespace rf::node
