#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/account/command.hpp"
#include "core/base/result.hpp"
#include "core/state/account.hpp"

/// Other settings than those that were recorded, named as in an account file.
namespace rf::what_if {

/// One key of an account file: `queue.sales.strategy=ring-all`, `agent.ada.max_concurrent=2`, `account.wrapup=10s`.
struct Change {
  std::string table;
  /// Key or id of the queue or agent; empty for the account.
  std::string key;
  std::string field;
  std::string value;
};

/// invalid_argument says what the form is.
Result<Change> change_of(const std::string& text);

/// Changes of an account that comes into being while it is replayed.
class Changes {
 public:
  explicit Changes(std::vector<Change> changes) : changes_(std::move(changes)), met_(changes_.size(), false) {}

  /// What to import so that the account is as the changes want it; nothing when it is already. Queues and agents that it does not
  /// have yet wait. invalid_argument: no such field, or a value that it does not take.
  Result<std::optional<core::command::Import>> import_of(const core::Account& account);
  /// not_found names a queue or agent that never came.
  Result<void> all_met() const;

 private:
  std::vector<Change> changes_;
  std::vector<bool> met_;
};

}  // namespace rf::what_if
