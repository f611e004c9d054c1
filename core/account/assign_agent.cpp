#include "core/account/assign.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/assert.hpp"
#include "core/state/index.hpp"

namespace rf::core {

void Assign::operator()(const fact::LoggedIn& f) const {
  presence(f.agent, [&](Agent& a) {
    a.status = f.status;
    a.reason.clear();
    a.status_since_ts = fact.ts;
    a.logged_in_ts = fact.ts;
    at_ease(a);
    for (Membership& m : a.memberships)
      m.active = std::find(f.active.begin(), f.active.end(), m.queue) != f.active.end();
  });
}

void Assign::operator()(const fact::LoggedOut& f) const {
  presence(f.agent, [&](Agent& a) {
    a.status = Status::offline;
    a.reason = f.reason;
    a.status_since_ts = fact.ts;
    a.wrapup_until_ts = 0;
    at_ease(a);
    // What a supervisor locked stays as it was set.
    for (Membership& m : a.memberships) m.active = m.active && m.locked;
  });
}

void Assign::operator()(const fact::StatusSet& f) const {
  presence(f.agent, [&](Agent& a) {
    a.status = f.status;
    a.reason = f.reason;
    a.status_since_ts = fact.ts;
    at_ease(a);
    a.break_until_ts = f.break_until_ts;
    a.misses = 0;
  });
}

void Assign::at_ease(Agent& a) {
  a.next = NextStatus{};
  a.break_until_ts = 0;
  a.break_overran = false;
  a.stale = false;
}

void Assign::operator()(const fact::NextStatusSet& f) const {
  agent(f.agent, [&](Agent& a) { a.next = f.next; });
}

void Assign::operator()(const fact::MembershipActive& f) const {
  presence(f.agent, [&](Agent& a) {
    for (Membership& m : a.memberships) {
      if (m.queue != f.queue) continue;
      m.active = f.active;
      m.locked = f.locked;
    }
  });
}

void Assign::operator()(const fact::MembershipPaused& f) const {
  agent(f.agent, [&](Agent& a) {
    for (Membership& m : a.memberships) {
      if (m.queue != f.queue) continue;
      m.paused = f.paused;
      m.pause_reason = f.reason;
    }
  });
}

void Assign::operator()(const fact::BreakOverran& f) const {
  agent(f.agent, [](Agent& a) {
    a.break_until_ts = 0;
    a.break_overran = true;
  });
}

void Assign::operator()(const fact::AgentStale& f) const {
  agent(f.agent, [](Agent& a) { a.stale = true; });
}

void Assign::operator()(const fact::AgentReset& f) const {
  agent(f.agent, [](Agent& a) {
    a.next = NextStatus{};
    a.external_calls = 0;
    a.no_offer_until_ts = 0;
    a.misses = 0;
  });
}

void Assign::operator()(const fact::ShiftsSet& f) const {
  agent(f.agent, [&](Agent& a) { a.shifts = f.shifts; });
}

void Assign::operator()(const fact::ActivityBegan& f) const {
  agent(f.agent, [&](Agent& a) {
    a.activity = f.kind;
    a.next_activity_ts = f.next_ts;
  });
}

void Assign::operator()(const fact::BindingUp& f) const {
  bindings(f.agent, [&](Agent& a) {
    erase_binding(a, f.binding);
    a.bindings.push_back(Binding{f.binding, f.edge, f.contact, fact.seq});
  });
  agent(f.agent, [](Agent& a) { a.stale = false; });
}

void Assign::operator()(const fact::BindingDown& f) const {
  bindings(f.agent, [&](Agent& a) { erase_binding(a, f.binding); });
}

void Assign::operator()(const fact::ExternalCallsSet& f) const {
  agent(f.agent, [&](Agent& a) {
    a.external_calls = f.count;
    if (f.resets_idle) a.last_call_end_ts = fact.ts;
  });
}

void Assign::operator()(const fact::WrapupEnded& f) const {
  agent(f.agent, [](Agent& a) {
    a.wrapup_until_ts = 0;
    a.disposition_due = false;
  });
}

void Assign::operator()(const fact::WrapupExtended& f) const {
  agent(f.agent, [&](Agent& a) { a.wrapup_until_ts = f.until_ts; });
}

void Assign::operator()(const fact::DispositionSet& f) const {
  forget(account.dispositions, f.forgotten);
  forget(account.dispositions, f.call);
  index(account,
        account.dispositions[f.call] = DispositionEntry{f.call, f.agent, f.queue, f.version, f.by_system, fact.ts});
  agent(f.agent, [&](Agent& a) {
    if (a.wrapup_call == f.call) a.disposition_due = false;
  });
}

void Assign::operator()(const fact::OfferGateOpened& f) const {
  agent(f.agent, [](Agent& a) { a.no_offer_until_ts = 0; });
}

}  // namespace rf::core
