#pragma once
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sip-edge/call/machine.hpp"
#include "tests/sim/callers.hpp"
#include "tests/sim/context.hpp"
#include "tests/sim/ledger.hpp"
#include "tests/sim/log.hpp"
#include "tests/sim/network.hpp"
#include "tests/sim/phones.hpp"

namespace rf::sim {

/// One edge machine with its clock and its process: the real rules (EdgeMachine) between the phones, the callers and the
/// streams to the nodes. What stands around the rules in an edge (who leads an account, heartbeats, registrations) is here in
/// its shortest form. Every output is judged.
class EdgeHost {
 public:
  struct World {
    Context& context;
    Ledgers& ledgers;
    Network& network;
    Phones& phones;
    Callers& callers;
    /// Whether a node's process takes connections.
    std::function<bool(std::size_t node)> node_up;
  };
  EdgeHost(World world, std::size_t place);

  /// A machine just booted: its clock starts anew.
  void boot();
  void start();
  void crash();
  bool up() const { return machine_.has_value(); }
  void pause(Ms until_ms);
  void resume();
  void lose_heartbeats(Ms until_ms) { silent_until_ms_ = until_ms; }
  std::uint64_t life() const { return life_; }

  void take(const StreamPtr& stream, const ToEdge& message);
  void end_of(const StreamPtr& stream);

  void invite(AccountId account, CallId call, const std::string& number);
  void caller_gone(CallId call);
  void leg(const LegKey& key, edge::Input input);
  void session_timed_out(const LegKey& key, CallId call);
  void registered(AccountId account, AgentId agent, BindingId phone, Ms expires_ms);
  void unregistered(BindingId phone);
  /// The cluster says that the agent is no more: its phones are to register anew.
  void agent_removed(AgentId agent);
  bool holds(BindingId phone) const { return contacts_.count(phone) > 0; }
  /// The phone that has or had that binding here.
  BindingId phone_of(BindingId binding) const { return phone_of_.at(binding); }

  /// The stream to the account's leader; null while it has none.
  StreamPtr stream_of(AccountId account) const;
  const edge::EdgeMachine* machine() const { return machine_ ? &*machine_ : nullptr; }
  bool paused() const { return paused_until_ms_ != 0; }
  /// Whether it stands still, or did so a moment ago and has yet to catch up.
  bool stood_still() const { return paused() || world_.context.now_ms() < resumed_ms_ + 5 * second_ms; }

  /// The machine looks at its clock.
  void tick() { step(edge::input::Tick{}); }

 private:
  struct Link {
    StreamPtr stream;
    std::vector<actors::Fence> leading;
  };
  struct Leader {
    std::size_t node = 0;
    actors::Fence fence;
  };
  struct Contact {
    AccountId account;
    AgentId agent;
    BindingId binding;
    Ms expires_ms = 0;
  };
  struct Rung {
    ReservationId reservation;
    CallId call;
  };

  Context& context() { return world_.context; }
  void fail(const std::string& what);
  Ms clock_ms() const;
  void later(Ms delay_ms, std::function<void()> task);
  void step(const edge::Input& input);
  /// What the cluster says: may not cut a confirmed call, and nothing at all if its term is past.
  void step_cluster(AccountId account, std::optional<actors::Fence> fence, const edge::Input& input);
  void arm_wake();
  void connect(std::size_t node);
  void beat(const StreamPtr& stream);
  void drop_contact(BindingId phone, const char* reason);
  void expire_contacts();
  void ensure_leader(AccountId account);
  void reconsider();

  void on(const StreamPtr& stream, const Leading& message);
  void on(const StreamPtr& stream, const OrderSent& message);
  void on(const StreamPtr& stream, const SyncSent& message);
  void on(const StreamPtr& stream, const Ack& message);
  void on(const StreamPtr& stream, const Expected& message);
  void on(const StreamPtr& stream, const NotOwner& message);
  void on(const StreamPtr& stream, const SnapshotRequest& message);

  void carry_out(const edge::Output& output);
  void out(const edge::output::QueueCaller& o);
  void out(const edge::output::RingCaller& o);
  void out(const edge::output::AnswerCaller& o);
  void out(const edge::output::HangupCaller& o);
  void out(const edge::output::RefuseCaller& o);
  void out(const edge::output::Ring& o);
  void out(const edge::output::CallOutside& o);
  void out(const edge::output::ConnectOutside& o);
  void out(const edge::output::CancelLeg& o);
  void out(const edge::output::ByeLeg& o);
  void out(const edge::output::SendEvent& o);
  void won(CallId call, edge::LegId leg);
  void end_outside(edge::LegId leg);
  LegKey key(edge::LegId leg) const { return LegKey{place_, life_, leg}; }

  World world_;
  std::size_t place_;
  EdgeName name_;

  std::uint64_t boots_ = 0;
  std::string boot_id_;
  Ms clock_base_ms_ = 0;
  Ms booted_ms_ = 0;
  std::int64_t ppm_ = 0;

  std::uint64_t life_ = 0;
  std::uint64_t epoch_ = 0;
  std::optional<edge::EdgeMachine> machine_;
  /// 0: it runs.
  Ms paused_until_ms_ = 0;
  Ms resumed_ms_ = 0;
  Ms silent_until_ms_ = 0;
  Ms wake_armed_ms_ = never_ms;
  std::deque<std::function<void()>> backlog_;
  std::vector<Link> links_;
  std::map<AccountId, Leader> leaders_;
  std::set<AccountId> connected_;
  /// By phone.
  std::map<BindingId, Contact> contacts_;
  std::map<BindingId, BindingId> phone_of_;
  std::uint64_t last_binding_ = 0;

  // What this process's outputs are judged by.
  std::map<AccountId, std::vector<link::EventBody>> said_;
  std::map<edge::LegId, Rung> rung_;
  /// To addresses that are no phones of this world.
  std::set<edge::LegId> outside_;
  std::unordered_set<ReservationId> ended_;
  std::map<CallId, ReservationId> unconfirmed_;
  std::set<CallId> confirmed_;
  std::map<std::uint32_t, std::uint64_t> highest_term_;
  bool cluster_speaks_ = false;
};

}  // namespace rf::sim
