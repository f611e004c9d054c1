#include "tools/rf-sim/what_if/replayed_day.hpp"

#include <algorithm>

namespace rf::what_if {

namespace {

namespace command = core::command;
namespace fact = core::fact;

/// Of a queue in which nobody was heard to talk.
constexpr Ms talk_default_ms = 180 * second_ms;

core::Account empty(AccountId id) {
  core::Account account;
  account.id = id;
  return account;
}

bool sets_config(const core::Command& command) {
  return std::holds_alternative<command::SetSettings>(command) || std::holds_alternative<command::SetQueue>(command) ||
         std::holds_alternative<command::SetAgent>(command);
}

}  // namespace

ReplayedDay::ReplayedDay(const RecordedDay& day, ImportFor changes, const Zones& zones)
    : day_(day), changes_(std::move(changes)), zones_(zones), sequencer_(empty(day.account)) {}

Result<void> ReplayedDay::run(const std::function<void(const core::Fact&)>& take) {
  take_ = &take;
  bool configured = false;
  for (const Input& next : day_.inputs) {
    const auto* given = std::get_if<core::Command>(&next.what);
    const bool config = given != nullptr && sets_config(*given);
    // Changes come behind a run of settings, not behind each.
    if (configured && !config && given != nullptr) {
      if (auto changed = change(); !changed) return changed;
      configured = false;
    }
    tick_until(next.ts);
    if (auto done = input(next); !done) return done;
    configured = configured || config;
  }
  if (configured)
    if (auto changed = change(); !changed) return changed;
  tick_until(day_.to_ts);
  return {};
}

/// Everything that is due before `ts` and at it, in order of time.
void ReplayedDay::tick_until(Ms ts) {
  while (true) {
    const Ms tick_ts = std::max(sequencer_.next_tick_ts(), ts_);
    const Ms later_ts = later_.empty() ? never_ms : later_.top().ts;
    if (std::min(tick_ts, later_ts) > ts) break;
    ts_ = std::max(ts_, std::min(tick_ts, later_ts));
    if (tick_ts <= later_ts) {
      turn(command::Tick{});
    } else {
      const Later due = later_.top();
      later_.pop();
      if (due.wanted(sequencer_.account())) turn(due.command);
    }
  }
  ts_ = std::max(ts_, ts);
}

void ReplayedDay::turn(const core::Command& command) {
  const core::Now now{ts_, day_.from_ts, nullptr, &zones_};
  std::optional<core::RankRequest> request = sequencer_.begin(command, now);
  while (request) request = sequencer_.ranked(core::rank(indexes_[request->queue], *request));
  const core::TurnResult result = sequencer_.finish();
  reply_ = result.reply;
  for (const core::Fact& fact : result.facts) {
    (*take_)(fact);
    react(fact);
  }
}

Result<void> ReplayedDay::input(const Input& input) {
  if (const auto* reached = std::get_if<Reach>(&input.what)) {
    reach(reached->agent, reached->reachable);
    return {};
  }
  core::Command command = std::get<core::Command>(input.what);
  if (auto* settings = std::get_if<command::SetSettings>(&command)) {
    // Who was reachable when is recorded; phones and their flags are not done again.
    settings->settings.availability = core::AvailabilityMode::explicit_;
    settings->settings.stale_after_ms = 0;
  } else if (auto* agent = std::get_if<command::SetAgent>(&command)) {
    const auto known = reachable_.find(agent->agent);
    agent->config.external_endpoint = known == reachable_.end() || known->second;
    agent->config.follow_me.clear();
  }
  turn(command);
  if (!reply_.ok()) ++refused_;
  const auto* arrival = std::get_if<command::Enqueue>(&command);
  if (arrival == nullptr || !reply_.ok()) return {};
  const CallMemory& memory = day_.calls.at(arrival->call);
  if (!memory.patience_ms) return {};
  later(ts_ + *memory.patience_ms, command::CompleteCall{arrival->call},
        [call = arrival->call](const core::Account& a) {
          const core::Call* row = core::find_call(a, call);
          return row != nullptr && row->state == core::CallState::waiting;
        });
  return {};
}

Result<void> ReplayedDay::change() {
  if (!changes_) return {};
  const auto import = changes_(sequencer_.account());
  if (!import) return import.error();
  if (!*import) return {};
  turn(**import);
  if (!reply_.ok()) return Error{reply_.code, "the changed settings are refused: " + reply_.what};
  return {};
}

void ReplayedDay::reach(AgentId id, bool reachable) {
  reachable_[id] = reachable;
  const core::Agent* agent = core::find_agent(sequencer_.account(), id);
  if (agent == nullptr || agent->removed || agent->config.external_endpoint == reachable) return;
  command::SetAgent set{id, agent->config, agent->memberships};
  set.config.external_endpoint = reachable;
  turn(set);
}

void ReplayedDay::react(const core::Fact& decided) {
  if (const auto* offer = std::get_if<fact::Offered>(&decided.body)) offered(*offer, decided.ts);
  if (const auto* answer = std::get_if<fact::Answered>(&decided.body)) answered(answer->reservation, decided.ts);
}

void ReplayedDay::offered(const fact::Offered& offer, Ms ts) {
  Response response{0, true, {}};
  const auto same = day_.responses.find({offer.call, offer.agent});
  const auto others = day_.responses_of.find(offer.agent);
  if (same != day_.responses.end()) {
    response = same->second;
  } else if (others != day_.responses_of.end()) {
    response = others->second[given_[offer.agent]++ % others->second.size()];
  }
  if (const auto rung = day_.rung_ms.find({offer.call, offer.agent});
      same == day_.responses.end() && rung != day_.rung_ms.end())
    response.after_ms = std::max(response.after_ms, rung->second + 1);
  if (response.after_ms >= offer.ring_ms) return;
  const auto rings = [id = offer.reservation](const core::Account& a) {
    const core::Reservation* row = core::find_reservation(a, id);
    return row != nullptr && row->phase == core::Phase::offered;
  };
  if (response.answered) {
    later(ts + response.after_ms, command::AcceptOffer{offer.reservation}, rings);
  } else if (response.cause != core::CloseCause::no_answer) {
    later(ts + response.after_ms, command::RejectOffer{offer.reservation, response.cause}, rings);
  }
}

void ReplayedDay::answered(ReservationId reservation, Ms ts) {
  const core::Reservation* row = core::find_reservation(sequencer_.account(), reservation);
  if (row == nullptr) return;
  const CallId call = row->offer.call;
  const CallMemory& memory = day_.calls.at(call);
  Ms talk_ms = talk_default_ms;
  const auto others = day_.talks.find(memory.queue);
  if (memory.talk_ms) {
    talk_ms = *memory.talk_ms;
  } else if (others != day_.talks.end()) {
    talk_ms = others->second[talked_[memory.queue]++ % others->second.size()];
  }
  later(ts + talk_ms, command::CompleteCall{call},
        [call](const core::Account& a) { return core::find_call(a, call) != nullptr; });
  if (!memory.wrapup_ms) return;
  const AgentId agent = row->offer.agent;
  later(ts + talk_ms + *memory.wrapup_ms, command::EndWrapup{agent}, [agent, call](const core::Account& a) {
    const core::Agent* wraps = core::find_agent(a, agent);
    return wraps != nullptr && wraps->wrapup_until_ts != 0 && wraps->wrapup_call == call;
  });
}

void ReplayedDay::later(Ms ts, core::Command command, std::function<bool(const core::Account&)> wanted) {
  later_.push({ts, ++order_, std::move(command), std::move(wanted)});
}

}  // namespace rf::what_if
