#pragma once
#include <set>
#include <vector>

#include "tests/sim/client.hpp"

namespace rf::sim {

/// Agents and supervisors: they log in and out, pause, end wrap-ups, switch queues, take external calls, and ask for what they
/// may not.
class Staff {
 public:
  Staff(Context& context, Client& client, Ledgers& ledgers) : context_(context), client_(client), ledgers_(ledgers) {}
  void start();
  void calm_down() { calm_ = true; }
  void wake_up() { calm_ = false; }

 private:
  void act_again(const AccountPlan& account, const AgentPlan& agent);
  void act(const AccountPlan& account, const AgentPlan& agent);
  void give_outcome(const AccountPlan& account, const core::Agent& agent);
  void plan_shifts(const AccountPlan& account, AgentId agent);

  Context& context_;
  Client& client_;
  Ledgers& ledgers_;
  bool calm_ = false;
};

/// A foreign switch: its calls have no phones here; offers come by watching the log and are taken, refused or left alone.
class Integrator {
 public:
  Integrator(Context& context, Client& client, Ledgers& ledgers)
      : context_(context), client_(client), ledgers_(ledgers) {}
  void start();
  /// A fact of the account is durable.
  void watch(AccountId account, const core::Fact& fact);
  /// Ends every call of its own that is there.
  void complete_all();
  void calm_down() { calm_ = true; }
  void wake_up() { calm_ = false; }

 private:
  void enqueue_again(const AccountPlan& account);
  void complete(AccountId account, CallId call, Ms in_ms);

  Context& context_;
  Client& client_;
  Ledgers& ledgers_;
  bool calm_ = false;
};

/// An administrator: builds the accounts, then changes them while calls run, rightly and wrongly.
class Admin {
 public:
  Admin(Context& context, Client& client, Ledgers& ledgers) : context_(context), client_(client), ledgers_(ledgers) {}
  void build_accounts();
  bool built() const { return built_ == context_.plan.accounts.size(); }
  void change_something();
  /// A thousand commands at once.
  void flood();

 private:
  core::command::SetAgent agent_of(const AccountPlan& account, const AgentPlan& agent);
  core::command::SetQueue queue_of(const AccountPlan& account, const QueuePlan& queue);
  void let_go_somehow(core::QueueConfig& config, const AccountPlan& account, QueueId self);
  void vary(core::Settings& settings);
  core::Command change(const AccountPlan& account);
  core::Command mistake(const AccountPlan& account);

  Context& context_;
  Client& client_;
  Ledgers& ledgers_;
  std::size_t built_ = 0;
};

}  // namespace rf::sim
