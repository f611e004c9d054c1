#pragma once
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/client.hpp"
#include "tests/sim/edge_host.hpp"
#include "tests/sim/faults.hpp"
#include "tests/sim/node.hpp"
#include "tests/sim/registrations.hpp"
#include "tests/sim/staff.hpp"

namespace rf::sim {

struct RunOptions {
  std::uint64_t seed = 1;
  std::uint64_t steps = 10'000;
  /// How many of the last events the outcome shows; 0: none.
  std::size_t trace_lines = 0;
  /// Faults that do not come, by name.
  std::set<std::string> without = {};
};

struct Outcome {
  /// Empty: nothing was found.
  std::string violation;
  std::vector<std::string> trace;
  std::uint64_t hash = 0;
  Ms virtual_ms = 0;
  Tally tally;
};

/// A whole contact centre in one process and one thread: nodes, edges, phones, callers, people, and all that goes wrong
/// between them, by one seed.
class World {
 public:
  explicit World(const RunOptions& options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Outcome run();

 private:
  friend class Faults;
  friend std::string trace_of_running();

  void build();
  void watch_phones(AccountId account, const core::Fact& fact);
  void connect_parts();
  void call_again(const AccountPlan& account);
  bool go_on();
  void go_on_for(Ms ms);
  void compare_at_rest();
  void rest();
  bool all_durable() const;
  void check_rest();

  static World* running_;
  RunOptions options_;
  Context context_;
  Ledgers ledgers_;
  ClusterLog log_;
  Network network_;
  Phones phones_;
  Callers callers_;
  Registrations registrations_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::unique_ptr<EdgeHost>> edges_;
  Client client_;
  Staff staff_;
  Integrator integrator_;
  Admin admin_;
  Faults faults_;
  bool calm_ = true;
  std::uint64_t events_ = 0;
  /// What an edge and an account were like when they were compared last.
  struct Compared {
    std::uint64_t seq = 0;
    std::uint64_t n = 0;
    std::uint64_t at_event = 0;
  };
  std::map<std::pair<std::size_t, AccountId>, Compared> compared_;
  std::uint64_t refolded_at_ = 0;
};

/// Runs one seed.
Outcome run_seed(const RunOptions& options);
/// The trace of the world that runs now, for when an assertion ends the process.
std::string trace_of_running();

}  // namespace rf::sim
