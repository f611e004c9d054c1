#include "node/report/offer_story.hpp"

#include <algorithm>
#include <array>

#include "core/queue/rank.hpp"

namespace rf::node {

namespace {

/// How far the time in a call's id may be from its arrival: the clock of its edge, and the way to the node. Most are close.
constexpr std::array<Ms, 2> id_drifts_ms = {second_ms, 60 * second_ms};
/// More are not offered one call in one turn.
constexpr std::uint64_t decision_facts_max = 4096;

struct Moment {
  std::uint64_t seq = 0;
  Ms ts = 0;
};

Ms time_of(CallId call) { return static_cast<Ms>(call.value.high >> 16u); }

Error gone(CallId call) {
  return {Code::not_found,
          "call " + call.text() + " has ended, and its id does not tell when it was: say when it waited (`at`)"};
}

/// Whether the fact brings the call into the account.
bool brings(const core::Fact& fact, CallId call) {
  if (const auto* arrived = std::get_if<core::fact::CallArrived>(&fact.body)) return arrived->call == call;
  if (const auto* adopted = std::get_if<core::fact::CallAdopted>(&fact.body)) return adopted->arrival.call == call;
  return false;
}

/// In front of the answer of a call that has ended, or of its end, if it arrived no further than that from the time in its id.
Result<std::optional<Moment>> last_moment(storage::Journal& journal, AccountId account, CallId call, Ms drift_ms) {
  const Ms about = time_of(call);
  const auto from = journal.seq_at(account, about - drift_ms);
  if (!from) return from.error();
  bool here = false;
  std::vector<ReservationId> offers;
  std::optional<Moment> found;
  const auto read = journal.history(account, *from + 1, [&](const core::Fact& fact) {
    if (!here) {
      here = brings(fact, call);
      return here || fact.ts <= about + drift_ms;
    }
    bool last = false;
    if (const auto* offered = std::get_if<core::fact::Offered>(&fact.body)) {
      if (offered->call == call) offers.push_back(offered->reservation);
    } else if (const auto* answered = std::get_if<core::fact::Answered>(&fact.body)) {
      last = std::find(offers.begin(), offers.end(), answered->reservation) != offers.end();
    } else if (const auto* closing = std::get_if<core::fact::CallClosing>(&fact.body)) {
      last = closing->call == call;
    } else if (const auto* ended = std::get_if<core::fact::CallEnded>(&fact.body)) {
      last = ended->call == call;
    }
    if (last) found = Moment{fact.seq - 1, fact.ts};
    return !last;
  });
  if (!read) return read.error();
  return found;
}

Result<Moment> last_moment(storage::Journal& journal, AccountId account, CallId call) {
  for (const Ms drift_ms : id_drifts_ms) {
    const auto found = last_moment(journal, account, call, drift_ms);
    if (!found) return found.error();
    if (*found) return **found;
  }
  return gone(call);
}

Result<Moment> moment_of(storage::Journal& journal, AccountId account, CallId call, std::optional<Ms> at, Ms now_ts) {
  if (at) {
    const auto seq = journal.seq_at(account, *at);
    if (!seq) return seq.error();
    return Moment{*seq, std::min(*at, now_ts)};
  }
  Moment now;
  bool live = false;
  const auto read = journal.read(account, [&](const core::Account& a) {
    const core::Call* row = core::find_call(a, call);
    live = row != nullptr && row->state != core::CallState::ended;
    now = Moment{a.seq, std::max(now_ts, a.last_ts)};
  });
  if (!read) return read.error();
  if (live) return now;
  return last_moment(journal, account, call);
}

/// The seq of the last offer of the call that is still there, rung or answered; 0: nobody rings and nobody answered.
std::uint64_t last_offer(const core::Account& account, const core::Call& call) {
  std::uint64_t seq = 0;
  if (call.state == core::CallState::waiting && core::open_offers(account, call) == 0) return seq;
  for (ReservationId id : call.offers) seq = std::max(seq, core::find_reservation(account, id)->offered_seq);
  return seq;
}

/// The offers of the call up to `last_seq` that were made in one turn, one after the other.
Result<std::vector<core::Fact>> offers_of_turn(storage::Journal& journal, AccountId account, CallId call,
                                               std::uint64_t last_seq) {
  std::vector<core::Fact> offers;
  const std::uint64_t from = last_seq > decision_facts_max ? last_seq - decision_facts_max : 1;
  const auto read = journal.history(account, from, [&](const core::Fact& fact) {
    const auto* offered = std::get_if<core::fact::Offered>(&fact.body);
    if (offered == nullptr || offered->call != call || (!offers.empty() && offers.back().ts != fact.ts)) offers.clear();
    if (offered != nullptr && offered->call == call) offers.push_back(fact);
    return fact.seq < last_seq;
  });
  if (!read) return read.error();
  return offers;
}

}  // namespace

Result<OfferStory> explain_call(storage::Journal& journal, AccountId account, CallId call, std::optional<Ms> at,
                                Ms now_ts) {
  const auto moment = moment_of(journal, account, call, at, now_ts);
  if (!moment) return moment.error();
  auto state = journal.account_at(account, moment->seq);
  if (!state) return state.error();
  const core::Call* row = core::find_call(*state, call);
  if (row == nullptr)
    return Error{Code::not_found,
                 "there is no call " + call.text() + " at that time: it had not arrived yet or was over"};
  OfferStory story;
  story.ts = moment->ts;
  if (const std::uint64_t last = last_offer(*state, *row); last != 0) {
    const auto offers = offers_of_turn(journal, account, call, last);
    if (!offers) return offers.error();
    // None: the call was taken over from its edge with the agent on the phone.
    if (!offers->empty()) story.ts = offers->front().ts;
    for (const core::Fact& fact : *offers) story.to.push_back(std::get<core::fact::Offered>(fact.body).agent);
    if (!offers->empty()) state = journal.account_at(account, offers->front().seq - 1);
    if (!state) return state.error();
    row = core::find_call(*state, call);
  }
  core::Now now;
  now.ts = story.ts;
  if (story.to.empty()) {
    story.offer = core::explain_offer(*state, *row, now);
  } else {
    core::ExplainedDecision decision = core::explain_decision(*state, *row, story.to, now);
    story.offer = std::move(decision.offer);
    story.reproduced = decision.reproduced;
  }
  story.rules = journal.rules_at(storage::shard_of(account), story.ts);
  story.account = std::move(*state);
  return story;
}

}  // namespace rf::node
