#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "sip-edge/authenticator.hpp"
#include "sip-edge/directory_copy.hpp"
#include "sip-edge/registrar.hpp"
#include "sip-edge/sip/agent.hpp"

namespace rf::process {
class Logger;
class Metrics;
}  // namespace rf::process

namespace rf::edge {

/// Whose number an INVITE dialled, from a trunk of that account.
struct Route {
  AccountId account;
  std::string number;
};

/// Who may come in (REGISTER by digest, INVITE by trunk address and number), and the registrar behind it. What it refuses
/// leaves no state. SIP thread.
class FrontDoor {
 public:
  struct Options {
    RegistrarLimits registrar;
    AuthenticatorConfig authenticator;
    std::uint32_t retry_after_s = 5;
  };
  using OnBinding = std::function<void(const BindingEvent&)>;

  FrontDoor(sip::Root& root, const Options& options, const DirectoryCopy& directory, CredentialSource& credentials,
            std::function<BindingId()> new_id, process::Logger& log, process::Metrics& metrics, OnBinding on_binding);
  ~FrontDoor();

  /// AgentListener::screen: 403 unknown domain or not a trunk, 404 unknown number, 503 while no calls are taken (OPTIONS too),
  /// 401 without credentials.
  sip::Screening screen(const sip::Request& request);
  /// Where a screened INVITE goes; nothing if the directory changed in between.
  std::optional<Route> route(const sip::Request& request) const;
  bool is_trunk(const std::string& ip) const { return directory_.find(DirectoryCopy::Kind::trunk, ip).has_value(); }
  /// A REGISTER that screen() took.
  void on_register(sip::ServerRequest request);

  /// Closed: new calls get 503 with Retry-After, registrations go on.
  void close_for_calls() { closed_ = true; }
  /// Until the directory is known nothing can be told from a stranger.
  void set_directory_known(bool known) { known_ = known; }
  /// Without a node nobody can serve a call.
  void set_node_reached(bool reached) { node_reached_ = reached; }

  const Binding* find(BindingId id) const { return registrar_.find(id); }
  std::size_t bindings() const { return registrar_.bindings().size(); }
  void remove_agent(AgentId agent);

 private:
  bool takes_calls() const { return !closed_ && known_ && node_reached_; }
  sip::Screening screen_invite(const sip::Request& request);
  sip::Screening screen_register(const sip::Request& request);
  sip::Reply challenge(const std::string& realm, Authenticator::Stale stale);
  void authenticated(const std::shared_ptr<sip::ServerRequest>& request, const AuthResult& result);
  void register_now(sip::ServerRequest& request, const AuthResult& result);
  /// The bindings whose connection is closed already.
  std::vector<BindingId> watch(sip::ServerRequest& request, const RegisterResult& result);
  void flow_closed(BindingId binding);
  void tell(const std::vector<BindingEvent>& events);
  void expire();
  void arm();

  /// For closures that may run after the end.
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  sip::Root& root_;
  const DirectoryCopy& directory_;
  const std::uint32_t retry_after_s_;
  process::Logger& log_;
  process::Metrics& metrics_;
  const OnBinding on_binding_;
  Registrar registrar_;
  Authenticator authenticator_;
  sip::Timer timer_;
  std::map<BindingId, std::unique_ptr<sip::FlowWatch>> flows_;
  bool closed_ = false;
  bool known_ = false;
  bool node_reached_ = true;
};

}  // namespace rf::edge
