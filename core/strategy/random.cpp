#include "core/strategy/strategy.hpp"

namespace rf::core {

namespace {

/// A member drawn of the first tier that has any, anew for each offer. The draw is a hash of the account and its place in the
/// log (R5), so that it can be told afterwards who was drawn and why.
class RandomAgent final : public Strategy {
 public:
  std::string_view name() const override { return "random"; }
  Standing standing(const MemberView&, const Skills&, const Skills&) const override { return {}; }
  Draw draw() const override { return Draw::of_tier; }
};

}  // namespace

const Strategy& random_agent() {
  static const RandomAgent strategy;
  return strategy;
}

}  // namespace rf::core
