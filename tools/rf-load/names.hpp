#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "tools/rf-load/book.hpp"

namespace rf::load {

/// What the legs of one run are called: a caller's name crosses the server and says at the agent who is calling. Pure.
class Names {
 public:
  /// Runs with different numbers below 1000 share no caller's name and no tag; `agent_prefix` comes before an agent's number.
  Names(std::uint32_t run, std::string agent_prefix);

  /// `c417000123`.
  std::string caller(CallIndex call) const;
  /// The caller of this run with that name.
  std::optional<CallIndex> caller_named(std::string_view user) const;
  /// `a7`.
  std::string agent(AgentIndex agent) const { return agent_prefix_ + std::to_string(agent); }
  std::optional<AgentIndex> agent_named(std::string_view user) const;
  /// A tag that no other leg has.
  std::string tag();

 private:
  std::uint32_t run_;
  std::string agent_prefix_;
  std::uint64_t tags_ = 0;
};

}  // namespace rf::load
