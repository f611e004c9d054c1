#include "sip-edge/call/event_log.hpp"

#include <gtest/gtest.h>

#include "core/base/limits.hpp"

namespace rf::edge {

static link::EventBody gone(std::uint64_t n) { return link::LegGone{ReservationId(Ulid{1, n})}; }

static std::vector<std::uint64_t> numbers(const std::vector<link::Event>& events) {
  std::vector<std::uint64_t> all;
  for (const auto& event : events) all.push_back(event.n);
  return all;
}
using Numbers = std::vector<std::uint64_t>;

static EventLog log_of(std::uint64_t count) {
  EventLog log(7);
  for (std::uint64_t n = 1; n <= count; ++n) EXPECT_EQ(log.append(0, gone(n)), n);
  return log;
}

TEST(EventLogTest, R16_NumbersAreDenseFromOneAndCarryTheEpoch) {
  EventLog log = log_of(3);
  log.connect(0);
  const auto events = log.take_sendable(0);
  EXPECT_EQ(numbers(events), (Numbers{1, 2, 3}));
  for (const auto& event : events) {
    EXPECT_EQ(event.epoch, 7u);
    EXPECT_EQ(event.body, gone(event.n));
  }
}

TEST(EventLogTest, R16_NothingIsSentTwiceOnOneConnection) {
  EventLog log = log_of(2);
  log.connect(0);
  log.take_sendable(0);
  EXPECT_TRUE(log.take_sendable(0).empty());
  log.append(0, gone(3));
  EXPECT_EQ(numbers(log.take_sendable(0)), (Numbers{3}));
}

TEST(EventLogTest, R16_NothingIsSentWithoutAConnection) {
  EventLog log = log_of(2);
  EXPECT_TRUE(log.take_sendable(0).empty());
  log.connect(0);
  log.disconnect();
  EXPECT_TRUE(log.take_sendable(0).empty());
}

TEST(EventLogTest, R16_AReconnectSendsAllUnackedInOrder) {
  EventLog log = log_of(4);
  log.connect(0);
  log.take_sendable(0);
  EXPECT_EQ(log.ack(2).size(), 2u);
  log.disconnect();
  log.append(0, gone(5));
  log.connect(0);
  EXPECT_EQ(numbers(log.take_sendable(0)), (Numbers{3, 4, 5}));
}

TEST(EventLogTest, R16_AtMost256AreInFlight) {
  EventLog log = log_of(1000);
  log.connect(0);
  EXPECT_EQ(log.take_sendable(0).size(), limits::edge_events_in_flight_max);
  EXPECT_TRUE(log.take_sendable(0).empty());
  log.ack(10);
  EXPECT_EQ(log.take_sendable(0).size(), 10u);
}

TEST(EventLogTest, R16_AgeCountsFromTheEventToItsSending) {
  EventLog log(7);
  log.append(1'000, gone(1));
  log.append(1'500, gone(2));
  log.connect(0);
  auto events = log.take_sendable(4'000);
  EXPECT_EQ(events[0].age_ms, 3'000);
  EXPECT_EQ(events[1].age_ms, 2'500);
  log.rewind();
  EXPECT_EQ(log.take_sendable(9'000)[0].age_ms, 8'000);
}

TEST(EventLogTest, AnAckIsTakenOnceAndNeverBeyondTheLast) {
  EventLog log = log_of(3);
  EXPECT_EQ(log.ack(2), (std::vector{gone(1), gone(2)}));
  EXPECT_TRUE(log.ack(2).empty());
  EXPECT_TRUE(log.ack(1).empty());
  EXPECT_TRUE(log.ack(4).empty());
  EXPECT_EQ(log.buffered(), 1u);
  EXPECT_EQ(log.last_n(), 3u);
}

TEST(EventLogTest, AnAckAfterARewindIsNotSentAgain) {
  EventLog log = log_of(4);
  log.connect(0);
  log.take_sendable(0);
  log.rewind();
  log.ack(3);
  EXPECT_EQ(numbers(log.take_sendable(0)), (Numbers{4}));
}

TEST(EventLogTest, R16_ExpectedSendsAgainFromThere) {
  EventLog log = log_of(5);
  log.connect(0);
  log.take_sendable(0);
  EXPECT_TRUE(log.expect(0, 3));
  EXPECT_EQ(numbers(log.take_sendable(0)), (Numbers{3, 4, 5}));
}

TEST(EventLogTest, ExpectedOutsideTheSentAndUnackedIsRefused) {
  EventLog log = log_of(5);
  log.connect(0);
  EXPECT_FALSE(log.expect(0, 1));
  log.take_sendable(0);
  log.ack(2);
  EXPECT_FALSE(log.expect(0, 2));
  EXPECT_FALSE(log.expect(0, 6));
  EXPECT_TRUE(log.take_sendable(0).empty());
}

TEST(EventLogTest, AStormOfTheSameExpectedSendsAgainTwiceAtMost) {
  EventLog log = log_of(5);
  log.connect(0);
  log.take_sendable(0);
  EXPECT_TRUE(log.expect(0, 2));
  log.take_sendable(0);
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(log.expect(0, 2));
    EXPECT_TRUE(log.take_sendable(0).empty());
  }
  // The leader may have lost what came meanwhile: it is asked for once more, unless acked by then.
  log.rewind_if_due(log.rewind_due());
  EXPECT_EQ(numbers(log.take_sendable(200)), (Numbers{2, 3, 4, 5}));
  EXPECT_EQ(log.rewind_due(), never_ms);
}

TEST(EventLogTest, APostponedExpectedLapsesWithTheAck) {
  EventLog log = log_of(5);
  log.connect(0);
  log.take_sendable(0);
  log.expect(0, 2);
  log.take_sendable(0);
  log.expect(0, 2);
  log.ack(5);
  log.rewind_if_due(1'000);
  EXPECT_TRUE(log.take_sendable(1'000).empty());
}

}  // namespace rf::edge
