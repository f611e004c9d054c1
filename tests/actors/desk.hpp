#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/limits.hpp"
#include "tests/support/actor_harness.hpp"
#include "tests/support/invariants.hpp"

namespace rf::testing {

using Commits = ActorHarness::Commits;

/// One account behind the harness, spoken to in the words of the tests.
class Desk {
 public:
  explicit Desk(std::uint64_t seed) : h(seed) {
    core::Settings settings;
    settings.key = "test";
    settings.wrapup_ms = 10 * second_ms;
    ok(core::command::SetSettings{settings});
  }

  ActorHarness h;
  AccountId account{Ulid{7, 7}};

  Ulid next() { return Ulid{1, ++ids_}; }
  CommandId next_id() { return CommandId(next()); }

  AskedPtr ask(core::Command command) { return h.command(account, next_id(), std::move(command)); }
  AskedPtr ask(CommandId id, core::Command command) { return h.command(account, id, std::move(command)); }
  /// Asks, lets everything run and commit, and expects it to succeed.
  core::Reply ok(core::Command command) {
    const AskedPtr asked = ask(std::move(command));
    h.settle();
    EXPECT_EQ(asked->times, 1);
    if (!asked->done()) return {};
    EXPECT_EQ(asked->reply->code, Code::ok) << asked->reply->what;
    return *asked->reply;
  }

  QueueId queue(const std::string& key, core::QueueConfig config) {
    const QueueId id(next());
    config.key = key;
    ok(core::command::SetQueue{id, config});
    return id;
  }
  QueueId queue(const std::string& key) { return queue(key, core::QueueConfig{}); }

  core::Membership in(QueueId queue) const {
    core::Membership membership;
    membership.queue = queue;
    return membership;
  }
  /// Logged in everywhere and available; on a foreign switch, so that API calls reach it.
  AgentId ready_agent(const std::string& key, const std::vector<QueueId>& queues) {
    const AgentId id(next());
    core::AgentConfig config;
    config.key = key;
    config.external_endpoint = true;
    std::vector<core::Membership> memberships;
    for (QueueId queue : queues) memberships.push_back(in(queue));
    ok(core::command::SetAgent{id, config, memberships});
    ok(core::command::Login{id, queues});
    ok(core::command::SetStatus{id, core::Status::available, ""});
    return id;
  }

  core::Command enqueue(QueueId queue) { return core::command::Enqueue{CallId(next()), queue, "100", "200", "", 0}; }

  /// A live edge whose event 1 is taken; its clock is an hour ahead.
  void attach(const EdgeName& edge) {
    beat(edge);
    event(edge, link::Snapshot{"boot-1", {}, {}});
    h.settle();
  }
  void beat(const EdgeName& edge) { h.time().heartbeat(edge, 1, "boot-1", 3600 * second_ms); }
  AskedPtr event(const EdgeName& edge, link::EventBody body) {
    return h.edge_event(account, edge, link::Event{1, ++numbers_[edge], 0, std::move(body)});
  }
  AskedPtr event_again(const EdgeName& edge, std::uint64_t n, link::EventBody body) {
    return h.edge_event(account, edge, link::Event{1, n, 0, std::move(body)});
  }
  BindingId bind(const EdgeName& edge, AgentId agent) {
    const BindingId binding(next());
    event(edge, link::BindingUp{agent, binding, "sip:phone"});
    h.settle();
    return binding;
  }
  void number(const std::string& number, QueueId queue) {
    ok(core::command::SetNumber{number, core::Route{queue, {}, {}, {}}});
  }
  link::CallArrived arrival(const std::string& number) { return link::CallArrived{CallId(next()), number, "200", ""}; }

  core::Account committed() { return h.committed(account); }
  const core::Agent agent(AgentId id) { return *core::find_agent(committed(), id); }
  core::Bucket bucket(AgentId id) { return agent(id).bucket; }
  /// The one offer there is; not set if none.
  ReservationId offer() {
    const core::Account account_now = committed();
    return account_now.reservations.empty() ? ReservationId() : account_now.reservations.begin()->first;
  }
  template <class Body>
  std::vector<Body> facts() {
    std::vector<Body> found;
    for (const core::Fact& fact : h.log(account))
      if (const auto* body = std::get_if<Body>(&fact.body)) found.push_back(*body);
    return found;
  }
  /// What holds of the whole committed log: every turn's facts, and the fold.
  std::string broken() {
    core::Account before;
    before.id = account;
    const std::string facts = broken_facts(before, h.log(account));
    return facts.empty() ? difference(committed(), refold(account, h.log(account))) : facts;
  }

 private:
  std::uint64_t ids_ = 0;
  std::map<EdgeName, std::uint64_t> numbers_;
};

}  // namespace rf::testing
