#pragma once
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/account/sequencer.hpp"
#include "core/queue/queue_index.hpp"

namespace rf::testing {

inline constexpr Ms hour_ms = 3600 * second_ms;

/// A whole account in one object for tests: virtual time, edges that beat until told not to, rankings answered in place.
/// Every fact is kept and every turn is held against the invariants.
class Center {
 public:
  Center();

  Ms ts = 1'000'000;
  /// What the clock of an edge that attaches says.
  Ms attach_clock_ms = 5000;
  core::EdgeClocks edges;
  const Zones* zones = nullptr;
  std::vector<core::Fact> log;
  core::TurnResult last;

  const core::Account& account() const { return sequencer_->account(); }
  core::Now now();

  /// Runs one command's whole turn.
  const core::TurnResult& run(const core::Command& command);
  /// Runs one command's whole turn and says how it was answered.
  Code code(const core::Command& command) { return run(command).reply.code; }
  /// Moves time, ticking at every deadline on the way; edges' heartbeats go on unless stopped.
  void advance(Ms ms);
  /// Ticks until nothing is due now.
  void settle();
  /// The leader's process dies and a new term begins: only the log is left.
  void restart();

  void settings(core::Settings settings);
  QueueId queue(const std::string& key, core::QueueConfig config);
  QueueId queue(const std::string& key) { return queue(key, core::QueueConfig{}); }
  static core::Membership in(QueueId queue);
  /// An agent with an external endpoint (API calls).
  AgentId agent(const std::string& key, std::vector<core::Membership> memberships);
  AgentId agent(const std::string& key, std::vector<core::Membership> memberships, core::AgentConfig config);
  /// Logged in, every membership active, available.
  void make_ready(AgentId agent);
  AgentId ready_agent(const std::string& key, std::vector<core::Membership> memberships);
  void status(AgentId agent, core::Status status);

  /// A new call of this caller, not yet in the queue.
  core::command::Enqueue call_from(QueueId queue, const std::string& caller);
  CallId enqueue(QueueId queue);
  CallId enqueue(QueueId queue, const std::string& caller);
  void accept(CallId call);
  void reject(CallId call);
  void complete(CallId call);
  /// Accepted, a second of talk, completed.
  void talk(CallId call);

  /// A SIP edge attaches: heartbeats run, event 1 of its epoch is an empty snapshot.
  void attach(const EdgeName& edge, std::uint64_t epoch, const std::string& boot_id);
  const core::TurnResult& event(const EdgeName& edge, link::EventBody body);
  CallId sip_call(const EdgeName& edge, const std::string& number);
  BindingId bind(const EdgeName& edge, AgentId agent);
  void number(const std::string& number, QueueId queue);
  void stop_heartbeats(const EdgeName& edge) { beating_[edge] = false; }
  std::uint64_t last_n(const EdgeName& edge) const { return numbers_.at(edge); }

  const core::Agent& at(AgentId id) const { return *find_agent(account(), id); }
  core::Bucket bucket(AgentId id) const { return at(id).bucket; }
  const core::Call* call(CallId id) const { return find_call(account(), id); }
  /// The newest reservation of the call, not set if none.
  ReservationId offer_of(CallId call) const;
  AgentId offered_to(CallId call) const;

  template <class Body>
  std::vector<Body> facts() const {
    std::vector<Body> found;
    for (const core::Fact& fact : log)
      if (const auto* body = std::get_if<Body>(&fact.body)) found.push_back(*body);
    return found;
  }
  /// The names of the facts of the last turn, e.g. {"edge_seen", "offered"}.
  std::vector<std::string> last_facts() const;

 private:
  const core::TurnResult& take(std::optional<core::RankRequest> request);
  Ulid next_id();

  std::optional<core::Sequencer> sequencer_;
  /// The log's facts alone, applied: what the sequencer's account must equal after every turn.
  core::Account folded_;
  std::unordered_map<QueueId, core::QueueIndex> indexes_;
  std::map<EdgeName, bool> beating_;
  std::map<EdgeName, std::uint64_t> numbers_;
  std::map<EdgeName, std::uint64_t> epochs_;
  Ms epoch_start_ts_ = 0;
  std::uint64_t ids_ = 0;
};

/// The caller who presses the key goes there.
core::Overflow on_key(const std::string& key, core::OverflowTo to);

/// A queue with the SIP number 100, a trunk, and the edge "e1".
struct SipDesk {
  explicit SipDesk(core::QueueConfig config);
  /// Ready, with one phone.
  AgentId agent(const std::string& key);
  CallId call() { return c.sip_call("e1", "100"); }
  /// Whether the last turn gave such an order.
  template <class Order>
  bool ordered() const {
    for (const link::Order& order : c.last.orders)
      if (std::holds_alternative<Order>(order.body)) return true;
    return false;
  }
  Center c;
  QueueId q;
  std::map<AgentId, BindingId> phones;
};

}  // namespace rf::testing
