#include "tests/sim/books.hpp"

#include <numeric>

#include "core/state/touched.hpp"

namespace rf::sim {

using namespace rf::core;

std::string Books::take(const Account& before, const Fact& fact) {
  if (const AgentId agent = touched(fact.body, before).agent; agent.set()) {
    if (std::string broken = take_bucket(agent, fact); !broken.empty()) return broken;
  }
  if (const auto* offered = std::get_if<fact::Offered>(&fact.body)) return take_offer(before, *offered);
  if (const auto* back = std::get_if<fact::CallbackSet>(&fact.body))
    callbacks_[back->call] = place_of(*find_call(before, back->call));
  if (const auto* moved = std::get_if<fact::CallMoved>(&fact.body)) callbacks_.erase(moved->call);
  if (const auto* ended = std::get_if<fact::CallEnded>(&fact.body)) callbacks_.erase(ended->call);
  if (const auto* answered = std::get_if<fact::Answered>(&fact.body))
    ++agents_[offered_to_[answered->reservation]].answered;
  if (const auto* gone = std::get_if<fact::LegGone>(&fact.body)) offered_to_.erase(gone->reservation);
  return {};
}

std::string Books::take_bucket(AgentId id, const Fact& fact) {
  AgentBook& book = agents_[id];
  if (book.first_ts == 0) book.first_ts = book.since_ts = fact.ts;
  if (fact.from == fact.to) return {};
  if (fact.from != book.bucket) return "P9: rows of agent " + id.text() + " do not chain";
  if (fact.ts < book.since_ts) return "P8: agent " + id.text() + " leaves a bucket before it came there";
  book.in_ms[static_cast<std::size_t>(book.bucket)] += fact.ts - book.since_ts;
  book.bucket = fact.to;
  book.since_ts = fact.ts;
  return {};
}

std::string Books::take_offer(const Account& before, const fact::Offered& offered) {
  offered_to_[offered.reservation] = offered.agent;
  const Call* call = find_call(before, offered.call);
  const auto back = callbacks_.find(offered.call);
  if (call == nullptr || back == callbacks_.end()) return {};
  if (call->caller_there) return "P13: callback " + call->id.text() + " is offered while its caller is still there";
  if (!(place_of(*call) == back->second)) return "P13: callback " + call->id.text() + " has lost its place";
  return {};
}

std::string Books::difference(const Account& account) const {
  for (const auto& [id, book] : agents_) {
    const Agent* agent = find_agent(account, id);
    if (agent == nullptr) continue;
    const Ms all_ms = std::accumulate(book.in_ms.begin(), book.in_ms.end(), account.last_ts - book.since_ts);
    if (all_ms != account.last_ts - book.first_ts)
      return "P8: the seconds of agent " + agent->config.key + " are not the time that it was there";
    if (agent->bucket != book.bucket) return "P8: the bucket of agent " + agent->config.key;
    if (agent->calls_answered != book.answered)
      return "P10: agent " + agent->config.key + " counts " + std::to_string(agent->calls_answered) +
             " answered calls, the log has " + std::to_string(book.answered);
  }
  return {};
}

}  // namespace rf::sim
