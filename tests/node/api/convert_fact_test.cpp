#include <gtest/gtest.h>

#include "node/api/convert.hpp"

namespace rf::node {

namespace {

namespace fact = core::fact;

/// What is told of a fact, with what the book says of whom it concerns.
api::Fact told(fact::Body body) {
  core::Fact fact;
  fact.seq = 1;
  fact.ts = 5000;
  fact.body = std::move(body);
  OfferBook book;
  return to_api(fact, book.take(fact));
}

const AgentId ann(Ulid{1, 1});
const QueueId sales(Ulid{1, 2});
const CallId call(Ulid{1, 3});

TEST(ConvertFactTest, WhatAgentsDoComesWithItsFields) {
  core::NextStatus next{true, core::Status::on_break, "lunch", 4000};
  EXPECT_EQ(told(fact::NextStatusSet{ann, next}).next_status().reason(), "lunch");
  EXPECT_FALSE(told(fact::NextStatusSet{ann, {}}).has_next_status());
  const api::Fact paused = told(fact::MembershipPaused{ann, sales, true, "lunch"});
  EXPECT_EQ(paused.kind(), "membership_paused");
  EXPECT_TRUE(paused.paused());
  EXPECT_EQ(paused.queue_id(), sales.text());
  EXPECT_EQ(paused.agent_id(), ann.text());
  EXPECT_TRUE(told(fact::MembershipActive{ann, sales, true, true}).locked());
  EXPECT_EQ(told(fact::StatusSet{ann, core::Status::on_break, "lunch", 9000}).break_until_ts(), 9000);
  EXPECT_EQ(told(fact::AgentReset{ann, "stuck"}).reason(), "stuck");
  EXPECT_EQ(told(fact::BreakOverran{ann}).agent_id(), ann.text());
  EXPECT_EQ(told(fact::AgentStale{ann}).agent_id(), ann.text());
  EXPECT_EQ(told(fact::ShiftsSet{ann, {{1, 9, {{"lunch", 3, 4}}}}}).shifts(0).activities(0).kind(), "lunch");
  const api::Fact began = told(fact::ActivityBegan{ann, "on_queue", 7000});
  EXPECT_EQ(began.activity(), "on_queue");
  EXPECT_EQ(began.next_ts(), 7000);
  EXPECT_EQ(told(fact::WrapupExtended{ann, 8000}).wrapup_until_ts(), 8000);
  const api::Fact external = told(fact::ExternalCallsSet{ann, 1, "+4930", true, sales, false});
  EXPECT_TRUE(external.outbound());
  EXPECT_EQ(external.queue_id(), sales.text());
}

TEST(ConvertFactTest, WhatBecomesOfCallsComesWithItsFields) {
  fact::CallArrived arrived;
  arrived.call = call;
  arrived.queue = sales;
  arrived.customer = "C-77";
  arrived.attributes = {{"order", "4711"}};
  arrived.ask.required = {{"german", 3}};
  arrived.agent = ann;
  const api::Fact arrival = told(arrived);
  EXPECT_EQ(arrival.customer(), "C-77");
  EXPECT_EQ(arrival.attributes(0).value(), "4711");
  EXPECT_EQ(arrival.required(0).level(), 3u);
  EXPECT_EQ(arrival.target_agent_id(), ann.text());
  EXPECT_EQ(arrival.agent_id(), "") << "it concerns no agent yet";
  EXPECT_EQ(arrival.max_wait_until_ts(), 0) << "no limit";

  core::Ask ask;
  ask.steps = 2;
  EXPECT_EQ(told(fact::CallWidened{call, ask}).widening_steps(), 2u);
  EXPECT_EQ(told(fact::CallReleased{call}).call_id(), call.text());
  EXPECT_EQ(told(fact::RingStep{call, 3, 7000}).count(), 3u);
  const api::Fact forwarded = told(fact::CallForwarded{call, "+4930999", core::OverflowWhen::key});
  EXPECT_EQ(forwarded.address(), "+4930999");
  EXPECT_EQ(forwarded.overflow_when(), api::OVERFLOW_WHEN_KEY);
  EXPECT_EQ(told(fact::CallbackSet{call, "0170", "sip:0170@192.0.2.1", {}}).number(), "0170");
  core::Overflow rule;
  rule.to = core::OverflowTo::callback;
  EXPECT_EQ(told(fact::ExitWanted{call, rule}).exit().to(), api::OVERFLOW_TO_CALLBACK);
  EXPECT_EQ(told(fact::CallClosing{call, core::Outcome::overflow, core::OverflowWhen::no_agent}).overflow_when(),
            api::OVERFLOW_WHEN_NO_AGENT);
  EXPECT_EQ(told(fact::CallClosing{call, core::Outcome::timeout, {}}).overflow_when(), api::OVERFLOW_WHEN_UNSPECIFIED);
  core::Disposition sold{core::Category::success, "sold", "two\nlines", {"vip"}};
  const api::Fact outcome = told(fact::DispositionSet{call, ann, sales, sold, 2, true, {}});
  EXPECT_EQ(outcome.disposition().category(), api::CATEGORY_SUCCESS);
  EXPECT_EQ(outcome.disposition().tags(0), "vip");
  EXPECT_EQ(outcome.version(), 2u);
  EXPECT_TRUE(outcome.by_system());
  EXPECT_EQ(outcome.call_id(), call.text());
}

TEST(ConvertFactTest, WhatTheAccountDoesComesWithItsFields) {
  core::Route route;
  route.queue = sales;
  route.agent = ann;
  const api::Fact number = told(fact::NumberSet{"7001", route});
  EXPECT_EQ(number.route().agent(), ann.text());
  EXPECT_EQ(number.queue_id(), sales.text());
  EXPECT_EQ(number.agent_id(), "") << "its state is not told of";
  const api::Fact day = told(fact::DayBegan{20000, 9000, 4000});
  EXPECT_EQ(day.day(), 20000u);
  EXPECT_EQ(day.log_off_ts(), 4000);
  EXPECT_TRUE(told(fact::QueueEmpty{sales, true}).active());
  EXPECT_EQ(told(fact::PaceSet{sales, 60'000}).handle_ms(), 60'000);
  EXPECT_EQ(told(fact::StickySet{"C-77", ann, {}}).sticky_agent_id(), ann.text());
  EXPECT_EQ(told(fact::LogoffSwept{}).kind(), "logoff_swept");
}

}  // namespace

}  // namespace rf::node
