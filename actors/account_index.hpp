#pragma once
#include <unordered_map>

#include "actors/handles.hpp"
#include "actors/port.hpp"
#include "actors/roles.hpp"

namespace rf::actors {

/// What the account index shares with the callers' side.
struct IndexSetup {
  std::shared_ptr<Handles> handles;
  std::shared_ptr<const Roles> roles;
  std::shared_ptr<const Options> options;
};

/// Builds and watches the presence actors of the shards that this node leads. One that ends is built again, behind a barrier
/// (R6); one that ended within a second of its start waits a second first.
class AccountIndex {
 public:
  static constexpr const char* name = "account_index";

  explicit AccountIndex(IndexActor::base* self) : self_(self) {}
  AccountIndex(const AccountIndex&) = delete;
  AccountIndex& operator=(const AccountIndex&) = delete;
  ~AccountIndex();

  void start(IndexSetup setup) { setup_ = std::move(setup); }
  /// Builds the account's actor if this node leads it and there is none; drops its work if this node does not.
  void build(AccountId account);
  /// Ends the shard's actors of another term.
  void role_changed(std::uint32_t shard);
  void down(caf::actor_id actor);

 private:
  struct Child {
    PresenceActor actor;
    std::uint32_t shard = 0;
    std::uint64_t term = 0;
    Ms since_mono_ms = 0;
  };

  IndexActor::base* self_;
  IndexSetup setup_;
  std::unordered_map<AccountId, Child> children_;
  std::unordered_map<caf::actor_id, AccountId> accounts_;
};

IndexActor::behavior_type account_index(IndexActor::stateful_pointer<AccountIndex> self, IndexSetup setup);

}  // namespace rf::actors
