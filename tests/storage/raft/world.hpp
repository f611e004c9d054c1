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
  std::uint64_t acknowledged = 0;
  std::uint64_t barriers = 0;
};

/// Nodes with the same shards in one thread, in virtual time: real Engine, played network, disks and people. The seed decides
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
    /// It was committed in this term at the latest: every later one's leader holds it.
    std::uint64_t in_term = 0;
  };
  /// What is known of a shard by everybody's doing.
  struct Shard {
    /// By index; the first stands for none.
    std::vector<Committed> committed{Committed{}};
    std::map<std::uint64_t, NodeNumber> leaders;
    std::map<std::pair<NodeNumber, std::uint64_t>, NodeNumber> votes;
  };

  Node& node(NodeNumber number) { return *nodes_[number - 1]; }
  std::uint64_t now() const { return static_cast<std::uint64_t>(schedule_.now_ms()); }
  void boot(Node& n);
  void crash(Node& n);
  /// Carries out what the engine asks for.
  void turn(Node& n);
  void write(Node& n, const ShardWrite& w);
  void begin_sync(Node& n);
  void arm(Node& n);
  void send(Node& n, const ShardMessage& out);
  void deliver(NodeNumber from, NodeNumber to, Packet packet);
  void arrive(Node& n, NodeNumber from, const Packet& packet);
  void take_offer(Node& n, NodeNumber from, const Packet& packet);

  void happened(Node& n, const Happening& told);
  void applied(Node& n, const Happening& told);
  void answered(Node& n, const Happening& told);
  void check_sent(const Node& n, const ShardMessage& out);
  void check_shards(Node& n);
  void check_leader(Node& n, std::uint32_t shard);
  void check_rest();
  void violated(const std::string& what);

  void propose();
  void ask_barrier();
  void compact();
  void break_something();
  void change_members();
  void heal();
  Node* leader(std::uint32_t shard);
  bool blocked(NodeNumber from, NodeNumber to) const { return blocked_.count({from, to}) > 0; }
  template <class Task>
  void every(Ms mean, Task task);

  WorldOptions options_;
  sim::Random random_;
  sim::Schedule schedule_;
  WorldOutcome outcome_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<Shard> shards_;
  std::set<std::pair<NodeNumber, NodeNumber>> blocked_;
  /// A broken connection loses what is under way; one direction keeps its order.
  std::map<std::pair<NodeNumber, NodeNumber>, std::uint64_t> connection_;
  std::map<std::pair<NodeNumber, NodeNumber>, Ms> last_arrival_ms_;
  Ticket last_ticket_ = 0;
  /// Proposals of which it was said that nothing was taken.
  std::set<std::string> refused_;
  /// Nothing breaks any more; nobody asks for changes; nobody asks for anything.
  bool healing_ = false;
  bool calm_ = false;
  bool quiet_ = false;
};

}  // namespace rf::storage::raft
