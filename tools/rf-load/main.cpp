// rf-load: the load of a contact centre over SIP. Exit codes: 0 clean; 1 not clean, or refused by the node; 2 wrong command
// line, or an address or file that cannot be used.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "process/config.hpp"
#include "tools/rf-load/options.hpp"
#include "tools/rf-load/prepare.hpp"
#include "tools/rf-load/run.hpp"

namespace {

constexpr int not_clean = 1;
constexpr int misused = 2;

int fail(const rf::Error& error, int exit_code) {
  std::fprintf(stderr, "rf-load: %s\n", error.what.c_str());
  return exit_code;
}

int make_account(const rf::load::Options& options) {
  // What goes wrong is said in our own sentences.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  const auto done = rf::load::prepare(options);
  return done ? 0 : fail(done.error(), not_clean);
}

int measure(const rf::load::Options& options) {
  std::signal(SIGINT, [](int) { rf::load::request_stop(); });
  std::signal(SIGTERM, [](int) { rf::load::request_stop(); });
  const auto outcome = rf::load::run(options);
  if (!outcome) return fail(outcome.error(), misused);
  std::fputs(rf::load::text_of(*outcome).c_str(), stdout);
  if (!options.json_file.empty()) {
    std::ofstream file(options.json_file);
    file << rf::load::json_of(*outcome) << std::flush;
    if (!file)
      return fail({rf::Code::unavailable, "cannot write " + options.json_file + ": name another --json"}, misused);
  }
  return rf::load::clean(*outcome) ? 0 : not_clean;
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = rf::process::arguments_of(argc, argv);
  if (std::find(arguments.begin(), arguments.end(), "--help") != arguments.end()) {
    std::fputs(rf::load::usage().c_str(), stdout);
    return 0;
  }
  const auto options = rf::load::options_of(arguments);
  if (!options) return fail(options.error(), misused);
  return options->work == rf::load::Work::prepare ? make_account(*options) : measure(*options);
}
