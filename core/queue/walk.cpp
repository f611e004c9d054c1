#include "core/queue/walk.hpp"

#include <optional>
#include <set>
#include <vector>

#include "core/base/hash.hpp"

namespace rf::core {

namespace {

/// After so many draws the members that are left follow in order: by then nearly all that are open are taken.
constexpr int draws_max = 32;

/// A part of one tier: behind `from` up to and with `to`; null: from its first, to its last.
struct Stretch {
  const Tier* tier = nullptr;
  const Ordered* from = nullptr;
  const Ordered* to = nullptr;
};

/// Merges the groups whose delay is over; false: the visitor has enough.
bool walk(const Stretch& stretch, Ms waited_ms, const Visit& visit) {
  struct Cursor {
    const Sorted<Ordered>* group;
    Sorted<Ordered>::Place at;
    Sorted<Ordered>::Place end;
  };
  std::vector<Cursor> cursors;
  for (const auto& [delay_ms, group] : *stretch.tier) {
    if (delay_ms > waited_ms) break;
    cursors.push_back({&group, stretch.from == nullptr ? group.begin() : group.upper_bound(*stretch.from),
                       stretch.to == nullptr ? group.end() : group.upper_bound(*stretch.to)});
  }
  while (true) {
    Cursor* first = nullptr;
    for (Cursor& cursor : cursors)
      if (cursor.at != cursor.end && (first == nullptr || (*cursor.group)[cursor.at] < (*first->group)[first->at]))
        first = &cursor;
    if (first == nullptr) return true;
    const AgentId agent = (*first->group)[first->at].agent;
    first->at = first->group->next(first->at);
    if (!visit(agent)) return false;
  }
}

std::vector<Stretch> stretches(const Order& order, const TierRange& tiers,
                               const std::optional<Strategy::Behind>& behind) {
  std::vector<Stretch> all, wrapped;
  const auto split = [&](std::int32_t level) { return behind && behind->tier_level == level; };
  for (auto tier = order.lower_bound(tiers.first); tier != order.end() && tier->first <= tiers.last; ++tier) {
    if (behind && behind->across_tiers && tier->first < behind->tier_level) {
      wrapped.push_back({&tier->second, nullptr, nullptr});
    } else if (!split(tier->first)) {
      all.push_back({&tier->second, nullptr, nullptr});
    } else {
      all.push_back({&tier->second, &behind->last, nullptr});
      (behind->across_tiers ? wrapped : all).push_back({&tier->second, nullptr, &behind->last});
    }
  }
  all.insert(all.end(), wrapped.begin(), wrapped.end());
  return all;
}

/// Members to draw from, each group's with the same weight.
struct Lot {
  const Sorted<Ordered>* group;
  std::uint64_t weight;
  /// Members before this group's.
  std::size_t before;
};

class Lottery {
 public:
  void add(const Tier& tier, Ms waited_ms, std::uint64_t weight) {
    for (const auto& [delay_ms, group] : tier) {
      if (delay_ms > waited_ms) break;
      lots_.push_back({&group, weight, members_});
      members_ += group.size();
      total_ += weight * group.size();
    }
  }

  bool draw(std::uint64_t seed, const Visit& visit) const {
    std::set<std::size_t> taken;
    for (int i = 0; i < draws_max && taken.size() < members_; ++i) {
      const auto [lot, index] = at(mix64(seed + static_cast<std::uint64_t>(i)) % total_);
      if (taken.insert(lot->before + index).second && !visit((*lot->group)[lot->group->nth(index)].agent)) return false;
    }
    for (const Lot& lot : lots_) {
      std::size_t index = 0;
      for (auto place = lot.group->begin(); place != lot.group->end(); place = lot.group->next(place), ++index)
        if (taken.count(lot.before + index) == 0 && !visit((*lot.group)[place].agent)) return false;
    }
    return true;
  }

 private:
  std::pair<const Lot*, std::size_t> at(std::uint64_t ticket) const {
    for (const Lot& lot : lots_) {
      if (ticket < lot.weight * lot.group->size()) return {&lot, static_cast<std::size_t>(ticket / lot.weight)};
      ticket -= lot.weight * lot.group->size();
    }
    return {nullptr, 0};
  }

  std::vector<Lot> lots_;
  std::size_t members_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace

void walk(const Order& order, const RankRequest& request, const Strategy& strategy, const Visit& visit) {
  const std::optional<Strategy::Behind> behind = strategy.behind(request.queue_last, request.call_last);
  for (const Stretch& stretch : stretches(order, request.tiers, behind))
    if (!walk(stretch, request.now_ts - request.arrived_ts, visit)) return;
}

void draw(const Order& order, const RankRequest& request, Strategy::Draw kind, const Visit& visit) {
  const Ms waited_ms = request.now_ts - request.arrived_ts;
  Lottery all;
  for (auto tier = order.lower_bound(request.tiers.first); tier != order.end() && tier->first <= request.tiers.last;
       ++tier) {
    if (kind == Strategy::Draw::by_weight) {
      constexpr std::uint64_t unit = 1000000;
      all.add(tier->second, waited_ms, unit / (1 + static_cast<std::uint64_t>(std::max(0, tier->first))));
      continue;
    }
    Lottery one;
    one.add(tier->second, waited_ms, 1);
    if (!one.draw(mix64(request.seed ^ static_cast<std::uint64_t>(tier->first)), visit)) return;
  }
  if (kind == Strategy::Draw::by_weight) all.draw(mix64(request.seed), visit);
}

}  // namespace rf::core
