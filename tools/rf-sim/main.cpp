#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/sim/world.hpp"

int main(int argc, char** argv) {
  std::signal(SIGABRT, [](int) { std::cout << rf::sim::trace_of_running() << std::flush; });
  rf::sim::RunOptions o;
  std::uint64_t from = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  std::uint64_t to = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : from;
  o.steps = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 10000;
  o.trace_lines = argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 0;
  rf::sim::Tally all;
  int bad = 0;
  for (o.seed = from; o.seed <= to; ++o.seed) {
    std::cerr << "seed " << o.seed << "\n";
    auto r = rf::sim::run_seed(o);
    all.add(r.tally);
    for (auto& l : r.trace) std::cout << l << "\n";
    if (!r.violation.empty()) {
      ++bad;
      std::cout << "seed " << o.seed << ": " << r.violation << std::endl;
    }
  }
  std::cout << rf::sim::text_of(all) << "bad " << bad << "\n";
}
