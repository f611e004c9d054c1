#pragma once
#include <cstdint>
#include <deque>
#include <vector>

#include "core/base/edge_link.hpp"
#include "core/base/time.hpp"

namespace rf::edge {

/// The events of one account in one epoch of this edge (R16): numbered densely from 1, kept until acked, sent in order
/// and at most 256 unacked at a time, all of them again after a reconnect, a new term or an `expected`.
class EventLog {
 public:
  explicit EventLog(std::uint64_t epoch) : epoch_(epoch) {}

  /// Numbers and keeps the event. Returns its n.
  std::uint64_t append(Ms edge_ms, link::EventBody body);

  /// Everything up to n is committed. Returns what was acked by this, in order; nothing for an n that was never given
  /// out or was acked before.
  std::vector<link::EventBody> ack(std::uint64_t n);

  /// A stream to the leader stands: everything unacked is to be sent, from the first.
  void connect(Ms edge_ms);
  /// Nothing is sent until connect().
  void disconnect();
  /// Everything unacked is to be sent again, from the first.
  void rewind();
  /// The leader wants n next. Sends again from n, at most once in 200 ms: the answers to events already in flight
  /// behind a gap all say the same. False when n is not among the events sent and unacked.
  bool expect(Ms edge_ms, std::uint64_t n);
  /// When a postponed expect() is due; never_ms without one.
  Ms rewind_due() const { return rewind_due_edge_ms_; }
  /// Carries out the postponed expect() if it is due and its event still unacked.
  void rewind_if_due(Ms edge_ms);

  /// What is to be sent now, each with its age; marks it as sent.
  std::vector<link::Event> take_sendable(Ms edge_ms);

  /// For how long the oldest event waits for its ack while a stream to the leader stands; 0 without either.
  Ms behind_ms(Ms edge_ms) const;
  bool connected() const { return connected_; }
  std::size_t buffered() const { return kept_.size(); }
  std::uint64_t acked() const { return acked_; }
  std::uint64_t last_n() const { return acked_ + kept_.size(); }

 private:
  struct Kept {
    Ms edge_ms = 0;
    link::EventBody body;
  };

  std::uint64_t epoch_;
  /// Events acked_ + 1 .. last_n().
  std::deque<Kept> kept_;
  std::uint64_t acked_ = 0;
  std::uint64_t sent_ = 0;
  bool connected_ = false;
  Ms connected_edge_ms_ = 0;
  Ms rewound_edge_ms_ = 0;
  std::uint64_t rewound_to_ = 0;
  Ms rewind_due_edge_ms_ = never_ms;
};

}  // namespace rf::edge
