#pragma once
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "tools/ringfencectl/arguments.hpp"
#include "tools/ringfencectl/session.hpp"

/// What each command asks the node and prints. A command gives the exit code, or the error to print.
namespace rf::ctl {

using Run = Result<int> (*)(const Invocation& asked, Session& session);

struct Command {
  CommandForm form;
  Run run;
};

/// Every command of the program.
std::vector<Command> all_commands();

std::vector<Command> account_commands();
std::vector<Command> agent_commands();
std::vector<Command> queue_commands();
std::vector<Command> call_commands();
std::vector<Command> explain_commands();
std::vector<Command> history_commands();
std::vector<Command> watch_commands();
std::vector<Command> node_commands();

}  // namespace rf::ctl
