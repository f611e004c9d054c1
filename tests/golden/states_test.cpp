#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/golden/states/matrix.hpp"

/// Writes the state tables from the code itself and holds docs/states.md against them. RF_UPDATE_GOLDENS=1 rewrites it.
namespace rf::core::states {
namespace {

struct InnerStep {
  Command command;
  const char* why;
};

/// What nobody outside of a turn can ask, so that there is no state in which it could be refused.
std::vector<InnerStep> inner_steps() {
  return {
      {command::Tick{}, "the clock's: takes what is due, each item as one step"},
      {command::TakeDue{}, "one item of a tick"},
      {command::SeekCall{}, "an agent of the turn's facts looks for a call (R4)"},
      {command::Look{}, "a call of the turn's facts looks for an agent (R4)"},
      {command::TakeRanked{}, "a queue actor's answer (R3)"},
      {command::Admit{}, "whether the queue takes the call that has just arrived"},
      {command::CheckEmpty{}, "whether anybody serves the queue after an agent's step"},
  };
}

void step_table(std::ostream& out) {
  out << "\n## Steps of a turn\n\nCommands that only a turn asks, as consequences of the others; their facts are among "
         "those above.\n\n";
  write_head(out, {"step", "what it is"});
  for (const InnerStep& step : inner_steps())
    write_row(out, {std::string(core::command::name_of(step.command)), step.why});
}

struct Document {
  std::string text;
  Asked asked;
};

Document write_document() {
  std::ostringstream out;
  Asked asked;
  out << "# States\n\nWritten by `tests/golden/states_test.cpp` from the code; do not edit by hand.\n\n"
         "In the tables of commands every pair of a state and a command is one of these: a transition, with the facts "
         "that the turn wrote; a repeat (`no change`), which writes nothing; or a refusal by name, which writes "
         "nothing "
         "either. Commands of one state with the same result share a row.\n\n";
  bucket_table(out);
  write_matrix(out, agent_matrix(), asked);
  write_matrix(out, call_matrix(), asked);
  write_matrix(out, edge_matrix(), asked);
  write_matrix(out, configuration_matrix(), asked);
  step_table(out);
  phase_table(out);
  return {out.str(), asked};
}

/// Every cell is run once, whichever tests are.
const Document& document() {
  static const Document written = write_document();
  return written;
}

TEST(States, DocumentIsWhatTheCodeDoes) {
  const std::string path = "docs/states.md";
  if (std::getenv("RF_UPDATE_GOLDENS") != nullptr) {
    std::ofstream(path) << document().text;
    return;
  }
  std::ifstream file(path);
  std::stringstream have;
  have << file.rdbuf();
  EXPECT_EQ(have.str(), document().text) << "run this test with RF_UPDATE_GOLDENS=1 and read the difference";
}

TEST(States, EveryCommandAndEventIsInATable) {
  const Asked& asked = document().asked;
  std::set<std::size_t> inner;
  for (const InnerStep& step : inner_steps()) inner.insert(step.command.index());
  for (std::size_t i = 0; i < std::variant_size_v<Command>; ++i)
    EXPECT_EQ(asked.commands.count(i) + inner.count(i), 1u)
        << "alternative " << i << " of Command belongs in a table, or among the steps of a turn";
  for (std::size_t i = 0; i < std::variant_size_v<link::EventBody>; ++i)
    EXPECT_EQ(asked.events.count(i), 1u) << "alternative " << i << " of link::EventBody belongs in a table";
}

}  // namespace
}  // namespace rf::core::states
