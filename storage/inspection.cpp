#include "storage/inspection.hpp"

#include <rocksdb/env.h>

#include "storage/rocks/history.hpp"
#include "storage/rocks/recovery.hpp"
#include "storage/rocks/verify.hpp"

namespace rf::storage {

namespace {

/// A running node may delete a file between our reading its name and opening it.
constexpr int open_attempts = 5;

Ms no_clock() { return 0; }

class OpenInspection : public Inspection {
 public:
  OpenInspection(std::unique_ptr<rocks::LogDirectory> directory, Result<rocks::Marks> marks,
                 std::unique_ptr<rocks::Store> store)
      : directory_(std::move(directory)), marks_(std::move(marks)), store_(std::move(store)) {}

  Verified verify() const override { return rocks::verify(*store_, marks_, nullptr); }
  Result<Replayed> replay() const override { return rocks::replay(*store_); }
  Result<std::vector<AccountId>> accounts() const override {
    std::vector<AccountId> found;
    Result<void> taken;
    const auto scanned = store_->scan(Family::events, "", "", [&](std::string_view key, std::string_view) {
      const auto place = event_key_of(key);
      if (!place) {
        taken = Error{Code::corrupt, "a history record with a malformed key"};
        return false;
      }
      if (place->account.set() && (found.empty() || found.back() != place->account)) found.push_back(place->account);
      return true;
    });
    if (!scanned) return scanned.error();
    if (!taken) return taken.error();
    return found;
  }
  Result<void> history(AccountId account, std::uint64_t first_seq,
                       const std::function<bool(const core::Fact&)>& read) const override {
    const auto last = store_->last_until(Family::events, event_key(account, UINT64_MAX), id_bytes(account.value));
    if (!last) return last.error();
    if (!*last) return {};
    const auto head = rocks::history_head_of((*last)->key, (*last)->value);
    if (!head) return head.error();
    return rocks::read_history(*store_, account, first_seq, head->seq, read);
  }
  Result<void> dump(Part part, const Filter& filter,
                    const std::function<void(const std::string&)>& print) const override {
    return rocks::dump(*store_, marks_, part, filter, print);
  }

 private:
  std::unique_ptr<rocks::LogDirectory> directory_;
  Result<rocks::Marks> marks_;
  std::unique_ptr<rocks::Store> store_;
};

rocksdb::Env& env_or_default(rocksdb::Env* env) { return env != nullptr ? *env : *rocksdb::Env::Default(); }

}  // namespace

Result<std::unique_ptr<Inspection>> Inspection::open(const std::string& path, rocksdb::Env* env) {
  auto directory = rocks::LogDirectory::look_at(path, env_or_default(env));
  if (!directory) return directory.error();
  for (int attempt = 1;; ++attempt) {
    // The mark first: a running node's log is then at least as long as its mark.
    Result<rocks::Marks> marks = rocks::read_marks(**directory);
    auto store = rocks::Store::open(**directory, rocks::Access::read_only, false, no_clock);
    if (store)
      return std::unique_ptr<Inspection>(
          new OpenInspection(std::move(*directory), std::move(marks), std::move(*store)));
    if (attempt == open_attempts) return store.error();
  }
}

Result<void> accept_log(const std::string& path, rocksdb::Env* env) {
  if (auto ours = rocks::LogDirectory::look_at(path, env_or_default(env)); !ours) return ours.error();
  auto directory = rocks::LogDirectory::open(path, env_or_default(env));
  if (!directory) return directory.error();
  auto store = rocks::Store::open(**directory, rocks::Access::read_only, false, no_clock);
  if (!store) return store.error();
  rocks::Marks ends{};
  const Inspection::Verified verified = rocks::verify(**store, rocks::Marks{}, &ends);
  if (verified.broken)
    return Error{Code::corrupt, "the log in " + path + " is broken, not only short: " + *verified.broken +
                                    "; restore the directory from a backup or a replica"};
  return rocks::write_marks(**directory, ends);
}

}  // namespace rf::storage
