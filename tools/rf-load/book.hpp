#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "tools/rf-load/histogram.hpp"

namespace rf::load {

/// Places of a call, an agent and a queue, counted from 0.
using CallIndex = std::uint32_t;
using AgentIndex = std::uint32_t;
using QueueIndex = std::uint32_t;

/// Which calls' latencies are in the window: an open loop counts by arrival, so that what a slow server does late counts; with
/// calls that wait for long, what happened in the window counts.
enum class CountedBy { arrival, offer };

/// What was measured. The counts are over the whole run, with warm-up and drain; histograms and `connected_in_window` are
/// over the window.
struct Figures {
  std::uint64_t calls = 0;
  std::uint64_t offers = 0;
  std::uint64_t connected = 0;
  std::uint64_t connected_in_window = 0;
  std::uint64_t finished = 0;
  std::uint64_t failed = 0;
  /// 503 with Retry-After.
  std::uint64_t shed = 0;
  /// At our own wish: the ones still waiting at the end.
  std::uint64_t cancelled = 0;
  /// Not over when the drain ended.
  std::uint64_t unfinished = 0;
  /// Offers to an agent with an earlier leg still ringing or up.
  std::uint64_t overlapping = 0;
  /// Offers that passed an earlier caller of the same queue.
  std::uint64_t passed = 0;
  /// Callers that two agents, or one twice, answered.
  std::uint64_t double_answers = 0;
  /// Offers whose caller is none of this run's.
  std::uint64_t strangers = 0;
  /// Agents' 200 that nobody acknowledged, and BYEs that nobody answered.
  std::uint64_t unconfirmed = 0;
  /// Final answers other than 200 by status; 408 also: none came; 0: the server hung up.
  std::map<int, std::uint64_t> refusals;
  std::uint64_t waiting_max = 0;
  /// In the window, of all calls together.
  Us talked_us = 0;

  /// The caller's INVITE to the agent's.
  Histogram route;
  /// The caller's INVITE to its 200.
  Histogram answer;
  /// An agent's BYE answered, plus wrap-up, to its next INVITE.
  Histogram idle_gap;
};

/// Who called, who was offered which call, and when. Pure.
class Book {
 public:
  struct Options {
    AgentIndex agents = 0;
    QueueIndex queues = 1;
    Us talk_us = 0;
    Us wrapup_us = 0;
    CountedBy counted_by = CountedBy::arrival;
  };
  explicit Book(const Options& options);

  /// From now on only what is in [from, to) goes into the histograms; before, nothing does.
  void set_window(Us from_us, Us to_us);

  /// A caller's INVITE leaves; the next index.
  CallIndex arrived(QueueIndex queue, Us now_us);
  /// An agent's INVITE comes.
  void offered(CallIndex call, AgentIndex agent, Us now_us);
  void stranger() { ++figures_.strangers; }
  /// The caller's 200 came; an agent's ACK came. True when the call is now up at both ends for the first time.
  bool answered(CallIndex call, Us now_us);
  bool confirmed(CallIndex call, AgentIndex agent, Us now_us);
  /// The agent's leg is gone.
  void leg_over(AgentIndex agent, Us now_us);
  void answered_again() { ++figures_.double_answers; }
  void unconfirmed() { ++figures_.unconfirmed; }

  // How a caller's call ended. Once a call.
  void finished(CallIndex call);
  void failed(CallIndex call, int status);
  void shed(CallIndex call);
  void cancelled(CallIndex call);
  /// It is told to give up, so that others may pass it.
  void giving_up(CallIndex call) { leave_line(call); }

  bool is_open(CallIndex call) const { return !calls_[call].over; }
  bool is_waiting(CallIndex call) const { return calls_[call].in_line; }
  /// Callers who have not been offered to anybody yet, and have not left.
  std::size_t waiting() const { return waiting_; }
  /// Calls that are not over.
  std::size_t open() const { return open_; }
  const Figures& figures() const { return figures_; }
  /// At the end of the drain: with what is still open as unfinished.
  Figures closed() const;

 private:
  struct Call {
    Us arrived_us = 0;
    Us connected_us = never_us;
    QueueIndex queue = 0;
    bool in_line = false;
    bool answered = false;
    bool confirmed = false;
    bool over = false;
  };
  struct Agent {
    std::uint32_t legs = 0;
    Us idle_since_us = never_us;
  };

  bool in_window(Us instant_us) const { return instant_us >= from_us_ && instant_us < to_us_; }
  bool counts(const Call& call, Us now_us) const;
  void leave_line(CallIndex call);
  bool connected(Call& call, Us now_us);
  Us talked_in_window() const;
  void end(CallIndex call);

  Options options_;
  Us from_us_ = never_us;
  Us to_us_ = never_us;
  std::vector<Call> calls_;
  std::vector<Agent> agents_;
  /// Of each queue, callers in order of arrival; those who left are taken off once they come first.
  std::vector<std::deque<CallIndex>> lines_;
  std::size_t waiting_ = 0;
  std::size_t open_ = 0;
  Figures figures_;
};

}  // namespace rf::load
