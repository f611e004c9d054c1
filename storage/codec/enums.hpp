#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "core/base/result.hpp"
#include "core/directory/directory.hpp"
#include "core/state/entities.hpp"

/// The numbers that enumerators have in the log: those of log.proto, whatever their order in C++. A field of an enum whose
/// first enumerator has the number 0 is not written for it, and its absence means it: such enums may be added to messages
/// that older logs hold. Every other enum's field is always written, and its absence is damage.
namespace rf::storage::codec {

struct EnumEntry {
  std::uint32_t number = 0;
  std::string_view name;  // empty: not an enumerator
};

constexpr EnumEntry entry(Code code) {
  switch (code) {
    case Code::ok: return {1, "ok"};
    case Code::invalid_argument: return {2, "invalid_argument"};
    case Code::not_found: return {3, "not_found"};
    case Code::already_exists: return {4, "already_exists"};
    case Code::not_owner: return {5, "not_owner"};
    case Code::stale_term: return {6, "stale_term"};
    case Code::overloaded: return {7, "overloaded"};
    case Code::timeout: return {8, "timeout"};
    case Code::unknown_outcome: return {9, "unknown_outcome"};
    case Code::unavailable: return {10, "unavailable"};
    case Code::corrupt: return {11, "corrupt"};
    case Code::unauthenticated: return {12, "unauthenticated"};
    case Code::permission_denied: return {13, "permission_denied"};
    case Code::failed_precondition: return {14, "failed_precondition"};
  }
  return {};
}

constexpr EnumEntry entry(core::Bucket bucket) {
  switch (bucket) {
    case core::Bucket::extcall: return {1, "extcall"};
    case core::Bucket::incall: return {2, "incall"};
    case core::Bucket::offline: return {3, "offline"};
    case core::Bucket::unreachable: return {4, "unreachable"};
    case core::Bucket::ring: return {5, "ring"};
    case core::Bucket::paused: return {6, "paused"};
    case core::Bucket::wrapup: return {7, "wrapup"};
    case core::Bucket::ready: return {8, "ready"};
    case core::Bucket::idle: return {9, "idle"};
  }
  return {};
}

constexpr EnumEntry entry(core::Status status) {
  switch (status) {
    case core::Status::offline: return {1, "offline"};
    case core::Status::not_ready: return {2, "not_ready"};
    case core::Status::available: return {3, "available"};
    case core::Status::on_break: return {4, "on_break"};
  }
  return {};
}

constexpr EnumEntry entry(core::Role role) {
  switch (role) {
    case core::Role::agent: return {1, "agent"};
    case core::Role::supervisor: return {2, "supervisor"};
    case core::Role::admin: return {3, "admin"};
  }
  return {};
}

constexpr EnumEntry entry(core::MembershipMode mode) {
  switch (mode) {
    case core::MembershipMode::static_: return {1, "static"};
    case core::MembershipMode::dynamic: return {2, "dynamic"};
    case core::MembershipMode::mandatory: return {3, "mandatory"};
    case core::MembershipMode::supervisor_managed: return {4, "supervisor_managed"};
  }
  return {};
}

constexpr EnumEntry entry(core::StrategyKind kind) {
  switch (kind) {
    case core::StrategyKind::longest_idle_agent: return {1, "longest_idle_agent"};
    case core::StrategyKind::ring_all: return {2, "ring_all"};
    case core::StrategyKind::round_robin: return {3, "round_robin"};
    case core::StrategyKind::rr_ordered: return {4, "rr_ordered"};
    case core::StrategyKind::top_down: return {5, "top_down"};
    case core::StrategyKind::sequentially_by_agent_order: return {6, "sequentially_by_agent_order"};
    case core::StrategyKind::agent_with_least_talk_time: return {7, "agent_with_least_talk_time"};
    case core::StrategyKind::agent_with_fewest_calls: return {8, "agent_with_fewest_calls"};
    case core::StrategyKind::ring_progressively: return {9, "ring_progressively"};
    case core::StrategyKind::random: return {10, "random"};
    case core::StrategyKind::weighted_random: return {11, "weighted_random"};
    case core::StrategyKind::skill_based: return {12, "skill_based"};
  }
  return {};
}

constexpr EnumEntry entry(core::CloseCause cause) {
  switch (cause) {
    case core::CloseCause::no_answer: return {1, "no_answer"};
    case core::CloseCause::rejected: return {2, "rejected"};
    case core::CloseCause::busy: return {3, "busy"};
    case core::CloseCause::unreachable: return {4, "unreachable"};
    case core::CloseCause::withdrawn: return {5, "withdrawn"};
    case core::CloseCause::not_rung: return {6, "not_rung"};
    case core::CloseCause::lost_race: return {7, "lost_race"};
    case core::CloseCause::caller_gone: return {8, "caller_gone"};
    case core::CloseCause::failed: return {9, "failed"};
  }
  return {};
}

constexpr EnumEntry entry(core::EndCause cause) {
  switch (cause) {
    case core::EndCause::caller_hangup: return {1, "caller_hangup"};
    case core::EndCause::agent_hangup: return {2, "agent_hangup"};
    case core::EndCause::ordered: return {3, "ordered"};
    case core::EndCause::session_timeout: return {4, "session_timeout"};
    case core::EndCause::unconfirmed: return {5, "unconfirmed"};
    case core::EndCause::failed: return {6, "failed"};
  }
  return {};
}

constexpr EnumEntry entry(core::Outcome outcome) {
  switch (outcome) {
    case core::Outcome::none: return {1, "none"};
    case core::Outcome::answered: return {2, "answered"};
    case core::Outcome::abandoned: return {3, "abandoned"};
    case core::Outcome::timeout: return {4, "timeout"};
    case core::Outcome::overflow: return {5, "overflow"};
    case core::Outcome::failed: return {6, "failed"};
  }
  return {};
}

constexpr EnumEntry entry(core::Hold hold) {
  switch (hold) {
    case core::Hold::none: return {1, "none"};
    case core::Hold::to_ring_until: return {2, "to_ring_until"};
    case core::Hold::to_bound: return {3, "to_bound"};
  }
  return {};
}

constexpr EnumEntry entry(core::directory::NameKind kind) {
  switch (kind) {
    case core::directory::NameKind::account: return {1, "account"};
    case core::directory::NameKind::sip_domain: return {2, "sip_domain"};
    case core::directory::NameKind::number: return {3, "number"};
    case core::directory::NameKind::trunk: return {4, "trunk"};
    case core::directory::NameKind::edge: return {5, "edge"};
  }
  return {};
}

constexpr EnumEntry entry(core::Phase phase) {
  switch (phase) {
    case core::Phase::offered: return {1, "offered"};
    case core::Phase::closing: return {2, "closing"};
    case core::Phase::releasing: return {3, "releasing"};
    case core::Phase::answered: return {4, "answered"};
    case core::Phase::ending: return {5, "ending"};
  }
  return {};
}

constexpr EnumEntry entry(core::CallState state) {
  switch (state) {
    case core::CallState::waiting: return {1, "waiting"};
    case core::CallState::closing: return {2, "closing"};
    case core::CallState::answered: return {3, "answered"};
    case core::CallState::ended: return {4, "ended"};
    case core::CallState::forwarded: return {5, "forwarded"};
  }
  return {};
}

constexpr EnumEntry entry(core::EdgeHealth health) {
  switch (health) {
    case core::EdgeHealth::live: return {1, "live"};
    case core::EdgeHealth::silent: return {2, "silent"};
    case core::EdgeHealth::lost: return {3, "lost"};
  }
  return {};
}

constexpr EnumEntry entry(core::Edge::Sweep sweep) {
  switch (sweep) {
    case core::Edge::Sweep::none: return {1, "none"};
    case core::Edge::Sweep::snapshot: return {2, "snapshot"};
    case core::Edge::Sweep::back: return {3, "back"};
    case core::Edge::Sweep::lost: return {4, "lost"};
  }
  return {};
}

constexpr EnumEntry entry(core::Category category) {
  switch (category) {
    case core::Category::fail: return {1, "fail"};
    case core::Category::unsure: return {2, "unsure"};
    case core::Category::success: return {3, "success"};
  }
  return {};
}

constexpr EnumEntry entry(core::AvailabilityMode mode) {
  switch (mode) {
    case core::AvailabilityMode::explicit_: return {0, "explicit"};
    case core::AvailabilityMode::follow_reachability: return {1, "follow_reachability"};
  }
  return {};
}

constexpr EnumEntry entry(core::AgentKind kind) {
  switch (kind) {
    case core::AgentKind::human: return {0, "human"};
    case core::AgentKind::bot: return {1, "bot"};
  }
  return {};
}

constexpr EnumEntry entry(core::AutoAnswer mode) {
  switch (mode) {
    case core::AutoAnswer::off: return {0, "off"};
    case core::AutoAnswer::on: return {1, "on"};
    case core::AutoAnswer::optional: return {2, "optional"};
  }
  return {};
}

constexpr EnumEntry entry(core::StickyMode mode) {
  switch (mode) {
    case core::StickyMode::off: return {0, "off"};
    case core::StickyMode::prefer: return {1, "prefer"};
    case core::StickyMode::wait: return {2, "wait"};
    case core::StickyMode::required: return {3, "required"};
  }
  return {};
}

constexpr EnumEntry entry(core::OverflowWhen when) {
  switch (when) {
    case core::OverflowWhen::full: return {0, "full"};
    case core::OverflowWhen::long_wait: return {1, "long_wait"};
    case core::OverflowWhen::join_empty: return {2, "join_empty"};
    case core::OverflowWhen::no_agent: return {3, "no_agent"};
    case core::OverflowWhen::max_wait: return {4, "max_wait"};
    case core::OverflowWhen::closed: return {5, "closed"};
    case core::OverflowWhen::key: return {6, "key"};
  }
  return {};
}

constexpr EnumEntry entry(core::OverflowTo to) {
  switch (to) {
    case core::OverflowTo::hang_up: return {0, "hang_up"};
    case core::OverflowTo::queue: return {1, "queue"};
    case core::OverflowTo::agent: return {2, "agent"};
    case core::OverflowTo::address: return {3, "address"};
    case core::OverflowTo::callback: return {4, "callback"};
  }
  return {};
}

constexpr std::size_t enumerators_max = 16;

/// Whether a field of the enum is left out for its first enumerator.
template <class E>
constexpr bool may_be_absent = entry(E{}).number == 0;

/// The enumerator that the log's `number` stands for.
template <class E>
constexpr std::optional<E> enum_of(std::uint64_t number) {
  constexpr auto by_number = [] {
    std::array<std::int8_t, enumerators_max + 1> table{};
    for (auto& raw : table) raw = -1;
    for (std::size_t raw = 0; raw < enumerators_max; ++raw) {
      const EnumEntry known = entry(static_cast<E>(raw));
      if (!known.name.empty()) table[known.number] = static_cast<std::int8_t>(raw);
    }
    return table;
  }();
  if (number > enumerators_max || by_number[number] < 0) return std::nullopt;
  return static_cast<E>(by_number[number]);
}

}  // namespace rf::storage::codec
