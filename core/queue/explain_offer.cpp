#include "core/queue/explain_offer.hpp"

#include <algorithm>
#include <map>

#include "core/presence/bucket.hpp"
#include "core/presence/explain.hpp"
#include "core/queue/admission.hpp"
#include "core/queue/ask.hpp"
#include "core/queue/eligible.hpp"
#include "core/queue/queue_index.hpp"
#include "core/strategy/skills.hpp"

namespace rf::core {

namespace {

struct Reason {
  PassedOver verdict;
  std::string why;
};

std::string seconds(Ms ms) { return std::to_string((std::max<Ms>(ms, 0) + second_ms - 1) / second_ms) + " s"; }

std::string key_of(const Account& account, AgentId id) {
  const Agent* agent = find_agent(account, id);
  return agent == nullptr ? id.text() : agent->config.key;
}

bool holds(const Account& account, const Call& call, AgentId agent) {
  return std::any_of(call.offers.begin(), call.offers.end(),
                     [&](ReservationId id) { return find_reservation(account, id)->offer.agent == agent; });
}

/// What keeps the call from everybody; empty: nothing.
std::string blocked(const Account& account, const Call& call, const Now& now) {
  if (call.state != CallState::waiting) return "the call does not wait any more";
  if (call.exits) return "the call is about to leave its queue";
  if (now.ts >= call.arrival.max_wait_until_ts) return "the call has waited as long as it may";
  if (call.queue.set() && is_capped(account, call)) return "the queue has as many calls in conversation as it may";
  if (!class_open(account, call.arrival.edge, now))
    return "nothing is heard of the edge " + call.arrival.edge + ", where the call is";
  return {};
}

/// What an agent must have for the call, wherever it comes from: nothing, or what is missing.
Reason missing(const Account& account, const Call& call, const Agent& agent, const Now& now) {
  if (agent.no_offer_until_ts != 0)
    return {PassedOver::left_alone, "left alone for " + seconds(agent.no_offer_until_ts - now.ts) +
                                        " more, after an offer that was not answered"};
  if (call.only_until_ts != 0 && call.sticky != agent.id)
    return {PassedOver::kept_for_another, "the call waits for " + key_of(account, call.sticky)};
  if (!endpoint_for(agent, call.arrival.edge))
    return {PassedOver::no_phone_there,
            "no phone is registered at the edge " + call.arrival.edge + ", where the call is"};
  for (const PairWait& wait : call.pair_waits)
    if (wait.agent == agent.id && now.ts < wait.until_ts)
      return {PassedOver::pair_waits,
              "the phone did not get to ring for this call; tried again in " + seconds(wait.until_ts - now.ts)};
  return {PassedOver::comes_later, {}};
}

Reason missing_skill(const Skills& has, const Skills& required) {
  for (const Skill& want : required) {
    const std::uint32_t level = level_of(has, want.name);
    if (level < want.level)
      return {PassedOver::lacks_skills, "has " + want.name + " at level " + std::to_string(level) +
                                            ", the call asks for " + std::to_string(want.level)};
  }
  return {PassedOver::comes_later, {}};
}

/// What keeps the call from a member of its queue: nothing (comes_later), or the first reason.
Reason reason_of(const Account& account, const Call& call, const Membership& m, const Agent& agent, const Now& now) {
  if (holds(account, call, agent.id)) return {PassedOver::offered, {}};
  if (!ready(agent)) {
    const std::vector<std::string> reasons = explain_readiness(account, agent);
    return {PassedOver::not_ready, reasons.empty() ? std::string("the agent is not Ready") : reasons.front()};
  }
  if (!m.active) return {PassedOver::queue_inactive, "the queue is not active for the agent: activate the membership"};
  if (m.paused)
    return {PassedOver::queue_paused, "the agent is paused in this queue (" + m.pause_reason + "): end the pause"};
  const Ms waited_ms = now.ts - call.arrived_ts;
  const std::string level = "tier " + std::to_string(m.tier_level);
  const TierWindow& window = call.ask.tiers;
  if (m.tier_level < window.min || (window.max != 0 && m.tier_level > window.max))
    return {PassedOver::tier_closed, level + " is outside of the call's tiers so far"};
  if (const Ms opens_ms = tier_wait_ms(account, *find_queue(account, m.queue), m.tier_level); waited_ms < opens_ms)
    return {PassedOver::tier_closed,
            level + " opens after " + seconds(opens_ms) + " of waiting, the call has waited " + seconds(waited_ms)};
  if (waited_ms < m.delay_ms)
    return {PassedOver::delayed, "is offered calls of this queue after " + seconds(m.delay_ms) + " of waiting"};
  if (Reason skill = missing_skill(agent.config.skills, call.ask.required); skill.verdict != PassedOver::comes_later)
    return skill;
  return missing(account, call, agent, now);
}

/// A call to one agent asks for no membership.
Considered direct(const Account& account, const Call& call, const Agent& agent, const Now& now) {
  if (holds(account, call, agent.id)) return {agent.id, PassedOver::offered, {}};
  if (!takes_direct_calls(account, agent)) {
    const std::vector<std::string> reasons = explain_readiness(account, agent);
    return {agent.id, PassedOver::not_ready, reasons.empty() ? std::string("the agent is busy") : reasons.front()};
  }
  Reason reason = missing(account, call, agent, now);
  return {agent.id, reason.verdict, std::move(reason.why)};
}

/// Everybody to whom the call is open, in the order in which it would be offered to them.
std::vector<AgentId> ranking(const Account& account, const Call& call, const Now& now) {
  RankFeed feed;
  RankRequest request = feed.request(account, call, now);
  request.wanted = request.changes.size();
  QueueIndex index;
  return rank(index, request).agents;
}

Now with_edges(Now now, const EdgeClocks& heard) {
  if (now.edges == nullptr) now.edges = &heard;
  return now;
}

/// As explain_offer(), with the edges that are heard in `now`.
OfferExplanation explained(const Account& account, const Call& call, const Now& now) {
  OfferExplanation out;
  out.blocked = blocked(account, call, now);
  if (!call.queue.set()) {
    if (const Agent* agent = find_agent(account, call.sticky))
      out.considered.push_back(direct(account, call, *agent, now));
  } else if (const auto members = account.index.members.find(call.queue); members != account.index.members.end()) {
    for (AgentId id : members->second) {
      const Agent& agent = *find_agent(account, id);
      Reason reason = reason_of(account, call, *find_membership(agent, call.queue), agent, now);
      out.considered.push_back({id, reason.verdict, std::move(reason.why)});
    }
  }
  std::map<AgentId, std::size_t> rank_of;
  if (call.queue.set() && find_queue(account, call.queue) != nullptr)
    for (AgentId id : ranking(account, call, now)) rank_of.emplace(id, rank_of.size());
  const auto place = [&](const Considered& c) {
    const auto found = rank_of.find(c.agent);
    const std::size_t group = c.verdict == PassedOver::offered ? 0 : c.verdict == PassedOver::comes_later ? 1 : 2;
    return std::tuple(group, found == rank_of.end() ? rank_of.size() : found->second, c.agent);
  };
  std::sort(out.considered.begin(), out.considered.end(),
            [&](const Considered& a, const Considered& b) { return place(a) < place(b); });
  std::size_t open = offer_width(account, call) - std::min(offer_width(account, call), open_offers(account, call));
  std::string before;
  for (Considered& c : out.considered) {
    if (c.verdict != PassedOver::comes_later) continue;
    if (!out.blocked.empty()) {
      c.verdict = PassedOver::call_blocked;
      c.why = out.blocked;
    } else if (open > 0) {
      --open;
      ++out.taken;
      c.verdict = PassedOver::offered;
      before = key_of(account, c.agent);
    } else {
      c.why = before.empty() ? "free, but as many ring as may" : "free, but comes after " + before;
    }
  }
  return out;
}

}  // namespace

OfferExplanation explain_offer(const Account& account, const Call& call, const Now& now) {
  const EdgeClocks heard = heard_edges(account);
  return explained(account, call, with_edges(now, heard));
}

ExplainedDecision explain_decision(const Account& before, const Call& call, const std::vector<AgentId>& to,
                                   const Now& asked) {
  const EdgeClocks heard = heard_edges(before);
  const Now now = with_edges(asked, heard);
  ExplainedDecision out{explained(before, call, now), true};
  const auto named = [&](AgentId agent) { return std::find(to.begin(), to.end(), agent) != to.end(); };
  const auto is_offered = [&](AgentId agent) {
    return std::any_of(out.offer.considered.begin(), out.offer.considered.end(),
                       [&](const Considered& c) { return c.agent == agent && c.verdict == PassedOver::offered; });
  };
  if (std::all_of(to.begin(), to.end(), is_offered)) return out;
  for (AgentId agent : to) {
    const Agent* free = find_agent(before, agent);
    if (!is_offered(agent) && (free == nullptr || next_call(before, *free, now) != call.id)) return {out.offer, false};
  }
  out.offer.taken = to.size();
  for (Considered& c : out.offer.considered) {
    if (named(c.agent)) {
      c = {c.agent, PassedOver::offered, {}};
    } else if (c.verdict == PassedOver::offered && !holds(before, call, c.agent)) {
      c.verdict = PassedOver::comes_later;
      c.why = "free, but the call waited first for " + key_of(before, to.front()) + ", who came free";
    }
  }
  std::stable_partition(out.offer.considered.begin(), out.offer.considered.end(),
                        [](const Considered& c) { return c.verdict == PassedOver::offered; });
  return out;
}

EdgeClocks heard_edges(const Account& account) {
  EdgeClocks clocks;
  for (const auto& [name, edge] : account.edges)
    if (edge.health == EdgeHealth::live) clocks[name].epoch = edge.epoch;
  return clocks;
}

}  // namespace rf::core
