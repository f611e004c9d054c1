#include <gtest/gtest.h>

#include "tests/golden/states/matrix.hpp"

namespace rf::core::states {

namespace {

/// Long after both bounds of R12.
constexpr Ms silence_ms = 600 * second_ms;

/// One SIP call whose offer is in this phase.
void enter(Scene& s, Phase phase) {
  add_phone_agent(s);
  take_call(s, s.d.call());
  switch (phase) {
    case Phase::offered: break;
    case Phase::closing: s.c.status(s.agent, Status::not_ready); break;
    case Phase::releasing: s.c.event("e1", link::OfferClosed{s.offer, CloseCause::rejected}); break;
    case Phase::answered: s.c.event("e1", link::Answered{s.offer, s.phone}); break;
    case Phase::ending:
      s.c.event("e1", link::Answered{s.offer, s.phone});
      s.c.event("e1", link::CallEnded{s.call, EndCause::caller_hangup});
      break;
  }
  EXPECT_EQ(name_of(find_reservation(s.c.account(), s.offer)->phase), name_of(phase));
}

std::string yes_no(bool value) { return value ? "yes" : "no"; }

struct Step {
  const char* name;
  std::function<void(Scene&)> take;
};

std::vector<Step> steps() {
  return {
      {"Answered",
       [](Scene& s) {
         s.c.event("e1", link::Answered{s.offer, s.phone});
       }},
      {"OfferClosed",
       [](Scene& s) {
         s.c.event("e1", link::OfferClosed{s.offer, CloseCause::no_answer});
       }},
      {"LegGone", [](Scene& s) { s.c.event("e1", link::LegGone{s.offer}); }},
      {"CallEnded",
       [](Scene& s) {
         s.c.event("e1", link::CallEnded{s.call, EndCause::caller_hangup});
       }},
      {"new epoch without the call", [](Scene& s) { s.c.attach("e1", 2, "boot"); }},
      {"EdgeLost",
       [](Scene& s) {
         must(s, command::EdgeLost{"e1"});
         s.c.settle();
       }},
      {"ten minutes without a word",
       [](Scene& s) {
         s.c.stop_heartbeats("e1");
         s.c.advance(silence_ms);
       }},
  };
}

std::string after(Phase phase, const Step& step) {
  Scene s{QueueConfig{}};
  enter(s, phase);
  step.take(s);
  const Reservation* r = find_reservation(s.c.account(), s.offer);
  if (r == nullptr) return "gone";
  return r->phase == phase ? "-" : name_of(r->phase);
}

}  // namespace

void phase_table(std::ostream& out) {
  out << "\n## A reservation's phases\n\n"
         "What an event of the edge, its loss or its silence makes of a reservation in each phase: the next phase, "
         "`gone` "
         "when the agent is free of it, `-` when nothing changes. `live` is whether it counts against max_concurrent "
         "(R8). Without a word of the edge the bound of R12 frees it, before the answer only.\n\n";
  std::vector<std::string> head = {"phase", "may still be answered", "live"};
  for (const Step& step : steps()) head.emplace_back(step.name);
  write_head(out, head);
  for (const Phase phase : {Phase::offered, Phase::closing, Phase::releasing, Phase::answered, Phase::ending}) {
    Scene s{QueueConfig{}};
    enter(s, phase);
    const bool live = s.c.at(s.agent).live == std::vector<ReservationId>{s.offer};
    std::vector<std::string> row = {name_of(phase), yes_no(is_open(phase)), yes_no(live)};
    for (const Step& step : steps()) row.push_back(after(phase, step));
    write_row(out, row);
  }
}

}  // namespace rf::core::states
