#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "core/base/hash.hpp"
#include "core/queue/queue_index.hpp"
#include "core/strategy/skills.hpp"
#include "tests/core/model_states.hpp"

/// The fast ranking against a slow one that is plainly right: filter everything, sort everything, take the first.
namespace rf::core {
namespace {

using Members = std::map<AgentId, MemberView>;
struct Candidate {
  AgentId agent;
  const MemberView* view;
};

/// Whether the member may have the call but for a pair's wait: a phone at the call's edge, a tier that is open, a delay that is
/// over, every skill at its level.
bool fits(const RankRequest& request, const MemberView& view) {
  bool rings = request.edge == api_edge || view.anywhere;
  for (const EdgeName& edge : view.edges) rings = rings || edge == request.edge;
  if (!rings) return false;
  if (view.tier_level < request.tiers.first || view.tier_level > request.tiers.last) return false;
  if (request.arrived_ts + view.delay_ms > request.now_ts) return false;
  for (const Skill& want : request.required) {
    bool has = false;
    for (const Skill& skill : view.skills) has = has || (skill.name == want.name && skill.level >= want.level);
    if (!has) return false;
  }
  return true;
}

bool waits_alone(const RankRequest& request, AgentId agent) {
  for (const PairWait& wait : request.pair_waits)
    if (wait.agent == agent && request.now_ts < wait.until_ts) return true;
  return false;
}

std::int64_t levels(const MemberView& view, const RankRequest& request) {
  std::int64_t sum = 0;
  for (const Skills* wanted : {&request.required, &request.preferred})
    for (const Skill& want : *wanted)
      for (const Skill& skill : view.skills)
        if (skill.name == want.name) sum += skill.level;
  return sum;
}

/// What the strategy says of two members that are both open to the call: whether `a` comes first.
bool before(const RankRequest& request, const Candidate& a, const Candidate& b) {
  const MemberView& x = *a.view;
  const MemberView& y = *b.view;
  const Stood& queue = request.queue_last;
  const Stood& call = request.call_last;
  const auto pick = [](auto left, auto right) { return left < right; };
  if (request.strategy == StrategyKind::top_down) {
    const auto place = [](const Candidate& c) { return std::tuple(c.view->tier_level, c.view->position, c.agent); };
    const auto last = std::tuple(call.tier_level, call.position, call.agent);
    const bool a_wraps = call.agent.set() && place(a) <= last;
    const bool b_wraps = call.agent.set() && place(b) <= last;
    return pick(std::tuple(a_wraps, place(a)), std::tuple(b_wraps, place(b)));
  }
  if (x.tier_level != y.tier_level) return x.tier_level < y.tier_level;
  const bool pointed = queue.agent.set() && queue.tier_level == x.tier_level;
  switch (request.strategy) {
    case StrategyKind::longest_idle_agent:
    case StrategyKind::ring_all:
    case StrategyKind::ring_progressively:
      return pick(std::tuple(-x.priority, x.idle_since_ts, x.position, a.agent),
                  std::tuple(-y.priority, y.idle_since_ts, y.position, b.agent));
    case StrategyKind::agent_with_fewest_calls:
      return pick(std::tuple(-x.priority, x.calls_today, x.position, a.agent),
                  std::tuple(-y.priority, y.calls_today, y.position, b.agent));
    case StrategyKind::agent_with_least_talk_time:
      return pick(std::tuple(-x.priority, x.talk_today_ms, x.position, a.agent),
                  std::tuple(-y.priority, y.talk_today_ms, y.position, b.agent));
    case StrategyKind::sequentially_by_agent_order:
      return pick(std::tuple(x.position, x.last_offered_ts, -x.priority, a.agent),
                  std::tuple(y.position, y.last_offered_ts, -y.priority, b.agent));
    case StrategyKind::round_robin: {
      const bool a_wraps = pointed && x.position <= queue.position;
      const bool b_wraps = pointed && y.position <= queue.position;
      return pick(std::tuple(a_wraps, x.position, x.last_offered_ts, -x.priority, a.agent),
                  std::tuple(b_wraps, y.position, y.last_offered_ts, -y.priority, b.agent));
    }
    case StrategyKind::rr_ordered: {
      const auto last = std::tuple(queue.position, queue.agent);
      const bool a_wraps = pointed && std::tuple(x.position, a.agent) <= last;
      const bool b_wraps = pointed && std::tuple(y.position, b.agent) <= last;
      return pick(std::tuple(a_wraps, x.position, a.agent), std::tuple(b_wraps, y.position, b.agent));
    }
    case StrategyKind::skill_based:
      return pick(std::tuple(-levels(x, request), -x.priority, x.idle_since_ts, a.agent),
                  std::tuple(-levels(y, request), -y.priority, y.idle_since_ts, b.agent));
    default: return a.agent < b.agent;
  }
}

/// The order in which members are drawn: each draw a ticket among all that could be offered the call but for a pair's wait.
std::vector<Candidate> drawn(const RankRequest& request, const Members& members) {
  std::vector<Candidate> pool;
  for (const auto& [agent, view] : members)
    if (fits(request, view)) pool.push_back({agent, &view});
  std::stable_sort(pool.begin(), pool.end(), [](const Candidate& a, const Candidate& b) {
    return std::tuple(a.view->tier_level, a.view->delay_ms, a.agent) <
           std::tuple(b.view->tier_level, b.view->delay_ms, b.agent);
  });
  const bool weighted = request.strategy == StrategyKind::weighted_random;
  std::vector<Candidate> order;
  for (auto from = pool.begin(); from != pool.end();) {
    const std::int32_t tier = from->view->tier_level;
    const auto to =
        weighted ? pool.end()
                 : std::find_if(from, pool.end(), [&](const Candidate& c) { return c.view->tier_level != tier; });
    std::vector<Candidate> tickets;
    std::vector<std::uint64_t> weights;
    std::uint64_t total = 0;
    for (auto c = from; c != to; ++c) {
      weights.push_back(weighted ? 1000000u / static_cast<std::uint64_t>(1 + c->view->tier_level) : 1u);
      total += weights.back();
    }
    const std::uint64_t seed = mix64(weighted ? request.seed : request.seed ^ static_cast<std::uint64_t>(tier));
    const auto size = static_cast<std::size_t>(to - from);
    std::vector<bool> taken(size);
    const auto take = [&](std::size_t i) {
      if (!taken[i]) order.push_back(*(from + static_cast<std::ptrdiff_t>(i)));
      taken[i] = true;
    };
    for (std::uint64_t i = 0; i < 32; ++i) {
      std::uint64_t ticket = mix64(seed + i) % total;
      std::size_t winner = 0;
      while (ticket >= weights[winner]) ticket -= weights[winner++];
      take(winner);
    }
    for (std::size_t i = 0; i < size; ++i) take(i);
    from = to;
  }
  return order;
}

std::vector<AgentId> slow_rank(const RankRequest& request, const Members& members) {
  const auto tried = [&](AgentId agent) {
    for (const Tried& t : request.tried)
      if (t.agent == agent) return t.count;
    return 0u;
  };
  const bool draws = request.strategy == StrategyKind::random || request.strategy == StrategyKind::weighted_random;
  std::vector<Candidate> order;
  if (draws) {
    for (const Candidate& c : drawn(request, members))
      if (!waits_alone(request, c.agent)) order.push_back(c);
  } else {
    for (const auto& [agent, view] : members)
      if (fits(request, view) && !waits_alone(request, agent)) order.push_back({agent, &view});
    std::sort(order.begin(), order.end(),
              [&](const Candidate& a, const Candidate& b) { return before(request, a, b); });
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](const Candidate& a, const Candidate& b) { return tried(a.agent) < tried(b.agent); });
  std::stable_sort(order.begin(), order.end(), [&](const Candidate& a, const Candidate& b) {
    const auto first = [&](const Candidate& c) {
      return c.agent == request.sticky && (request.sticky_only || tried(c.agent) == 0);
    };
    return first(a) && !first(b);
  });
  std::vector<AgentId> agents;
  for (const Candidate& c : order) {
    if (agents.size() == request.wanted) break;
    if (!request.sticky_only || c.agent == request.sticky) agents.push_back(c.agent);
  }
  return agents;
}

Skills random_skills(Random& random, std::uint64_t share) {
  Skills skills;
  for (const char* name : {"dutch", "german", "sales"})
    if (random() % share == 0) skills.push_back(Skill{name, 1 + below(random, 4u)});
  return skills;
}

MemberView random_member(Random& random) {
  MemberView view;
  view.tier_level = below(random, 3);
  view.position = below(random, 3);
  view.priority = 50 + below(random, 2);
  view.idle_since_ts = below(random, Ms{5});
  view.last_offered_ts = below(random, Ms{4});
  view.calls_today = below(random, 3u);
  view.talk_today_ms = below(random, Ms{3}) * 1000;
  view.delay_ms = random() % 3 == 0 ? below(random, Ms{3}) * 10 : 0;
  view.anywhere = random() % 8 == 0;
  for (const char* edge : {"edge-1", "edge-2"})
    if (random() % 3 != 0) view.edges.emplace_back(edge);
  view.skills = random_skills(random, 2);
  return view;
}

RankRequest random_request(Random& random, StrategyKind strategy, const std::vector<AgentId>& agents) {
  const auto any = [&] { return agents[below(random, agents.size())]; };
  const auto stood = [&] {
    if (random() % 3 == 0) return Stood{};
    return Stood{below(random, 3), below(random, 3), any()};
  };
  RankRequest request;
  request.strategy = strategy;
  request.edge = random() % 4 == 0 ? api_edge : random() % 2 == 0 ? "edge-1" : "edge-2";
  request.required = random_skills(random, 6);
  request.preferred = random_skills(random, 4);
  if (random() % 4 == 0) request.tiers = TierRange{below(random, 2), 1 + below(random, 2)};
  request.arrived_ts = 1000;
  request.now_ts = 1000 + below(random, Ms{30});
  if (random() % 4 == 0) request.sticky = any();
  request.sticky_only = request.sticky.set() && random() % 4 == 0;
  for (int i = below(random, 3); i > 0; --i) {
    const AgentId agent = any();
    const bool known =
        std::any_of(request.tried.begin(), request.tried.end(), [&](const Tried& t) { return t.agent == agent; });
    if (!known) request.tried.push_back(Tried{agent, 1 + below(random, 2u)});
  }
  if (random() % 4 == 0) request.pair_waits.push_back(PairWait{any(), request.now_ts + below(random, Ms{2})});
  request.queue_last = stood();
  request.call_last = stood();
  request.seed = random();
  request.wanted = random() % 3 == 0 ? 1 + below(random, std::size_t{6}) : 1;
  return request;
}

class RankModel : public ::testing::TestWithParam<std::size_t> {};

TEST_P(RankModel, TheFastRankingIsTheSlowOne) {
  const auto strategy = static_cast<StrategyKind>(GetParam());
  Random random(GetParam() + 1);
  std::vector<AgentId> agents;
  for (std::uint64_t i = 1; i <= 12; ++i) agents.emplace_back(Ulid{1, i});
  QueueIndex index;
  Members members;
  for (std::size_t state = 0; state < model_states(); ++state) {
    RankRequest request = random_request(random, strategy, agents);
    request.whole = state % 64 == 0;
    if (request.whole) members.clear();
    for (std::uint64_t i = below(random, 5u); i > 0; --i) {
      const AgentId agent = agents[below(random, agents.size())];
      MemberChange change{agent, std::nullopt};
      if (random() % 4 != 0) change.view = random_member(random);
      members.erase(agent);
      if (change.view) members.emplace(agent, *change.view);
      request.changes.push_back(std::move(change));
    }
    ASSERT_EQ(rank(index, request).agents, slow_rank(request, members)) << "state " << state;
  }
}

INSTANTIATE_TEST_SUITE_P(Every, RankModel, ::testing::Range(std::size_t{0}, strategy_count), [](const auto& param) {
  std::string name(name_of(static_cast<StrategyKind>(param.param)));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace rf::core
