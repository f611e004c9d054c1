#pragma once
#include <chrono>

#include "actors/messages.hpp"
#include "core/queue/queue_index.hpp"

namespace rf::actors {

struct QueueState {
  static constexpr const char* name = "queue_actor";
  core::QueueIndex index;
  caf::actor_clock::time_point last_ask;
};

/// Ranks for one queue (R2): holds the index, answers RankAsk, ends after `idle_time` without one. Its presence actor watches
/// it and forgets the index with it.
QueueActor::behavior_type queue_actor(QueueActor::stateful_pointer<QueueState> self, std::chrono::seconds idle_time);

}  // namespace rf::actors
