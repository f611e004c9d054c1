#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/sim/context.hpp"
#include "tests/sim/node.hpp"

namespace rf::sim {

class World;
class EdgeHost;

/// What goes wrong, when, by the plan's rates; stops when it is told to, and then mends everything.
class Faults {
 public:
  Faults(Context& context, World& world) : context_(context), world_(world) {}
  void start();
  void stop();
  void go_on() { stopped_ = false; }

  /// Starts every node, the first one leads.
  void begin();
  bool blocked(std::size_t edge, std::size_t node) const;

  /// Every kind of fault.
  static std::vector<std::string> names();

 private:
  struct Kind {
    std::string_view name;
    Ms FaultRates::*rate;
    void (Faults::*fault)();
  };
  static const std::vector<Kind>& kinds();
  void recur(std::string_view name, Ms mean_ms, void (Faults::*fault)());
  void leader_crash();
  void leader_cut_off();
  void shard_flap();
  void actor_kill();
  void node_pause();
  void scheduler_stall();
  void commit_stall();
  void disk_failure();
  void flood();
  void edge_crash();
  void edge_reboot();
  void edge_pause();
  void edge_cut_off();
  void stream_cut();
  void stream_stall();
  void heartbeat_loss();
  void phone_death();
  void phone_move();
  void config_edit();

  void elect();
  void elect_later();
  Node& any_node();
  EdgeHost& any_edge();
  /// Usually short, now and then up to the longest.
  Ms lasting(Ms usual_ms, Ms longest_ms);

  Context& context_;
  World& world_;
  bool stopped_ = true;
  bool election_due_ = false;
  std::map<std::pair<std::size_t, std::size_t>, Ms> blocked_until_ms_;
};

}  // namespace rf::sim
