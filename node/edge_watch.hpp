#pragma once
#include <map>
#include <mutex>
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
  /// `clock` must outlive the watch.
  explicit EdgeWatch(const process::Clock& clock) : clock_(clock) {}

  Ms mono_ms() const override { return clock_.mono_ms(); }
  core::EdgeClocks edge_clocks() const override;

  /// A term began here: silence counts from now at the earliest.
  void epoch_started();
  /// An account knows this edge: unless it is heard, it will be told silent and lost.
  void expect(const EdgeName& edge);
  /// The edge attached; its message holds its clock.
  void attached(const EdgeName& edge, std::uint64_t epoch, const std::string& boot_id, Ms clock_ms);
  /// News: back, on the first heartbeat after each attach and after a silence.
  std::vector<EdgeNews> heartbeat(const EdgeName& edge, Ms clock_ms);
  /// To be called about once a second. News: silent once after 10 s, lost after 90 s and again every minute, for accounts
  /// that took nothing just then.
  std::vector<EdgeNews> tick();

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
