#pragma once
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/account/decide.hpp"
#include "core/queue/rank.hpp"

namespace rf::core {

/// What a turn leaves: one log entry, the answer, and the orders that go out once the entry is committed.
struct TurnResult {
  Reply reply;
  EdgeReply edge;
  std::vector<Fact> facts;
  std::vector<link::Order> orders;
  std::uint32_t rank_mismatches = 0;
};

/// Runs turns on one account (R3, R6): the command, each due item, each ranking, each agent that seeks a call, one
/// decide/apply step each on the state the step before left. Pure but for the account it owns: no clock, no I/O. The owner
/// answers each RankRequest (a queue actor, or rank() in place) before anything else is decided.
class Sequencer {
 public:
  /// Takes over an account just loaded; every waiting call looks for an agent in the first turn.
  explicit Sequencer(Account account);

  const Account& account() const { return account_; }
  /// The instant (ts) of the next Tick; 0: at once, never_ms: none.
  Ms next_tick_ts() const;

  /// Starts a turn. A request: answer it by ranked(). None: the turn is over, take it by finish().
  std::optional<RankRequest> begin(const Command& command, const Now& now);
  std::optional<RankRequest> ranked(const Ranked& ranked);
  TurnResult finish();
  bool in_turn() const { return now_.has_value(); }

  /// A queue's index is gone: its next request carries every member.
  void forget_index(QueueId queue) { feed_.forget(queue); }

 private:
  bool offers_past_a_look(const fact::Body& body) const;
  /// Decides and applies; the facts have moved into the turn.
  Decision step(const Command& command);
  void take_due();
  void carry_through(const EdgeName& edge);
  void look_where_heard_again();
  void note_unheard(AgentId agent);
  void note_emptied(const Fact& fact, const Touched& rows);
  bool follow_step();
  std::optional<RankRequest> advance();
  /// One agent takes the oldest call it can; when each would take one that it was tried for, the oldest of those calls, and
  /// of all that look in this turn, is returned and ranked first. There must be a seeker.
  std::optional<CallId> seek();
  /// The call that the agent would take although it did not take it before, unless it was looked at in this turn: it is
  /// ranked first, since others that are free by now come before an agent that was tried (P12).
  std::optional<CallId> tried_call(AgentId agent) const;
  /// Where a call stands among all that look in this turn: by its queue's weight, then by its place (P11).
  using Turn = std::pair<std::int64_t, Place>;
  Turn turn_of(CallId call) const;
  std::int64_t weight_of(QueueId queue) const;
  CallId older_for_seekers(CallId call) const;
  std::optional<CallId> next_looker();
  /// The class is to be looked at, in its turn among all that are.
  void add_class(const ClassLook& look);
  /// The first call of the class that may find somebody; null if none.
  const Place* head_of(const ClassLook& look) const;
  bool full() const;
  /// Writes when a call that still seeks must look again (R4), if that changed.
  void set_look(CallId call);
  void set_looks();
  void note_stale(QueueId queue);
  void renew_looks();

  Account account_;
  RankFeed feed_;
  std::optional<Now> now_;
  TurnResult result_;
  /// Memory for the facts of the next step.
  std::vector<Fact> room_;
  /// What still seeks; carried into the next turn when this one is full.
  std::deque<AgentId> seekers_;
  std::vector<CallId> lookers_;
  std::vector<CallId> arrived_;
  std::set<QueueId> emptied_;
  /// Queues whose calls may have to look at other times.
  std::set<QueueId> stale_;
  /// By the turn of the class's head when it was last seen.
  std::map<Turn, ClassLook> classes_;
  /// Edges at which somebody could have been offered a call, had they been heard of lately.
  std::set<EdgeName> unheard_;
  std::set<CallId> looked_;
  std::set<CallId> offered_;
  std::set<CallId> retried_;
};

}  // namespace rf::core
