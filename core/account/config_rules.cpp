#include <algorithm>
#include <set>

#include "core/account/checks.hpp"
#include "core/account/draft.hpp"
#include "core/assignment/assignment.hpp"
#include "core/base/limits.hpp"
#include "core/presence/bucket.hpp"

namespace rf::core {

namespace {

/// Each loses the membership in the same turn, whose facts must fit one record.
constexpr std::size_t removed_members_max = 4096;

bool free_for(Draft& draft, const std::unordered_map<std::string, AgentId>& taken, const std::string& text,
              AgentId agent, const char* what) {
  const auto it = taken.find(text);
  if (text.empty() || it == taken.end() || it->second == agent) return true;
  const Agent* owner = find_agent(draft.account, it->second);
  draft.refuse(Code::already_exists, std::string(what) + " \"" + text + "\" is already in use by agent " +
                                         (owner == nullptr ? it->second.text() : owner->config.key) +
                                         ": choose another");
  return false;
}

bool valid_membership(Draft& draft, const std::vector<Membership>& all, std::size_t i) {
  const Membership& m = all[i];
  for (std::size_t j = 0; j < i; ++j) {
    if (all[j].queue != m.queue) continue;
    draft.refuse(Code::invalid_argument, "two memberships name queue " + m.queue.text() + ": keep one");
    return false;
  }
  return live_queue(draft, m.queue) != nullptr &&
         in_range(draft, "tier_level", m.tier_level, 0, limits::tier_level_max) &&
         in_range(draft, "position", m.position, 0, 1000000) &&
         in_range(draft, "delay_ms", m.delay_ms, 0, 9999 * second_ms) && valid_wrapup(draft, m.wrapup_ms);
}

/// A new delay of a member is an instant at which calls that wait already must look again.
void look_at_new_delays(Draft& draft, const std::vector<Membership>& memberships) {
  std::size_t looks = 0;
  for (const Membership& m : memberships) {
    if (m.delay_ms == 0) continue;
    const auto delays = draft.account.index.delays.find(m.queue);
    if (delays != draft.account.index.delays.end() && delays->second.count(m.delay_ms) > 0) continue;
    const auto waiting = draft.account.index.waiting.find(m.queue);
    if (waiting == draft.account.index.waiting.end()) continue;
    for (const auto& [asked, places] : waiting->second) {
      for (const Place& place : places) {
        const Call& call = *find_call(draft.account, place.call);
        const Ms look_ts = call.arrived_ts + m.delay_ms;
        if (look_ts <= draft.now.ts || look_ts >= call.next_look_ts) continue;
        if (++looks > limits::import_facts_max / 2) return;
        draft.add(fact::LookSet{call.id, look_ts});
      }
    }
  }
}

/// The first number or queue with an overflow rule that `leads` where something is to be removed; empty: none.
template <class Leads>
std::string who_names(const Account& account, Leads leads) {
  for (const auto& [number, route] : account.numbers)
    if (leads(route.closed)) return "the number " + number + " while closed";
  for (const auto& [id, queue] : account.queues)
    if (!queue.removed && std::any_of(queue.config.overflow.begin(), queue.config.overflow.end(), leads))
      return "an overflow of queue " + queue.config.key;
  return {};
}

/// Memberships keep what is no configuration. A new one of who is logged in without a choice of queues is on as at a login.
void keep_switches(const Account& account, const AgentConfig& config, const Agent* before,
                   std::vector<Membership>& memberships) {
  const bool on_from_now = before != nullptr && before->status != Status::offline && follows(account, config);
  for (Membership& m : memberships) {
    const Membership* old = before == nullptr ? nullptr : find_membership(*before, m.queue);
    m.locked = old != nullptr && old->locked;
    m.active = old == nullptr ? on_from_now && active_always(m) : old->active;
    // A new one may begin paused, so that nothing is offered before it is (E21's remedy).
    if (old != nullptr) m.paused = old->paused;
    if (old != nullptr) m.pause_reason = old->pause_reason;
    if (!m.paused) m.pause_reason.clear();
    m.last_offered_seq = old == nullptr ? 0 : old->last_offered_seq;
  }
}

/// An agent whose endpoints are set, not registered, comes and goes with its config (LS-25, LS-33).
void follow_config(Draft& draft, AgentId id, const AgentConfig& config, const std::vector<Membership>& memberships,
                   const Agent* before) {
  Agent after = before == nullptr || before->removed ? Agent{} : *before;
  after.id = id;
  after.config = config;
  after.memberships = memberships;
  const bool followed = before != nullptr && !before->removed && reachable(*before) &&
                        follows(draft.account, before->config) && before->config.role != Role::admin;
  if (reachable(after) && !followed)
    follow_up(draft, after);
  else if (before != nullptr && reachable(*before) && !reachable(after))
    follow_down(draft, after);
}

}  // namespace

void decide_rule(Draft& draft, const command::SetSettings& c) {
  if (!valid(draft, c.settings)) return;
  if (draft.account.seq > 0 && c.settings == draft.account.settings) return;
  draft.add(fact::SettingsSet{c.settings});
  if (!set_day(draft, c.settings, c.settings.auto_logoff)) return;
  // Agents on a break may be called directly from here on.
  if (c.settings.paused_agents_may_call && !draft.account.settings.paused_agents_may_call) look_again(draft, QueueId());
}

void decide_rule(Draft& draft, const command::SetQueue& c) {
  const QueueConfig& q = c.config;
  if (!c.queue.set()) return draft.refuse(Code::invalid_argument, "the queue needs an id: q_ and a ULID");
  if (!valid(draft, c.queue, q)) return;
  const auto taken = draft.account.index.queue_by_key.find(q.key);
  if (taken != draft.account.index.queue_by_key.end() && taken->second != c.queue)
    return draft.refuse(Code::already_exists, "the queue key \"" + q.key + "\" is already in use: choose another");
  draft.decision.reply.id = c.queue.value;
  const Queue* before = find_queue(draft.account, c.queue);
  if (before != nullptr && !before->removed && before->config == q) return;
  if (before == nullptr && draft.account.queues.size() >= limits::queues_max)
    return draft.refuse(Code::overloaded, "the account has " + std::to_string(limits::queues_max) +
                                              " queues, which is its limit: use another account");
  draft.add(fact::QueueSet{c.queue, q});
  const bool counts_days =
      q.strategy == StrategyKind::agent_with_fewest_calls || q.strategy == StrategyKind::agent_with_least_talk_time;
  if (!set_day(draft, draft.account.settings, counts_days)) return;
  if (before != nullptr && before->empty_since_ts != 0 && leaves_when(q) == 0)
    draft.add(fact::QueueEmpty{c.queue, false});
  // A wider ring may have room for agents that wait already.
  std::set<WaitingClass> classes;
  for (const auto& [id, call] : draft.account.calls)
    if (call.queue == c.queue && call.state == CallState::waiting) classes.insert(class_of(call));
  for (const WaitingClass& asked : classes) draft.decision.classes.push_back(ClassLook{c.queue, asked});
}

void decide_rule(Draft& draft, const command::RemoveQueue& c) {
  const Queue* queue = live_queue(draft, c.queue);
  if (queue == nullptr) return;
  draft.decision.reply.id = c.queue.value;
  const bool waits = std::any_of(draft.account.calls.begin(), draft.account.calls.end(), [&](const auto& entry) {
    return entry.second.queue == c.queue && entry.second.state == CallState::waiting;
  });
  if (c.drain_to.set()) {
    if (c.drain_to == c.queue)
      return draft.refuse(Code::invalid_argument, "drain_to names the removed queue itself: name another");
    if (live_queue(draft, c.drain_to) == nullptr) return;
  } else if (waits) {
    return draft.refuse(Code::failed_precondition,
                        "the queue \"" + queue->config.key +
                            "\" has waiting calls: name the queue that takes them in drain_to");
  }
  for (const auto& [number, target] : draft.account.numbers) {
    if (target.queue == c.queue)
      return draft.refuse(Code::failed_precondition,
                          "the number " + number + " still leads to this queue: point it elsewhere first");
  }
  if (const std::string named = who_names(draft.account, [&](const Overflow& rule) { return rule.queue == c.queue; });
      !named.empty())
    return draft.refuse(Code::failed_precondition, named + " still leads calls to this queue: change it first");
  for (const auto& [id, agent] : draft.account.agents) {
    if (!agent.removed && agent.config.outbound_queue == c.queue)
      return draft.refuse(Code::failed_precondition, "it is the outbound queue of agent " + agent.config.key +
                                                         ": give the agent another one first");
  }
  if (const auto members = draft.account.index.members.find(c.queue); members != draft.account.index.members.end()) {
    if (members->second.size() > removed_members_max)
      return draft.refuse(Code::failed_precondition,
                          "the queue has " + std::to_string(members->second.size()) + " members, and at most " +
                              std::to_string(removed_members_max) +
                              " lose it at once: take others out of it first (UpdateAgents)");
    for (AgentId id : members->second) {
      const Agent& agent = *find_agent(draft.account, id);
      std::vector<Membership> kept;
      for (const Membership& m : agent.memberships)
        if (m.queue != c.queue) kept.push_back(m);
      draft.add(fact::AgentSet{id, agent.config, kept});
      release_waiters(draft, agent, c.queue);
    }
  }
  draft.add(fact::QueueRemoved{c.queue, c.drain_to});
}

void decide_rule(Draft& draft, const command::SetAgent& c) {
  const AgentConfig& a = c.config;
  if (!c.agent.set()) return draft.refuse(Code::invalid_argument, "the agent needs an id: us_ and a ULID");
  if (!valid(draft, a)) return;
  const Index& ix = draft.account.index;
  if (!free_for(draft, ix.agent_by_key, a.key, c.agent, "the agent key") ||
      !free_for(draft, ix.agent_by_extension, a.extension, c.agent, "the extension"))
    return;
  if (!not_too_many(draft, "memberships", c.memberships.size(), limits::memberships_max)) return;
  const Agent* before = find_agent(draft.account, c.agent);
  for (std::size_t i = 0; i < c.memberships.size(); ++i) {
    if (!valid_membership(draft, c.memberships, i)) return;
    const Membership& m = c.memberships[i];
    const bool is_new = before == nullptr || find_membership(*before, m.queue) == nullptr;
    if (is_new && m.paused && !pause_has_reason(draft, m.pause_reason)) return;
  }

  draft.decision.reply.id = c.agent.value;
  std::vector<Membership> memberships = c.memberships;
  keep_switches(draft.account, a, before, memberships);
  if (before != nullptr && !before->removed && before->config == a && before->memberships == memberships) return;
  if (before == nullptr && draft.account.agents.size() >= limits::agents_max)
    return draft.refuse(Code::overloaded, "the account has " + std::to_string(limits::agents_max) +
                                              " agents, which is its limit: use another account");
  draft.add(fact::AgentSet{c.agent, a, memberships});
  follow_config(draft, c.agent, a, memberships, before);
  look_at_new_delays(draft, memberships);
  if (before != nullptr) look_at_tiers(draft, *before);
  for (const Membership& m : memberships) look_again_if_tiered(draft, m.queue);
}

void decide_rule(Draft& draft, const command::RemoveAgent& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr) return;
  draft.decision.reply.id = c.agent.value;
  for (const auto& [number, target] : draft.account.numbers) {
    if (target.agent == c.agent)
      return draft.refuse(Code::failed_precondition,
                          "the number " + number + " still leads to this agent: point it elsewhere first");
  }
  if (const std::string named = who_names(draft.account, [&](const Overflow& rule) { return rule.agent == c.agent; });
      !named.empty())
    return draft.refuse(Code::failed_precondition, named + " still leads calls to this agent: change it first");
  withdraw_offers(draft, *agent, QueueId());
  release_waiters(draft, *agent, QueueId());
  if (agent->disposition_due) miss_disposition(draft, agent->wrapup_call, agent->id, agent->wrapup_queue);
  draft.add(fact::AgentRemoved{c.agent});
  // Nobody can end them any more.
  if (agent->external_calls != 0) draft.add(fact::ExternalCallsSet{c.agent, 0, {}, false, {}, false});
  look_at_tiers(draft, *agent);
}

