#pragma once
#include <deque>
#include <optional>
#include <unordered_map>

#include "actors/commit_line.hpp"
#include "actors/log_clock.hpp"
#include "actors/messages.hpp"
#include "actors/roles.hpp"

namespace rf::actors {

/// The account that a presence actor owns, and under which role.
struct PresenceSetup {
  AccountId account;
  std::uint32_t shard = 0;
  Role role;
  std::shared_ptr<const Options> options;
};

/// The one owner of an account (R1): takes its work one turn after the other, in the order in which it came, and hands each
/// turn to the commit line. While a ranking is out, or the account is not loaded yet, work waits in its own line (R3).
class Presence {
 public:
  static constexpr const char* name = "presence_actor";

  explicit Presence(PresenceActor::base* self) : self_(self) {}
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  /// Its queue actors end with it; what still waits is dropped and says so.
  ~Presence();

  void start(PresenceSetup setup);
  void take(std::shared_ptr<Work> work);
  void build(const Error& error);
  void sync(std::shared_ptr<Work> work);
  void finished(const Error& error);
  void timer(Ms at_ts);
  void queue_down(const caf::actor_addr& addr);
  void end(const Error& error);

  const PresenceSetup& setup() const { return setup_; }
  /// The account as decided so far, between two turns; null before it is loaded and while a ranking is out.
  const core::Account* account() const { return sequencer_ && !turn_ ? &sequencer_->account() : nullptr; }

 private:
  /// The one ranking that is out. `n` tells a late answer from the one waited for.
  struct OpenRank {
    std::uint64_t n = 0;
    CallId call;
    QueueId queue;
    Ms now_ts = 0;
  };

  void go_on();
  void run(std::shared_ptr<Work> work);
  void step(std::optional<core::RankRequest> request);
  void ask(core::RankRequest request);
  void ranked(std::uint64_t n, const core::Ranked& ranked);
  void not_ranked(std::uint64_t n);
  void arm_timer();
  Ms now_ts() const;
  const QueueActor& queue_actor_of(QueueId queue);
  void drop_queue_actor(QueueId queue);

  PresenceActor::base* self_;
  PresenceSetup setup_;
  std::optional<CommitLine> line_;
  std::optional<LogClock> clock_;
  std::optional<core::Sequencer> sequencer_;
  std::deque<std::shared_ptr<Work>> waiting_;

  /// The turn under way and the edge clocks it decides by.
  std::shared_ptr<Work> turn_;
  core::EdgeClocks edges_;
  std::optional<OpenRank> rank_;
  std::uint64_t ranks_ = 0;
  std::unordered_map<QueueId, QueueActor> queues_;
  Ms timer_at_ts_ = never_ms;
};

PresenceActor::behavior_type presence_actor(PresenceActor::stateful_pointer<Presence> self, PresenceSetup setup);

}  // namespace rf::actors
