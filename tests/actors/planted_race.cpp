// Races on purpose, for the tsan preset: each of its tests passes only if ThreadSanitizer reports the race that was asked
// for. The two sides meet and take turns by relaxed atomics, which order nothing.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <string>
#include <thread>

#include <caf/all.hpp>

#include "core/base/assert.hpp"
#include "storage/rocks_journal.hpp"
#include "tests/storage/support/temporary_directory.hpp"

namespace rf::testing {
namespace {

int plain = 0;
std::atomic<int> come = 0;
std::atomic<bool> first_is_done = false;

/// One after the other, for ThreadSanitizer may miss two accesses at the very same time.
template <class Change>
void in_turn(Change change) {
  const bool first = come.fetch_add(1, std::memory_order_relaxed) == 0;
  while (come.load(std::memory_order_relaxed) < 2) std::this_thread::yield();
  while (!first && !first_is_done.load(std::memory_order_relaxed)) std::this_thread::yield();
  change();
  first_is_done.store(true, std::memory_order_relaxed);
}

[[gnu::noinline]] void planted_between_threads() { ++plain; }
[[gnu::noinline]] void planted_between_actors() { ++plain; }
[[gnu::noinline]] void planted_in_a_callback() { ++plain; }

void race_of_threads() {
  const auto side = [] { in_turn(planted_between_threads); };
  std::thread other(side);
  side();
  other.join();
}

// CAF makes a null reference of no arguments, which the library's assertions do not let pass.
caf::behavior side_actor(caf::event_based_actor* self, int /*which*/) {
  return {[self](int) {
    in_turn(planted_between_actors);
    self->quit();
  }};
}

void race_of_actors() {
  caf::actor_system_config config;
  config.set("scheduler.max-threads", std::size_t{2});
  config.set("scheduler.policy", caf::atom("sharing"));
  caf::actor_system system(config);
  for (int i = 0; i < 2; ++i) caf::anon_send(system.spawn(side_actor, i), 1);
}

/// What whoever starts a journal may do wrong: its callbacks come on a thread of the journal.
void race_of_a_callback() {
  const storage::test::TemporaryDirectory directory;
  storage::RocksOptions options;
  options.directory = directory.path("log");
  options.node = "test";
  storage::RocksJournal journal(options, storage::SealKey(std::array<std::uint8_t, 32>{1, 2, 3}));
  const auto on_role = [](std::uint32_t shard, std::uint64_t, storage::RoleChange, Ms) {
    if (shard == 0) in_turn(planted_in_a_callback);
  };
  const auto started = journal.start([](const storage::LogIndex&, const storage::Batch&) {}, on_role);
  RF_ASSERT(started.ok());
  in_turn(planted_in_a_callback);
}

}  // namespace
}  // namespace rf::testing

int main(int count, char** words) {
  const std::string race = count == 2 ? words[1] : "";
  if (race == "threads") {
    rf::testing::race_of_threads();
  } else if (race == "actors") {
    rf::testing::race_of_actors();
  } else if (race == "callback") {
    rf::testing::race_of_a_callback();
  } else {
    std::fprintf(stderr, "usage: planted_race threads|actors|callback\n");
    return 2;
  }
  return 0;
}
