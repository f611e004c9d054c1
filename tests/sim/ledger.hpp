#pragma once
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/account/reply.hpp"
#include "core/queue/now.hpp"
#include "core/state/account.hpp"
#include "storage/journal.hpp"
#include "tests/sim/judge.hpp"
#include "tests/sim/tally.hpp"

namespace rf::sim {

/// What the log says of one offer, kept for the checks outside the account: phones and orders outlive the row.
struct OfferSeen {
  core::fact::Offered offer;
  bool closing = false;
  bool closed = false;
  bool answered = false;
  bool gone = false;
};

/// One account's log as the simulation follows it: a copy folded from what was decided, a second from what is durable. Every
/// fact is judged on the state before it, everything that leaves the leader against what is durable then.
class Ledger {
 public:
  using OnDurable = std::function<void(const core::Fact&)>;

  Ledger(AccountId account, Judge& judge, Tally& tally, OnDurable on_durable);

  /// The leader has decided a turn, on the edge clocks that it knew; `batch` is on its way to the log.
  void decided(const storage::AccountBatch& batch, const core::EdgeClocks& clocks);
  /// The batch is durable and folded into the journal's committed copy.
  void durable(const storage::AccountBatch& batch, storage::Journal& journal);
  /// What was decided and is not durable never happened.
  void forget_undurable();
  /// After a crash: takes what the disk has beyond the last batch that was seen to be durable.
  void recover(storage::Journal& journal);

  /// Between two turns of the account's presence actor: its copy against ours, whole or where facts touched it.
  void compare_live(const core::Account& live);
  /// The presence actor is another one than before: its copy is compared whole.
  void live_rebuilt() { whole_ = true; }
  /// No actor has work: an eligible pair may not be left over (R4).
  void at_rest(const core::EdgeClocks& clocks);
  /// Whether a turn was decided since the last rest.
  bool turned() const { return turned_; }
  /// Reads the whole log back: the copies, the buckets' seconds and the derived index.
  void refold(storage::Journal& journal);

  // What leaves the leader (the output gate).
  void replied(CommandId id, const core::Reply& reply);
  void acked(const EdgeName& edge, std::uint64_t epoch, std::uint64_t n);
  void ordered(const link::OrderBody& body);
  void sync_asked(const EdgeName& edge);
  /// One of a past term answers nobody any more, and no edge obeys it (S7).
  enum class Asked : std::uint8_t { in_this_term, in_a_past_term };
  void synced(const EdgeName& edge, const link::Sync& sync, Asked asked_in);
  void forget_asked_syncs() { asked_.clear(); }

  AccountId id() const { return id_; }
  const core::Account& decided() const { return decided_; }
  const core::Account& durable() const { return durable_; }
  /// Nothing when the reservation was never durable.
  /// Whether the account has the call hung up.
  bool closing(CallId id) const;
  const OfferSeen* offer(ReservationId id) const;

 private:
  struct CallSeen {
    bool closing = false;
    bool ended = false;
    /// Its caller is sent away to be called back.
    bool called_back = false;
  };
  struct AskedSync {
    EdgeName edge;
    core::Account from;
  };

  void fail(const std::string& what);
  void judge_fact(const core::Fact& fact, const core::Now& now);
  void see(const core::Fact& fact);
  void judge_down(const std::vector<core::Fact>& batch, const core::Fact& fact);
  void judge_seen(const core::fact::EdgeSeen& seen);
  void take_durable(const std::vector<core::Fact>& facts);

  AccountId id_;
  Judge& judge_;
  Tally& tally_;
  OnDurable on_durable_;

  core::Account decided_;
  core::Account durable_;
  std::vector<core::Touched> uncompared_;
  bool whole_ = true;
  /// A turn ended since at_rest() looked; not after a turn so long that it may not be over.
  bool turned_ = false;
  std::set<AgentId> adopted_;

  std::unordered_map<ReservationId, OfferSeen> offers_;
  std::unordered_map<CallId, CallSeen> calls_;
  std::map<CommandId, core::Reply> results_;
  std::deque<std::vector<core::Fact>> recent_;
  std::vector<AskedSync> asked_;
};

}  // namespace rf::sim
