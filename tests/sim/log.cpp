#include "tests/sim/log.hpp"

#include <utility>

#include "core/base/assert.hpp"

namespace rf::sim {

using storage::Journal;
using storage::LogIndex;
using storage::RoleChange;

Result<void> ProcessLog::start(OnApplied, OnRole on_role) {
  on_role_ = std::move(on_role);
  return {};
}

Journal::Done ProcessLog::kept(Done done) {
  const std::uint64_t n = ++last_;
  unanswered_.emplace(n, std::move(done));
  return [self = weak_from_this(), n](const Result<LogIndex>& result) {
    const std::shared_ptr<ProcessLog> alive = self.lock();
    if (!alive) return;
    auto node = alive->unanswered_.extract(n);
    if (!node.empty() && !alive->dead_) node.mapped()(result);
  };
}

void ProcessLog::propose(std::uint32_t shard, std::uint64_t term, storage::Batch batch, Done done) {
  if (dead_) return;
  Done back = kept(std::move(done));
  if (cluster_.leader().get() == this) cluster_.propose(*this, shard, term, std::move(batch), std::move(back));
}

void ProcessLog::barrier(std::uint32_t shard, Done done) {
  if (dead_) return;
  Done back = kept(std::move(done));
  if (cluster_.leader().get() == this) cluster_.journal().barrier(shard, std::move(back));
}

Result<core::Account> ProcessLog::load(AccountId account) { return cluster_.journal().load(account); }
Result<core::directory::Directory> ProcessLog::load_directory() { return cluster_.journal().load_directory(); }
std::vector<AccountId> ProcessLog::accounts(std::uint32_t shard) { return cluster_.journal().accounts(shard); }
Result<std::optional<core::Reply>> ProcessLog::find_result(AccountId account, CommandId command) {
  return cluster_.journal().find_result(account, command);
}
Result<std::string> ProcessLog::find_secret(AccountId account, const std::string& name) {
  return cluster_.journal().find_secret(account, name);
}
Result<void> ProcessLog::read(AccountId account, const std::function<void(const core::Account&)>& read) {
  return cluster_.journal().read(account, read);
}
Result<void> ProcessLog::history(AccountId account, std::uint64_t first_seq,
                                 const std::function<bool(const core::Fact&)>& read) {
  return cluster_.journal().history(account, first_seq, read);
}
Result<core::Account> ProcessLog::account_at(AccountId account, std::uint64_t seq) {
  return cluster_.journal().account_at(account, seq);
}
Result<std::uint64_t> ProcessLog::seq_at(AccountId account, Ms ts) { return cluster_.journal().seq_at(account, ts); }
std::uint32_t ProcessLog::rules_at(std::uint32_t shard, Ms ts) const { return cluster_.journal().rules_at(shard, ts); }
Result<void> ProcessLog::health() const { return cluster_.journal().health(); }

void ProcessLog::role(std::uint32_t shard, std::uint64_t term, RoleChange change, Ms epoch_start_ts) {
  if (!dead_ && on_role_) on_role_(shard, term, change, epoch_start_ts);
}

void ProcessLog::hear_deposed() {
  if (dead_ || cluster_.leader().get() == this) return;
  for (auto& [n, done] : std::exchange(unanswered_, {}))
    done(Error{Code::unknown_outcome, "leadership was lost on the way: ask again with the same command_id"});
  for (std::uint32_t shard = 0; shard < limits::shards; ++shard) role(shard, 0, RoleChange::follower, 0);
}

ClusterLog::ClusterLog(Context& context, Ledgers& ledgers)
    : context_(context), ledgers_(ledgers),
      journal_(std::make_unique<storage::MemoryJournal>([this] { return wall_offset_ms_ + context_.now_ms(); })) {}

void ClusterLog::lead(const std::shared_ptr<ProcessLog>& process) {
  RF_ASSERT(!leader_);
  leader_ = process;
  ++generation_;
  disk_failed_ = false;
  // Forwards or backwards: durations come from the monotonic clock, and ts never falls (R5).
  const Ms step = context_.plan.wall_step;
  wall_offset_ms_ += context_.random.between(-step, step);
  const auto on_role = [this](std::uint32_t shard, std::uint64_t term, RoleChange change, Ms epoch_start_ts) {
    const bool leads = change == RoleChange::leader;
    shards_[shard] = Shard{leads ? term : shards_[shard].term, leads};
    leader_->role(shard, term, change, epoch_start_ts);
  };
  const Result<void> started =
      journal_->start([this](const LogIndex&, const storage::Batch& batch) { apply(batch); }, on_role);
  RF_ASSERT(started.ok());
}

void ClusterLog::lose_leader() {
  if (!leader_) return;
  leader_.reset();
  ++generation_;
  commit_due_ = false;
  for (Shard& shard : shards_) shard.led = false;
  const std::size_t pending = journal_->pending();
  journal_->crash(disk_failed_ ? 0 : context_.random.below(pending + 1));
  for (auto& [account, ledger] : ledgers_) {
    ledger->recover(*journal_);
    ledger->forget_asked_syncs();
  }
}

void ClusterLog::flap(std::uint32_t shard) {
  if (!leader_ || !shards_[shard].led) return;
  journal_->depose(shard);
  context_.schedule.after(context_.random.about(200), [this, shard, generation = generation_] {
    if (generation == generation_ && !shards_[shard].led) journal_->elect(shard);
  });
}

void ClusterLog::fail_disk() {
  if (!leader_) return;
  disk_failed_ = true;
  journal_->fail_disk();
}

void ClusterLog::propose(ProcessLog& process, std::uint32_t shard, std::uint64_t term, storage::Batch batch,
                         Journal::Done done) {
  const auto& facts = std::get<storage::AccountBatch>(batch).facts;
  Ledger& book = ledger(std::get<storage::AccountBatch>(batch).account);
  const bool taken = !disk_failed_ && shards_[shard].led && shards_[shard].term == term;
  if (taken) {
    if (facts.front().seq == book.decided().seq + 1)
      book.decided(std::get<storage::AccountBatch>(batch), clocks());
    else
      context_.judge.fail("R6: " + book.id().text() + " decided seq " + std::to_string(facts.front().seq) + " after " +
                          std::to_string(book.decided().seq) + " in one term");
  }
  journal_->propose(
      shard, term, std::move(batch),
      [&book, taken, alive = process.shared_from_this(), done = std::move(done)](const Result<LogIndex>& result) {
        if (!result && taken) book.forget_undurable();
        done(result);
      });
}

void ClusterLog::apply(const storage::Batch& batch) {
  const auto& account = std::get<storage::AccountBatch>(batch);
  ledger(account.account).durable(account, *journal_);
}

void ClusterLog::pump() {
  if (commit_due_ || !leader_ || journal_->pending() == 0) return;
  commit_due_ = true;
  const Ms at_ms = std::max(stalled_until_ms_, context_.now_ms() + context_.random.about(context_.plan.commit) - 1);
  context_.schedule.at(at_ms, [this, generation = generation_] {
    if (generation != generation_) return;
    commit_due_ = false;
    commit_some();
  });
}

/// A group of batches that one sync made durable.
void ClusterLog::commit_some() {
  const std::size_t pending = journal_->pending();
  const std::size_t group = context_.random.chance(0.5) ? pending : 1 + context_.random.below(pending);
  for (std::size_t i = 0; i < group && !context_.judge.failed(); ++i) journal_->commit_next();
  context_.judge.mix(group);
}

}  // namespace rf::sim
