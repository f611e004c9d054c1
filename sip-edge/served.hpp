#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/time.hpp"
#include "sip-edge/call/fence.hpp"
#include "sip-edge/leaders.hpp"

namespace rf::edge {

/// The accounts in use at this edge, and to which stream the events of each may go. A stream is named by a number that is
/// never used again. Time is an input; one thread.
class Served {
 public:
  using StreamId = std::uint64_t;

  /// The leader of an account's shard and the stream to it.
  struct Leader {
    StreamId stream = 0;
    Fence fence;
    friend bool operator==(const Leader&, const Leader&) = default;
  };
  /// What the account's rules are to be told.
  enum class Change : std::uint8_t { none, connected, lost };

  /// False when it was in use before.
  bool add(AccountId account);
  bool has(AccountId account) const { return accounts_.count(account) != 0; }
  /// Who leads it now; nothing when nobody is known to.
  Change settle(AccountId account, const std::optional<Leader>& leader, Ms now_ms);

  /// The stream that takes the account's events now; 0 when none does.
  StreamId stream_of(AccountId account) const;

  /// The stream had no room for an event of the account: nothing more is sent on it until unblock().
  void block(AccountId account);
  void unblock(AccountId account);
  bool blocked(AccountId account) const;
  std::vector<AccountId> blocked_on(StreamId stream) const;
  /// The stream says that it does not lead the account: it is not tried again for a while, or until a node claims the
  /// shard anew. True when it counted as the account's leader until now.
  bool refuse(AccountId account, StreamId stream, Ms now_ms);

  /// The stream's node said what it leads: what it refused may be tried again.
  void claimed(StreamId stream);
  /// Refused accounts whose wait is over.
  std::vector<AccountId> due(Ms now_ms) const;
  std::vector<AccountId> all() const;

 private:
  enum class State : std::uint8_t { none, connected, blocked, refused };
  struct Account {
    State state = State::none;
    Leader leader;
    Ms refused_until_ms = 0;
  };

  std::map<AccountId, Account> accounts_;
  std::set<AccountId> refused_;
};

}  // namespace rf::edge
