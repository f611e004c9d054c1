// rf-log: dump, verify, replay or accept a node's log directory. Exit 0: done and sound; 1: broken; 2: could not look.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "storage/inspection.hpp"

namespace {

using rf::storage::Inspection;

constexpr int sound = 0;
constexpr int broken = 1;
constexpr int failed = 2;

constexpr std::string_view usage =
    "usage: rf-log dump DIR [history|log|fold|results|meta] [--account ID] [--shard N]\n"
    "       rf-log verify DIR     every record, chain and the durable mark; exit 1 names the first broken record\n"
    "       rf-log replay DIR     fold history again and compare with the stored rows; exit 1 names the first "
    "difference\n"
    "       rf-log accept DIR     with the node stopped: take what is left of the log as the log, after a lost tail\n"
    "DIR is the log directory of a node. All but accept only read, also while the node runs.\n";

int fail(const rf::Error& error) {
  std::fprintf(stderr, "rf-log: %s\n", error.what.c_str());
  return error.code == rf::Code::corrupt ? broken : failed;
}

int misused(const std::string& what) {
  std::fprintf(stderr, "rf-log: %s\n%s", what.c_str(), std::string(usage).c_str());
  return failed;
}

int verify(const Inspection& log) {
  const Inspection::Verified verified = log.verify();
  if (verified.broken) {
    std::printf("broken: %s\n", verified.broken->c_str());
    return broken;
  }
  if (verified.lost_tail) {
    std::printf("lost tail: %s\n", verified.lost_tail->c_str());
    return broken;
  }
  std::printf("sound: %llu records, %llu log entries, %llu batches of %llu accounts and the directory\n",
              static_cast<unsigned long long>(verified.records), static_cast<unsigned long long>(verified.entries),
              static_cast<unsigned long long>(verified.batches), static_cast<unsigned long long>(verified.accounts));
  return sound;
}

int replay(const Inspection& log) {
  const auto replayed = log.replay();
  if (!replayed) return fail(replayed.error());
  if (replayed->different) {
    std::printf("different: %s\n", replayed->different->c_str());
    return broken;
  }
  std::printf("equal: %llu facts of %llu accounts lead to the %llu rows that are stored\n",
              static_cast<unsigned long long>(replayed->facts), static_cast<unsigned long long>(replayed->accounts),
              static_cast<unsigned long long>(replayed->rows));
  return sound;
}

int dump(const Inspection& log, const std::vector<std::string>& arguments) {
  const std::map<std::string, Inspection::Part> parts = {{"history", Inspection::Part::history},
                                                         {"log", Inspection::Part::log},
                                                         {"fold", Inspection::Part::fold},
                                                         {"results", Inspection::Part::results},
                                                         {"meta", Inspection::Part::meta}};
  Inspection::Part part = Inspection::Part::history;
  Inspection::Filter filter;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (const auto named = parts.find(argument); named != parts.end()) {
      part = named->second;
    } else if (argument == "--account" && i + 1 < arguments.size()) {
      filter.account = rf::AccountId::of(arguments[++i]);
      if (!filter.account)
        return misused("\"" + arguments[i] + "\" is no account id: it looks like ac_ and 26 characters");
    } else if (argument == "--shard" && i + 1 < arguments.size()) {
      char* end = nullptr;
      const unsigned long shard = std::strtoul(arguments[++i].c_str(), &end, 10);
      if (arguments[i].empty() || *end != '\0' || shard > rf::limits::directory_shard)
        return misused("\"" + arguments[i] + "\" is no shard: give 0 to 63, or 64 for the directory");
      filter.shard = static_cast<std::uint32_t>(shard);
    } else {
      return misused("dump does not know \"" + argument + "\"");
    }
  }
  const auto dumped = log.dump(part, filter, [](const std::string& line) { std::printf("%s\n", line.c_str()); });
  return dumped ? sound : fail(dumped.error());
}

int accept(const std::string& directory) {
  if (const auto accepted = rf::storage::accept_log(directory, nullptr); !accepted) return fail(accepted.error());
  std::printf("accepted: the log is taken as it is; start the node\n");
  return sound;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 1 && (arguments[0] == "--help" || arguments[0] == "-h")) {
    std::printf("%s", std::string(usage).c_str());
    return sound;
  }
  if (arguments.size() < 2) return misused("a command and a directory are needed");
  const std::string command = arguments[0];
  const std::string directory = arguments[1];
  arguments.erase(arguments.begin(), arguments.begin() + 2);
  if (command != "dump" && !arguments.empty()) return misused(command + " takes nothing but the directory");
  if (command == "accept") return accept(directory);
  if (command != "dump" && command != "verify" && command != "replay") return misused("no command \"" + command + "\"");
  const auto log = Inspection::open(directory, nullptr);
  if (!log) return fail(log.error());
  if (command == "verify") return verify(**log);
  if (command == "replay") return replay(**log);
  return dump(**log, arguments);
}
