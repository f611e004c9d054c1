#include "tests/support/contention.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core/base/assert.hpp"

namespace rf::testing {

namespace {

constexpr std::size_t agents = 50;
constexpr std::size_t queues = 10;
/// Commands of one moment come together, so that they meet in flight.
constexpr Ms grid_ms = 10;
constexpr Ms talk_ms = second_ms;
constexpr Ms ring_ms = 4 * second_ms;
/// Between arrivals: nine of ten agents are busy.
constexpr Ms gap_ms_max = 52;
constexpr std::uint64_t offers_between_crashes = 5000;

Ms on_grid(Ms ms) { return (ms + grid_ms - 1) / grid_ms * grid_ms; }

}  // namespace

Contention::Contention(std::uint64_t seed) : harness_(seed) { set_up(); }

void Contention::set_up() {
  core::Settings settings;
  settings.key = "contention";
  settings.wrapup_ms = 0;
  must(core::command::SetSettings{settings});
  std::vector<core::Membership> memberships;
  for (std::size_t i = 0; i < queues; ++i) {
    core::QueueConfig config;
    config.key = "q" + std::to_string(i);
    config.wrapup_ms = 0;
    config.ring_timeout_ms = ring_ms;
    queues_.push_back(QueueId(next()));
    must(core::command::SetQueue{queues_.back(), config});
    core::Membership membership;
    membership.queue = queues_.back();
    memberships.push_back(membership);
  }
  for (std::size_t i = 0; i < agents; ++i) {
    core::AgentConfig config;
    config.key = "a" + std::to_string(i);
    config.external_endpoint = true;
    const AgentId agent(next());
    must(core::command::SetAgent{agent, config, memberships});
    must(core::command::Login{agent, queues_});
    must(core::command::SetStatus{agent, core::Status::available, ""});
  }
  at(now(), {Then::arrive, {}, {}});
}

/// Of the set-up: on its own, and it succeeds.
void Contention::must(core::Command command) {
  const AskedPtr asked = ask(std::move(command));
  harness_.settle();
  RF_ASSERT(asked->done() && asked->code() == Code::ok);
}

Contended Contention::run(std::uint64_t offers) {
  const Ms start = now();
  std::uint64_t crash_at = tally_.offers + offers_between_crashes;
  const std::uint64_t until = tally_.offers + offers;
  // A machine that makes no offers must not keep its test forever.
  const Ms end = start + 60 * second_ms + static_cast<Ms>(offers) * 10 * gap_ms_max;
  while (tally_.offers < until && now() < end) {
    const Ms due = steps_.begin()->first;
    harness_.advance(std::max<Ms>(0, due - now()), ActorHarness::Commits::at_once);
    while (!steps_.empty() && steps_.begin()->first <= due) take(steps_.extract(steps_.begin()).mapped());
    if (tally_.offers >= crash_at) {
      crash_at += offers_between_crashes;
      crash();
    }
    harness_.settle();
    read_facts();
  }
  tally_.virtual_ms += now() - start;
  return tally_;
}

AskedPtr Contention::ask(core::Command command) {
  return harness_.command(account_, CommandId(next()), std::move(command));
}

void Contention::at(Ms mono_ms, Step step) { steps_.insert({on_grid(mono_ms), step}); }

void Contention::take(const Step& step) {
  switch (step.then) {
    case Then::arrive: {
      const CallId call(next());
      ask(core::command::Enqueue{call, queues_[harness_.random()() % queues], "100", "200", "", 0});
      // A caller who loses patience, whatever his call is doing then.
      if (chance(4)) at(now() + between(0, talk_ms), {Then::complete, call, {}});
      at(now() + between(1, gap_ms_max), {Then::arrive, {}, {}});
      return;
    }
    case Then::accept: return (void)ask(core::command::AcceptOffer{step.reservation});
    case Then::reject: return (void)ask(core::command::RejectOffer{step.reservation});
    case Then::complete: return (void)ask(core::command::CompleteCall{step.call});
  }
}

/// The process dies with commands in flight, some of them on disk.
void Contention::crash() {
  harness_.run();
  harness_.crash(harness_.random()() % 3);
  harness_.restart();
  harness_.settle();
  ++tally_.crashes;
  // What was asked for and not answered is asked for again.
  for (const auto& [reservation, held] : held_)
    at(now() + grid_ms, held.answered ? Step{Then::complete, held.call, {}} : Step{Then::accept, {}, reservation});
}

void Contention::read_facts() {
  const std::vector<core::Fact>& log = harness_.log(account_);
  for (; read_ < log.size(); ++read_) judge(log[read_]);
}

void Contention::judge(const core::Fact& fact) {
  if (const auto* offer = std::get_if<core::fact::Offered>(&fact.body)) return offered(*offer);
  if (const auto* closed = std::get_if<core::fact::OfferClosed>(&fact.body)) {
    ++tally_.unanswered;
    return over(closed->reservation);
  }
  if (const auto* answer = std::get_if<core::fact::Answered>(&fact.body)) {
    ++tally_.answered;
    Held& held = held_.at(answer->reservation);
    held.answered = true;
    return at(now() + between(talk_ms / 2, talk_ms * 3 / 2), {Then::complete, held.call, {}});
  }
  if (const auto* ended = std::get_if<core::fact::CallEnded>(&fact.body)) {
    std::vector<ReservationId> gone;
    for (const auto& [reservation, held] : held_)
      if (held.call == ended->call && held.answered) gone.push_back(reservation);
    for (const ReservationId reservation : gone) over(reservation);
  }
}

void Contention::offered(const core::fact::Offered& offer) {
  ++tally_.offers;
  std::vector<ReservationId>& busy = busy_[offer.agent];
  if (!busy.empty()) ++tally_.overlapping;
  busy.push_back(offer.reservation);
  held_[offer.reservation] = Held{offer.agent, offer.call, false};
  const unsigned dice = static_cast<unsigned>(harness_.random()() % 100);
  if (dice < 60) return at(now(), {Then::accept, {}, offer.reservation});
  if (dice < 85) return at(now() + between(0, 300), {Then::accept, {}, offer.reservation});
  if (dice < 92) return at(now() + between(0, 300), {Then::reject, {}, offer.reservation});
  // Answered just as it runs out, or never.
  if (dice < 97) return at(now() + between(ring_ms - 20, ring_ms + 20), {Then::accept, {}, offer.reservation});
}

void Contention::over(ReservationId reservation) {
  const auto held = held_.find(reservation);
  if (held == held_.end()) return;
  std::vector<ReservationId>& busy = busy_[held->second.agent];
  busy.erase(std::find(busy.begin(), busy.end(), reservation));
  held_.erase(held);
}

}  // namespace rf::testing