void decide_rule(Draft& draft, const command::SetNumber& c) {
  if (!fits(draft, "number", c.number, true) || !valid(draft, c.number, c.route)) return;
  draft.decision.reply.id = c.route.queue.set() ? c.route.queue.value : c.route.agent.value;
  const auto it = draft.account.numbers.find(c.number);
  if (it != draft.account.numbers.end() && it->second == c.route) return;
  if (it == draft.account.numbers.end() &&
      !not_too_many(draft, "numbers", draft.account.numbers.size() + 1, limits::numbers_max))
    return;
  draft.add(fact::NumberSet{c.number, c.route});
}

void decide_rule(Draft& draft, const command::RemoveNumber& c) {
  if (draft.account.numbers.count(c.number) == 0)
    return draft.refuse(Code::not_found, "the number " + c.number + " is none of this account's");
  draft.add(fact::NumberRemoved{c.number});
}

void decide_rule(Draft& draft, const command::SetDomain& c) {
  if (!fits(draft, "domain", c.domain, true) || draft.account.domains.count(c.domain) > 0) return;
  if (!not_too_many(draft, "SIP domains", draft.account.domains.size() + 1, limits::domains_max)) return;
  draft.add(fact::DomainSet{c.domain});
}

void decide_rule(Draft& draft, const command::RemoveDomain& c) {
  if (draft.account.domains.count(c.domain) == 0)
    return draft.refuse(Code::not_found, "the SIP domain " + c.domain + " is none of this account's");
  draft.add(fact::DomainRemoved{c.domain});
}

