#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "core/account/command.hpp"
#include "core/state/account.hpp"

/// What people did on a recorded day: everything that rules did not decide, so that it can be done again under others.
namespace rf::what_if {

/// Whether any phone of the agent can be rung.
struct Reach {
  AgentId agent;
  bool reachable = false;
};
/// Something that happened from outside.
struct Input {
  Ms ts = 0;
  std::variant<core::Command, Reach> what;
};

/// What an agent did with one offer.
struct Response {
  /// Since the offer.
  Ms after_ms = 0;
  bool answered = false;
  core::CloseCause cause = core::CloseCause::no_answer;
};

/// What was seen of one call; nothing: it is not known.
struct CallMemory {
  QueueId queue;
  /// How long the caller waited before giving up.
  std::optional<Ms> patience_ms;
  std::optional<Ms> talk_ms;
  /// How long the agent wrapped up who ended that by hand.
  std::optional<Ms> wrapup_ms;
};

struct RecordedDay {
  AccountId account;
  Ms from_ts = 0;
  Ms to_ts = 0;
  /// In the order in which they happened.
  std::vector<Input> inputs;
  std::unordered_map<CallId, CallMemory> calls;
  std::map<std::pair<CallId, AgentId>, Response> responses;
  /// For how long an agent let a call ring that was then taken away: what it would have done later is not known.
  std::map<std::pair<CallId, AgentId>, Ms> rung_ms;
  /// In the order in which they were given.
  std::unordered_map<AgentId, std::vector<Response>> responses_of;
  std::unordered_map<QueueId, std::vector<Ms>> talks;
  /// Calls that are not done again: outbound ones, and those that were live when the day began.
  std::uint64_t calls_left_out = 0;
};

/// Reads an account's facts, from its first on, into a day.
class Recorder {
 public:
  Recorder(AccountId account, Ms from_ts, Ms to_ts);

  /// Takes the next fact; false: it and all that follow are behind the day.
  bool take(const core::Fact& fact);
  RecordedDay day();
  /// The account as it was when the day began.
  const core::Account& before() const { return before_; }

 private:
  struct Offer {
    CallId call;
    AgentId agent;
    Ms offered_ts = 0;
  };
  void begin();
  void add(core::Command command);
  void add_status(AgentId agent, core::Status status, const std::string& reason, bool at_end_of_call);
  void take_config(const core::Fact& fact);
  void take_agent(const core::Fact& fact);
  void take_call(const core::Fact& fact);
  void take_arrival(const core::fact::CallArrived& arrival);
  void take_offer(const core::Fact& fact);
  void respond(const Offer& offer, Response response);
  void note_reach(AgentId agent);

  RecordedDay day_;
  /// The account as it was behind the facts taken so far.
  core::Account account_;
  core::Account before_;
  bool begun_ = false;
  Ms ts_ = 0;
  std::unordered_map<ReservationId, Offer> offers_;
  std::unordered_map<AgentId, bool> reachable_;
  std::unordered_map<AgentId, std::pair<CallId, Ms>> wrapping_;
};

}  // namespace rf::what_if
