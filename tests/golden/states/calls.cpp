#include "tests/golden/states/matrix.hpp"

namespace rf::core::states {

using rf::testing::Center;
using rf::testing::on_key;

namespace {

constexpr Ms short_wait_ms = 10 * second_ms;

/// Somebody whose call it is not, unless the scene has its agent.
void add_bystander(Scene& s) {
  if (!s.agent.set()) s.agent = s.c.agent("bob", {Center::in(s.q)});
}

void waits_abroad(Scene& s) {
  add_bystander(s);
  take_call(s, s.c.enqueue(s.q));
}
void rings_abroad(Scene& s) {
  add_ready_agent(s);
  waits_abroad(s);
}
void answered_abroad(Scene& s) {
  rings_abroad(s);
  s.c.accept(s.call);
}
void over_abroad(Scene& s) {
  answered_abroad(s);
  s.c.complete(s.call);
}
void called_back_abroad(Scene& s) {
  waits_abroad(s);
  must(s, command::RequestCallback{s.call, ""});
}

void waits(Scene& s) {
  add_bystander(s);
  take_call(s, s.d.call());
}
void rings(Scene& s) {
  add_phone_agent(s);
  waits(s);
}
void answered(Scene& s) {
  rings(s);
  s.c.event("e1", link::Answered{s.offer, s.phone});
}
void called_back(Scene& s) {
  waits(s);
  s.c.event("e1", link::CallerKey{s.call, "1"});
}
void caller_gone(Scene& s) {
  called_back(s);
  s.c.event("e1", link::CallEnded{s.call, EndCause::ordered});
}

std::vector<State> switch_states() {
  return {
      {"never heard of",
       [](Scene& s) {
         add_ready_agent(s);
         s.call = CallId(Ulid{8, 1});
       }},
      {"waiting", waits_abroad},
      {"ringing", rings_abroad},
      {"answered", answered_abroad},
      {"over, wrap-up runs", over_abroad},
      {"over, outcome given",
       [](Scene& s) {
         over_abroad(s);
         must(s, command::SetDisposition{s.call, s.agent, Disposition{Category::fail, "no", "", {}}});
       }},
      {"given up, place kept",
       [](Scene& s) {
         waits_abroad(s);
         s.c.complete(s.call);
       }},
      {"to be called back", called_back_abroad},
      {"callback rings",
       [](Scene& s) {
         called_back_abroad(s);
         add_ready_agent(s);
         take_call(s, s.call);
       }},
  };
}

std::vector<State> phone_states() {
  return {
      {"SIP, waiting", waits},
      {"SIP, ringing", rings},
      {"SIP, its only offer closes",
       [](Scene& s) {
         rings(s);
         s.c.status(s.agent, Status::not_ready);
       }},
      {"SIP, leaves by key when the phone is silent",
       [](Scene& s) {
         rings(s);
         s.c.event("e1", link::CallerKey{s.call, "2"});
       }},
      {"SIP, rang in vain, leg not gone",
       [](Scene& s) {
         rings(s);
         s.c.event("e1", link::OfferClosed{s.offer, CloseCause::no_answer});
       }},
      {"SIP, answered", answered},
      {"SIP, caller gone, agent's leg is not",
       [](Scene& s) {
         answered(s);
         s.c.event("e1", link::CallEnded{s.call, EndCause::caller_hangup});
       }},
      {"SIP, wrap-up runs",
       [](Scene& s) {
         answered(s);
         s.c.event("e1", link::CallEnded{s.call, EndCause::caller_hangup});
         s.c.event("e1", link::LegGone{s.offer});
       }},
      {"SIP, hung up after its longest wait",
       [](Scene& s) {
         waits(s);
         s.c.advance(short_wait_ms);
       }},
      {"SIP, given up, place kept",
       [](Scene& s) {
         waits(s);
         s.c.event("e1", link::CallEnded{s.call, EndCause::caller_hangup});
       }},
      {"SIP, callback, caller still there", called_back},
      {"SIP, callback, caller gone", caller_gone},
      {"SIP, callback rings",
       [](Scene& s) {
         caller_gone(s);
         add_phone_agent(s);
         take_call(s, s.call);
       }},
      {"SIP, forwarded to an address",
       [](Scene& s) {
         waits(s);
         s.c.event("e1", link::CallerKey{s.call, "2"});
       }},
  };
}

std::vector<Ask> command_asks() {
  const auto press = [](const char* key) {
    return [key](const Scene& s) -> Command { return command::PressKey{s.call, key}; };
  };
  const auto callback = [](const char* number) {
    return [number](const Scene& s) -> Command { return command::RequestCallback{s.call, number}; };
  };
  return {
      {"Enqueue with its id", [](const Scene& s) { return command::Enqueue{s.call, s.q, "100", "200", "", 0}; }},
      {"AcceptOffer", [](const Scene& s) { return command::AcceptOffer{s.offer}; }},
      {"RejectOffer", [](const Scene& s) { return command::RejectOffer{s.offer}; }},
      {"RejectOffer, withdrawn",
       [](const Scene& s) {
         return command::RejectOffer{s.offer, CloseCause::withdrawn};
       }},
      {"CompleteCall", [](const Scene& s) { return command::CompleteCall{s.call}; }},
      {"PressKey to hang up", press("0")},
      {"PressKey for a callback", press("1")},
      {"PressKey to an address", press("2")},
      {"PressKey without a rule", press("9")},
      {"RequestCallback", callback("")},
      {"RequestCallback at a number", callback("+4930777")},
      {"SetDisposition",
       [](const Scene& s) {
         return command::SetDisposition{s.call, s.agent, Disposition{Category::success, "sold", "", {}}};
       }},
  };
}

template <class Make>
std::function<Command(const Scene&)> tells(Make make) {
  return [make](const Scene& s) -> Command {
    return command::EdgeEvent{"e1", link::Event{1, s.c.last_n("e1") + 1, 0, make(s)}};
  };
}

std::vector<Ask> event_asks() {
  const auto key = [](const char* pressed) {
    return tells([pressed](const Scene& s) { return link::CallerKey{s.call, pressed}; });
  };
  return {
      {"event CallArrived", tells([](const Scene& s) {
         return link::CallArrived{s.call, "100", "caller", ""};
       })},
      {"event Answered", tells([](const Scene& s) {
         return link::Answered{s.offer, s.phone};
       })},
      {"event OfferClosed", tells([](const Scene& s) {
         return link::OfferClosed{s.offer, CloseCause::no_answer};
       })},
      {"event LegGone", tells([](const Scene& s) { return link::LegGone{s.offer}; })},
      {"event CallEnded", tells([](const Scene& s) {
         return link::CallEnded{s.call, EndCause::caller_hangup};
       })},
      {"event CallerKey to hang up", key("0")},
      {"event CallerKey for a callback", key("1")},
      {"event CallerKey without a rule", key("9")},
  };
}

std::string shown(const Scene& s) {
  const Call* call = s.c.call(s.call);
  if (call == nullptr) return "no call";
  std::string text = call->state == CallState::waiting && call->callback ? "callback" : name_of(call->state);
  if (call->caller_there) text += " with its caller";
  if (call->exits) text += ", leaves";
  if (const Reservation* r = find_reservation(s.c.account(), s.c.offer_of(s.call)))
    text += ", offer " + name_of(r->phase);
  return text;
}

}  // namespace

Matrix call_matrix() {
  Matrix m;
  m.title = "Calls";
  m.text =
      "What commands, and events of the edge, do to a call and its newest offer in each state: of a foreign switch, or "
      "(SIP) with its caller at the edge. The queue hangs up at the key 0, calls back at 1, forwards at 2, asks for an "
      "outcome and keeps the places of callers who give up. An event that means nothing is seen and changes nothing "
      "else (R16).";
  m.queue.max_wait_ms = short_wait_ms;
  m.queue.dispositions = true;
  m.queue.abandoned_resume = true;
  Overflow voicemail = on_key("2", OverflowTo::address);
  voicemail.address = "+4930555";
  m.queue.overflow = {on_key("0", OverflowTo::hang_up), on_key("1", OverflowTo::callback), voicemail};
  append(m.states, switch_states());
  append(m.states, phone_states());
  append(m.asks, command_asks());
  append(m.asks, event_asks());
  m.shown = shown;
  return m;
}

}  // namespace rf::core::states
