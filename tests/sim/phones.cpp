#include "tests/sim/phones.hpp"

#include <algorithm>

#include "tests/sim/text.hpp"

namespace rf::sim {

namespace {

/// A SIP message is late, never lost for good: it is repeated until it arrives.
constexpr Ms sip_late_ms_max = 1500;
/// CANCEL to the loser, and its way; well under the 4 s after which an edge gives a leg up.
constexpr Ms cancel_round_trip_ms = 2 * sip_late_ms_max + 100;
/// An INVITE to nobody ends by timer B.
constexpr Ms timer_b_ms = 32 * second_ms;
constexpr Ms session_ms = 90 * second_ms;
constexpr Ms unacknowledged_ms = 32 * second_ms;

}  // namespace

bool Phones::dead(BindingId phone) const {
  const auto it = dead_until_ms_.find(phone);
  return it != dead_until_ms_.end() && context_.now_ms() < it->second;
}

Phones::LegPtr Phones::find(const LegKey& key) const {
  const auto it = legs_.find(key);
  return it == legs_.end() ? nullptr : it->second;
}

std::size_t Phones::live() const {
  return static_cast<std::size_t>(
      std::count_if(legs_.begin(), legs_.end(), [](const auto& entry) { return alive(*entry.second); }));
}

void Phones::to_phone(const LegPtr& leg, std::function<void()> what) {
  const Ms delay_ms = std::min(sip_late_ms_max, context_.random.about(context_.plan.sip));
  leg->to_phone_at_ms = std::max(leg->to_phone_at_ms, context_.now_ms() + delay_ms);
  context_.schedule.at(leg->to_phone_at_ms, std::move(what));
}

void Phones::to_edge(const LegPtr& leg, std::function<void()> what) {
  const Ms delay_ms = std::min(sip_late_ms_max, context_.random.about(context_.plan.sip));
  leg->to_edge_at_ms = std::max(leg->to_edge_at_ms, context_.now_ms() + delay_ms);
  context_.schedule.at(leg->to_edge_at_ms, std::move(what));
}

void Phones::count_offer(AgentId agent, ReservationId reservation, std::size_t max_concurrent) {
  std::set<ReservationId> held{reservation};
  std::size_t excused = 0;
  for (const LegPtr& leg : by_agent_[agent]) {
    if (!alive(*leg)) continue;
    if (leg->excused)
      ++excused;
    else if (held.insert(leg->ring.reservation).second)
      // What was offered before its configuration was edited keeps what it was offered with (R9).
      max_concurrent = std::max<std::size_t>(max_concurrent, leg->ring.max_concurrent);
  }
  if (held.size() > max_concurrent) {
    std::string text = "P1: " + brief(agent) + " is offered " + brief(reservation) + ", and phones ring or talk for";
    held.erase(reservation);
    for (ReservationId id : held) text += " " + brief(id);
    context_.judge.fail(text);
  }
  if (excused > 0) context_.tally.count("offers beside a call of an edge given up or standing still");
}

void Phones::excuse(AgentId agent, ReservationId reservation) {
  for (const LegPtr& leg : by_agent_[agent])
    if (leg->ring.reservation == reservation && leg->state == State::answered) leg->excused = true;
}

void Phones::count_gone(AgentId agent, ReservationId reservation) {
  for (const LegPtr& leg : by_agent_[agent])
    if (alive(*leg) && !leg->excused && leg->ring.reservation == reservation)
      context_.judge.fail("R13: a phone of " + brief(agent) + " rings or talks for " + brief(reservation) +
                          ", whose leg is gone in the account");
}

void Phones::ring(const Ringing& ring) {
  auto leg = std::make_shared<Leg>();
  leg->ring = ring;
  count_offer(ring.agent, ring.reservation, ring.max_concurrent);
  forget_old();
  legs_.emplace(ring.key, leg);
  by_agent_[ring.agent].push_back(leg);
  context_.tally.count("phones rung");
  to_phone(leg, [this, leg] { arrive(leg); });
  // The phone's own timer, from the INVITE's Expires; its way to the phone is not counted.
  context_.schedule.after(ring.expires_s * second_ms, [this, leg] {
    if (!rings(*leg)) return;
    end(leg);
    to_edge(leg, [this, leg] { ears_.failed(leg->ring.key, 487); });
  });
}

void Phones::arrive(const LegPtr& leg) {
  if (leg->state != State::coming) return;
  if (dead(leg->ring.phone)) {
    end(leg);
    context_.schedule.after(timer_b_ms, [this, leg] { ears_.failed(leg->ring.key, 0); });
    return;
  }
  leg->state = State::ringing;
  to_edge(leg, [this, leg] { ears_.ringing(leg->ring.key); });
  if (calm_) return;
  Random& random = context_.random;
  const Ms expires_ms = leg->ring.expires_s * second_ms;
  if (random.chance(0.6)) {
    context_.schedule.after(random.about(context_.plan.ring), [this, leg] { answer(leg); });
  } else if (random.chance(0.5)) {
    static const std::vector<int> refusals{486, 486, 600, 603, 603, 607, 480, 404, 500, 503, 408};
    const int status = random.one_of(refusals);
    context_.schedule.after(random.about(1500), [this, leg, status] {
      if (leg->state != State::ringing) return;
      end(leg);
      to_edge(leg, [this, leg, status] { ears_.failed(leg->ring.key, status); });
    });
  } else if (random.chance(0.5)) {
    // An answer just when the ring ends.
    context_.schedule.after(std::max<Ms>(0, expires_ms - random.between(0, 1500)), [this, leg] { answer(leg); });
  }
}

void Phones::answer(const LegPtr& leg) {
  if (leg->state != State::ringing || dead(leg->ring.phone)) return;
  // Nobody takes the 200 of a phone whose edge has died.
  if (dead_edges_.count({leg->ring.key.edge, leg->ring.key.life}) > 0) return end(leg);
  leg->state = State::answered;
  to_edge(leg, [this, leg] { ears_.answered(leg->ring.key); });
  // A 200 that nobody acknowledges is given up after 64 T1 (RFC 3261 13.3.1.4).
  context_.schedule.after(unacknowledged_ms, [this, leg] {
    if (leg->state == State::answered && !leg->acknowledged) end(leg);
  });
  const Ms talk_ms = context_.random.about(calm_ ? second_ms : context_.plan.talk);
  context_.schedule.after(std::min(talk_ms, talk_ms_max), [this, leg] { hang_up(leg); });
}

void Phones::hang_up(const LegPtr& leg) {
  if (leg->state != State::answered) return;
  // Most conversations are ended by the caller.
  if (!calm_ && context_.random.chance(0.5)) {
    context_.schedule.after(20 * second_ms, [this, leg] {
      if (leg->state != State::answered) return;
      end(leg);
      to_edge(leg, [this, leg] { ears_.hung_up(leg->ring.key); });
    });
    return;
  }
  end(leg);
  if (context_.random.chance(0.05)) return vanish(leg);
  to_edge(leg, [this, leg] { ears_.hung_up(leg->ring.key); });
}

void Phones::vanish(const LegPtr& leg) {
  context_.tally.count("hang-ups lost");
  context_.schedule.after(session_ms, [this, leg] { ears_.vanished(leg->ring.key, leg->ring.call); });
}

void Phones::end(const LegPtr& leg) {
  leg->state = State::over;
  leg->over_ms = context_.now_ms();
  std::erase(by_agent_[leg->ring.agent], leg);
}

void Phones::die(BindingId phone, Ms until_ms) {
  dead_until_ms_[phone] = until_ms;
  for (const auto& [key, leg] : legs_) {
    if (leg->ring.phone != phone || !alive(*leg)) continue;
    const bool talks = leg->state == State::answered;
    end(leg);
    if (talks) vanish(leg);
  }
}

void Phones::forget_old() {
  if (legs_.size() < forget_at_) return;
  std::erase_if(legs_, [&](const auto& entry) {
    return !alive(*entry.second) && entry.second->over_ms + 300 * second_ms < context_.now_ms();
  });
  forget_at_ = 2 * legs_.size() + 500;
}

void Phones::cancel(const LegKey& key) {
  const LegPtr leg = find(key);
  if (!leg) return context_.judge.fail("a CANCEL for a leg that never was");
  to_phone(leg, [this, leg] {
    // Crossed by its answer or its end: those are on their way.
    if (!rings(*leg)) return;
    const bool silent = dead(leg->ring.phone);
    end(leg);
    if (!silent) to_edge(leg, [this, leg] { ears_.failed(leg->ring.key, 487); });
  });
}

void Phones::bye(const LegKey& key) {
  const LegPtr leg = find(key);
  if (!leg) return context_.judge.fail("a BYE for a leg that never was");
  to_phone(leg, [this, leg] {
    if (alive(*leg)) end(leg);
    if (!dead(leg->ring.phone)) to_edge(leg, [this, leg] { ears_.gone(leg->ring.key); });
  });
}

void Phones::won(const LegKey& key) {
  const LegPtr winner = find(key);
  if (!winner) return context_.judge.fail("an answer from a leg that never was");
  winner->acknowledged = true;
  context_.schedule.after(cancel_round_trip_ms, [this, winner] {
    for (const auto& [other_key, other] : legs_)
      if (other != winner && rings(*other) && other->ring.call == winner->ring.call &&
          other_key.edge == winner->ring.key.edge && other_key.life == winner->ring.key.life)
        context_.judge.fail("P3: " + brief(other->ring.reservation) + " still rings beside the winner of " +
                            brief(winner->ring.call));
  });
}

void Phones::edge_died(std::size_t edge, std::uint64_t life) {
  dead_edges_.insert({edge, life});
  for (const auto& [key, leg] : legs_)
    if (key.edge == edge && key.life == life && leg->state == State::answered) end(leg);
}

void Phones::edge_lost(AccountId account, std::size_t edge) {
  for (const auto& [key, leg] : legs_)
    if (key.edge == edge && leg->ring.account == account && leg->state == State::answered) leg->excused = true;
}

}  // namespace rf::sim
