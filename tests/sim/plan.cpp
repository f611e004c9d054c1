#include "tests/sim/plan.hpp"

#include "core/base/time.hpp"

namespace rf::sim {

namespace {

/// Ids of one run: the high word says what they name.
Ulid numbered(std::uint64_t what, std::uint64_t account, std::uint64_t n) { return Ulid{what, (account << 32) | n}; }

AccountPlan account_of(Random& random, std::uint64_t n) {
  AccountPlan account;
  account.id = AccountId(Ulid{0xACC0 + n, random.next()});
  const std::uint64_t queues = 2 + random.below(3);
  for (std::uint64_t q = 1; q <= queues; ++q)
    account.queues.push_back(
        {QueueId(numbered(2, n, q)), "queue-" + std::to_string(q), std::to_string(n) + "00" + std::to_string(q)});
  const std::uint64_t agents = 3 + random.below(6);
  for (std::uint64_t a = 1; a <= agents; ++a) {
    AgentPlan agent{AgentId(numbered(1, n, a)), "agent-" + std::to_string(a), {}};
    const std::uint64_t phones = random.chance(0.15) ? 0 : 1 + random.below(3);
    for (std::uint64_t p = 1; p <= phones; ++p) agent.phones.push_back(BindingId(numbered(5, n, 10 * a + p)));
    account.agents.push_back(std::move(agent));
  }
  return account;
}

}  // namespace

Plan plan_of(Random& random) {
  Plan plan;
  const std::uint64_t accounts = 2 + random.below(2);
  for (std::uint64_t n = 1; n <= accounts; ++n) plan.accounts.push_back(account_of(random, n));
  plan.edges = 2 + random.below(2);
  plan.nodes = random.chance(0.6) ? 2 : 1;
  plan.sip_call = random.between(2, 12) * second_ms;
  plan.api_call = random.between(4, 40) * second_ms;
  plan.agent_act = random.between(15, 90) * second_ms;
  plan.commit = random.chance(0.7) ? 1 : random.between(2, 60);
  plan.message = random.chance(0.7) ? 5 : random.between(10, 300);
  plan.sip = random.between(10, 250);
  plan.ring = random.between(2, 15) * second_ms;
  plan.talk = random.chance(0.3) ? talk_ms_max : random.between(5, 40) * second_ms;
  plan.eager_edges = random.chance(0.5);
  plan.lasting_bindings = random.chance(0.3);
  plan.drift_ppm = random.chance(0.8) ? 10000 : 0;
  plan.wall_step = random.chance(0.5) ? 0 : random.between(1, 200) * second_ms;

  // A fault is at home in some worlds and unknown in others; where all are rare, the long way round is walked.
  const double common = 0.2 + 0.1 * static_cast<double>(random.below(8));
  const auto every = [&](Ms low_s, Ms high_s) -> Ms {
    return random.chance(common) ? random.between(low_s, high_s) * second_ms : 0;
  };
  FaultRates& f = plan.faults;
  f.leader_crash = every(20, 400);
  f.leader_cut_off = plan.nodes > 1 ? every(20, 400) : 0;
  f.shard_flap = every(20, 400);
  f.actor_kill = every(20, 400);
  f.node_pause = every(30, 600);
  f.scheduler_stall = every(20, 300);
  f.commit_stall = every(20, 300);
  f.disk_failure = every(100, 1200);
  f.flood = every(400, 3000);
  f.edge_crash = every(15, 400);
  f.edge_reboot = every(30, 600);
  f.edge_pause = every(30, 600);
  f.edge_cut_off = every(100, 400);
  f.stream_cut = every(5, 200);
  f.stream_stall = every(10, 200);
  f.heartbeat_loss = every(20, 400);
  f.phone_death = every(10, 200);
  f.phone_move = every(5, 100);
  f.config_edit = every(3, 60);
  return plan;
}

}  // namespace rf::sim
