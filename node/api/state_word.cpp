#include "node/api/state_word.hpp"

namespace rf::node {

namespace {

constexpr std::string_view away = "away";
constexpr std::string_view custom = "custom:";

}  // namespace

Result<AskedStatus> status_of_text(std::string_view text) {
  using core::Status;
  if (text == "idle" || text == "available") return AskedStatus{Status::available, ""};
  if (text == "not_ready") return AskedStatus{Status::not_ready, ""};
  if (text == "offline") return AskedStatus{Status::offline, ""};
  if (text == away || text == core::reason::dnd) return AskedStatus{Status::on_break, std::string(text)};
  if (text.starts_with(custom) && text.size() > custom.size())
    return AskedStatus{Status::on_break, std::string(text.substr(custom.size()))};
  return Error{Code::invalid_argument, "status_text must be idle, available, not_ready, away, dnd, custom:REASON or "
                                       "offline, not \"" +
                                           std::string(text.substr(0, 64)) + "\""};
}

std::string_view state_word(const core::Agent& agent) {
  using core::Bucket;
  switch (agent.bucket) {
    case Bucket::ready: return "idle";
    case Bucket::ring: return "ringing";
    case Bucket::incall:
    case Bucket::extcall: return "busy";
    case Bucket::wrapup: return "wrapup";
    case Bucket::paused:
      if (agent.reason == core::reason::dnd) return core::reason::dnd;
      return agent.reason == away ? away : "custom";
    // Logged in, and no calls come: not ready, or no queue is active.
    case Bucket::idle: return away;
    case Bucket::offline:
    case Bucket::unreachable: return "offline";
  }
  return "offline";
}

std::string_view presence_word(const core::Agent& agent) {
  using core::Bucket;
  switch (agent.bucket) {
    case Bucket::ready: return "available";
    case Bucket::ring:
    case Bucket::incall:
    case Bucket::extcall: return "on call";
    case Bucket::wrapup: return "wrap-up";
    case Bucket::paused:
    case Bucket::idle:
    case Bucket::unreachable:
    case Bucket::offline: return "offline";
  }
  return "offline";
}

}  // namespace rf::node
