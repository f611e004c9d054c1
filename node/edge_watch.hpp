#pragma once
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "actors/port.hpp"
#include "process/clock.hpp"

namespace rf::node {

/// What the accounts are to be told of an edge (R17).
struct EdgeNews {
  EdgeName edge;
  actors::Actors::EdgeChange change = actors::Actors::EdgeChange::back;
};

/// An edge as its heartbeats show it.
struct EdgeSight {
  EdgeName edge;
  std::uint64_t epoch = 0;
  /// Since its last heartbeat; since this node expects it, if none came.
  Ms silent_ms = 0;
};

/// Keeps what the edges' heartbeats say: their clocks for decisions (R5, R12), and who is silent, back or lost (R17). Any
/// thread.
class EdgeWatch final : public actors::TimeSource {
 public:
  /// Called under the watch's lock, so that news come in order: it may only pass them on, without blocking.
  using Tell = std::function<void(const EdgeNews&)>;

  /// `clock` must outlive the watch.
  explicit EdgeWatch(const process::Clock& clock) : clock_(clock) {}

  Ms mono_ms() const override { return clock_.mono_ms(); }
  core::EdgeClocks edge_clocks() const override;

  /// A term began here: silence counts from now at the earliest.
  void epoch_started();
  /// Accounts are led anew: what was told before is told again when it is due, and of the edges in `attached` those that
  /// beat are back.
  void tell_anew(const std::set<EdgeName>& attached, const Tell& tell);
  /// An account knows this edge: unless it is heard, it will be told silent and lost.
  void expect(const EdgeName& edge);
  /// The edge attached; its message holds its clock. Nothing when a later epoch did.
  void attached(const EdgeName& edge, std::uint64_t epoch, const std::string& boot_id, Ms clock_ms);
  /// Of the epoch that attached last; of another it counts for nothing. News: back, on the first heartbeat after each
  /// attach and after a silence.
  void heartbeat(const EdgeName& edge, std::uint64_t epoch, Ms clock_ms, const Tell& tell);
  /// To be called about once a second. News: silent once after 10 s, lost after 90 s and again every minute, for accounts
  /// that took nothing just then.
  void tick(const Tell& tell);

  std::vector<EdgeSight> sights() const;

 private:
  struct Edge {
    core::EdgeClock clock;
    bool heard = false;
    bool greeted = false;
    /// The last heartbeat, or the beginning of the wait for the first.
    Ms last_mono_ms = 0;
    bool told_silent = false;
    Ms told_lost_mono_ms = 0;
  };
  Ms silent_since(const Edge& edge) const;

  const process::Clock& clock_;
  mutable std::mutex mutex_;
  Ms epoch_start_mono_ms_ = 0;
  std::map<EdgeName, Edge> edges_;
};

}  // namespace rf::node
