#pragma once
#include <map>
#include <random>
#include <string>
#include <vector>

#include "core/state/account.hpp"
#include "storage/journal.hpp"

namespace rf::storage::test {

/// An account id whose entries go to `shard`; different for each `which`.
AccountId account_in_shard(std::uint32_t shard, std::uint64_t which);

/// Writes batches of facts that an account could hold, of every kind, and keeps the account they lead to.
class AccountScript {
 public:
  AccountScript(AccountId account, std::uint64_t seed);

  /// The next batch of 1 to `facts_max` facts, with a result for `command` if it is set.
  AccountBatch next(std::size_t facts_max, CommandId command);
  /// Goes back to `account`: what was made after it is lost.
  void resume(core::Account account) { account_ = std::move(account); }

  const core::Account& account() const { return account_; }
  AccountId id() const { return account_.id; }

 private:
  core::fact::Body body();
  core::fact::Body config();
  core::fact::Body presence();
  core::fact::Body call();
  core::fact::Body reservation();
  core::fact::Body edge();
  core::fact::Body table();
  core::fact::Body plan();
  core::QueueConfig queue_config();
  core::Ask ask();

  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  Ulid ulid() { return Ulid{random_(), random_()}; }
  std::string text();

  core::Account account_;
  std::mt19937_64 random_;
  Ms ts_ = 1700000000000;
};

/// Every row of the account, key to bytes: equal exactly when the accounts are.
std::map<std::string, std::string> rows_of(const core::Account& account);

}  // namespace rf::storage::test
