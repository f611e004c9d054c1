#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/edge_link.hpp"
#include "sip-edge/call/event_log.hpp"
#include "sip-edge/call/fence.hpp"
#include "sip-edge/call/input.hpp"
#include "sip-edge/call/offers.hpp"
#include "sip-edge/call/output.hpp"

namespace rf::edge {

/// What the edge does for one account now: at rest it equals the orders of the account's committed state (R10).
struct Standing {
  std::set<CallId> waiting;
  /// Given to an address outside.
  std::set<CallId> forwarded;
  std::set<ReservationId> ringing;
  /// Answered, by whether the cluster has confirmed it.
  std::set<ReservationId> confirmed;
  std::set<ReservationId> unconfirmed;
  /// Legs not gone yet, cannot win.
  std::set<ReservationId> ending;
  std::set<BindingId> bindings;
  /// The last event of the account that the cluster has acked.
  std::uint64_t acked_n = 0;
};

/// Sums since the start, for metrics.
struct Counters {
  std::uint64_t orders_other_edge = 0;
  std::uint64_t orders_other_epoch = 0;
  std::uint64_t orders_stale_term = 0;
  std::uint64_t rings_refused = 0;
  std::uint64_t calls_refused = 0;
  std::uint64_t calls_unconfirmed = 0;
  std::uint64_t late_answers = 0;
  std::uint64_t bindings_folded = 0;
  std::uint64_t acks_refused = 0;
};

/// What the machine remembers, for metrics and for the test that it forgets.
struct Memory {
  std::size_t accounts = 0;
  std::size_t calls = 0;
  std::size_t offers = 0;
  std::size_t tombstones = 0;
  std::size_t ended_calls = 0;
  std::size_t bindings = 0;
  std::size_t events = 0;
};

/// The rules of one edge process in one epoch: every account, call, leg and binding (R12-R18). Pure: no clock, no thread,
/// no I/O, no randomness; the same inputs give the same outputs. A value: a copy is a second, equal edge.
class EdgeMachine {
 public:
  /// `epoch` rises with every start of this edge; `boot_id` names the boot whose monotonic clock `edge_ms` is.
  EdgeMachine(EdgeName name, std::uint64_t epoch, std::string boot_id);

  /// Carries out what is due by `edge_ms`, then the input. `edge_ms` is the edge's monotonic clock; an earlier value
  /// than the last counts as the last. Returns what is to be done, in order; events come last.
  Outputs step(Ms edge_ms, const Input& input);
  /// When a Tick has something to do; never_ms when only an input can change anything.
  Ms next_wake() const;

  /// Whether the account's leader is connected, yet does not keep up with its events: one more call would make the others
  /// wait longer.
  bool is_behind(AccountId account, Ms edge_ms) const;

  /// Every account whose events are numbered here, with its digest for Attach (R17).
  std::vector<std::pair<AccountId, link::Digest>> digests() const;
  link::Digest digest(AccountId account) const;
  bool has(CallId call) const { return calls_.count(call) != 0; }
  Standing standing(AccountId account) const;
  const Counters& counters() const { return counters_; }
  Memory memory() const;

  const EdgeName& name() const { return name_; }
  std::uint64_t epoch() const { return epoch_; }
  const std::string& boot_id() const { return boot_id_; }

 private:
  enum class Heard : std::uint8_t { nothing, queued, ringing };
  /// The leg to an address outside that a call is given to. It has no reservation: only the call's end is told.
  struct Outside {
    LegId leg;
    /// Rings no longer than this; never_ms once answered.
    Ms until_edge_ms = 0;
    /// Of a placed call: the agent's.
    LegId agent;
  };
  /// A call without a caller: who answers is bridged with that address. The cluster counts on it at this edge once an
  /// agent has answered; when no agent did, it is forgotten without a word.
  struct Place {
    std::string uri;
    std::string caller;
  };
  struct Call {
    AccountId account;
    link::CallArrived arrival;
    /// Its place in the queue, if the cluster has to take it anew (R17).
    Ms invited_ms = 0;
    Heard heard = Heard::nothing;
    ReservationId answered_by;
    AgentId agent;
    /// Not gone yet, in the order of their ringing.
    std::vector<ReservationId> offers;
    std::optional<Outside> outside;
    std::optional<Place> place;
  };
  struct Account {
    EventLog log;
    std::uint64_t term = 0;
    /// Those that the cluster counts on: of digest and Snapshot.
    std::set<CallId> calls;
    std::set<ReservationId> offers;
    std::map<BindingId, link::BindingUp> bindings;
    /// Calls whose CallEnded is not acked yet, and whether they may not be rung until then: a caller who was here may be
    /// called back (RFC 3725), since the account rings only after it has heard of the end.
    std::map<CallId, bool> ended;
    /// Of the last Snapshot.
    std::uint64_t snapshot_n = 0;
    /// Binding changes are left to a Snapshot that is sent when there is room again (R16).
    bool snapshot_owed = false;
  };

