#include "core/account/apply.hpp"

#include "core/account/assign.hpp"
#include "core/base/assert.hpp"
#include "core/presence/bucket.hpp"
#include "core/state/index.hpp"
#include "core/state/touched.hpp"

namespace rf::core {

namespace {

void set_bucket(Account& account, Agent& agent, const Fact& fact) {
  unindex(account, agent);
  agent.bucket = fact.to;
  agent.bucket_since_ts = fact.ts;
  index(account, agent);
}

}  // namespace

void apply(Account& account, const Fact& fact) {
  RF_ASSERT(fact.seq == account.seq + 1);
  const AgentId touched_agent = fact.from != fact.to ? touched(fact.body, account).agent : AgentId();
  std::visit(Assign{account, fact}, fact.body);
  if (touched_agent.set()) set_bucket(account, account.agents.at(touched_agent), fact);
  account.seq = fact.seq;
  account.last_ts = fact.ts;
}

Touched stamp_and_apply(Account& account, Fact& fact) {
  fact.seq = account.seq + 1;
  const Touched touched_rows = touched(fact.body, account);
  fact.from = fact.to = Bucket::offline;
  apply(account, fact);
  const auto it = account.agents.find(touched_rows.agent);
  if (it == account.agents.end()) return touched_rows;
  Agent& agent = it->second;
  fact.from = agent.bucket;
  fact.to = bucket_of(account, agent);
  if (fact.from != fact.to) set_bucket(account, agent, fact);
  return touched_rows;
}

}  // namespace rf::core
