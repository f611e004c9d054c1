#include "tools/ringfencectl/live_rows.hpp"

#include <gmock/gmock.h>

#include "tests/tools/ringfencectl/centre.hpp"

namespace rf::ctl {
namespace {

using testing::ElementsAre;

struct LiveRowsTest : testing::Test {
  LiveRows rows;
  std::uint64_t seq = 100;

  LiveRowsTest() { rows.take(snapshot_of_a_centre()); }

  api::Fact fact(const std::string& kind) {
    api::Fact out;
    out.set_seq(++seq);
    out.set_ts(1'000'005'000);
    out.set_at(1'000'004'000);
    out.set_kind(kind);
    return out;
  }
  void take(const api::Fact& fact) { rows.take(frame_of(fact)); }
  const api::Agent& agent(const std::string& key) const {
    for (const api::Agent* row : rows.agents())
      if (row->definition().key() == key) return *row;
    ADD_FAILURE() << key;
    return *rows.agents().front();
  }
  const api::Call* call(const std::string& id) const {
    for (const api::Call* row : rows.calls())
      if (row->id() == id) return row;
    return nullptr;
  }
};

TEST_F(LiveRowsTest, BeginWithTheSnapshot) {
  EXPECT_TRUE(rows.complete());
  EXPECT_EQ(rows.seq(), 100u);
  EXPECT_EQ(rows.agents().size(), 9u);
  EXPECT_EQ(rows.calls().size(), 3u);
  EXPECT_EQ(rows.call_of("us_edsger")->id(), "cl_1");
  EXPECT_EQ(rows.call_of("us_grace")->id(), "cl_2");
  EXPECT_EQ(rows.call_of("us_ada"), nullptr);
  EXPECT_EQ(rows.queue_key("q_sales"), "sales");
  EXPECT_EQ(rows.queue_key("q_gone"), "q_gone");
}

TEST_F(LiveRowsTest, ASnapshotInPartsIsCompleteWithItsLast) {
  api::WatchFrame part = snapshot_of_a_centre();
  part.mutable_snapshot()->set_last(false);
  rows.take(part);
  EXPECT_FALSE(rows.complete());
  part.mutable_snapshot()->Clear();
  part.mutable_snapshot()->set_version(101);
  part.mutable_snapshot()->set_last(true);
  rows.take(part);
  EXPECT_TRUE(rows.complete());
  EXPECT_EQ(rows.agents().size(), 9u);
}

TEST_F(LiveRowsTest, FactsThatARowHasAlreadyChangeNothing) {
  api::Fact old = fact("status_set");
  old.set_seq(99);
  old.set_agent_id("us_ada");
  old.set_from(api::BUCKET_IDLE);
  old.set_to(api::BUCKET_PAUSED);
  take(old);
  EXPECT_EQ(agent("ada").bucket(), api::BUCKET_READY);
}

TEST_F(LiveRowsTest, ACallGoesThroughItsWholeLife) {
  api::Fact arrived = fact("call_arrived");
  arrived.set_call_id("cl_9");
  arrived.set_queue_id("q_support");
  arrived.set_caller("+49999");
  take(arrived);
  ASSERT_NE(call("cl_9"), nullptr);
  EXPECT_EQ(call("cl_9")->state(), api::CALL_STATE_WAITING);
  EXPECT_EQ(call("cl_9")->arrived_ts(), 1'000'004'000);

  api::Fact offered = fact("offered");
  offered.set_call_id("cl_9");
  offered.set_reservation_id("rs_9");
  offered.set_agent_id("us_ada");
  offered.set_from(api::BUCKET_READY);
  offered.set_to(api::BUCKET_RING);
  take(offered);
  EXPECT_EQ(agent("ada").bucket(), api::BUCKET_RING);
  EXPECT_EQ(agent("ada").bucket_since_ts(), 1'000'005'000);
  EXPECT_EQ(rows.call_of("us_ada")->id(), "cl_9");

  api::Fact answered = fact("answered");
  answered.set_call_id("cl_9");
  answered.set_reservation_id("rs_9");
  answered.set_agent_id("us_ada");
  take(answered);
  EXPECT_EQ(call("cl_9")->state(), api::CALL_STATE_ANSWERED);
  EXPECT_EQ(call("cl_9")->agent_id(), "us_ada");

  api::Fact ended = fact("call_ended");
  ended.set_call_id("cl_9");
  take(ended);
  EXPECT_EQ(call("cl_9")->state(), api::CALL_STATE_ENDED);

  api::Fact gone = fact("leg_gone");
  gone.set_call_id("cl_9");
  gone.set_reservation_id("rs_9");
  gone.set_call_gone(true);
  take(gone);
  EXPECT_EQ(call("cl_9"), nullptr);
  EXPECT_EQ(rows.call_of("us_ada"), nullptr);
}

TEST_F(LiveRowsTest, ALostOfferLeavesTheCallWaiting) {
  api::Fact closed = fact("offer_closed");
  closed.set_call_id("cl_2");
  closed.set_reservation_id("rs_2");
  take(closed);
  EXPECT_EQ(rows.call_of("us_grace"), nullptr);
  api::Fact gone = fact("leg_gone");
  gone.set_call_id("cl_2");
  gone.set_reservation_id("rs_2");
  take(gone);
  EXPECT_EQ(call("cl_2")->offers_size(), 0);
  EXPECT_EQ(call("cl_2")->state(), api::CALL_STATE_WAITING);
}

TEST_F(LiveRowsTest, StatusAndMembershipsFollow) {
  api::Fact out = fact("logged_out");
  out.set_agent_id("us_ada");
  out.set_status(api::STATUS_OFFLINE);
  out.set_from(api::BUCKET_READY);
  out.set_to(api::BUCKET_OFFLINE);
  take(out);
  EXPECT_EQ(agent("ada").status(), api::STATUS_OFFLINE);
  EXPECT_FALSE(agent("ada").definition().memberships(0).active());

  api::Fact in = fact("logged_in");
  in.set_agent_id("us_ada");
  in.set_status(api::STATUS_AVAILABLE);
  in.add_queues("q_support");
  take(in);
  EXPECT_FALSE(agent("ada").definition().memberships(0).active());
  EXPECT_TRUE(agent("ada").definition().memberships(1).active());
}

TEST_F(LiveRowsTest, WhatIsToComeAndWhatIsPausedFollow) {
  api::Fact next = fact("next_status_set");
  next.set_agent_id("us_ada");
  next.mutable_next_status()->set_status(api::STATUS_ON_BREAK);
  take(next);
  EXPECT_EQ(agent("ada").next_status().status(), api::STATUS_ON_BREAK);
  next.clear_next_status();
  next.set_seq(++seq);
  take(next);
  EXPECT_FALSE(agent("ada").has_next_status());

  api::Fact paused = fact("membership_paused");
  paused.set_agent_id("us_ada");
  paused.set_queue_id("q_sales");
  paused.set_paused(true);
  paused.set_reason("lunch");
  take(paused);
  EXPECT_TRUE(agent("ada").definition().memberships(0).paused());
  EXPECT_FALSE(agent("ada").definition().memberships(1).paused());

  api::Fact locked = fact("membership_active");
  locked.set_agent_id("us_ada");
  locked.set_queue_id("q_sales");
  locked.set_active(true);
  locked.set_locked(true);
  take(locked);
  api::Fact out = fact("logged_out");
  out.set_agent_id("us_ada");
  out.set_status(api::STATUS_OFFLINE);
  take(out);
  EXPECT_TRUE(agent("ada").definition().memberships(0).active());

  api::Fact forwarded = fact("call_forwarded");
  forwarded.set_call_id("cl_2");
  forwarded.set_address("+4930999");
  take(forwarded);
  EXPECT_EQ(call("cl_2")->state(), api::CALL_STATE_FORWARDED);
}

TEST_F(LiveRowsTest, ConfigurationMayChangeUnderTheBoard) {
  api::Fact added = fact("agent_set");
  added.set_agent_id("us_zoe");
  added.mutable_agent()->set_id("us_zoe");
  added.mutable_agent()->set_key("zoe");
  added.set_from(api::BUCKET_OFFLINE);
  added.set_to(api::BUCKET_OFFLINE);
  take(added);
  EXPECT_EQ(agent("zoe").bucket(), api::BUCKET_OFFLINE);

  api::Fact removed = fact("agent_removed");
  removed.set_agent_id("us_zoe");
  take(removed);
  EXPECT_EQ(rows.agents().size(), 9u);

  api::Fact unknown = fact("something_of_a_later_version");
  unknown.set_agent_id("us_nobody");
  unknown.set_call_id("cl_nobody");
  take(unknown);
  EXPECT_EQ(rows.seq(), seq);
}

}  // namespace
}  // namespace rf::ctl