  // machine.cpp: time, accounts, callers, bindings, the cluster's answers.
  void expire();
  Account& account_of(AccountId id);
  void say(AccountId id, link::EventBody body);
  void say_snapshot(AccountId id, Account& account);
  void take_acks(AccountId id, Account& account, std::uint64_t n);
  void flush();
  void on(const input::CallerInvited& in);
  void on(const input::CallerGone& in);
  void on(const input::CallerPressed& in);
  void on(const input::BridgeFailed& in);
  void on(const input::SessionTimedOut& in);
  void on(const input::NodesAway& in);
  void on(const input::BindingUp& in);
  void on(const input::BindingDown& in);
  void on(const input::Acked& in);
  void on(const input::Expected& in);
  void on(const input::LeaderConnected& in);
  void on(const input::LeaderLost& in);
  void on(const input::SnapshotAsked& in);
  void on(const input::Tick& in);

  // orders.cpp: what the cluster wants.
  void on(const input::OrderCame& in);
  void on(const input::SyncCame& in);
  bool admit(AccountId id, Fence fence, std::uint64_t epoch);
  void carry_out(AccountId id, const link::OrderBody& body);
  void order(AccountId id, const link::HoldOrder& order);
  void order(AccountId id, const link::RingOrder& order);
  void order(AccountId id, const link::CloseOrder& order);
  void order(AccountId id, const link::BridgeOrder& order);
  void order(AccountId id, const link::HangupOrder& order);
  void order(AccountId id, const link::ForwardOrder& order);
  void ring(AccountId id, CallId call_id, const link::RingTarget& target);
  /// Those of the target that ring: a registered phone has no URI.
  std::vector<link::Endpoint> phones_of(AccountId id, const link::RingTarget& target);
  void open(AccountId id, CallId call_id, const link::RingTarget& target, const std::vector<link::Endpoint>& phones);
  void refuse(AccountId id, ReservationId reservation, std::optional<link::CloseCause> cause, Ms remember_until);
  void say_lost(AccountId id, CallId call, link::EndCause cause);

  // outside.cpp: legs to addresses that have no reservation.
  void note_placed(AccountId id, const link::RingOrder& order);
  /// Forgets a placed call that nobody answered and nobody is rung for any more.
  void forget_unrung(CallId id);
  void forward(CallId id, const std::string& uri);
  /// The leg answered a placed call.
  void place(CallId id, LegId agent);
  output::CallOutside call_outside(CallId id, const std::string& uri, LegId agent);
  /// The call that has this leg; nothing if none has.
  std::optional<CallId> outside_of(LegId leg) const;
  static bool is_forwarded(const Call& call);
  void leave_alone(AccountId id, CallId call);
  void outside_rings(CallId id);
  void outside_answered(CallId id);
  void outside_final(CallId id, int sip_status, link::EndCause if_answered);
  void forget_outside(CallId id, Outside outside);
  void expire_outside();

  // ending.cpp: legs, and how offers and calls end.
  void on(const input::LegRinging& in);
  void on(const input::LegAnswered& in);
  void on(const input::LegFailed& in);
  void on(const input::LegHungUp& in);
  void on(const input::LegGone& in);
  void let_hear_ringing(CallId id);
  void win(Offer& offer, Leg& leg);
  void leg_final(LegId leg, int sip_status, link::EndCause if_answered);
  void expire_offer(Offer& offer);
  void close(Offer& offer, link::CloseCause cause);
  void release(Offer& offer);
  void release_others(CallId call, ReservationId keep);
  void settle(Offer& offer);
  enum class CallerLeg : std::uint8_t { gone, up };
  void end_call(CallId call, link::EndCause cause, CallerLeg caller, int sip_status);

  Call* find_call(CallId id);
  bool rings_to_place(CallId id);
  Call* find_call(AccountId account, CallId id);
  void put(Output output) { out_.push_back(std::move(output)); }

  EdgeName name_;
  std::uint64_t epoch_ = 0;
  std::string boot_id_;
  Ms now_ = 0;
  FenceTable fences_;
  std::map<AccountId, Account> accounts_;
  std::map<CallId, Call> calls_;
  std::map<BindingId, AccountId> bindings_;
  std::unordered_map<LegId, CallId> outside_;
  std::set<std::pair<Ms, CallId>> outside_due_;
  OfferBook offers_;
  Tombstones tombstones_;
  Counters counters_;
  std::uint64_t last_leg_ = 0;
  std::set<std::pair<Ms, AccountId>> rewinds_;
  /// Of the step under way.
  std::set<AccountId> touched_;
  Outputs out_;
};

}  // namespace rf::edge
