#include "sip-edge/registrar.hpp"

#include <algorithm>

#include "core/base/assert.hpp"

namespace rf::edge {

namespace {

RegisterResult refused(int status) {
  RegisterResult result;
  result.status = status;
  return result;
}

}  // namespace

std::string_view name_of(DownReason reason) {
  switch (reason) {
    case DownReason::unregistered: return "unregistered";
    case DownReason::expired: return "expired";
    case DownReason::flow_closed: return "flow_closed";
    case DownReason::replaced: return "replaced";
    case DownReason::removed: return "removed";
  }
  RF_ASSERT(false);
}

Registrar::Registrar(const RegistrarLimits& limits, std::function<BindingId()> new_id)
    : limits_(limits), new_id_(std::move(new_id)) {}

std::optional<BindingId> Registrar::find_match(const Registration& registration, const RegisterContact& contact) const {
  const auto user = by_user_.find({registration.domain, registration.user});
  if (user == by_user_.end()) return std::nullopt;
  std::optional<BindingId> restarted;
  for (const BindingId id : user->second) {
    const Binding& binding = bindings_.at(id);
    if (!contact.instance_id.empty() || !binding.instance_id.empty()) {
      if (binding.instance_id == contact.instance_id && binding.reg_id == contact.reg_id) return id;
      continue;
    }
    if (!same_address(binding.contact, contact.uri)) continue;
    if (binding.call_id == registration.call_id) return id;
    if (binding.flow.ip == registration.flow.ip) restarted = id;
  }
  return restarted;
}

RegisterResult Registrar::listed(const UserKey& user, std::vector<BindingEvent> events) const {
  RegisterResult result;
  result.events = std::move(events);
  if (const auto found = by_user_.find(user); found != by_user_.end()) {
    for (const BindingId id : found->second) result.bindings.push_back(&bindings_.at(id));
  }
  return result;
}

RegisterResult Registrar::apply_wildcard(const Registration& registration) {
  if (!registration.contacts.empty() || registration.expires_s != 0u) return refused(400);
  const UserKey key(registration.domain, registration.user);
  std::vector<BindingId> all;
  if (const auto found = by_user_.find(key); found != by_user_.end()) all = found->second;
  for (const BindingId id : all) {
    const Binding& binding = bindings_.at(id);
    if (binding.call_id == registration.call_id && registration.cseq <= binding.cseq) return refused(500);
  }
  std::vector<BindingEvent> events;
  for (const BindingId id : all) events.push_back(*remove(id, DownReason::unregistered));
  return listed(key, std::move(events));
}

RegisterResult Registrar::apply(const Registration& registration, Ms now_ms) {
  if (registration.wildcard) return apply_wildcard(registration);
  struct Change {
    const RegisterContact* contact;
    std::uint32_t granted_s;
  };
  std::vector<Change> changes;
  // Everything is checked before anything changes (RFC 3261 10.3 step 7).
  for (const RegisterContact& contact : registration.contacts) {
    const std::uint32_t asked_s =
        contact.expires_s.value_or(registration.expires_s.value_or(limits_.expires_default_s));
    if (asked_s > 0 && asked_s < limits_.expires_min_s) {
      RegisterResult result = refused(423);
      result.min_expires_s = limits_.expires_min_s;
      return result;
    }
    if (const auto match = find_match(registration, contact)) {
      const Binding& binding = bindings_.at(*match);
      if (binding.call_id == registration.call_id && registration.cseq <= binding.cseq) return refused(500);
    }
    changes.push_back({&contact, std::min(asked_s, limits_.expires_max_s)});
  }
  if (bindings_.size() + changes.size() > limits_.bindings_max) {
    const bool adds = std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
      return change.granted_s > 0 && !find_match(registration, *change.contact);
    });
    if (adds) return refused(503);
  }
  std::vector<BindingEvent> events;
  for (const Change& change : changes) {
    if (change.granted_s > 0) {
      put(registration, *change.contact, change.granted_s, now_ms, events);
    } else if (const auto match = find_match(registration, *change.contact)) {
      events.push_back(*remove(*match, DownReason::unregistered));
    }
  }
  return listed({registration.domain, registration.user}, std::move(events));
}

