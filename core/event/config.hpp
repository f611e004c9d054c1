#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/limits.hpp"
#include "core/base/time.hpp"

/// What an administrator sets, as facts carry it and state holds it.
namespace rf::core {

enum class Role : std::uint8_t { agent, supervisor, admin };

/// Who may switch a membership on and off (PD-9).
enum class MembershipMode : std::uint8_t { static_, dynamic, mandatory, supervisor_managed };

/// What an agent can do, and how well (1-10), or what a call asks for at least (CX-15). Lists are sorted by name, each name
/// once.
struct Skill {
  std::string name;
  std::uint32_t level = 1;
  friend auto operator<=>(const Skill&, const Skill&) = default;
  friend bool operator==(const Skill&, const Skill&) = default;
};
using Skills = std::vector<Skill>;

/// One agent's place in one queue (PD-8). Lower tier_level rings first.
struct Membership {
  QueueId queue;
  MembershipMode mode = MembershipMode::static_;
  std::int32_t tier_level = 1;
  std::int32_t position = 1;
  /// This queue's calls wait at least so long before this agent is offered them.
  Ms delay_ms = 0;
  std::optional<Ms> wrapup_ms;
  bool active = false;
  /// Switched by a supervisor, and not by the agent until a supervisor unlocks it (PD-12).
  bool locked = false;
  /// This queue's calls only are not offered (TM-2).
  bool paused = false;
  std::string pause_reason = {};
  /// The account's seq when this queue last offered the agent a call; 0: never. Round robin goes on behind the newest.
  std::uint64_t last_offered_seq = 0;
  friend bool operator==(const Membership&, const Membership&) = default;
};

enum class AgentKind : std::uint8_t {
  human,
  /// A voice machine behind a SIP address, with room for many calls (LS-33).
  bot,
};

/// Whether the phone is asked to answer by itself (TM-10).
enum class AutoAnswer : std::uint8_t { off, on, optional };

struct AgentConfig {
  std::string key;
  std::string name;
  Role role = Role::agent;
  std::string extension;
  std::uint32_t max_concurrent = 1;
  std::int32_t priority = 50;
  std::optional<Ms> wrapup_ms;
  /// An endpoint on a foreign switch: always reachable, for API calls only.
  bool external_endpoint = false;
  Skills skills;
  AgentKind kind = AgentKind::human;
  /// In queues without the agent feature: no login, no dispositions, pauses by queue (TM-2).
  bool participant = false;
  /// Of a bot: `sip:` URI with a numeric host.
  std::string uri;
  /// Rung beside the phones, in international form (LS-5).
  std::string follow_me;
  AutoAnswer auto_answer = AutoAnswer::off;
  /// Counts the agent's outbound calls; not set: none may be placed (TM-3).
  QueueId outbound_queue;
  /// Numbers that may be shown on outbound calls, and the preselected one (LS-12).
  std::vector<std::string> caller_ids;
  std::string default_caller_id;
  friend bool operator==(const AgentConfig&, const AgentConfig&) = default;
};

/// The ring strategies, one file each in core/strategy.
enum class StrategyKind : std::uint8_t {
  longest_idle_agent,
  ring_all,
  round_robin,
  rr_ordered,
  top_down,
  sequentially_by_agent_order,
  agent_with_least_talk_time,
  agent_with_fewest_calls,
  ring_progressively,
  random,
  weighted_random,
  skill_based,
};
constexpr std::size_t strategy_count = 12;

/// The tier levels that may be offered a call; `max` 0: no upper end.
struct TierWindow {
  std::int32_t min = 0;
  std::int32_t max = 0;
  friend auto operator<=>(const TierWindow&, const TierWindow&) = default;
  friend bool operator==(const TierWindow&, const TierWindow&) = default;
};

/// From `after_ms` of waiting on, a call is content with more agents.
struct WideningStep {
  Ms after_ms = 0;
  /// The tiers from here on; not set: those of before.
  TierWindow tiers;
  /// Required levels are lowered by so much, to 1 at least.
  std::uint32_t levels_off = 0;
  /// Required skills that are only preferred from here on; `*`: all.
  std::vector<std::string> skills_off;
  friend bool operator==(const WideningStep&, const WideningStep&) = default;
};

/// Later tiers wait (mod_callcenter's tier rules). The first tier that the queue has is open at once, whatever its level.
struct TierRules {
  /// 0: every tier is open at once and the level only sorts.
  Ms wait_ms = 0;
  /// The n-th tier after the first waits n times as long.
  bool multiply = false;
  /// A tier waits although nobody of the tiers before it is logged in. Who is on a break counts as logged in.
  bool wait_for_absent = false;
  friend bool operator==(const TierRules&, const TierRules&) = default;
};

/// Who spoke with this caller lately comes first (LS-9).
enum class StickyMode : std::uint8_t {
  off,
  /// First if Ready, else the strategy at once.
  prefer,
  /// The call waits for that agent up to `wait_ms`, then the strategy.
  wait,
  /// Nobody else is offered the call.
  required,
};
struct Sticky {
  StickyMode mode = StickyMode::off;
  /// How long a conversation is remembered.
  Ms window_ms = 0;
  Ms wait_ms = 0;
  /// Wait also for an agent who is logged out, on a break, not ready or unreachable.
  bool wait_for_absent = false;
  friend bool operator==(const Sticky&, const Sticky&) = default;
};

/// Members in these states do not count when it is asked whether anybody serves the queue. Whoever is logged out or not active
/// never counts. Bits, so that a set is one value.
namespace empty_when {
constexpr std::uint32_t nobody_logged_in = 1;
constexpr std::uint32_t paused = 2;
constexpr std::uint32_t not_ready = 4;
constexpr std::uint32_t unreachable = 8;
constexpr std::uint32_t wrapup = 16;
constexpr std::uint32_t ringing = 32;
constexpr std::uint32_t busy = 64;
constexpr std::uint32_t all = 127;
}  // namespace empty_when

/// What makes a call leave the queue, or not enter it.
enum class OverflowWhen : std::uint8_t { full, long_wait, join_empty, no_agent, max_wait, closed, key };
/// Where it goes then.
enum class OverflowTo : std::uint8_t { hang_up, queue, agent, address, callback };
struct Overflow {
  OverflowWhen when = OverflowWhen::full;
  /// Of `key`: what the caller presses.
  std::string key;
  OverflowTo to = OverflowTo::hang_up;
  QueueId queue;
  AgentId agent;
  /// A number at the account's outbound trunk, or a `sip:` URI with a numeric host (voicemail).
  std::string address;
  friend bool operator==(const Overflow&, const Overflow&) = default;
};

/// Open on these days of the week (bit 0: Monday) from one minute of the local day to another; past midnight if `until` is
/// not after `from`.
struct OpenHours {
  std::uint32_t weekdays = 0;
  std::uint32_t from_min = 0;
  std::uint32_t until_min = 0;
  friend bool operator==(const OpenHours&, const OpenHours&) = default;
};

/// The three kinds of outcome that every centre has (TM-12).
enum class Category : std::uint8_t { fail, unsure, success };
struct DispositionChoice {
  Category category = Category::fail;
  std::string outcome;
  friend bool operator==(const DispositionChoice&, const DispositionChoice&) = default;
};

struct QueueConfig {
  std::string key;
  std::string name;
  StrategyKind strategy = StrategyKind::longest_idle_agent;
  Ms ring_timeout_ms = 20 * second_ms;
  /// 0: no limit.
  Ms max_wait_ms = 300 * second_ms;
  std::optional<Ms> wrapup_ms;
  std::int32_t weight = 0;
  std::uint32_t ring_all_width = static_cast<std::uint32_t>(limits::ring_all_width);
  /// How long the same agent is left alone after each kind of unanswered offer.
  Ms reject_delay_ms = 10 * second_ms;
  Ms busy_delay_ms = 60 * second_ms;
  Ms no_answer_delay_ms = 0;
  /// ring-progressively: one more agent each time; 0: 10 s.
  Ms ring_step_ms = 0;
  TierWindow tiers;
  TierRules tier_rules;
  /// What every call of the queue asks of an agent, beside what the call itself asks.
  Skills required;
  Skills preferred;
  /// In rising order of after_ms.
  std::vector<WideningStep> widening;
  Sticky sticky;
  /// The queue's calls stand as if they had waited so much longer.
  Ms base_score_ms = 0;
  /// How many calls may wait; 0: as many as the account may hold.
  std::uint32_t len_max = 0;
  /// A call does not enter when more than so long is expected; 0: whatever is expected.
  Ms long_wait_ms = 0;
  /// Calls do not enter while nobody serves the queue. A set of empty_when; 0: they enter.
  std::uint32_t join_empty = 0;
  /// Calls leave when nobody has served the queue for `no_agent_ms`, but not before they waited for the grace. `leave_empty`
  /// 0: with no_agent_ms, nobody_logged_in; without, they never leave.
  std::uint32_t leave_empty = 0;
  Ms no_agent_ms = 0;
  Ms no_agent_grace_ms = 5 * second_ms;
  /// Calls of the queue that ring or are in conversation at a time (E24); 0: as many as agents.
  std::uint32_t talking_max = 0;
  std::vector<Overflow> overflow;
  /// None: always open.
  std::vector<OpenHours> hours;
  /// A caller who gave up and calls again within `abandoned_keep_ms` has the old place.
  bool abandoned_resume = false;
  Ms abandoned_keep_ms = 60 * second_ms;
  bool announce_position = false;
  bool announce_wait = false;
  Ms announce_every_ms = 0;
  /// After so many unanswered offers in a row the agent is paused (missed); 0: never.
  std::uint32_t no_answer_max = 3;
  /// Wrap-up is for an outcome; one that runs out records unsure (TM-13).
  bool dispositions = false;
  std::vector<DispositionChoice> outcomes;
  /// Wrap-up never lasts longer, extended or not; 0: no ceiling.
  Ms wrapup_ms_max = 0;
  bool record = false;
  /// The service level: so many percent answered within `sla_ms`.
  Ms sla_ms = 20 * second_ms;
  std::uint32_t sla_percent = 80;
  /// An outbound call counts as a call for the longest idle agent.
  bool outbound_resets_idle = false;
  friend bool operator==(const QueueConfig&, const QueueConfig&) = default;
};

/// How an agent comes to be logged in and available.
enum class AvailabilityMode : std::uint8_t {
  /// By request (PD).
  explicit_,
  /// By a registered phone or a Follow-Me number, and out without (LS-3).
  follow_reachability,
};

struct Label {
  std::string language;
  std::string text;
  friend bool operator==(const Label&, const Label&) = default;
};

/// Reasons that the system gives, and dnd and away, which an agent may always choose.
namespace reason {
constexpr std::string_view wrapup = "wrapup";
constexpr std::string_view missed = "missed";
constexpr std::string_view not_responding = "not_responding";
constexpr std::string_view dnd = "dnd";
constexpr std::string_view away = "away";
constexpr std::string_view off_shift = "off_shift";
/// Of a log-off.
constexpr std::string_view day_end = "day_end";
}  // namespace reason

/// A kind of break (RP-13). Without any configured kind every reason is taken.
struct BreakReason {
  std::string id;
  std::vector<Label> labels;
  bool unproductive = false;
  /// A longer break is flagged; 0: none is.
  Ms max_ms = 0;
  friend bool operator==(const BreakReason&, const BreakReason&) = default;
};

/// Planned work (PD-12). `kind` "on_queue" is taking calls; others name what else: "lunch", "training".
struct Activity {
  std::string kind;
  Ms from_ts = 0;
  Ms until_ts = 0;
  friend bool operator==(const Activity&, const Activity&) = default;
};
/// One shift; what its activities leave open is on_queue.
struct Shift {
  Ms from_ts = 0;
  Ms until_ts = 0;
  std::vector<Activity> activities;
  friend bool operator==(const Shift&, const Shift&) = default;
};

struct Settings {
  std::string key;
  std::string name;
  bool auto_ready_on_login = false;
  bool auto_queue_login = false;
  Ms wrapup_ms = 60 * second_ms;
  AvailabilityMode availability = AvailabilityMode::explicit_;
  /// IANA name; empty: UTC.
  std::string time_zone;
  /// The minute of the local day at which a day ends, and whether agents are logged off then (TM-22).
  std::uint32_t day_end_min = 0;
  bool auto_logoff = false;
  /// How long a logged-in agent's phone is unheard of before the agent is flagged stale (LS-16).
  Ms stale_after_ms = 300 * second_ms;
  std::vector<BreakReason> break_reasons;
  /// Who may call and be called directly while paused: by default participants, not agents (TM-2, TM-6).
  bool paused_agents_may_call = false;
  bool paused_participants_may_not_call = false;
  /// Agents are set not ready when their shift ends (PD-12).
  bool not_ready_off_shift = false;
  /// The trunk that Follow-Me, forwarded and outbound calls take; empty: the first.
  std::string outbound_trunk;
  /// Of calls to one agent; 0: 20 s, no limit.
  Ms direct_ring_ms = 20 * second_ms;
  Ms direct_max_wait_ms = 300 * second_ms;
  friend bool operator==(const Settings&, const Settings&) = default;
};

/// Where a number leads: a queue or one agent (LS-20), and where to while it is closed.
struct Route {
  QueueId queue;
  AgentId agent;
  /// None: always open.
  std::vector<OpenHours> hours;
  /// `when` is closed.
  Overflow closed;
  friend bool operator==(const Route&, const Route&) = default;
};

/// The address of a trunk or peer whose INVITEs are taken without digest.
struct Trunk {
  std::string name;
  std::string address;  // numeric IP
  friend bool operator==(const Trunk&, const Trunk&) = default;
};

}  // namespace rf::core
