#pragma once
#include <array>
#include <optional>
#include <string_view>

#include "core/strategy/member.hpp"

namespace rf::core {

/// A ring strategy: which of a tier's members comes first. One file each. Tier levels, delays, skills that a call requires,
/// sticky agents and who was tried are the same for all and not its business (core/queue).
class Strategy {
 public:
  virtual ~Strategy() = default;
  virtual std::string_view name() const = 0;

  /// Among the members of one tier. Depends on the member and the call's skills alone, so that an order changes only when
  /// one of them does.
  virtual Standing standing(const MemberView& member, const Skills& required, const Skills& preferred) const = 0;

  /// Where the strategy goes on instead of beginning at the top.
  struct Behind {
    std::int32_t tier_level = 0;
    /// The first is the one after this; the members up to it come last.
    Ordered last;
    /// Later tiers come before what lies up to `last`; else only that tier begins behind it.
    bool across_tiers = false;
  };
  /// `queue`: whom the queue offered a call last; `call`: who was offered this call last.
  virtual std::optional<Behind> behind(const Stood& queue, const Stood& call) const;

  /// Drawing takes the place of the order: each draw one of the tier's members, or one of all tiers' by their weight.
  enum class Draw : std::uint8_t { none, of_tier, by_weight };
  virtual Draw draw() const { return Draw::none; }
  /// Whether `preferred` matters: other strategies share one order for all calls that require the same.
  virtual bool looks_at_preferred() const { return false; }
};

const Strategy& strategy_of(StrategyKind kind);
/// The strategy's standard name, e.g. "longest-idle-agent".
std::string_view name_of(StrategyKind kind);
/// By standard name, or by what app_queue, mod_callcenter, Kazoo and RustPBX call it ("rrmemory", "leastrecent"); nothing
/// if unknown.
std::optional<StrategyKind> strategy_named(std::string_view name);
/// All standard names, for a refusal that names them.
const std::array<std::string_view, strategy_count>& strategy_names();

const Strategy& longest_idle_agent();
const Strategy& ring_all();
const Strategy& round_robin();
const Strategy& rr_ordered();
const Strategy& top_down();
const Strategy& sequentially_by_agent_order();
const Strategy& agent_with_least_talk_time();
const Strategy& agent_with_fewest_calls();
const Strategy& ring_progressively();
const Strategy& random_agent();
const Strategy& weighted_random();
const Strategy& skill_based();

}  // namespace rf::core
