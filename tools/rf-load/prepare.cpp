#include "tools/rf-load/prepare.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

#include "ringfence/v1/account.grpc.pb.h"
#include "ringfence/v1/agent.grpc.pb.h"
#include "tools/rf-load/names.hpp"
#include "tools/ringfencectl/session.hpp"

namespace rf::load {

namespace {

namespace api = ringfence::v1;
using Accounts = api::AccountService;
using Agents = api::AgentService;

constexpr Ms timeout_ms = 30 * second_ms;
/// Two facts an agent, and a request has 5 MB at most.
constexpr std::size_t agents_of_a_part_max = 5000;
constexpr std::size_t part_bytes_wanted = 2'000'000;
constexpr std::size_t agent_bytes = 200;
constexpr std::size_t membership_bytes = 64;

std::string queue_key(QueueIndex queue) { return "q" + std::to_string(queue); }

api::ImportAccountRequest import_of_queues(const Options& options) {
  api::ImportAccountRequest request;
  api::AccountDefinition& account = *request.mutable_definition();
  api::Settings& settings = *account.mutable_settings();
  settings.set_key(options.account);
  settings.set_auto_ready_on_login(true);
  settings.set_auto_queue_login(true);
  settings.set_wrapup_ms(options.wrapup_us / ms_us);
  account.add_domains(options.domain);
  api::Trunk& trunk = *account.add_trunks();
  trunk.set_name("rf-load");
  trunk.set_address(options.trunk);
  for (QueueIndex i = 0; i < options.queues(); ++i) {
    api::QueueDefinition& queue = *account.add_queues();
    queue.set_key(queue_key(i));
    queue.set_wrapup_ms(options.wrapup_us / ms_us);
    if (options.strategies == Strategies::mixed)
      queue.set_strategy(static_cast<api::Strategy>(api::STRATEGY_LONGEST_IDLE_AGENT + i % api::STRATEGY_SKILL_BASED));
    api::Number& number = *account.add_numbers();
    number.set_number(options.numbers[i]);
    number.set_queue(queue_key(i));
  }
  return request;
}

api::ImportAccountRequest import_of_agents(const Options& options, const Names& names, AgentIndex first,
                                           AgentIndex end) {
  api::ImportAccountRequest request;
  api::AccountDefinition& account = *request.mutable_definition();
  account.mutable_settings()->set_key(options.account);
  for (AgentIndex i = first; i < end; ++i) {
    const std::string key = names.agent(i);
    api::AgentDefinition& agent = *account.add_agents();
    agent.set_key(key);
    for (QueueIndex q = 0; q < options.queues(); ++q) agent.add_memberships()->set_queue(queue_key(q));
    agent.set_external_endpoint(options.endpoint == Endpoint::external);
    if (options.endpoint == Endpoint::external) continue;
    api::CredentialDefinition& credential = *account.add_credentials();
    credential.set_agent(key);
    credential.set_username(key);
    credential.set_password(password_of(key));
  }
  return request;
}

Result<ctl::Session> open_session(const Options& options, ctl::Interrupt& interrupt) {
  return ctl::Session::open({options.node, options.token_file, options.account, timeout_ms}, interrupt);
}

Result<std::string> import_all(const Options& options, const Names& names, ctl::Session& session) {
  const auto made = session.call<Accounts>(&Accounts::Stub::ImportAccount, import_of_queues(options));
  if (!made) return made.error();
  const std::size_t bytes = agent_bytes + membership_bytes * options.queues();
  const auto part =
      static_cast<AgentIndex>(std::clamp<std::size_t>(part_bytes_wanted / bytes, 1, agents_of_a_part_max));
  for (AgentIndex first = 0; first < options.agents; first += part) {
    const AgentIndex end = std::min(options.agents, first + part);
    const auto done =
        session.call<Accounts>(&Accounts::Stub::ImportAccount, import_of_agents(options, names, first, end));
    if (!done) return done.error();
    std::printf("imported %u of %u agents\n", end, options.agents);
    std::fflush(stdout);
  }
  return made->account().id();
}

/// Logs in the agents that `next` gives out, until one is refused.
class Logins {
 public:
  Logins(const Options& options, const Names& names, const std::string& account, ctl::Interrupt& interrupt)
      : options_(options), names_(names), account_(account), interrupt_(interrupt) {}

  Result<void> run() {
    std::vector<std::thread> threads;
    for (std::uint32_t i = 0; i < options_.streams; ++i) threads.emplace_back([this] { work(); });
    for (std::thread& thread : threads) thread.join();
    return failed_;
  }

 private:
  void work() {
    auto session = open_session(options_, interrupt_);
    if (!session) return fail(session.error());
    for (AgentIndex agent = next_++; agent < options_.agents && !stopped_; agent = next_++) {
      const auto done = log_in(*session, names_.agent(agent));
      if (!done) return fail(done.error());
    }
  }

  /// An agent of an earlier run is logged out first: queues that are new to it are joined by a login only.
  Result<void> log_in(ctl::Session& session, const std::string& agent) const {
    api::LoginRequest login;
    login.set_account(account_);
    login.set_agent(agent);
    auto done = session.call<Agents>(&Agents::Stub::Login, login);
    if (!done && done.error().code == Code::failed_precondition) {
      api::LogoutRequest logout;
      logout.set_account(account_);
      logout.set_agent(agent);
      const auto out = session.call<Agents>(&Agents::Stub::Logout, logout);
      if (!out) return out.error();
      done = session.call<Agents>(&Agents::Stub::Login, login);
    }
    if (!done) return done.error();
    return {};
  }

  void fail(const Error& error) {
    stopped_ = true;
    const std::lock_guard lock(mutex_);
    if (failed_) failed_ = error;
  }

  const Options& options_;
  const Names& names_;
  const std::string& account_;
  ctl::Interrupt& interrupt_;
  std::atomic<AgentIndex> next_ = 0;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  Result<void> failed_;
};

}  // namespace

Result<void> prepare(const Options& options) {
  ctl::Interrupt interrupt;
  auto session = open_session(options, interrupt);
  if (!session) return session.error();
  const Names names(0, options.agent_prefix);
  const Us start = now_us();
  const auto account = import_all(options, names, *session);
  if (!account) return account.error();
  const Us imported = now_us();
  if (const auto done = Logins(options, names, *account, interrupt).run(); !done) return done.error();
  std::printf(
      "prepared account %s (%s) in %.1f s: %u agents %s to %s in %u queue%s, numbers %s to %s, domain %s, trunk %s; "
      "logged in within %.1f s\n",
      options.account.c_str(), account->c_str(), static_cast<double>(imported - start) / 1e6, options.agents,
      names.agent(0).c_str(), names.agent(options.agents - 1).c_str(), options.queues(),
      options.queues() == 1 ? "" : "s", options.numbers.front().c_str(), options.numbers.back().c_str(),
      options.domain.c_str(), options.trunk.c_str(), static_cast<double>(now_us() - imported) / 1e6);
  return {};
}

}  // namespace rf::load
