#include <algorithm>

#include "core/base/plant.hpp"
#include "tests/storage/raft/node.hpp"

/// What people ask of a world, and what goes wrong in it.
namespace rf::storage::raft {

namespace {

constexpr std::uint64_t close_enough = 64;

/// The term in which it was decided, as its maker knew it, stands in front.
std::string proposal(std::uint64_t term, Ticket ticket, std::size_t padding) {
  return std::to_string(term) + ":" + std::to_string(ticket) + std::string(padding, 'x');
}

}  // namespace

World::Node* World::leader(std::uint32_t shard) {
  Node* found = nullptr;
  for (auto& n : nodes_) {
    if (!n->up() || n->stopped || !n->engine->group(shard).leads()) continue;
    if (found == nullptr || n->engine->group(shard).term() > found->engine->group(shard).term()) found = n.get();
  }
  return found;
}

void World::propose() {
  // Whoever takes itself for the leader is asked, in the term it was told: of two, one must not commit.
  Node& n = node(1 + random_.below(nodes_count));
  const auto shard = static_cast<std::uint32_t>(random_.below(shards_count));
  const std::uint64_t term = n.places[shard].leads_in;
  if (quiet_ || !n.up() || n.stopped || term == 0 || n.proposed.size() > 300) return;
  const bool late = random_.chance(0.02);
  for (std::uint64_t i = 0, many = 1 + random_.below(random_.chance(0.1) ? 30 : 3); i < many; ++i) {
    const Ticket ticket = ++last_ticket_;
    // Decided in a term that is over: it must not be taken.
    const std::uint64_t decided = late && term > 1 ? term - 1 : term;
    n.proposed[ticket] = proposal(decided, ticket, random_.below(200));
    n.engine->propose(shard, decided, n.proposed[ticket], ticket);
  }
  turn(n);
}

void World::ask_barrier() {
  Node& n = node(1 + random_.below(nodes_count));
  const auto shard = static_cast<std::uint32_t>(random_.below(shards_count));
  if (quiet_ || !n.up() || n.stopped) return;
  const Ticket ticket = ++last_ticket_;
  n.barriers[ticket] = shards_[shard].committed.size() - 1;
  n.engine->barrier(shard, ticket);
  turn(n);
}

void World::compact() {
  Node& n = node(1 + random_.below(nodes_count));
  const auto shard = static_cast<std::uint32_t>(random_.below(shards_count));
  const Node::Place& place = n.places[shard];
  if (!n.up() || n.stopped || place.machine.head.index == 0) return;
  const bool held = std::any_of(place.sessions.begin(), place.sessions.end(),
                                [&](const auto& session) { return session.second > schedule_.now_ms(); });
  n.engine->compact(now(), shard, place.machine.head, held ? 100'000 : random_.below(60));
  turn(n);
}

void World::break_something() {
  if (healing_) return;
  Node& n = node(1 + random_.below(nodes_count));
  switch (random_.below(9)) {
    case 0:
    case 1:
      if (n.up()) crash(n);
      schedule_.after(random_.about(800), [this, &n] {
        if (!n.up()) boot(n);
      });
      break;
    case 2:
      for (auto& each : nodes_)
        if (random_.chance(0.8) && each->up()) crash(*each);
      for (auto& each : nodes_)
        schedule_.after(random_.about(300), [this, each = each.get()] {
          if (!each->up()) boot(*each);
        });
      break;
    case 3:
      for (NodeNumber other = 1; other <= nodes_count; ++other) {
        blocked_.insert({n.number, other});
        blocked_.insert({other, n.number});
      }
      break;
    case 4: blocked_.insert({n.number, 1 + random_.below(nodes_count)}); break;
    case 5:
      for (NodeNumber from = 1; from <= nodes_count; ++from)
        for (NodeNumber to = 1; to <= nodes_count; ++to)
          if ((from <= 2) != (to <= 2)) blocked_.insert({from, to});
      break;
    case 6: blocked_.clear(); break;
    case 7: n.slow_until_ms = schedule_.now_ms() + random_.about(2'000); break;
    case 8:
      if (!n.up()) break;
      n.stopped = true;
      schedule_.after(random_.about(900), [&n] { n.stopped = false; });
      break;
  }
  if (!blocked_.empty() && random_.chance(0.5)) schedule_.after(random_.about(600), [this] { blocked_.clear(); });
}

/// One step at a time, and a standby becomes a voter only when every member is close to the end.
void World::change_members() {
  const auto shard = static_cast<std::uint32_t>(random_.below(shards_count));
  Node* n = leader(shard);
  if (calm_ || n == nullptr || !n->engine->group(shard).can_change()) return;
  const Group& group = n->engine->group(shard);
  const auto asked = [&](auto&& ask) {
    ask();
    turn(*n);
  };
  if (random_.chance(0.3)) {
    ++outcome_.transfers;
    return asked([&] { n->engine->transfer(now(), shard, 1 + random_.below(nodes_count)); });
  }
  Members members = group.members();
  const auto is = [](MemberRole role) { return [role](const Member& m) { return m.role == role; }; };
  const auto voters = std::count_if(members.begin(), members.end(), is(MemberRole::voter));
  // A voter that does not know yet that it is one does not vote: with it too many may be missing.
  for (const Member& m : members) {
    const std::uint64_t match = group.match_of(m.node);
    if (!RF_PLANT(members_unheard) && m.role == MemberRole::voter &&
        (match + close_enough < group.last_index() || match < group.members_index()))
      return;
  }
  const auto standby = std::find_if(members.begin(), members.end(), is(MemberRole::standby));
  if (standby != members.end()) {
    const NodeNumber fresh = standby->node;
    if (random_.chance(0.3)) {
      members.erase(standby);
    } else if (group.catch_up_of(fresh) == Group::CatchUp::finished &&
               group.match_of(fresh) + close_enough >= group.last_index()) {
      standby->role = MemberRole::voter;
    } else {
      return asked([&] { n->engine->catch_up(now(), shard, fresh); });
    }
  } else if (voters > 3 || (voters == 3 && random_.chance(0.1))) {
    Member& demoted = members[random_.below(members.size())];
    if (demoted.node == n->number) return;
    demoted.role = MemberRole::standby;
  } else {
    NodeNumber fresh = 0;
    for (NodeNumber each = 1; each <= nodes_count; ++each)
      if (std::none_of(members.begin(), members.end(), [&](const Member& m) { return m.node == each; })) fresh = each;
    if (fresh == 0) return;
    members.push_back({fresh, MemberRole::standby});
  }
  asked([&] { n->engine->change(now(), shard, members, "change " + std::to_string(++last_ticket_)); });
}

void World::heal() {
  healing_ = true;
  blocked_.clear();
  for (auto& n : nodes_) {
    n->stopped = false;
    n->slow_until_ms = 0;
    if (!n->up()) boot(*n);
  }
  schedule_.after(rest_ms / 2, [this] { calm_ = true; });
  schedule_.after(rest_ms - 3'000, [this] { quiet_ = true; });
}

}  // namespace rf::storage::raft
