#include "node/cluster/directory.hpp"

#include "core/base/limits.hpp"

namespace rf::node {

namespace machine = core::directory;

Directory::Directory(storage::Journal& journal, const process::Clock& clock) : journal_(journal), clock_(clock) {}

void Directory::on_role(std::uint64_t term, storage::RoleChange change) {
  {
    const std::lock_guard lock(mutex_);
    leads_ = change == storage::RoleChange::leader;
    term_ = term;
    stale_ = true;
  }
  const auto loaded = journal_.load_directory();
  const std::unique_lock lock(committed_mutex_);
  readable_ = loaded ? Result<void>() : Result<void>(loaded.error());
  if (!loaded) return;
  if (loaded->seq < version_) return;
  committed_.clear();
  by_account_.clear();
  for (const auto& [name, claim] : loaded->names) {
    committed_[name] = claim.account;
    by_account_[claim.account].insert(name);
  }
  version_ = loaded->seq;
}

DirectoryChange Directory::on_applied(const storage::DirectoryBatch& batch) {
  DirectoryChange change;
  const std::unique_lock lock(committed_mutex_);
  for (const machine::Fact& fact : batch.facts) {
    // The copy may have been loaded with this batch already in it.
    if (fact.seq <= version_) continue;
    version_ = fact.seq;
    if (const auto* claimed = std::get_if<machine::Claimed>(&fact.body)) {
      committed_[claimed->name] = claimed->claim.account;
      by_account_[claimed->claim.account].insert(claimed->name);
      change.claimed.push_back({claimed->name, claimed->claim.account});
    } else {
      const machine::Name& name = std::get<machine::Released>(fact.body).name;
      const auto held = committed_.find(name);
      if (held == committed_.end()) continue;
      change.released.push_back({name, held->second});
      by_account_[held->second].erase(name);
      committed_.erase(held);
    }
  }
  change.version = version_;
  return change;
}

void Directory::claim(AccountId account, CommandId command, std::vector<machine::Name> names, Done done) {
  run(machine::ClaimNames{account, command, std::move(names)}, std::move(done));
}

void Directory::release(AccountId account, std::vector<machine::Name> names, Done done) {
  run(machine::ReleaseNames{account, std::move(names)}, std::move(done));
}

void Directory::run(const machine::Command& command, Done done) {
  std::unique_lock lock(mutex_);
  const auto answer = [&](const Result<void>& result) {
    lock.unlock();
    done(result);
  };
  if (!leads_ || (stale_ && proposed_ > settled_))
    return answer(Error{Code::unavailable, "this node cannot write the directory now: ask again"});
  if (stale_) {
    auto loaded = journal_.load_directory();
    if (!loaded) return answer(loaded.error());
    ahead_ = std::move(loaded).value();
    stale_ = false;
  }
  machine::Decision decision = machine::decide(ahead_, command, clock_.wall_ms());
  if (!decision.reply.ok()) return answer(Error{decision.reply.code, decision.reply.what});
  if (decision.facts.empty()) {
    if (proposed_ == settled_) return answer({});
    waiting_.emplace(proposed_, std::move(done));
    return;
  }
  for (const machine::Fact& fact : decision.facts) machine::apply(ahead_, fact);
  const std::uint64_t batch = ++proposed_;
  journal_.propose(
      limits::directory_shard, term_, storage::DirectoryBatch{std::move(decision.facts)},
      [this, batch, done = std::move(done)](const Result<storage::LogIndex>& result) { settle(batch, result, done); });
}

void Directory::settle(std::uint64_t batch, const Result<storage::LogIndex>& result, const Done& done) {
  std::vector<Done> answered = {done};
  {
    const std::lock_guard lock(mutex_);
    settled_ = batch;
    if (!result) stale_ = true;
    const auto end = waiting_.upper_bound(batch);
    for (auto waiter = waiting_.begin(); waiter != end; ++waiter) answered.push_back(std::move(waiter->second));
    waiting_.erase(waiting_.begin(), end);
  }
  for (const Done& next : answered) {
    if (result)
      next({});
    else
      next(result.error());
  }
}

Result<void> Directory::readable() const {
  const std::shared_lock lock(committed_mutex_);
  return readable_;
}

std::optional<AccountId> Directory::owner(machine::NameKind kind, const std::string& text) const {
  const std::shared_lock lock(committed_mutex_);
  const auto held = committed_.find({kind, text});
  if (held == committed_.end()) return std::nullopt;
  return held->second;
}

std::set<machine::Name> Directory::names_of(AccountId account) const {
  const std::shared_lock lock(committed_mutex_);
  const auto held = by_account_.find(account);
  return held == by_account_.end() ? std::set<machine::Name>() : held->second;
}

std::vector<std::pair<std::string, AccountId>> Directory::accounts() const {
  const std::shared_lock lock(committed_mutex_);
  std::vector<std::pair<std::string, AccountId>> found;
  for (const auto& [name, account] : committed_)
    if (name.kind == machine::NameKind::account) found.emplace_back(name.text, account);
  return found;
}

std::vector<HeldName> Directory::all(std::uint64_t& version) const {
  const std::shared_lock lock(committed_mutex_);
  version = version_;
  std::vector<HeldName> names;
  for (const auto& [name, account] : committed_) names.push_back({name, account});
  return names;
}

}  // namespace rf::node
