#pragma once
#include <vector>

#include "actors/port.hpp"
#include "node/cluster/directory.hpp"
#include "ringfence/v1/edge.pb.h"

/// core/base/edge_link.hpp and edge.proto, one into the other. Pure.
namespace rf::node {

namespace api = ringfence::v1;

/// An event of an edge; invalid_argument says which field is wrong: then the edge and this node do not mean the same.
struct AccountEvent {
  AccountId account;
  link::Event event;
};
Result<AccountEvent> event_of(const api::EdgeEvent& event);

struct AccountDigest {
  AccountId account;
  link::Digest digest;
};
Result<std::vector<AccountDigest>> digests_of(const api::Digests& digests);

api::NodeMessage order_message(AccountId account, actors::Fence fence, const link::Order& order);
api::NodeMessage sync_message(AccountId account, actors::Fence fence, const link::Sync& sync);
api::NodeMessage leading_message(const std::vector<actors::Fence>& led);
/// The whole directory, in parts of bounded size. Only names that edges need.
std::vector<api::NodeMessage> directory_messages(std::uint64_t version, const std::vector<HeldName>& names);
/// Nothing when edges need none of the names.
std::optional<api::NodeMessage> directory_message(const DirectoryChange& change);

}  // namespace rf::node
