#include <algorithm>

#include "core/base/limits.hpp"
#include "tests/sim/staff.hpp"

namespace rf::sim {

using namespace rf::core;

command::SetQueue Admin::queue_of(const QueuePlan& queue) {
  Random& random = context_.random;
  QueueConfig config;
  config.key = queue.key;
  config.strategy = random.chance(0.35) ? StrategyKind::ring_all : StrategyKind::longest_idle_agent;
  config.ring_timeout_ms = random.between(4, 25) * second_ms;
  config.max_wait_ms = random.chance(0.2) ? 0 : random.between(10, 90) * second_ms;
  if (random.chance(0.5)) config.wrapup_ms = random.between(0, 10) * second_ms;
  config.weight = static_cast<std::int32_t>(random.below(2));
  config.ring_all_width = 1 + static_cast<std::uint32_t>(random.below(4));
  config.reject_delay_ms = random.between(0, 10) * second_ms;
  config.busy_delay_ms = random.between(0, 20) * second_ms;
  config.no_answer_delay_ms = random.chance(0.5) ? 0 : random.between(0, 5) * second_ms;
  return command::SetQueue{queue.id, config};
}

command::SetAgent Admin::agent_of(const AccountPlan& account, const AgentPlan& agent) {
  Random& random = context_.random;
  AgentConfig config;
  config.key = agent.key;
  config.extension = agent.phones.empty() ? "" : "x-" + agent.key;
  config.max_concurrent = random.chance(0.8) ? 1 : 1 + static_cast<std::uint32_t>(random.below(3));
  config.priority = static_cast<std::int32_t>(50 + 10 * random.below(2));
  config.external_endpoint = agent.phones.empty() || random.chance(0.3);
  config.wrapup_ms = random.between(0, 8) * second_ms;
  if (random.chance(0.05)) config.role = Role::admin;
  std::vector<Membership> memberships;
  const Account& known = ledgers_.at(account.id)->durable();
  for (const QueuePlan& queue : account.queues) {
    const Queue* row = find_queue(known, queue.id);
    if ((row != nullptr && row->removed) || random.chance(0.25)) continue;
    Membership m;
    m.queue = queue.id;
    const auto kind = random.below(10);
    m.mode = kind < 5   ? MembershipMode::static_
             : kind < 8 ? MembershipMode::dynamic
             : kind < 9 ? MembershipMode::mandatory
                        : MembershipMode::supervisor_managed;
    m.tier_level = static_cast<std::int32_t>(1 + random.below(2));
    m.position = static_cast<std::int32_t>(random.below(3));
    m.delay_ms = random.chance(0.7) ? 0 : random.between(1, 15) * second_ms;
    memberships.push_back(m);
  }
  return command::SetAgent{agent.id, config, memberships};
}

void Admin::build_accounts() {
  for (const AccountPlan& account : context_.plan.accounts) {
    command::Import import;
    Settings settings;
    settings.key = account.id.text();
    settings.auto_ready_on_login = context_.random.chance(0.7);
    settings.auto_queue_login = context_.random.chance(0.7);
    settings.wrapup_ms = context_.random.between(0, 10) * second_ms;
    import.steps.emplace_back(command::SetSettings{settings});
    for (const QueuePlan& queue : account.queues) {
      import.steps.emplace_back(queue_of(queue));
      import.steps.emplace_back(command::SetNumber{queue.number, queue.id});
    }
    for (const AgentPlan& agent : account.agents) import.steps.emplace_back(agent_of(account, agent));
    client_.ask(account.id, import, [this](const Reply& reply) {
      if (reply.ok())
        ++built_;
      else
        context_.judge.fail("an account could not be built: " + reply.what);
    });
  }
}

Command Admin::change(const AccountPlan& account) {
  Random& random = context_.random;
  const AgentPlan& agent = random.one_of(account.agents);
  const QueuePlan& queue = random.one_of(account.queues);
  const QueuePlan& other = random.one_of(account.queues);
  const Account& known = ledgers_.at(account.id)->durable();
  const std::string spare = "spare-" + std::to_string(random.below(3));
  switch (random.below(16)) {
    case 0:
    case 1: return queue_of(queue);
    case 2:
    case 3:
    case 4: return agent_of(account, agent);
    case 5: return command::RemoveAgent{agent.id};
    case 6: {
      // All that still leads to the queue goes with it.
      command::Import import;
      for (const auto& [number, target] : known.numbers)
        if (target == queue.id) import.steps.emplace_back(command::RemoveNumber{number});
      import.steps.emplace_back(command::RemoveQueue{queue.id, random.chance(0.8) ? other.id : QueueId()});
      return import;
    }
    case 7: {
      command::Import import;
      import.steps.emplace_back(queue_of(queue));
      import.steps.emplace_back(command::SetNumber{queue.number, queue.id});
      return import;
    }
    case 8: return command::SetNumber{spare, queue.id};
    case 9: return command::RemoveNumber{spare};
    case 10: return command::SetDomain{spare};
    case 11: return command::RemoveDomain{spare};
    case 12: return command::SetTrunk{Trunk{spare, "192.0.2." + std::to_string(random.below(9))}};
    case 13: return command::RemoveTrunk{spare};
    case 14: return command::SetCredential{agent.id, agent.key + std::to_string(random.below(2))};
    default: {
      Settings settings = known.settings;
      settings.auto_queue_login = random.chance(0.7);
      settings.wrapup_ms = random.between(0, 10) * second_ms;
      return command::SetSettings{settings};
    }
  }
}

Command Admin::mistake(const AccountPlan& account) {
  Random& random = context_.random;
  const AgentPlan& agent = random.one_of(account.agents);
  const QueuePlan& queue = random.one_of(account.queues);
  switch (random.below(8)) {
    case 0: return command::RemoveQueue{queue.id, QueueId()};
    case 1: return command::RemoveQueue{queue.id, queue.id};
    case 2: {
      command::SetAgent c = agent_of(account, agent);
      c.config.key = random.one_of(account.agents).key;
      return c;
    }
    case 3: {
      command::SetAgent c = agent_of(account, agent);
      c.config.max_concurrent = 0;
      return c;
    }
    case 4: {
      command::SetQueue c = queue_of(queue);
      c.config.ring_timeout_ms = 0;
      return c;
    }
    case 5: return command::Enqueue{CallId(client_.new_id(4)), QueueId(client_.new_id(2)), "", "", "", 0};
    case 6: return command::RemoveAgent{AgentId(client_.new_id(1))};
    default: return command::Import{{command::SetDomain{"half"}, command::RemoveDomain{"never there"}}};
  }
}

void Admin::change_something() {
  const AccountPlan& account = context_.random.one_of(context_.plan.accounts);
  client_.ask(account.id, context_.random.chance(0.7) ? change(account) : mistake(account));
}

void Admin::flood() {
  const AccountPlan& account = context_.random.one_of(context_.plan.accounts);
  Settings settings = ledgers_.at(account.id)->durable().settings;
  for (std::size_t i = 0; i < limits::uncommitted_commands_max + 100; ++i) {
    settings.wrapup_ms = static_cast<Ms>(i % 2) * second_ms;
    client_.ask_once(account.id, command::SetSettings{settings});
  }
}

}  // namespace rf::sim
