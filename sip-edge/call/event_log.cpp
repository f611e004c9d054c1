#include "sip-edge/call/event_log.hpp"

#include <algorithm>
#include <utility>

#include "core/base/limits.hpp"

namespace rf::edge {

static constexpr Ms rewind_gap_ms = 200;

std::uint64_t EventLog::append(Ms edge_ms, link::EventBody body) {
  kept_.push_back({edge_ms, std::move(body)});
  return last_n();
}

std::vector<link::EventBody> EventLog::ack(std::uint64_t n) {
  std::vector<link::EventBody> bodies;
  if (n > last_n()) return bodies;
  while (acked_ < n) {
    bodies.push_back(std::move(kept_.front().body));
    kept_.pop_front();
    ++acked_;
  }
  sent_ = std::max(sent_, acked_);
  return bodies;
}

void EventLog::connect(Ms edge_ms) {
  connected_ = true;
  connected_edge_ms_ = edge_ms;
  rewind();
}

void EventLog::disconnect() {
  connected_ = false;
  rewind();
}

void EventLog::rewind() {
  sent_ = acked_;
  rewound_to_ = 0;
  rewind_due_edge_ms_ = never_ms;
}

bool EventLog::expect(Ms edge_ms, std::uint64_t n) {
  if (n <= acked_ || n > sent_) return false;
  const bool repeated = n == rewound_to_ && edge_ms < rewound_edge_ms_ + rewind_gap_ms;
  if (repeated) {
    rewind_due_edge_ms_ = rewound_edge_ms_ + rewind_gap_ms;
    return true;
  }
  sent_ = n - 1;
  rewound_to_ = n;
  rewound_edge_ms_ = edge_ms;
  rewind_due_edge_ms_ = never_ms;
  return true;
}

void EventLog::rewind_if_due(Ms edge_ms) {
  if (edge_ms < rewind_due_edge_ms_) return;
  rewind_due_edge_ms_ = never_ms;
  if (rewound_to_ > acked_) expect(edge_ms, rewound_to_);
}

std::vector<link::Event> EventLog::take_sendable(Ms edge_ms) {
  std::vector<link::Event> events;
  if (!connected_) return events;
  while (sent_ < last_n() && sent_ - acked_ < limits::edge_events_in_flight_max) {
    const Kept& kept = kept_[static_cast<std::size_t>(sent_ - acked_)];
    events.push_back({epoch_, ++sent_, edge_ms - kept.edge_ms, kept.body});
  }
  return events;
}

Ms EventLog::behind_ms(Ms edge_ms) const {
  if (!connected_ || kept_.empty()) return 0;
  return edge_ms - std::max(kept_.front().edge_ms, connected_edge_ms_);
}

}  // namespace rf::edge
