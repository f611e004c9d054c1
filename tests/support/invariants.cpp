#include "tests/support/invariants.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/account/apply.hpp"
#include "core/presence/bucket.hpp"
#include "core/queue/eligible.hpp"
#include "core/queue/explain_offer.hpp"
#include "core/state/index.hpp"
#include "core/state/touched.hpp"

namespace rf::testing {

using namespace rf::core;

namespace {

bool same(const Reservation& a, const Reservation& b) {
  return a.offer.reservation == b.offer.reservation && a.offer.call == b.offer.call && a.offer.agent == b.offer.agent &&
         a.offer.edge == b.offer.edge && a.offer.edge_epoch == b.offer.edge_epoch &&
         a.offer.ring_until == b.offer.ring_until && a.offer.endpoints == b.offer.endpoints &&
         a.offer.tier_level == b.offer.tier_level && a.offer.position == b.offer.position && a.phase == b.phase &&
         a.hold == b.hold && a.cause == b.cause && a.check_ts == b.check_ts && a.offered_ts == b.offered_ts &&
         a.answered_ts == b.answered_ts && a.answered_by == b.answered_by;
}

bool same(const Call& a, const Call& b) {
  return a.id == b.id && a.queue == b.queue && a.seq == b.seq && a.arrived_ts == b.arrived_ts && a.state == b.state &&
         a.outcome == b.outcome && a.answered_by == b.answered_by && a.agent == b.agent && a.offers == b.offers &&
         a.tried == b.tried && a.pair_waits == b.pair_waits && a.next_look_ts == b.next_look_ts &&
         a.answered_ts == b.answered_ts && a.ask == b.ask && a.sticky == b.sticky &&
         a.only_until_ts == b.only_until_ts && a.ring_width == b.ring_width && a.ring_step_ts == b.ring_step_ts &&
         a.last_agent == b.last_agent && a.place_uri == b.place_uri && a.callback == b.callback &&
         a.caller_there == b.caller_there && a.exits == b.exits && a.exit == b.exit &&
         a.forwarded_to == b.forwarded_to && a.place_caller == b.place_caller &&
         a.last_tier_level == b.last_tier_level && a.last_position == b.last_position &&
         a.arrival.max_wait_until_ts == b.arrival.max_wait_until_ts && a.arrival.edge == b.arrival.edge &&
         a.arrival.attributes == b.arrival.attributes;
}

bool same(const Edge& a, const Edge& b) {
  return a.name == b.name && a.epoch == b.epoch && a.n == b.n && a.health == b.health && a.sweep == b.sweep &&
         a.sweep_seq == b.sweep_seq;
}

template <class T>
bool same(const T& a, const T& b) {
  return a == b;
}

template <class Map>
std::string map_difference(const char* what, const Map& a, const Map& b) {
  if (a.size() != b.size())
    return std::string(what) + ": " + std::to_string(a.size()) + " rows against " + std::to_string(b.size());
  for (const auto& [id, row] : a) {
    const auto it = b.find(id);
    if (it == b.end() || !same(row, it->second)) {
      if constexpr (std::is_same_v<typename Map::key_type, std::string>)
        return std::string(what) + " row differs: " + id;
      else
        return std::string(what) + " row differs: " + id.text();
    }
  }
  return {};
}

std::string broken_agent(const Account& account, const Agent& agent) {
  std::size_t allowed = agent.config.max_concurrent;
  for (ReservationId id : agent.live)
    if (const Reservation* r = find_reservation(account, id))
      allowed = std::max<std::size_t>(allowed, r->offer.max_concurrent);
  if (agent.live.size() > allowed)
    return "P1: agent " + agent.config.key + " holds " + std::to_string(agent.live.size()) + " reservations";
  for (ReservationId id : agent.live) {
    const Reservation* r = find_reservation(account, id);
    if (r == nullptr || r->offer.agent != agent.id)
      return "P2: agent " + agent.config.key + " holds a foreign reservation";
  }
  if (agent.bucket != bucket_of(account, agent))
    return "P8: agent " + agent.config.key + " is stored as " + std::string(name_of(agent.bucket)) + " but is " +
           std::string(name_of(bucket_of(account, agent)));
  return {};
}

std::string broken_reservation(const Account& account, const Reservation& r) {
  const Agent* agent = find_agent(account, r.offer.agent);
  const Call* call = find_call(account, r.offer.call);
  const std::string name = r.offer.reservation.text();
  if (agent == nullptr || std::count(agent->live.begin(), agent->live.end(), r.offer.reservation) != 1)
    return "P2: reservation " + name + " is not held once by its agent";
  if (call == nullptr || std::count(call->offers.begin(), call->offers.end(), r.offer.reservation) != 1)
    return "S13: reservation " + name + " belongs to no live call";
  if (is_open(r.phase) && call->state != CallState::waiting)
    return "P3: reservation " + name + " may be answered although its call is not waiting";
  return {};
}

template <class Map, class Key>
std::string row_difference(const char* what, const Map& a, const Map& b, const Key& key) {
  const auto ia = a.find(key);
  const auto ib = b.find(key);
  const bool both = ia != a.end() && ib != b.end();
  if (both ? same(ia->second, ib->second) : ia == a.end() && ib == b.end()) return {};
  return std::string(what) + " row differs";
}

std::uint32_t times_tried(const Call& call, AgentId agent) {
  for (const Tried& t : call.tried)
    if (t.agent == agent) return t.count;
  return 0;
}

std::string served_before_older(const Account& account, const Call& call, const Agent& agent, const Now& now) {
  const Membership* mine = find_membership(agent, call.queue);
  const Queue* queue = find_queue(account, call.queue);
  if (mine == nullptr || queue == nullptr) return {};
  for (const Membership& m : agent.memberships) {
    const Queue* other = find_queue(account, m.queue);
    const auto waiting = account.index.waiting.find(m.queue);
    if (waiting == account.index.waiting.end() || other == nullptr || other->config.weight != queue->config.weight ||
        m.tier_level != mine->tier_level)
      continue;
    for (const auto& [asked, places] : waiting->second) {
      for (const Place& place : places) {
        const Call& older = *find_call(account, place.call);
        if (older.id != call.id && place.priority == call.arrival.priority &&
            standing_of(account, older).arrived_ts < standing_of(account, call).arrived_ts &&
            eligible(account, older, m, agent, now))
          return "P11: call " + call.id.text() + " is offered to agent " + agent.config.key + " before the older " +
                 older.id.text();
      }
    }
  }
  return {};
}

std::string tried_before_others(const Account& account, const Call& call, const Agent& agent, const Now& now) {
  const auto members = account.index.members.find(call.queue);
  if (times_tried(call, agent.id) == 0 || members == account.index.members.end()) return {};
  for (AgentId id : members->second) {
    const Agent& other = *find_agent(account, id);
    const Membership* m = find_membership(other, call.queue);
    if (id != agent.id && m != nullptr && times_tried(call, id) == 0 && eligible(account, call, *m, other, now))
      return "P12: call " + call.id.text() + " is offered to agent " + agent.config.key + " again although agent " +
             other.config.key + " was not tried";
  }
  return {};
}

/// Whatever else is set anew about an agent, its places in queues stay switched as they were.
std::string switched_by_config(const Account& before, const fact::AgentSet& set) {
  const Agent* agent = find_agent(before, set.agent);
  if (agent == nullptr) return {};
  const auto switches = [](const Membership& m) {
    return std::tie(m.active, m.locked, m.paused, m.pause_reason, m.last_offered_seq);
  };
  for (const Membership& m : set.memberships)
    if (const Membership* old = find_membership(*agent, m.queue); old != nullptr && switches(*old) != switches(m))
      return "P14: agent " + agent->config.key + ", now " + set.config.key + ", is switched in queue " + m.queue.text();
  return {};
}

}  // namespace

std::string leftover_pair(const Account& account, const Now& now) {
  for (const auto& [id, waiting] : account.index.waiting_for) {
    const Agent* agent = find_agent(account, id);
    for (CallId call : waiting) {
      const Call& direct = *find_call(account, call);
      if (agent != nullptr && !direct.queue.set() && seeks(account, direct) && eligible(account, direct, *agent, now))
        return "R4: the direct call " + call.text() + " and agent " + agent->config.key + " are eligible and left over";
    }
  }
  for (const auto& [queue, classes] : account.index.waiting) {
    const auto members = account.index.members.find(queue);
    if (members == account.index.members.end()) continue;
    for (const auto& [asked, places] : classes) {
      if (!class_open(account, asked.edge, now)) continue;
      for (const Place& place : places) {
        const Call& call = *find_call(account, place.call);
        for (AgentId id : members->second) {
          const Agent& agent = *find_agent(account, id);
          for (const Membership& m : agent.memberships)
            if (m.queue == queue && eligible(account, call, m, agent, now))
              return "R4: call " + call.id.text() + " and agent " + agent.config.key + " are eligible and left over";
        }
      }
    }
  }
  return {};
}

Account refold(AccountId id, const std::vector<Fact>& log) {
  Account account;
  account.id = id;
  for (const Fact& fact : log) apply(account, fact);
  return account;
}

bool same_own_row(const Account& a, const Account& b) {
  return a.settings == b.settings && a.numbers == b.numbers && a.domains == b.domains && a.trunks == b.trunks &&
         a.day == b.day && a.day_end_ts == b.day_end_ts && a.logoff_ts == b.logoff_ts &&
         a.logoff_after == b.logoff_after;
}

std::string difference(const Account& a, const Account& b) {
  if (a.seq != b.seq) return "seq " + std::to_string(a.seq) + " against " + std::to_string(b.seq);
  if (!same_own_row(a, b)) return "the account's own row differs";
  for (std::string found :
       {map_difference("agent", a.agents, b.agents), map_difference("queue", a.queues, b.queues),
        map_difference("call", a.calls, b.calls), map_difference("reservation", a.reservations, b.reservations),
        map_difference("edge", a.edges, b.edges), map_difference("sticky", a.sticky, b.sticky),
        map_difference("place", a.places, b.places), map_difference("disposition", a.dispositions, b.dispositions)})
    if (!found.empty()) return found;
  return {};
}

std::string difference(const Account& a, const Account& b, const Touched& rows) {
  if (rows.account && !same_own_row(a, b)) return "the account's own row differs";
  for (std::string found :
       {row_difference("agent", a.agents, b.agents, rows.agent),
        row_difference("queue", a.queues, b.queues, rows.queue), row_difference("call", a.calls, b.calls, rows.call),
        row_difference("reservation", a.reservations, b.reservations, rows.reservation),
        row_difference("edge", a.edges, b.edges, rows.edge), row_difference("sticky", a.sticky, b.sticky, rows.sticky),
        row_difference("sticky", a.sticky, b.sticky, rows.sticky_forgotten),
        row_difference("place", a.places, b.places, rows.place),
        row_difference("place", a.places, b.places, rows.place_forgotten),
        row_difference("disposition", a.dispositions, b.dispositions, rows.disposition),
        row_difference("disposition", a.dispositions, b.dispositions, rows.disposition_forgotten)})
    if (!found.empty()) return found;
  return {};
}

std::string broken_rows(const Account& account, const Touched& rows) {
  if (const Agent* agent = find_agent(account, rows.agent))
    if (std::string found = broken_agent(account, *agent); !found.empty()) return found;
  const auto broken = [&](ReservationId id) {
    const Reservation* r = find_reservation(account, id);
    return r == nullptr ? std::string() : broken_reservation(account, *r);
  };
  if (std::string found = broken(rows.reservation); !found.empty()) return found;
  const Call* call = find_call(account, rows.call);
  if (call == nullptr) return {};
  for (ReservationId id : call->offers)
    if (std::string found = broken(id); !found.empty()) return found;
  return {};
}

std::string broken_index(const Account& account) {
  Account copy = account;
  rebuild_index(copy);
  if (copy.index.due != account.index.due) return "the index of due items is not the derived one";
  if (copy.index.edge_calls != account.index.edge_calls ||
      copy.index.edge_reservations != account.index.edge_reservations ||
      copy.index.agent_by_binding != account.index.agent_by_binding ||
      copy.index.agents_by_follow_me != account.index.agents_by_follow_me ||
      copy.index.members != account.index.members || copy.index.delays != account.index.delays ||
      copy.index.waiting != account.index.waiting || copy.index.waiting_for != account.index.waiting_for ||
      copy.index.tiers != account.index.tiers || copy.index.newest != account.index.newest ||
      copy.index.lengths != account.index.lengths || copy.index.busy_calls != account.index.busy_calls ||
      copy.index.arrivals != account.index.arrivals || copy.index.may_empty != account.index.may_empty ||
      copy.index.logged_in != account.index.logged_in || copy.index.logged_out != account.index.logged_out ||
      copy.index.places_by_age != account.index.places_by_age ||
      copy.index.dispositions_by_age != account.index.dispositions_by_age ||
      copy.index.sticky_by_age != account.index.sticky_by_age)
    return "an index is not the derived one";
  return {};
}

std::string broken_invariant(const Account& account, const Now& now) {
  for (const auto& [id, agent] : account.agents)
    if (std::string found = broken_agent(account, agent); !found.empty()) return found;
  for (const auto& [id, reservation] : account.reservations)
    if (std::string found = broken_reservation(account, reservation); !found.empty()) return found;
  if (std::string found = broken_index(account); !found.empty()) return found;
  return leftover_pair(account, now);
}

std::string broken_fact(const Account& before, const Fact& fact) {
  const std::string at = " at seq " + std::to_string(fact.seq);
  if (fact.seq != before.seq + 1) return "S3: the seq is not dense" + at;
  if (fact.ts < before.last_ts) return "S10: ts falls" + at;
  if (const auto* offer = std::get_if<fact::Offered>(&fact.body)) {
    const Agent* agent = find_agent(before, offer->agent);
    const bool direct = !offer->queue.set();
    if (agent == nullptr || !(direct ? takes_direct_calls(before, *agent) : ready(*agent)))
      return "P4: an offer" + at + " to agent " +
             (agent == nullptr ? std::string("?")
                               : agent->config.key + " who is " + std::string(name_of(agent->bucket)));
    for (ReservationId id : agent->live)
      if (find_reservation(before, id)->offer.call == offer->call)
        return "P1: agent " + agent->config.key + " is offered a call" + at + " that it is offered already";
    if (!endpoint_for(*agent, offer->edge))
      return "P5: an offer" + at + " to an agent without a binding at " + offer->edge;
  }
  if (const auto* set = std::get_if<fact::AgentSet>(&fact.body))
    if (std::string found = switched_by_config(before, *set); !found.empty()) return found + at;
  const AgentId id = touched(fact.body, before).agent;
  if (id.set() && fact.from != fact.to) {
    const Agent* agent = find_agent(before, id);
    const Bucket was = agent == nullptr ? Bucket::offline : agent->bucket;
    if (was != fact.from) return "P9: bucket rows of one agent do not chain" + at;
  }
  return {};
}

std::string broken_facts(const Account& before, const std::vector<Fact>& facts) {
  Account account = before;
  for (const Fact& fact : facts) {
    if (std::string found = broken_fact(account, fact); !found.empty()) return found;
    apply(account, fact);
  }
  return {};
}

std::string unfair_offer(const Account& before, const fact::Offered& offer, const Now& now) {
  const Call* call = find_call(before, offer.call);
  const Agent* agent = find_agent(before, offer.agent);
  if (call == nullptr || agent == nullptr) return {};
  if (std::string found = served_before_older(before, *call, *agent, now); !found.empty()) return found;
  return tried_before_others(before, *call, *agent, now);
}

std::string unexplained_offer(const Account& before, const fact::Offered& offer, const Now& now) {
  const Call* call = find_call(before, offer.call);
  const Agent* agent = find_agent(before, offer.agent);
  if (call == nullptr || agent == nullptr) return {};
  const std::string what = "the offer of call " + call->id.text() + " to agent " + agent->config.key;
  const ExplainedDecision decision = explain_decision(before, *call, {offer.agent}, now);
  if (!decision.reproduced) return "R30: " + what + " is not explained";
  bool rung = false;
  for (const Considered& c : decision.offer.considered) {
    const Agent& other = *find_agent(before, c.agent);
    const bool open = c.verdict == PassedOver::offered || c.verdict == PassedOver::comes_later;
    const Membership* m = find_membership(other, call->queue);
    const bool may = m != nullptr ? eligible(before, *call, *m, other, now) : eligible(before, *call, other, now);
    const bool holds = c.verdict == PassedOver::offered && !may;
    if (open != may && !holds)
      return "R30: agent " + other.config.key + " is explained as " + (open ? "free" : "passed over: " + c.why) +
             " at " + what;
    if (!c.why.empty() != (c.verdict != PassedOver::offered)) return "R30: no reason, or one too many, at " + what;
    rung = rung || (c.agent == offer.agent && c.verdict == PassedOver::offered && may);
  }
  return rung ? std::string() : "R30: " + what + " is not explained";
}

}  // namespace rf::testing
