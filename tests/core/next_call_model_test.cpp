#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "core/account/apply.hpp"
#include "core/queue/eligible.hpp"
#include "tests/core/model_states.hpp"
#include "tests/support/center.hpp"

/// The call that a freed agent takes against a slow answer that is plainly right: look at every call, sort all that fit, take the
/// first. Nothing here uses what the account derives.
namespace rf::core {
namespace {

using rf::testing::Center;
std::uint32_t level(const Skills& skills, const std::string& name) {
  for (const Skill& skill : skills)
    if (skill.name == name) return skill.level;
  return 0;
}

/// Tier rules: the n-th tier that the queue has opens n times the wait late, the first at once; without anybody logged in before
/// it, at once too unless absent ones are waited for.
Ms tier_wait(const Account& account, const Queue& queue, std::int32_t tier) {
  const TierRules& rules = queue.config.tier_rules;
  std::set<std::int32_t> before;
  bool anybody = false;
  for (const auto& [id, agent] : account.agents)
    for (const Membership& m : agent.memberships) {
      if (agent.removed || m.queue != queue.id || m.tier_level >= tier) continue;
      before.insert(m.tier_level);
      anybody = anybody || (agent.status != Status::offline && m.active);
    }
  if (rules.wait_ms == 0 || before.empty() || (!anybody && !rules.wait_for_absent)) return 0;
  return rules.multiply ? rules.wait_ms * static_cast<Ms>(before.size()) : rules.wait_ms;
}

/// How many agents the call may ring at once. Nobody here leaves a phone without a final word, so every offer rings.
std::size_t width(const QueueConfig& config, const Call& call) {
  if (config.strategy == StrategyKind::ring_all) return config.ring_all_width;
  if (config.strategy != StrategyKind::ring_progressively) return 1;
  return std::min(std::max(1u, call.ring_width), config.ring_all_width);
}

std::uint32_t talking(const Account& account, QueueId queue) {
  std::uint32_t calls = 0;
  for (const auto& [id, call] : account.calls)
    if (call.queue == queue && (call.state == CallState::answered || !call.offers.empty())) ++calls;
  return calls;
}

bool fits(const Account& account, const Call& call, const Membership& m, const Agent& agent, Ms now_ts) {
  const Queue& queue = *find_queue(account, m.queue);
  const Ms waited_ms = now_ts - call.arrived_ts;
  const TierWindow& window = call.ask.tiers;
  if (call.queue != m.queue || !m.active || m.paused) return false;
  if (call.offers.size() >= width(queue.config, call)) return false;
  if (call.only_until_ts != 0 && call.sticky != agent.id) return false;
  if (now_ts >= call.arrival.max_wait_until_ts) return false;
  if (waited_ms < m.delay_ms || waited_ms < tier_wait(account, queue, m.tier_level)) return false;
  if (m.tier_level < window.min || (window.max != 0 && m.tier_level > window.max)) return false;
  for (const Skill& want : call.ask.required)
    if (level(agent.config.skills, want.name) < want.level) return false;
  // One that rings is one of those in conversation already, however many phones ring for it.
  const bool counted = !call.offers.empty();
  return queue.config.talking_max == 0 || counted || talking(account, queue.id) < queue.config.talking_max;
}

CallId slow_next_call(const Account& account, const Agent& agent, Ms now_ts) {
  using Key = std::tuple<int, std::int32_t, std::int32_t, std::int32_t, Ms, std::uint64_t>;
  std::vector<std::pair<Key, CallId>> all;
  for (const auto& [id, call] : account.calls) {
    if (call.state != CallState::waiting) continue;
    const Ms score_ms = call.arrival.score_ms;
    if (!call.queue.set()) {
      if (call.sticky == agent.id && call.offers.empty() && now_ts < call.arrival.max_wait_until_ts)
        all.push_back({{0, 0, 0, -call.arrival.priority, call.arrived_ts - score_ms, call.seq}, id});
      continue;
    }
    const QueueConfig& config = find_queue(account, call.queue)->config;
    for (const Membership& m : agent.memberships)
      if (fits(account, call, m, agent, now_ts))
        all.push_back({{1, -config.weight, m.tier_level, -call.arrival.priority,
                        call.arrived_ts - score_ms - config.base_score_ms, call.seq},
                       id});
  }
  if (all.empty()) return CallId();
  return std::min_element(all.begin(), all.end())->second;
}

Skills random_skills(Random& random, std::uint64_t share) {
  Skills skills;
  for (const char* name : {"dutch", "german"})
    if (random() % share == 0) skills.push_back(Skill{name, 1 + below(random, 3u)});
  return skills;
}

QueueConfig random_queue(Random& random) {
  QueueConfig config;
  config.max_wait_ms = random() % 4 == 0 ? 60'000 : 0;
  config.weight = below(random, 3);
  config.strategy = static_cast<StrategyKind>(below(random, strategy_count));
  if (random() % 2 == 0)
    config.strategy = random() % 2 == 0 ? StrategyKind::ring_all : StrategyKind::ring_progressively;
  config.ring_all_width = 1 + below(random, 4u);
  config.ring_step_ms = 1'000 + below(random, Ms{3}) * 2'000;
  config.wrapup_ms = 0;
  if (random() % 2 == 0)
    config.sticky =
        Sticky{static_cast<StickyMode>(below(random, 4)), 60'000, 1 + below(random, Ms{3}) * 10'000, random() % 2 == 0};
  if (random() % 3 == 0)
    config.tier_rules = TierRules{5'000 + below(random, Ms{3}) * 5'000, random() % 2 == 0, random() % 2 == 0};
  if (random() % 3 == 0) config.base_score_ms = below(random, Ms{4}) * 3'000;
  if (random() % 4 == 0) config.required = random_skills(random, 2);
  if (random() % 5 == 0) config.tiers = TierWindow{1, 1 + below(random, 3)};
  if (random() % 6 == 0) config.talking_max = 1;
  if (random() % 4 == 0) {
    WideningStep step;
    step.after_ms = 10'000;
    step.skills_off = {"german"};
    config.widening = {step};
  }
  return config;
}

/// A centre where most agents are on a break, so that calls wait, and one or two are there, so that some ring.
struct Waiting {
  explicit Waiting(Random& random) : random(random) {
    for (int i = 0; i < 3; ++i) queues.push_back(c.queue("q" + std::to_string(i), random_queue(random)));
    for (int i = 0; i < 5; ++i) {
      AgentConfig config;
      config.external_endpoint = true;
      config.skills = random_skills(random, 2);
      std::vector<Membership> memberships;
      for (QueueId queue : queues) {
        if (random() % 4 == 0) continue;
        Membership m = Center::in(queue);
        m.tier_level = 1 + below(random, 3);
        m.delay_ms = random() % 3 == 0 ? below(random, Ms{3}) * 4'000 : 0;
        memberships.push_back(m);
      }
      const AgentId agent = c.agent("a" + std::to_string(i), memberships, config);
      agents.push_back(agent);
      if (random() % 5 != 0) log_in(agent);
      if (i < 2 && random() % 3 != 0) comes_back(agent);
    }
  }

