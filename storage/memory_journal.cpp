#include "storage/memory_journal.hpp"

#include <algorithm>

#include "core/account/apply.hpp"
#include "core/base/rules_version.hpp"
#include "storage/codec/codec.hpp"
#include "storage/errors.hpp"

namespace rf::storage {

namespace {

Error disk_failure() {
  return Error{Code::unavailable, "nothing is accepted any more: the disk failed; restart the node"};
}

}  // namespace

MemoryJournal::MemoryJournal(std::function<Ms()> wall_clock) : wall_clock_(std::move(wall_clock)) {}

Result<void> MemoryJournal::start(OnApplied on_applied, OnRole on_role) {
  RF_ASSERT(!running_);
  on_applied_ = std::move(on_applied);
  on_role_ = std::move(on_role);
  running_ = true;
  disk_failed_ = false;
  ++last_term_;
  for (std::uint32_t shard = 0; shard < shards_.size(); ++shard) lead(shard);
  return {};
}

void MemoryJournal::stop() {
  commit_all();
  const std::lock_guard lock(mutex_);
  running_ = false;
}

Error MemoryJournal::refusal_of(std::uint32_t shard, std::uint64_t term, const Batch& batch) {
  if (disk_failed_) return disk_failure();
  if (!shards_[shard].leader || shards_[shard].term != term) return not_leader(shard, term);
  const auto* account = std::get_if<AccountBatch>(&batch);
  std::uint64_t& accepted =
      account != nullptr ? committed_.at(account->account).accepted_seq : committed_.directory().accepted_seq;
  if (first_seq_of(batch) != accepted + 1)
    return not_next_seq(account != nullptr ? account->account.text() : "the directory", first_seq_of(batch),
                        accepted + 1);
  accepted = last_seq_of(batch);
  return {};
}

void MemoryJournal::propose(std::uint32_t shard, std::uint64_t term, Batch batch, Done done) {
  Pending pending;
  pending.shard = shard;
  EncodedEntry entry = std::holds_alternative<AccountBatch>(batch) ? encode_entry(std::get<AccountBatch>(batch), {})
                                                                   : encode_entry(std::get<DirectoryBatch>(batch));
  const Result<void> takeable = check_batch(batch, shard, entry.batch_size);
  pending.bytes = std::move(entry.bytes);
  pending.done = std::move(done);
  const std::lock_guard lock(mutex_);
  if (!running_) return;
  pending.refusal = takeable ? refusal_of(shard, term, batch) : takeable.error();
  pending.batch = std::move(batch);
  pending_.push_back(std::move(pending));
}

void MemoryJournal::barrier(std::uint32_t shard, Done done) {
  const std::lock_guard lock(mutex_);
  if (!running_) return;
  Pending pending;
  pending.shard = shard;
  pending.barrier = true;
  pending.done = std::move(done);
  if (disk_failed_) {
    pending.refusal = disk_failure();
  } else if (!shards_[shard].leader) {
    pending.refusal = not_leader(shard, shards_[shard].term);
  }
  pending_.push_back(std::move(pending));
}

std::size_t MemoryJournal::pending() const {
  const std::lock_guard lock(mutex_);
  return pending_.size();
}

bool MemoryJournal::commit_next() {
  Pending pending;
  {
    const std::lock_guard lock(mutex_);
    if (pending_.empty()) return false;
    pending = std::move(pending_.front());
    pending_.pop_front();
  }
  if (pending.refusal.code != Code::ok) {
    pending.done(pending.refusal);
    return true;
  }
  const LogIndex at = make_durable(pending);
  pending.done(at);
  if (!pending.barrier && on_applied_) on_applied_(at, pending.batch);
  return true;
}

void MemoryJournal::commit_all() {
  while (commit_next()) {}
}

LogIndex MemoryJournal::make_durable(Pending& pending) {
  Shard& shard = shards_[pending.shard];
  if (!pending.barrier) {
    Result<Entry> entry = decode_entry(pending.bytes);
    RF_ASSERT(entry.ok());
    ++shard.index;
    if (auto* batch = std::get_if<AccountBatch>(&entry->body)) {
      batch->secrets = std::move(std::get<AccountBatch>(pending.batch).secrets);
      std::get<AccountBatch>(pending.batch).secrets.clear();
      keep(*batch, std::string(entry->batch));
    } else {
      DirectoryCopy& copy = committed_.directory();
      const std::unique_lock lock(copy.mutex);
      fold(copy.directory, std::get<DirectoryBatch>(entry->body));
    }
  }
  return LogIndex{pending.shard, shard.term, shard.index};
}

void MemoryJournal::keep(AccountBatch& batch, std::string bytes) {
  AccountCopy& copy = committed_.at(batch.account);
  // Over both: whoever reads a fact in the copy finds it in the history.
  const std::lock_guard lock(mutex_);
  {
    const std::unique_lock folding(copy.mutex);
    ChangedRows changed;
    fold(copy.account, batch, changed);
  }
  history_[batch.account].push_back({batch.facts.front().seq, std::move(bytes)});
  for (const CommandResult& result : batch.results)
    results_[{batch.account, result.id}] = Stored{result.reply, batch.facts.back().ts};
  for (Secret& secret : batch.secrets) {
    if (secret.value.empty()) {
      secrets_.erase({batch.account, secret.name});
    } else {
      secrets_[{batch.account, secret.name}] = std::move(secret.value);
    }
  }
}

void MemoryJournal::crash(std::size_t durable) {
  for (; durable > 0; --durable) {
    const auto batch = std::find_if(pending_.begin(), pending_.end(),
                                    [](const Pending& p) { return !p.barrier && p.refusal.code == Code::ok; });
    if (batch == pending_.end()) break;
    Pending kept = std::move(*batch);
    pending_.erase(batch);
    make_durable(kept);
  }
  const std::lock_guard lock(mutex_);
  running_ = false;
  for (Shard& shard : shards_) shard.leader = false;
  forget_pending();
}

void MemoryJournal::forget_pending() {
  pending_.clear();
  committed_.for_each([](AccountCopy& copy) { copy.accepted_seq = copy.account.seq; });
  committed_.directory().accepted_seq = committed_.directory().directory.seq;
}

void MemoryJournal::depose(std::uint32_t shard) {
  std::deque<Pending> lost;
  {
    const std::lock_guard lock(mutex_);
    shards_[shard].leader = false;
    for (Pending& pending : pending_) {
      if (pending.shard == shard) lost.push_back(std::move(pending));
    }
    pending_.erase(std::remove_if(pending_.begin(), pending_.end(), [](const Pending& p) { return !p.done; }),
                   pending_.end());
    committed_.for_each([&](AccountCopy& copy) {
      if (copy.shard == shard) copy.accepted_seq = copy.account.seq;
    });
    if (shard == limits::directory_shard) committed_.directory().accepted_seq = committed_.directory().directory.seq;
  }
  for (Pending& pending : lost) {
    pending.done(pending.refusal.code != Code::ok
                     ? pending.refusal
                     : Error{Code::unknown_outcome, "leadership of shard " + std::to_string(shard) +
                                                        " was lost on the way: ask again with the same command_id"});
  }
  on_role_(shard, shards_[shard].term, RoleChange::follower, 0);
}

void MemoryJournal::elect(std::uint32_t shard) {
  last_term_ = std::max(last_term_, shards_[shard].term + 1);
  lead(shard);
}

void MemoryJournal::lead(std::uint32_t shard) {
  {
    const std::lock_guard lock(mutex_);
    shards_[shard].term = last_term_;
    shards_[shard].leader = true;
    ++shards_[shard].index;
  }
  on_role_(shard, last_term_, RoleChange::leader, wall_clock_());
}

void MemoryJournal::fail_disk() {
  const std::lock_guard lock(mutex_);
  disk_failed_ = true;
  for (Pending& pending : pending_) {
    if (pending.refusal.code == Code::ok) pending.refusal = disk_failure();
  }
}

Result<core::Account> MemoryJournal::load(AccountId account) { return committed_.load(account); }
Result<core::directory::Directory> MemoryJournal::load_directory() { return committed_.load_directory(); }
std::vector<AccountId> MemoryJournal::accounts(std::uint32_t shard) { return committed_.accounts(shard); }

Result<std::optional<core::Reply>> MemoryJournal::find_result(AccountId account, CommandId command) {
  const std::lock_guard lock(mutex_);
  const auto it = results_.find({account, command});
  if (it == results_.end() || wall_clock_() - it->second.ts > result_lifetime_ms) return std::optional<core::Reply>();
  return std::optional<core::Reply>(it->second.reply);
}

Result<std::string> MemoryJournal::find_secret(AccountId account, const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto it = secrets_.find({account, name});
  if (it == secrets_.end())
    return Error{Code::not_found, "there is no secret \"" + name + "\" for " + account.text() + ": set it first"};
  return it->second;
}

Result<void> MemoryJournal::read(AccountId account, const std::function<void(const core::Account&)>& read) {
  return committed_.read(account, read);
}

Result<void> MemoryJournal::history(AccountId account, std::uint64_t first_seq,
                                    const std::function<bool(const core::Fact&)>& read) {
  std::vector<std::string> entries;
  {
    const std::lock_guard lock(mutex_);
    const std::vector<History>& all = history_[account];
    auto from = std::upper_bound(all.begin(), all.end(), first_seq,
                                 [](std::uint64_t seq, const History& entry) { return seq < entry.first_seq; });
    if (from != all.begin()) --from;
    for (; from != all.end(); ++from) entries.push_back(from->bytes);
  }
  for (const std::string& bytes : entries) {
    const Result<AccountBatch> batch = decode_account_batch(bytes);
    RF_ASSERT(batch.ok());
    for (const core::Fact& fact : batch->facts)
      if (fact.seq >= first_seq && !read(fact)) return {};
  }
  return {};
}

Result<core::Account> MemoryJournal::account_at(AccountId account, std::uint64_t seq) {
  core::Account folded;
  folded.id = account;
  const auto read = history(account, 1, [&](const core::Fact& fact) {
    if (fact.seq <= seq) core::apply(folded, fact);
    return fact.seq < seq;
  });
  if (!read) return read.error();
  return folded;
}

Result<std::uint64_t> MemoryJournal::seq_at(AccountId account, Ms ts) {
  std::uint64_t last = 0;
  const auto read = history(account, 1, [&](const core::Fact& fact) {
    if (fact.ts <= ts) last = fact.seq;
    return fact.ts <= ts;
  });
  if (!read) return read.error();
  return last;
}

std::uint32_t MemoryJournal::rules_at(std::uint32_t, Ms) const { return core::rules_version; }

Result<void> MemoryJournal::health() const {
  const std::lock_guard lock(mutex_);
  if (disk_failed_) return disk_failure();
  return {};
}

}  // namespace rf::storage
