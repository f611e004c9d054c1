#include "node/task_thread.hpp"

#include <gtest/gtest.h>

#include <future>
#include <string>

#include "tests/process/fakes.hpp"

namespace rf::node {

namespace {

/// A thread whose tasks wait for `open`, on a clock that the test moves.
struct Held {
  Held() {
    thread.post([this] { gate.get_future().wait(); });
  }
  /// Lets everything run that is due within the next second.
  void open() {
    std::promise<void> done;
    thread.post_after(second_ms, [&] { done.set_value(); });
    clock.advance(second_ms);
    gate.set_value();
    done.get_future().wait();
  }

  process::ManualClock clock{0};
  std::promise<void> gate;
  TaskThread thread{clock};
};

TEST(TaskThreadTest, RunsInTheOrderOfTheirTimes) {
  Held held;
  std::string order;
  held.thread.post_after(20, [&] { order += "c"; });
  held.thread.post_after(10, [&] { order += "b"; });
  held.thread.post([&] { order += "a"; });
  held.thread.post_after(20, [&] { order += "d"; });
  held.open();
  EXPECT_EQ(order, "abcd");
}

TEST(TaskThreadTest, ACancelledTaskDoesNotRun) {
  Held held;
  bool ran = false;
  const TaskThread::TaskId id = held.thread.post_after(20, [&] { ran = true; });
  EXPECT_TRUE(held.thread.cancel(id));
  EXPECT_FALSE(held.thread.cancel(id));
  held.open();
  EXPECT_FALSE(ran);
}

TEST(TaskThreadTest, StopDropsWhatHasNotBegun) {
  const process::SystemClock clock;
  TaskThread thread(clock);
  bool ran = false;
  thread.post_after(3600 * second_ms, [&] { ran = true; });
  thread.stop();
  thread.post([&] { ran = true; });
  EXPECT_FALSE(ran);
}

}  // namespace

}  // namespace rf::node
