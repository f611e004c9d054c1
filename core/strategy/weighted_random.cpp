#include "core/strategy/strategy.hpp"

namespace rf::core {

namespace {

/// A member drawn of all tiers: the tier level t is only a weight, 1 / (1 + t), as the penalty is in app_queue's wrandom.
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
