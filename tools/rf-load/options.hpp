#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "tools/rf-load/book.hpp"
#include "tools/rf-load/udp.hpp"

namespace rf::load {

enum class Work { prepare, steady, backlog, contention };
std::string_view name_of(Work work);

/// Registered phones, or phones whose address the server knows by itself.
enum class AgentKind { registered, fixed };

/// What --registrations says: whether the phones stay registered when the run ends.
enum class AtTheEnd { remove, keep };

/// Whose phones `prepare` gives the agents: SIP phones that register, or those of a foreign switch that calls come from by API.
enum class Endpoint { sip, external };

/// What strategies the queues that `prepare` makes have: the longest idle agent, or every strategy in turn.
enum class Strategies { longest_idle, mixed };

/// Who ends a call after its talk.
enum class HangsUp { caller, agent };

/// One run as asked for. Defaults are those of a steady run.
struct Options {
  Work work = Work::steady;

  // The server and who speaks with it.
  Peer server;
  std::string domain;
  /// One of each queue.
  std::vector<std::string> numbers;
  Peer caller_address;
  Peer agent_address;
  AgentKind agent_kind = AgentKind::registered;
  AtTheEnd at_the_end = AtTheEnd::remove;
  std::string agent_prefix = "a";
  AgentIndex agents = 100;
  double register_rate = 500;

  // The load.
  double rate = 30;
  std::uint32_t waiting = 100;
  Us talk_us = 500 * ms_us;
  HangsUp hangs_up = HangsUp::caller;
  Us answer_delay_us = 0;
  Us wrapup_us = 0;
  Us window_us = 5 * second_us;
  Us warmup_us = second_us;
  Us drain_us = 10 * second_us;
  std::uint32_t calls_max = 1'000'000;
  std::string json_file;

  // What `prepare` asks the node for.
  std::string node = "127.0.0.1:7400";
  std::string token_file = "data/client.token";
  std::string account = "load";
  std::string trunk = "127.0.0.1";
  std::uint32_t streams = 4;
  Endpoint endpoint = Endpoint::sip;
  Strategies strategies = Strategies::longest_idle;

  QueueIndex queues() const { return static_cast<QueueIndex>(numbers.size()); }
};

/// The SIP password of an agent that `prepare` made.
std::string password_of(std::string_view agent);

/// What --help prints.
std::string usage();

/// Reads arguments without the program's name. invalid_argument says what to write instead.
Result<Options> options_of(const std::vector<std::string>& arguments);

}  // namespace rf::load
