#include "core/account/sequencer.hpp"

#include <algorithm>

#include "core/account/apply.hpp"
#include "core/account/orders.hpp"
#include "core/base/assert.hpp"
#include "core/base/limits.hpp"
#include "core/presence/bucket.hpp"
#include "core/queue/eligible.hpp"

namespace rf::core {

namespace {

/// Room that one more step may need: a ring-all of full width with its closes.
constexpr std::size_t step_facts_max = 110;

bool frees_only_the_agent(const fact::Body& body) {
  return std::holds_alternative<fact::LegGone>(body) || std::holds_alternative<fact::LookSet>(body);
}

}  // namespace

Sequencer::Sequencer(Account account) : account_(std::move(account)) {
  for (const auto& [queue, classes] : account_.index.waiting)
    for (const auto& [edge, places] : classes) add_class(ClassLook{queue, edge});
}

Ms Sequencer::next_tick_ts() const {
  if (!seekers_.empty() || !lookers_.empty() || !classes_.empty()) return 0;
  return next_deadline(account_);
}

bool Sequencer::full() const {
  return result_.facts.size() + looked_.size() + step_facts_max > limits::batch_facts_max;
}

Decision Sequencer::step(const Command& command) {
  Decision decision = decide(account_, command, *now_);
  for (Fact& fact : decision.facts) {
    const Touched rows = stamp_and_apply(account_, fact);
    feed_.note(account_, rows, fact.body);
    const Agent* agent = find_agent(account_, rows.agent);
    if (agent != nullptr && ready(*agent)) seekers_.push_back(rows.agent);
    if (rows.call.set() && !frees_only_the_agent(fact.body)) {
      const Call* call = find_call(account_, rows.call);
      if (call != nullptr && seeks(account_, *call)) lookers_.push_back(rows.call);
    }
    result_.facts.push_back(std::move(fact));
  }
  for (const ClassLook& look : decision.classes) add_class(look);
  result_.rank_mismatches += decision.mismatches;
  return decision;
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

std::optional<RankRequest> Sequencer::begin(const Command& command, const Now& now) {
  RF_ASSERT(!now_);
  now_ = now;
  now_->ts = std::max(now.ts, account_.last_ts);
  result_ = TurnResult{};
  looked_.clear();
  retried_.clear();
  if (std::holds_alternative<command::Tick>(command)) {
    take_due();
  } else {
    Decision decision = step(command);
    result_.reply = std::move(decision.reply);
    result_.edge = decision.edge;
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

std::optional<CallId> Sequencer::tried_looker(AgentId id) {
  const Agent* agent = find_agent(account_, id);
  if (agent == nullptr) return std::nullopt;
  const CallId call = next_call(account_, *agent, *now_);
  const auto looker = std::find(lookers_.begin(), lookers_.end(), call);
  if (looker == lookers_.end()) return std::nullopt;
  const std::vector<Tried>& tried = find_call(account_, call)->tried;
  if (std::none_of(tried.begin(), tried.end(), [&](const Tried& t) { return t.agent == id; })) return std::nullopt;
  lookers_.erase(std::remove(lookers_.begin(), lookers_.end(), call), lookers_.end());
  return call;
}

std::optional<CallId> Sequencer::next_looker() {
  while (true) {
    if (!lookers_.empty()) {
      const auto place = [&](CallId id) {
        const Call* call = find_call(account_, id);
        return call == nullptr ? Place{} : Place{call->arrival.priority, call->arrived_ts, call->seq, call->id};
      };
      const auto first =
          std::min_element(lookers_.begin(), lookers_.end(), [&](CallId a, CallId b) { return place(a) < place(b); });
      const CallId id = *first;
      lookers_.erase(std::remove(lookers_.begin(), lookers_.end(), id), lookers_.end());
      return id;
    }
    if (classes_.empty()) return std::nullopt;
    const auto first = classes_.begin();
    const ClassLook look = first->second;
    const Place* head = head_of(look);
    if (head != nullptr && !(first->first.second < *head)) return head->call;
    classes_.erase(first);
    add_class(look);
  }
}

void Sequencer::add_class(const ClassLook& look) {
  const Place* head = head_of(look);
  if (head == nullptr) return;
  const std::int64_t weight = find_queue(account_, look.queue)->config.weight;
  classes_.emplace(std::make_pair(-weight, *head), look);
}

const Place* Sequencer::head_of(const ClassLook& look) const {
  const auto waiting = account_.index.waiting.find(look.queue);
  if (waiting == account_.index.waiting.end()) return nullptr;
  const auto places = waiting->second.find(look.edge);
  if (places == waiting->second.end()) return nullptr;
  for (const Place& place : places->second) {
    if (looked_.count(place.call) == 0) return &place;
    // A call that was looked at and still waits found nobody: those behind it find nobody either, unless it was a pair's
    // wait or its own offers that held it.
    const Call& call = *find_call(account_, place.call);
    if (call.pair_waits.empty() && call.offers.empty()) return nullptr;
  }
  return nullptr;
}

std::optional<RankRequest> Sequencer::advance() {
  while (!full()) {
    std::optional<CallId> looker;
    if (!seekers_.empty()) {
      looker = tried_looker(seekers_.front());
      if (!looker) {
        const AgentId agent = seekers_.front();
        seekers_.pop_front();
        step(command::SeekCall{agent});
        continue;
      }
    } else {
      looker = next_looker();
    }
    if (!looker) break;
    looked_.insert(*looker);
    const std::uint64_t seq_before = account_.seq;
    step(command::Look{*looker});
    if (account_.seq != seq_before) continue;
    const Call* call = find_call(account_, *looker);
    if (call == nullptr || !seeks(account_, *call) || !class_open(account_, call->arrival.edge, *now_)) continue;
    return feed_.request(account_, *call, *now_);
  }
  set_looks();
  return std::nullopt;
}

void Sequencer::set_looks() {
  for (CallId id : looked_) set_look(id);
  looked_.clear();
}

TurnResult Sequencer::finish() {
  RF_ASSERT(now_);
  now_.reset();
  result_.orders = orders_of(account_, result_.facts);
  result_.reply.seq = account_.seq;
  return std::move(result_);
}

}  // namespace rf::core
