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

void EdgeWatch::expect(const EdgeName& name) {
  const std::lock_guard lock(mutex_);
  const auto [edge, added] = edges_.try_emplace(name);
  if (added) edge->second.last_mono_ms = clock_.mono_ms();
}

void EdgeWatch::attached(const EdgeName& name, std::uint64_t epoch, const std::string& boot_id, Ms clock_ms) {
  const std::lock_guard lock(mutex_);
  Edge& edge = edges_[name];
  edge.clock = core::EdgeClock{epoch, boot_id, clock_ms, 0};
  edge.heard = true;
  edge.greeted = false;
  edge.last_mono_ms = clock_.mono_ms();
}

std::vector<EdgeNews> EdgeWatch::heartbeat(const EdgeName& name, Ms clock_ms) {
  const std::lock_guard lock(mutex_);
  const auto found = edges_.find(name);
  if (found == edges_.end() || !found->second.heard) return {};
  Edge& edge = found->second;
  const Ms now_ms = clock_.mono_ms();
  const bool back = !edge.greeted || edge.told_silent || now_ms - edge.last_mono_ms >= limits::edge_silent_ms;
  edge.clock.heartbeat_edge_ms = clock_ms;
  edge.last_mono_ms = now_ms;
  edge.greeted = true;
  edge.told_silent = false;
  edge.told_lost_mono_ms = 0;
  if (!back) return {};
  return {{name, Change::back}};
}

Ms EdgeWatch::silent_since(const Edge& edge) const { return std::max(edge.last_mono_ms, epoch_start_mono_ms_); }

std::vector<EdgeNews> EdgeWatch::tick() {
  const std::lock_guard lock(mutex_);
  const Ms now_ms = clock_.mono_ms();
  std::vector<EdgeNews> news;
  for (auto& [name, edge] : edges_) {
    const Ms silent_ms = now_ms - silent_since(edge);
    if (silent_ms >= limits::edge_silent_ms && !edge.told_silent) {
      edge.told_silent = true;
      news.push_back({name, Change::silent});
    }
    const bool told = edge.told_lost_mono_ms != 0 && now_ms - edge.told_lost_mono_ms < lost_again_ms;
    if (silent_ms >= limits::edge_lost_ms && !told) {
      edge.told_lost_mono_ms = now_ms;
      news.push_back({name, Change::lost});
    }
  }
  return news;
}

std::vector<EdgeSight> EdgeWatch::sights() const {
  const std::lock_guard lock(mutex_);
  std::vector<EdgeSight> sights;
  for (const auto& [name, edge] : edges_)
    sights.push_back({name, edge.clock.epoch, clock_.mono_ms() - edge.last_mono_ms});
  return sights;
}

}  // namespace rf::node