  void comes_back(AgentId agent) {
    if (c.at(agent).status == Status::on_break) c.status(agent, Status::available);
  }

  /// Some reservation that rings; not set: none.
  ReservationId some_offer() {
    std::vector<ReservationId> all;
    for (const auto& [id, r] : c.account().reservations)
      if (r.phase == Phase::offered) all.push_back(id);
    std::sort(all.begin(), all.end());
    return all.empty() ? ReservationId() : all[below(random, all.size())];
  }
  /// Some call that is answered; not set: none.
  CallId some_conversation() {
    std::vector<CallId> all;
    for (const auto& [id, call] : c.account().calls)
      if (call.state == CallState::answered) all.push_back(id);
    std::sort(all.begin(), all.end());
    return all.empty() ? CallId() : all[below(random, all.size())];
  }

  void log_in(AgentId agent) {
    command::Login login{agent, {}};
    for (const Membership& m : c.at(agent).memberships) login.queues.push_back(m.queue);
    c.run(login);
    c.status(agent, Status::on_break);
  }

  void call_comes() {
    command::Enqueue call = c.call_from(queues[below(random, queues.size())], "+4930" + std::to_string(random() % 3));
    call.priority = below(random, 2);
    call.score_ms = random() % 3 == 0 ? below(random, Ms{4}) * 2'500 : 0;
    if (random() % 4 == 0) call.required = random_skills(random, 2);
    if (random() % 8 == 0) {
      call.agent = agents[below(random, agents.size())];
      call.queue = QueueId();
    }
    c.run(call);
  }

