#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/storage/raft/world.hpp"

namespace rf::storage::raft {

constexpr std::size_t nodes_count = 5;
constexpr std::uint32_t shards_count = 2;
/// How long all goes on after everything was mended.
constexpr Ms rest_ms = 15'000;

/// A snapshot that its receiver fetches: the sender's machine as it was when the fetching began.
struct World::Offer {
  std::uint64_t term = 0;
  Machine machine;
  std::uint64_t life = 0;
};

struct World::Packet {
  std::uint32_t shard = 0;
  std::optional<Message> message;
  std::optional<Offer> offer;
};

struct World::Node {
  /// One shard's state, and the snapshot that is being fetched for it.
  struct Place {
    Machine machine;
    std::optional<Offer> fetching;
    NodeNumber source = 0;
    bool staged = false;
    /// Followers that fetch from this node: until when their log is held, and what they were offered.
    std::map<NodeNumber, Ms> sessions;
    std::map<NodeNumber, Offer> offers;
    /// The term in which it was told that it leads; 0: it does not.
    std::uint64_t leads_in = 0;
  };

  NodeNumber number = 0;
  Disk disk{shards_count};
  std::unique_ptr<Engine> engine;
  std::vector<Place> places{shards_count};
  /// Counts starts: what was set going in an earlier life does not reach this one.
  std::uint64_t life = 0;
  bool up() const { return engine != nullptr; }
  bool stopped = false;
  Ms armed_ms = 0;
  bool syncing = false;
  /// The newest write that was handed to the disk and not to a sync.
  std::uint64_t written = 0;
  Ms slow_until_ms = 0;
  /// What was proposed here and not answered, and how far all had come when a barrier was asked for.
  std::map<Ticket, std::string> proposed;
  std::map<Ticket, std::uint64_t> barriers;
};

}  // namespace rf::storage::raft
