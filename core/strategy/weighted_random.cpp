#include "core/strategy/strategy.hpp"

namespace rf::core {

namespace {

/// A member drawn of all tiers: the tier level t is only a weight, 1 / (1 + t). app_queue's wrandom favours low penalties
/// more: two members of penalties 0 and 1 share 3 to 1 there, of tiers 0 and 1 here 2 to 1.
/// Trap: whoever expects later tiers to wait must choose random.
class WeightedRandom final : public Strategy {
 public:
  std::string_view name() const override { return "weighted-random"; }
  Standing standing(const MemberView&, const Skills&, const Skills&) const override { return {}; }
  Draw draw() const override { return Draw::by_weight; }
};

}  // namespace

const Strategy& weighted_random() {
  static const WeightedRandom strategy;
  return strategy;
}

}  // namespace rf::core
