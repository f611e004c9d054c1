#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/time.hpp"
#include "sip-edge/flow.hpp"
#include "sip-edge/uri.hpp"

/// The registrar's rules (RFC 3261 10.3, RFC 5626 6): which phone is where. Pure: time is an input.
namespace rf::edge {

/// One Contact of a REGISTER.
struct RegisterContact {
  Uri uri;
  /// Its own expires parameter.
  std::optional<std::uint32_t> expires_s;
  /// +sip.instance, without <> and quotes; empty if absent.
  std::string instance_id;
  /// 0: absent.
  std::uint32_t reg_id = 0;
};

/// A REGISTER whose sender was authenticated.
struct Registration {
  std::string domain;
  /// User part of the address of record.
  std::string user;
  AccountId account;
  AgentId agent;
  std::string call_id;
  std::uint32_t cseq = 0;
  std::vector<RegisterContact> contacts;
  /// "Contact: *".
  bool wildcard = false;
  std::optional<std::uint32_t> expires_s;
  /// Where it came from: the phone is rung there, whatever its Contact says.
  Flow flow;
  std::string user_agent;
};

/// One registered phone.
struct Binding {
  BindingId id;
  std::string domain;
  std::string user;
  AccountId account;
  AgentId agent;
  Uri contact;
  std::string instance_id;
  std::uint32_t reg_id = 0;
  Flow flow;
  std::string user_agent;
  std::string call_id;
  std::uint32_t cseq = 0;
  Ms registered_ms = 0;
  Ms refreshed_ms = 0;
  Ms expires_ms = 0;
};

enum class DownReason : std::uint8_t { unregistered, expired, flow_closed, replaced, removed };
std::string_view name_of(DownReason reason);

struct BindingUpEvent {
  AccountId account;
  AgentId agent;
  BindingId binding;
  /// For people: the Contact.
  std::string contact;
};
struct BindingDownEvent {
  AccountId account;
  AgentId agent;
  BindingId binding;
  DownReason reason = DownReason::expired;
};
using BindingEvent = std::variant<BindingUpEvent, BindingDownEvent>;

/// The answer to a REGISTER.
struct RegisterResult {
  /// 200, 400 (bad use of *), 423 (with min_expires_s), 500 (out of order, RFC 3261 10.3) or 503 (registrar full).
  int status = 200;
  std::uint32_t min_expires_s = 0;
  /// With 200: every binding of the address of record, as it now stands.
  std::vector<const Binding*> bindings;
  /// What changed, in order. A refresh changes nothing.
  std::vector<BindingEvent> events;
};

struct RegistrarLimits {
  std::uint32_t expires_min_s = 60;
  std::uint32_t expires_max_s = 3600;
  std::uint32_t expires_default_s = 600;
  /// For each address of record; one more takes the place of the one refreshed longest ago.
  std::size_t bindings_per_user_max = 10;
  std::size_t bindings_max = 100000;
};

/// The bindings at this edge. A binding is known by (address of record, instance-id + reg-id), without an instance-id by
/// (address of record, Contact, Call-ID); a phone that restarted, with a new Call-ID but the same Contact and the same
/// source address, keeps its binding. One going changes nothing for the others. One thread.
class Registrar {
 public:
  /// `new_id` gives a new id each time.
  Registrar(const RegistrarLimits& limits, std::function<BindingId()> new_id);

  /// Carries out one REGISTER wholly or not at all. The pointers in the result hold until the next call that changes
  /// anything.
  RegisterResult apply(const Registration& registration, Ms now_ms);

  /// Takes down what is due.
  std::vector<BindingEvent> expire(Ms now_ms);
  /// When expire() next has something to do; never_ms without bindings.
  Ms next_expiry_ms() const;

  /// Takes one binding down; nothing if it is gone already.
  std::optional<BindingEvent> remove(BindingId id, DownReason reason);
  /// Takes down every binding of an agent that is no more.
  std::vector<BindingEvent> remove_agent(AgentId agent);

  /// nullptr if there is none. Holds until the next change.
  const Binding* find(BindingId id) const;
  /// All of them, for a snapshot.
  const std::map<BindingId, Binding>& bindings() const { return bindings_; }

 private:
  using UserKey = std::pair<std::string, std::string>;

  std::optional<BindingId> find_match(const Registration& registration, const RegisterContact& contact) const;
  RegisterResult apply_wildcard(const Registration& registration);
  RegisterResult listed(const UserKey& user, std::vector<BindingEvent> events) const;
  void put(const Registration& registration, const RegisterContact& contact, std::uint32_t granted_s, Ms now_ms,
           std::vector<BindingEvent>& events);
  void make_room(const UserKey& user, std::vector<BindingEvent>& events);

  RegistrarLimits limits_;
  std::function<BindingId()> new_id_;
  std::map<BindingId, Binding> bindings_;
  std::map<UserKey, std::vector<BindingId>> by_user_;
  std::set<std::pair<Ms, BindingId>> by_expiry_;
};

}  // namespace rf::edge
