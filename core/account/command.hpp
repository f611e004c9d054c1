#pragma once
#include <string>
#include <variant>
#include <vector>

#include "core/assignment/assignment.hpp"
#include "core/base/edge_link.hpp"
#include "core/event/config.hpp"
#include "core/event/fact.hpp"
#include "core/queue/rank.hpp"

/// Everything that can be asked of an account. One mailbox takes them all, in one order (R1).
namespace rf::core::command {

// clang-format off: one command a line.
struct SetSettings {
  Settings settings;
};
struct SetQueue {
  QueueId queue;
  QueueConfig config;
};
/// Waiting calls go to `drain_to`; without it a queue with waiting calls is not removed (R9).
struct RemoveQueue {
  QueueId queue;
  QueueId drain_to;
};
/// Creates or replaces the agent's config and all its memberships; active flags of kept memberships stay.
struct SetAgent {
  AgentId agent;
  AgentConfig config;
  std::vector<Membership> memberships;
};
struct RemoveAgent {
  AgentId agent;
};
struct SetNumber {
  std::string number;
  Route route;
};
struct RemoveNumber {
  std::string number;
};
struct SetDomain {
  std::string domain;
};
struct RemoveDomain {
  std::string domain;
};
struct SetTrunk {
  Trunk trunk;
};
struct RemoveTrunk {
  std::string name;
};
struct SetCredential {
  AgentId agent;
  std::string username;
};

/// A whole account or a part of it, in order, all or nothing (RP-8).
using ConfigStep = std::variant<SetSettings, SetQueue, RemoveQueue, SetAgent, RemoveAgent, SetNumber, RemoveNumber,
                                SetDomain, RemoveDomain, SetTrunk, RemoveTrunk, SetCredential>;
struct Import {
  std::vector<ConfigStep> steps;
};

/// `queues`: dynamic and static memberships that the agent selects (PD-9).
struct Login {
  AgentId agent;
  std::vector<QueueId> queues;
};
struct Logout {
  AgentId agent;
  std::string reason;
};
struct SetStatus {
  AgentId agent;
  Status status = Status::not_ready;
  std::string reason = {};
  /// A ringing offer is not withdrawn: the status comes when it, or the call, is over.
  bool at_end_of_call = false;
};
/// The status that was to come after the call does not come.
struct ClearNextStatus {
  AgentId agent;
};
struct SetMembershipActive {
  AgentId agent;
  QueueId queue;
  bool active = false;
  Asker asker = Asker::agent;
  /// A supervisor's: the agent cannot switch it back until it is switched without a lock.
  bool lock = false;
};
/// The queue's calls only; a global pause is a status.
struct SetMembershipPaused {
  AgentId agent;
  QueueId queue;
  bool paused = false;
  std::string reason = {};
};
struct SetExternalCalls {
  AgentId agent;
  std::uint32_t count = 0;
};
/// The agent's own phone begins, or ended, a call that is none of a queue's. Outbound needs an outbound queue (TM-3) and a
/// caller id of the agent's (LS-12).
struct BeginExternalCall {
  AgentId agent;
  std::string number;
  std::string caller_id = {};
  bool outbound = false;
};
struct EndExternalCall {
  AgentId agent;
};
struct EndWrapup {
  AgentId agent;
};
/// Wrap-up lasts so much longer from now on, up to the queue's ceiling.
struct ExtendWrapup {
  AgentId agent;
  Ms by_ms = 0;
};
/// In wrap-up it ends it; later it is a further version (TM-14).
struct SetDisposition {
  CallId call;
  AgentId agent;
  Disposition disposition;
};
struct ResetAgent {
  AgentId agent;
  std::string reason = {};
};
struct SetShifts {
  AgentId agent;
  std::vector<Shift> shifts;
};

/// A call of a foreign switch (R12): its home edge is `api`.
struct Enqueue {
  CallId call;
  QueueId queue;
  std::string number;
  std::string caller;
  std::string caller_name;
  std::int32_t priority = 0;
  /// The integrator's name for the caller (LS-9).
  std::string customer = {};
  /// Counts as so much more waiting.
  Ms score_ms = 0;
  Skills required = {};
  Skills preferred = {};
  /// To this agent only: in no queue, or in the one that counts it (LS-20).
  AgentId agent = {};
  std::vector<Attribute> attributes = {};
  std::optional<Ms> wrapup_ms = {};
};
/// The waiting caller pressed a key.
struct PressKey {
  CallId call;
  std::string key;
};
/// The waiting caller is called back at this number; empty: the caller's own.
struct RequestCallback {
  CallId call;
  std::string number = {};
};
struct AcceptOffer {
  ReservationId reservation;
};
struct RejectOffer {
  ReservationId reservation;
  CloseCause cause = CloseCause::rejected;
};
/// Ends an API call: an answered one is complete, a waiting one abandoned. Calls a callback off, whosever it is.
struct CompleteCall {
  CallId call;
};

/// Event `n` of an edge for this account (R16).
struct EdgeEvent {
  EdgeName edge;
  link::Event event;
};
/// What the edge says it carries after event `n` (R17).
struct DigestCheck {
  EdgeName edge;
  std::uint64_t epoch = 0;
  link::Digest digest;
};
/// Of the node's edge watcher (R17).
struct EdgeSilent {
  EdgeName edge;
};
struct EdgeBack {
  EdgeName edge;
};
struct EdgeLost {
  EdgeName edge;
};

/// Takes what is due (R5); the turn takes the items one by one.
struct Tick {};

// Steps that a turn asks of decide() itself.
struct TakeDue {
  Due due;
};
struct SeekCall {
  AgentId agent;
};
/// A call that has just arrived: whether its queue takes it.
struct Admit {
  CallId call;
};
/// Whether anybody serves a queue that calls leave when nobody does.
struct CheckEmpty {
  QueueId queue;
};
/// Before a ranking: closes a call past its max wait, moves one of a removed queue. One in no queue is offered to its agent.
struct Look {
  CallId call;
};
struct TakeRanked {
  Ranked ranked;
};

// clang-format on

using Command =
    std::variant<Import, SetSettings, SetQueue, RemoveQueue, SetAgent, RemoveAgent, SetNumber, RemoveNumber, SetDomain,
                 RemoveDomain, SetTrunk, RemoveTrunk, SetCredential, Login, Logout, SetStatus, SetMembershipActive,
                 SetExternalCalls, EndWrapup, Enqueue, AcceptOffer, RejectOffer, CompleteCall, EdgeEvent, DigestCheck,
                 EdgeSilent, EdgeBack, EdgeLost, Tick, TakeDue, SeekCall, Look, TakeRanked, ClearNextStatus,
                 SetMembershipPaused, BeginExternalCall, EndExternalCall, ExtendWrapup, SetDisposition, ResetAgent,
                 SetShifts, PressKey, RequestCallback, Admit, CheckEmpty>;

/// The command's name in logs and metrics, e.g. "set_status".
std::string_view name_of(const Command& command);

}  // namespace rf::core::command

namespace rf::core {
using command::Command;
}
