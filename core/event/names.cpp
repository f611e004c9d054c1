#include <array>

#include "core/event/fact.hpp"

namespace rf::core {

std::string_view name_of(Status status) {
  switch (status) {
    case Status::offline: return "offline";
    case Status::not_ready: return "not_ready";
    case Status::available: return "available";
    case Status::on_break: return "on_break";
  }
  return "unknown";
}

std::string_view name_of(Bucket bucket) {
  constexpr std::array<std::string_view, bucket_count> names = {"extcall", "incall", "offline", "unreachable", "ring",
                                                                "paused",  "wrapup", "ready",   "idle"};
  return names[static_cast<std::size_t>(bucket)];
}

std::string_view name_of(CloseCause cause) {
  switch (cause) {
    case CloseCause::no_answer: return "no_answer";
    case CloseCause::rejected: return "rejected";
    case CloseCause::busy: return "busy";
    case CloseCause::unreachable: return "unreachable";
    case CloseCause::withdrawn: return "withdrawn";
    case CloseCause::not_rung: return "not_rung";
    case CloseCause::lost_race: return "lost_race";
    case CloseCause::caller_gone: return "caller_gone";
    case CloseCause::failed: return "failed";
  }
  return "unknown";
}

std::string_view name_of(Category category) {
  switch (category) {
    case Category::fail: return "fail";
    case Category::unsure: return "unsure";
    case Category::success: return "success";
  }
  return "unknown";
}

std::string_view name_of(OverflowWhen when) {
  switch (when) {
    case OverflowWhen::full: return "full";
    case OverflowWhen::long_wait: return "long_wait";
    case OverflowWhen::join_empty: return "join_empty";
    case OverflowWhen::no_agent: return "no_agent";
    case OverflowWhen::max_wait: return "max_wait";
    case OverflowWhen::closed: return "closed";
    case OverflowWhen::key: return "key";
  }
  return "unknown";
}

std::string_view name_of(EndCause cause) {
  switch (cause) {
    case EndCause::caller_hangup: return "caller_hangup";
    case EndCause::agent_hangup: return "agent_hangup";
    case EndCause::ordered: return "ordered";
    case EndCause::session_timeout: return "session_timeout";
    case EndCause::unconfirmed: return "unconfirmed";
    case EndCause::failed: return "failed";
  }
  return "unknown";
}

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::none: return "none";
    case Outcome::answered: return "answered";
    case Outcome::abandoned: return "abandoned";
    case Outcome::timeout: return "timeout";
    case Outcome::overflow: return "overflow";
    case Outcome::failed: return "failed";
  }
  return "unknown";
}

std::string_view name_of(const fact::Body& body) {
  constexpr std::array<std::string_view, std::variant_size_v<fact::Body>> names = {
      "settings_set",      "queue_set",         "queue_removed",      "agent_set",
      "agent_removed",     "number_set",        "number_removed",     "domain_set",
      "domain_removed",    "trunk_set",         "trunk_removed",      "credential_set",
      "logged_in",         "logged_out",        "status_set",         "membership_active",
      "binding_up",        "binding_down",      "external_calls_set", "wrapup_ended",
      "offer_gate_opened", "call_arrived",      "look_set",           "offered",
      "offer_closing",     "offer_closed",      "answered",           "leg_gone",
      "call_closing",      "call_ended",        "call_moved",         "call_adopted",
      "lease_set",         "edge_seen",         "edge_snapshot",      "edge_silent",
      "edge_back",         "edge_lost",         "edge_swept",         "queue_swept",
      "call_widened",      "call_released",     "ring_step",          "sticky_set",
      "next_status_set",   "membership_paused", "break_overran",      "agent_stale",
      "agent_reset",       "shifts_set",        "activity_began",     "wrapup_extended",
      "disposition_set",   "day_began",         "logoff_swept",       "call_forwarded",
      "callback_set",      "queue_empty",       "pace_set",           "place_kept",
      "exit_wanted",       "caller_gone"};
  return names[body.index()];
}

}  // namespace rf::core
