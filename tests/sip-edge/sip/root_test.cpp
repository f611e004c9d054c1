#include "sip-edge/sip/root.hpp"

#include <gmock/gmock.h>

#include <thread>
#include <vector>

namespace rf::edge::sip {
namespace {

TEST(Root, RunsWhatOtherThreadsPostOnItsOwnThreadInTheirOrder) {
  Root root;
  constexpr int threads = 4;
  constexpr int posts = 2000;
  std::vector<int> last(threads, -1);
  int in_order = 0;
  int finished = 0;
  const auto own = std::this_thread::get_id();
  std::vector<std::thread> posting;
  for (int t = 0; t < threads; ++t) {
    posting.emplace_back([&, t, poster = root.poster()] {
      for (int i = 0; i < posts; ++i) {
        poster.post([&, t, i] {
          if (std::this_thread::get_id() == own && last[static_cast<std::size_t>(t)] == i - 1) ++in_order;
          last[static_cast<std::size_t>(t)] = i;
        });
      }
      poster.post([&] {
        if (++finished == threads) root.stop();
      });
    });
  }
  root.run();
  for (auto& thread : posting) thread.join();
  EXPECT_EQ(in_order, threads * posts);
}

TEST(Root, APosterOutlivesItsRoot) {
  std::optional<Poster> poster;
  auto left = std::make_shared<int>(1);
  {
    Root root;
    poster = root.poster();
    EXPECT_TRUE(poster->post([left] {}));
  }
  EXPECT_EQ(left.use_count(), 1) << "what was not run is destroyed with the root";
  EXPECT_FALSE(poster->post([left] {}));
  EXPECT_EQ(left.use_count(), 1);
}

TEST(Root, WhatAClosurePostsRunsAfterIt) {
  Root root;
  std::vector<int> order;
  root.post([&] {
    root.post([&] {
      order.push_back(2);
      root.stop();
    });
    order.push_back(1);
  });
  root.run();
  EXPECT_THAT(order, testing::ElementsAre(1, 2));
}

TEST(Timer, FiresOnceAndNotBeforeItsTime) {
  Root root;
  int fired = 0;
  Timer timer(root, [&] { ++fired; });
  EXPECT_FALSE(timer.is_set());
  const Ms before_ms = Root::now_ms();
  timer.set(30);
  EXPECT_TRUE(timer.is_set());
  while (fired == 0) root.step(second_ms);
  EXPECT_GE(Root::now_ms() - before_ms, 29);
  EXPECT_FALSE(timer.is_set());
  root.step(20);
  EXPECT_EQ(fired, 1);
}

TEST(Timer, ZeroAndNegativeDelaysAreOneMillisecond) {
  Root root;
  int fired = 0;
  Timer zero(root, [&] { ++fired; });
  Timer negative(root, [&] { ++fired; });
  zero.set(0);
  negative.set(-5);
  while (fired < 2) root.step(second_ms);
}

TEST(Timer, ACancelledOneDoesNotFireAndASetOneStartsAnew) {
  Root root;
  std::vector<int> fired;
  Timer never(root, [&] { fired.push_back(1); });
  Timer later(root, [&] { fired.push_back(2); });
  Timer last(root, [&] { fired.push_back(3); });
  never.set(5);
  later.set(5);
  later.set(40);
  last.set(20);
  never.cancel();
  while (fired.size() < 2) root.step(second_ms);
  EXPECT_THAT(fired, testing::ElementsAre(3, 2));
}

TEST(Timer, MaySetOrDestroyItselfInItsClosure) {
  Root root;
  int fired = 0;
  std::unique_ptr<Timer> timer;
  auto held = std::make_shared<int>(7);
  timer = std::make_unique<Timer>(root, [&, held] {
    if (++fired < 3) return timer->set(1);
    timer.reset();
    EXPECT_EQ(*held, 7);
    root.post([&] { root.stop(); });
  });
  timer->set(1);
  root.run();
  EXPECT_EQ(fired, 3);
  root.step(0);
  EXPECT_EQ(held.use_count(), 1) << "the closure is destroyed once it has returned";
}

}  // namespace
}  // namespace rf::edge::sip
