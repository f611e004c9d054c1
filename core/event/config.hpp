#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/limits.hpp"
#include "core/base/time.hpp"

/// What an administrator sets, as facts carry it and state holds it.
namespace rf::core {

enum class Role : std::uint8_t { agent, supervisor, admin };

/// Who may switch a membership on and off (PD-9).
enum class MembershipMode : std::uint8_t { static_, dynamic, mandatory, supervisor_managed };

/// One agent's place in one queue (PD-8). Lower tier_level rings first, position breaks ties.
struct Membership {
  QueueId queue;
  MembershipMode mode = MembershipMode::static_;
  std::int32_t tier_level = 1;
  std::int32_t position = 1;
  /// This queue's calls wait at least so long before this agent is offered them.
  Ms delay_ms = 0;
  std::optional<Ms> wrapup_ms;
  bool active = false;
  friend bool operator==(const Membership&, const Membership&) = default;
};

struct AgentConfig {
  std::string key;
  std::string name;
  Role role = Role::agent;
  std::string extension;
  std::uint32_t max_concurrent = 1;
  std::int32_t priority = 50;
  std::optional<Ms> wrapup_ms;
  /// An endpoint on a foreign switch: always reachable, for API calls only.
  bool external_endpoint = false;
  friend bool operator==(const AgentConfig&, const AgentConfig&) = default;
};

enum class StrategyKind : std::uint8_t { longest_idle_agent, ring_all };

struct QueueConfig {
  std::string key;
  std::string name;
  StrategyKind strategy = StrategyKind::longest_idle_agent;
  Ms ring_timeout_ms = 20 * second_ms;
  /// 0: no limit.
  Ms max_wait_ms = 300 * second_ms;
  std::optional<Ms> wrapup_ms;
  std::int32_t weight = 0;
  std::uint32_t ring_all_width = static_cast<std::uint32_t>(limits::ring_all_width);
  /// How long the same agent is left alone after each kind of unanswered offer.
  Ms reject_delay_ms = 10 * second_ms;
  Ms busy_delay_ms = 60 * second_ms;
  Ms no_answer_delay_ms = 0;
  friend bool operator==(const QueueConfig&, const QueueConfig&) = default;
};

struct Settings {
  std::string key;
  std::string name;
  bool auto_ready_on_login = false;
  bool auto_queue_login = false;
  Ms wrapup_ms = 60 * second_ms;
  friend bool operator==(const Settings&, const Settings&) = default;
};

/// The address of a trunk or peer whose INVITEs are taken without digest.
struct Trunk {
  std::string name;
  std::string address;  // numeric IP
  friend bool operator==(const Trunk&, const Trunk&) = default;
};

}  // namespace rf::core
