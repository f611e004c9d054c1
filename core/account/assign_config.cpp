#include "core/account/assign.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/assert.hpp"
#include "core/state/index.hpp"

namespace rf::core {

void Assign::operator()(const fact::SettingsSet& f) const {
  const bool other_deadlines = f.settings.stale_after_ms != account.settings.stale_after_ms;
  if (other_deadlines)
    for (const auto& [id, a] : account.agents) unindex(account, a);
  const bool begins_to_follow = f.settings.availability == AvailabilityMode::follow_reachability &&
                                account.settings.availability != AvailabilityMode::follow_reachability;
  account.settings = f.settings;
  if (begins_to_follow && !account.agents.empty())
    own([&] {
      account.logoff_ts = -fact.ts;
      account.logoff_after = AgentId();
    });
  if (other_deadlines)
    for (const auto& [id, a] : account.agents) index(account, a);
}

void Assign::operator()(const fact::DayBegan& f) const {
  own([&] {
    account.day = f.day;
    account.day_end_ts = f.next_ts;
    account.logoff_ts = f.log_off_ts;
    account.logoff_after = AgentId();
  });
}

void Assign::operator()(const fact::LogoffSwept& f) const {
  own([&] {
    if (!f.after.set()) account.logoff_ts = 0;
    account.logoff_after = f.after;
  });
}

void Assign::operator()(const fact::NumberSet& f) const { account.numbers[f.number] = f.route; }
void Assign::operator()(const fact::NumberRemoved& f) const { account.numbers.erase(f.number); }
void Assign::operator()(const fact::DomainSet& f) const { account.domains.insert(f.domain); }
void Assign::operator()(const fact::DomainRemoved& f) const { account.domains.erase(f.domain); }
void Assign::operator()(const fact::TrunkSet& f) const { account.trunks[f.trunk.name] = f.trunk; }
void Assign::operator()(const fact::TrunkRemoved& f) const { account.trunks.erase(f.name); }

void Assign::operator()(const fact::QueueSet& f) const {
  // How many agents a call may ring, whether it may leave and whether it counts as busy follow from the queue's config.
  std::vector<Call*> waiting;
  for (auto& [id, c] : account.calls)
    if (c.queue == f.queue) waiting.push_back(&c);
  for (Call* c : waiting) unindex(account, *c);
  queue(f.queue, [&](Queue& q) {
    q.config = f.config;
    q.removed = false;
    q.draining = false;
    q.drain_to = QueueId();
  });
  for (Call* c : waiting) index(account, *c);
}

void Assign::operator()(const fact::QueueRemoved& f) const {
  queue(f.queue, [&](Queue& q) {
    q.removed = true;
    q.drain_to = f.drain_to;
    q.draining = f.drain_to.set();
  });
}

void Assign::operator()(const fact::QueueSwept& f) const {
  queue(f.queue, [](Queue& q) { q.draining = false; });
}

void Assign::operator()(const fact::QueueEmpty& f) const {
  queue(f.queue, [&](Queue& q) { q.empty_since_ts = f.empty ? fact.ts : 0; });
}

void Assign::operator()(const fact::PaceSet& f) const {
  queue(f.queue, [&](Queue& q) { q.handle_ms = f.handle_ms; });
}

void Assign::operator()(const fact::AgentSet& f) const {
  const auto [it, created] = account.agents.try_emplace(f.agent);
  Agent& a = it->second;
  if (created) {
    a.id = f.agent;
    a.bucket_since_ts = fact.ts;
    a.status_since_ts = fact.ts;
  } else {
    unindex_config(account, a);
  }
  a.config = f.config;
  a.memberships = f.memberships;
  a.removed = false;
  index_config(account, a);
}

void Assign::operator()(const fact::AgentRemoved& f) const {
  unindex_config(account, row(account.agents, f.agent));
  agent(f.agent, [&](Agent& a) {
    a.removed = true;
    a.status = Status::offline;
    a.status_since_ts = fact.ts;
    a.memberships.clear();
    a.wrapup_until_ts = 0;
    a.shifts.clear();
    a.activity.clear();
    a.next_activity_ts = 0;
    at_ease(a);
  });
}

void Assign::operator()(const fact::CredentialSet& f) const {
  Agent& a = row(account.agents, f.agent);
  unindex_config(account, a);
  a.username = f.username;
  a.credential_version = f.version;
  index_config(account, a);
}

}  // namespace rf::core
