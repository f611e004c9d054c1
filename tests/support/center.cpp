#include "tests/support/center.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/account/apply.hpp"
#include "tests/support/invariants.hpp"

namespace rf::testing {

using namespace rf::core;

namespace {

const AccountId test_account(Ulid{7, 7});

}  // namespace

Center::Center() {
  Account account;
  account.id = test_account;
  folded_ = account;
  sequencer_.emplace(std::move(account));
  epoch_start_ts_ = ts;
  settings(Settings{});
}

Now Center::now() { return Now{ts, epoch_start_ts_, &edges, zones}; }

const TurnResult& Center::take(std::optional<RankRequest> request) {
  while (request) {
    const Ranked answer = rank(indexes_[request->queue], *request);
    request = sequencer_->ranked(answer);
  }
  last = sequencer_->finish();
  EXPECT_EQ(broken_facts(folded_, last.facts), "");
  log.insert(log.end(), last.facts.begin(), last.facts.end());
  for (const Fact& fact : last.facts) apply(folded_, fact);
  // Pairs may be left over while items are due now: the next Tick takes them.
  if (sequencer_->next_tick_ts() > ts) {
    EXPECT_EQ(broken_invariant(account(), now()), "");
  }
  EXPECT_EQ(difference(account(), folded_), "");
  EXPECT_EQ(last.rank_mismatches, 0u);
  return last;
}

const TurnResult& Center::run(const Command& command) { return take(sequencer_->begin(command, now())); }

void Center::settle() {
  for (int i = 0; sequencer_->next_tick_ts() <= ts; ++i) {
    ASSERT_LT(i, 1000) << "Tick never finds its end";
    run(command::Tick{});
  }
}

void Center::advance(Ms ms) {
  const Ms until = ts + ms;
  while (ts < until) {
    const Ms beat_ts = edges.empty() ? until : ts + second_ms;
    const Ms next = std::min(until, std::max(ts + 1, std::min(sequencer_->next_tick_ts(), beat_ts)));
    for (auto& [name, clock] : edges) {
      clock.age_ms += next - ts;
      if (beating_[name] && clock.age_ms >= second_ms) {
        clock.heartbeat_edge_ms += clock.age_ms;
        clock.age_ms = 0;
      }
    }
    ts = next;
    settle();
  }
}

void Center::restart() {
  sequencer_.emplace(refold(test_account, log));
  indexes_.clear();
  epoch_start_ts_ = ts;
  edges.clear();
  settle();
}

Ulid Center::next_id() { return Ulid{1, ++ids_}; }

void Center::settings(Settings settings) {
  settings.key = "test";
  EXPECT_TRUE(run(command::SetSettings{std::move(settings)}).reply.ok()) << last.reply.what;
}

QueueId Center::queue(const std::string& key, QueueConfig config) {
  const QueueId id(next_id());
  config.key = key;
  EXPECT_TRUE(run(command::SetQueue{id, config}).reply.ok()) << last.reply.what;
  return id;
}

Membership Center::in(QueueId queue) {
  Membership m;
  m.queue = queue;
  return m;
}

AgentId Center::agent(const std::string& key, std::vector<Membership> memberships) {
  AgentConfig config;
  config.external_endpoint = true;
  return agent(key, std::move(memberships), config);
}

AgentId Center::agent(const std::string& key, std::vector<Membership> memberships, AgentConfig config) {
  const AgentId id(next_id());
  config.key = key;
  EXPECT_TRUE(run(command::SetAgent{id, config, std::move(memberships)}).reply.ok()) << last.reply.what;
  return id;
}

void Center::make_ready(AgentId id) {
  command::Login login{id, {}};
  for (const Membership& m : at(id).memberships) login.queues.push_back(m.queue);
  EXPECT_TRUE(run(login).reply.ok()) << last.reply.what;
  status(id, Status::available);
}

AgentId Center::ready_agent(const std::string& key, std::vector<Membership> memberships) {
  const AgentId id = agent(key, std::move(memberships));
  make_ready(id);
  return id;
}

void Center::status(AgentId agent, Status status) {
  EXPECT_TRUE(run(command::SetStatus{agent, status, status == Status::on_break ? "lunch" : ""}).reply.ok())
      << last.reply.what;
}

command::Enqueue Center::call_from(QueueId queue, const std::string& caller) {
  command::Enqueue e;
  e.call = CallId(next_id());
  e.queue = queue;
  e.caller = caller;
  return e;
}

CallId Center::enqueue(QueueId queue) {
  const CallId id(next_id());
  EXPECT_TRUE(run(command::Enqueue{id, queue, "100", "200", "", 0}).reply.ok()) << last.reply.what;
  return id;
}

CallId Center::enqueue(QueueId queue, const std::string& caller) {
  const command::Enqueue e = call_from(queue, caller);
  EXPECT_TRUE(run(e).reply.ok()) << last.reply.what;
  return e.call;
}

void Center::accept(CallId call) {
  EXPECT_TRUE(run(command::AcceptOffer{offer_of(call)}).reply.ok()) << last.reply.what;
}

void Center::reject(CallId call) {
  EXPECT_TRUE(run(command::RejectOffer{offer_of(call), CloseCause::rejected}).reply.ok()) << last.reply.what;
}

void Center::complete(CallId call) { EXPECT_TRUE(run(command::CompleteCall{call}).reply.ok()) << last.reply.what; }

void Center::talk(CallId call) {
  accept(call);
  advance(second_ms);
  complete(call);
}

void Center::attach(const EdgeName& edge, std::uint64_t epoch, const std::string& boot_id) {
  edges[edge] = EdgeClock{epoch, boot_id, attach_clock_ms, 0};
  beating_[edge] = true;
  numbers_[edge] = 0;
  epochs_[edge] = epoch;
  event(edge, link::Snapshot{boot_id, {}, {}});
  settle();
}

const TurnResult& Center::event(const EdgeName& edge, link::EventBody body) {
  command::EdgeEvent command{edge, link::Event{epochs_[edge], ++numbers_[edge], 0, std::move(body)}};
  run(command);
  EXPECT_EQ(last.edge.acked, numbers_[edge]);
  return last;
}

CallId Center::sip_call(const EdgeName& edge, const std::string& number) {
  const CallId id(next_id());
  event(edge, link::CallArrived{id, number, "caller", ""});
  return id;
}

BindingId Center::bind(const EdgeName& edge, AgentId agent) {
  const BindingId id(next_id());
  event(edge, link::BindingUp{agent, id, "sip:phone"});
  return id;
}

void Center::number(const std::string& number, QueueId queue) {
  EXPECT_TRUE(run(command::SetNumber{number, Route{queue, {}, {}, {}}}).reply.ok()) << last.reply.what;
}

ReservationId Center::offer_of(CallId id) const {
  const Call* c = call(id);
  return c == nullptr || c->offers.empty() ? ReservationId() : c->offers.back();
}

AgentId Center::offered_to(CallId id) const {
  const Reservation* r = find_reservation(account(), offer_of(id));
  return r == nullptr ? AgentId() : r->offer.agent;
}

std::vector<std::string> Center::last_facts() const {
  std::vector<std::string> names;
  for (const Fact& fact : last.facts) names.emplace_back(name_of(fact.body));
  return names;
}

Overflow on_key(const std::string& key, OverflowTo to) {
  Overflow rule;
  rule.when = OverflowWhen::key;
  rule.key = key;
  rule.to = to;
  return rule;
}

SipDesk::SipDesk(QueueConfig config) {
  EXPECT_TRUE(c.run(command::SetTrunk{Trunk{"out", "192.0.2.1"}}).reply.ok()) << c.last.reply.what;
  q = c.queue("q", std::move(config));
  c.number("100", q);
  c.attach("e1", 1, "boot");
}

AgentId SipDesk::agent(const std::string& key) {
  AgentConfig config;
  config.extension = "x" + key;
  const AgentId id = c.agent(key, {Center::in(q)}, config);
  phones[id] = c.bind("e1", id);
  c.make_ready(id);
  return id;
}

}  // namespace rf::testing