void decide_rule(Draft& draft, const command::SetTrunk& c) {
  if (!fits(draft, "trunk name", c.trunk.name, true) || !fits(draft, "trunk address", c.trunk.address, true)) return;
  const auto it = draft.account.trunks.find(c.trunk.name);
  if (it != draft.account.trunks.end() && it->second == c.trunk) return;
  if (it == draft.account.trunks.end() &&
      !not_too_many(draft, "trunks", draft.account.trunks.size() + 1, limits::trunks_max))
    return;
  draft.add(fact::TrunkSet{c.trunk});
}

void decide_rule(Draft& draft, const command::RemoveTrunk& c) {
  if (draft.account.trunks.count(c.name) == 0)
    return draft.refuse(Code::not_found, "the trunk \"" + c.name + "\" is none of this account's");
  const auto& follow_me = draft.account.index.agents_by_follow_me;
  if (draft.account.trunks.size() == 1 && !follow_me.empty())
    return draft.refuse(Code::failed_precondition,
                        "the Follow-Me number of agent " +
                            find_agent(draft.account, follow_me.begin()->second)->config.key +
                            " needs a trunk: clear it, or add another trunk first");
  draft.add(fact::TrunkRemoved{c.name});
}

void decide_rule(Draft& draft, const command::SetCredential& c) {
  const Agent* agent = live_agent(draft, c.agent);
  if (agent == nullptr) return;
  if (!fits(draft, "username", c.username, true) ||
      !free_for(draft, draft.account.index.agent_by_username, c.username, c.agent, "the username"))
    return;
  draft.decision.reply.id = c.agent.value;
  draft.add(fact::CredentialSet{c.agent, c.username, agent->credential_version + 1});
}

}  // namespace rf::core
