#include "tests/sim/books.hpp"

#include <algorithm>
#include <numeric>

#include "core/presence/bucket.hpp"
#include "core/state/touched.hpp"

namespace rf::sim {

using namespace rf::core;

void Books::Stay::move(Bucket to, Ms ts) {
  if (since_ts != 0) in_ms[static_cast<std::size_t>(bucket)] += ts - since_ts;
  bucket = to;
  since_ts = ts;
}

std::string Books::take(const Account& before, const Fact& fact) {
  if (const AgentId agent = touched(fact.body, before).agent; agent.set()) {
    if (std::string broken = take_bucket(agent, fact); !broken.empty()) return broken;
  }
  if (const auto* offered = std::get_if<fact::Offered>(&fact.body)) return take_offer(before, *offered);
  if (const auto* adopted = std::get_if<fact::CallAdopted>(&fact.body)) take_adopted(before, *adopted, fact.ts);
  if (const auto* back = std::get_if<fact::CallbackSet>(&fact.body))
    callbacks_[back->call] = place_of(*find_call(before, back->call));
  if (const auto* moved = std::get_if<fact::CallMoved>(&fact.body)) callbacks_.erase(moved->call);
  if (const auto* ended = std::get_if<fact::CallEnded>(&fact.body)) callbacks_.erase(ended->call);
  if (const auto* answered = std::get_if<fact::Answered>(&fact.body))
    take_answer(before, answered->reservation, fact.ts);
  if (const auto* gone = std::get_if<fact::LegGone>(&fact.body)) take_end(before, gone->reservation, fact.at);
  return {};
}

std::string Books::take_bucket(AgentId id, const Fact& fact) {
  AgentBook& book = agents_[id];
  if (book.first_ts == 0) book.first_ts = book.by_rows.since_ts = fact.ts;
  if (fact.from == fact.to) return {};
  if (fact.from != book.by_rows.bucket) return "P9: rows of agent " + id.text() + " do not chain";
  if (fact.ts < book.by_rows.since_ts) return "P8: agent " + id.text() + " leaves a bucket before it came there";
  book.by_rows.move(fact.to, fact.ts);
  return {};
}

std::string Books::take_offer(const Account& before, const fact::Offered& offered) {
  offers_[offered.reservation] = OfferBook{offered.agent};
  const Call* call = find_call(before, offered.call);
  const auto back = callbacks_.find(offered.call);
  if (call == nullptr || back == callbacks_.end()) return {};
  if (call->caller_there) return "P13: callback " + call->id.text() + " is offered while its caller is still there";
  if (!(place_of(*call) == back->second)) return "P13: callback " + call->id.text() + " has lost its place";
  return {};
}

/// A conversation that is found alive goes on: it is no new call, and lasts since it was answered if that is known.
void Books::take_adopted(const Account& before, const fact::CallAdopted& adopted, Ms ts) {
  if (!adopted.offer.reservation.set()) return;
  const Call* known = find_call(before, adopted.arrival.call);
  OfferBook& offer = offers_.try_emplace(adopted.offer.reservation, OfferBook{adopted.offer.agent}).first->second;
  if (offer.answered_ts == 0) offer.answered_ts = known != nullptr && known->answered_ts != 0 ? known->answered_ts : ts;
}

/// The agent's book, opened at the account's day.
Books::AgentBook& Books::today(const Account& before, AgentId agent) {
  AgentBook& book = agents_[agent];
  if (book.day != before.day) {
    book.calls = 0;
    book.talk_ms = 0;
  }
  book.day = before.day;
  return book;
}

void Books::take_answer(const Account& before, ReservationId reservation, Ms ts) {
  OfferBook& offer = offers_[reservation];
  offer.answered_ts = ts;
  AgentBook& book = today(before, offer.agent);
  ++book.answered;
  ++book.calls;
}

void Books::take_end(const Account& before, ReservationId reservation, Ms at) {
  const OfferBook offer = offers_[reservation];
  offers_.erase(reservation);
  if (offer.answered_ts != 0) today(before, offer.agent).talk_ms += std::max<Ms>(0, at - offer.answered_ts);
}

void Books::look(const Account& account) {
  for (const auto& [id, agent] : account.agents) agents_[id].by_state.move(bucket_of(account, agent), account.last_ts);
}

std::string Books::difference(const Account& account) const {
  for (const auto& [id, book] : agents_) {
    const Agent* agent = find_agent(account, id);
    if (agent == nullptr) return "P8: agent " + id.text() + " is gone";
    if (std::string found = time_difference(*agent, book, account.last_ts); !found.empty()) return found;
    const bool counted = agent->day == account.day;
    const bool booked = book.day == account.day;
    const auto counts = [&](const char* what, Ms told, Ms logged) {
      if (told == logged) return std::string();
      return "P10: agent " + agent->config.key + " counts " + std::to_string(told) + " " + what + ", the log has " +
             std::to_string(logged);
    };
    for (std::string found :
         {counts("answered calls", static_cast<Ms>(agent->calls_answered), static_cast<Ms>(book.answered)),
          counts("calls today", counted ? agent->calls_today : 0, booked ? book.calls : 0),
          counts("ms of talk today", counted ? agent->talk_today_ms : 0, booked ? book.talk_ms : 0)})
      if (!found.empty()) return found;
  }
  return {};
}

/// An agent is in one bucket at any time: in the one that its last row led to, and in the one that the state says.
std::string Books::time_difference(const Agent& agent, const AgentBook& book, Ms last_ts) {
  Stay rows = book.by_rows;
  rows.move(rows.bucket, last_ts);
  const std::string who = "P8: agent " + agent.config.key;
  for (std::size_t i = 0; i < bucket_count; ++i)
    if (rows.in_ms[i] != book.by_state.in_ms[i])
      return who + " was " + std::string(name_of(static_cast<Bucket>(i))) + " for " + std::to_string(rows.in_ms[i]) +
             " ms by its rows, for " + std::to_string(book.by_state.in_ms[i]) + " ms by the state";
  const Ms all_ms = std::accumulate(book.by_state.in_ms.begin(), book.by_state.in_ms.end(), Ms{0});
  if (all_ms != last_ts - book.first_ts)
    return who + " was somewhere for " + std::to_string(all_ms) + " ms of " + std::to_string(last_ts - book.first_ts);
  if (agent.bucket != rows.bucket || agent.bucket != book.by_state.bucket)
    return who + " is stored as " + std::string(name_of(agent.bucket)) + ", is " + std::string(name_of(rows.bucket)) +
           " by its rows and " + std::string(name_of(book.by_state.bucket)) + " by the state";
  return {};
}

}  // namespace rf::sim
