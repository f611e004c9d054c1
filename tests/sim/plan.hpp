#pragma once
#include <string>
#include <vector>

#include "core/base/ids.hpp"
#include "tests/sim/random.hpp"

namespace rf::sim {

struct AgentPlan {
  AgentId id;
  std::string key;
  /// Its phones; none: an endpoint on a foreign switch only.
  std::vector<BindingId> phones;
};
struct QueuePlan {
  QueueId id;
  std::string key;
  std::string number;
};
struct AccountPlan {
  AccountId id;
  std::vector<AgentPlan> agents;
  std::vector<QueuePlan> queues;
};

/// How often each fault comes: the mean time between two, 0: never. Each seed has its own mix.
struct FaultRates {
  Ms leader_crash = 0;
  Ms leader_cut_off = 0;
  Ms shard_flap = 0;
  Ms actor_kill = 0;
  Ms node_pause = 0;
  Ms scheduler_stall = 0;
  Ms commit_stall = 0;
  Ms disk_failure = 0;
  Ms flood = 0;
  Ms edge_crash = 0;
  Ms edge_reboot = 0;
  Ms edge_pause = 0;
  Ms edge_cut_off = 0;
  Ms stream_cut = 0;
  Ms stream_stall = 0;
  Ms heartbeat_loss = 0;
  Ms phone_death = 0;
  Ms phone_move = 0;
  Ms config_edit = 0;
};

/// A conversation ends by then, so that a world that is left alone comes to rest.
constexpr Ms talk_ms_max = 120'000;

/// What a seed makes of the world: who is there, how busy it is, what goes wrong.
struct Plan {
  std::vector<AccountPlan> accounts;
  std::size_t edges = 2;
  std::size_t nodes = 2;
  FaultRates faults;
  /// Mean time between two calls of an account, by phone and by API.
  Ms sip_call = 0;
  Ms api_call = 0;
  /// Mean time between two acts of one agent.
  Ms agent_act = 0;
  /// Mean time of a commit, of a message between edge and node, of a SIP message.
  Ms commit = 1;
  Ms message = 5;
  Ms sip = 30;
  Ms ring = 0;
  Ms talk = 0;
  /// Whether a new edge process announces every account or only those it carries something of.
  bool eager_edges = false;
  /// Whether a phone has one binding id wherever it registers, or a new one for each registration.
  bool lasting_bindings = false;
  /// How far an edge's clock may be off, in parts per million.
  std::int64_t drift_ppm = 10000;
  /// How far the wall clock steps between two terms.
  Ms wall_step = 0;
};

Plan plan_of(Random& random);

}  // namespace rf::sim
