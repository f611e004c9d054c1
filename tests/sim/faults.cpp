#include "tests/sim/faults.hpp"

#include <string>

#include "core/base/limits.hpp"
#include "tests/sim/world.hpp"

namespace rf::sim {

void Faults::recur(std::string_view name, Ms mean_ms, void (Faults::*fault)()) {
  if (mean_ms == 0 || world_.options_.without.count(std::string(name)) > 0) return;
  context_.schedule.after(context_.random.about(mean_ms), [this, name, mean_ms, fault] {
    if (!stopped_) {
      context_.judge.note([&] { return "fault: " + std::string(name); });
      context_.tally.count(std::string("fault: ") + std::string(name));
      (this->*fault)();
    }
    recur(name, mean_ms, fault);
  });
}

void Faults::start() {
  stopped_ = false;
  for (const Kind& kind : kinds()) recur(kind.name, context_.plan.faults.*kind.rate, kind.fault);
}

const std::vector<Faults::Kind>& Faults::kinds() {
  static const std::vector<Kind> all = {
      {"leader crash", &FaultRates::leader_crash, &Faults::leader_crash},
      {"leader cut off", &FaultRates::leader_cut_off, &Faults::leader_cut_off},
      {"shard flap", &FaultRates::shard_flap, &Faults::shard_flap},
      {"actor kill", &FaultRates::actor_kill, &Faults::actor_kill},
      {"node pause", &FaultRates::node_pause, &Faults::node_pause},
      {"scheduler stall", &FaultRates::scheduler_stall, &Faults::scheduler_stall},
      {"commit stall", &FaultRates::commit_stall, &Faults::commit_stall},
      {"disk failure", &FaultRates::disk_failure, &Faults::disk_failure},
      {"flood", &FaultRates::flood, &Faults::flood},
      {"edge crash", &FaultRates::edge_crash, &Faults::edge_crash},
      {"edge reboot", &FaultRates::edge_reboot, &Faults::edge_reboot},
      {"edge pause", &FaultRates::edge_pause, &Faults::edge_pause},
      {"edge cut off", &FaultRates::edge_cut_off, &Faults::edge_cut_off},
      {"stream cut", &FaultRates::stream_cut, &Faults::stream_cut},
      {"stream stall", &FaultRates::stream_stall, &Faults::stream_stall},
      {"heartbeat loss", &FaultRates::heartbeat_loss, &Faults::heartbeat_loss},
      {"phone death", &FaultRates::phone_death, &Faults::phone_death},
      {"phone move", &FaultRates::phone_move, &Faults::phone_move},
      {"config edit", &FaultRates::config_edit, &Faults::config_edit},
  };
  return all;
}

std::vector<std::string> Faults::names() {
  std::vector<std::string> names;
  for (const Kind& kind : kinds()) names.emplace_back(kind.name);
  return names;
}

void Faults::begin() {
  for (const auto& node : world_.nodes_) node->start();
  elect();
}

void Faults::stop() {
  stopped_ = true;
  blocked_until_ms_.clear();
  world_.log_.stall(0);
  for (const auto& node : world_.nodes_) {
    node->resume();
    if (!node->up()) node->start();
  }
  if (!world_.log_.leader()) elect();
  if (world_.log_.disk_failed()) leader_crash();
  for (const auto& edge : world_.edges_) {
    edge->resume();
    if (!edge->up()) edge->start();
  }
}

Ms Faults::lasting(Ms usual_ms, Ms longest_ms) {
  Random& random = context_.random;
  return random.chance(0.15) ? random.between(usual_ms, longest_ms) : std::min(longest_ms, random.about(usual_ms));
}

Node& Faults::any_node() { return *context_.random.one_of(world_.nodes_); }
EdgeHost& Faults::any_edge() { return *context_.random.one_of(world_.edges_); }

bool Faults::blocked(std::size_t edge, std::size_t node) const {
  const auto it = blocked_until_ms_.find({edge, node});
  return it != blocked_until_ms_.end() && context_.now_ms() < it->second;
}

/// Some node that is up takes over every shard.
void Faults::elect() {
  if (world_.log_.leader()) return;
  std::vector<Node*> able;
  for (const auto& node : world_.nodes_)
    if (node->up() && !node->paused()) able.push_back(node.get());
  if (able.empty()) return elect_later();
  Node& chosen = *context_.random.one_of(able);
  // Whoever led before and leads again knows by then that it did not.
  chosen.hear_deposed();
  context_.judge.note([] { return std::string("a leader is elected"); });
  context_.tally.count("leaders elected");
  world_.log_.lead(chosen.log());
}

void Faults::elect_later() {
  if (std::exchange(election_due_, true)) return;
  context_.schedule.after(context_.random.about(300), [this] {
    election_due_ = false;
    elect();
  });
}

void Faults::leader_crash() {
  for (const auto& node : world_.nodes_) {
    if (!node->is_leader()) continue;
    node->crash();
    context_.tally.count("node crashes");
    const Ms down_ms = stopped_ ? 500 : lasting(2 * second_ms, 60 * second_ms);
    context_.schedule.after(down_ms, [&node] {
      if (!node->up()) node->start();
    });
  }
  elect_later();
}

/// The leader goes on and does not know that it leads no more.
void Faults::leader_cut_off() {
  for (const auto& node : world_.nodes_) {
    if (!node->is_leader()) continue;
    world_.log_.lose_leader();
    context_.schedule.after(lasting(2 * second_ms, 10 * second_ms), [&node] { node->hear_deposed(); });
    break;
  }
  for (const auto& node : world_.nodes_)
    if (node->up() && !node->leads() && !node->paused()) {
      context_.schedule.after(context_.random.about(300), [this, &node] {
        if (world_.log_.leader() || !node->up() || node->paused()) return elect_later();
        node->hear_deposed();
        context_.tally.count("leaders elected");
        world_.log_.lead(node->log());
      });
      return;
    }
  elect_later();
}

void Faults::shard_flap() { world_.log_.flap(storage::shard_of(context_.random.one_of(context_.plan.accounts).id)); }

void Faults::actor_kill() {
  // Now and then it cannot be rebuilt for a while: what its edges tell it waits, their heartbeats do not.
  if (context_.random.chance(0.3)) commit_stall();
  any_node().kill_actor(context_.random.chance(0.7) ? "presence_actor" : "queue_actor");
}
void Faults::node_pause() { any_node().pause(context_.now_ms() + lasting(second_ms, 30 * second_ms)); }
void Faults::scheduler_stall() { any_node().stall_actors(context_.now_ms() + lasting(200, 3 * second_ms)); }
void Faults::commit_stall() { world_.log_.stall(context_.now_ms() + lasting(second_ms, 20 * second_ms)); }

/// The process stops itself soon after.
void Faults::disk_failure() {
  world_.log_.fail_disk();
  context_.schedule.after(context_.random.between(0, 2 * second_ms), [this] {
    if (world_.log_.disk_failed()) leader_crash();
  });
}

void Faults::flood() {
  world_.log_.stall(context_.now_ms() + second_ms);
  world_.admin_.flood();
}

void Faults::edge_crash() {
  EdgeHost& edge = any_edge();
  edge.crash();
  context_.tally.count("edge crashes");
  context_.schedule.after(lasting(2 * second_ms, 120 * second_ms), [&edge] {
    if (!edge.up()) edge.start();
  });
}

/// The machine starts anew, or another one takes its name.
void Faults::edge_reboot() {
  EdgeHost& edge = any_edge();
  edge.crash();
  edge.boot();
  context_.tally.count("edge reboots");
  context_.schedule.after(lasting(5 * second_ms, 120 * second_ms), [&edge] {
    if (!edge.up()) edge.start();
  });
}

void Faults::edge_pause() { any_edge().pause(context_.now_ms() + lasting(4 * second_ms, 120 * second_ms)); }

void Faults::stream_cut() {
  const auto& streams = world_.network_.streams();
  if (streams.empty()) return;
  const StreamPtr stream = context_.random.one_of(streams);
  world_.network_.cut(stream, context_.random.chance(0.8) ? 200 : 15 * second_ms);
  if (context_.random.chance(0.4))
    blocked_until_ms_[{stream->edge, stream->node}] = context_.now_ms() + lasting(5 * second_ms, 120 * second_ms);
}

/// About as long as it takes to free agents without the edge's word, and shorter than it takes to give the edge up (R12).
void Faults::edge_cut_off() {
  const std::size_t edge = context_.random.below(context_.plan.edges);
  const Ms blocked_ms = context_.random.between(40 * second_ms, limits::edge_lost_ms - 2 * second_ms);
  for (std::size_t node = 0; node < context_.plan.nodes; ++node)
    blocked_until_ms_[{edge, node}] = context_.now_ms() + blocked_ms;
  const auto streams = world_.network_.streams();
  for (const StreamPtr& stream : streams)
    if (stream->edge == edge) world_.network_.cut(stream, 200);
}

void Faults::stream_stall() {
  const auto& streams = world_.network_.streams();
  if (!streams.empty())
    world_.network_.stall(context_.random.one_of(streams), context_.now_ms() + lasting(2 * second_ms, 20 * second_ms));
}

void Faults::heartbeat_loss() {
  // Now and then until the edge is given up, with everything that it carries alive.
  const Ms lost_ms = context_.random.chance(0.3) ? limits::edge_lost_ms + context_.random.between(1, 30) * second_ms
                                                 : lasting(8 * second_ms, 60 * second_ms);
  any_edge().lose_heartbeats(context_.now_ms() + lost_ms);
}

void Faults::phone_death() {
  const AccountPlan& account = context_.random.one_of(context_.plan.accounts);
  const AgentPlan& agent = context_.random.one_of(account.agents);
  if (!agent.phones.empty())
    world_.phones_.die(context_.random.one_of(agent.phones),
                       context_.now_ms() + lasting(10 * second_ms, 90 * second_ms));
}

void Faults::phone_move() { world_.registrations_.move_one(); }
void Faults::config_edit() { world_.admin_.change_something(); }

}  // namespace rf::sim
