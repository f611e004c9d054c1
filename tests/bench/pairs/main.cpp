#include <array>
#include <charconv>
#include <cstdio>
#include <string_view>

#include "tests/bench/pairs/store.hpp"

/// rf-pairs: how many times a second an agent is reserved and released durably. One line of JSON for each count of clients.
namespace rf::bench {
namespace {

constexpr const char* usage =
    "usage: rf-pairs in-process|node|redis|postgres|bare --at FOLDER|ADDRESS [--agents N] [--clients N[,N]...]\n"
    "                [--seconds S] [--token-file FILE]\n";

struct Kind {
  std::string_view name;
  std::unique_ptr<Store> (*open)(const StoreOptions&);
};
constexpr std::array kinds = {Kind{"in-process", open_in_process}, Kind{"node", open_node}, Kind{"redis", open_redis},
                              Kind{"postgres", open_postgres}, Kind{"bare", open_bare}};

[[noreturn]] void refuse(const std::string& why) {
  std::fprintf(stderr, "rf-pairs: %s\n%s", why.c_str(), usage);
  std::_Exit(2);
}

unsigned number_of(std::string_view text) {
  unsigned out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out == 0)
    refuse("\"" + std::string(text) + "\" is no number above 0");
  return out;
}

std::vector<unsigned> numbers_of(std::string_view text) {
  std::vector<unsigned> out;
  for (std::size_t comma = 0; comma != std::string_view::npos; text.remove_prefix(comma + 1)) {
    comma = text.find(',');
    out.push_back(number_of(text.substr(0, comma)));
    if (comma == std::string_view::npos) break;
  }
  return out;
}

std::string json_of(const load::Histogram& times) {
  std::array<char, 200> out{};
  std::snprintf(out.data(), out.size(), R"({"p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f})",
                static_cast<double>(times.at(0.5)) / 1000, static_cast<double>(times.at(0.99)) / 1000,
                static_cast<double>(times.max_us()) / 1000);
  return out.data();
}

void measure(const Kind& kind, const StoreOptions& options, const std::vector<unsigned>& clients, unsigned seconds) {
  const std::unique_ptr<Store> store = kind.open(options);
  for (const unsigned count : clients) {
    Window window(seconds);
    store->run(count, window);
    std::printf(R"({"store": "%s", "agents": %u, "clients": %u, "pairs_per_s": %.0f, "own_cpu_us": %.1f, )"
                "\"reserve\": %s, \"release\": %s}\n",
                std::string(kind.name).c_str(), options.agents, count, window.pairs_per_second(),
                window.cpu_us_a_pair(), json_of(window.reserve()).c_str(), json_of(window.release()).c_str());
    std::fflush(stdout);
  }
}

void run(int argc, char** argv) {
  if (argc < 2) refuse("which store?");
  const Kind* kind = nullptr;
  for (const Kind& one : kinds)
    if (one.name == argv[1]) kind = &one;
  if (kind == nullptr) refuse(std::string("\"") + argv[1] + "\" is no store");
  StoreOptions options;
  std::vector<unsigned> clients = {1, 16, 64};
  unsigned seconds = 4;
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string_view flag = argv[i];
    const std::string value = argv[i + 1];
    if (flag == "--at")
      options.at = value;
    else if (flag == "--agents")
      options.agents = number_of(value);
    else if (flag == "--clients")
      clients = numbers_of(value);
    else if (flag == "--seconds")
      seconds = number_of(value);
    else if (flag == "--token-file")
      options.token_file = value;
    else
      refuse("unknown flag " + std::string(flag));
  }
  if (argc % 2 != 0) refuse(std::string(argv[argc - 1]) + " needs a value");
  if (options.at.empty()) refuse("--at is missing");
  measure(*kind, options, clients, seconds);
}

}  // namespace
}  // namespace rf::bench

int main(int argc, char** argv) {
  rf::bench::run(argc, argv);
  return 0;
}
