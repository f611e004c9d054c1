#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "tests/bench/host.hpp"
#include "tests/bench/long_log.hpp"
#include "tools/rf-load/histogram.hpp"

/// rf-scale: what very many queues and agents cost, and what one account's flood does to its neighbours. JSON lines.
namespace rf::bench {
namespace {

using Clock = std::chrono::steady_clock;
namespace command = core::command;

constexpr const char* usage =
    "usage: rf-scale size FOLDER ACCOUNTS AGENTS QUEUES      memory and start of so many in all\n"
    "       rf-scale neighbours FOLDER ACCOUNTS SECONDS FLOOD  offers of all while one more gets FLOOD calls a "
    "second\n"
    "       rf-scale explain FOLDER AGENTS FACTS              how long ExplainOffer takes in a log of so many facts\n";

AccountId account(unsigned number) { return AccountId(Ulid{21, number + 1}); }

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

double resident_kb() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t pages = 0;
  std::uint64_t resident = 0;
  statm >> pages >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1024;
}

/// One call to the first queue of the account, offered and completed.
void route(Host& host, AccountId to, std::uint64_t number) {
  const CallId call(Ulid{31, number});
  host.ask(to, command::Enqueue{call, Host::queue(0), "1", "2", "", 0});
  host.ask(to, command::CompleteCall{call});
}

/// In a process of its own, so that what one run leaves in memory is not counted for the next.
template <class Work>
void in_child(Work work) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    work();
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) std::exit(1);
}

double size_of(const std::string& folder, unsigned accounts, unsigned agents, unsigned queues) {
  const Clock::time_point begin = Clock::now();
  Host host(folder);
  for (unsigned i = 0; i < accounts; ++i) route(host, account(i), 1000 + i);
  std::printf(R"({"accounts": %u, "agents": %u, "queues": %u, "serving_s": %.2f, "resident_kb": %.0f})"
              "\n",
              accounts, agents, queues, seconds_since(begin), resident_kb());
  return resident_kb();
}

void size(const std::string& folder, unsigned accounts, unsigned agents, unsigned queues) {
  const auto make = [&](const std::string& name, unsigned all_agents, unsigned all_queues) {
    const std::string at = folder + "/" + name;
    in_child([&] {
      Host host(at);
      for (unsigned i = 0; i < accounts; ++i)
        host.make_account(account(i), all_agents / accounts, all_queues / accounts);
    });
    // Opened again, as a node starts: what is measured is the state, not what making it left behind.
    in_child([&] { size_of(at, accounts, all_agents, all_queues); });
  };
  make("small", accounts, accounts);
  make("queues", accounts, queues);
  make("agents", agents, accounts);
  make("both", agents, queues);
}

class Neighbours {
 public:
  Neighbours(const std::string& folder, unsigned accounts) : accounts_(accounts), host_(folder) {
    for (unsigned i = 0; i <= accounts; ++i) host_.make_account(account(i), 10, 1);
  }

  /// Every account gets one call a second, evenly spread; the last one `flood` calls a second beside.
  void window(double seconds, unsigned flood) {
    load::Histogram times;
    std::mutex mutex;
    std::atomic<std::int64_t> open = 0;
    std::atomic<std::uint64_t> refused = 0;
    const Clock::time_point begin = Clock::now();
    std::uint64_t sent = 0;
    std::uint64_t flooded = 0;
    while (seconds_since(begin) < seconds) {
      const double now = seconds_since(begin);
      for (; static_cast<double>(sent) < now * accounts_; ++sent) {
        const AccountId to = account(static_cast<unsigned>(sent % accounts_));
        const CallId call(Ulid{41, ++calls_});
        ++open;
        const Clock::time_point from = Clock::now();
        host_.send(
            to, command::Enqueue{call, Host::queue(0), "1", "2", "", 0}, [&, to, call, from](const core::Reply&) {
              const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - from).count();
              {
                const std::lock_guard lock(mutex);
                times.record(took);
              }
              host_.send(to, command::CompleteCall{call}, [&](const core::Reply&) { --open; });
            });
      }
      for (; static_cast<double>(flooded) < now * flood; ++flooded) {
        ++open;
        host_.send(account(accounts_), command::Enqueue{CallId(Ulid{42, ++calls_}), Host::queue(0), "1", "2", "", 0},
                   [&](const core::Reply& reply) {
                     if (!reply.ok()) ++refused;
                     --open;
                   });
      }
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    while (open > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::printf(
        R"({"accounts": %u, "flood_per_s": %u, "offers": %llu, "p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.1f, )"
        R"("flooded": %llu, "refused": %llu})"
        "\n",
        accounts_, flood, static_cast<unsigned long long>(sent), static_cast<double>(times.at(0.5)) / 1000,
        static_cast<double>(times.at(0.99)) / 1000, static_cast<double>(times.max_us()) / 1000,
        static_cast<unsigned long long>(flooded), static_cast<unsigned long long>(refused.load()));
    std::fflush(stdout);
  }

 private:
  const unsigned accounts_;
  std::uint64_t calls_ = 0;
  Host host_;
};

unsigned number_of(std::string_view text) {
  unsigned out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error == std::errc() && end == text.data() + text.size()) return out;
  std::fprintf(stderr, "rf-scale: \"%s\" is no number\n%s", std::string(text).c_str(), usage);
  std::exit(2);
}

int run(const std::vector<std::string>& words) {
  if (words.size() == 5 && words[0] == "size") {
    size(words[1], number_of(words[2]), number_of(words[3]), number_of(words[4]));
    return 0;
  }
  if (words.size() == 5 && words[0] == "neighbours") {
    Neighbours neighbours(words[1], number_of(words[2]));
    // Side by side, in turns: quiet, flooded, quiet, flooded.
    for (int turn = 0; turn < 4; ++turn)
      neighbours.window(number_of(words[3]), turn % 2 == 0 ? 0 : number_of(words[4]));
    return 0;
  }
  if (words.size() == 4 && words[0] == "explain") {
    explain_in_long_log(words[1], number_of(words[2]), number_of(words[3]));
    return 0;
  }
  std::fputs(usage, stderr);
  return 2;
}

}  // namespace
}  // namespace rf::bench

int main(int argc, char** argv) { return rf::bench::run({argv + 1, argv + argc}); }
