#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/random.hpp"
#include "tests/sim/schedule.hpp"
#include "tests/storage/raft/disk.hpp"

namespace rf::storage::raft {

struct WorldOptions {
  std::uint64_t seed = 1;
  Ms virtual_ms = 30'000;
};

struct WorldOutcome {
  /// Empty: every promise held.
  std::string violation;
  std::uint64_t steps = 0;
  std::uint64_t committed = 0;
  std::uint64_t elections = 0;
  std::uint64_t crashes = 0;
  std::uint64_t installs = 0;
  std::uint64_t changes = 0;
  std::uint64_t transfers = 0;
};

/// Servers of one Raft group in one thread, in virtual time: real Group, played network, disks and people. The seed decides
/// everything.
class World {
 public:
  explicit World(const WorldOptions& options);
  ~World();
  WorldOutcome run();

 private:
  struct Offer;
  struct Packet;
  struct Node;
  struct Committed {
    std::uint64_t term = 0;
    std::uint64_t hash = 0;
  };

  Node& node(NodeNumber number) { return *nodes_[number - 1]; }
  void boot(Node& n);
  void crash(Node& n);
  void take(Node& n, Effects effects);
  void write(Node& n, const Write& write);
  void begin_sync(Node& n);
  void apply(Node& n);
  void apply_entry(Node& n, std::uint64_t index, const EntryPtr& entry);
  void arm(Node& n);
  void send(Node& n, const Message& message);
  void deliver(NodeNumber from, NodeNumber to, Packet packet);
  void arrive(Node& n, NodeNumber from, const Packet& packet);
  void take_offer(Node& n, NodeNumber from, const Offer& offer);
  void check_sent(const Node& n, const Message& message);
  void check_leader(Node& n);

  void propose();
  void compact();
  void break_something();
  void change_members();
  void heal();
  void check_rest();
  void violated(const std::string& what);
  Node* leader();
  bool blocked(NodeNumber from, NodeNumber to) const { return blocked_.count({from, to}) > 0; }
  template <class Task>
  void every(Ms mean, Task task);

  WorldOptions options_;
  sim::Random random_;
  sim::Schedule schedule_;
  WorldOutcome outcome_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::set<std::pair<NodeNumber, NodeNumber>> blocked_;
  /// A broken connection loses what is under way; one direction keeps its order.
  std::map<std::pair<NodeNumber, NodeNumber>, std::uint64_t> connection_;
  std::map<std::pair<NodeNumber, NodeNumber>, Ms> last_arrival_ms_;
  std::vector<Committed> committed_;
  std::map<std::uint64_t, NodeNumber> leaders_;
  std::map<std::pair<NodeNumber, std::uint64_t>, NodeNumber> votes_;
  std::uint64_t proposals_ = 0;
  /// Nothing breaks any more; and nobody asks for changes.
  bool healing_ = false;
  bool calm_ = false;
};

}  // namespace rf::storage::raft
