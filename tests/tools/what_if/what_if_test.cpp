#include <gtest/gtest.h>

#include "core/account/apply.hpp"
#include "tests/support/center.hpp"
#include "tools/rf-sim/what_if/changes.hpp"
#include "tools/rf-sim/what_if/replayed_day.hpp"
#include "tools/rf-sim/what_if/score.hpp"

/// A recorded day under its own and under other settings.
namespace rf::what_if {
namespace {

using core::Account;
using core::Fact;
using testing::Center;
namespace command = core::command;

/// A busy morning: calls every 20 s, three agents who answer after 4 s and talk for 70 s, callers who give up after 90 s.
class Morning : public ::testing::Test {
 protected:
  Morning() {
    core::QueueConfig config;
    config.wrapup_ms = 5'000;
    config.sla_ms = 30'000;
    q = c.queue("sales", config);
    for (const std::string key : {"ann", "bob", "cleo"}) c.ready_agent(key, {Center::in(q)});
    for (int i = 0; i < 60; ++i) {
      calls.push_back(c.enqueue(q, "+4930" + std::to_string(i)));
      for (int s = 0; s < 20; ++s) second();
    }
    for (int s = 0; s < 300; ++s) second();
  }

  /// Everybody does what a second asks of them.
  void second() {
    c.advance(second_ms);
    for (const CallId id : calls) {
      const core::Call* call = c.call(id);
      if (call == nullptr) continue;
      if (call->state == core::CallState::answered && c.ts - call->answered_ts >= 70'000) {
        c.complete(id);
      } else if (call->state == core::CallState::waiting) {
        const core::Reservation* offer = core::find_reservation(c.account(), c.offer_of(id));
        if (offer != nullptr && offer->phase == core::Phase::offered && c.ts - offer->offered_ts >= 4'000) {
          c.accept(id);
        } else if (c.ts - call->arrived_ts >= 90'000 && offer == nullptr) {
          c.complete(id);
        }
      }
    }
  }

  Ms end_ts() const { return c.log.back().ts + 1; }
  RecordedDay recorded(Ms from_ts = 0) const {
    Recorder recorder(c.account().id, from_ts, end_ts());
    for (const Fact& fact : c.log) recorder.take(fact);
    return recorder.day();
  }
  Score recorded_score() const {
    node::Summary summary(0, end_ts());
    for (const Fact& fact : c.log) summary.take(fact);
    return score_of(summary, c.account());
  }
  struct Played {
    Score score;
    Account account;
    std::map<AgentId, std::size_t> offers;
    std::map<CallId, std::size_t> offers_of;
  };
  static Result<Played> play(const RecordedDay& day, const std::vector<std::string>& sets) {
    std::vector<Change> changes;
    for (const std::string& set : sets) changes.push_back(*change_of(set));
    Played played;
    Changes wanted(changes);
    played.account.id = day.account;
    node::Summary summary(day.from_ts, day.to_ts);
    ReplayedDay replayed(
        day, [&](const Account& account) { return wanted.import_of(account); }, utc_only());
    const auto done = replayed.run([&](const Fact& fact) {
      core::apply(played.account, fact);
      summary.take(fact);
      const auto* offered = std::get_if<core::fact::Offered>(&fact.body);
      if (offered == nullptr) return;
      ++played.offers[offered->agent];
      ++played.offers_of[offered->call];
    });
    if (!done) return done.error();
    if (const auto met = wanted.all_met(); !met) return met.error();
    played.score = score_of(summary, played.account);
    return played;
  }

