#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include "core/account/apply.hpp"
#include "core/presence/bucket.hpp"
#include "tests/support/center.hpp"

/// Writes the state tables from the code itself and holds docs/states.md against them. RF_UPDATE_GOLDENS=1 rewrites it.
namespace rf::core {
namespace {

using rf::testing::Center;

struct Row {
  const char* name;
  /// Brings the one agent of a fresh centre into the row's state.
  std::function<void(Center&, AgentId, QueueId)> enter;
};

const char* yes_no(bool value) { return value ? "yes" : "no"; }

void bucket_table(std::ostream& out) {
  out << "## Signals to bucket\n\n"
         "The bucket is the first match in the order extcall, incall, offline, unreachable, ring, paused, wrapup, "
         "ready, idle. "
         "`work` is derived from the agent's reservations and wrap-up; `queue` says whether a membership is active and "
         "not "
         "paused. A conversation in no queue (a direct call) counts as external.\n\n"
         "| status | work | reachable | external call | queue | bucket |\n|---|---|---|---|---|---|\n";
  for (const Status status : {Status::offline, Status::not_ready, Status::available, Status::on_break})
    for (const WorkState work : {WorkState::waiting, WorkState::offering, WorkState::in_call, WorkState::wrap_up})
      for (const bool is_reachable : {true, false})
        for (const bool external : {false, true})
          for (const bool queue : {true, false}) {
            Account account;
            Agent agent;
            agent.id = AgentId(Ulid{1, 1});
            agent.status = status;
            agent.config.external_endpoint = is_reachable;
            agent.external_calls = external ? 1 : 0;
            agent.memberships.push_back(Membership{});
            agent.memberships[0].active = queue;
            if (work == WorkState::wrap_up) agent.wrapup_until_ts = 1;
            if (work == WorkState::offering || work == WorkState::in_call) {
              Reservation r;
              r.phase = work == WorkState::offering ? Phase::offered : Phase::answered;
              r.offer.queue = QueueId(Ulid{3, 3});
              account.reservations.emplace(ReservationId(Ulid{2, 2}), r);
              agent.live.push_back(ReservationId(Ulid{2, 2}));
            }
            constexpr const char* work_names[] = {"waiting", "offering", "in_call", "wrap_up"};
            out << "| " << name_of(status) << " | " << work_names[static_cast<int>(work)] << " | "
                << yes_no(is_reachable) << " | " << yes_no(external) << " | " << yes_no(queue) << " | "
                << name_of(bucket_of(account, agent)) << " |\n";
          }
}

std::vector<Row> states() {
  return {
      {"logged out", [](Center&, AgentId, QueueId) {}},
      {"not ready",
       [](Center& c, AgentId a, QueueId q) {
         c.run(command::Login{a, {q}});
       }},
      {"ready", [](Center& c, AgentId a, QueueId) { c.make_ready(a); }},
      {"on break",
       [](Center& c, AgentId a, QueueId) {
         c.make_ready(a);
         c.status(a, Status::on_break);
       }},
      {"ringing",
       [](Center& c, AgentId a, QueueId q) {
         c.make_ready(a);
         c.enqueue(q);
       }},
      {"in a call",
       [](Center& c, AgentId a, QueueId q) {
         c.make_ready(a);
         c.accept(c.enqueue(q));
       }},
      {"wrap-up",
       [](Center& c, AgentId a, QueueId q) {
         c.make_ready(a);
         const CallId call = c.enqueue(q);
         c.accept(call);
         c.complete(call);
       }},
      {"external call",
       [](Center& c, AgentId a, QueueId) {
         c.make_ready(a);
         c.run(command::SetExternalCalls{a, 1});
       }},
      {"paused in its queue",
       [](Center& c, AgentId a, QueueId q) {
         c.make_ready(a);
         c.run(command::SetMembershipPaused{a, q, true, "lunch"});
       }},
      {"in a call, break to come",
       [](Center& c, AgentId a, QueueId q) {
         c.make_ready(a);
         c.accept(c.enqueue(q));
         c.status(a, Status::on_break);
       }},
      {"wrap-up, outcome due",
       [](Center& c, AgentId a, QueueId) {
         QueueConfig asks;
         asks.dispositions = true;
         const QueueId other = c.queue("asks", asks);
         c.run(command::SetAgent{a, c.at(a).config, {Center::in(other)}});
         c.make_ready(a);
         const CallId call = c.enqueue(other);
         c.accept(call);
         c.complete(call);
       }},
      {"in a direct call",
       [](Center& c, AgentId a, QueueId) {
         c.make_ready(a);
         command::Enqueue e;
         e.call = CallId(Ulid{9, 9});
         e.agent = a;
         c.run(e);
         c.accept(e.call);
       }},
      {"unreachable",
       [](Center& c, AgentId a, QueueId) {
         AgentConfig config = c.at(a).config;
         config.external_endpoint = false;
         c.run(command::SetAgent{a, config, c.at(a).memberships});
         c.make_ready(a);
       }},
      {"removed", [](Center& c, AgentId a, QueueId) { c.run(command::RemoveAgent{a}); }},
  };
}

using Commands = std::vector<std::pair<const char*, std::function<Command(Center&, AgentId)>>>;

QueueId queue_of(const Center& c, AgentId agent) {
  const auto& memberships = c.at(agent).memberships;
  return memberships.empty() ? QueueId() : memberships[0].queue;
}

Commands commands() {
  return {
      {"Login",
       [](Center& c, AgentId a) {
         const auto& memberships = c.at(a).memberships;
         return command::Login{a, memberships.empty() ? std::vector<QueueId>() : std::vector{memberships[0].queue}};
       }},
      {"Logout",
       [](Center&, AgentId a) {
         return command::Logout{a, "done"};
       }},
      {"SetStatus available",
       [](Center&, AgentId a) {
         return command::SetStatus{a, Status::available, ""};
       }},
      {"SetStatus not_ready",
       [](Center&, AgentId a) {
         return command::SetStatus{a, Status::not_ready, ""};
       }},
      {"SetStatus on_break",
       [](Center&, AgentId a) {
         return command::SetStatus{a, Status::on_break, "lunch"};
       }},
      {"SetStatus on_break, at end of call",
       [](Center&, AgentId a) {
         return command::SetStatus{a, Status::on_break, "lunch", true};
       }},
      {"ClearNextStatus", [](Center&, AgentId a) { return command::ClearNextStatus{a}; }},
      {"EndWrapup", [](Center&, AgentId a) { return command::EndWrapup{a}; }},
      {"ExtendWrapup",
       [](Center&, AgentId a) {
         return command::ExtendWrapup{a, 5000};
       }},
      {"SetDisposition",
       [](Center& c, AgentId a) {
         return command::SetDisposition{c.at(a).wrapup_call, a, Disposition{Category::success, "sold", "", {}}};
       }},
      {"SetMembershipActive off",
       [](Center& c, AgentId a) {
         return command::SetMembershipActive{a, queue_of(c, a), false, Asker::agent};
       }},
      {"SetMembershipActive on",
       [](Center& c, AgentId a) {
         return command::SetMembershipActive{a, queue_of(c, a), true, Asker::agent};
       }},
      {"SetMembershipPaused",
       [](Center& c, AgentId a) {
         return command::SetMembershipPaused{a, queue_of(c, a), true, "training"};
       }},
      {"BeginExternalCall",
       [](Center&, AgentId a) {
         return command::BeginExternalCall{a, "1", "", false};
       }},
      {"BeginExternalCall outbound",
       [](Center&, AgentId a) {
         return command::BeginExternalCall{a, "1", "", true};
       }},
      {"EndExternalCall", [](Center&, AgentId a) { return command::EndExternalCall{a}; }},
      {"ResetAgent",
       [](Center&, AgentId a) {
         return command::ResetAgent{a, "stuck"};
       }},
      {"SetShifts",
       [](Center& c, AgentId a) {
         return command::SetShifts{a, {Shift{c.ts, c.ts + 1000, {}}}};
       }},
      {"RemoveAgent", [](Center&, AgentId a) { return command::RemoveAgent{a}; }},
      {"SetExternalCalls 1",
       [](Center&, AgentId a) {
         return command::SetExternalCalls{a, 1};
       }},
      {"SetExternalCalls 0",
       [](Center&, AgentId a) {
         return command::SetExternalCalls{a, 0};
       }},
  };
}

void command_table(std::ostream& out) {
  out << "\n## Commands\n\nWhat each command does to an agent in each state: the bucket afterwards, with the facts it "
         "wrote, or "
         "the refusal, which writes nothing. The calls are a foreign switch's, so an offer that is withdrawn ends at "
         "once.\n\n"
         "| state | command | bucket before | result |\n|---|---|---|---|\n";
  for (const Row& state : states())
    for (const auto& [name, make] : commands()) {
      Center c;
      const QueueId q = c.queue("sales");
      const AgentId a = c.agent("ann", {Center::in(q)});
      state.enter(c, a, q);
      const Bucket before = c.bucket(a);
      const TurnResult& result = c.run(make(c, a));
      out << "| " << state.name << " | " << name << " | " << name_of(before) << " | ";
      if (!result.reply.ok()) {
        EXPECT_TRUE(result.facts.empty()) << state.name << ", " << name << ": a refusal wrote something (P16)";
        EXPECT_FALSE(result.reply.what.empty()) << state.name << ", " << name << ": a refusal without a reason";
        out << "refused: " << rf::name_of(result.reply.code) << " |\n";
        continue;
      }
      out << name_of(c.bucket(a));
      const auto facts = c.last_facts();
      for (std::size_t i = 0; i < facts.size(); ++i) out << (i == 0 ? " (" : ", ") << facts[i];
      out << (facts.empty() ? " (no change)" : ")") << " |\n";
    }
}

void phase_table(std::ostream& out) {
  out << "\n## A reservation's phases\n\n"
         "| phase | may still be answered | counts against max_concurrent | freed without the edge's word | left by |\n"
         "|---|---|---|---|---|\n"
         "| offered | yes | yes | bound of R12 | Answered, OfferClosed, LegGone |\n"
         "| closing | yes (R14) | yes | bound of R12 | Answered, OfferClosed, LegGone |\n"
         "| releasing | no | yes | bound of R12 | LegGone |\n"
         "| answered | - | yes | never; Snapshot, EdgeLost | CallEnded, LegGone |\n"
         "| ending | no | yes | never; Snapshot, EdgeLost | LegGone |\n";
}

TEST(States, DocumentIsWhatTheCodeDoes) {
  std::ostringstream out;
  out << "# States\n\nWritten by `tests/golden/states_test.cpp` from the code; do not edit by hand.\n\n";
  bucket_table(out);
  command_table(out);
  phase_table(out);
  const std::string path = "docs/states.md";
  if (std::getenv("RF_UPDATE_GOLDENS") != nullptr) {
    std::ofstream(path) << out.str();
    return;
  }
  std::ifstream file(path);
  std::stringstream have;
  have << file.rdbuf();
  EXPECT_EQ(have.str(), out.str()) << "run this test with RF_UPDATE_GOLDENS=1 and read the difference";
}

}  // namespace
}  // namespace rf::core
