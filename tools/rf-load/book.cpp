#include "tools/rf-load/book.hpp"

#include <algorithm>

#include "core/base/assert.hpp"

namespace rf::load {

Book::Book(const Options& options) : options_(options), agents_(options.agents), lines_(options.queues) {}

void Book::set_window(Us from_us, Us to_us) {
  from_us_ = from_us;
  to_us_ = to_us;
}

bool Book::counts(const Call& call, Us now_us) const {
  return in_window(options_.counted_by == CountedBy::arrival ? call.arrived_us : now_us);
}

CallIndex Book::arrived(QueueIndex queue, Us now_us) {
  RF_ASSERT(queue < lines_.size());
  const auto call = static_cast<CallIndex>(calls_.size());
  calls_.push_back({.arrived_us = now_us, .queue = queue, .in_line = true});
  lines_[queue].push_back(call);
  ++figures_.calls;
  ++open_;
  ++waiting_;
  figures_.waiting_max = std::max<std::uint64_t>(figures_.waiting_max, waiting_);
  return call;
}

void Book::leave_line(CallIndex call) {
  if (!calls_[call].in_line) return;
  calls_[call].in_line = false;
  --waiting_;
  auto& line = lines_[calls_[call].queue];
  while (!line.empty() && !calls_[line.front()].in_line) line.pop_front();
}

void Book::offered(CallIndex index, AgentIndex place, Us now_us) {
  RF_ASSERT(index < calls_.size() && place < agents_.size());
  Call& call = calls_[index];
  Agent& agent = agents_[place];
  ++figures_.offers;
  if (agent.legs++ > 0) ++figures_.overlapping;
  if (agent.idle_since_us != never_us && agent.legs == 1 && in_window(now_us))
    figures_.idle_gap.record(now_us - agent.idle_since_us - options_.wrapup_us);
  agent.idle_since_us = never_us;
  if (!call.in_line) return;
  if (lines_[call.queue].front() != index) ++figures_.passed;
  leave_line(index);
  if (counts(call, now_us)) figures_.route.record(now_us - call.arrived_us);
}

bool Book::connected(Call& call, Us now_us) {
  if (!call.answered || !call.confirmed || call.over) return false;
  call.connected_us = now_us;
  ++figures_.connected;
  if (in_window(now_us)) ++figures_.connected_in_window;
  return true;
}

bool Book::answered(CallIndex index, Us now_us) {
  RF_ASSERT(index < calls_.size());
  Call& call = calls_[index];
  if (call.answered) return false;
  call.answered = true;
  if (counts(call, now_us)) figures_.answer.record(now_us - call.arrived_us);
  return connected(call, now_us);
}

bool Book::confirmed(CallIndex index, AgentIndex place, Us now_us) {
  RF_ASSERT(index < calls_.size() && place < agents_.size());
  Call& call = calls_[index];
  if (call.confirmed) {
    ++figures_.double_answers;
    return false;
  }
  call.confirmed = true;
  return connected(call, now_us);
}

void Book::leg_over(AgentIndex place, Us now_us) {
  RF_ASSERT(place < agents_.size() && agents_[place].legs > 0);
  Agent& agent = agents_[place];
  if (--agent.legs == 0) agent.idle_since_us = now_us;
}

void Book::end(CallIndex call) {
  RF_ASSERT(call < calls_.size() && !calls_[call].over);
  leave_line(call);
  calls_[call].over = true;
  --open_;
}

Figures Book::closed() const {
  Figures out = figures_;
  out.unfinished = open_;
  out.talked_us = talked_in_window();
  return out;
}

Us Book::talked_in_window() const {
  Us sum = 0;
  for (const Call& call : calls_)
    if (call.connected_us != never_us)
      sum += std::max<Us>(0, std::min(call.connected_us + options_.talk_us, to_us_) -
                                 std::max(call.connected_us, from_us_));
  return sum;
}

void Book::finished(CallIndex call) {
  end(call);
  ++figures_.finished;
}

void Book::failed(CallIndex call, int status) {
  end(call);
  ++figures_.failed;
  ++figures_.refusals[status];
}

void Book::shed(CallIndex call) {
  end(call);
  ++figures_.shed;
  ++figures_.refusals[503];
}

void Book::cancelled(CallIndex call) {
  end(call);
  ++figures_.cancelled;
}

}  // namespace rf::load
