#include <algorithm>

#include "core/account/draft.hpp"
#include "core/base/limits.hpp"
#include "core/presence/bucket.hpp"
#include "core/queue/ask.hpp"

namespace rf::core {

namespace {

/// More calls than this that wait for one agent are released by their own deadlines.
constexpr std::size_t released_max = 64;
constexpr Ms ring_step_default_ms = 10 * second_ms;

const std::string& sticky_key(const fact::CallArrived& arrival) {
  return arrival.customer.empty() ? arrival.caller : arrival.customer;
}

/// Whether waiting for the agent can end by itself: it takes calls of the queue when the one it has is over.
bool comes_back(const Agent& agent, QueueId queue) {
  const Membership* m = find_membership(agent, queue);
  return m != nullptr && m->active && !m->paused && agent.status == Status::available && reachable(agent);
}

/// The member of the queue who spoke with the caller lately; null: nobody did, or the queue does not ask.
const Agent* known_agent(const Draft& draft, const Queue& queue, const fact::CallArrived& arrival) {
  if (queue.config.sticky.mode == StickyMode::off) return nullptr;
  const auto entry = draft.account.sticky.find(sticky_key(arrival));
  if (entry == draft.account.sticky.end() || draft.now.ts - entry->second.ts > queue.config.sticky.window_ms)
    return nullptr;
  const Agent* agent = find_agent(draft.account, entry->second.agent);
  return agent == nullptr || agent->removed || find_membership(*agent, queue.id) == nullptr ? nullptr : agent;
}

void find_sticky(const Draft& draft, const Queue& queue, fact::CallArrived& arrival, Ms arrived_ts) {
  const Agent* agent = known_agent(draft, queue, arrival);
  if (agent == nullptr) return;
  const QueueConfig& config = queue.config;
  arrival.sticky = agent->id;
  if (config.sticky.mode == StickyMode::required) arrival.only_until_ts = never_ms;
  const bool waits = config.sticky.wait_for_absent || comes_back(*agent, arrival.queue);
  if (config.sticky.mode == StickyMode::wait && waits) arrival.only_until_ts = arrived_ts + config.sticky.wait_ms;
}

}  // namespace

Ms ring_step_ms(const QueueConfig& config) {
  return config.ring_step_ms == 0 ? ring_step_default_ms : config.ring_step_ms;
}

void route(const Draft& draft, fact::CallArrived& arrival) {
  const auto number = draft.account.numbers.find(arrival.number);
  if (number == draft.account.numbers.end()) return;
  const Queue* queue = find_queue(draft.account, number->second.queue);
  const Agent* agent = find_agent(draft.account, number->second.agent);
  if (queue != nullptr && !queue->removed) arrival.queue = queue->id;
  if (agent != nullptr && !agent->removed) arrival.agent = agent->id;
}

void arrive(Draft& draft, fact::CallArrived arrival, Ms arrived_ts) {
  take_place(draft, arrival);
  enter_queue(draft, arrival, arrived_ts);
  draft.add(std::move(arrival));
}

void enter_queue(Draft& draft, fact::CallArrived& arrival, Ms arrived_ts) {
  if (arrival.agent.set()) {
    arrival.sticky = arrival.agent;
    arrival.only_until_ts = never_ms;
  }
  const Queue* queue = find_queue(draft.account, arrival.queue);
  if (queue == nullptr) {
    arrival.max_wait_until_ts = direct_max_wait_until_ts(draft.account.settings, arrived_ts);
    return;
  }
  const QueueConfig& config = queue->config;
  if (config.max_wait_ms > 0) arrival.max_wait_until_ts = arrived_ts + config.max_wait_ms;
  // A caller who comes back to a kept place has waited since then.
  const Ms since_ts = arrival.place_ts != 0 ? arrival.place_ts : arrived_ts;
  arrival.ask = ask_in(config, arrival.required, arrival.preferred, since_ts, draft.now.ts);
  if (!arrival.agent.set()) find_sticky(draft, *queue, arrival, arrived_ts);
}

void move_call(Draft& draft, const Call& call, QueueId id, Ms max_wait_until_ts) {
  const Queue& queue = *find_queue(draft.account, id);
  fact::CallMoved f{call.id, id, {}, {}, max_wait_until_ts};
  f.ask = ask_in(queue.config, call.arrival.required, call.arrival.preferred, call.arrived_ts, draft.now.ts);
  const Agent* known = known_agent(draft, queue, call.arrival);
  if (known != nullptr) f.only = known->id;
  draft.add(std::move(f));
  // One queue did not serve the caller: in the next, the known agent comes first, but is waited for only where nobody else may
  // be offered the call.
  if (known != nullptr && queue.config.sticky.mode != StickyMode::required) draft.add(fact::CallReleased{call.id});
}

void remember(Draft& draft, const Call& call, AgentId agent) {
  const Queue* queue = find_queue(draft.account, call.queue);
  const std::string& key = sticky_key(call.arrival);
  if (queue == nullptr || queue->config.sticky.mode == StickyMode::off || key.empty()) return;
  fact::StickySet f{key, agent, {}};
  const Account& account = draft.account;
  if (account.sticky.count(key) == 0)
    f.forgotten =
        draft.oldest_of_full<fact::StickySet>(account.sticky, account.index.sticky_by_age, limits::sticky_max);
  draft.add(std::move(f));
}

void release_waiters(Draft& draft, const Agent& agent, QueueId queue_left) {
  const auto waiting = draft.account.index.waiting_for.find(agent.id);
  if (waiting == draft.account.index.waiting_for.end()) return;
  std::size_t released = 0;
  for (CallId id : waiting->second) {
    const Call& call = *find_call(draft.account, id);
    if (queue_left.set() && call.queue != queue_left) continue;
    const Queue* queue = find_queue(draft.account, call.queue);
    // Whoever may be served by that agent alone waits on.
    if (call.only_until_ts == never_ms || queue == nullptr || queue->config.sticky.wait_for_absent) continue;
    if (released++ == released_max) return;
    draft.add(fact::CallReleased{id});
  }
}

void look_again(Draft& draft, QueueId queue) {
  const auto classes = draft.account.index.waiting.find(queue);
  if (classes == draft.account.index.waiting.end()) return;
  for (const auto& [asked, places] : classes->second) draft.decision.classes.push_back(ClassLook{queue, asked});
}

void look_again_if_tiered(Draft& draft, QueueId id) {
  const Queue* queue = find_queue(draft.account, id);
  if (queue != nullptr && queue->config.tier_rules.wait_ms != 0) look_again(draft, id);
}

void look_at_tiers(Draft& draft, const Agent& agent) {
  for (const Membership& m : agent.memberships) look_again_if_tiered(draft, m.queue);
}

}  // namespace rf::core
