#include "node/report/summary.hpp"

#include <gtest/gtest.h>

#include "tests/support/center.hpp"

namespace rf::node {

namespace {

using testing::Center;

class SummaryTest : public ::testing::Test {
 protected:
  SummaryTest() {
    core::QueueConfig config;
    config.wrapup_ms = 3 * second_ms;
    sales = center.queue("sales", config);
    ann = center.ready_agent("ann", {center.in(sales)});
  }
  Summary summary(Ms from_ts, Ms to_ts) const {
    Summary out(from_ts, to_ts);
    for (const core::Fact& fact : center.log) out.take(fact);
    return out;
  }
  AgentStory story(const Summary& of, AgentId agent) const {
    for (const AgentStory& found : of.agents())
      if (found.agent == agent) return found;
    return {};
  }
  static Ms in(const AgentStory& story, core::Bucket bucket) {
    return story.bucket_ms[static_cast<std::size_t>(bucket)];
  }

  Center center;
  QueueId sales;
  AgentId ann;
};

TEST_F(SummaryTest, ACallWaitsTalksAndIsWrappedUp) {
  const Ms start_ts = center.ts;
  center.advance(10 * second_ms);
  const CallId call = center.enqueue(sales);
  center.advance(4 * second_ms);
  center.run(core::command::AcceptOffer{center.offer_of(call)});
  center.advance(30 * second_ms);
  center.run(core::command::CompleteCall{call});
  center.advance(10 * second_ms);
  const Summary all = summary(start_ts, center.ts);
  ASSERT_EQ(all.calls().size(), 1u);
  const CallStory told = all.calls()[0];
  EXPECT_EQ(told.call, call);
  EXPECT_EQ(told.agent, ann);
  EXPECT_EQ(told.outcome, core::Outcome::answered);
  EXPECT_EQ(told.offers, 1u);
  EXPECT_EQ(*told.answered_at - told.arrived_at, 4 * second_ms);
  EXPECT_EQ(*told.ended_at - *told.answered_at, 30 * second_ms);
  const AgentStory agent = story(all, ann);
  EXPECT_EQ(in(agent, core::Bucket::ring), 4 * second_ms);
  EXPECT_EQ(in(agent, core::Bucket::incall), 30 * second_ms);
  EXPECT_EQ(in(agent, core::Bucket::wrapup), 3 * second_ms);
  EXPECT_EQ(in(agent, core::Bucket::ready), 17 * second_ms);
  EXPECT_EQ(agent.talked_ms, 30 * second_ms);
  EXPECT_EQ(agent.answered, 1u);
  EXPECT_EQ(agent.held_max, 1u);
}

TEST_F(SummaryTest, APeriodCutsTimesAtItsEnds) {
  const Ms start_ts = center.ts;
  center.advance(10 * second_ms);
  const CallId call = center.enqueue(sales);
  center.run(core::command::AcceptOffer{center.offer_of(call)});
  center.advance(30 * second_ms);
  const Summary middle = summary(start_ts + 5 * second_ms, start_ts + 20 * second_ms);
  const AgentStory agent = story(middle, ann);
  EXPECT_EQ(in(agent, core::Bucket::ready), 5 * second_ms);
  EXPECT_EQ(in(agent, core::Bucket::incall), 10 * second_ms);
  ASSERT_EQ(middle.calls().size(), 1u);
  EXPECT_FALSE(middle.calls()[0].ended_at.has_value());
  EXPECT_TRUE(summary(start_ts + 15 * second_ms, start_ts + 20 * second_ms).calls().empty());
}

TEST_F(SummaryTest, AnAbandonedCallHasNoAgent) {
  center.status(ann, core::Status::not_ready);
  const CallId call = center.enqueue(sales);
  center.advance(7 * second_ms);
  center.run(core::command::CompleteCall{call});
  const Summary all = summary(0, center.ts + 1);
  ASSERT_EQ(all.calls().size(), 1u);
  EXPECT_EQ(all.calls()[0].outcome, core::Outcome::abandoned);
  EXPECT_FALSE(all.calls()[0].agent.set());
  EXPECT_EQ(*all.calls()[0].ended_at - all.calls()[0].arrived_at, 7 * second_ms);
}

TEST_F(SummaryTest, CallsAreCountedByTheirNewestDisposition) {  // TM-11
  core::QueueConfig config;
  config.wrapup_ms = 3 * second_ms;
  config.dispositions = true;
  const QueueId asking = center.queue("asking", config);
  const AgentId bob = center.ready_agent("bob", {center.in(asking)});
  const auto dispose = [&](CallId call, core::Category category) {
    core::Disposition disposition;
    disposition.category = category;
    disposition.outcome = "so";
    EXPECT_EQ(center.code(core::command::SetDisposition{call, bob, disposition}), Code::ok) << center.last.reply.what;
  };
  const auto talk = [&] {
    const CallId call = center.enqueue(asking);
    center.talk(call);
    return call;
  };
  dispose(talk(), core::Category::success);
  dispose(talk(), core::Category::success);
  dispose(talk(), core::Category::fail);
  talk();
  center.advance(3 * second_ms);  // nobody says what came of it
  const CallId changed = talk();
  dispose(changed, core::Category::fail);
  center.talk(center.enqueue(sales));           // takes no outcome
  using Counts = std::array<std::uint32_t, 3>;  // fail, unsure, success
  EXPECT_EQ(story(summary(0, center.ts + 1), bob).disposed, (Counts{2, 1, 2}));
  dispose(changed, core::Category::success);
  EXPECT_EQ(story(summary(0, center.ts + 1), bob).disposed, (Counts{1, 1, 3})) << "a later version takes its place";
  EXPECT_EQ(story(summary(0, center.ts + 1), bob).answered, 5u);
  EXPECT_EQ(story(summary(0, center.ts + 1), ann).disposed, Counts{});
  EXPECT_EQ(story(summary(center.ts, center.ts + 1), bob).disposed, Counts{}) << "calls of the period only";
}

TEST(OfferBookTest, KnowsWhomEveryFactConcerns) {
  Center center;
  const QueueId sales = center.queue("sales");
  const AgentId ann = center.ready_agent("ann", {center.in(sales)});
  const CallId call = center.enqueue(sales);
  const ReservationId reservation = center.offer_of(call);
  const std::size_t middle = center.log.size();
  OfferBook whole;
  for (const core::Fact& fact : center.log) whole.take(fact);
  OfferBook of_rows(center.account());
  OfferBook late;  // begins behind the offer
  center.run(core::command::AcceptOffer{reservation});
  center.run(core::command::CompleteCall{call});
  bool late_knows_all = true;
  for (std::size_t n = middle; n < center.log.size(); ++n) {
    const core::Fact& fact = center.log[n];
    const Concern concern = whole.take(fact);
    EXPECT_TRUE(concern.known);
    if (fact.from != fact.to) {
      EXPECT_EQ(concern.agent, ann) << core::name_of(fact.body);
    }
    EXPECT_EQ(of_rows.take(fact).agent, concern.agent);
    late_knows_all = late.take(fact).known && late_knows_all;
  }
  EXPECT_FALSE(late_knows_all);
}

}  // namespace

}  // namespace rf::node
