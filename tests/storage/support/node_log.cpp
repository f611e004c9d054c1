#include "tests/storage/support/node_log.hpp"

namespace rf::storage::test {

NodeLog::NodeLog(std::string directory) {
  options.directory = std::move(directory);
  options.node = "n1";
  options.env = env_.get();
  options.wall_clock = [] { return Ms{1700000000000}; };
}

NodeLog::~NodeLog() { journal_.reset(); }

Result<void> NodeLog::start() {
  journal_ = std::make_unique<RocksJournal>(options, test_key());
  const Result<void> started = journal_->start([](const LogIndex&, const Batch&) {},
                                               [this](std::uint32_t shard, std::uint64_t term, RoleChange change, Ms) {
                                                 const std::lock_guard lock(mutex_);
                                                 roles_[shard] = Role{term, change};
                                               });
  if (!started) {
    journal_.reset();
    return started;
  }
  // The answer comes on the thread that called on_role, after it.
  Answers answers;
  journal_->barrier(0, answers.done(0));
  answers.wait(1);
  return {};
}

std::uint64_t NodeLog::term(std::uint32_t shard) const {
  const std::lock_guard lock(mutex_);
  return roles_[shard].term;
}

RoleChange NodeLog::role(std::uint32_t shard) const {
  const std::lock_guard lock(mutex_);
  return roles_[shard].change;
}

Result<LogIndex> NodeLog::propose(AccountBatch batch) {
  Answers answers;
  const std::uint32_t shard = shard_of(batch.account);
  journal_->propose(shard, term(shard), std::move(batch), answers.done(0));
  return answers.wait(1)[0].result;
}

Result<LogIndex> NodeLog::barrier(std::uint32_t shard) {
  Answers answers;
  journal_->barrier(shard, answers.done(0));
  return answers.wait(1)[0].result;
}

}  // namespace rf::storage::test
