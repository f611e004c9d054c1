#pragma once
#include <string>

#include "tests/sim/world.hpp"

namespace rf::sim {

/// A run that finds the same kind of violation (the letters in front of its sentence, such as R4) as the seed does, with as few
/// kinds of fault as leaving out one after the other gives. It is told as a person wants to read it: the options by which it
/// runs alone, and the end of its trace as far as it concerns the account that is named.
struct Shrunk {
  RunOptions options;
  Outcome outcome;
  std::string story;
};

/// `found` is what the options found. Costs some twenty runs.
Shrunk shrink(const RunOptions& options, const Outcome& found);

}  // namespace rf::sim
