#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/account/sequencer.hpp"
#include "core/queue/queue_index.hpp"
#include "tools/rf-sim/what_if/recorded_day.hpp"

namespace rf::what_if {

/// What differs from the recorded settings: what to import into the account as it is, if anything.
using ImportFor = std::function<Result<std::optional<core::command::Import>>(const core::Account& account)>;

/// A recorded day under the account's own rules, in virtual time: callers come, and agents come, go and answer, as they did;
/// who is offered which call is decided anew. Where the recording has nothing to say (a caller who was answered is patient, an
/// agent answers a call as it answered its others, in turn), see docs/simulation.md.
class ReplayedDay {
 public:
  ReplayedDay(const RecordedDay& day, ImportFor changes, const Zones& zones);

  /// Every fact of the day, in order, goes to `take`. Errors of `changes`.
  Result<void> run(const std::function<void(const core::Fact&)>& take);
  /// Commands of the recording that the rules refused this time.
  std::uint64_t refused() const { return refused_; }

 private:
  /// What follows from what was decided.
  struct Later {
    Ms ts = 0;
    std::uint64_t order = 0;
    core::Command command;
    /// Whether it still comes when its time has come.
    std::function<bool(const core::Account&)> wanted;
    friend bool operator>(const Later& a, const Later& b) { return a.ts != b.ts ? a.ts > b.ts : a.order > b.order; }
  };
  void turn(const core::Command& command);
  void tick_until(Ms ts);
  Result<void> input(const Input& input);
  Result<void> change();
  void reach(AgentId agent, bool reachable);
  void react(const core::Fact& fact);
  void offered(const core::fact::Offered& offer, Ms ts);
  void answered(ReservationId reservation, Ms ts);
  void later(Ms ts, core::Command command, std::function<bool(const core::Account&)> wanted);

  const RecordedDay& day_;
  const ImportFor changes_;
  const Zones& zones_;
  const std::function<void(const core::Fact&)>* take_ = nullptr;
  core::Sequencer sequencer_;
  std::unordered_map<QueueId, core::QueueIndex> indexes_;
  std::priority_queue<Later, std::vector<Later>, std::greater<>> later_;
  std::uint64_t order_ = 0;
  std::unordered_map<AgentId, bool> reachable_;
  std::unordered_map<AgentId, std::size_t> given_;
  std::unordered_map<QueueId, std::size_t> talked_;
  Ms ts_ = 0;
  core::Reply reply_;
  std::uint64_t refused_ = 0;
};

}  // namespace rf::what_if
