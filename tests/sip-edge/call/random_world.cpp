#include "tests/sip-edge/call/random_world.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/base/limits.hpp"

namespace rf::edge {

namespace {

template <class IdType>
IdType nth(std::uint64_t n) {
  return IdType(Ulid{1, n});
}

constexpr std::uint64_t agents_per_account = 4;
constexpr std::size_t calls_max = 12;
constexpr const char* customer = "sip:+4917012@192.0.2.9";

}  // namespace

RandomWorld::RandomWorld(std::uint64_t seed) : random_(seed) {
  for (std::uint64_t a = 1; a <= 3; ++a) leaders_[nth<AccountId>(a)].fence = {a == 3 ? 2u : 1u, 1};
}

std::optional<std::string> RandomWorld::run(int steps) {
  try {
    for (int i = 0; i < steps; ++i) random_step();
    rest();
  } catch (const std::exception& violation) {
    return violation.what();
  }
  return std::nullopt;
}

void RandomWorld::random_step() {
  if (chance(60)) now_ += static_cast<Ms>(draw(400));
  if (chance(10)) now_ = std::max(now_, std::min(edge_.next_wake(), now_ + 60'000));
  if (chance(2)) now_ += static_cast<Ms>(draw(20'000));
  switch (draw(10)) {
    case 0: caller_acts(); break;
    case 1:
    case 2: phone_acts(); break;
    case 3: registrar_acts(); break;
    case 4:
    case 5: leader_acts(); break;
    case 6: refused_order(); break;
    case 7:
      if (chance(95)) return step(input::Tick{});
      step(input::NodesAway{});
      break;
    default: stream_acts();
  }
}

void RandomWorld::caller_acts() {
  if (calls_.empty() || (calls_.size() < calls_max && chance(60))) {
    const CallId id = nth<CallId>(++last_id_);
    const AccountId account = any_account();
    calls_[id] = {account, {id, "+4930100", "+4917012", ""}, true, false, {}};
    return step(input::CallerInvited{account, calls_[id].arrival});
  }
  auto& [id, call] = *any(calls_);
  if (!call.up) return;
  if (chance(20)) return step(input::CallerPressed{id, "5"});
  if (call.answered && chance(20)) return step(input::BridgeFailed{id});
  if (call.answered && chance(20)) return step(input::SessionTimedOut{id});
  step(input::Tick{});
  if (!call.up) return;
  const CallId gone = id;
  over(gone);
  step(input::CallerGone{gone});
}

void RandomWorld::over(CallId id) {
  CallSeen& call = calls_.at(id);
  call.up = false;
  if (leaders_[call.account].ended_taken.count(id) != 0) calls_.erase(id);
}

void RandomWorld::phone_acts() {
  std::vector<LegId> open;
  for (const auto& [leg_id, seen] : legs_)
    if (!seen.final) open.push_back(leg_id);
  if (open.empty()) return;
  const LegId id = open[draw(open.size())];
  LegSeen& leg = legs_.at(id);
  const bool released = leg.released_ms != never_ms;
  if (!leg.answered && !released && chance(40)) {
    leg.rang = true;
    return step(input::LegRinging{id});
  }
  if (!leg.answered && chance(40)) {
    leg.answered = true;
    return step(input::LegAnswered{id});
  }
  // What follows is the leg's end, as the phone sees it before the edge does.
  step(input::Tick{});
  leg.final = true;
  leg.final_ms = now_;
  static constexpr int statuses[] = {0, 404, 480, 486, 488, 503, 603};
  if (leg.answered && !leg.byed) return step(input::LegHungUp{id});
  if (released || leg.released_ms != never_ms)
    return chance(50) ? step(input::LegGone{id}) : step(input::LegFailed{id, 487});
  step(input::LegFailed{id, statuses[draw(std::size(statuses))]});
}

void RandomWorld::registrar_acts() {
  const std::uint64_t a = 1 + draw(3);
  const std::uint64_t agent = a * 100 + draw(agents_per_account);
  const BindingId binding = nth<BindingId>(agent * 10 + draw(2));
  if (registered_.count(binding) != 0 && chance(25)) {
    registered_.erase(binding);
    return step(input::BindingDown{binding, "expired"});
  }
  registered_[binding] = {nth<AccountId>(a), nth<AgentId>(agent)};
  step(input::BindingUp{nth<AccountId>(a), {nth<AgentId>(agent), binding, "sip:phone@192.0.2.1"}});
}

bool RandomWorld::may_order(const OfferSeen& offer) const {
  // No leader orders anything about a reservation whose end it took; but an order may have been under way.
  return !offer.gone_taken || now_ < offer.target.ring_until_edge_ms;
}

input::OrderCame RandomWorld::order_of(AccountId account, link::OrderBody body) {
  return {account, leaders_[account].fence, {"edge-1", epoch, std::move(body)}};
}

void RandomWorld::ring_order(AccountId account) {
  std::vector<CallId> candidates;
  for (const auto& [id, call] : calls_)
    if (call.account == account && leaders_[account].ended_taken.count(id) == 0) candidates.push_back(id);
  for (const auto& [id, placed] : placed_)
    if (placed.account == account && leaders_[account].ended_taken.count(id) == 0) candidates.push_back(id);
  if (candidates.size() < 4 && chance(30)) {
    const CallId id = nth<CallId>(++last_id_);
    placed_[id].account = account;
    candidates.assign(1, id);
  }
  if (candidates.empty()) return;
  link::RingOrder order{candidates[draw(candidates.size())], {}};
  if (placed_.count(order.call) != 0) order.place_uri = customer;
  for (std::uint64_t i = 1 + draw(3); i > 0; --i) {
    link::RingTarget target;
    target.reservation = nth<ReservationId>(++last_id_);
    const std::uint64_t agent = (account.value.low) * 100 + draw(agents_per_account);
    target.agent = nth<AgentId>(agent);
    target.bindings = {nth<BindingId>(agent * 10), nth<BindingId>(agent * 10 + 1)};
    target.ring_until_edge_ms = now_ + static_cast<Ms>(draw(22'000)) - 1'000;
    target.confirm_until_edge_ms = target.ring_until_edge_ms + limits::confirm_ms;
    offers_[target.reservation] = {account, order.call, target, false, false, {}, false, false, 0, false, false};
    order.targets.push_back(target);
  }
  step(order_of(account, order));
}

void RandomWorld::leader_acts() {
  const AccountId account = any_account();
  if (chance(50)) return ring_order(account);
  if (chance(20)) return sync();
  if (chance(30) && !calls_.empty()) {
    auto& [id, call] = *any(calls_);
    if (leaders_[call.account].ended_taken.count(id) != 0) return;
    if (chance(10)) return step(order_of(call.account, link::HangupOrder{id}));
    if (chance(20)) return step(order_of(call.account, link::ForwardOrder{id, "sip:voicemail@192.0.2.9"}));
    return step(order_of(call.account, link::HoldOrder{id}));
  }
  if (chance(5) && !placed_.empty()) {
    auto& [id, placed] = *any(placed_);
    if (leaders_[placed.account].ended_taken.count(id) != 0) return;
    return step(order_of(placed.account, link::HangupOrder{id}));
  }
  if (offers_.empty()) return;
  auto& [id, offer] = *any(offers_);
  if (!may_order(offer)) return;
  if (leaders_[offer.account].ended_taken.count(offer.call) != 0) return;
  if (offer.answered && !offer.gone_taken && offer.answered_n <= leaders_[offer.account].taken && chance(50)) {
    offer.bridged = true;
    return step(order_of(offer.account, link::BridgeOrder{offer.call, id}));
  }
  if (chance(30)) return step(order_of(offer.account, link::CloseOrder{offer.call, id}));
  // Rung before: told again by a sync or late on the wire.
  step(order_of(offer.account,
                link::RingOrder{offer.call, {offer.target}, placed_.count(offer.call) != 0 ? customer : ""}));
}

void RandomWorld::sync() {
  const AccountId account = any_account();
  link::Sync sync{epoch, {}};
  for (auto& [id, offer] : offers_) {
    if (offer.account != account || offer.gone_taken || leaders_[account].ended_taken.count(offer.call) != 0) continue;
    if (chance(30)) continue;
    if (chance(10))
      sync.orders.push_back(link::CloseOrder{offer.call, id});
    else
      sync.orders.push_back(
          link::RingOrder{offer.call, {offer.target}, placed_.count(offer.call) != 0 ? customer : ""});
  }
  step(input::SyncCame{account, leaders_[account].fence, sync});
}

void RandomWorld::refused_order() {
  step(input::Tick{});
  const AccountId account = any_account();
  CallId call = nth<CallId>(1);
  if (!calls_.empty()) call = any(calls_)->first;
  auto order = order_of(account, link::HangupOrder{call});
  switch (draw(3)) {
    case 0: order.order.edge_epoch = epoch - 1; break;
    case 1: order.order.edge = "edge-2"; break;
    default: {
      std::uint64_t highest = 0;
      for (const auto& [_, leader] : leaders_)
        if (leader.fence.shard == order.fence.shard) highest = std::max(highest, leader.fence.term);
      // The other account of the shard may not have spoken in the highest term yet.
      if (leaders_[account].fence.term != highest || highest == 0) return;
      auto raise = order;
      raise.order.edge_epoch = epoch - 1;
      step(raise);
      order.fence.term = highest - 1;
    }
  }
  if (!edge_.step(now_, order).empty()) wrong("an order of another edge, epoch or a lower term had an effect");
  ++seen_["refused order"];
}

void RandomWorld::stream_acts() {
  auto& [account, leader] = *any(leaders_);
  if (!leader.connected || chance(3)) {
    if (leader.connected && chance(50)) {
      leader.connected = false;
      return step(input::LeaderLost{account});
    }
    if (chance(30)) {
      // Leadership of the whole shard changes.
      const Fence next{leader.fence.shard, leader.fence.term + 1};
      for (auto& [_, other] : leaders_)
        if (other.fence.shard == next.shard) other.fence = next;
    }
    leader.connected = true;
    leader.stream.clear();
    return step(input::LeaderConnected{account, leader.fence});
  }
  if (chance(70)) return deliver(account, leader);
  if (chance(80)) {
    leader.acked = leader.taken;
    return step(input::Acked{account, epoch, leader.acked});
  }
  if (chance(50)) return step(input::Expected{account, epoch, leader.taken + 1});
  step(input::SnapshotAsked{account});
}

void RandomWorld::deliver(AccountId account, Leader& leader) {
  for (std::uint64_t count = 1 + draw(8); count > 0 && !leader.stream.empty(); --count) {
    const link::Event event = leader.stream.front();
    leader.stream.pop_front();
    if (event.n > leader.taken + 1) return step(input::Expected{account, epoch, leader.taken + 1});
    if (event.n <= leader.taken) continue;
    leader.taken = event.n;
    if (auto* gone = std::get_if<link::LegGone>(&event.body)) offers_[gone->reservation].gone_taken = true;
    if (auto* ended = std::get_if<link::CallEnded>(&event.body)) {
      leader.ended_taken.insert(ended->call);
      // A forwarded one may be up although the cluster counts on it no more.
      if (const auto call = calls_.find(ended->call); call != calls_.end() && !call->second.up) calls_.erase(call);
    }
  }
}

void RandomWorld::rest() {
  for (auto& [account, leader] : leaders_) {
    leader.connected = true;
    leader.stream.clear();
    step(input::LeaderConnected{account, leader.fence});
  }
  std::vector<CallId> callers;
  for (auto& [id, call] : calls_)
    if (call.up) callers.push_back(id);
  for (const CallId& id : callers) {
    over(id);
    step(input::CallerGone{id});
  }
  for (auto& [id, placed] : placed_) {
    if (placed.over || placed.agent == LegId{}) continue;
    LegSeen& leg = legs_.at(placed.agent);
    leg.final = true;
    leg.final_ms = now_;
    step(input::LegHungUp{placed.agent});
  }
  while (edge_.next_wake() != never_ms) {
    now_ = std::max(now_, edge_.next_wake());
    step(input::Tick{});
  }
  for (auto it = registered_.begin(); it != registered_.end(); it = registered_.erase(it))
    step(input::BindingDown{it->first, "unregister"});
  for (auto& [account, leader] : leaders_) {
    while (leader.taken < edge_.digest(account).n) {
      if (leader.stream.empty()) wrong("the edge keeps events back");
      deliver(account, leader);
      leader.acked = leader.taken;
      step(input::Acked{account, epoch, leader.acked});
    }
    if (edge_.digest(account).hash != 0) wrong("the digest of an empty account");
    if (!leader.calls.empty()) wrong("a call never ended");
    if (!leader.bindings.empty()) wrong("a binding never went down");
  }
  for (const auto& [id, offer] : offers_)
    if (offer.rung && !offer.gone) wrong("a ring without LegGone: " + id.text());
  now_ += 120'000;
  step(input::Tick{});
  const Memory memory = edge_.memory();
  if (memory.calls + memory.offers + memory.tombstones + memory.ended_calls + memory.bindings + memory.events != 0)
    wrong("something is remembered for ever");
}

void RandomWorld::step(const Input& input) {
  for (const Output& output : edge_.step(now_, input)) std::visit([this](const auto& out) { check(out); }, output);
  if (edge_.next_wake() <= now_) wrong("something is due after the step");
  check_standing();
}

void RandomWorld::wrong(const std::string& what) const {
  throw std::runtime_error("at " + std::to_string(now_) + " ms: " + what);
}

bool RandomWorld::live(const LegSeen& leg) const {
  return !leg.final && (leg.released_ms == never_ms || now_ < leg.released_ms + limits::linger_ms);
}

bool RandomWorld::waits(CallId id) const {
  auto call = calls_.find(id);
  return call != calls_.end() && call->second.up && !call->second.answered && call->second.outside == LegId{};
}

bool RandomWorld::rings(CallId id) const {
  auto placed = placed_.find(id);
  return placed != placed_.end() && !placed->second.over && placed->second.agent == LegId{};
}

void RandomWorld::check(const output::QueueCaller& out) {
  ++seen_["182"];
  if (!waits(out.call)) wrong("182 to a caller who does not wait");
}

void RandomWorld::check(const output::RingCaller& out) {
  ++seen_["180"];
  const CallSeen& call = calls_.at(out.call);
  if (!call.up || call.answered) wrong("180 to a caller who does not wait");
}

void RandomWorld::check(const output::AnswerCaller& out) {
  ++seen_["answer"];
  const LegSeen& leg = legs_.at(out.leg);
  CallSeen& call = calls_.at(out.call);
  if (!call.up || call.answered) wrong("a caller is answered who does not wait");
  if (call.outside != (leg.reservation.set() ? LegId{} : out.leg)) wrong("a forwarded caller is given another leg");
  if (!leg.answered || leg.released_ms != never_ms) wrong("a caller is given a leg that did not win");
  if (leg.reservation.set() && now_ >= offers_[leg.reservation].target.ring_until_edge_ms)
    wrong("an answer past ring_until");
  call.answered = true;
}

void RandomWorld::check(const output::HangupCaller& out) {
  ++seen_["hang up"];
  if (!calls_.at(out.call).up) wrong("a hang-up after the call's end");
  over(out.call);
}

void RandomWorld::check(const output::RefuseCaller&) { wrong("a call is refused by an almost empty buffer"); }

void RandomWorld::check(const output::Ring& out) {
  ++seen_["ring"];
  OfferSeen& offer = offers_.at(out.reservation);
  const auto binding = registered_.find(out.binding);
  if (out.leg.value != ++last_leg_) wrong("leg ids are not dense");
  if (out.call != offer.call || !(waits(out.call) || rings(out.call))) wrong("a call is rung that does not wait");
  if (out.place_uri != (placed_.count(out.call) != 0 ? customer : "")) wrong("a phone is shown somebody else");
  if (binding == registered_.end() || binding->second.second != offer.target.agent)
    wrong("a phone rings that is not the agent's");
  if (offer.closed || offer.answered || offer.gone) wrong("an ended reservation is rung again");
  const Ms left = offer.target.ring_until_edge_ms - now_;
  if (left < 3'000) wrong("a ring with less than 3 s left");
  if (out.expires_s != static_cast<std::uint32_t>(left / 1'000)) wrong("Expires is not the time left");
  for (const auto& [_, leg] : legs_) {
    if (!leg.reservation.set()) continue;
    const OfferSeen& other = offers_.at(leg.reservation);
    if (leg.reservation != out.reservation && other.target.agent == offer.target.agent && live(leg))
      wrong("two reservations have a live leg to one agent");
  }
  offer.rung = true;
  offer.legs.push_back(out.leg);
  legs_[out.leg] = {out.reservation, out.binding, false, false, false, never_ms, never_ms, false};
}

void RandomWorld::check(const output::CallOutside& out) {
  ++seen_["call outside"];
  if (out.leg.value != ++last_leg_) wrong("leg ids are not dense");
  legs_[out.leg] = {{}, {}, false, false, false, never_ms, never_ms, false};
  if (rings(out.call)) {
    const LegSeen& agent = legs_.at(out.offered_by);
    if (!agent.answered || agent.released_ms != never_ms || offers_.at(agent.reservation).call != out.call)
      wrong("a call is placed for a leg that did not win");
    if (now_ >= offers_.at(agent.reservation).target.ring_until_edge_ms) wrong("an answer past ring_until");
    placed_.at(out.call).agent = out.offered_by;
    placed_.at(out.call).outside = out.leg;
    return;
  }
  if (!waits(out.call) || out.offered_by != LegId{}) wrong("a caller is given away who does not wait");
  for (const auto& [id, offer] : offers_)
    if (offer.call == out.call && edge_.standing(offer.account).ringing.count(id) != 0)
      wrong("phones ring for a forwarded caller");
  calls_.at(out.call).outside = out.leg;
}

void RandomWorld::check(const output::ConnectOutside& out) {
  ++seen_["connect"];
  PlacedSeen& placed = placed_.at(out.call);
  if (placed.over || placed.connected) wrong("a placed call is connected twice or after its end");
  if (placed.agent != out.agent || placed.outside != out.outside) wrong("other legs are connected than were called");
  for (const LegId leg : {out.agent, out.outside})
    if (!legs_.at(leg).answered || legs_.at(leg).released_ms != never_ms) wrong("a leg is connected that is not up");
  placed.connected = true;
}

void RandomWorld::check(const output::CancelLeg& out) {
  ++seen_["cancel"];
  LegSeen& leg = legs_.at(out.leg);
  if (leg.final || leg.released_ms != never_ms) wrong("CANCEL of a leg that is over");
  leg.released_ms = now_;
}

void RandomWorld::check(const output::ByeLeg& out) {
  ++seen_["bye"];
  LegSeen& leg = legs_.at(out.leg);
  if (!leg.answered || leg.byed) wrong("BYE of a leg that is not up");
  leg.byed = true;
  if (live(leg) || leg.released_ms == never_ms) leg.released_ms = now_;
}

void RandomWorld::check(const output::SendEvent& out) {
  Leader& leader = leaders_[out.account];
  const link::Event& event = out.event;
  if (!leader.connected) wrong("an event without a connection");
  if (event.epoch != epoch) wrong("an event of another epoch");
  if (event.n > leader.acked + limits::edge_events_in_flight_max) wrong("too many events in flight");
  if (event.n <= leader.acked) wrong("an acked event is sent again");
  const Ms at = now_ - event.age_ms;
  leader.stream.push_back(event);
  if (event.n <= leader.first.size()) {
    const auto& [body, first_at] = leader.first[event.n - 1];
    if (body != event.body || first_at != at) wrong("an event changed when it was sent again");
    ++seen_["event again"];
    return;
  }
  if (event.n != leader.first.size() + 1) wrong("the numbers have a gap before " + std::to_string(event.n));
  leader.first.push_back({event.body, at});
  fold(out.account, leader, event.n, at, event.body);
}

void RandomWorld::fold(AccountId account, Leader& leader, std::uint64_t n, Ms at, const link::EventBody& body) {
  if (n == 1 && !std::holds_alternative<link::Snapshot>(body)) wrong("event 1 is no Snapshot");
  if (auto* snapshot = std::get_if<link::Snapshot>(&body)) {
    ++seen_["Snapshot"];
    link::Snapshot expected{"boot-1", {}, {}};
    for (const auto& [id, call] : leader.calls) {
      expected.calls.push_back(call);
      expected.calls.back().age_ms = at - leader.arrived.at(id);
    }
    for (const auto& [_, binding] : leader.bindings) expected.bindings.push_back(binding);
    if (*snapshot != expected) wrong("a Snapshot differs from the events before it");
  } else if (auto* arrived = std::get_if<link::CallArrived>(&body)) {
    ++seen_["CallArrived"];
    if (leader.ended.count(arrived->call) ||
        !leader.calls.try_emplace(arrived->call, link::CarriedCall{*arrived, {}, {}}).second)
      wrong("a call arrived twice");
    leader.arrived[arrived->call] = at;
  } else if (auto* ended = std::get_if<link::CallEnded>(&body)) {
    ++seen_["CallEnded"];
    const auto placed = placed_.find(ended->call);
    if (placed != placed_.end()) placed->second.over = true;
    if (leader.calls.erase(ended->call) == 0 && placed == placed_.end()) wrong("a call ended that was not there");
    leader.ended.insert(ended->call);
  } else if (auto* pressed = std::get_if<link::CallerKey>(&body)) {
    ++seen_["CallerKey"];
    const auto call = leader.calls.find(pressed->call);
    if (call == leader.calls.end() || call->second.answered_by.set()) wrong("a key of a call that does not wait");
  } else if (auto* up = std::get_if<link::BindingUp>(&body)) {
    leader.bindings[up->binding] = *up;
  } else if (auto* down = std::get_if<link::BindingDown>(&body)) {
    if (leader.bindings.erase(down->binding) == 0) wrong("a binding went down twice");
  } else if (auto* answered = std::get_if<link::Answered>(&body)) {
    ++seen_["Answered"];
    OfferSeen& offer = offers_.at(answered->reservation);
    // The cluster counts on a placed call from here on.
    if (placed_.count(offer.call) != 0) {
      leader.calls[offer.call] = {{offer.call, "", customer, ""}, {}, {}};
      leader.arrived[offer.call] = at;
    }
    auto call = leader.calls.find(offer.call);
    if (offer.account != account || !offer.rung || offer.closed || offer.answered || offer.gone)
      wrong("Answered out of place");
    if (call == leader.calls.end() || call->second.answered_by.set()) wrong("Answered of a call that did not wait");
    call->second.answered_by = answered->reservation;
    call->second.agent = offer.target.agent;
    offer.answered = true;
    offer.answered_n = n;
  } else if (auto* closed = std::get_if<link::OfferClosed>(&body)) {
    ++seen_["OfferClosed"];
    OfferSeen& offer = offers_.at(closed->reservation);
    auto call = leader.calls.find(offer.call);
    if (offer.closed || offer.answered || offer.gone) wrong("a second end of " + closed->reservation.text());
    if (call != leader.calls.end() && call->second.answered_by.set() && offer.rung) wrong("OfferClosed of a lost race");
    offer.closed = true;
  } else if (auto* gone = std::get_if<link::LegGone>(&body)) {
    ++seen_["LegGone"];
    check_gone(leader, offers_.at(gone->reservation), gone->reservation, at);
  }
}

void RandomWorld::check_gone(Leader& leader, OfferSeen& offer, ReservationId id, Ms at) {
  if (offer.gone) wrong("LegGone twice: " + id.text());
  auto call = leader.calls.find(offer.call);
  const bool lost_race = call != leader.calls.end() && call->second.answered_by.set() && call->second.answered_by != id;
  const bool ended = leader.ended.count(offer.call) != 0;
  if (!offer.closed && !lost_race && !ended) wrong("LegGone before any end of " + id.text());
  for (const LegId& leg_id : offer.legs) {
    const LegSeen& leg = legs_.at(leg_id);
    const bool final = leg.final_ms <= at;
    const bool given_up = leg.released_ms != never_ms && leg.released_ms + limits::linger_ms <= at;
    if (!final && !given_up) wrong("LegGone while a leg is live: " + id.text());
  }
  offer.gone = true;
}

void RandomWorld::check_standing() {
  for (auto& [account, leader] : leaders_) {
    const Standing standing = edge_.standing(account);
    for (const ReservationId& id : standing.ringing)
      if (offers_.at(id).target.ring_until_edge_ms <= now_) wrong("a ring past ring_until");
    for (const ReservationId& id : standing.unconfirmed)
      if (offers_.at(id).target.confirm_until_edge_ms <= now_) wrong("an unconfirmed call past confirm_until");
    for (const ReservationId& id : standing.confirmed) {
      const OfferSeen& offer = offers_.at(id);
      const bool acked = offer.answered && offer.answered_n <= leader.acked;
      if (!acked && !offer.bridged) wrong("a call counts as confirmed that the cluster never confirmed");
    }
    for (const CallId& id : standing.waiting)
      if (!calls_.at(id).up) wrong("a call waits that is over");
  }
}

}  // namespace rf::edge
