#include "tests/sim/shrink.hpp"

#include <algorithm>

#include "tests/sim/faults.hpp"
#include "tests/sim/text.hpp"

namespace rf::sim {

namespace {

constexpr std::size_t trace_lines = 12'000;
constexpr std::size_t story_lines = 80;

/// "P11" of "2935078 ms: ac_...: P11: call ...": what stands before the last colon that a sentence follows.
std::string kind_of(const std::string& violation) {
  std::string kind;
  for (std::size_t at = 0; at < violation.size();) {
    const std::size_t colon = violation.find(": ", at);
    if (colon == std::string::npos) break;
    const std::string part = violation.substr(at, colon - at);
    if (!part.empty() && part.size() <= 4 && part[0] >= 'A' && part[0] <= 'Z') return part;
    at = colon + 2;
  }
  return kind;
}

/// How the trace names the account that the violation is about; empty: none.
std::string account_of(const std::string& violation) {
  const std::size_t at = violation.find("ac_");
  if (at == std::string::npos || violation.size() < at + 9) return {};
  const std::size_t end = violation.find_first_of(": ", at);
  const auto account = AccountId::of(violation.substr(at, end - at));
  return account ? brief(*account) : violation.substr(at, end - at);
}

std::string told(const Shrunk& shrunk) {
  std::string without;
  for (const std::string& name : shrunk.options.without) without += (without.empty() ? "" : ",") + name;
  std::string story = "run it alone: build/<preset>/bin/rf-sim --seed " + std::to_string(shrunk.options.seed) +
                      " --steps " + std::to_string(shrunk.options.steps) + " --trace 200";
  if (!without.empty()) story += " --without \"" + without + "\"";
  story += "\n";
  const std::string account = account_of(shrunk.outcome.violation);
  std::vector<std::string> lines;
  for (const std::string& line : shrunk.outcome.trace)
    if (account.empty() || line.find(account) != std::string::npos || line.find("fault: ") != std::string::npos)
      lines.push_back(line);
  const std::size_t first = lines.size() > story_lines ? lines.size() - story_lines : 0;
  for (std::size_t i = first; i < lines.size(); ++i) story += lines[i] + "\n";
  return story + "seed " + std::to_string(shrunk.options.seed) + ": " + shrunk.outcome.violation + "\n";
}

}  // namespace

Shrunk shrink(const RunOptions& options, const Outcome& found) {
  Shrunk shrunk{options, found, {}};
  const std::string kind = kind_of(found.violation);
  for (const std::string& name : Faults::names()) {
    RunOptions fewer = shrunk.options;
    fewer.without.insert(name);
    const Outcome outcome = run_seed(fewer);
    if (!outcome.violation.empty() && kind_of(outcome.violation) == kind) shrunk.options = fewer;
  }
  shrunk.options.trace_lines = trace_lines;
  shrunk.outcome = run_seed(shrunk.options);
  // No further than to what was found.
  shrunk.options.steps = std::min(shrunk.options.steps, shrunk.outcome.tally.steps + 1);
  shrunk.story = told(shrunk);
  return shrunk;
}

}  // namespace rf::sim
