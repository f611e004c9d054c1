#include "tests/storage/support/account_script.hpp"

#include <algorithm>

#include "core/account/apply.hpp"
#include "storage/fold.hpp"

namespace rf::storage::test {

namespace fact = core::fact;

namespace {

/// The ids of `rows` in an order that does not depend on the hash table.
template <class Map>
std::vector<typename Map::key_type> ids_of(const Map& rows) {
  std::vector<typename Map::key_type> ids;
  for (const auto& [id, row] : rows) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

core::Membership member_of(QueueId queue) {
  core::Membership membership;
  membership.queue = queue;
  return membership;
}

constexpr Ms day_ms = 24 * 3600 * second_ms;
constexpr std::uint64_t agents = 4;
constexpr std::uint64_t queues = 2;

}  // namespace

AccountId account_in_shard(std::uint32_t shard, std::uint64_t which) {
  for (std::uint64_t low = 1;; ++low) {
    const AccountId id(Ulid{0x0190000000000000ull + which, low});
    if (shard_of(id) == shard) return id;
  }
}

AccountScript::AccountScript(AccountId account, std::uint64_t seed) : random_(seed) { account_.id = account; }

AccountBatch AccountScript::next(std::size_t facts_max, CommandId command) {
  AccountBatch batch;
  batch.account = account_.id;
  ts_ += static_cast<Ms>(below(1000));
  for (std::size_t i = 0, n = 1 + below(facts_max); i < n; ++i) {
    core::Fact fact;
    fact.ts = ts_;
    fact.at = ts_ - static_cast<Ms>(below(3) * 100);
    fact.body = body();
    core::stamp_and_apply(account_, fact);
    batch.facts.push_back(std::move(fact));
  }
  if (command.set()) {
    core::Reply reply;
    reply.what = "seq " + std::to_string(account_.seq);
    reply.seq = account_.seq;
    batch.results.push_back({command, reply});
  }
  return batch;
}

std::string AccountScript::text() {
  std::string bytes(below(20), '\0');
  for (char& c : bytes) c = static_cast<char>(random_());
  return bytes;
}

fact::Body AccountScript::body() {
  if (account_.queues.size() < queues) return fact::QueueSet{QueueId(Ulid{1, account_.queues.size() + 1}), {}};
  if (account_.agents.size() < agents) {
    fact::AgentSet set;
    set.agent = AgentId(Ulid{2, account_.agents.size() + 1});
    set.config.key = "agent-" + std::to_string(account_.agents.size());
    for (QueueId queue : ids_of(account_.queues)) set.memberships.push_back(member_of(queue));
    return set;
  }
  switch (below(10)) {
    case 0: return config();
    case 1: return presence();
    case 2: return edge();
    case 3: return table();
    case 4: return plan();
    case 5:
    case 6: return call();
    default: return reservation();
  }
}

core::QueueConfig AccountScript::queue_config() {
  core::QueueConfig config;
  config.key = "queue-" + std::to_string(below(1000));
  config.name = text();
  config.strategy = static_cast<core::StrategyKind>(below(core::strategy_count));
  config.talking_max = static_cast<std::uint32_t>(below(2));
  config.no_agent_ms = static_cast<Ms>(below(2) * 10000);
  config.leave_empty = static_cast<std::uint32_t>(below(2)) * core::empty_when::paused;
  config.overflow = {{core::OverflowWhen::key, "1", core::OverflowTo::callback, {}, {}, text()}};
  config.widening = {{10000, {1, 2}, 1, {"*"}}};
  return config;
}

fact::Body AccountScript::config() {
  const QueueId queue = ids_of(account_.queues)[below(queues)];
  const AgentId agent = ids_of(account_.agents)[below(agents)];
  const std::string number = "+4930" + std::to_string(below(5));
  switch (below(15)) {
    case 0: {
      core::Settings settings;
      settings.key = "main";
      settings.name = text();
      settings.auto_ready_on_login = below(2) == 0;
      settings.availability = static_cast<core::AvailabilityMode>(below(2));
      settings.stale_after_ms = static_cast<Ms>(below(3) * 100000);
      settings.break_reasons = {{"lunch", {{"de", text()}}, true, 1800000}};
      return fact::SettingsSet{settings};
    }
    case 1:
      if (below(2) == 0) return fact::NumberSet{number, core::Route{{}, agent, {{127, 480, 1080}}, {}}};
      return fact::NumberSet{number, core::Route{queue, {}, {}, {}}};
    case 2: return fact::NumberRemoved{number};
    case 3: return fact::DomainSet{"d" + std::to_string(below(3)) + ".example"};
    case 4: return fact::DomainRemoved{"d" + std::to_string(below(3)) + ".example"};
    case 5: return fact::TrunkSet{core::Trunk{"t" + std::to_string(below(3)), "192.0.2.1"}};
    case 6: return fact::TrunkRemoved{"t" + std::to_string(below(3))};
    case 7: return fact::CredentialSet{agent, "user-" + std::to_string(below(100)), random_()};
    case 8: return fact::QueueSet{queue, queue_config()};
    case 9: return fact::QueueRemoved{queue, QueueId()};
    case 10: return fact::QueueSwept{queue};
    case 11: return fact::AgentRemoved{agent};
    case 12: return fact::QueueEmpty{queue, below(2) == 0};
    case 13: return fact::PaceSet{queue, static_cast<Ms>(below(100000))};
    default: {
      fact::AgentSet set{agent, account_.agents.at(agent).config, {}};
      set.config.name = text();
      set.memberships.push_back(member_of(queue));
      return set;
    }
  }
}

fact::Body AccountScript::presence() {
  const AgentId agent = ids_of(account_.agents)[below(agents)];
  const auto& bindings = account_.agents.at(agent).bindings;
  const QueueId queue = ids_of(account_.queues)[below(queues)];
  switch (below(16)) {
    case 0: return fact::LoggedIn{agent, core::Status::available, ids_of(account_.queues)};
    case 1: return fact::LoggedOut{agent, text()};
    case 2:
      if (account_.agents.at(agent).status == core::Status::offline)
        return fact::LoggedIn{agent, core::Status::not_ready, {queue}};
      return fact::StatusSet{agent, core::Status::on_break, text(), below(2) == 0 ? ts_ + 60000 : 0};
    case 3: return fact::MembershipActive{agent, queue, below(2) == 0, below(2) == 0};
    case 4: return fact::BindingUp{agent, BindingId(ulid()), "edge-1", text()};
    case 5:
      if (!bindings.empty()) return fact::BindingDown{agent, bindings[below(bindings.size())].id, text()};
      return fact::ExternalCallsSet{agent, 1, text(), true, queue, below(2) == 0};
    case 6: return fact::ExternalCallsSet{agent, static_cast<std::uint32_t>(below(3)), {}, false, {}, false};
    case 7: return fact::WrapupEnded{agent, below(2) == 0};
    case 8: return fact::NextStatusSet{agent, {true, core::Status::on_break, text(), ts_}};
    case 9: return fact::NextStatusSet{agent, {}};
    case 10: return fact::MembershipPaused{agent, queue, below(2) == 0, text()};
    case 11: return fact::BreakOverran{agent};
    case 12: return fact::AgentStale{agent};
    case 13: return fact::AgentReset{agent, text()};
    case 14: return fact::WrapupExtended{agent, ts_ + 30000};
    default: return fact::OfferGateOpened{agent};
  }
}

/// Few keys, so that entries are replaced and forgotten while they are there.
fact::Body AccountScript::table() {
  const auto key = [this] { return below(4) == 0 ? std::string() : "key " + std::to_string(below(6)); };
  const std::string own = "key " + std::to_string(below(6));
  const AgentId agent = ids_of(account_.agents)[below(agents)];
  switch (below(4)) {
    case 0: return fact::StickySet{own, agent, key()};
    case 1: return fact::PlaceKept{own, ts_, ts_ + 60000, key()};
    case 2: return fact::PlaceKept{own, 0, 0, {}};
    default: {
      const std::vector<CallId> kept = ids_of(account_.dispositions);
      fact::DispositionSet set;
      set.call = below(3) == 0 && !kept.empty() ? kept[below(kept.size())] : CallId(ulid());
      set.agent = agent;
      set.disposition = {core::Category::success, text(), text(), {text(), "tag"}};
      set.version = static_cast<std::uint32_t>(1 + below(3));
      if (kept.size() > 5) set.forgotten = kept[below(kept.size())];
      return set;
    }
  }
}

fact::Body AccountScript::plan() {
  const AgentId agent = ids_of(account_.agents)[below(agents)];
  switch (below(4)) {
    case 0: return fact::DayBegan{account_.day + 1, ts_ + day_ms, below(2) == 0 ? ts_ : 0};
    case 1: return fact::LogoffSwept{below(2) == 0 ? agent : AgentId()};
    case 2: return fact::ShiftsSet{agent, {{ts_, ts_ + 8 * 3600000, {{"lunch", ts_ + 1000, ts_ + 2000}}}}};
    default: return fact::ActivityBegan{agent, below(2) == 0 ? "lunch" : "", below(2) == 0 ? ts_ + 1000 : 0};
  }
}

core::Ask AccountScript::ask() {
  core::Ask ask;
  ask.required = {{"de", static_cast<std::uint32_t>(1 + below(3))}};
  ask.tiers.max = static_cast<std::int32_t>(below(3));
  ask.steps = static_cast<std::uint32_t>(below(2));
  ask.next_step_ts = static_cast<Ms>(below(2)) * (ts_ + 10000);
  return ask;
}

fact::Body AccountScript::call() {
  const QueueId queue = ids_of(account_.queues)[below(queues)];
  const AgentId agent = ids_of(account_.agents)[below(agents)];
  std::vector<CallId> calls;
  for (CallId id : ids_of(account_.calls)) {
    const core::Call& c = account_.calls.at(id);
    if (c.state == core::CallState::waiting) calls.push_back(id);
    if ((c.state == core::CallState::forwarded || c.state == core::CallState::closing) && below(2) == 0)
      return fact::CallEnded{id, link::EndCause::caller_hangup, core::Outcome::overflow, c.offers.empty()};
  }
  if (calls.empty() || (calls.size() < 20 && below(3) == 0)) {
    fact::CallArrived arrived;
    arrived.call = CallId(ulid());
    arrived.queue = queue;
    arrived.edge = "edge-1";
    arrived.edge_epoch = 3;
    arrived.caller_name = text();
    arrived.max_wait_until_ts = ts_ + 300000;
    arrived.ask = ask();
    arrived.attributes = {{"ticket", text()}};
    if (below(3) == 0) arrived.wrapup_ms = 5000;
    if (below(3) == 0) arrived.place_uri = "sip:+4930@192.0.2.1";
    if (below(3) == 0) {
      arrived.sticky = agent;
      arrived.only_until_ts = below(2) == 0 ? never_ms : ts_ + 20000;
    }
    if (below(8) != 0) return arrived;
    fact::CallAdopted adopted{arrived, ts_ - 10000, {}};
    if (below(2) == 0) return adopted;
    adopted.offer.reservation = ReservationId(ulid());
    adopted.offer.call = arrived.call;
    adopted.offer.agent = agent;
    adopted.offer.queue = queue;
    return adopted;
  }
  const CallId call = calls[below(calls.size())];
  const bool free = account_.calls.at(call).offers.empty();
  switch (below(12)) {
    case 0: return fact::LookSet{call, ts_ + static_cast<Ms>(below(10000))};
    case 1:
      return fact::CallMoved{call, queue, ask(), below(3) == 0 ? agent : AgentId(), below(2) == 0 ? ts_ + 1000 : 0};
    case 2:
      if (free) return fact::CallEnded{call, link::EndCause::caller_hangup, core::Outcome::abandoned, true};
      return fact::CallMoved{call, queue, {}, {}, 0};
    case 3: return fact::CallWidened{call, ask()};
    case 4: return fact::CallReleased{call};
    case 5: return fact::RingStep{call, static_cast<std::uint32_t>(1 + below(3)), below(2) == 0 ? ts_ + 10000 : 0};
    case 6: return fact::ExitWanted{call, {core::OverflowWhen::max_wait, {}, core::OverflowTo::queue, queue, {}, {}}};
    case 7: return fact::CallbackSet{call, text(), "sip:+4931@192.0.2.1", core::OverflowWhen::key};
    case 8:
      if (free) return fact::CallForwarded{call, text(), core::OverflowWhen::no_agent};
      return fact::CallReleased{call};
    case 9: return fact::CallClosing{call, core::Outcome::overflow, core::OverflowWhen::closed};
    case 10: return fact::CallerGone{call};
    default: {
      if (!free) return fact::LookSet{call, ts_};
      fact::Offered offered;
      offered.reservation = ReservationId(ulid());
      offered.call = call;
      offered.agent = agent;
      offered.queue = queue;
      offered.edge = "edge-1";
      offered.boot_id = text();
      offered.bindings = {BindingId(ulid())};
      offered.check_ts = ts_ + 56000;
      offered.tier_level = static_cast<std::int32_t>(below(3));
      offered.endpoints = {{BindingId(ulid()), "sip:+4932@192.0.2.1"}};
      return offered;
    }
  }
}

fact::Body AccountScript::reservation() {
  const std::vector<ReservationId> held = ids_of(account_.reservations);
  if (held.empty()) return call();
  const ReservationId id = held[below(held.size())];
  const core::Reservation& r = account_.reservations.at(id);
  const core::Call& c = account_.calls.at(r.offer.call);
  switch (r.phase) {
    case core::Phase::offered:
      if (below(4) == 0) return fact::OfferClosing{id, link::CloseCause::withdrawn};
      if (below(8) == 0) return fact::CallAdopted{c.arrival, c.arrived_ts, r.offer};
      if (below(2) == 0) return fact::Answered{id, BindingId(ulid())};
      [[fallthrough]];
    case core::Phase::closing:
      if (below(4) == 0) return fact::LeaseSet{id, core::Hold::to_bound, ts_ + 90000};
      return fact::OfferClosed{id,
                               link::CloseCause::no_answer,
                               below(2) == 0,
                               ts_ + 1000,
                               ts_ + 1000,
                               static_cast<std::uint32_t>(1 + below(3))};
    case core::Phase::answered:
      return fact::CallEnded{c.id, link::EndCause::agent_hangup, core::Outcome::answered, false};
    case core::Phase::releasing:
    case core::Phase::ending: break;
  }
  const bool last = c.state == core::CallState::ended && c.offers.size() == 1;
  return fact::LegGone{id, below(2) == 0 ? ts_ + 5000 : 0, last, static_cast<Ms>(below(60000)), below(2) == 0};
}

fact::Body AccountScript::edge() {
  const std::string edge = "edge-" + std::to_string(1 + below(2));
  switch (below(7)) {
    case 0: {
      fact::EdgeSnapshot snapshot{edge, below(100), below(2) == 0, {}};
      snapshot.snapshot.boot_id = text();
      snapshot.snapshot.bindings.resize(below(3));
      return snapshot;
    }
    case 1: return fact::EdgeSilent{edge};
    case 2: return fact::EdgeBack{edge};
    case 3: return fact::EdgeLost{edge};
    case 4: return fact::EdgeSwept{edge};
    default: return fact::EdgeSeen{edge, 3, random_() % 100000};
  }
}

std::map<std::string, std::string> rows_of(const core::Account& account) {
  std::map<std::string, std::string> rows;
  write_rows(account, Hash{}, all_rows(account),
             [&](RowKind kind, std::string_view id, const std::optional<std::string>& bytes) {
               rows[std::string(name_of(kind)) + ":" + std::string(id)] = *bytes;
             });
  return rows;
}

}  // namespace rf::storage::test
