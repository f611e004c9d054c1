#include "core/account/sequencer.hpp"

#include <algorithm>

#include "core/account/apply.hpp"
#include "core/account/orders.hpp"
#include "core/base/assert.hpp"
#include "core/base/limits.hpp"
#include "core/base/plant.hpp"
#include "core/queue/admission.hpp"
#include "core/queue/eligible.hpp"

namespace rf::core {

namespace {

/// Room that one more step may need: a ring-all of full width with its closes.
constexpr std::size_t step_facts_max = 110;
/// As many as most turns have.
constexpr std::size_t turn_facts = 4;

/// Facts of a call after which nobody may be offered it who might not before.
bool opens_nothing(const fact::Body& body) {
  return std::holds_alternative<fact::LegGone>(body) || std::holds_alternative<fact::LookSet>(body) ||
         std::holds_alternative<fact::Offered>(body);
}

}  // namespace

Sequencer::Sequencer(Account account) : account_(std::move(account)) {
  for (const auto& [queue, classes] : account_.index.waiting)
    for (const auto& [asked, places] : classes) {
      add_class(ClassLook{queue, asked});
      note_stale(queue);
    }
}

/// Waiting may open other doors to the queue's calls, or at other times, than when they were looked at last.
void Sequencer::note_stale(QueueId id) {
  const Queue* queue = find_queue(account_, id);
  if (queue != nullptr && (queue->config.tier_rules.wait_ms != 0 || account_.index.delays.count(id) > 0))
    stale_.insert(id);
}

/// Renews when the calls of stale queues look next, as far as there is room: the rest comes in the next turn.
void Sequencer::renew_looks() {
  while (!stale_.empty()) {
    const auto waiting = account_.index.waiting.find(*stale_.begin());
    std::vector<CallId> calls;
    if (waiting != account_.index.waiting.end())
      for (const auto& [asked, places] : waiting->second)
        for (const Place& place : places) calls.push_back(place.call);
    for (CallId call : calls) {
      if (result_.facts.size() >= limits::batch_facts_max) return;
      // A look that is due is taken, not put off.
      if (find_call(account_, call)->next_look_ts > now_->ts) set_look(call);
    }
    stale_.erase(stale_.begin());
  }
}

/// An edge whose heartbeats stopped and go on before anybody called it silent: its calls seek again, oldest first (P11).
void Sequencer::look_where_heard_again() {
  for (auto edge = unheard_.begin(); edge != unheard_.end();) {
    if (!class_open(account_, *edge, *now_)) {
      ++edge;
      continue;
    }
    for (const auto& [queue, classes] : account_.index.waiting)
      for (const auto& [asked, places] : classes)
        if (asked.edge == *edge) add_class(ClassLook{queue, asked});
    edge = unheard_.erase(edge);
  }
}

/// Notes the edges at which the agent could not be offered a call because nothing is heard of them.
void Sequencer::note_unheard(AgentId id) {
  const Agent* agent = find_agent(account_, id);
  if (agent == nullptr || !seeks_calls(account_, *agent)) return;
  for (const auto& [name, edge] : account_.edges)
    if (endpoint_for(*agent, name) && !RF_PLANT(unheard_edges_forgotten) && !class_open(account_, name, *now_))
      unheard_.insert(name);
}

Ms Sequencer::next_tick_ts() const {
  if (!seekers_.empty() || !lookers_.empty() || !classes_.empty() || !arrived_.empty() || !emptied_.empty() ||
      !stale_.empty())
    return 0;
  return next_deadline(account_);
}

bool Sequencer::full() const {
  return result_.facts.size() + looked_.size() + offered_.size() + step_facts_max > limits::batch_facts_max;
}

/// An offer ends the wait for the call's next look. One that was due and not taken yet may have found others: a call that rings at
/// many looks at once.
bool Sequencer::offers_past_a_look(const fact::Body& body) const {
  const auto* offered = std::get_if<fact::Offered>(&body);
  return offered != nullptr && find_call(account_, offered->call)->next_look_ts <= now_->ts;
}

Decision Sequencer::step(const Command& command) {
  Decision decision = decide(account_, command, *now_, std::move(room_));
  for (Fact& fact : decision.facts) {
    const bool look_was_due = offers_past_a_look(fact.body);
    const Touched rows = stamp_and_apply(account_, fact);
    if (look_was_due) lookers_.push_back(rows.call);
    feed_.note(account_, rows, fact.body);
    const Agent* agent = find_agent(account_, rows.agent);
    if (agent != nullptr && seeks_calls(account_, *agent)) seekers_.push_back(rows.agent);
    note_emptied(fact, rows);
    if (std::holds_alternative<fact::CallArrived>(fact.body)) arrived_.push_back(rows.call);
    // A ring-all call seeks on, from when its next look was.
    if (std::holds_alternative<fact::Offered>(fact.body)) offered_.insert(rows.call);
    if (const auto* set = std::get_if<fact::AgentSet>(&fact.body))
      for (const Membership& m : set->memberships) note_stale(m.queue);
    if (rows.call.set() && !opens_nothing(fact.body)) {
      const Call* call = find_call(account_, rows.call);
      if (call != nullptr && seeks(account_, *call)) lookers_.push_back(rows.call);
    }
    result_.facts.push_back(std::move(fact));
  }
  decision.facts.clear();
  room_ = std::move(decision.facts);
  for (const ClassLook& look : decision.classes) {
    add_class(look);
    note_stale(look.queue);
  }
  result_.rank_mismatches += decision.mismatches;
  return decision;
}

/// Notes the queues that nobody may serve any more, or somebody again, by what the fact did to an agent or the queue.
void Sequencer::note_emptied(const Fact& fact, const Touched& rows) {
  if (account_.index.may_empty.empty() && !rows.queue.set()) return;
  if (std::holds_alternative<fact::QueueSet>(fact.body)) emptied_.insert(rows.queue);
  if (!rows.agent.set()) return;
  const bool places_changed =
      std::holds_alternative<fact::AgentSet>(fact.body) || std::holds_alternative<fact::AgentRemoved>(fact.body);
  if (places_changed) emptied_.insert(account_.index.may_empty.begin(), account_.index.may_empty.end());
  const Agent* agent = find_agent(account_, rows.agent);
  if (agent == nullptr) return;
  for (const Membership& m : agent->memberships)
    if (account_.index.may_empty.count(m.queue) > 0) emptied_.insert(m.queue);
}

/// What follows a step at once: whether queues take the calls that came, and who is served by nobody.
bool Sequencer::follow_step() {
  if (!arrived_.empty()) {
    const CallId call = arrived_.back();
    arrived_.pop_back();
    step(command::Admit{call});
    return true;
  }
  if (emptied_.empty()) return false;
  const QueueId queue = *emptied_.begin();
  emptied_.erase(emptied_.begin());
  step(command::CheckEmpty{queue});
  return true;
}

void Sequencer::set_look(CallId id) {
  const Call* call = find_call(account_, id);
  if (call == nullptr || !seeks(account_, *call)) return;
  const Ms next = next_look(account_, *call, *now_);
  if (next == call->next_look_ts) return;
  Fact fact;
  fact.ts = fact.at = now_->ts;
  fact.body = fact::LookSet{id, next};
  stamp_and_apply(account_, fact);
  result_.facts.push_back(std::move(fact));
}

void Sequencer::take_due() {
  std::size_t taken = 0;
  while (!full() && taken < limits::tick_items_max && !account_.index.due.empty()) {
    const Due due = *account_.index.due.begin();
    if (due.at_ts > now_->ts) return;
    ++taken;
    const std::uint64_t seq_before = account_.seq;
    if (due.kind == DueKind::look) {
      lookers_.push_back(CallId(due.id));
      set_look(CallId(due.id));
    } else {
      step(command::TakeDue{due});
    }
    // Every due item writes a fact that takes it off the list; one that does not would be taken for ever.
    RF_ASSERT(account_.seq != seq_before);
  }
}

/// A snapshot's consequences, as far as there is room in this turn: what the edge tells next waits for them.
void Sequencer::carry_through(const EdgeName& name) {
  for (const Edge* edge = find_edge(account_, name); edge != nullptr && edge->sweep == Edge::Sweep::snapshot && !full();
       edge = find_edge(account_, name)) {
    const std::uint64_t seq_before = account_.seq;
    step(command::TakeDue{Due{0, edge->sweep_seq, DueKind::edge_sweep, {}, name}});
    RF_ASSERT(account_.seq != seq_before);
  }
}

std::optional<RankRequest> Sequencer::begin(const Command& command, const Now& now) {
  RF_ASSERT(!now_);
  now_ = now;
  now_->ts = std::max(now.ts, account_.last_ts);
  result_ = TurnResult{};
  result_.facts.reserve(turn_facts);
  looked_.clear();
  retried_.clear();
  if (!unheard_.empty()) look_where_heard_again();
  if (std::holds_alternative<command::Tick>(command)) {
    take_due();
  } else {
    const auto* told = std::get_if<command::EdgeEvent>(&command);
    if (told != nullptr) carry_through(told->edge);
    Decision decision = step(command);
    result_.reply = std::move(decision.reply);
    result_.edge = decision.edge;
    if (told != nullptr) carry_through(told->edge);
  }
  return advance();
}

std::optional<RankRequest> Sequencer::ranked(const Ranked& ranked) {
  RF_ASSERT(now_);
  const std::uint32_t mismatches_before = result_.rank_mismatches;
  step(command::TakeRanked{ranked});
  const Call* call = find_call(account_, ranked.call);
  if (result_.rank_mismatches != mismatches_before && call != nullptr) {
    // Our bug: the index did not match the account. It is built anew, once per call and turn.
    feed_.forget(call->queue);
    if (retried_.insert(ranked.call).second) lookers_.push_back(ranked.call);
  }
  return advance();
}

std::optional<CallId> Sequencer::tried_call(AgentId id) const {
  const Agent* agent = find_agent(account_, id);
  if (agent == nullptr) return std::nullopt;
  const CallId call = next_call(account_, *agent, *now_);
  if (!call.set() || looked_.count(call) > 0) return std::nullopt;
  const std::vector<Tried>& tried = find_call(account_, call)->tried;
  if (std::none_of(tried.begin(), tried.end(), [&](const Tried& t) { return t.agent == id; })) return std::nullopt;
  return call;
}

Sequencer::Turn Sequencer::turn_of(CallId id) const {
  const Call* call = find_call(account_, id);
  if (call == nullptr) return {};
  return {-weight_of(call->queue), standing_of(account_, *call)};
}

std::optional<CallId> Sequencer::next_looker() {
  while (!lookers_.empty() || !classes_.empty()) {
    const auto first =
        std::min_element(lookers_.begin(), lookers_.end(), [&](CallId a, CallId b) { return turn_of(a) < turn_of(b); });
    const auto oldest_class = classes_.begin();
    if (first != lookers_.end() && (oldest_class == classes_.end() || turn_of(*first) < oldest_class->first)) {
      const CallId id = *first;
      lookers_.erase(std::remove(lookers_.begin(), lookers_.end(), id), lookers_.end());
      return id;
    }
    const Turn turn = oldest_class->first;
    const ClassLook look = oldest_class->second;
    const Place* head = head_of(look);
    if (head != nullptr && !(turn < turn_of(head->call))) return head->call;
    classes_.erase(oldest_class);
    add_class(look);
  }
  return std::nullopt;
}

std::int64_t Sequencer::weight_of(QueueId id) const {
  const Queue* queue = find_queue(account_, id);
  return queue == nullptr ? 0 : queue->config.weight;
}

void Sequencer::add_class(const ClassLook& look) {
  const Place* head = head_of(look);
  if (head == nullptr) return;
  classes_.emplace(turn_of(head->call), look);
}

const Place* Sequencer::head_of(const ClassLook& look) const {
  const auto waiting = account_.index.waiting.find(look.queue);
  if (waiting == account_.index.waiting.end()) return nullptr;
  const auto places = waiting->second.find(look.asked);
  if (places == waiting->second.end()) return nullptr;
  Ms in_vain_ts = never_ms;
  for (const Place& place : places->second) {
    const Call& call = *find_call(account_, place.call);
    if (looked_.count(place.call) == 0) {
      if (call.arrived_ts < in_vain_ts) return &place;
    } else if (call.pair_waits.empty() && call.offers.empty()) {
      // A call that was looked at and still waits found nobody: those that have not waited longer find nobody either,
      // unless it was a pair's wait or its own offers that held it.
      in_vain_ts = std::min(in_vain_ts, call.arrived_ts);
    }
  }
  return nullptr;
}

std::optional<CallId> Sequencer::seek() {
  // Whoever is free takes the oldest call it can before one is ranked that may take them all (P11).
  std::optional<CallId> oldest;
  for (auto agent = seekers_.begin(); agent != seekers_.end(); ++agent) {
    const std::optional<CallId> tried = tried_call(*agent);
    if (!tried) {
      const AgentId id = *agent;
      seekers_.erase(agent);
      step(command::SeekCall{id});
      note_unheard(id);
      return std::nullopt;
    }
    if (!oldest || turn_of(*tried) < turn_of(*oldest)) oldest = tried;
  }
  // A class that looks in this turn may hold an older call for the same agents (P11).
  lookers_.push_back(*oldest);
  const std::size_t listed = lookers_.size();
  const std::optional<CallId> looker = next_looker();
  if (!looker) return looker;
  const CallId older = older_for_seekers(*looker);
  if (!older.set()) return looker;
  if (lookers_.size() < listed) lookers_.push_back(*looker);
  return older;
}

/// A call that was not looked at in this turn and that a seeker must be offered before that one (P11).
CallId Sequencer::older_for_seekers(CallId id) const {
  CallId oldest;
  const Call* call = find_call(account_, id);
  if (call == nullptr || !call->queue.set()) return oldest;
  for (AgentId seeker : seekers_) {
    const Agent* agent = find_agent(account_, seeker);
    const CallId older = agent == nullptr ? CallId() : older_call(account_, *agent, *call, *now_);
    if (older.set() && looked_.count(older) == 0 && (!oldest.set() || turn_of(older) < turn_of(oldest))) oldest = older;
  }
  return oldest;
}

std::optional<RankRequest> Sequencer::advance() {
  while (!full()) {
    if (follow_step()) continue;
    std::optional<CallId> looker;
    if (!seekers_.empty()) {
      looker = seek();
      if (!looker) continue;
    } else {
      looker = next_looker();
    }
    if (!looker) break;
    looked_.insert(*looker);
    const std::uint64_t seq_before = account_.seq;
    step(command::Look{*looker});
    if (account_.seq != seq_before) continue;
    const Call* call = find_call(account_, *looker);
    if (call == nullptr || !seeks(account_, *call) || is_capped(account_, *call) ||
        now_->ts >= call->arrival.max_wait_until_ts)
      continue;
    if (!class_open(account_, call->arrival.edge, *now_)) {
      unheard_.insert(call->arrival.edge);
      continue;
    }
    if (!call->queue.set()) continue;
    return feed_.request(account_, *call, *now_);
  }
  set_looks();
  return std::nullopt;
}

void Sequencer::set_looks() {
  offered_.insert(looked_.begin(), looked_.end());
  for (CallId id : offered_) set_look(id);
  looked_.clear();
  offered_.clear();
  renew_looks();
}

TurnResult Sequencer::finish() {
  RF_ASSERT(now_);
  now_.reset();
  result_.orders = orders_of(account_, result_.facts);
  result_.reply.seq = account_.seq;
  return std::move(result_);
}

}  // namespace rf::core
