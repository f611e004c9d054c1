// ringfencectl: the command line of a node. Exit codes: 0 done; 1 refused by the node, or not healthy; 2 wrong command
// line, or a token file that cannot be read; 3 no answer from the node.
#include <cstdio>
#include <cstdlib>

#include "process/config.hpp"
#include "process/config_value.hpp"
#include "tools/ringfencectl/commands.hpp"
#include "tools/ringfencectl/printing.hpp"

namespace {

constexpr int refused = 1;
constexpr int misused = 2;
constexpr int unanswered = 3;

int fail(const rf::Error& error, int exit_code) {
  std::fprintf(stderr, "ringfencectl: %s: %s\n", std::string(rf::name_of(error.code)).c_str(), error.what.c_str());
  return exit_code;
}

rf::Result<rf::ctl::Session> open_session(const rf::ctl::Invocation& asked, rf::ctl::Interrupt& interrupt) {
  rf::ctl::Session::Options options;
  options.server = asked.flag("server", "127.0.0.1:7400");
  const auto address = rf::process::address_of(options.server);
  if (!address || address->port == 0)
    return rf::Error{rf::Code::invalid_argument, "--server must be HOST:PORT, not \"" + options.server + "\""};
  options.token_file = asked.flag("token-file", "data/client.token");
  options.account = asked.flag("account", "");
  const auto timeout_ms = rf::ctl::duration_flag(asked, "timeout", options.timeout_ms);
  if (!timeout_ms) return timeout_ms.error();
  options.timeout_ms = *timeout_ms;
  return rf::ctl::Session::open(options, interrupt);
}

}  // namespace

int main(int argc, char** argv) {
  // What goes wrong is said in our own sentences.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  const auto commands = rf::ctl::all_commands();
  std::vector<rf::ctl::CommandForm> forms;
  for (const rf::ctl::Command& command : commands) forms.push_back(command.form);

  const auto asked = rf::ctl::parse(forms, rf::process::arguments_of(argc, argv));
  if (!asked) return fail(asked.error(), misused);
  if (!asked->answer.empty()) return rf::ctl::print(asked->answer) ? 0 : misused;
  rf::ctl::Interrupt interrupt;
  auto session = open_session(*asked, interrupt);
  if (!session) return fail(session.error(), misused);
  const auto done = commands[asked->command].run(*asked, *session);
  if (done) return *done;
  return fail(done.error(), rf::ctl::no_answer(done.error().code) ? unanswered : refused);
}
