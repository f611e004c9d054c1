#include "core/strategy/strategy.hpp"

namespace rf::core {

namespace {

/// Like ring-all, but one member first and one more each time the queue's step passes (10 s by default), while those before
/// ring on; up to the queue's width. Trap (mod_callcenter): a leg that begins late may ring after another answered; here the
/// answer closes every ring of the call, begun or not (R13).
class RingProgressively final : public Strategy {
 public:
  std::string_view name() const override { return "ring-progressively"; }
  Standing standing(const MemberView& member, const Skills& required, const Skills& preferred) const override {
    return longest_idle_agent().standing(member, required, preferred);
  }
};

}  // namespace

const Strategy& ring_progressively() {
  static const RingProgressively strategy;
  return strategy;
}

}  // namespace rf::core
