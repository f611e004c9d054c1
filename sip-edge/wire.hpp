#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/edge_link.hpp"
#include "core/base/result.hpp"
#include "ringfence/v1/edge.pb.h"
#include "sip-edge/call/fence.hpp"
#include "sip-edge/call/input.hpp"
#include "sip-edge/credentials.hpp"
#include "sip-edge/directory_feed.hpp"

/// The edge's side of ringfence/v1/edge.proto as plain values. Total both ways: what a node sends is checked here and
/// nowhere else. Any thread.
namespace rf::edge::wire {

constexpr std::uint32_t protocol_version = 1;

/// The first message of a stream.
struct Attach {
  EdgeName edge;
  std::uint64_t epoch = 0;
  std::string boot_id;
  Ms clock_ms = 0;
  std::vector<std::string> domains;
};

using AccountDigests = std::vector<std::pair<AccountId, link::Digest>>;

ringfence::v1::EdgeMessage attach(const Attach& attach);
ringfence::v1::EdgeMessage heartbeat(Ms clock_ms);
ringfence::v1::EdgeMessage event(AccountId account, const link::Event& event);
ringfence::v1::EdgeMessage digests(const AccountDigests& digests);
/// The domain is one of the directory; the name may be any bytes.
ringfence::v1::EdgeMessage ha1_request(const SipUser& user);

struct Accepted {
  std::string node;
  std::uint32_t protocol_version = 0;
  friend bool operator==(const Accepted&, const Accepted&) = default;
};
struct Leading {
  std::vector<Fence> shards;
  friend bool operator==(const Leading&, const Leading&) = default;
};
struct NotOwner {
  AccountId account;
  std::string hint;
  friend bool operator==(const NotOwner&, const NotOwner&) = default;
};
struct CredentialChanged {
  AccountId account;
  AgentId agent;
  bool removed = false;
  friend bool operator==(const CredentialChanged&, const CredentialChanged&) = default;
};

/// Everything that a node says.
using NodeSays = std::variant<Accepted, Leading, DirectoryPart, input::OrderCame, input::SyncCame, input::Acked,
                              input::Expected, NotOwner, input::SnapshotAsked, Ha1Answer, CredentialChanged>;

/// What the message says; orders are for the edge `self`. invalid_argument names the field that is wrong and never
/// quotes it. Of a directory, names of a kind that this edge does not know are left out (a newer node may have some), and
/// so are wrong ones (counted).
Result<NodeSays> read(const ringfence::v1::NodeMessage& message, const EdgeName& self);

}  // namespace rf::edge::wire
