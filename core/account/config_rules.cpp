#include <algorithm>
#include <set>

#include "core/account/draft.hpp"
#include "core/base/limits.hpp"

namespace rf::core {

namespace {

constexpr Ms wait_ms_max = 24 * 3600 * second_ms;

/// Refuses with "<field> must be ..., not <value>" unless `value` lies in [low, high].
bool in_range(Draft& draft, const char* field, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value >= low && value <= high) return true;
  draft.refuse(Code::invalid_argument, std::string(field) + " must be between " + std::to_string(low) + " and " +
                                           std::to_string(high) + ", not " + std::to_string(value));
  return false;
}

bool fits(Draft& draft, const char* field, const std::string& text, bool required) {
  if (required && text.empty()) {
    draft.refuse(Code::invalid_argument, std::string(field) + " must not be empty");
    return false;
  }
  if (text.size() <= limits::text_bytes_max) return true;
  draft.refuse(Code::invalid_argument,
               std::string(field) + " is longer than " + std::to_string(limits::text_bytes_max) + " bytes");
  return false;
}

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

const Queue* live_queue(Draft& draft, QueueId id) {
  const Queue* queue = find_queue(draft.account, id);
  if (queue != nullptr && !queue->removed) return queue;
  draft.refuse(Code::not_found, "there is no queue " + id.text() + " in this account: create it or name another");
  return nullptr;
}

bool valid_wrapup(Draft& draft, const std::optional<Ms>& wrapup_ms) {
  return !wrapup_ms || in_range(draft, "wrapup_ms", *wrapup_ms, 0, wait_ms_max);
}

bool valid_membership(Draft& draft, const std::vector<Membership>& all, std::size_t i) {
  const Membership& m = all[i];
  for (std::size_t j = 0; j < i; ++j) {
    if (all[j].queue != m.queue) continue;
    draft.refuse(Code::invalid_argument, "two memberships name queue " + m.queue.text() + ": keep one");
    return false;
  }
  return live_queue(draft, m.queue) != nullptr && in_range(draft, "tier_level", m.tier_level, 0, 1000) &&
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
    for (const auto& [edge, places] : waiting->second) {
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

}  // namespace

void decide_rule(Draft& draft, const command::SetSettings& c) {
  if (!fits(draft, "key", c.settings.key, true) || !fits(draft, "name", c.settings.name, false) ||
      !in_range(draft, "wrapup_ms", c.settings.wrapup_ms, 0, wait_ms_max))
    return;
  if (draft.account.seq > 0 && c.settings == draft.account.settings) return;
  draft.add(fact::SettingsSet{c.settings});
}

void decide_rule(Draft& draft, const command::SetQueue& c) {
  const QueueConfig& q = c.config;
  if (!c.queue.set()) return draft.refuse(Code::invalid_argument, "the queue needs an id: q_ and a ULID");
  if (!fits(draft, "key", q.key, true) || !fits(draft, "name", q.name, false) ||
      !in_range(draft, "ring_timeout_ms", q.ring_timeout_ms, 4 * second_ms, 600 * second_ms) ||
      !in_range(draft, "max_wait_ms", q.max_wait_ms, 0, wait_ms_max) ||
      !in_range(draft, "ring_all_width", q.ring_all_width, 1, limits::ring_all_width_max) ||
      !in_range(draft, "reject_delay_ms", q.reject_delay_ms, 0, wait_ms_max) ||
      !in_range(draft, "busy_delay_ms", q.busy_delay_ms, 0, wait_ms_max) ||
      !in_range(draft, "no_answer_delay_ms", q.no_answer_delay_ms, 0, wait_ms_max) || !valid_wrapup(draft, q.wrapup_ms))
    return;
  const auto taken = draft.account.index.queue_by_key.find(q.key);
  if (taken != draft.account.index.queue_by_key.end() && taken->second != c.queue)
    return draft.refuse(Code::already_exists, "the queue key \"" + q.key + "\" is already in use: choose another");
  draft.decision.reply.id = c.queue.value;
  const Queue* before = find_queue(draft.account, c.queue);
  if (before != nullptr && !before->removed && before->config == q) return;
  draft.add(fact::QueueSet{c.queue, q});
  // A wider ring may have room for agents that wait already.
  std::set<WaitingClass> edges;
  for (const auto& [id, call] : draft.account.calls)
    if (call.queue == c.queue && call.state == CallState::waiting) edges.insert(call.arrival.edge);
  for (const WaitingClass& edge : edges) draft.decision.classes.push_back(ClassLook{c.queue, edge});
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
    if (target == c.queue)
      return draft.refuse(Code::failed_precondition,
                          "the number " + number + " still leads to this queue: point it elsewhere first");
  }
  if (const auto members = draft.account.index.members.find(c.queue); members != draft.account.index.members.end()) {
    for (AgentId id : members->second) {
      const Agent& agent = *find_agent(draft.account, id);
      std::vector<Membership> kept;
      for (const Membership& m : agent.memberships)
        if (m.queue != c.queue) kept.push_back(m);
      draft.add(fact::AgentSet{id, agent.config, kept});
    }
  }
  draft.add(fact::QueueRemoved{c.queue, c.drain_to});
}

void decide_rule(Draft& draft, const command::SetAgent& c) {
  const AgentConfig& a = c.config;
  if (!c.agent.set()) return draft.refuse(Code::invalid_argument, "the agent needs an id: us_ and a ULID");
  if (!fits(draft, "key", a.key, true) || !fits(draft, "name", a.name, false) ||
      !fits(draft, "extension", a.extension, false) || !in_range(draft, "max_concurrent", a.max_concurrent, 1, 100) ||
      !in_range(draft, "priority", a.priority, 0, 100) || !valid_wrapup(draft, a.wrapup_ms))
    return;
  const Index& ix = draft.account.index;
  if (!free_for(draft, ix.agent_by_key, a.key, c.agent, "the agent key") ||
      !free_for(draft, ix.agent_by_extension, a.extension, c.agent, "the extension"))
    return;
  for (std::size_t i = 0; i < c.memberships.size(); ++i)
    if (!valid_membership(draft, c.memberships, i)) return;

  draft.decision.reply.id = c.agent.value;
  std::vector<Membership> memberships = c.memberships;
  const Agent* before = find_agent(draft.account, c.agent);
  for (Membership& m : memberships) {
    m.active = false;
    if (before == nullptr) continue;
    for (const Membership& old : before->memberships)
      if (old.queue == m.queue) m.active = old.active;
  }
  if (before != nullptr && !before->removed && before->config == a && before->memberships == memberships) return;
  draft.add(fact::AgentSet{c.agent, a, memberships});
  look_at_new_delays(draft, memberships);
}

void decide_rule(Draft& draft, const command::RemoveAgent& c) {
  const Agent* agent = find_agent(draft.account, c.agent);
  if (agent == nullptr || agent->removed)
    return draft.refuse(Code::not_found,
                        "there is no agent " + c.agent.text() + " in this account: check the id or key");
  draft.decision.reply.id = c.agent.value;
  withdraw_offers(draft, *agent, QueueId());
  draft.add(fact::AgentRemoved{c.agent});
}

void decide_rule(Draft& draft, const command::SetNumber& c) {
  if (!fits(draft, "number", c.number, true) || live_queue(draft, c.queue) == nullptr) return;
  draft.decision.reply.id = c.queue.value;
  const auto it = draft.account.numbers.find(c.number);
  if (it != draft.account.numbers.end() && it->second == c.queue) return;
  draft.add(fact::NumberSet{c.number, c.queue});
}

void decide_rule(Draft& draft, const command::RemoveNumber& c) {
  if (draft.account.numbers.count(c.number) == 0)
    return draft.refuse(Code::not_found, "the number " + c.number + " is none of this account's");
  draft.add(fact::NumberRemoved{c.number});
}

void decide_rule(Draft& draft, const command::SetDomain& c) {
  if (!fits(draft, "domain", c.domain, true) || draft.account.domains.count(c.domain) > 0) return;
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
  draft.add(fact::TrunkSet{c.trunk});
}

void decide_rule(Draft& draft, const command::RemoveTrunk& c) {
  if (draft.account.trunks.count(c.name) == 0)
    return draft.refuse(Code::not_found, "the trunk \"" + c.name + "\" is none of this account's");
  draft.add(fact::TrunkRemoved{c.name});
}

void decide_rule(Draft& draft, const command::SetCredential& c) {
  const Agent* agent = find_agent(draft.account, c.agent);
  if (agent == nullptr || agent->removed)
    return draft.refuse(Code::not_found,
                        "there is no agent " + c.agent.text() + " in this account: check the id or key");
  if (!fits(draft, "username", c.username, true) ||
      !free_for(draft, draft.account.index.agent_by_username, c.username, c.agent, "the username"))
    return;
  draft.decision.reply.id = c.agent.value;
  draft.add(fact::CredentialSet{c.agent, c.username, agent->credential_version + 1});
}

}  // namespace rf::core