  void something_changes() {
    const AgentId agent = agents[below(random, agents.size())];
    const QueueId queue = queues[below(random, queues.size())];
    switch (below(random, 14)) {
      case 0: c.run(command::SetMembershipPaused{agent, queue, random() % 2 == 0, "training"}); break;
      case 1: c.run(command::SetMembershipActive{agent, queue, random() % 2 == 0}); break;
      case 2: {
        QueueConfig config = random_queue(random);
        config.key = find_queue(c.account(), queue)->config.key;
        c.run(command::SetQueue{queue, config});
        break;
      }
      case 3: c.run(command::Logout{agent, ""}); break;
      case 4: log_in(agent); break;
      case 5:
      case 9: comes_back(agent); break;
      case 6:
        if (const ReservationId offer = some_offer(); offer.set()) c.run(command::AcceptOffer{offer});
        break;
      case 7:
        if (const ReservationId offer = some_offer(); offer.set())
          c.run(command::RejectOffer{offer, CloseCause::rejected});
        break;
      case 8:
        if (const CallId call = some_conversation(); call.set()) c.complete(call);
        break;
      default: call_comes();
    }
  }

  Random& random;
  Center c;
  std::vector<QueueId> queues;
  std::vector<AgentId> agents;
};

/// The account with that agent just available, and nothing decided about it yet.
Account with_free(const Account& account, AgentId agent) {
  Account freed = account;
  Fact fact;
  fact.seq = freed.seq + 1;
  fact.ts = fact.at = freed.last_ts;
  fact.body = fact::StatusSet{agent, Status::available, {}, 0};
  apply(freed, fact);
  return freed;
}

TEST(NextCallModel, TheFastAnswerIsTheSlowOne) {
  Random random(7);
  std::size_t checked = 0;
  std::size_t found = 0;
  std::size_t joined = 0;
  while (checked < model_states()) {
    Waiting waiting(random);
    for (int i = 0; i < 4; ++i) waiting.call_comes();
    for (int moment = 0; moment < 25; ++moment) {
      waiting.something_changes();
      waiting.c.advance(below(random, Ms{4}) * 1'500);
      for (AgentId id : waiting.agents) {
        // One that is left alone for a while, or has work to finish, takes nothing.
        const Agent& before = waiting.c.at(id);
        if (before.status != Status::on_break || before.no_offer_until_ts != 0 || before.wrapup_until_ts != 0) continue;
        const Account freed = with_free(waiting.c.account(), id);
        const Agent& agent = *find_agent(freed, id);
        const CallId slow = slow_next_call(freed, agent, waiting.c.ts);
        const bool serves = std::any_of(agent.memberships.begin(), agent.memberships.end(),
                                        [](const Membership& m) { return m.active && !m.paused; });
        const CallId fast = next_call(freed, agent, waiting.c.now());
        // Who serves no queue now is not Ready; a call to one agent asks for the agent alone.
        const Call* taken = find_call(freed, slow);
        if (!serves && taken != nullptr && taken->queue.set()) continue;
        ASSERT_EQ(fast, slow) << "check " << checked;
        ++checked;
        found += slow.set() ? 1 : 0;
        joined += taken != nullptr && !taken->offers.empty() ? 1 : 0;
      }
    }
  }
  EXPECT_GT(found * 2, checked) << "most of them find a call";
  EXPECT_GT(joined * 20, found) << "many of them one that rings already";
}

}  // namespace
}  // namespace rf::core
