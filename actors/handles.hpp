#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "actors/messages.hpp"

namespace rf::actors {

/// Where an account's work goes: to its presence actor, or into a line until the account index has built one (R26). What one
/// thread sends to one account arrives in the order sent. Any thread.
class Handles {
 public:
  enum class Sent : std::uint8_t {
    delivered,
    waits,
    /// It waits and is the first: the account index must build the actor.
    misses,
  };
  Sent send(AccountId account, std::shared_ptr<Work> work);

  /// The account's actor is there: it gets what waited, then everything.
  void open(AccountId account, const PresenceActor& actor);
  /// Its actor ended: work waits for the next one.
  void hold(AccountId account);
  /// No actor is to be built: what waited is dropped.
  void close(AccountId account);
  /// Accounts with an actor, or with work that waits for one.
  std::vector<AccountId> accounts() const;

 private:
  struct Desk {
    std::optional<PresenceActor> actor;
    std::vector<std::shared_ptr<Work>> line;
  };

  mutable std::mutex mutex_;
  std::unordered_map<AccountId, Desk> desks_;
};

}  // namespace rf::actors
