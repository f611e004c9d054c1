#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "actors/port.hpp"
#include "core/base/edge_link.hpp"

/// What an edge and a node say to each other over one stream: the messages of ringfence/v1/edge.proto as plain values.
namespace rf::sim {

struct Attach {
  EdgeName edge;
  std::uint64_t epoch = 0;
  std::string boot_id;
};
struct Heartbeat {
  Ms clock_ms = 0;
};
struct EdgeEvent {
  AccountId account;
  link::Event event;
};
struct Digests {
  std::vector<std::pair<AccountId, link::Digest>> digests;
};
using ToNode = std::variant<Attach, Heartbeat, EdgeEvent, Digests>;

/// The shards of the run's accounts that the node leads: the whole list each time.
struct Leading {
  std::vector<actors::Fence> shards;
};
struct OrderSent {
  AccountId account;
  actors::Fence fence;
  link::Order order;
};
struct SyncSent {
  AccountId account;
  actors::Fence fence;
  link::Sync sync;
};
struct Ack {
  AccountId account;
  std::uint64_t epoch = 0;
  std::uint64_t n = 0;
};
struct Expected {
  AccountId account;
  std::uint64_t epoch = 0;
  std::uint64_t n = 0;
};
struct NotOwner {
  AccountId account;
};
struct SnapshotRequest {
  AccountId account;
};
using ToEdge = std::variant<Leading, OrderSent, SyncSent, Ack, Expected, NotOwner, SnapshotRequest>;

/// One connection of an edge process to a node process. Each direction keeps its order; what a cut overtakes is lost.
struct Stream {
  std::uint64_t id = 0;
  std::size_t edge = 0;
  std::size_t node = 0;
  /// Whether that end still holds it open.
  bool edge_end = true;
  bool node_end = true;
  bool to_node_cut = false;
  bool to_edge_cut = false;
  Ms to_node_at_ms = 0;
  Ms to_edge_at_ms = 0;
  Ms stalled_until_ms = 0;
  /// Messages on their way, heartbeats left out.
  std::size_t in_flight = 0;
};
using StreamPtr = std::shared_ptr<Stream>;

}  // namespace rf::sim
