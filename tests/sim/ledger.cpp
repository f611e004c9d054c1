#include "tests/sim/ledger.hpp"

#include <algorithm>

#include "core/account/apply.hpp"
#include "core/account/orders.hpp"
#include "core/state/touched.hpp"
#include "tests/sim/books.hpp"
#include "tests/sim/text.hpp"
#include "tests/support/invariants.hpp"

namespace rf::sim {

using namespace rf::core;

namespace {

/// A turn that wrote so many facts may have left work to the next one.
constexpr std::size_t whole_turn_facts_max = 140;
constexpr std::size_t recent_batches_max = 1000;
/// Every so many offers are explained.
constexpr std::uint64_t explained_every = 8;

}  // namespace

Ledger::Ledger(AccountId account, Judge& judge, Tally& tally, OnDurable on_durable)
    : id_(account), judge_(judge), tally_(tally), on_durable_(std::move(on_durable)) {
  decided_.id = durable_.id = account;
}

void Ledger::fail(const std::string& what) {
  if (!what.empty()) judge_.fail(id_.text() + ": " + what);
}

void Ledger::judge_fact(const Fact& fact, const Now& now) {
  judge_.note([&] { return brief(id_) + " decides " + text_of(fact); });
  ++tally_.facts[fact.body.index()];
  fail(testing::broken_fact(decided_, fact));
  if (const auto* offered = std::get_if<fact::Offered>(&fact.body)) {
    tally_.count("grants");
    if (fact.seq % explained_every == 0) fail(testing::unexplained_offer(decided_, *offered, now));
    // What is due and waits for its Tick may change who is eligible.
    if (next_deadline(decided_) > fact.ts) fail(testing::unfair_offer(decided_, *offered, now));
  }
  if (const auto* adopted = std::get_if<fact::CallAdopted>(&fact.body))
    if (adopted->offer.agent.set()) adopted_.insert(adopted->offer.agent);
}

void Ledger::decided(const storage::AccountBatch& batch, const EdgeClocks& clocks) {
  for (const storage::CommandResult& result : batch.results)
    if (!result.reply.ok()) fail("P16: the refused command " + result.id.text() + " is remembered with facts");
  std::vector<Touched> rows;
  for (const Fact& fact : batch.facts) {
    judge_fact(fact, Now{fact.ts, 0, &clocks});
    judge_down(batch.facts, fact);
    if (judge_.failed()) return;
    rows.push_back(touched(fact.body, decided_));
    apply(decided_, fact);
    judge_.mix(fact.body.index());
  }
  for (const Touched& row : rows) {
    std::string found = testing::broken_rows(decided_, row);
    // A call that came back alive stands beside what its agent was given meanwhile (R17).
    if (found.rfind("P1", 0) == 0 && adopted_.count(row.agent) > 0) continue;
    fail(found);
  }
  uncompared_.insert(uncompared_.end(), rows.begin(), rows.end());
  turned_ = batch.facts.size() < whole_turn_facts_max;
}

/// The end of a registration is believed from the edge that owns it (R18).
void Ledger::judge_down(const std::vector<Fact>& batch, const Fact& fact) {
  const auto* down = std::get_if<fact::BindingDown>(&fact.body);
  if (down == nullptr || &fact == &batch.front()) return;
  const auto* told = std::get_if<fact::EdgeSeen>(&(&fact - 1)->body);
  if (told == nullptr) return;
  for (const Binding& binding : find_agent(decided_, down->agent)->bindings)
    if (binding.id == down->binding && binding.edge != told->edge)
      fail("R18: " + told->edge + " ended " + brief(binding.id) + ", which is registered at " + binding.edge);
}

void Ledger::judge_seen(const fact::EdgeSeen& seen) {
  const Edge* known = find_edge(durable_, seen.edge);
  const std::uint64_t epoch = known == nullptr ? 0 : known->epoch;
  const std::uint64_t n = known == nullptr ? 0 : known->n;
  const bool next = seen.epoch == epoch && seen.n == n + 1;
  const bool first = seen.epoch > epoch && seen.n == 1;
  if (!next && !first)
    fail("R16: event " + std::to_string(seen.n) + " of epoch " + std::to_string(seen.epoch) + " of " + seen.edge +
         " after " + std::to_string(n) + " of " + std::to_string(epoch));
}

/// What may happen once to a call or an offer, and in which order (P2, S4).
void Ledger::see(const Fact& fact) {
  const auto once = [&](bool& mark, const char* what) {
    if (mark) fail(std::string(what) + " twice, at seq " + std::to_string(fact.seq));
    mark = true;
  };
  if (const auto* f = std::get_if<fact::EdgeSeen>(&fact.body)) judge_seen(*f);
  if (const auto* f = std::get_if<fact::CallArrived>(&fact.body))
    if (!calls_.emplace(f->call, CallSeen{}).second) fail("S4: call " + f->call.text() + " arrived twice");
  if (const auto* f = std::get_if<fact::CallClosing>(&fact.body)) once(calls_[f->call].closing, "S4: a call closed");
  if (const auto* f = std::get_if<fact::CallbackSet>(&fact.body)) calls_[f->call].called_back = true;
  if (const auto* f = std::get_if<fact::CallEnded>(&fact.body)) {
    once(calls_[f->call].ended, "S4: a call ended");
    tally_.count(std::string("calls ended: ") + std::string(name_of(f->outcome)));
  }
  if (const auto* f = std::get_if<fact::Offered>(&fact.body))
    if (!offers_.emplace(f->reservation, OfferSeen{*f, false, false, false, false}).second)
      fail("P2: reservation " + f->reservation.text() + " was given twice");
  if (const auto* f = std::get_if<fact::OfferClosing>(&fact.body))
    once(offers_[f->reservation].closing, "P2: an offer was withdrawn");
  if (const auto* f = std::get_if<fact::OfferClosed>(&fact.body)) {
    once(offers_[f->reservation].closed, "P2: an offer ended");
    tally_.count(std::string("offers closed: ") + std::string(name_of(f->cause)));
  }
  if (const auto* f = std::get_if<fact::Answered>(&fact.body)) {
    once(offers_[f->reservation].answered, "P2: an offer was answered");
    if (offers_[f->reservation].closed) fail("R13: closed reservation " + f->reservation.text() + " won");
  }
  if (const auto* f = std::get_if<fact::LegGone>(&fact.body)) once(offers_[f->reservation].gone, "P2: a leg was gone");
  if (const auto* f = std::get_if<fact::CallAdopted>(&fact.body)) {
    CallSeen& seen = calls_[f->arrival.call];
    // Who wants to be called back is sent away again.
    seen = CallSeen{.called_back = seen.called_back && !f->offer.reservation.set()};
    if (f->offer.reservation.set()) offers_[f->offer.reservation] = OfferSeen{f->offer, false, false, true, false};
  }
}

void Ledger::take_durable(const std::vector<Fact>& facts) {
  for (const Fact& fact : facts) {
    see(fact);
    apply(durable_, fact);
  }
  recent_.push_back(facts);
  if (recent_.size() > recent_batches_max) recent_.pop_front();
  for (const Fact& fact : facts) on_durable_(fact);
}

void Ledger::durable(const storage::AccountBatch& batch, storage::Journal& journal) {
  std::vector<Touched> rows;
  for (const Fact& fact : batch.facts) rows.push_back(touched(fact.body, durable_));
  take_durable(batch.facts);
  for (const storage::CommandResult& result : batch.results)
    if (!results_.emplace(result.id, result.reply).second)
      fail("S12: command " + result.id.text() + " took effect twice");
  const Result<void> read = journal.read(id_, [&](const Account& committed) {
    if (committed.seq != durable_.seq) fail("the committed copy is at another seq");
    for (const Touched& row : rows) {
      const std::string found = testing::difference(durable_, committed, row);
      if (!found.empty()) fail("the committed copy: " + found);
    }
  });
  if (!read) fail("the committed copy cannot be read: " + read.error().what);
}

void Ledger::forget_undurable() {
  decided_ = durable_;
  uncompared_.clear();
  whole_ = true;
  turned_ = false;
}

void Ledger::recover(storage::Journal& journal) {
  std::vector<Fact> facts;
  const Result<void> read = journal.history(id_, durable_.seq + 1, [&](const Fact& fact) {
    facts.push_back(fact);
    return true;
  });
  if (!read) return fail("the log cannot be read: " + read.error().what);
  if (!facts.empty()) take_durable(facts);
  forget_undurable();
  const Result<Account> loaded = journal.load(id_);
  if (!loaded) return fail("the account cannot be loaded: " + loaded.error().what);
  const std::string found = testing::difference(durable_, *loaded);
  if (!found.empty()) fail("P6: after a crash, " + found);
}

void Ledger::compare_live(const Account& live) {
  if (live.seq != decided_.seq)
    return fail("the actor's copy is at seq " + std::to_string(live.seq) + ", its facts are at " +
                std::to_string(decided_.seq));
  if (whole_) {
    const std::string found = testing::difference(decided_, live);
    if (!found.empty()) fail("P6: the actor's copy: " + found);
  }
  for (const Touched& rows : uncompared_) {
    const std::string found = testing::difference(decided_, live, rows);
    if (!found.empty()) fail("the actor's copy: " + found);
  }
  whole_ = false;
  uncompared_.clear();
}

void Ledger::at_rest(const EdgeClocks& clocks) {
  if (!std::exchange(turned_, false) || next_deadline(decided_) <= decided_.last_ts) return;
  fail(testing::leftover_pair(decided_, Now{decided_.last_ts, 0, &clocks}));
}

void Ledger::refold(storage::Journal& journal) {
  Account account;
  account.id = id_;
  Books books;
  const Result<void> read = journal.history(id_, 1, [&](const Fact& fact) {
    fail(books.take(account, fact));
    apply(account, fact);
    books.look(account);
    return true;
  });
  if (!read) return fail("the log cannot be read: " + read.error().what);
  fail(books.difference(account));
  if (const std::string found = testing::difference(durable_, account); !found.empty()) fail("P8: refolded, " + found);
  if (const std::string found = testing::broken_index(account); !found.empty()) fail(found);
  tally_.count("whole refolds");
}

void Ledger::replied(CommandId id, const Reply& reply) {
  if (reply.seq > durable_.seq)
    fail("gate: a reply of seq " + std::to_string(reply.seq) + " left, durable is " + std::to_string(durable_.seq));
  const auto stored = results_.find(id);
  // Answers that wrote nothing are not remembered: one given before the command took effect may differ.
  if (stored != results_.end() && reply.seq >= stored->second.seq && !(stored->second == reply))
    fail("S12: command " + id.text() + " is decided anew after its result was stored: " + reply.what);
}

void Ledger::acked(const EdgeName& edge, std::uint64_t epoch, std::uint64_t n) {
  const Edge* known = find_edge(durable_, edge);
  const std::uint64_t durable_epoch = known == nullptr ? 0 : known->epoch;
  if (epoch < durable_epoch || n == 0) return;
  if (epoch > durable_epoch || n > known->n)
    fail("gate: event " + std::to_string(n) + " of " + edge + " is acked, durable is " +
         std::to_string(known == nullptr ? 0 : known->n));
}

void Ledger::ordered(const link::OrderBody& body) {
  const auto need = [&](bool durable, const char* what) {
    if (!durable) fail(std::string("gate: a ") + what + " order left that nothing durable asks for");
  };
  if (const auto* hold = std::get_if<link::HoldOrder>(&body)) need(calls_.count(hold->call) > 0, "hold");
  if (const auto* ring = std::get_if<link::RingOrder>(&body))
    for (const link::RingTarget& target : ring->targets) need(offers_.count(target.reservation) > 0, "ring");
  if (const auto* close = std::get_if<link::CloseOrder>(&body)) {
    const OfferSeen* seen = offer(close->reservation);
    need(seen != nullptr && (seen->closing || seen->closed || seen->answered), "close");
  }
  if (const auto* bridge = std::get_if<link::BridgeOrder>(&body)) {
    const OfferSeen* seen = offer(bridge->reservation);
    need(seen != nullptr && seen->answered, "bridge");
  }
  if (const auto* forward = std::get_if<link::ForwardOrder>(&body)) need(calls_.count(forward->call) > 0, "forward");
  if (const auto* hangup = std::get_if<link::HangupOrder>(&body)) {
    const auto call = calls_.find(hangup->call);
    need(call != calls_.end() && (call->second.closing || call->second.called_back), "hang-up");
  }
}

void Ledger::sync_asked(const EdgeName& edge) { asked_.push_back(AskedSync{edge, durable_}); }

/// A sync that was asked for shows a state no older than what was durable when it was asked for (R10).
void Ledger::synced(const EdgeName& edge, const link::Sync& sync, Asked asked_in) {
  for (const link::OrderBody& body : sync.orders) ordered(body);
  if (asked_in == Asked::in_a_past_term) return;
  const auto asked =
      std::find_if(asked_.begin(), asked_.end(), [&](const AskedSync& other) { return other.edge == edge; });
  if (asked == asked_.end()) return;
  Account account = std::move(asked->from);
  asked_.erase(asked);
  const auto matches = [&] {
    const link::Sync held = orders(account, edge);
    return held.edge_epoch == sync.edge_epoch && held.orders == sync.orders;
  };
  if (matches()) return;
  if (recent_.empty() || recent_.front().front().seq > account.seq + 1) return;
  for (const std::vector<Fact>& batch : recent_) {
    if (batch.back().seq <= account.seq) continue;
    for (const Fact& fact : batch)
      if (fact.seq > account.seq) apply(account, fact);
    if (matches()) return;
  }
  fail("R10: a sync for " + edge + " shows a state that was past when it was asked for");
}

bool Ledger::closing(CallId id) const {
  const auto it = calls_.find(id);
  return it != calls_.end() && it->second.closing;
}

const OfferSeen* Ledger::offer(ReservationId id) const {
  const auto it = offers_.find(id);
  return it == offers_.end() ? nullptr : &it->second;
}

}  // namespace rf::sim
