#include "process/ids.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "tests/process/fakes.hpp"

namespace rf::process {
namespace {

constexpr Ms start_ms = 1'790'000'000'000;

Ms time_of(Ulid ulid) { return static_cast<Ms>(ulid.high >> 16); }

TEST(IdMaker, CarriesTheTimeAndThePrefix) {
  const ManualClock clock(start_ms);
  IdMaker ids(clock);
  const CallId call = ids.make<CallId>();
  EXPECT_EQ(time_of(call.value), start_ms);
  EXPECT_EQ(call.text().substr(0, 3), "cl_");
  EXPECT_EQ(CallId::of(call.text()), call);
}

TEST(IdMaker, RisesWithinOneMillisecond) {
  const ManualClock clock(start_ms);
  IdMaker ids(clock);
  Ulid last = ids.make<CallId>().value;
  for (int i = 0; i < 10'000; ++i) {
    const Ulid next = ids.make<CallId>().value;
    ASSERT_LT(last, next);
    last = next;
  }
  EXPECT_LE(time_of(last), start_ms + 1);
}

TEST(IdMaker, RisesWhenTheClockStepsBack) {
  ManualClock clock(start_ms);
  IdMaker ids(clock);
  const AgentId first = ids.make<AgentId>();
  clock.step_wall(-60'000);
  const AgentId second = ids.make<AgentId>();
  EXPECT_LT(first, second);
  clock.step_wall(120'000);
  EXPECT_LT(second, ids.make<AgentId>());
}

TEST(IdMaker, TwoMakersDiffer) {
  const ManualClock clock(start_ms);
  IdMaker one(clock);
  IdMaker other(clock);
  EXPECT_NE(one.make<QueueId>(), other.make<QueueId>());
}

TEST(IdMaker, ManyThreadsGetDifferentIds) {
  const SystemClock clock;
  IdMaker ids(clock);
  constexpr int threads_count = 4;
  constexpr int ids_count = 5000;
  std::vector<std::vector<CallId>> made(threads_count);
  std::vector<std::thread> threads;
  for (auto& mine : made)
    threads.emplace_back([&ids, &mine] {
      for (int i = 0; i < ids_count; ++i) mine.push_back(ids.make<CallId>());
    });
  for (std::thread& thread : threads) thread.join();
  std::set<CallId> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), static_cast<std::size_t>(threads_count * ids_count));
}

}  // namespace
}  // namespace rf::process
