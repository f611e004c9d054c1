// rf-sim: run the simulation for seeds of your choice. Exit 0: nothing found; 1: an invariant broke; 2: misused.
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "tests/sim/shrink.hpp"
#include "tests/sim/world.hpp"
#include "tools/rf-sim/what_if/what_if.hpp"

namespace {

using rf::sim::Outcome;
using rf::sim::RunOptions;
using rf::sim::Tally;

constexpr std::string_view usage =
    "usage: rf-sim [--seed N | --from N --seeds K] [--steps S] [--trace L] [--campaign FILE [--commit NAME]]\n"
    "  --seed N          that seed alone\n"
    "  --from N          from that seed on (1); --seeds K: so many (100), 0: until stopped\n"
    "  --steps S         turns a seed (10000)\n"
    "  --without A,B     these faults do not come, with --seed\n"
    "  --shrink 1        with --seed: leaves out every fault that is not needed, and tells the rest as a story\n"
    "  --trace L         show the last L events of a run that found something, with --seed of any run\n"
    "  --campaign FILE   append each block of seeds with its result, and go on behind the last one that is in the "
    "file\n"
    "                    for the same commit and steps\n"
    "  --commit NAME     what the campaign calls the code (unnamed)\n";

struct Arguments {
  std::uint64_t from = 1;
  std::uint64_t seeds = 100;
  bool one = false;
  std::uint64_t steps = 10'000;
  std::size_t trace = 0;
  std::string campaign;
  std::string commit = "unnamed";
  std::set<std::string> without;
  bool shrink = false;
};

constexpr std::uint64_t block_seeds = 10;
std::uint64_t running_seed = 0;
Arguments arguments;

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool read_arguments(int count, char** values) {
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = values[i];
    const std::string value = values[i + 1];
    const auto number = number_of(value);
    if (name == "--campaign") {
      arguments.campaign = value;
    } else if (name == "--commit") {
      arguments.commit = value;
    } else if (name == "--without") {
      std::istringstream names(value);
      for (std::string fault; std::getline(names, fault, ',');) arguments.without.insert(fault);
    } else if (!number) {
      return false;
    } else if (name == "--seed") {
      arguments.from = *number;
      arguments.seeds = 1;
      arguments.one = true;
    } else if (name == "--from") {
      arguments.from = *number;
    } else if (name == "--seeds") {
      arguments.seeds = *number;
    } else if (name == "--steps") {
      arguments.steps = *number;
    } else if (name == "--shrink") {
      arguments.shrink = *number != 0;
    } else if (name == "--trace") {
      arguments.trace = *number;
    } else {
      return false;
    }
  }
  return count % 2 == 1;
}

std::string campaign_key() { return "commit=" + arguments.commit + " steps_a_seed=" + std::to_string(arguments.steps); }

void append(const std::string& line) {
  if (arguments.campaign.empty()) return;
  std::ofstream file(arguments.campaign, std::ios::app);
  file << campaign_key() << " " << line << "\n";
}

/// The seed behind the last one that the campaign has for this code.
std::uint64_t resumed_from() {
  std::uint64_t next = arguments.from;
  std::ifstream file(arguments.campaign);
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(campaign_key() + " ", 0) != 0) continue;
    std::istringstream words(line);
    for (std::string word; words >> word;)
      if (word.rfind("to=", 0) == 0)
        if (const auto last = number_of(std::string_view(word).substr(3)); last && *last >= next) next = *last + 1;
  }
  return next;
}

/// A broken assertion ends the process: the trace and the campaign are written first.
extern "C" void on_abort(int) {
  std::fputs(rf::sim::trace_of_running().c_str(), stdout);
  std::printf("seed %llu: a broken assertion\n", static_cast<unsigned long long>(running_seed));
  std::fflush(stdout);
  append("from=" + std::to_string(running_seed) + " to=" + std::to_string(running_seed) + " found=assertion");
}

bool show(const Outcome& outcome) {
  const bool found = !outcome.violation.empty();
  if (found || arguments.one)
    for (const std::string& line : outcome.trace) std::printf("%s\n", line.c_str());
  if (found) std::printf("seed %llu: %s\n", static_cast<unsigned long long>(running_seed), outcome.violation.c_str());
  if (found)
    append("from=" + std::to_string(running_seed) + " to=" + std::to_string(running_seed) +
           " found=" + outcome.violation);
  std::fflush(stdout);
  return found;
}

/// The seed's outcome, with the trace of its end if that is wanted: a run is repeated rather than traced in vain.
Outcome run(std::uint64_t seed) {
  running_seed = seed;
  const RunOptions options{seed, arguments.steps, arguments.one ? arguments.trace : 0, arguments.without};
  Outcome outcome = rf::sim::run_seed(options);
  if (arguments.shrink && !outcome.violation.empty()) {
    std::printf("%s", rf::sim::shrink(options, outcome).story.c_str());
    outcome.trace.clear();
    return outcome;
  }
  if (!outcome.violation.empty() && !arguments.one && arguments.trace > 0)
    outcome.trace = rf::sim::run_seed(RunOptions{seed, arguments.steps, arguments.trace}).trace;
  return outcome;
}

int run_all() {
  Tally all;
  std::uint64_t found = 0;
  std::uint64_t seed = resumed_from();
  const std::uint64_t end = arguments.seeds == 0 ? UINT64_MAX : arguments.from + arguments.seeds;
  while (seed < end) {
    const std::uint64_t first = seed;
    std::uint64_t steps = 0;
    for (; seed < end && seed < first + block_seeds; ++seed) {
      const Outcome outcome = run(seed);
      all.add(outcome.tally);
      steps += outcome.tally.steps;
      found += show(outcome) ? 1 : 0;
    }
    append("from=" + std::to_string(first) + " to=" + std::to_string(seed - 1) + " turns=" + std::to_string(steps));
  }
  std::printf("%s%llu seeds found something\n", text_of(all).c_str(), static_cast<unsigned long long>(found));
  return found == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** values) {
  if (count > 1 && std::string_view(values[1]) == "what-if") return rf::what_if::run({values + 2, values + count});
  if (!read_arguments(count, values)) {
    std::fputs((std::string(usage) + rf::what_if::usage).c_str(), stderr);
    return 2;
  }
  std::signal(SIGABRT, on_abort);
  return run_all();
}
