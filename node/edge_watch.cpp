#include "node/edge_watch.hpp"

#include <algorithm>

#include "core/base/limits.hpp"

namespace rf::node {

namespace {

using Change = actors::Actors::EdgeChange;
constexpr Ms lost_again_ms = 60 * second_ms;

}  // namespace

core::EdgeClocks EdgeWatch::edge_clocks() const {
  const std::lock_guard lock(mutex_);
  const Ms now_ms = clock_.mono_ms();
  core::EdgeClocks clocks;
  for (const auto& [name, edge] : edges_) {
    if (!edge.heard) continue;
    core::EdgeClock& clock = clocks[name];
    clock = edge.clock;
    clock.age_ms = now_ms - edge.last_mono_ms;
  }
  return clocks;
}

void EdgeWatch::epoch_started() {
  const std::lock_guard lock(mutex_);
  epoch_start_mono_ms_ = clock_.mono_ms();
}

void EdgeWatch::tell_anew(const std::set<EdgeName>& attached, const Tell& tell) {
  const std::lock_guard lock(mutex_);
  const Ms now_ms = clock_.mono_ms();
  for (auto& [name, edge] : edges_) {
    edge.told_silent = false;
    edge.told_lost_mono_ms = 0;
    const bool beats = edge.greeted && now_ms - edge.last_mono_ms < limits::edge_silent_ms;
    if (beats && attached.count(name) > 0) tell({name, Change::back});
  }
}

void EdgeWatch::expect(const EdgeName& name) {
  const std::lock_guard lock(mutex_);
  const auto [edge, added] = edges_.try_emplace(name);
  if (added) edge->second.last_mono_ms = clock_.mono_ms();
}

void EdgeWatch::attached(const EdgeName& name, std::uint64_t epoch, const std::string& boot_id, Ms clock_ms) {
  const std::lock_guard lock(mutex_);
  Edge& edge = edges_[name];
  if (epoch < edge.clock.epoch) return;
  edge.clock = core::EdgeClock{epoch, boot_id, clock_ms, 0};
  edge.heard = true;
  edge.greeted = false;
  edge.last_mono_ms = clock_.mono_ms();
}

void EdgeWatch::heartbeat(const EdgeName& name, std::uint64_t epoch, Ms clock_ms, const Tell& tell) {
  const std::lock_guard lock(mutex_);
  const auto found = edges_.find(name);
  if (found == edges_.end() || !found->second.heard || found->second.clock.epoch != epoch) return;
  Edge& edge = found->second;
  const Ms now_ms = clock_.mono_ms();
  const bool back = !edge.greeted || edge.told_silent || now_ms - edge.last_mono_ms >= limits::edge_silent_ms;
  edge.clock.heartbeat_edge_ms = clock_ms;
  edge.last_mono_ms = now_ms;
  edge.greeted = true;
  edge.told_silent = false;
  edge.told_lost_mono_ms = 0;
  if (back) tell({name, Change::back});
}

Ms EdgeWatch::silent_since(const Edge& edge) const { return std::max(edge.last_mono_ms, epoch_start_mono_ms_); }

void EdgeWatch::tick(const Tell& tell) {
  const std::lock_guard lock(mutex_);
  const Ms now_ms = clock_.mono_ms();
  for (auto& [name, edge] : edges_) {
    const Ms silent_ms = now_ms - silent_since(edge);
    if (silent_ms >= limits::edge_silent_ms && !edge.told_silent) {
      edge.told_silent = true;
      tell({name, Change::silent});
    }
    const bool told = edge.told_lost_mono_ms != 0 && now_ms - edge.told_lost_mono_ms < lost_again_ms;
    if (silent_ms >= limits::edge_lost_ms && !told) {
      edge.told_lost_mono_ms = now_ms;
      tell({name, Change::lost});
    }
  }
}

std::vector<EdgeSight> EdgeWatch::sights() const {
  const std::lock_guard lock(mutex_);
  std::vector<EdgeSight> sights;
  for (const auto& [name, edge] : edges_)
    sights.push_back({name, edge.clock.epoch, clock_.mono_ms() - edge.last_mono_ms});
  return sights;
}

}  // namespace rf::node