void Registrar::make_room(const UserKey& user, std::vector<BindingEvent>& events) {
  const auto found = by_user_.find(user);
  if (found == by_user_.end() || found->second.size() < limits_.bindings_per_user_max) return;
  const auto oldest = *std::min_element(found->second.begin(), found->second.end(), [&](BindingId a, BindingId b) {
    return bindings_.at(a).refreshed_ms < bindings_.at(b).refreshed_ms;
  });
  events.push_back(*remove(oldest, DownReason::replaced));
}

void Registrar::put(const Registration& registration, const RegisterContact& contact, std::uint32_t granted_s,
                    Ms now_ms, std::vector<BindingEvent>& events) {
  const UserKey user(registration.domain, registration.user);
  auto match = find_match(registration, contact);
  // The address of record went to another agent: for the cluster that is one phone less and one more.
  if (match &&
      (bindings_.at(*match).agent != registration.agent || bindings_.at(*match).account != registration.account)) {
    events.push_back(*remove(*match, DownReason::replaced));
    match.reset();
  }
  const bool is_new = !match;
  if (is_new) {
    make_room(user, events);
    match = new_id_();
    by_user_[user].push_back(*match);
  }
  Binding& binding = bindings_[*match];
  if (is_new) {
    binding.registered_ms = now_ms;
  } else {
    by_expiry_.erase({binding.expires_ms, binding.id});
  }
  binding.id = *match;
  binding.domain = registration.domain;
  binding.user = registration.user;
  binding.account = registration.account;
  binding.agent = registration.agent;
  binding.contact = contact.uri;
  binding.instance_id = contact.instance_id;
  binding.reg_id = contact.reg_id;
  binding.flow = registration.flow;
  binding.user_agent = registration.user_agent;
  binding.call_id = registration.call_id;
  binding.cseq = registration.cseq;
  binding.refreshed_ms = now_ms;
  binding.expires_ms = now_ms + static_cast<Ms>(granted_s) * second_ms;
  by_expiry_.insert({binding.expires_ms, binding.id});
  if (is_new) events.push_back(BindingUpEvent{binding.account, binding.agent, binding.id, contact.uri.text()});
}

std::optional<BindingEvent> Registrar::remove(BindingId id, DownReason reason) {
  const auto found = bindings_.find(id);
  if (found == bindings_.end()) return std::nullopt;
  const Binding& binding = found->second;
  const BindingDownEvent event{binding.account, binding.agent, id, reason};
  by_expiry_.erase({binding.expires_ms, id});
  const auto user = by_user_.find({binding.domain, binding.user});
  RF_ASSERT(user != by_user_.end());
  std::erase(user->second, id);
  if (user->second.empty()) by_user_.erase(user);
  bindings_.erase(found);
  return event;
}

std::vector<BindingEvent> Registrar::remove_agent(AgentId agent) {
  std::vector<BindingId> gone;
  for (const auto& [id, binding] : bindings_) {
    if (binding.agent == agent) gone.push_back(id);
  }
  std::vector<BindingEvent> events;
  for (const BindingId id : gone) events.push_back(*remove(id, DownReason::removed));
  return events;
}

std::vector<BindingEvent> Registrar::expire(Ms now_ms) {
  std::vector<BindingEvent> events;
  while (!by_expiry_.empty() && by_expiry_.begin()->first <= now_ms) {
    events.push_back(*remove(by_expiry_.begin()->second, DownReason::expired));
  }
  return events;
}

Ms Registrar::next_expiry_ms() const { return by_expiry_.empty() ? never_ms : by_expiry_.begin()->first; }

const Binding* Registrar::find(BindingId id) const {
  const auto found = bindings_.find(id);
  return found == bindings_.end() ? nullptr : &found->second;
}

}  // namespace rf::edge
