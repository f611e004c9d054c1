#include "node/report/summary.hpp"

#include <algorithm>

namespace rf::node {

namespace fact = core::fact;

namespace {

std::optional<double> share(Ms part_ms, Ms whole_ms) {
  if (whole_ms == 0) return {};
  return static_cast<double>(part_ms) / static_cast<double>(whole_ms);
}

}  // namespace

Shares shares_of(const AgentStory& story) {
  using core::Bucket;
  const auto in = [&](Bucket bucket) { return story.bucket_ms[static_cast<std::size_t>(bucket)]; };
  const Ms busy_ms = in(Bucket::incall) + in(Bucket::wrapup);
  const Ms works_ms = busy_ms + in(Bucket::ready) + in(Bucket::ring) + in(Bucket::extcall);
  const Ms there_ms = works_ms + in(Bucket::unreachable) + in(Bucket::paused) + in(Bucket::idle);
  Shares shares;
  shares.occupancy = share(busy_ms, busy_ms + in(Bucket::ready));
  shares.utilization = share(works_ms, there_ms);
  shares.adherence = share(story.attendance.kept_ms, story.attendance.planned_ms);
  return shares;
}

void Summary::take(const core::Fact& fact) {
  const Concern concern = book_.take(fact);
  if (fact.ts >= to_ts_) return;
  attendance_.take(fact, concern);
  if (concern.call.set()) take_call(fact, concern);
  if (concern.agent.set()) take_agent(fact, concern);
}

void Summary::take_call(const core::Fact& fact, const Concern& concern) {
  const auto arrive = [&](const fact::CallArrived& f) {
    if (!in_period(fact.ts) || calls_.count(f.call) > 0) return;
    CallStory& story = calls_[f.call];
    story.call = f.call;
    story.queue = f.queue;
    story.number = f.number;
    story.caller = f.caller;
    story.arrived_at = fact.at;
    order_.push_back(f.call);
  };
  if (const auto* arrived = std::get_if<fact::CallArrived>(&fact.body)) arrive(*arrived);
  if (const auto* adopted = std::get_if<fact::CallAdopted>(&fact.body)) arrive(adopted->arrival);
  const auto found = calls_.find(concern.call);
  if (found == calls_.end()) return;
  CallStory& story = found->second;
  if (std::holds_alternative<fact::Offered>(fact.body)) ++story.offers;
  if (const auto* moved = std::get_if<fact::CallMoved>(&fact.body)) story.queue = moved->queue;
  const auto* adopted = std::get_if<fact::CallAdopted>(&fact.body);
  const bool adopted_up = adopted != nullptr && adopted->offer.reservation.set();
  if (adopted != nullptr) {
    story.ended_at.reset();
    story.outcome = core::Outcome::none;
  }
  if (std::holds_alternative<fact::Answered>(fact.body) || (adopted_up && !story.answered_at)) {
    story.answered_at = fact.at;
    story.agent = concern.agent;
    Agent& agent = agents_[concern.agent];
    ++agent.story.answered;
  }
  if (const auto* disposed = std::get_if<fact::DispositionSet>(&fact.body)) {
    const auto count = [&]() -> std::uint32_t& {
      return agents_[story.disposed_by].story.disposed[static_cast<std::size_t>(*story.category)];
    };
    if (story.category) --count();
    story.category = disposed->disposition.category;
    story.disposed_by = disposed->agent;
    ++count();
  }
  if (const auto* ended = std::get_if<fact::CallEnded>(&fact.body)) {
    story.ended_at = fact.at;
    story.outcome = ended->outcome;
    if (story.answered_at && story.agent.set())
      agents_[story.agent].story.talked_ms += std::max<Ms>(0, fact.at - *story.answered_at);
  }
}

void Summary::take_agent(const core::Fact& fact, const Concern& concern) {
  Agent& agent = agents_[concern.agent];
  if (!agent.story.agent.set()) {
    agent.story.agent = concern.agent;
    agent.since_ts = fact.ts;
  }
  const bool offered = std::holds_alternative<fact::Offered>(fact.body);
  if (offered || std::holds_alternative<fact::CallAdopted>(fact.body)) {
    agent.held.insert(concern.reservation);
    if (offered && in_period(fact.ts)) ++agent.story.offers;
  }
  if (std::holds_alternative<fact::LegGone>(fact.body)) agent.held.erase(concern.reservation);
  if (in_period(fact.ts))
    agent.story.held_max = std::max(agent.story.held_max, static_cast<std::uint32_t>(agent.held.size()));
  if (fact.from == fact.to) return;
  credit(agent, fact.ts);
  agent.bucket = fact.to;
  agent.since_ts = fact.ts;
}

void Summary::credit(Agent& agent, Ms until_ts) const {
  const Ms ms = std::min(until_ts, to_ts_) - std::max(agent.since_ts, from_ts_);
  if (ms > 0) agent.story.bucket_ms[static_cast<std::size_t>(agent.bucket)] += ms;
}

std::vector<CallStory> Summary::calls() const {
  std::vector<CallStory> stories;
  for (const CallId id : order_) stories.push_back(calls_.at(id));
  return stories;
}

std::vector<AgentStory> Summary::agents() const {
  std::vector<AgentStory> stories;
  for (const auto& [id, agent] : agents_) {
    Agent closed = agent;
    credit(closed, to_ts_);
    closed.story.attendance = attendance_.of(id);
    stories.push_back(closed.story);
  }
  return stories;
}

}  // namespace rf::node
