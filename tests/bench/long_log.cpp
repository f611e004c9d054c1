#include "tests/bench/long_log.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include "core/base/hash.hpp"
#include "node/report/offer_story.hpp"
#include "tests/bench/host.hpp"

namespace rf::bench {

namespace {

using Clock = std::chrono::steady_clock;
namespace command = core::command;

constexpr unsigned chains = 64;
constexpr unsigned questions = 40;
const AccountId account(Ulid{1, 1});

struct Asked {
  CallId call;
  std::uint64_t seq = 0;
};

Ms wall_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// Calls that are offered and completed, so many at once, until the log is long enough. Remembers one call in so many.
class Writer {
 public:
  Writer(Host& host, std::uint64_t facts) : host_(host), facts_(facts) {}

  std::vector<Asked> run() {
    running_ = chains;
    for (unsigned i = 0; i < chains; ++i) next();
    while (running_ > 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  void next() {
    const CallId call(derived_ulid(wall_ms(), 1, ++calls_));
    host_.send(account, command::Enqueue{call, Host::queue(0), "1", "2", "", 0},
               [this, call](const core::Reply& reply) {
                 if (calls_ % 1000 == 0) {
                   const std::lock_guard lock(mutex_);
                   asked_.push_back({call, reply.seq});
                 }
                 host_.send(account, command::CompleteCall{call}, [this](const core::Reply& done) {
                   if (done.seq < facts_) return next();
                   --running_;
                 });
               });
  }

  Host& host_;
  const std::uint64_t facts_;
  std::atomic<std::uint64_t> calls_ = 0;
  std::atomic<unsigned> running_ = 0;
  std::mutex mutex_;
  std::vector<Asked> asked_;
};

double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

}  // namespace

void explain_in_long_log(const std::string& folder, unsigned agents, std::uint64_t facts) {
  std::vector<Asked> asked;
  const Clock::time_point begin = Clock::now();
  {
    Host host(folder);
    host.make_account(account, agents, 1);
    asked = Writer(host, facts).run();
  }
  const double written_s = ms_since(begin) / 1000;
  // Opened again: nothing is left in the journal's own memory.
  Host host(folder);
  std::vector<double> took;
  unsigned explained = 0;
  for (std::size_t i = 0; i < questions && !asked.empty(); ++i) {
    const Asked& one = asked[mix64(i) % asked.size()];
    const Clock::time_point from = Clock::now();
    const auto story = node::explain_call(host.journal(), account, one.call, std::nullopt, wall_ms());
    took.push_back(ms_since(from));
    if (!story) std::fprintf(stderr, "%s\n", story.error().what.c_str());
    if (story && story->to.size() == 1 && story->reproduced) ++explained;
  }
  std::sort(took.begin(), took.end());
  std::printf(
      R"({"agents": %u, "facts": %llu, "written_s": %.0f, "asked": %zu, "explained": %u, "p50_ms": %.0f, "max_ms": %.0f})"
      "\n",
      agents, static_cast<unsigned long long>(facts), written_s, took.size(), explained,
      took.empty() ? 0 : took[took.size() / 2], took.empty() ? 0 : took.back());
}

}  // namespace rf::bench
