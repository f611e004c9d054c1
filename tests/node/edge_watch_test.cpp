#include "node/edge_watch.hpp"

#include <gtest/gtest.h>

#include "tests/process/fakes.hpp"

namespace rf::node {

namespace {

using Change = actors::Actors::EdgeChange;

class EdgeWatchTest : public ::testing::Test {
 protected:
  /// The changes of each tick, one a second.
  std::vector<Change> run(Ms ms) {
    std::vector<Change> changes;
    for (; ms > 0; ms -= second_ms) {
      clock.advance(second_ms);
      watch.tick([&](const EdgeNews& news) { changes.push_back(news.change); });
    }
    return changes;
  }
  std::vector<Change> beat() {
    std::vector<Change> changes;
    watch.heartbeat("edge-1", 7, clock.mono_ms() + 700, [&](const EdgeNews& news) { changes.push_back(news.change); });
    return changes;
  }
  std::vector<Change> tell_anew(const std::set<EdgeName>& attached) {
    std::vector<Change> changes;
    watch.tell_anew(attached, [&](const EdgeNews& news) { changes.push_back(news.change); });
    return changes;
  }

  process::ManualClock clock{0};
  EdgeWatch watch{clock};
};

TEST_F(EdgeWatchTest, TheClockIsThatOfTheLastHeartbeat) {
  EXPECT_TRUE(watch.edge_clocks().empty());
  watch.attached("edge-1", 7, "boot-1", 5000);
  clock.advance(300);
  const core::EdgeClock attached = watch.edge_clocks().at("edge-1");
  EXPECT_EQ(attached.epoch, 7u);
  EXPECT_EQ(attached.boot_id, "boot-1");
  EXPECT_EQ(attached.estimate_edge_ms(), 5300);
  watch.heartbeat("edge-1", 7, 5310, [](const EdgeNews&) {});
  clock.advance(40);
  EXPECT_EQ(watch.edge_clocks().at("edge-1").heartbeat_edge_ms, 5310);
  EXPECT_EQ(watch.edge_clocks().at("edge-1").age_ms, 40);
}

TEST_F(EdgeWatchTest, BackComesOnTheFirstHeartbeatOfEachAttach) {
  watch.attached("edge-1", 7, "boot-1", 0);
  EXPECT_EQ(beat(), std::vector<Change>{Change::back});
  EXPECT_TRUE(beat().empty());
  watch.attached("edge-1", 7, "boot-1", 0);
  EXPECT_EQ(beat(), std::vector<Change>{Change::back});
}

TEST_F(EdgeWatchTest, SilentAfterTenSecondsLostAfterNinety) {
  watch.attached("edge-1", 7, "boot-1", 0);
  beat();
  EXPECT_TRUE(run(9 * second_ms).empty());
  EXPECT_EQ(run(second_ms), std::vector<Change>{Change::silent});
  EXPECT_TRUE(run(79 * second_ms).empty());
  EXPECT_EQ(run(second_ms), std::vector<Change>{Change::lost});
  // Again later, for accounts that took nothing just then.
  EXPECT_EQ(run(60 * second_ms), std::vector<Change>{Change::lost});
  EXPECT_EQ(beat(), std::vector<Change>{Change::back});
  EXPECT_TRUE(run(9 * second_ms).empty());
}

TEST_F(EdgeWatchTest, AGapThatNoTickSawEndsInBackToo) {
  watch.attached("edge-1", 7, "boot-1", 0);
  beat();
  clock.advance(10 * second_ms);
  EXPECT_EQ(beat(), std::vector<Change>{Change::back});
}

TEST_F(EdgeWatchTest, SilenceCountsFromTheBeginningOfTheTermAtTheEarliest) {
  watch.attached("edge-1", 7, "boot-1", 0);
  beat();
  clock.advance(60 * second_ms);
  watch.epoch_started();
  EXPECT_TRUE(run(9 * second_ms).empty());
  EXPECT_EQ(run(second_ms), std::vector<Change>{Change::silent});
  EXPECT_EQ(run(80 * second_ms), std::vector<Change>{Change::lost});
}

TEST_F(EdgeWatchTest, TheLatestEpochCounts) {
  watch.attached("edge-1", 8, "boot-2", 9000);
  watch.attached("edge-1", 7, "boot-1", 5000);
  EXPECT_TRUE(beat().empty());
  const core::EdgeClock kept = watch.edge_clocks().at("edge-1");
  EXPECT_EQ(kept.epoch, 8u);
  EXPECT_EQ(kept.boot_id, "boot-2");
  EXPECT_EQ(kept.heartbeat_edge_ms, 9000);
}

TEST_F(EdgeWatchTest, WhoIsLedAnewHearsEverythingAnew) {
  watch.attached("edge-1", 7, "boot-1", 0);
  EXPECT_TRUE(tell_anew({"edge-1"}).empty());  // it has not beaten
  beat();
  EXPECT_TRUE(tell_anew({}).empty());
  EXPECT_EQ(tell_anew({"edge-1"}), std::vector<Change>{Change::back});
  EXPECT_EQ(run(10 * second_ms), std::vector<Change>{Change::silent});
  EXPECT_TRUE(tell_anew({"edge-1"}).empty());
  EXPECT_EQ(run(second_ms), std::vector<Change>{Change::silent});
  EXPECT_EQ(run(80 * second_ms), std::vector<Change>{Change::lost});
  EXPECT_TRUE(tell_anew({"edge-1"}).empty());
  EXPECT_EQ(run(second_ms), (std::vector<Change>{Change::silent, Change::lost}));
}

TEST_F(EdgeWatchTest, AnEdgeThatAccountsExpectIsLostWithoutEverBeingHeard) {
  watch.epoch_started();
  watch.expect("edge-1");
  EXPECT_TRUE(watch.edge_clocks().empty());
  EXPECT_EQ(run(90 * second_ms), (std::vector<Change>{Change::silent, Change::lost}));
  EXPECT_TRUE(beat().empty());  // not attached
}

}  // namespace

}  // namespace rf::node
