#include "core/base/time.hpp"
#include "tests/sim/edge_host.hpp"
#include "tests/sim/text.hpp"

#include <algorithm>

namespace rf::sim {

using namespace edge;
using namespace edge::output;

void EdgeHost::carry_out(const Output& output) {
  std::visit([this](const auto& o) { out(o); }, output);
}

void EdgeHost::out(const QueueCaller&) {}
void EdgeHost::out(const RingCaller&) {}

void EdgeHost::out(const Ring& o) {
  context().judge.note([&] { return name_ + " rings " + brief(o.binding) + " for " + brief(o.reservation); });
  context().judge.mix(o.leg.value);
  if (ended_.count(o.reservation) > 0) fail("R13: " + brief(o.reservation) + " rings again after its end");
  rung_[o.leg] = Rung{o.reservation, o.call};
  const Ledger* ledger = nullptr;
  for (const auto& [account, other] : world_.ledgers)
    if (other->offer(o.reservation) != nullptr) ledger = other.get();
  if (ledger == nullptr) return fail("a phone rings for " + brief(o.reservation) + ", which was never durable");
  const core::fact::Offered& offer = ledger->offer(o.reservation)->offer;
  if (clock_ms() + o.expires_s * second_ms > offer.ring_until)
    fail("R12: " + brief(o.reservation) + " rings past ring_until");
  if (!o.uri.empty()) {
    outside_.insert(o.leg);
    return later(second_ms, [this, leg = o.leg] { step(input::LegFailed{leg, 0}); });
  }
  world_.phones.ring(Ringing{key(o.leg), ledger->id(), offer.agent, o.call, o.reservation, phone_of_.at(o.binding),
                             o.expires_s, offer.max_concurrent});
}

void EdgeHost::out(const AnswerCaller& o) {
  context().judge.note([&] { return name_ + " connects " + brief(o.call); });
  world_.callers.answered(o.call);
  if (outside_.count(o.leg) > 0) return;
  won(o.call, o.leg);
  if (context().random.chance(0.01)) later(5, [this, call = o.call] { step(input::BridgeFailed{call}); });
}

/// The phone's answer is the first, and counts.
void EdgeHost::won(CallId call, LegId leg) {
  const Rung& rung = rung_.at(leg);
  for (const auto& [account, ledger] : world_.ledgers)
    if (const OfferSeen* seen = ledger->offer(rung.reservation); seen != nullptr && clock_ms() > seen->offer.ring_until)
      fail("R12: " + brief(rung.reservation) + " is answered past ring_until");
  unconfirmed_[call] = rung.reservation;
  world_.phones.won(key(leg));
}

void EdgeHost::out(const HangupCaller& o) {
  context().judge.note([&] { return name_ + " hangs up " + brief(o.call); });
  // A supervisor's reset hangs a call up on purpose; nothing else cuts one.
  const bool asked = std::any_of(world_.ledgers.begin(), world_.ledgers.end(),
                                 [&](const auto& entry) { return entry.second->closing(o.call); });
  if (cluster_speaks_ && confirmed_.count(o.call) > 0 && !asked)
    fail("the cluster cut the confirmed call " + brief(o.call));
  unconfirmed_.erase(o.call);
  confirmed_.erase(o.call);
  world_.callers.ended(o.call);
}

void EdgeHost::out(const RefuseCaller& o) {
  context().tally.count("calls refused by an edge");
  world_.callers.ended(o.call);
}

/// Who is called outside answers and talks for a while, or is busy.
void EdgeHost::out(const CallOutside& o) {
  context().judge.note([&] { return name_ + " calls " + o.uri + " for " + brief(o.call); });
  outside_.insert(o.leg);
  if (o.offered_by != LegId{}) won(o.call, o.offered_by);
  const Ms answers_ms = context().random.about(3 * second_ms);
  if (context().random.chance(0.3)) return later(answers_ms, [this, leg = o.leg] { step(input::LegFailed{leg, 486}); });
  later(answers_ms, [this, leg = o.leg] { step(input::LegAnswered{leg}); });
  later(answers_ms + context().random.about(context().plan.talk), [this, leg = o.leg] { step(input::LegHungUp{leg}); });
}

void EdgeHost::out(const ConnectOutside&) {}

void EdgeHost::end_outside(LegId leg) {
  later(context().random.about(context().plan.sip), [this, leg] { step(input::LegGone{leg}); });
}

void EdgeHost::out(const CancelLeg& o) {
  if (outside_.count(o.leg) > 0) return end_outside(o.leg);
  world_.phones.cancel(key(o.leg));
}

void EdgeHost::out(const ByeLeg& o) {
  if (outside_.count(o.leg) > 0) return end_outside(o.leg);
  world_.phones.bye(key(o.leg));
}

void EdgeHost::out(const SendEvent& o) {
  const link::Event& event = o.event;
  std::vector<link::EventBody>& said = said_[o.account];
  if (event.epoch != epoch_ || event.n == 0 || event.n > said.size() + 1)
    fail("R16: event " + std::to_string(event.n) + " after " + std::to_string(said.size()));
  else if (event.n == said.size() + 1)
    said.push_back(event.body);
  else if (!(said[event.n - 1] == event.body))
    fail("R16: event " + std::to_string(event.n) + " says something else than when it was sent first");
  if (const auto* closed = std::get_if<link::OfferClosed>(&event.body)) ended_.insert(closed->reservation);
  if (const auto* gone = std::get_if<link::LegGone>(&event.body)) ended_.insert(gone->reservation);
  const StreamPtr stream = stream_of(o.account);
  if (!stream) return;
  context().tally.count("events sent");
  world_.network.send(stream, EdgeEvent{o.account, event});
}

}  // namespace rf::sim