  Center c;
  QueueId q;
  std::vector<CallId> calls;
};

TEST_F(Morning, UnderItsOwnSettingsIsAsItWas) {
  const Score was = recorded_score();
  ASSERT_EQ(was.all.calls, 60u);
  ASSERT_GT(was.all.abandoned, 3u) << "a morning in which some give up";
  ASSERT_GT(was.all.answered, 30u);
  const auto again = play(recorded(), {});
  ASSERT_TRUE(again.ok()) << again.error().what;
  EXPECT_EQ(again->score.all.calls, was.all.calls);
  EXPECT_EQ(again->score.all.answered, was.all.answered);
  EXPECT_EQ(again->score.all.abandoned, was.all.abandoned);
  EXPECT_EQ(again->score.all.waits_ms, was.all.waits_ms);
  EXPECT_NEAR(again->score.occupancy, was.occupancy, 0.01);
  EXPECT_EQ(table_of({{"recorded", was}}), table_of({{"recorded", again->score}}));
}

TEST_F(Morning, AnotherStrategyRingsOtherAgents) {
  const auto top_down = play(recorded(), {"queue.sales.strategy=sequentially-by-agent-order"});
  ASSERT_TRUE(top_down.ok()) << top_down.error().what;
  EXPECT_EQ(core::find_queue(top_down->account, q)->config.strategy, core::StrategyKind::sequentially_by_agent_order);
  EXPECT_EQ(top_down->score.all.calls, 60u);
  EXPECT_GT(top_down->offers.at(*c.account().index.members.at(q).begin()), 15u);
  const auto all = play(recorded(), {"queue.sales.strategy=ring-all"});
  ASSERT_TRUE(all.ok()) << all.error().what;
  EXPECT_EQ(all->offers_of.at(calls[0]), 3u) << "every free agent rings";
  EXPECT_EQ(top_down->offers_of.at(calls[0]), 1u);
}

TEST_F(Morning, TwoCallsAtOnceServeMoreCallers) {
  const auto played = play(recorded(), {"agent.ann.max_concurrent=2", "agent.bob.max_concurrent=2"});
  ASSERT_TRUE(played.ok()) << played.error().what;
  const Score was = recorded_score();
  EXPECT_LT(played->score.all.abandoned, was.all.abandoned);
  EXPECT_GT(played->score.all.service_level(), was.all.service_level());
}

TEST_F(Morning, AShorterPatienceOfTheQueueSendsCallersAway) {
  const auto played = play(recorded(), {"queue.sales.max_wait=10s"});
  ASSERT_TRUE(played.ok()) << played.error().what;
  EXPECT_EQ(played->score.all.abandoned, 0u);
  EXPECT_GT(played->score.all.elsewhere, 0u);
  for (const Ms wait_ms : played->score.all.waits_ms) EXPECT_LE(wait_ms, 14'000) << "an offer on its way rings on";
}

TEST_F(Morning, PartOfItBeginsAsTheCentreStood) {
  const Ms from_ts = c.log.front().ts + 10 * 60 * second_ms;
  const RecordedDay day = recorded(from_ts);
  EXPECT_GT(day.calls_left_out, 0u);
  const auto played = play(day, {});
  ASSERT_TRUE(played.ok()) << played.error().what;
  EXPECT_GT(played->score.all.calls, 20u);
  EXPECT_LT(played->score.all.calls, 40u);
  EXPECT_GT(played->score.all.answered, 15u) << "agents are logged in";
}

TEST_F(Morning, WrongChangesSayWhatIsWrong) {
  const auto refusal = [&](const std::string& set) {
    const auto played = play(recorded(), {set});
    return played.ok() ? std::string("no refusal") : played.error().what;
  };
  EXPECT_NE(refusal("queue.nowhere.strategy=ring-all").find("no queue \"nowhere\""), std::string::npos);
  EXPECT_NE(refusal("queue.sales.strategi=ring-all").find("strategy"), std::string::npos) << "the nearest key";
  EXPECT_NE(refusal("queue.sales.strategy=loudest").find("loudest"), std::string::npos);
  for (const std::string text :
       {"queue.sales.strategy", "strategy=ring-all", "account.sales.wrapup=1s", "queue.sales.=1", "x.y.z=1"})
    EXPECT_EQ(change_of(text).error().code, Code::invalid_argument) << text;
  EXPECT_EQ(change_of("queue.front.desk.strategy=ring-all")->key, "front.desk");
  EXPECT_EQ(change_of("account.wrapup=1s")->field, "wrapup");
}

}  // namespace
}  // namespace rf::what_if
