#include "tools/rf-load/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>

#include "process/config_value.hpp"

namespace rf::load {

namespace {

constexpr std::array works = {Work::prepare, Work::steady, Work::backlog, Work::contention};
constexpr double agents_max = 200'000;
constexpr double queues_max = 1000;
constexpr double calls_max = 1'000'000;
constexpr double hour_s = 3600;
/// Registrations are made once, for an hour.
constexpr double window_max_s = 3000;

/// The flags as written, before they are put together.
struct Given {
  Options out;
  std::string server;
  std::string first_number = "7001";
  double queues = 1;
};

using Setter = bool (*)(Given&, const std::string&);

struct Flag {
  const char* name;
  const char* value;
  const char* help;
  /// Which works take it: p, s, b, c.
  const char* works;
  Setter set;
};

std::optional<double> number_of(std::string_view text) {
  double out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

template <class Number>
bool set_number(Number& out, std::string_view text, double min, double max) {
  const auto number = number_of(text);
  if (!number || !(*number >= min && *number <= max)) return false;
  out = static_cast<Number>(*number);
  return static_cast<double>(out) == *number;
}

/// "0.5s", "200ms", "2m"; a bare number is seconds.
bool set_duration(Us& out, std::string_view text, double min_s, double max_s) {
  double unit_s = 1;
  const auto ends = [&](std::string_view end, double s) {
    if (text.size() <= end.size() || text.substr(text.size() - end.size()) != end) return false;
    text.remove_suffix(end.size());
    unit_s = s;
    return true;
  };
  if (!ends("ms", 0.001) && !ends("s", 1)) ends("m", 60);
  const auto number = number_of(text);
  if (!number || !(*number * unit_s >= min_s && *number * unit_s <= max_s)) return false;
  out = static_cast<Us>(*number * unit_s * 1e6 + 0.5);
  return true;
}

bool set_peer(Peer& out, std::string_view text) {
  const auto peer = peer_of(text);
  if (!peer) return false;
  out = *peer;
  return true;
}

bool set_text(std::string& out, const std::string& text) {
  out = text;
  return !text.empty() && text.find_first_of(" \t\r\n<>\"") == std::string::npos;
}

bool set_node(Given& given, const std::string& text) {
  const auto address = process::address_of(text);
  given.out.node = text;
  return address && address->port != 0;
}

bool set_registrations(Given& given, const std::string& text) {
  given.out.at_the_end = text == "keep" ? AtTheEnd::keep : AtTheEnd::remove;
  return text == "keep" || text == "remove";
}

bool set_endpoint(Given& given, const std::string& text) {
  given.out.endpoint = text == "external" ? Endpoint::external : Endpoint::sip;
  return text == "external" || text == "sip";
}

bool set_hangs_up(Given& given, const std::string& text) {
  given.out.hangs_up = text == "agent" ? HangsUp::agent : HangsUp::caller;
  return text == "agent" || text == "caller";
}

bool set_strategies(Given& given, const std::string& text) {
  given.out.strategies = text == "mixed" ? Strategies::mixed : Strategies::longest_idle;
  return text == "mixed" || text == "longest-idle";
}

const std::vector<Flag>& all_flags() {
  static const std::vector<Flag> flags = {
      {"server", "IP:PORT", "the SIP server; 127.0.0.1:5060 when absent", "sbc",
       [](Given& g, const std::string& v) { return set_text(g.server, v) && set_peer(g.out.server, v); }},
      {"domain", "DOMAIN", "of numbers and agents; load.test, with --static the server's address", "psbc",
       [](Given& g, const std::string& v) { return set_text(g.out.domain, v); }},
      {"number", "NUMBER", "the first queue's number, the next have the next ones; 7001", "psbc",
       [](Given& g, const std::string& v) { return set_text(g.first_number, v); }},
      {"queues", "COUNT", "how many queues callers are spread over; 1, contention 10", "psbc",
       [](Given& g, const std::string& v) {
         return set_number(g.queues, v, 1, queues_max) && g.queues == double(int(g.queues));
       }},
      {"strategies", "longest-idle|mixed", "of the queues; mixed: every strategy in turn; longest-idle", "p",
       set_strategies},
      {"agents", "COUNT", "a0, a1, ...; 100, backlog and contention 50", "psbc",
       [](Given& g, const std::string& v) { return set_number(g.out.agents, v, 1, agents_max); }},
      {"user-prefix", "TEXT", "what stands before an agent's number; a", "psbc",
       [](Given& g, const std::string& v) { return set_text(g.out.agent_prefix, v); }},
      {"rate", "PER_SECOND", "calls a second; steady 30, contention 40; backlog: at most so many, 500", "sbc",
       [](Given& g, const std::string& v) { return set_number(g.out.rate, v, 0.01, 100'000); }},
      {"waiting", "COUNT", "callers that always wait; 100", "b",
       [](Given& g, const std::string& v) { return set_number(g.out.waiting, v, 1, 100'000); }},
      {"seconds", "S", "how long is measured, after the warm-up; 5, backlog 10", "sbc",
       [](Given& g, const std::string& v) { return set_duration(g.out.window_us, v, 0.1, window_max_s); }},
      {"warmup", "S", "how long calls are not measured at first; 1s", "sbc",
       [](Given& g, const std::string& v) { return set_duration(g.out.warmup_us, v, 0, hour_s); }},
      {"calls-max", "COUNT", "no more calls than that; 1000000", "sbc",
       [](Given& g, const std::string& v) { return set_number(g.out.calls_max, v, 1, calls_max); }},
      {"talk", "DURATION", "how long a call is up at both ends; 0.5s, backlog and contention 1s", "sbc",
       [](Given& g, const std::string& v) { return set_duration(g.out.talk_us, v, 0, hour_s); }},
      {"hangs-up", "caller|agent", "who ends a call; caller", "sbc", set_hangs_up},
      {"answer-delay", "DURATION", "how long a phone rings; 0s", "sbc",
       [](Given& g, const std::string& v) { return set_duration(g.out.answer_delay_us, v, 0, hour_s); }},
      {"wrapup", "DURATION", "what the server adds to each call, taken off idle gaps; prepare sets it; 0s", "psbc",
       [](Given& g, const std::string& v) { return set_duration(g.out.wrapup_us, v, 0, hour_s); }},
      {"drain", "DURATION", "how long open calls may take to end after the window; 10s", "sbc",
       [](Given& g, const std::string& v) { return set_duration(g.out.drain_us, v, 0, hour_s); }},
      {"static", "", "no REGISTER: the server knows the agents at --agent-address", "sbc",
       [](Given& g, const std::string&) { return g.out.agent_kind = AgentKind::fixed, true; }},
      {"registrations", "remove|keep", "what becomes of them at the end; remove", "sbc", set_registrations},
      {"register-rate", "PER_SECOND", "registrations a second; 500", "sbc",
       [](Given& g, const std::string& v) { return set_number(g.out.register_rate, v, 1, 100'000); }},
      {"caller-address", "IP:PORT", "where callers call from; 127.0.0.1:7070", "sbc",
       [](Given& g, const std::string& v) { return set_peer(g.out.caller_address, v); }},
      {"agent-address", "IP:PORT", "where all phones are; 127.0.0.1:7080", "sbc",
       [](Given& g, const std::string& v) { return set_peer(g.out.agent_address, v); }},
      {"json", "FILE", "writes all figures and conditions there", "sbc",
       [](Given& g, const std::string& v) { return g.out.json_file = v, !v.empty(); }},
      {"node", "HOST:PORT", "the node's gRPC address; 127.0.0.1:7400", "p", set_node},
      {"token-file", "FILE", "the client token; data/client.token", "p",
       [](Given& g, const std::string& v) { return g.out.token_file = v, !v.empty(); }},
      {"account", "KEY", "the account that is made; load", "p",
       [](Given& g, const std::string& v) { return set_text(g.out.account, v); }},
      {"trunk", "IP", "where callers will call from; 127.0.0.1", "p",
       [](Given& g, const std::string& v) { return set_text(g.out.trunk, v); }},
      {"endpoint", "sip|external", "phones that register, or a foreign switch's, for calls by API; sip", "p",
       set_endpoint},
      {"streams", "COUNT", "how many logins at once; 4", "p",
       [](Given& g, const std::string& v) { return set_number(g.out.streams, v, 1, 64); }},
  };
  return flags;
}

Error wrong(std::string what) { return {Code::invalid_argument, std::move(what)}; }

Given defaults_of(Work work) {
  Given given;
  Options& out = given.out;
  out.work = work;
  out.server = {0x7f000001, 5060};
  out.caller_address = {0x7f000001, 7070};
  out.agent_address = {0x7f000001, 7080};
  if (work == Work::backlog || work == Work::contention) {
    out.agents = 50;
    out.talk_us = second_us;
  }
  if (work == Work::backlog) {
    out.rate = 500;
    out.window_us = 10 * second_us;
  }
  if (work == Work::contention) {
    out.rate = 40;
    given.queues = 10;
  }
  return given;
}

/// The number that comes `step` after `first`, as long as it.
std::optional<std::string> number_after(const std::string& first, std::uint64_t step) {
  if (step == 0) return first;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(first.data(), first.data() + first.size(), number);
  if (error != std::errc() || end != first.data() + first.size()) return std::nullopt;
  std::string out = std::to_string(number + step);
  if (out.size() < first.size()) out.insert(0, first.size() - out.size(), '0');
  return out;
}

Result<Options> put_together(Given given) {
  Options& out = given.out;
  if (out.domain.empty()) {
    const std::string server = out.server.text();
    out.domain = out.agent_kind == AgentKind::fixed ? server.substr(0, server.rfind(':')) : "load.test";
  }
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(given.queues); ++i) {
    const auto number = number_after(given.first_number, i);
    if (!number)
      return wrong("--number must be digits when there are several queues, not \"" + given.first_number + "\"");
    out.numbers.push_back(*number);
  }
  return out;
}

const Flag* flag_named(const std::string& name, char work) {
  for (const Flag& flag : all_flags())
    if (flag.name == name && std::string_view(flag.works).find(work) != std::string_view::npos) return &flag;
  return nullptr;
}

Error unknown_flag(const std::string& argument, Work work, char letter) {
  std::vector<std::string> known;
  for (const Flag& flag : all_flags())
    if (std::string_view(flag.works).find(letter) != std::string_view::npos)
      known.push_back(std::string("--") + flag.name);
  return wrong(std::string(name_of(work)) + " has no argument \"" + argument + "\"; the nearest is " +
               process::nearest_key(argument, known) + ", rf-load --help lists all");
}

}  // namespace

std::string_view name_of(Work work) {
  switch (work) {
    case Work::prepare: return "prepare";
    case Work::steady: return "steady";
    case Work::backlog: return "backlog";
    case Work::contention: return "contention";
  }
  return "";
}

std::string password_of(std::string_view agent) { return "load-" + std::string(agent); }

std::string usage() {
  std::string out = "usage: rf-load prepare|steady|backlog|contention [FLAG]...\n"
                    "Calls, answers and measures: the load of a contact centre over SIP.\n\n"
                    "  prepare     makes an account of a Ringfence node and logs its agents in\n"
                    "  steady      calls at a constant rate, agents are free (W1)\n"
                    "  backlog     a number of callers always wait (W2)\n"
                    "  contention  calls for many queues of the same agents (W5)\n\n"
                    "Flags, with the commands that take them (p, s, b, c):\n";
  for (const Flag& flag : all_flags()) {
    std::string left = std::string("  --") + flag.name + (*flag.value == '\0' ? "" : " ") + flag.value;
    left.resize(std::max<std::size_t>(left.size() + 2, 32), ' ');
    std::string commands = flag.works;
    commands.resize(5, ' ');
    out += left + commands + " " + flag.help + "\n";
  }
  return out +
         "\nExit codes: 0 clean (nothing failed, unfinished or overlapping); 1 not clean, or refused by the node; 2 "
         "wrong command line, or an address or file that cannot be used.\n";
}

Result<Options> options_of(const std::vector<std::string>& arguments) {
  if (arguments.empty())
    return wrong("no command: prepare, steady, backlog or contention; rf-load --help explains them");
  const auto work = std::find_if(works.begin(), works.end(), [&](Work w) { return name_of(w) == arguments[0]; });
  if (work == works.end())
    return wrong("\"" + arguments[0] + "\" is no command: use prepare, steady, backlog or contention");
  const char letter = name_of(*work)[0];
  Given given = defaults_of(*work);
  std::set<std::string> seen;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    const Flag* flag = name.rfind("--", 0) == 0 ? flag_named(name.substr(2), letter) : nullptr;
    if (flag == nullptr) return unknown_flag(name, *work, letter);
    if (!seen.insert(name).second) return wrong(name + " was given twice");
    const bool valued = *flag->value != '\0';
    if (!valued && equals != std::string::npos) return wrong(name + " stands alone, without a value");
    if (valued && equals == std::string::npos && i + 1 == arguments.size())
      return wrong(name + " needs a value: " + flag->value);
    const std::string value = !valued ? "" : equals != std::string::npos ? argument.substr(equals + 1) : arguments[++i];
    if (!flag->set(given, value))
      return wrong(name + " cannot be \"" + value + "\": " + flag->value + ", " + flag->help);
  }
  return put_together(std::move(given));
}

}  // namespace rf::load
