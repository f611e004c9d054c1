#include "actors/queue_actor.hpp"

namespace rf::actors {

QueueActor::behavior_type queue_actor(QueueActor::stateful_pointer<QueueState> self, std::chrono::seconds idle_time) {
  self->state.last_ask = self->clock().now();
  self->delayed_send(self, idle_time, IdleCheck{});
  return {
      [self](const RankAsk& ask) {
        self->state.last_ask = self->clock().now();
        return core::rank(self->state.index, ask.request);
      },
      [self, idle_time](const IdleCheck&) {
        const auto idle_so_far = self->clock().now() - self->state.last_ask;
        if (idle_so_far >= idle_time)
          self->quit();
        else
          self->delayed_send(self, idle_time - idle_so_far, IdleCheck{});
      },
  };
}

}  // namespace rf::actors
