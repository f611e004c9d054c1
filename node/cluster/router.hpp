#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "actors/port.hpp"
#include "node/task_thread.hpp"
#include "process/clock.hpp"
#include "process/metrics.hpp"

namespace rf::node {

/// One command on its way to its account.
struct Change {
  AccountId account;
  /// Always set: a retry must be recognised (R24).
  CommandId id;
  core::Command command;
  std::vector<storage::Secret> secrets;
  Ms deadline_mono_ms = 0;
};

/// Brings commands to the account's leader. Any thread.
class Router {
 public:
  struct Parts {
    actors::Actors& actors;
    const process::Clock& clock;
    TaskThread& timer;
    process::Metrics& metrics;
  };
  /// The parts must outlive the router and what it has in flight.
  explicit Router(Parts parts) : parts_(parts) {}

  /// Calls `on_reply` once. While there is time, not_owner and a step-down in flight are tried again with the same id; a
  /// change that may have been written and was not found again ends as unknown_outcome (R24).
  void submit(Change change, actors::OnReply on_reply);

 private:
  struct Attempt;
  void send(const std::shared_ptr<Attempt>& attempt);
  void settle(const std::shared_ptr<Attempt>& attempt, const core::Reply& reply);
  void end(const Attempt& attempt, const core::Reply& reply);

  const Parts parts_;
};

}  // namespace rf::node
