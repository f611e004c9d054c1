#include "process/signals.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace rf::process {
namespace {

/// Signals as they arrive; waits for them without sleeping.
class Arrivals {
 public:
  void add(int signal) {
    const std::lock_guard lock(mutex_);
    signals_.push_back(signal);
    threads_.push_back(std::this_thread::get_id());
    changed_.notify_all();
  }
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return signals_.size() >= count; });
  }
  std::vector<int> signals() {
    const std::lock_guard lock(mutex_);
    return signals_;
  }
  std::thread::id last_thread() {
    const std::lock_guard lock(mutex_);
    return threads_.back();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> signals_;
  std::vector<std::thread::id> threads_;
};

TEST(StopSignals, CallsBackOnItsOwnThread) {
  Arrivals arrivals;
  const StopSignals stop([&](int signal) { arrivals.add(signal); });
  ::kill(::getpid(), SIGTERM);
  ASSERT_TRUE(arrivals.wait_for(1));
  ::kill(::getpid(), SIGINT);
  ASSERT_TRUE(arrivals.wait_for(2));
  EXPECT_EQ(arrivals.signals(), (std::vector<int>{SIGTERM, SIGINT}));
  EXPECT_NE(arrivals.last_thread(), std::this_thread::get_id());
}

TEST(StopSignals, LaterThreadsAreNotInterrupted) {
  Arrivals arrivals;
  const StopSignals stop([&](int signal) { arrivals.add(signal); });
  std::thread other([&] { ::kill(::getpid(), SIGTERM); });
  other.join();
  EXPECT_TRUE(arrivals.wait_for(1));
}

TEST(StopSignals, ABrokenPipeIsAnErrorNotTheEnd) {
  const StopSignals stop([](int) {});
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ::close(ends[0]);
  EXPECT_EQ(::write(ends[1], "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  ::close(ends[1]);
}

TEST(StopSignals, RestoresTheMaskWhenItGoes) {
  sigset_t before;
  sigset_t after;
  ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, nullptr, &before), 0);
  {
    const StopSignals stop([](int) {});
  }
  ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, nullptr, &after), 0);
  EXPECT_EQ(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
}

}  // namespace
}  // namespace rf::process
