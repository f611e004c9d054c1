#include "tests/golden/states/matrix.hpp"

namespace rf::core::states {

using rf::testing::Center;

namespace {

template <class Change>
void set_agent(Scene& s, Change change) {
  AgentConfig config = s.c.at(s.agent).config;
  std::vector<Membership> memberships = s.c.at(s.agent).memberships;
  change(config, memberships[0]);
  must(s, command::SetAgent{s.agent, config, memberships});
}

void set_mode(Scene& s, MembershipMode mode) {
  set_agent(s, [&](AgentConfig&, Membership& m) { m.mode = mode; });
}

void answered(Scene& s) {
  add_ready_agent(s);
  take_call(s, s.c.enqueue(s.q));
  s.c.accept(s.call);
}

void wrap_up(Scene& s) {
  answered(s);
  s.c.complete(s.call);
}

std::vector<State> plain_states() {
  return {
      {"logged out", add_agent},
      {"not ready",
       [](Scene& s) {
         add_agent(s);
         must(s, command::Login{s.agent, {s.q}});
       }},
      {"ready", add_ready_agent},
      {"on break",
       [](Scene& s) {
         add_ready_agent(s);
         s.c.status(s.agent, Status::on_break);
       }},
      {"unreachable",
       [](Scene& s) {
         add_agent(s);
         set_agent(s, [](AgentConfig& config, Membership&) { config.external_endpoint = false; });
         s.c.make_ready(s.agent);
       }},
      {"external call",
       [](Scene& s) {
         add_ready_agent(s);
         must(s, command::SetExternalCalls{s.agent, 1});
       }},
      {"removed",
       [](Scene& s) {
         add_agent(s);
         must(s, command::RemoveAgent{s.agent});
       }},
      {"removed, its call goes on",
       [](Scene& s) {
         answered(s);
         must(s, command::RemoveAgent{s.agent});
       }},
  };
}

std::vector<State> calling_states() {
  return {
      {"ringing",
       [](Scene& s) {
         add_ready_agent(s);
         take_call(s, s.c.enqueue(s.q));
       }},
      {"phone rings, withdrawal under way",
       [](Scene& s) {
         add_phone_agent(s);
         take_call(s, s.d.call());
         s.c.status(s.agent, Status::not_ready);
       }},
      {"in a call", answered},
      {"in a call, break to come",
       [](Scene& s) {
         answered(s);
         s.c.status(s.agent, Status::on_break);
       }},
      {"in a call, logout to come",
       [](Scene& s) {
         answered(s);
         must(s, command::Logout{s.agent, "home"});
       }},
      {"in one of two possible calls",
       [](Scene& s) {
         add_agent(s);
         set_agent(s, [](AgentConfig& config, Membership&) { config.max_concurrent = 2; });
         s.c.make_ready(s.agent);
         take_call(s, s.c.enqueue(s.q));
         s.c.accept(s.call);
       }},
      {"in a direct call",
       [](Scene& s) {
         add_ready_agent(s);
         command::Enqueue direct = s.c.call_from({}, "200");
         direct.agent = s.agent;
         must(s, direct);
         take_call(s, direct.call);
         s.c.accept(s.call);
       }},
      {"wrap-up", wrap_up},
      {"wrap-up, outcome due",
       [](Scene& s) {
         QueueConfig config = config_of(s.c.account(), s.q);
         config.dispositions = true;
         must(s, command::SetQueue{s.q, config});
         wrap_up(s);
       }},
  };
}

std::vector<State> member_states() {
  return {
      {"paused in its queue",
       [](Scene& s) {
         add_ready_agent(s);
         must(s, command::SetMembershipPaused{s.agent, s.q, true, "lunch"});
       }},
      {"membership locked off",
       [](Scene& s) {
         add_ready_agent(s);
         must(s, command::SetMembershipActive{s.agent, s.q, false, Asker::supervisor, true});
       }},
      {"membership locked on",
       [](Scene& s) {
         add_ready_agent(s);
         must(s, command::SetMembershipActive{s.agent, s.q, true, Asker::supervisor, true});
       }},
      {"membership mandatory",
       [](Scene& s) {
         add_agent(s);
         set_mode(s, MembershipMode::mandatory);
         s.c.make_ready(s.agent);
       }},
      {"membership supervisor_managed",
       [](Scene& s) {
         add_agent(s);
         set_mode(s, MembershipMode::supervisor_managed);
         must(s, command::Login{s.agent, {}});
         s.c.status(s.agent, Status::available);
       }},
      {"logged out, membership supervisor_managed",
       [](Scene& s) {
         add_agent(s);
         set_mode(s, MembershipMode::supervisor_managed);
       }},
  };
}

std::vector<State> following_states() {
  return {
      {"participant",
       [](Scene& s) {
         add_agent(s);
         set_agent(s, [](AgentConfig& config, Membership&) { config.participant = true; });
       }},
      {"participant without a phone",
       [](Scene& s) {
         add_agent(s);
         set_agent(s, [](AgentConfig& config, Membership&) {
           config.participant = true;
           config.external_endpoint = false;
         });
       }},
      {"bot",
       [](Scene& s) {
         add_agent(s);
         set_agent(s, [](AgentConfig& config, Membership&) {
           config.external_endpoint = false;
           config.kind = AgentKind::bot;
           config.uri = "sip:bot@192.0.2.9";
         });
       }},
      {"follow_reachability, phone registered",
       [](Scene& s) {
         Settings settings;
         settings.availability = AvailabilityMode::follow_reachability;
         s.c.settings(settings);
         s.c.settle();
         AgentConfig config;
         config.extension = "11";
         s.agent = s.c.agent("ann", {Center::in(s.q)}, config);
         s.phone = s.c.bind("e1", s.agent);
       }},
  };
}

std::vector<Ask> status_asks() {
  const auto status = [](Status status, const char* reason, bool later) {
    return [status, reason, later](const Scene& s) -> Command {
      return command::SetStatus{s.agent, status, reason, later};
    };
  };
  return {
      {"Login",
       [](const Scene& s) {
         return command::Login{s.agent, {s.q}};
       }},
      {"Logout",
       [](const Scene& s) {
         return command::Logout{s.agent, "done"};
       }},
      {"SetStatus available", status(Status::available, "", false)},
      {"SetStatus not_ready", status(Status::not_ready, "", false)},
      {"SetStatus on_break", status(Status::on_break, "lunch", false)},
      {"SetStatus on_break without a reason", status(Status::on_break, "", false)},
      {"SetStatus on_break at end of call", status(Status::on_break, "lunch", true)},
      {"SetStatus offline at end of call", status(Status::offline, "", true)},
      {"ClearNextStatus", [](const Scene& s) { return command::ClearNextStatus{s.agent}; }},
      {"SetShifts",
       [](const Scene& s) {
         return command::SetShifts{s.agent, {Shift{s.c.ts, s.c.ts + 1000, {}}}};
       }},
      {"ResetAgent",
       [](const Scene& s) {
         return command::ResetAgent{s.agent, "stuck"};
       }},
      {"RemoveAgent", [](const Scene& s) { return command::RemoveAgent{s.agent}; }},
  };
}

std::vector<Ask> member_asks() {
  const auto active = [](bool active, Asker asker, bool lock) {
    return [active, asker, lock](const Scene& s) -> Command {
      return command::SetMembershipActive{s.agent, s.q, active, asker, lock};
    };
  };
  const auto paused = [](bool paused) {
    return [paused](const Scene& s) -> Command {
      return command::SetMembershipPaused{s.agent, s.q, paused, paused ? "lunch" : ""};
    };
  };
  return {
      {"SetMembershipActive on", active(true, Asker::agent, false)},
      {"SetMembershipActive off", active(false, Asker::agent, false)},
      {"SetMembershipActive off and locked, by the agent", active(false, Asker::agent, true)},
      {"SetMembershipActive on, by a supervisor", active(true, Asker::supervisor, false)},
      {"SetMembershipActive off and locked, by a supervisor", active(false, Asker::supervisor, true)},
      {"SetMembershipPaused", paused(true)},
      {"SetMembershipPaused no more", paused(false)},
  };
}

std::vector<Ask> work_asks() {
  const auto external = [](std::uint32_t count) {
    return [count](const Scene& s) -> Command { return command::SetExternalCalls{s.agent, count}; };
  };
  const auto begin = [](bool outbound) {
    return [outbound](const Scene& s) -> Command { return command::BeginExternalCall{s.agent, "1", "", outbound}; };
  };
  return {
      {"EndWrapup", [](const Scene& s) { return command::EndWrapup{s.agent}; }},
      {"ExtendWrapup",
       [](const Scene& s) {
         return command::ExtendWrapup{s.agent, 5000};
       }},
      {"SetDisposition",
       [](const Scene& s) {
         return command::SetDisposition{s.call, s.agent, Disposition{Category::success, "sold", "", {}}};
       }},
      {"BeginExternalCall", begin(false)},
      {"BeginExternalCall outbound", begin(true)},
      {"EndExternalCall", [](const Scene& s) { return command::EndExternalCall{s.agent}; }},
      {"SetExternalCalls 1", external(1)},
      {"SetExternalCalls 0", external(0)},
  };
}

}  // namespace

Matrix agent_matrix() {
  Matrix m;
  m.title = "Agents";
  m.text = "What each command does to an agent in each state, as the bucket before and after. The calls are a foreign "
           "switch's, whose offers end at once when they are withdrawn; where a phone rings, its edge has the last "
           "word (R14).";
  for (const auto& states : {plain_states(), calling_states(), member_states(), following_states()})
    append(m.states, states);
  for (const auto& asks : {status_asks(), member_asks(), work_asks()}) append(m.asks, asks);
  m.shown = [](const Scene& s) { return std::string(core::name_of(s.c.bucket(s.agent))); };
  return m;
}

}  // namespace rf::core::states
