#include "core/strategy/skills.hpp"
#include "core/strategy/strategy.hpp"

namespace rf::core {

namespace {

/// Of those that have what the call requires (any strategy asks that), the member whose levels in the required and preferred
/// skills add up highest, then by priority and longest idle. Trap: a call whose skills nobody has waits for ever; the queue's
/// widening steps let it be content with less.
class SkillBased final : public Strategy {
 public:
  std::string_view name() const override { return "skill-based"; }
  Standing standing(const MemberView& member, const Skills& required, const Skills& preferred) const override {
    return Standing{-(levels(member, required) + levels(member, preferred)), -member.priority, member.idle_since_ts};
  }
  bool looks_at_preferred() const override { return true; }

 private:
  static std::int64_t levels(const MemberView& member, const Skills& wanted) {
    std::int64_t sum = 0;
    for (const Skill& want : wanted) sum += level_of(member.skills, want.name);
    return sum;
  }
};

}  // namespace

const Strategy& skill_based() {
  static const SkillBased strategy;
  return strategy;
}

}  // namespace rf::core
