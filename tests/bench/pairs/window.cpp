#include "tests/bench/pairs/window.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "process/clock.hpp"

namespace rf::bench {

namespace {

constexpr Us warmup_us = load::second_us / 2;

void wait_until(Us instant_us) {
  std::this_thread::sleep_for(std::chrono::microseconds(instant_us - Window::now_us()));
}

}  // namespace

Window::Window(double seconds)
    : begin_us_(now_us() + warmup_us), end_us_(begin_us_ + static_cast<Us>(seconds * load::second_us)) {}

Us Window::now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void Window::pair(Us reserve_from_us, Us reserved_us, Us released_us) {
  if (reserve_from_us < begin_us_ || released_us > end_us_) return;
  const std::lock_guard lock(mutex_);
  reserve_.record(reserved_us - reserve_from_us);
  release_.record(released_us - reserved_us);
}

double Window::pairs_per_second() const {
  return static_cast<double>(reserve_.count()) * 1e6 / static_cast<double>(end_us_ - begin_us_);
}

double Window::cpu_us_a_pair() const {
  return reserve_.count() == 0 ? 0 : cpu_s_ * 1e6 / static_cast<double>(reserve_.count());
}

void Window::keep_time() {
  wait_until(begin_us_);
  const double before = process::cpu_s();
  wait_until(end_us_);
  cpu_s_ = process::cpu_s() - before;
}

void run_threads(unsigned count, Window& window, const std::function<void(unsigned)>& work) {
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < count; ++i) threads.emplace_back(work, i);
  window.keep_time();
  for (std::thread& thread : threads) thread.join();
}

void give_up(const std::string& why) {
  std::fprintf(stderr, "rf-pairs: %s\n", why.c_str());
  std::_Exit(1);
}

}  // namespace rf::bench
