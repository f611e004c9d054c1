#include "tools/rf-sim/what_if/recorded_day.hpp"

#include <algorithm>

#include "core/account/apply.hpp"
#include "core/presence/bucket.hpp"

namespace rf::what_if {

namespace {

namespace command = core::command;
namespace fact = core::fact;

/// What an agent did, as opposed to what the caller, the rules or the network did.
bool by_agent(core::CloseCause cause) {
  using enum core::CloseCause;
  return cause == no_answer || cause == rejected || cause == busy || cause == unreachable || cause == failed;
}

template <class Map>
std::vector<typename Map::key_type> ids_of(const Map& map) {
  std::vector<typename Map::key_type> ids;
  for (const auto& [id, row] : map) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace

Recorder::Recorder(AccountId account, Ms from_ts, Ms to_ts) {
  account_.id = account;
  day_.account = account;
  day_.from_ts = from_ts;
  day_.to_ts = to_ts;
}

bool Recorder::take(const core::Fact& fact) {
  if (fact.ts >= day_.to_ts) return false;
  if (!begun_ && fact.ts >= day_.from_ts) begin();
  ts_ = fact.ts;
  if (begun_) {
    // What a fact is due to shows in the account before it.
    take_config(fact);
    take_agent(fact);
    take_call(fact);
    take_offer(fact);
  }
  core::apply(account_, fact);
  if (!begun_) return true;
  if (const auto* up = std::get_if<fact::BindingUp>(&fact.body)) note_reach(up->agent);
  if (const auto* down = std::get_if<fact::BindingDown>(&fact.body)) note_reach(down->agent);
  if (const auto* set = std::get_if<fact::AgentSet>(&fact.body)) note_reach(set->agent);
  return true;
}

RecordedDay Recorder::day() {
  if (!begun_) begin();
  return std::move(day_);
}

void Recorder::add(core::Command command) { day_.inputs.push_back({ts_, std::move(command)}); }

/// The centre as it stood: set up, logged in, in the status of that moment.
void Recorder::begin() {
  begun_ = true;
  before_ = account_;
  ts_ = day_.from_ts;
  day_.calls_left_out = account_.calls.size();
  if (account_.seq == 0) return;
  add(command::SetSettings{account_.settings});
  for (QueueId id : ids_of(account_.queues))
    if (const core::Queue& queue = *core::find_queue(account_, id); !queue.removed)
      add(command::SetQueue{id, queue.config});
  for (AgentId id : ids_of(account_.agents)) {
    const core::Agent& agent = *core::find_agent(account_, id);
    if (agent.removed) continue;
    add(command::SetAgent{id, agent.config, agent.memberships});
    note_reach(id);
    if (!agent.shifts.empty()) add(command::SetShifts{id, agent.shifts});
    if (agent.status == core::Status::offline) continue;
    command::Login login{id, {}};
    for (const core::Membership& m : agent.memberships)
      if (m.active) login.queues.push_back(m.queue);
    add(login);
    add_status(id, agent.status, agent.reason, false);
    for (const core::Membership& m : agent.memberships)
      if (m.paused) add(command::SetMembershipPaused{id, m.queue, true, m.pause_reason});
    if (agent.external_calls > 0) add(command::SetExternalCalls{id, agent.external_calls});
  }
}

void Recorder::add_status(AgentId agent, core::Status status, const std::string& reason, bool at_end_of_call) {
  // A pause for missed calls is the rules' own.
  if (reason == core::reason::missed) return;
  add(command::SetStatus{agent, status, reason, at_end_of_call});
}

void Recorder::take_config(const core::Fact& fact) {
  if (const auto* settings = std::get_if<fact::SettingsSet>(&fact.body)) add(command::SetSettings{settings->settings});
  if (const auto* queue = std::get_if<fact::QueueSet>(&fact.body)) add(command::SetQueue{queue->queue, queue->config});
  if (const auto* gone = std::get_if<fact::QueueRemoved>(&fact.body))
    add(command::RemoveQueue{gone->queue, gone->drain_to});
  if (const auto* agent = std::get_if<fact::AgentSet>(&fact.body))
    add(command::SetAgent{agent->agent, agent->config, agent->memberships});
  if (const auto* gone = std::get_if<fact::AgentRemoved>(&fact.body)) add(command::RemoveAgent{gone->agent});
  if (const auto* shifts = std::get_if<fact::ShiftsSet>(&fact.body))
    add(command::SetShifts{shifts->agent, shifts->shifts});
}

void Recorder::take_agent(const core::Fact& fact) {
  if (const auto* in = std::get_if<fact::LoggedIn>(&fact.body)) {
    add(command::Login{in->agent, in->active});
    add_status(in->agent, in->status, {}, false);
  } else if (const auto* out = std::get_if<fact::LoggedOut>(&fact.body)) {
    add(command::Logout{out->agent, out->reason});
  } else if (const auto* set = std::get_if<fact::StatusSet>(&fact.body)) {
    const core::Agent* agent = core::find_agent(account_, set->agent);
    // What was asked for during a call comes by itself.
    if (agent != nullptr && !(agent->next.set && agent->next.status == set->status))
      add_status(set->agent, set->status, set->reason, false);
  } else if (const auto* next = std::get_if<fact::NextStatusSet>(&fact.body)) {
    if (next->next.set) add_status(next->agent, next->next.status, next->next.reason, true);
  } else if (const auto* active = std::get_if<fact::MembershipActive>(&fact.body)) {
    add(command::SetMembershipActive{active->agent, active->queue, active->active, core::Asker::supervisor,
                                     active->locked});
  } else if (const auto* paused = std::get_if<fact::MembershipPaused>(&fact.body)) {
    add(command::SetMembershipPaused{paused->agent, paused->queue, paused->paused, paused->reason});
  } else if (const auto* external = std::get_if<fact::ExternalCallsSet>(&fact.body)) {
    add(command::SetExternalCalls{external->agent, external->count});
  } else if (const auto* ended = std::get_if<fact::WrapupEnded>(&fact.body)) {
    const auto wrapping = wrapping_.find(ended->agent);
    if (ended->manual && wrapping != wrapping_.end())
      day_.calls[wrapping->second.first].wrapup_ms = fact.ts - wrapping->second.second;
  }
}

void Recorder::take_call(const core::Fact& fact) {
  if (const auto* arrived = std::get_if<fact::CallArrived>(&fact.body)) take_arrival(*arrived);
  const auto* ended = std::get_if<fact::CallEnded>(&fact.body);
  if (ended == nullptr || ended->outcome != core::Outcome::abandoned) return;
  const core::Call* call = core::find_call(account_, ended->call);
  const auto memory = day_.calls.find(ended->call);
  if (call != nullptr && memory != day_.calls.end()) memory->second.patience_ms = fact.ts - call->arrived_at;
}

void Recorder::take_arrival(const fact::CallArrived& arrival) {
  if (!arrival.place_uri.empty()) {
    ++day_.calls_left_out;
    return;
  }
  command::Enqueue enqueue{arrival.call,        arrival.queue,     arrival.number,   arrival.caller,
                           arrival.caller_name, arrival.priority,  arrival.customer, arrival.score_ms,
                           arrival.required,    arrival.preferred, arrival.agent,    arrival.attributes,
                           arrival.wrapup_ms};
  // The queue's own score comes again.
  if (const core::Queue* queue = core::find_queue(account_, arrival.queue))
    enqueue.score_ms -= std::min(enqueue.score_ms, queue->config.base_score_ms);
  day_.calls[arrival.call].queue = arrival.queue;
  add(std::move(enqueue));
}

void Recorder::take_offer(const core::Fact& fact) {
  if (const auto* offered = std::get_if<fact::Offered>(&fact.body)) {
    offers_[offered->reservation] = {offered->call, offered->agent, fact.ts};
    return;
  }
  if (const auto* answered = std::get_if<fact::Answered>(&fact.body)) {
    const auto offer = offers_.find(answered->reservation);
    if (offer != offers_.end()) respond(offer->second, {fact.ts - offer->second.offered_ts, true, {}});
  } else if (const auto* closed = std::get_if<fact::OfferClosed>(&fact.body)) {
    const auto offer = offers_.find(closed->reservation);
    if (offer == offers_.end()) return;
    const auto& [call, agent, offered_ts] = offer->second;
    if (by_agent(closed->cause)) {
      respond(offer->second, {fact.ts - offered_ts, false, closed->cause});
    } else {
      day_.rung_ms.try_emplace({call, agent}, fact.ts - offered_ts);
    }
  } else if (const auto* gone = std::get_if<fact::LegGone>(&fact.body)) {
    const auto offer = offers_.find(gone->reservation);
    if (offer == offers_.end()) return;
    const auto [call, agent, offered_ts] = offer->second;
    offers_.erase(offer);
    const core::Reservation* row = core::find_reservation(account_, gone->reservation);
    if (row == nullptr || row->answered_ts == 0) return;
    CallMemory& memory = day_.calls[call];
    memory.talk_ms = gone->talk_ms;
    day_.talks[memory.queue].push_back(gone->talk_ms);
    if (gone->wrapup_until_ts > 0) wrapping_[agent] = {call, fact.ts};
  }
}

void Recorder::respond(const Offer& offer, Response response) {
  day_.responses.try_emplace({offer.call, offer.agent}, response);
  day_.responses_of[offer.agent].push_back(response);
}

void Recorder::note_reach(AgentId id) {
  const core::Agent* agent = core::find_agent(account_, id);
  if (agent == nullptr) return;
  const bool reachable = core::reachable(*agent);
  const auto [known, fresh] = reachable_.try_emplace(id, reachable);
  if (!fresh && known->second == reachable) return;
  known->second = reachable;
  day_.inputs.push_back({ts_, Reach{id, reachable}});
}

}  // namespace rf::what_if
