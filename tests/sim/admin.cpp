#include <algorithm>

#include "core/base/limits.hpp"
#include "tests/sim/staff.hpp"

namespace rf::sim {

using namespace rf::core;

namespace {

constexpr const char* skill_names[] = {"dutch", "sales"};

Skills skills_of(Random& random, double share) {
  Skills skills;
  for (const char* name : skill_names)
    if (random.chance(share)) skills.push_back(Skill{name, 1 + static_cast<std::uint32_t>(random.below(3))});
  return skills;
}

/// Who is offered the queue's calls, and when.
void match_somehow(Random& random, QueueConfig& config) {
  config.strategy =
      random.chance(0.25) ? StrategyKind::ring_all : static_cast<StrategyKind>(random.below(strategy_count));
  config.ring_step_ms = random.between(1, 8) * second_ms;
  if (random.chance(0.2)) config.tiers = TierWindow{0, 1 + static_cast<std::int32_t>(random.below(2))};
  if (random.chance(0.3))
    config.tier_rules = TierRules{random.between(1, 20) * second_ms, random.chance(0.5), random.chance(0.5)};
  if (random.chance(0.15)) config.required = skills_of(random, 0.5);
  config.preferred = skills_of(random, 0.2);
  if (random.chance(0.4))
    config.widening = {WideningStep{random.between(1, 10) * second_ms, {}, 1, {}},
                       WideningStep{random.between(11, 30) * second_ms, {0, 3}, 0, {"*"}}};
  if (random.chance(0.5))
    config.sticky = Sticky{static_cast<StickyMode>(random.below(4)), random.between(10, 600) * second_ms,
                           random.between(1, 20) * second_ms, random.chance(0.3)};
  if (random.chance(0.2)) config.base_score_ms = random.between(1, 20) * second_ms;
  if (random.chance(0.15)) config.talking_max = 1 + static_cast<std::uint32_t>(random.below(3));
}

/// Half of the time an agent or a queue goes by another key and name; no two come to the same.
template <class Config>
void rename(Random& random, Config& config) {
  if (random.chance(0.5)) return;
  config.key += "-" + std::to_string(random.below(3));
  config.name = "once " + config.key;
}

}  // namespace

/// Who may enter the queue, and where calls go that no agent takes.
void Admin::let_go_somehow(QueueConfig& config, const AccountPlan& account, QueueId self) {
  Random& random = context_.random;
  if (random.chance(0.15)) config.len_max = 1 + static_cast<std::uint32_t>(random.below(4));
  if (random.chance(0.15)) config.long_wait_ms = random.between(10, 60) * second_ms;
  if (random.chance(0.15)) config.join_empty = static_cast<std::uint32_t>(random.below(128));
  if (random.chance(0.2)) config.leave_empty = static_cast<std::uint32_t>(random.below(128));
  if (random.chance(0.2)) config.no_agent_ms = random.between(1, 30) * second_ms;
  config.no_agent_grace_ms = random.between(0, 5) * second_ms;
  if (random.chance(0.1))
    config.hours = {
        OpenHours{127, static_cast<std::uint32_t>(random.below(1440)), static_cast<std::uint32_t>(random.below(1440))}};
  config.abandoned_resume = random.chance(0.4);
  config.abandoned_keep_ms = random.between(5, 60) * second_ms;
  config.announce_wait = random.chance(0.3);
  config.no_answer_max = static_cast<std::uint32_t>(random.below(4));
  config.dispositions = random.chance(0.4);
  if (config.dispositions && random.chance(0.5))
    config.outcomes = {{Category::success, "sold"}, {Category::fail, "no"}};
  if (random.chance(0.2)) config.wrapup_ms_max = random.between(1, 12) * second_ms;
  config.outbound_resets_idle = random.chance(0.3);
  for (std::uint8_t when = 0; when <= static_cast<std::uint8_t>(OverflowWhen::key); ++when) {
    if (!random.chance(0.35)) continue;
    Overflow rule;
    rule.when = static_cast<OverflowWhen>(when);
    rule.key = rule.when == OverflowWhen::key ? "1" : "";
    rule.to = static_cast<OverflowTo>(random.below(5));
    rule.queue = random.one_of(account.queues).id;
    rule.agent = random.one_of(account.agents).id;
    rule.address = "+4930555";
    const bool itself = rule.to == OverflowTo::queue && rule.queue == self;
    // While the account is built its agents and other queues may not be there yet.
    const bool there = built_ > 0 || rule.to == OverflowTo::hang_up || rule.to == OverflowTo::address ||
                       rule.to == OverflowTo::callback;
    if (!itself && there) config.overflow.push_back(rule);
  }
}

command::SetQueue Admin::queue_of(const AccountPlan& account, const QueuePlan& queue) {
  Random& random = context_.random;
  QueueConfig config;
  config.key = queue.key;
  match_somehow(random, config);
  let_go_somehow(config, account, queue.id);
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
  config.skills = skills_of(random, 0.7);
  config.participant = random.chance(0.1);
  if (random.chance(0.4)) config.outbound_queue = account.queues.front().id;
  if (random.chance(0.1) && !agent.phones.empty()) config.follow_me = "+4915100" + std::to_string(random.below(4));
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
    vary(settings);
    import.steps.emplace_back(command::SetSettings{settings});
    import.steps.emplace_back(command::SetTrunk{Trunk { "out", "192.0.2.200" }});
    for (const QueuePlan& queue : account.queues) {
      import.steps.emplace_back(queue_of(account, queue));
      import.steps.emplace_back(command::SetNumber{queue.number, Route { queue.id, {}, {}, {} }});
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

/// Days end, shifts end, phones are stale and breaks too long while a run lasts.
void Admin::vary(Settings& settings) {
  Random& random = context_.random;
  settings.availability = random.chance(0.3) ? AvailabilityMode::follow_reachability : AvailabilityMode::explicit_;
  settings.auto_logoff = random.chance(0.7);
  const Ms minute = (Context::wall_ms + context_.now_ms() + random.between(0, 5 * 60) * second_ms) / (60 * second_ms);
  settings.day_end_min = static_cast<std::uint32_t>(minute % 1440);
  settings.stale_after_ms = random.between(2, 60) * second_ms;
  settings.break_reasons = {BreakReason{"lunch", {}, true, random.between(1, 40) * second_ms}};
  settings.paused_agents_may_call = random.chance(0.3);
  settings.not_ready_off_shift = random.chance(0.5);
  settings.direct_max_wait_ms = random.between(10, 60) * second_ms;
}

Command Admin::change(const AccountPlan& account) {
  Random& random = context_.random;
  const AgentPlan& agent = random.one_of(account.agents);
  const QueuePlan& queue = random.one_of(account.queues);
  const QueuePlan& other = random.one_of(account.queues);
  const QueuePlan& spare_queue = account.queues.back();
  const Account& known = ledgers_.at(account.id)->durable();
  const std::string spare = "spare-" + std::to_string(random.below(3));
  switch (random.below(18)) {
    case 0:
    case 1: {
      command::SetQueue c = queue_of(account, queue);
      rename(random, c.config);
      return c;
    }
    case 2:
    case 3:
    case 4: {
      command::SetAgent c = agent_of(account, agent);
      rename(random, c.config);
      return c;
    }
    case 5: return command::RemoveAgent{agent.id};
    case 6:
    case 16: {
      // All that still leads to the queue goes with it.
      command::Import import;
      // The first queue counts outbound calls.
      const QueuePlan& gone = queue.id == account.queues.front().id ? spare_queue : queue;
      for (const auto& [number, target] : known.numbers)
        if (target.queue == gone.id) import.steps.emplace_back(command::RemoveNumber{number});
      for (const QueuePlan& naming : account.queues) {
        const Queue* row = find_queue(known, naming.id);
        if (row == nullptr || row->removed || naming.id == gone.id) continue;
        QueueConfig config = row->config;
        std::erase_if(config.overflow, [&](const Overflow& rule) { return rule.queue == gone.id; });
        if (config != row->config) import.steps.emplace_back(command::SetQueue{naming.id, config});
      }
      import.steps.emplace_back(command::RemoveQueue{gone.id, random.chance(0.8) ? other.id : QueueId()});
      return import;
    }
    case 7: {
      command::Import import;
      import.steps.emplace_back(queue_of(account, queue));
      import.steps.emplace_back(command::SetNumber{queue.number, Route { queue.id, {}, {}, {} }});
      return import;
    }
    case 8: return command::SetNumber{spare, Route{queue.id, {}, {}, {}}};
    case 9: return command::RemoveNumber{spare};
    case 10: return command::SetDomain{spare};
    case 11: return command::RemoveDomain{spare};
    case 12: return command::SetTrunk{Trunk{spare, "192.0.2." + std::to_string(random.below(9))}};
    case 13: return command::RemoveTrunk{spare};
    case 14: return command::SetCredential{agent.id, agent.key + std::to_string(random.below(2))};
    case 15: {
      // A queue's number leads to one agent for a while, or is closed for most of the day.
      Route route{queue.id, {}, {}, {}};
      if (random.chance(0.5)) route.agent = agent.id;
      if (random.chance(0.3)) route.hours = {OpenHours{127, 0, 60}};
      return command::SetNumber{queue.number, route};
    }
    default: {
      Settings settings = known.settings;
      settings.auto_queue_login = random.chance(0.7);
      settings.wrapup_ms = random.between(0, 10) * second_ms;
      if (random.chance(0.5)) vary(settings);
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
      command::SetQueue c = queue_of(account, queue);
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
  client_.floods(account.id);
  for (std::size_t i = 0; i < limits::uncommitted_commands_max + 100; ++i) {
    settings.wrapup_ms = static_cast<Ms>(i % 2) * second_ms;
    client_.ask_once(account.id, command::SetSettings{settings});
  }
}

}  // namespace rf::sim
